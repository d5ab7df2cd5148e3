"""The outbox keeps what it was given, gives it once, and says when it cannot."""

import multiprocessing
import os
import random
import shutil
import signal
import sqlite3
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from kiosk import doctor, wiring
from kiosk.settings import BadSettings
from kiosk.storage.outbox import Outbox, OutboxBusy, OutboxFull, Waiting
from tests.fixtures.check_ins import CHECK_INS

OF_BEFORE = Path(__file__).parents[1] / "fixtures" / "ae92b1a" / "outbox.db"


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


def test_ticket_numbers_follow_each_other_whatever_the_clock_says(outbox: Outbox) -> None:
    """It jumps a day and back, it says 1970, it says 2100: 999 people have a number each."""
    chance = random.Random(17)
    days = [f"{chance.choice((1970, 2026, 2027, 2100))}-{chance.randint(1, 12):02d}-01" for _ in range(1001)]
    given = [outbox.next_ticket(day, "A") for day in days]
    assert given[:3] == ["A1", "A2", "A3"] and given[998:] == ["A999", "A1", "A2"]
    assert len(set(given[:999])) == 999


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


# --- what a console refused -------------------------------------------------------------------------------------------


def test_what_one_version_refused_is_for_the_others_and_stays_parked_until_one_takes_it(outbox: Outbox) -> None:
    for key in ("a", "b", "c"):
        outbox.put(key, b"x", "t")
    outbox.park("a", "http-422", "0.1.0")
    outbox.park("b", "http-422")
    assert outbox.refused_by_others("0.1.0") == ["b"]
    assert outbox.refused_by_others("0.2.0") == ["a", "b"]
    outbox.park("a", "http-413", "0.2.0")
    assert outbox.refused_by_others("0.2.0") == ["b"]
    assert outbox.refused_by_others("0.1.0") == ["b"]  # not again where two versions answer in turn
    assert outbox.waiting() == ["c"]
    assert outbox.counts() == (1, 2)
    outbox.delivered("a")
    assert outbox.counts() == (1, 1)


def test_which_version_refused_it_is_known_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "outbox.db"
    box = Outbox(path)
    box.put("a", b"sealed", "2026-11-21T10:00:00+01:00")
    box.tried("a")
    box.park("a", "http-422", "0.1.0")
    box.close()
    again = Outbox(path)
    assert again.everything() == [Waiting("a", "2026-11-21T10:00:00+01:00", 6, 2, "http-422", ("0.1.0",))]
    assert again.refused_by_others("0.1.0") == []


def test_a_console_that_says_another_version_every_time_is_not_asked_for_ever(outbox: Outbox) -> None:
    outbox.put("a", b"x", "t")
    for number in range(20):
        assert number == 0 or outbox.refused_by_others(f"1.{number}") == ["a"]
        outbox.park("a", "http-422", f"1.{number}")
    assert outbox.refused_by_others("2.0") == []
    assert outbox.counts() == (0, 1)  # and never lost
    assert outbox.unpark() == 1
    assert outbox.waiting() == ["a"]


def test_two_versions_that_refuse_in_turn_leave_the_third_to_be_asked(outbox: Outbox) -> None:
    outbox.put("a", b"x", "t")
    for number in range(60):
        outbox.park("a", "http-422", ("0.1.0", "0.1", "")[number % 3])
    assert outbox.everything()[0].refused_by == ("0.1.0", "0.1", "?")
    assert outbox.refused_by_others("0.3.0") == ["a"]


def test_those_that_fail_again_and_again_hold_up_no_other(outbox: Outbox) -> None:
    for number in range(12):
        outbox.put(str(number), b"x", "t")
        outbox.park(str(number), "http-422", "0.1.0")
    assert outbox.refused_by_others("0.2.0") == [str(number) for number in range(10)]
    for number in range(10):
        outbox.tried(str(number))
    assert outbox.refused_by_others("0.2.0")[:2] == ["10", "11"]


