"""The disk of the console without its token: the structure's key stays shut (a software token here, SoftHSM)."""

import subprocess
import sys
from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.console.served import COMMAND, ServedConsole
from tests.demo.enrolling import sign_in
from tests.insi import softhsm

KEY = f"pkcs11:token=structure;object=opens;type=private?module-path={softhsm.MODULE}"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedConsole]:
    folder = tmp_path_factory.mktemp("token")
    key = rsa.generate_private_key(65537, 2048)
    plain = serialization.NoEncryption()
    written = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    (folder / "key.pem").write_bytes(written)
    with softhsm.holding(folder, {"structure": ("opens", folder / "key.pem")}):
        served = ServedConsole(folder / "console")
        served.command = list(COMMAND)  # a process of its own: a token's library is loaded once in each
        (served.folder / "code").touch(mode=0o600)
        _says(served, softhsm.PIN)
        yield served


def _says(served: ServedConsole, code: str) -> None:
    (served.folder / "code").write_text(f"{code}\n")


def _run(served: ServedConsole, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *COMMAND[1:], *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def _closes(served: ServedConsole, name: str, token: str = KEY) -> subprocess.CompletedProcess[str]:
    passphrase, code = served.folder / "passphrase", served.folder / "code"
    words = ("--passphrase-file", str(passphrase), "--token", token, "--code-file", str(code))
    return _run(served, "keys", "token", str(served.folder / name), *words)


def _named(served: ServedConsole, *lines: str) -> None:
    kept = [one for one in served.config.read_text().splitlines() if not one.startswith("passphrase_")]
    place = kept.index("[server]") + 1
    served.config.write_text("\n".join([*kept[:place], *lines, *kept[place:], ""]))


def _checked(served: ServedConsole) -> subprocess.CompletedProcess[str]:
    """A command that opens the structure's key, as console and worker do when they start."""
    return served.run("console", "audit", "verify", command=served.command)


IN_TOKEN = ('passphrase_file = "closed"', f'passphrase_token = "{KEY}"', 'passphrase_code_file = "code"')


def test_a_console_whose_passphrase_a_token_keeps_works_and_its_disk_alone_opens_nothing(served: ServedConsole) -> None:
    done = _closes(served, "closed")
    assert done.returncode == 0, done.stderr
    closed = served.folder / "closed"
    assert closed.stat().st_mode & 0o777 == 0o600 and b"for tests only" not in closed.read_bytes()
    (served.folder / "passphrase").rename(served.folder.parent / "in-the-safe")
    _named(served, *IN_TOKEN)
    served.start()
    account = served.add_staff("lea")  # its second factor is sealed for the structure, and opened at the door
    window = served.visitor()
    sign_in(window, account)
    assert "/file/" in window.at
    served.stop()


def test_without_the_token_s_key_its_code_or_its_name_nothing_starts_and_it_says_what_to_do(
    served: ServedConsole,
) -> None:
    (served.folder / "plain").touch(mode=0o600)
    (served.folder / "plain").write_text("for tests only")
    assert "passphrase_token ne nomme pas" in _refused(served, IN_TOKEN[0])
    assert "kiosk keys token" in _refused(served, 'passphrase_file = "plain"', *IN_TOKEN[1:])
    another = IN_TOKEN[1].replace("opens", "another")
    assert "passphrase_token" in _refused(served, IN_TOKEN[0], another, IN_TOKEN[2])
    torn = served.folder / "torn"
    torn.touch(mode=0o600)
    torn.write_bytes((served.folder / "closed").read_bytes()[:-40])
    assert "abîmé" in _refused(served, 'passphrase_file = "torn"', *IN_TOKEN[1:])
    _says(served, "0815")
    assert "0815" not in _refused(served, *IN_TOKEN)
    _says(served, softhsm.PIN)


def _refused(served: ServedConsole, *lines: str) -> str:
    _named(served, *lines)
    done = _checked(served)
    assert done.returncode == 2, done.stdout
    return done.stderr


def test_nothing_is_closed_for_a_key_that_the_token_does_not_have(served: ServedConsole) -> None:
    (served.folder / "passphrase").write_text("for tests only")
    done = _closes(served, "other", KEY.replace("opens", "another"))
    assert done.returncode == 2 and not (served.folder / "other").exists()
    assert _closes(served, "closed").returncode == 3  # what is there is never replaced
