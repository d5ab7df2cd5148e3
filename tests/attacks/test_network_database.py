"""Who is on the way to the database, or reads the console's files from another account of its machine."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.console.config import read_server_settings, trouble_with
from kiosk.settings import BadSettings
from tests.console.postgres import WITHOUT_DISK, Postgres, running
from tests.console.served import ServedConsole

ELSEWHERE = "postgresql://console:hunter2@db.hospital.example/console"


@pytest.mark.parametrize(
    "address",
    [
        ELSEWHERE,
        f"{ELSEWHERE}?sslmode=require",
        f"{ELSEWHERE}?sslmode=verify-ca",
        f"{ELSEWHERE}?sslmode=verify-full&sslmode=disable",
        "postgresql://console@127.0.0.1/console?host=db.hospital.example",
        "postgresql://console@localhost/console?hostaddr=203.0.113.5",
        "postgresql:///console?service=elsewhere",
        "postgresql://console@127.0.0.1.evil.example/console",
        "postgresql://console@[2001:db8::1]/console",
        "postgresql://console@10.0.0.5,127.0.0.1/console",
    ],
)
def test_a_database_elsewhere_is_reached_over_verified_tls_or_not_at_all(address: str) -> None:
    trouble = trouble_with(address)
    assert trouble and "hunter2" not in trouble and "hospital" not in trouble


@pytest.mark.parametrize(
    "address",
    [
        f"{ELSEWHERE}?sslmode=verify-full&sslrootcert=/etc/kiosk/ca.pem",
        "postgresql://console@127.0.0.1:5432/console",
        "postgresql://console@[::1]/console",
        "postgresql://console@%2Fvar%2Frun%2Fpostgresql/console",
        "postgresql:///console",
    ],
)
def test_a_database_here_or_one_that_is_verified_is_taken(address: str) -> None:
    assert trouble_with(address) == ""


def test_the_settings_say_which_key_is_wrong(tmp_path: Path) -> None:
    console = ServedConsole(tmp_path / "console", ELSEWHERE)
    with pytest.raises(BadSettings, match=r"database: .*verify-full") as told:
        read_server_settings(console.config)
    assert "hunter2" not in str(told.value)


@pytest.fixture(scope="module")
def with_tls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Postgres, Path]]:
    """A PostgreSQL with a certificate, and the folder of that and of another authority."""
    authorities = tmp_path_factory.mktemp("authorities")
    for name in ("ours", "another"):
        ServedConsole(authorities / name, is_new=True)  # makes a certificate of its own
    with running(*WITHOUT_DISK) as server:
        for name, mode in (("console.pem", 0o644), ("console.key", 0o640)):
            copy = server.data / name
            copy.write_bytes((authorities / "ours" / name).read_bytes())
            copy.chmod(mode)
        server.serve_with("ssl=on", "ssl_cert_file=console.pem", "ssl_key_file=console.key")
        yield server, authorities


def test_a_database_that_is_not_the_one_named_is_not_spoken_to(with_tls: tuple[Postgres, Path], tmp_path: Path) -> None:
    server, authorities = with_tls
    address = server.with_tables()
    for name, code in (("ours", 0), ("another", 1)):
        verified = f"{address}?sslmode=verify-full&sslrootcert={authorities / name / 'console.pem'}"
        console = ServedConsole(tmp_path / name, verified)
        done = console.run("console", "audit", "verify", "--json")
        assert (done.returncode != 0) == bool(code), done.stderr


def test_files_with_keys_that_others_can_read_are_named_and_nothing_starts(tmp_path: Path) -> None:
    console = ServedConsole(tmp_path / "console")
    keys = ("console.key", "structure.key", "passphrase", "secret", "insi.key", "insi.password")
    asked = {"endpoint": "https://insi.example", "certificate": "console.pem", "ca": "console.pem", "idam": "1"}
    lines = [f'{name} = "{said}"' for name, said in (asked | {"key": keys[4], "password_file": keys[5]}).items()]
    console.config.write_text("\n".join([console.config.read_text(), "[insi]", *lines, ""]))
    for name in keys:
        (console.folder / name).touch()
        (console.folder / name).chmod(0o644)
    folder = console.folder / "data" / "keys"
    folder.chmod(0o755)
    for command, still_open in (("console", keys), ("worker", keys[1:2])):
        done = console.run(command)
        assert done.returncode == 2
        told = [line.strip() for line in done.stderr.splitlines() if "chmod" in line]
        assert told == [*(f"chmod 600 {console.folder / name}" for name in still_open), f"chmod 700 {folder}"]
        for name in (keys[0], *keys[2:]):
            (console.folder / name).chmod(0o600)


def test_settings_with_the_database_s_password_that_others_can_read_start_nothing(tmp_path: Path) -> None:
    console = ServedConsole(tmp_path / "console", "postgresql://console:hunter2@127.0.0.1:1/x")
    console.config.chmod(0o644)
    done = console.run("console")
    assert (done.returncode, f"chmod 600 {console.config}" in done.stderr) == (2, True), done.stderr
    assert "hunter2" not in done.stderr + done.stdout
    console.config.chmod(0o600)
    assert "chmod" not in console.run("console").stderr
