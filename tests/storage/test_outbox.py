"""The outbox keeps what it was given, gives it once, and says when it cannot."""

import multiprocessing
import os
import signal
import sqlite3
from pathlib import Path

import pytest

from kiosk.storage.outbox import Outbox, OutboxFull


@pytest.fixture
def outbox(tmp_path: Path) -> Outbox:
    return Outbox(tmp_path / "data" / "outbox.db")


def test_what_is_put_waits_in_order_until_delivered(outbox: Outbox) -> None:
    for key in ("a", "b", "c"):
        outbox.put(key, key.encode() * 10, "2026-11-21T10:00:00+01:00")
    outbox.delivered("b")
    assert outbox.waiting() == ["a", "c"]
    assert outbox.sealed("a") == b"a" * 10
    assert outbox.sealed("b") is None


def test_the_same_key_is_kept_once(outbox: Outbox) -> None:
    outbox.put("a", b"first", "t")
    outbox.put("a", b"second", "t")
    assert outbox.waiting() == ["a"]
    assert outbox.sealed("a") == b"first"


def test_a_parked_check_in_is_in_nobodys_way_and_not_lost(outbox: Outbox) -> None:
    outbox.put("a", b"x", "t")
    outbox.put("b", b"x", "t")
    outbox.park("a", "http-422")
    assert outbox.waiting() == ["b"]
    assert outbox.counts() == (1, 1)
    assert outbox.unpark() == 1
    assert outbox.waiting() == ["a", "b"]


def test_ticket_numbers_follow_each_other_and_start_again_each_day(outbox: Outbox) -> None:
    assert [outbox.next_ticket("2026-11-21", "A") for _ in range(3)] == ["A1", "A2", "A3"]
    assert outbox.next_ticket("2026-11-22", "A") == "A1"


def test_its_files_are_for_the_kiosk_alone(outbox: Outbox, tmp_path: Path) -> None:
    outbox.put("a", b"x", "t")
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700
    for file in (tmp_path / "data").iterdir():
        assert file.stat().st_mode & 0o077 == 0, file.name


def test_a_full_disk_is_said_and_what_was_kept_stays(outbox: Outbox) -> None:
    outbox.put("a", b"x", "t")
    pages = outbox._database.execute("PRAGMA page_count").fetchone()[0]
    outbox._database.execute(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(OutboxFull):
        outbox.put("b", b"x" * 1_000_000, "t")
    with pytest.raises(OutboxFull):
        outbox.prove_writable()
    assert outbox.waiting() == ["a"]
    outbox._database.execute("PRAGMA max_page_count = 1000000")
    outbox.prove_writable()
    outbox.put("b", b"x" * 1_000_000, "t")
    assert outbox.waiting() == ["a", "b"]


def test_a_file_that_is_no_database_is_said(tmp_path: Path) -> None:
    (tmp_path / "outbox.db").write_bytes(b"not a database at all" * 100)
    with pytest.raises(OutboxFull):
        Outbox(tmp_path / "outbox.db")


def _put_then_die(path: Path, commit: bool) -> None:
    box = Outbox(path)
    if commit:
        box.put("a", b"x" * 300_000, "t")
        os.kill(os.getpid(), signal.SIGKILL)
    with box._writing():
        box._database.execute("INSERT INTO outgoing (key, sealed, stored_at) VALUES ('a', 'x', 't')")
        os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.parametrize(("committed", "kept"), [(True, ["a"]), (False, [])])
def test_killed_after_the_commit_it_is_there_before_it_is_not(tmp_path: Path, committed: bool, kept: list[str]) -> None:
    path = tmp_path / "outbox.db"
    child = multiprocessing.get_context("spawn").Process(target=_put_then_die, args=(path, committed))
    child.start()
    child.join(30)
    assert child.exitcode == -signal.SIGKILL
    assert Outbox(path).waiting() == kept
    assert sqlite3.connect(path).execute("PRAGMA integrity_check").fetchone() == ("ok",)
