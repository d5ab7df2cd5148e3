"""A damaged outbox, and a disk that answers late: the kiosk works, and no number waits that nobody holds.

Seen before: a damaged file kept the kiosk from starting, with a wrong diagnosis; a patient sent to the desk after a
slow disk left a check-in with a number that nobody had been shown.
"""

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

import pytest

from kiosk import doctor, journal
from kiosk.app import storage_watch
from kiosk.app.back_office import Place, StoreRoom
from kiosk.app.conductor import Conductor, Crew, EventQueue
from kiosk.app.storage_watch import StorageWatch
from kiosk.core.turn import events as ev
from kiosk.core.turn import screens as sc
from kiosk.core.turn.step import Journey, State, step
from kiosk.settings import load
from kiosk.storage.damage import files_set_aside
from kiosk.storage.outbox import Outbox, OutboxDamaged
from tests.app.test_back_office import order
from tests.attacks.terminal import Terminal
from tests.demo.processes import wait_until

pytestmark = [pytest.mark.starts, pytest.mark.timeout(120)]
STORED_AT = "2026-11-30T10:00:00+01:00"


@pytest.fixture
def kiosk(tmp_path: Path) -> Iterator[Terminal]:
    with Terminal(tmp_path / "hall") as kiosk:
        kiosk.data.mkdir()
        yield kiosk


def _left(path: Path, count: int) -> list[str]:
    """An outbox with as many check-ins as that, large enough to lie on pages of their own."""
    outbox, keys = Outbox(path), [str(uuid4()) for _ in range(count)]
    for key in keys:
        outbox.put(key, key.encode() * 300, STORED_AT)
    outbox.next_ticket("2026-11-30", "A")
    outbox.close()
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return keys


def test_an_outbox_that_is_no_database_is_set_aside_and_named_and_the_kiosk_works(kiosk: Terminal) -> None:
    (kiosk.data / "outbox.db").write_bytes(b"not a database at all" * 1000)
    kiosk.start()
    [aside] = files_set_aside(kiosk.data)
    assert aside.read_bytes() == b"not a database at all" * 1000
    [said] = kiosk.journal("outbox-set-aside")
    assert (said["file"], said["taken_over"]) == (aside.name, 0)
    wait_until(lambda: kiosk.console.devices().get("outbox") == "lost", 30, "staff to see it")
    assert kiosk.console.devices()["storage"] == "ok"
    kiosk.eyes.wait_for("welcome")
    state, named = doctor._outbox(load(kiosk.config))
    assert (state.level, named.what, named.level) == (doctor.Level.OK, aside.name, doctor.Level.WARNING)
    outbox = Outbox(kiosk.data / "outbox.db")
    assert int(outbox.next_ticket("2026-11-30", "A")[1:]) == 501, "no number is given twice that day"
    outbox.close()


def test_what_can_be_read_of_a_damaged_outbox_is_delivered(tmp_path: Path) -> None:
    path = tmp_path / "outbox.db"
    keys = _left(path, 6)
    page = int(sqlite3.connect(path).execute("PRAGMA page_size").fetchone()[0])
    whole = path.read_bytes()
    at = whole.index(keys[3].encode() * 20)
    start = at - at % page
    path.write_bytes(whole[:start] + b"\xff" * page + whole[start + page :])
    box = Outbox(path)
    with pytest.raises(OutboxDamaged):
        for key in box.waiting():
            box.sealed(key)
    box.mend()
    left = box.waiting()
    assert len(left) >= 3 and set(left) < set(keys)
    assert all(box.sealed(key) == key.encode() * 300 for key in left)
    assert box.next_ticket("2026-11-30", "A") == "A2"
    box.close()


@pytest.mark.parametrize("name", ["outbox.db", "outbox.db-wal", "outbox.db-journal"])
@pytest.mark.parametrize("stands_there", [Path.mkdir, os.mkfifo, lambda place: place.symlink_to("nowhere")])
def test_what_stands_in_the_outbox_s_place_is_set_aside(
    tmp_path: Path, name: str, stands_there: Callable[[Path], None]
) -> None:
    keys = _left(tmp_path / "outbox.db", 3)
    (tmp_path / name).unlink(missing_ok=True)
    stands_there(tmp_path / name)
    with pytest.raises(OutboxDamaged):
        Outbox(tmp_path / "outbox.db")
    box = Outbox(tmp_path / "outbox.db", mends=True)
    assert box.waiting() == ([] if name == "outbox.db" else keys)
    box.put("key", b"sealed", STORED_AT)
    assert box.sealed("key") == b"sealed" and files_set_aside(tmp_path) != []
    assert box.next_ticket("2026-11-30", "A") != "A1", "no number is given twice that day"
    box.close()


OTHER = (
    "DROP TABLE outgoing; CREATE TABLE outgoing (other)",
    "DROP TABLE outgoing; CREATE VIEW outgoing AS SELECT 1",
    "CREATE TRIGGER no BEFORE INSERT ON outgoing BEGIN SELECT RAISE(FAIL, 'no'); END",
    "UPDATE tickets SET last = 'twelve'",
    "UPDATE outgoing SET sealed = 'a text'",
    "UPDATE outgoing SET key = CAST(x'ff' AS TEXT) WHERE number = 1",
)


