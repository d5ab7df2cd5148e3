"""A console's settings file that is wrong is told in French, by its key, with what to do, before anything starts."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
import typer

from kiosk.commands import console
from kiosk.console import keyring
from kiosk.console.config import read_server_settings
from kiosk.sealing import BadKey, generate_recipient, load_recipient, save_recipient
from kiosk.settings import BadSettings, keep_others_out
from tests.attacks.test_kiosk_hangs_settings import ENGLISH, WHAT_TO_DO

WHOLE = """mode = "production"
[server]
structure = "Centre hospitalier de Saint-Exemple"
data_dir = "data"
certificate = "console.pem"
key = "console.key"
recipient_key = "structure.key"
passphrase_file = "passphrase"
secret_key_file = "secret"
contact = { place = "Bureau des entrées", phone = "01 00 00 00 00" }
"""
PSC = """[server.psc]
issuer = "https://auth.test"
client_id = "x"
client_secret_file = "psc"
"""
PHONE = '[server.appli]\nverifier = "simulated"\nissuers = "i"\nstructure = "1"\n'
BROKEN: dict[str, tuple[str, str]] = {  # a name: the file, and the key that is to be named
    "no section": ('mode = "production"\n', "server"),
    "no passphrase": (WHOLE.replace("passphrase_file = ", "# "), "server.passphrase_file"),
    "an unknown key": (WHOLE + "desk = 3\n", "server.desk"),
    "a telephone that is none": (WHOLE.replace("01 00 00 00 00", "au standard"), "server.contact.phone"),
    "a contact without a place": (WHOLE.replace('place = "Bureau des entrées", ', ""), "server.contact.place"),
    "a port that is none": (WHOLE + "port = 99999\n", "server.port"),
    "an hour that never ends": (WHOLE + "session_hours = 999\n", "server.session_hours"),
    "desks that are no list": (WHOLE + 'desks = "3"\n', "server.desks"),
    "an empty data_dir": (WHOLE.replace('"data"', '""'), "server.data_dir"),
    "a database on the way": (WHOLE + 'database = "postgresql://elsewhere.test/x"\n', "server.database"),
    "one database for keys too": (WHOLE + 'database = "postgresql:///x"\nkeys_database = "postgresql:///x"\n', "keys_"),
    "a kiosk that is believed and not named": (WHOLE + "trust_kiosk_answers = true\n", "trust_kiosk_answers"),
    "a number for the evidence": (WHOLE + "evidence = 7\n", "server.evidence"),
    "a simulated phone": (WHOLE + PHONE, "appli.verifier"),
    "an account for whoever comes": (WHOLE + PSC + "create = true\n", "create"),
    "an issuer in clear": (WHOLE + PSC.replace("https://auth", "http://auth"), "server.psc.issuer"),
    "not toml": (WHOLE.replace('"data"', "data"), ""),
    "a secret that is missing": (WHOLE.replace('"secret"', '"no-such"'), "no-such"),
    "a secret that is short": (WHOLE.replace('"secret"', '"passphrase"'), "server.secret_key_file"),
}


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """The folder of a console."""
    (tmp_path / "passphrase").write_text("for tests only")
    (tmp_path / "secret").write_bytes(b"s" * 64)
    save_recipient(generate_recipient(), tmp_path / "structure.key", b"for tests only")
    return tmp_path


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_wrong_is_said_in_french_with_its_key_and_what_to_do(
    site: Path, name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    text, key = BROKEN[name]
    said = _said_of(site, text, capsys, monkeypatch)
    assert key in said and (WHAT_TO_DO.search(said) or "terminez" in said), said
    assert not ENGLISH.search(said.replace(str(site), "")), said


def test_a_key_that_does_not_open_is_said_in_french(site: Path) -> None:
    for path, passphrase in ((site / "structure.key", b"another"), (site / "secret", b""), (site / "none", b"")):
        with pytest.raises(BadKey) as trouble:
            load_recipient(path, passphrase)
        assert str(path) in str(trouble.value) and WHAT_TO_DO.search(str(trouble.value))


def _said_of(site: Path, text: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> str:
    """What the command says of this file; it ends with the code of a mistake in the settings."""
    (site / "kiosk.toml").write_text(text)
    configure: Callable[..., object] = keyring.read  # the first thing that is done with settings that are right
    monkeypatch.setattr("kiosk.console.site.django_settings.configure", configure)
    with pytest.raises(typer.Exit) as ended:
        console.set_up(site / "kiosk.toml")
    assert ended.value.exit_code == 2
    return re.sub(r"^[^:]*kiosk\.toml: ", "", capsys.readouterr().err)


def test_what_lacks_nothing_is_read(site: Path) -> None:
    (site / "kiosk.toml").write_text(WHOLE)
    assert read_server_settings(site / "kiosk.toml").structure
    with pytest.raises(BadSettings):
        read_server_settings(site / "none.toml")


@pytest.mark.parametrize(("found", "left"), [(0o755, 0o750), (0o777, 0o770), (0o750, 0o750), (0o700, 0o700)])
def test_a_data_folder_that_was_made_beforehand_is_closed_to_other_accounts(
    tmp_path: Path, found: int, left: int
) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    folder.chmod(found)
    keep_others_out(folder)
    assert folder.stat().st_mode & 0o777 == left
