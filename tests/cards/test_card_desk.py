"""The kiosk's card desk with two slots: a professional's card left in one of them is nobody's business."""

import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

from hardware.cards import base
from hardware.cards.card_file import load
from hardware.cards.memory import SLOT, MemoryReader
from kiosk.app.card_desk import CardDesk
from kiosk.core.turn import events as ev
from kiosk.wiring import read_vitale


class TwoSlots:
    """A reader with two slots, each a reader in memory."""

    def __init__(self) -> None:
        self._slots = {"left": MemoryReader(), "right": MemoryReader()}
        self._happened: queue.SimpleQueue[base.SlotEvent] = queue.SimpleQueue()

    def insert(self, slot: str, card: str) -> None:
        self._happened.put(base.CardInserted(slot, self._slots[slot].insert(load(card)).atr))

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