@pytest.mark.parametrize("altered", OTHER)
def test_an_outbox_that_holds_something_else_is_set_aside_while_the_kiosk_works(tmp_path: Path, altered: str) -> None:
    _left(tmp_path / "outbox.db", 2)
    with closing(sqlite3.connect(tmp_path / "outbox.db")) as database:
        database.executescript(altered)
    box = Outbox(tmp_path / "outbox.db", mends=True)
    with pytest.raises(OutboxDamaged):
        for key in box.waiting():
            box.sealed(key)
        box.put("key", b"sealed", STORED_AT)
        box.next_ticket("2026-11-30", "A")
    box.mend()
    box.put("key", b"sealed", STORED_AT)
    assert box.sealed("key") == b"sealed" and box.next_ticket("2026-11-30", "A") != "A1"
    box.close()


def test_a_header_with_one_byte_wrong_keeps_no_kiosk_from_starting(tmp_path: Path) -> None:
    """The number of the file's format: SQLite says that this is an error, and not which."""
    _left(tmp_path / "outbox.db", 2)
    with (tmp_path / "outbox.db").open("r+b") as file:
        file.seek(47)
        file.write(b"\x09")
    box = Outbox(tmp_path / "outbox.db", mends=True)
    assert (box.waiting(), len(files_set_aside(tmp_path))) == ([], 1)
    box.close()


def test_a_key_kept_too_late_to_be_shown_is_taken_back_before_it_leaves(tmp_path: Path) -> None:
    """The real store room and the real turn; the disk answers when the patient has been sent to the desk."""
    journal.write_to(path=tmp_path / "journal.jsonl")
    outbox, answers = Outbox(tmp_path / "outbox.db"), threading.Event()
    posted: list[ev.Event] = []

    def slowly(plain: bytes, _context: bytes) -> bytes:
        answers.wait(20)
        return plain

    hurried: list[None] = []
    room = StoreRoom(outbox, slowly, Place("hall-1", "3", "A"), posted.append, lambda: hurried.append(None))
    room.start()
    working = State(screen=sc.Working(), journey=_submitted())
    room.submit(order())
    after, _ = step(working, ev.Tick(11))
    assert after.screen == sc.Desk("1")
    answers.set()
    wait_until(lambda: posted, 20, "the disk")
    assert outbox.counts() == (1, 0) and outbox.waiting() == [], "kept, and not to be delivered"
    _, commands = step(after, posted[0])
    assert commands == (ev.Withdraw(1),)
    room.withdraw(1)
    room.stop()
    assert (outbox.counts(), hurried) == ((0, 0), [])


def test_what_was_kept_when_the_kiosk_is_ended_and_nobody_saw_it_is_taken_back(tmp_path: Path) -> None:
    outbox, posted = Outbox(tmp_path / "outbox.db"), list[ev.Event]()
    room = StoreRoom(outbox, lambda plain, _context: plain, Place("hall-1", "3", "A"), posted.append, lambda: None)
    room.start()
    room.submit(order())
    wait_until(lambda: posted, 20, "the disk")
    room.stop()
    assert outbox.counts() == (0, 0)


class SilentDisk(Outbox):
    """A disk that answers no more, until the test lets it."""

    answers = threading.Event()

    def prove_writable(self) -> None:
        self.answers.wait(20)


def test_a_disk_that_answers_no_more_is_told_by_who_does_not_wait_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage_watch, "_OVERDUE", 0.2)
    outbox, posted = SilentDisk(tmp_path / "outbox.db"), list[ev.Event]()
    watch = StorageWatch(outbox, tmp_path, posted.append)
    watch.start()
    try:
        wait_until(lambda: watch.look() or posted, 20, "the kiosk to rest")
        assert (posted, watch.ok, watch.counts) == ([ev.StorageWent()], False, (0, 0))
        outbox.answers.set()
        wait_until(lambda: ev.StorageCame() in posted, 20, "its return")
        assert watch.ok
    finally:
        outbox.answers.set()
        watch.stop()
        outbox.close()


class Idle:
    """Whoever carries out commands, and does nothing."""

    def __getattr__(self, _name: str) -> "Idle":
        return self

    def __call__(self, *_: object) -> "Idle":
        return self


class Broken(Idle):
    """A desk with a bug."""

    def read(self, _turn: int) -> None:
        raise RuntimeError("a bug")


class Shown:
    """A window, and what was on it."""

    def __init__(self) -> None:
        self.screens: list[sc.Screen] = []

    def show(self, screen: sc.Screen) -> None:
        self.screens.append(screen)


def test_a_bug_gives_the_card_back_before_it_welcomes_anybody(tmp_path: Path) -> None:
    journal.write_to(path=tmp_path / "journal.jsonl")
    events, window, idle = EventQueue(), Shown(), cast("Any", Idle())
    crew = Crew(cast("Any", Broken()), idle, idle, idle, idle, idle, idle)
    conductor = Conductor(events, crew, window, State())
    for event in (
        ev.CardArrived(),
        ev.Touched(sc.Touch.UNDERSTOOD, "information"),
        ev.Touched(sc.Touch.START, "welcome"),
        ev.CardLeft(),
    ):
        events.post(event)
    events.close()
    conductor.run()
    assert window.screens == [sc.Welcome(), sc.Information(), sc.TakeCard(), sc.Welcome()]
    assert "RuntimeError" in (tmp_path / "journal.jsonl").read_text()


def _submitted() -> Journey:
    return Journey(1, submitted=True)
