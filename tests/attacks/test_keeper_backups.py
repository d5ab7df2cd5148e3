"""Who keeps a backup edits it: nothing of it comes back, and nothing that stands in it is carried out."""

import shutil
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.console.arrivals import check_in_of
from tests.console.postgres import WITHOUT_DISK, running
from tests.console.served import ServedConsole
from tests.people import DOMINIQUE, ZOE

REFUSED = "ou elle a été modifiée"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> ServedConsole:
    """Two people came; a backup was made after each, and one of the keys; the console was stopped."""
    console = ServedConsole(tmp_path_factory.mktemp("site") / "console")
    console.start()
    for name, person in (("first", ZOE), ("second", DOMINIQUE)):
        assert console.deliver(check_in_of(person)) == 201
        done = console.run("console", "backup", str(console.folder / name))
        assert done.returncode == 0, done.stderr
    assert console.run("console", "keys", "backup", str(console.folder / "copies")).returncode == 0
    assert console.stop() == 0
    for path in (console.folder / "data").glob("console.sqlite3*"):
        path.unlink()
    return console


def _refused(site: ServedConsole, content: bytes) -> str:
    """Gives what the command says; nothing is left of what it read."""
    edited = site.folder / "edited"
    edited.write_bytes(content)
    done = site.run("console", "restore", str(edited))
    assert (done.returncode, done.stdout) == (1, "")
    assert not (site.folder / "data" / "console.sqlite3").exists()
    return done.stderr


def _cut(content: bytes) -> list[tuple[int, int]]:
    """Where each frame begins and ends."""
    found, at = [], len(b"KIOSK-BACKUP-1\n") + 16
    while at < len(content):
        begin = at
        for _part in ("content", "proof"):
            at += 4 + int.from_bytes(content[at : at + 4])
        found.append((begin, at))
    return found


def test_a_restore_that_is_killed_leaves_no_base_that_a_console_would_start_with(site: ServedConsole) -> None:
    words = "import os; from kiosk.console.upkeep import dump; dump._fill = lambda *_: os._exit(9)"
    killed = [sys.executable, "-c", f"{words}; from kiosk.cli import main; main()"]
    assert site.run("console", "restore", str(site.folder / "first"), command=killed).returncode == 9
    assert not (site.folder / "data" / "console.sqlite3").exists()
    done = site.run("console", "restore", str(site.folder / "first"))
    assert done.returncode == 0, done.stderr
    for path in (site.folder / "data").glob("console.sqlite3*"):
        path.unlink()


def test_a_file_of_a_database_with_a_trigger_is_no_backup_and_its_trigger_never_runs(site: ServedConsole) -> None:
    forged = site.folder / "forged"
    with closing(sqlite3.connect(forged)) as file:
        file.execute("CREATE TABLE console_staff (id INTEGER PRIMARY KEY, username TEXT, password TEXT)")
        file.execute("CREATE TRIGGER mine AFTER INSERT ON console_staff BEGIN DELETE FROM console_staff; END")
        file.commit()
    assert REFUSED in _refused(site, forged.read_bytes())


def test_one_byte_changed_in_any_frame_is_refused(site: ServedConsole) -> None:
    content = (site.folder / "second").read_bytes()
    places = [begin + 6 for begin, _ in _cut(content)]
    for at in (*places[:: max(1, len(places) // 2)], 3, 20, len(content) - 1):
        assert REFUSED in _refused(site, content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])


def test_frames_left_out_doubled_cut_off_or_of_another_backup_are_refused(site: ServedConsole) -> None:
    content, other = ((site.folder / name).read_bytes() for name in ("second", "first"))
    frames = _cut(content)
    begin, end = frames[len(frames) // 2]
    theirs = _cut(other)[len(frames) // 2]
    for edited in (
        content[:begin] + content[end:],
        content[:end] + content[begin:end] + content[end:],
        content[: frames[-1][0]],
        content + content[frames[-1][0] :],
        content[:begin] + other[theirs[0] : theirs[1]] + content[end:],
    ):
        assert REFUSED in _refused(site, edited)


def test_the_keys_copy_is_not_taken_for_the_database_nor_an_old_one_for_a_new_one(site: ServedConsole) -> None:
    (keys,) = (site.folder / "copies").iterdir()
    assert "d'une autre base" in _refused(site, keys.read_bytes())


def test_what_was_touched_by_nobody_comes_back_and_the_register_is_intact(site: ServedConsole) -> None:
    done = site.run("console", "restore", str(site.folder / "second"))
    assert done.stdout == "Base remise ; actes dans le journal : 3, intact.\n", done.stderr
    assert site.run("console", "register", "check").returncode == 0
    with closing(sqlite3.connect(site.folder / "data" / "console.sqlite3")) as file:
        triggers = {name for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")}
    assert triggers >= {"console_audit_no_update", "console_audit_no_delete"}
    assert all(name.startswith("console_") for name in triggers)
    again = site.run("console", "restore", str(site.folder / "first"))
    assert (again.returncode, "déplacez-la" in again.stderr) == (1, True)


@pytest.mark.starts
def test_on_postgresql_a_dump_of_its_own_is_no_backup_and_a_backup_comes_back(tmp_path: Path) -> None:
    with running(*WITHOUT_DISK) as postgres:
        console = ServedConsole(tmp_path / "console", database=postgres.with_tables())
        console.start()
        assert console.deliver(check_in_of(ZOE)) == 201
        assert console.run("console", "user", "add", "lea", "--role", "host").returncode == 0
        assert console.run("console", "backup", str(tmp_path / "copy")).returncode == 0
        assert console.stop() == 0
        again = postgres.url()
        console.config.write_text(console.config.read_text().replace(console.database, again))
        edited = tmp_path / "edited"
        content = (tmp_path / "copy").read_bytes()
        edited.write_bytes(content[:-1])
        assert REFUSED in console.run("console", "restore", str(edited)).stderr
        shutil.copy(tmp_path / "copy", edited)
        assert "intact" in console.run("console", "restore", str(edited)).stdout
        assert console.run("console", "register", "check").returncode == 0
        assert console.run("console", "user", "add", "marc", "--role", "host").returncode == 0  # its numbers go on


@pytest.fixture(autouse=True)
def nothing_left(site: ServedConsole) -> Iterator[None]:
    yield
    for path in (site.folder / "data").glob("console.sqlite3*"):
        path.unlink()
