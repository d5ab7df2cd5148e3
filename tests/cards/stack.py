"""The real PC/SC stack for tests: one card service and one virtual reader a machine, so one test at a time takes them.

``with card_stack() as stack:`` waits for its turn (a file lock in the system's temporary folder), makes sure that pcscd
runs, and gives the service, the simulated card's process, and the reader.
"""

import fcntl
import queue
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from hardware.cards.base import CardReader, SlotEvent
from hardware.cards.pcsc import PcscReader
from hardware.cards.service import CardService, ensure_card_service
from hardware.cards.simulated import HAND
from hardware.cards.simulated_process import SimulatedCardProcess

LOCK_FILE = "kiosk-card-service.lock"
E = TypeVar("E", bound=SlotEvent)


@contextmanager
def one_at_a_time(timeout: float = 300.0) -> Iterator[None]:
    """Hold the machine's one card service, or wait for it."""
    path = Path(tempfile.gettempdir()) / LOCK_FILE
    ends_at = time.monotonic() + timeout
    with path.open("a") as lock:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > ends_at:
                    raise TimeoutError("another test keeps the card service") from None
                threading.Event().wait(0.05)
        yield


@dataclass(frozen=True, slots=True)
class CardStack:
    service: CardService
    card: SimulatedCardProcess
    reader: PcscReader


@contextmanager
def card_stack(hand: float = HAND) -> Iterator[CardStack]:
    """Give the whole real stack to one test; what was started is ended. ``hand``: least seconds between two cards."""
    with one_at_a_time():
        service = ensure_card_service()
        try:
            with SimulatedCardProcess(hand=hand) as card:
                yield CardStack(service, card, PcscReader())
        finally:
            service.stop()


class Listener:
    """Hears a reader's events in a thread, so that a test can wait for one with a bound."""

    def __init__(self, reader: CardReader) -> None:
        self.heard: list[SlotEvent] = []
        self._fresh: queue.Queue[SlotEvent] = queue.Queue()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._listen, args=(reader,), name="listener")
        self._thread.start()

    def wait_for(self, kind: type[E], timeout: float = 15.0) -> E:
        """Answer the next event of this kind, passing over others."""
        ends_at = time.monotonic() + timeout
        while True:
            try:
                event = self._fresh.get(timeout=max(ends_at - time.monotonic(), 0.001))
            except queue.Empty:
                raise AssertionError(f"no {kind.__name__} in time; heard {self.heard}") from None
            if isinstance(event, kind):
                return event

    def next(self, timeout: float = 15.0) -> SlotEvent:
        """Answer the next event, whatever it is."""
        return self._fresh.get(timeout=timeout)

    def close(self) -> None:
        self._stop.set()
        self._thread.join(10)
        assert not self._thread.is_alive(), "events() did not end when told to"

    def _listen(self, reader: CardReader) -> None:
        for event in reader.events(self._stop.is_set):
            self.heard.append(event)
            self._fresh.put(event)

    def __enter__(self) -> "Listener":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
