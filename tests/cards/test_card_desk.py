"""The kiosk's card desk with two slots: a professional's card left in one of them is nobody's business."""

import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest

from hardware.cards import base
from hardware.cards.card_file import load
from hardware.cards.memory import SLOT, MemoryReader
from kiosk.app.card_desk import CardDesk
from kiosk.core.turn import events as ev
from kiosk.core.turn.screens import CardProblem
from kiosk.wiring import read_vitale
from tests.demo.processes import wait_until


class TwoSlots:
    """A reader with two slots, each a reader in memory."""

    def __init__(self) -> None:
        self._slots = {"left": MemoryReader(), "right": MemoryReader()}
        self._happened: queue.SimpleQueue[base.SlotEvent] = queue.SimpleQueue()

    def insert(self, slot: str, card: str, found: bool = False) -> None:
        self._happened.put(base.CardInserted(slot, self._slots[slot].insert(load(card)).atr, found))

    def pull(self, slot: str) -> None:
        self._slots[slot].pull()
        self._happened.put(base.CardRemoved(slot))

    def come(self) -> None:
        self._happened.put(base.ReaderFound(tuple(self._slots)))

    def events(self, stopped: Callable[[], bool]) -> Iterator[base.SlotEvent]:
        while not stopped():
            try:
                yield self._happened.get(timeout=0.05)
            except queue.Empty:
                continue

    def connect(self, slot: str) -> AbstractContextManager[base.CardConnection]:
        return self._slots[slot].connect(SLOT)


def test_the_patients_card_is_read_though_a_professionals_was_inserted_last() -> None:
    reader = TwoSlots()
    heard: list[ev.Event] = []
    arrived = threading.Semaphore(0)
    read = threading.Event()

    def post(event: ev.Event) -> None:
        heard.append(event)
        if isinstance(event, ev.CardArrived):
            arrived.release()
        if isinstance(event, ev.CardRead | ev.CardNotRead):
            read.set()

    desk = CardDesk(reader, read_vitale, post)
    desk.start()
    try:
        reader.insert("left", "zoe-alone")
        assert arrived.acquire(timeout=10)
        reader.insert("right", "cps")
        assert arrived.acquire(timeout=10)
        desk.read(turn=1)
        assert read.wait(10)
    finally:
        desk.stop()
    results = [event for event in heard if isinstance(event, ev.CardRead | ev.CardNotRead)]
    assert [type(event) for event in results] == [ev.CardRead]
    first = results[0]
    assert isinstance(first, ev.CardRead)
    assert first.contents.beneficiaries[0].given_name == "ZOE"


class Found:
    """A desk before a reader of two slots, and what it told."""

    def __init__(self) -> None:
        self.reader = TwoSlots()
        self.heard: list[ev.Event] = []
        self.desk = CardDesk(self.reader, read_vitale, self.heard.append)

    def wait_for(self, *events: ev.Event) -> None:
        wait_until(lambda: [one for one in self.heard if not isinstance(one, ev.ReaderCame)] == [*events], 10, "events")


@pytest.fixture
def found() -> Iterator[Found]:
    there = Found()
    there.desk.start()
    yield there
    there.desk.stop()


def test_a_card_that_was_in_is_found_and_its_leaving_is_told_though_another_stays(found: Found) -> None:
    found.reader.come()
    found.reader.insert("left", "cps", found=True)
    found.reader.insert("right", "zoe-alone", found=True)
    found.wait_for(ev.CardFound())
    found.reader.pull("right")
    found.wait_for(ev.CardFound(), ev.CardLeft())


def test_where_a_reader_does_not_say_so_what_comes_with_it_was_in(found: Found) -> None:
    found.reader.come()
    found.reader.insert("right", "zoe-alone")
    found.wait_for(ev.CardFound())
    found.desk._settles = 0.0
    found.reader.pull("right")
    found.reader.insert("right", "zoe-alone")
    found.wait_for(ev.CardFound(), ev.CardLeft(), ev.CardArrived())


def test_a_card_found_is_not_read_for_who_puts_another_kind_of_card_in(found: Found) -> None:
    found.reader.insert("left", "zoe-alone", found=True)
    found.wait_for(ev.CardFound())
    found.reader.insert("right", "bank")
    found.wait_for(ev.CardFound(), ev.CardArrived())
    found.desk.read(turn=1)
    answers = (ev.CardRead, ev.CardNotRead)
    said = wait_until(lambda: [one for one in found.heard if isinstance(one, answers)], 10, "the reading")
    assert said == [ev.CardNotRead(1, CardProblem.NOT_VITALE)]
