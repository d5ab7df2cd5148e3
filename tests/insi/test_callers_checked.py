"""``kiosk insi check`` and the doctor look at how INSi is asked in a professional's name, and say what to do."""

import datetime
import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from typer.testing import CliRunner

from kiosk import doctor
from kiosk.commands.insi import app
from kiosk.insi.simulated.simulator import TEST_IDAM, Simulator
from kiosk.insi.simulated.testpki import TestPki
from kiosk.settings import load
from tests.insi.professionals import certify

WHOLE = 'finess = "750712184"\nsector = "SA01"\n'
PSC = '[insi.psc]\nendpoint = "https://psc.test/lps"\n'
CPX = """[insi.cpx]
endpoint = "https://cpx.test/lps"
certificate = "card.pem"
password_file = "code"
key = "pkcs11:object=auth?module-path=MODULE"
"""
KIOSK = """mode = "demo"
[kiosk]
data_dir = "data"
[sealing]
structure_key = "s.pem"
kiosk_key = "k.pem"
[console]
url = "https://console.test"
ca = "ca.pem"
[server]
data_dir = "console"
"""


@pytest.fixture()
def folder(tmp_path: Path) -> Path:
    """A card's certificate, its code, and the module that speaks to it."""
    _certificate(tmp_path)
    (tmp_path / "code").write_text("4711\n")
    (tmp_path / "module.so").write_bytes(b"")
    return tmp_path


def _certificate(folder: Path, holder: str = "899700218896", days: int = 30, ago: int = 1) -> None:
    key = rsa.generate_private_key(65537, 2048)
    starts = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=ago)
    (folder / "card.pem").write_bytes(certify(key, holder, days, starts)[0].public_bytes(serialization.Encoding.PEM))


def _file(folder: Path, simulator: Simulator, pki: TestPki, more: str) -> Path:
    insi = (
        f'[insi]\nendpoint = "{simulator.endpoint}"\ncertificate = "{pki.client_p12}"\nca = "{pki.ca}"\n'
        f'password_file = "{pki.password_file}"\nidam = "{TEST_IDAM}"\n'
    )
    (folder / "kiosk.toml").write_text(KIOSK + insi + more.replace("MODULE", str(folder / "module.so")))
    return folder / "kiosk.toml"


def _checked(path: Path) -> tuple[int, dict[str, str]]:
    """How the command ends, and what is seen of each: its level."""
    result = CliRunner().invoke(app, ["check", "--config", str(path), "--json"])
    return result.exit_code, {one["code"]: one["level"] for one in json.loads(result.stdout)["callers"]}


def _examined(path: Path) -> dict[str, doctor.Level]:
    return {one.part: one.level for one in doctor.desk_callers(load(path), path)}


def test_what_is_complete_is_said_to_be(folder: Path, simulator: Simulator, pki: TestPki) -> None:
    path = _file(folder, simulator, pki, WHOLE + PSC + CPX)
    assert _checked(path) == (0, {"psc": "ok", "cpx": "ok"})
    assert _examined(path) == {"insi-psc": doctor.Level.OK, "insi-cpx": doctor.Level.OK}
    shown = CliRunner().invoke(app, ["check", "--config", str(path)]).stdout
    assert "[insi.psc] : réglages complets" in shown


def test_where_neither_is_set_nothing_is_said_of_them(folder: Path, simulator: Simulator, pki: TestPki) -> None:
    path = _file(folder, simulator, pki, "")
    assert (_checked(path), _examined(path)) == ((0, {}), {})


@pytest.mark.parametrize("missing", ["finess", "sector"])
def test_what_every_assertion_says_of_the_structure_is_missed(
    folder: Path, simulator: Simulator, pki: TestPki, missing: str
) -> None:
    said = "".join(line + "\n" for line in WHOLE.splitlines() if not line.startswith(missing))
    path = _file(folder, simulator, pki, said + PSC)
    assert _checked(path) == (7, {"psc": "error"})
    [found] = doctor.desk_callers(load(path), path)
    assert (found.level, missing in found.what, bool(found.todo)) == (doctor.Level.BAD, True, True)


@pytest.mark.parametrize(
    ("spoilt", "code"),
    [
        ("no certificate", "cpx-file"),
        ("no longer valid", "cpx-dates"),
        ("nobody's", "cpx-name"),
        ("no code", "cpx-code"),
        ("an empty code", "cpx-code"),
        ("no module", "cpx-module"),
    ],
)
def test_what_a_card_cannot_do_without_is_missed(
    folder: Path, simulator: Simulator, pki: TestPki, spoilt: str, code: str
) -> None:
    match spoilt:
        case "no certificate":
            (folder / "card.pem").unlink()
        case "no longer valid":
            _certificate(folder, days=5, ago=10)
        case "nobody's":
            _certificate(folder, holder=" ")
        case "no code":
            (folder / "code").unlink()
        case "an empty code":
            (folder / "code").write_text("\n")
        case "no module":
            (folder / "module.so").unlink()
    path = _file(folder, simulator, pki, WHOLE + CPX)
    assert _checked(path) == (7, {"cpx": "ok", code: "error"})
    assert _examined(path)[f"insi-{code}"] is doctor.Level.BAD


def test_a_key_without_a_module_is_a_warning(folder: Path, simulator: Simulator, pki: TestPki) -> None:
    path = _file(folder, simulator, pki, WHOLE + CPX.replace("?module-path=MODULE", ""))
    assert _checked(path) == (0, {"cpx": "ok", "cpx-module": "warning"})


@pytest.mark.parametrize("wrong", ['finess = "750712185"', '[insi.psc]\nendpoint = "http://psc.test"'])
def test_a_number_without_its_key_or_an_address_without_https_is_said_by_both(
    folder: Path, simulator: Simulator, pki: TestPki, wrong: str
) -> None:
    path = _file(folder, simulator, pki, wrong)
    result = CliRunner().invoke(app, ["check", "--config", str(path)])
    key = "insi.finess" if "finess" in wrong else "insi.psc.endpoint"
    assert (result.exit_code, key in result.output) == (2, True)
    [found] = doctor.desk_callers(load(path), path)
    assert (found.part, found.level, key in found.what) == ("insi-callers", doctor.Level.BAD, True)