def test_what_is_asked_every_second_walks_through_nothing_sealed(outbox: Outbox) -> None:
    """A thousand parked check-ins with their pictures are a gigabyte."""
    asked: list[str] = []
    outbox._database.set_trace_callback(asked.append)
    assert (outbox.waiting(), outbox.refused_by_others("0.1.0"), outbox.counts()) == ([], [], (0, 0))
    outbox._database.set_trace_callback(None)
    plans = [outbox._database.execute(f"EXPLAIN QUERY PLAN {one}").fetchall()[0][3] for one in asked]
    assert len(plans) == 3 and all("COVERING INDEX" in plan for plan in plans), plans


def test_a_technician_has_one_tried_again_or_all(outbox: Outbox) -> None:
    for key in ("a", "b", "c"):
        outbox.put(key, b"x", "t")
        outbox.park(key, "http-422", "0.1.0")
    assert [outbox.unpark(key) for key in ("nobody", "b", "b")] == [0, 1, 0]
    assert outbox.waiting() == ["b"]
    assert outbox.everything()[1].refused_by == ()
    assert outbox.unpark() == 2


# --- a file of an earlier version -------------------------------------------------------------------------------------


@pytest.fixture
def of_before(tmp_path: Path) -> Path:
    """What ``ae92b1a`` left: three wait, two are parked, seven tickets were given that day."""
    return Path(shutil.copy(OF_BEFORE, tmp_path / "outbox.db"))


def test_an_outbox_of_before_opens_and_holds_what_it_held(of_before: Path) -> None:
    before = dict(sqlite3.connect(of_before).execute("SELECT key, sealed FROM outgoing").fetchall())
    box = Outbox(of_before)
    names = ("found-whole", "not-found", "several")
    assert box.waiting() == [CHECK_INS[name].key for name in names]
    assert box.counts() == (3, 2)
    assert {key: box.sealed(key) for key in before} == before
    assert [one.attempts for one in box.everything()] == [1, 0, 0, 0, 0]
    assert box.next_ticket("2026-11-21", "A") == "A8"
    box.put("new", b"x", "t")
    assert box.waiting()[-1] == "new"


def test_what_was_parked_before_versions_were_known_is_for_whichever_says_its_own(of_before: Path) -> None:
    parked = [CHECK_INS["unreachable"].key, CHECK_INS["child"].key]
    assert Outbox(of_before).refused_by_others("0.1.0") == parked


def test_it_is_brought_up_to_date_once_and_by_one_of_two_that_open_it(of_before: Path) -> None:
    one, other = Outbox(of_before), Outbox(of_before)
    one.park(CHECK_INS["several"].key, "http-422", "0.1.0")
    assert other.counts() == (2, 3)
    assert sqlite3.connect(of_before).execute("PRAGMA user_version").fetchone() == (2,)
    assert sqlite3.connect(of_before).execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_the_earlier_version_still_reads_and_writes_a_file_that_was_brought_up_to_date(of_before: Path) -> None:
    """An update that is taken back loses nothing: these are the statements of ``ae92b1a``."""
    Outbox(of_before).close()
    with sqlite3.connect(of_before) as earlier:
        earlier.execute("INSERT INTO outgoing (key, sealed, stored_at) VALUES ('new', 'x', 't') ON CONFLICT DO NOTHING")
        earlier.execute("UPDATE outgoing SET parked = 'http-422' WHERE key = 'new'")
        earlier.execute("UPDATE outgoing SET parked = '' WHERE parked <> ''")
    assert Outbox(of_before).counts() == (6, 0)


def test_another_program_that_holds_the_file_is_named_and_the_disk_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kiosk.storage.outbox._BUSY_SECONDS", 0.1)
    settings = cast(Any, SimpleNamespace(kiosk=SimpleNamespace(data_dir=tmp_path)))
    outbox = Outbox(tmp_path / "outbox.db")
    with closing(sqlite3.connect(tmp_path / "outbox.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(OutboxBusy):
            outbox.put("a", b"x", "t")
        with pytest.raises(BadSettings) as said:
            wiring._outbox(settings)
        [verdict] = doctor._outbox(settings)
    assert "autre programme" in str(said.value) and "libérez" not in str(said.value)
    assert "autre programme" in verdict.what and verdict.level is doctor.Level.BAD and "disque" not in verdict.todo
    outbox.put("a", b"x", "t")
    assert outbox.waiting() == ["a"]
