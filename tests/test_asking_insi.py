"""Whom a kiosk asks INSi through, as its file says it; and what it has of INSi when that is the console: nothing."""

from pathlib import Path

import pytest

from kiosk import doctor
from kiosk.console.config import read_server_settings
from kiosk.settings import BadSettings, InsiSection, Settings, ThroughConsole, load, load_insi

KIOSK = """mode = "demo"
[kiosk]
data_dir = "data"
[sealing]
structure_key = "s.pub"
kiosk_key = "k.pem"
[console]
url = "https://console.test"
ca = "ca.pem"
"""
DIRECT = """endpoint = "https://insi.test/lps"
certificate = "c.p12"
password_file = "c.pass"
ca = "ca.pem"
idam = "TEST00000001"
"""
SERVER = """[server]
data_dir = "console"
certificate = "t.pem"
key = "t.key"
recipient_key = "s.pem"
passphrase_file = "s.pass"
secret_key_file = "secret"
"""


def written(tmp_path: Path, insi: str | None = None, more: str = "") -> Path:
    path = tmp_path / "kiosk.toml"
    path.write_text(KIOSK + ("" if insi is None else f"[insi]\n{insi}") + more)
    return path


@pytest.mark.parametrize("insi", [None, "", 'via = "console"\n'], ids=["no section", "an empty one", "said"])
def test_a_kiosk_asks_through_the_console_and_needs_nothing_of_insi(tmp_path: Path, insi: str | None) -> None:
    assert load(written(tmp_path, insi)).insi == ThroughConsole()


def test_one_that_asks_itself_has_what_that_takes(tmp_path: Path) -> None:
    section = load(written(tmp_path, 'via = "direct"\n' + DIRECT)).insi
    assert isinstance(section, InsiSection)
    assert (section.certificate, section.patient_seconds) == (tmp_path / "c.p12", 8.0)


def test_one_that_asks_itself_and_lacks_something_is_told_which_key(tmp_path: Path) -> None:
    with pytest.raises(BadSettings) as trouble:
        load(written(tmp_path, 'via = "direct"\n'))
    for key in ("endpoint", "certificate", "ca", "idam"):
        assert f": insi.{key}: cette clé manque" in str(trouble.value)
    assert "via-" not in str(trouble.value)


@pytest.mark.parametrize(
    ("insi", "key"), [('via = "consol"\n', "insi.via"), ('vai = "direct"\n', "insi.vai"), ("via = 1\n", "insi.via")]
)
def test_a_misspelt_word_is_named_not_passed_over(tmp_path: Path, insi: str, key: str) -> None:
    with pytest.raises(BadSettings, match=f": {key}: "):
        load(written(tmp_path, insi))


def test_what_the_console_needs_in_a_shared_file_the_kiosk_leaves_alone(tmp_path: Path) -> None:
    path = written(tmp_path, DIRECT, SERVER)
    section = load(path).insi
    assert isinstance(section, ThroughConsole)
    assert "c.p12" not in str(load(path).insi)
    server = read_server_settings(path)
    assert server.insi is not None and server.insi.certificate == tmp_path / "c.p12"
    asked, mode = load_insi(path)
    assert (asked, mode) == (server.insi, "demo")


def test_the_commands_of_insi_read_the_consoles_own_file_and_say_where_there_is_nothing(tmp_path: Path) -> None:
    path = tmp_path / "console.toml"
    path.write_text(f"{SERVER}[insi]\n{DIRECT}")
    assert load_insi(path) == (read_server_settings(path).insi, "production")
    path.write_text(SERVER + "[server.insi]\n" + DIRECT)
    assert load_insi(path) == (read_server_settings(path).insi, "production")
    with pytest.raises(BadSettings, match="insi: cette section manque"):
        load_insi(written(tmp_path))
    with pytest.raises(BadSettings, match=r": insi\.endpoint: "):
        load_insi(written(tmp_path, 'idam = "X"\n'))


def examined(settings: Settings) -> list[doctor.Diagnosis]:
    return [*doctor._certificate(settings), *doctor._insi(settings)]


def test_the_doctor_looks_for_no_certificate_where_the_console_asks(tmp_path: Path) -> None:
    [found] = examined(load(written(tmp_path)))
    assert (found.part, found.level, found.todo) == ("insi", doctor.Level.OK, "")
    assert "console" in found.what


def test_the_doctor_finds_a_certificate_left_on_a_kiosk_that_needs_none(tmp_path: Path) -> None:
    [found] = examined(load(written(tmp_path, DIRECT)))
    assert found.level is doctor.Level.WARNING
    assert "certificate, password_file" in found.what and "effacez" in found.todo
    [shared] = examined(load(written(tmp_path, DIRECT, SERVER)))
    assert shared.level is doctor.Level.OK, "it is the console's"


def test_the_doctor_examines_the_certificate_of_a_kiosk_that_asks_itself(tmp_path: Path) -> None:
    found = examined(load(written(tmp_path, 'via = "direct"\n' + DIRECT)))
    assert found[-1] == doctor.Diagnosis("insi", doctor.Level.BAD, found[-1].what, found[-1].todo)
    assert any(one.part.startswith("certificate-") and one.level is doctor.Level.BAD for one in found)


@pytest.mark.parametrize(("host", "level"), [("localhost", "ok"), ("127.0.0.1", "ok"), ("console.invalid", "bad")])
def test_the_doctor_says_whether_what_a_kiosk_answers_can_count(tmp_path: Path, host: str, level: str) -> None:
    path = written(tmp_path, 'via = "direct"\n' + DIRECT, SERVER + "trust_kiosk_answers = true\n")
    path.write_text(path.read_text().replace("console.test", host))
    [found] = doctor._own_answers(load(path))
    assert (found.level.value, bool(found.todo)) == (level, level == "bad")
    assert doctor._own_answers(load(written(tmp_path, 'via = "direct"\n' + DIRECT, SERVER))) == []
