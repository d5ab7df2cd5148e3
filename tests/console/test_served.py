"""The console as it runs at a site: HTTPS, killed at any moment, several desks at once, nothing in clear."""

import json
import socket
import sqlite3
import ssl
import subprocess
import sys
import warnings
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.console import warm
from tests.console.arrivals import check_in_of
from tests.console.served import ServedConsole, writings
from tests.demo.processes import ROOT
from tests.people import DOMINIQUE, PIERRE_ALAIN, ZOE


@pytest.fixture()
def served(tmp_path: Path) -> Iterator[ServedConsole]:
    console = ServedConsole(tmp_path / "console")
    console.start()
    yield console
    if console.child is not None and console.child.is_running:
        console.stop()


def _add_staff(served: ServedConsole, name: str, role: str = "host") -> dict[str, str]:
    return served.add_staff(name, role)


def test_it_serves_https_only_from_tls_1_2_on_and_ends_cleanly(served: ServedConsole) -> None:
    with served.open("sante/", 20) as answer:
        assert json.loads(answer.read()) == {"status": "ok"}
        assert answer.headers["Strict-Transport-Security"]
    port = int(served.url.rsplit(":", 1)[1].strip("/"))
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.load_verify_locations(served.folder / "console.pem")
    old.set_ciphers("DEFAULT@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
    with socket.create_connection(("127.0.0.1", port), 10) as plain, pytest.raises(ssl.SSLError, match="EOF"):
        old.wrap_socket(plain, server_hostname="localhost").close()
    old.maximum_version = ssl.TLSVersion.TLSv1_2  # refused for its version, and for nothing else
    with socket.create_connection(("127.0.0.1", port), 10) as plain:
        old.wrap_socket(plain, server_hostname="localhost").close()
    assert served.stop() == 0


def test_clients_that_stall_do_not_keep_everybody_else_waiting(tmp_path: Path) -> None:
    console = ServedConsole(tmp_path / "console", is_new=True)
    console.config.write_text(
        console.config.read_text().replace("port = 0", "port = 0\nthreads = 2\nrequest_seconds = 4")
    )
    console.start()
    port = int(console.url.rsplit(":", 1)[1].strip("/"))
    stalled = []
    try:
        for sent in (b"\x16\x03\x01", b"\x16", b"\x16\x03\x01\x02", b"\x16\x03"):
            stalled.append(socket.create_connection(("127.0.0.1", port), 10))
            stalled[-1].sendall(sent)  # the beginning of a greeting that never goes on
        half = console.context().wrap_socket(
            socket.create_connection(("127.0.0.1", port), 60), server_hostname="localhost"
        )
        stalled.append(half)
        half.sendall(b"PUT /intake/heartbeat HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{")
        with console.open("sante/", 60) as answer:
            assert answer.status == 200
        half.settimeout(60)
        assert half.recv(1) in {b"", b"H"}  # told, or hung up on
    finally:
        for one in stalled:
            one.close()
        assert console.stop() == 0


def test_a_wrong_configuration_is_told_by_its_key(served: ServedConsole) -> None:
    served.config.write_text(served.config.read_text().replace("port = 0", 'port = "high"'))
    done = served.run("console", "audit", "verify")
    assert done.returncode == 2
    assert "port" in done.stderr and "high" not in done.stderr
    served.config.write_text(served.config.read_text().replace('port = "high"', "port = 0\ncolour = 1"))
    assert "colour" in served.run("console", "audit", "verify").stderr


def test_a_wrong_passphrase_shows_at_once(tmp_path: Path) -> None:
    console = ServedConsole(tmp_path / "console")
    (console.folder / "passphrase").write_text("another")
    done = console.run("console")
    assert done.returncode == 2
    assert "passphrase" in done.stderr and "another" not in done.stderr


def test_accounts_and_kiosks_are_added_by_command_and_written_down(served: ServedConsole) -> None:
    assert len(_add_staff(served, "lea")["totp_secret"]) >= 32
    assert served.run("console", "user", "add", "lea", "--role", "host").returncode == 3
    assert served.run("console", "user", "add", "x", "--role", "king").returncode == 2
    key = str(served.folder / "borne-1.pem")
    assert served.run("console", "kiosk", "add", "borne-2", "--public-key", key).stdout == "Borne enrôlée.\n"
    assert served.run("console", "kiosk", "add", "borne-3", "--public-key", "/dev/null").returncode == 2
    assert served.run("console", "kiosk", "revoke", "borne-2").returncode == 0
    assert served.run("console", "kiosk", "revoke", "borne-2").returncode == 3
    verified = json.loads(served.run("console", "audit", "verify", "--json").stdout)
    assert (verified["intact"], verified["entries"]) == (True, 7)


def test_three_desks_in_three_processes_never_call_the_same_patient(served: ServedConsole) -> None:
    sent = [check_in_of(ZOE, ticket=f"C{n}") for n in range(45)]
    assert {served.deliver(check_in) for check_in in sent} == {201}
    names = ["lea", "marc", "ines"]
    for name in names:
        _add_staff(served, name)
    agents = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.console.agents", str(served.config), name],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in names
    ]
    for agent in agents:
        assert agent.stdout.readline() == "ready\n"
    for agent in agents:
        agent.stdin.write("go\n")
        agent.stdin.flush()
    called = [agent.communicate(timeout=100)[0].split() for agent in agents]
    everyone = [key for keys in called for key in keys]
    assert sorted(everyone) == sorted(check_in.key for check_in in sent)
    assert json.loads(served.run("console", "audit", "verify", "--json").stdout)["intact"]


def test_no_file_of_the_console_holds_anything_about_anybody(served: ServedConsole) -> None:
    from tests.console.arrivals import TINY_JPEG

    copy = served.folder / "copy"
    _add_staff(served, "lea")
    for person in (ZOE, DOMINIQUE, PIERRE_ALAIN):
        assert served.deliver(check_in_of(person)) == 201
    served.put("/intake/check-ins/not-a-key", b"ADRUN ZOE 1975-12-31")
    assert served.run("console", "backup", str(copy)).returncode == 0
    assert served.stop() == 0
    traits = ["ADRUN", "ADRTROIS", "ECETINSI", "DOMINIQUE", "PIERRE-ALAIN", "1975-12-31", "2751263220749", "31/12/1975"]
    wanted = {writing for trait in traits for writing in writings(trait)} | {TINY_JPEG[20:60]}
    files = [path for path in served.folder.rglob("*") if path.is_file()]
    assert any(path.name.startswith("console.sqlite3") for path in files)
    for path in files:
        content = path.read_bytes()
        assert [writing for writing in wanted if writing in content] == [], path.name


def test_what_is_purged_is_gone_from_the_files_too(served: ServedConsole) -> None:
    check_in = check_in_of(ZOE)
    assert served.deliver(check_in) == 201
    assert served.stop() == 0
    path = served.folder / "data" / "console.sqlite3"
    with closing(sqlite3.connect(path)) as database:
        (body,) = database.execute("SELECT check_in FROM console_sealed").fetchone()
        (index,) = database.execute("SELECT value FROM console_visitindex LIMIT 1").fetchone()
        assert body[100:140] in path.read_bytes()
    assert warm.run("tests.console.forensics", str(served.config), "age-all").returncode == 0
    done = served.run("worker", "--once")
    assert done.returncode == 0, done.stderr
    assert '"happening": "purged"' in done.stderr and check_in.key not in done.stderr
    written = b"".join(one.read_bytes() for one in path.parent.glob("console.sqlite3*"))
    for start in range(0, len(body) - 40, 500):
        assert body[start : start + 40] not in written
    assert index not in written
