"""The card reader's thread, and the reading of a card when asked for."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Generic, Protocol, TypeVar

from hardware.cards import base
from kiosk import journal
from kiosk.app.guard import guarded
from kiosk.app.worker import Worker
from kiosk.core.sources.card import CardContents
from kiosk.core.turn import events as ev
from kiosk.core.turn.screens import CardProblem
from kiosk.journal import Happening

Progress = Callable[[int, int], None]
_RESTART_SECONDS = 2.0
# A reader that is back needs as long to notice what is in it (pcscd looks every 0.4 s): nobody put that in just now.
SETTLING_SECONDS = 2.0


class Slots(Protocol):
    """A reader as far as it is watched, whatever is put there."""

    def events(self, stopped: Callable[[], bool]) -> Iterator[base.SlotEvent]: ...


Reader = TypeVar("Reader", bound=Slots)


class CardDesk(Generic[Reader]):
    """Tells what goes on in the slot, and reads the card in it."""

    def __init__(
        self,
        reader: Reader,
        read: Callable[[Reader, str, Progress, Callable[[], bool]], CardContents | CardProblem],
        post: Callable[[ev.Event], None],
        device: str = "reader",
        settles: float = SETTLING_SECONDS,
    ) -> None:
        self._reader = reader
        self._read = read
        self._post = post
        self._device = device
        self._settles = settles
        self._worker = Worker("card")
        self._stopping = threading.Event()
        self._watcher = threading.Thread(target=self._watch, name="slots", daemon=True)
        self._slot = ""  # where the card is that counts: the last one inserted, or the one that was read
        self._occupied: tuple[str, ...] = ()  # those seen coming; the last one inserted comes last
        self._found: set[str] = set()  # where a card is that nobody was seen putting in
        self._finding = threading.Lock()
        self._slots = 1
        self._reader_at = 0.0  # since when it is there
        self._turn = 0
        self.reader_ok = True

    def start(self) -> None:
        self._worker.start()
        self._watcher.start()

    def stop(self) -> None:
        self._stopping.set()
        self._turn = -1
        self._worker.stop(3.0)
        self._watcher.join(3.0)

    def read(self, turn: int) -> None:
        self._turn = turn
        self._worker.do(lambda: self._read_now(turn), lambda: self._post(ev.CardNotRead(turn, CardProblem.UNREADABLE)))

    def forget(self, turn: int) -> None:
        """A reading under way for this turn stops before its next exchange."""
        if self._turn == turn:
            self._turn = -1

    def _watch(self) -> None:
        while not self._stopping.is_set():
            guarded(self._follow, self._reader_broke)

    def _follow(self) -> None:
        for event in self._reader.events(self._stopping.is_set):
            self._tell(event)

    def _reader_broke(self) -> None:
        self._tell(base.ReaderLost("bug"))
        self._stopping.wait(_RESTART_SECONDS)

    def _tell(self, event: base.SlotEvent) -> None:
        match event:
            case base.CardInserted(slot) | base.CardMute(slot) if self._was_in(event):
                self._find(slot)
            case base.CardInserted(slot):
                self._slot = slot
                self._occupied = (*self._occupied, slot)
                self._post(ev.CardArrived())
            case base.CardMute(slot):
                self._slot = slot
                self._post(ev.CardStaysMute())
            case base.CardRemoved(slot):
                with self._finding:
                    self._found.discard(slot)
                self._occupied = tuple(other for other in self._occupied if other != slot)
                if slot == self._slot:  # not a professional's card in another slot
                    self._post(ev.CardLeft())
            case base.ReaderLost(reason):
                if self.reader_ok:
                    journal.record(Happening.DEVICE_LOST, device=self._device, reason=reason)
                self.reader_ok = False
                self._post(ev.ReaderWent())
            case base.ReaderFound(slots):
                self._slots, self._reader_at = len(slots), time.monotonic()
                if not self.reader_ok:
                    journal.record(Happening.DEVICE_BACK, device=self._device)
                self.reader_ok = True
                self._post(ev.ReaderCame())

    def _was_in(self, event: base.CardInserted | base.CardMute) -> bool:
        """Whether nobody was seen putting it in; also where a reader does not say so itself."""
        return event.found or time.monotonic() - self._reader_at < self._settles

    def _find(self, slot: str) -> None:
        """Where there are several slots, a professional's card may stay in one for good: that is nobody's business."""
        self._found.add(slot)
        if self._slots < 2:
            self._ask_to_take(slot)
            return
        self._worker.do(partial(self._look_at, slot), partial(self._ask_to_take, slot))

    def _look_at(self, slot: str) -> None:
        if self._read(self._reader, slot, lambda _done, _expected: None, lambda: False) is not CardProblem.NOT_VITALE:
            self._ask_to_take(slot)

    def _ask_to_take(self, slot: str) -> None:
        with self._finding:
            if slot in self._found:  # it may have left while it was looked at
                self._slot = slot
                self._post(ev.CardFound())

    def _read_now(self, turn: int) -> None:
        if self._turn != turn:
            return
        started = time.monotonic()

        def progress(done: int, expected: int) -> None:
            self._post(ev.CardProgressed(turn, min(1.0, done / max(1, expected))))

        result = self._read_any(progress, lambda: self._turn != turn)
        took = round((time.monotonic() - started) * 1000)
        if isinstance(result, CardProblem):
            journal.record(Happening.CARD_READ, turn=turn, outcome=result.value, duration_ms=took)
            self._post(ev.CardNotRead(turn, result))
        else:
            journal.record(
                Happening.CARD_READ, turn=turn, outcome="read", duration_ms=took, people=len(result.beneficiaries)
            )
            read_at = datetime.now(UTC).astimezone().isoformat(timespec="seconds")
            self._post(ev.CardRead(turn, result, read_at))

    def _read_any(self, progress: Progress, cancelled: Callable[[], bool]) -> CardContents | CardProblem:
        """Read the card that counts; when it is no carte Vitale (a professional's, left in), look at the others."""
        first = self._slot
        result = self._read(self._reader, first, progress, cancelled)
        for slot in reversed(self._occupied):
            if result is not CardProblem.NOT_VITALE or slot == first:
                continue
            other = self._read(self._reader, slot, progress, cancelled)
            if other is not CardProblem.NOT_VITALE:
                self._slot = slot
                result = other
        return result
