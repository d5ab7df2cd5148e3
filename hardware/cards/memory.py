"""A card reader that is only memory, for whole walks in a test without a card service.

Same Protocol and same contract tests as the real one.
"""

import queue
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock

from hardware.cards.base import (
    CardConnection,
    CardExchangeFailed,
    CardGone,
    CardInserted,
    CardMute,
    CardRemoved,
    ReaderFound,
    ReaderLost,
    SlotEvent,
)
from hardware.cards.card_file import CardDescription
from hardware.cards.exchange import exchange
from hardware.cards.virtual_card import VirtualCard

SLOT = "Memory 00 00"


class MemoryReader:
    """One slot. ``insert``, ``pull``, ``unplug``, ``plug`` may be called from any thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._happenings: queue.Queue[SlotEvent] = queue.Queue(maxsize=10_000)
        self._plugged = True
        self._card: VirtualCard | None = None

    def insert(self, description: CardDescription) -> VirtualCard:
        """Put a card in; the one that was in is pulled out first."""
        with self._lock:
            self._pull()
            card = VirtualCard(description)
            self._card = card
            if self._plugged:
                self._announce(card)
            return card

    def pull(self) -> None:
        with self._lock:
            self._pull()

    def unplug(self, reason: str = "no-reader") -> None:
        """Take the reader away; a card stays in it."""
        with self._lock:
            if self._plugged:
                if self._card:
                    self._happenings.put(CardRemoved(SLOT))
                self._plugged = False
                self._happenings.put(ReaderLost(reason))

    def plug(self) -> None:
        with self._lock:
            if not self._plugged:
                self._plugged = True
                self._happenings.put(ReaderFound((SLOT,)))
                if self._card:
                    self._announce(self._card, found=True)

    def events(self, stopped: Callable[[], bool]) -> Iterator[SlotEvent]:
        with self._lock:
            self._start_over()
        while not stopped():
            try:
                happening = self._happenings.get(timeout=0.05)
            except queue.Empty:
                continue
            yield happening

    @contextmanager
    def connect(self, slot: str) -> Iterator[CardConnection]:
        with self._lock:
            card = self._card
            if slot != SLOT or not self._plugged or card is None:
                raise CardGone
            if card.description.mute:
                raise CardExchangeFailed("a mute card")
            card.power_on()
        try:
            yield _MemoryConnection(self, card)
        finally:
            card.power_on()

    def _start_over(self) -> None:
        """Tell a new listener how things stand, not how they came to be so."""
        while not self._happenings.empty():
            self._happenings.get_nowait()
        self._happenings.put(ReaderFound((SLOT,)) if self._plugged else ReaderLost("no-reader"))
        if self._plugged and self._card:
            self._announce(self._card, found=True)

    def _pull(self) -> None:
        if self._card and self._plugged:
            self._happenings.put(CardRemoved(SLOT))
        self._card = None

    def _announce(self, card: VirtualCard, found: bool = False) -> None:
        mute = card.description.mute
        self._happenings.put(CardMute(SLOT, found) if mute else CardInserted(SLOT, card.atr, found))


class _MemoryConnection:
    def __init__(self, reader: MemoryReader, card: VirtualCard) -> None:
        self._reader = reader
        self._card = card

    def transmit(self, command: bytes) -> bytes:
        return exchange(self._send, command)

    def _send(self, command: bytes) -> bytes:
        reader, card = self._reader, self._card
        with reader._lock:
            if reader._card is not card or not reader._plugged:
                raise CardGone
            if card.description.attack == "silent":
                raise CardExchangeFailed("no answer in time")
            answer = card.answer(command)
            if answer is None or card.leaves_after(card.counts.commands):
                reader._pull()
            if answer is None:
                raise CardGone
            return answer
