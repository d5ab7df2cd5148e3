"""The loop: an event comes, ``step`` says what is next, its commands are handed to those who carry them out."""

import queue
import time
from dataclasses import dataclass, replace
from functools import partial

from hardware.appli.base import PhoneReader
from hardware.cards.base import CardReader
from kiosk import journal
from kiosk.app.back_office import StoreRoom
from kiosk.app.card_desk import CardDesk
from kiosk.app.courier import Courier
from kiosk.app.document_desk import DocumentDesk
from kiosk.app.guard import guarded
from kiosk.app.insi_desk import InsiDesk
from kiosk.app.question_desk import QuestionDesk
from kiosk.app.recognition_desk import RecognitionDesk
from kiosk.app.storage_watch import StorageWatch
from kiosk.core.turn import events as ev
from kiosk.core.turn.ports import Window
from kiosk.core.turn.screens import Done, ReviewPicture, Screen, ShowDocument
from kiosk.core.turn.state import end
from kiosk.core.turn.step import State, step
from kiosk.journal import Happening

_TICK_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Crew:
    """Those who carry out commands."""

    cards: CardDesk[CardReader]
    documents: DocumentDesk
    insi: InsiDesk | QuestionDesk  # the kiosk asks itself, or the console does
    recognition: RecognitionDesk
    store: StoreRoom
    courier: Courier
    storage: StorageWatch
    phones: CardDesk[PhoneReader] | None = None


class EventQueue:
    """The one queue everything that happens goes through. ``post`` never blocks."""

    def __init__(self) -> None:
        self._events: queue.SimpleQueue[ev.Event | None] = queue.SimpleQueue()

    def post(self, event: ev.Event) -> None:
        self._events.put(event)

    def close(self) -> None:
        self._events.put(None)

    def next(self, seconds: float) -> ev.Event | None:
        """The next event; a Tick's turn when none comes; None when closed."""
        try:
            return self._events.get(timeout=max(0.0, seconds))
        except queue.Empty:
            return ev.Tick(time.monotonic())


class Conductor:
    """One kiosk at work, from its first welcome until it is stopped."""

    def __init__(self, events: EventQueue, crew: Crew, window: Window, first: State) -> None:
        self._events = events
        self._crew = crew
        self._window = window
        self._state = replace(first, now=time.monotonic(), touched_at=time.monotonic(), entered_at=time.monotonic())
        self._shown: Screen | None = None
        self._turn_began = time.monotonic()

    def run(self) -> None:
        """Work until the queue is closed. A bug ends the patient's turn, never the kiosk."""
        self._show()
        next_tick = time.monotonic() + _TICK_SECONDS
        while (event := self._events.next(next_tick - time.monotonic())) is not None:
            guarded(partial(self._happen, event), self._start_over)
            if time.monotonic() >= next_tick:
                next_tick = time.monotonic() + _TICK_SECONDS
                guarded(self._tick, self._start_over)

    def _tick(self) -> None:
        self._crew.storage.look()
        self._happen(ev.Tick(time.monotonic()))

    def _happen(self, event: ev.Event) -> None:
        self._state, commands = step(self._state, event)
        for command in commands:
            self._carry_out(command)
        self._show()

    def _show(self) -> None:
        visible = self._state.visible
        if visible == self._shown:
            return
        if isinstance(visible, Done) and not isinstance(self._shown, Done):
            took = round((time.monotonic() - self._turn_began) * 1000)
            journal.record(Happening.TURN_SERVED, turn=self._state.journey.turn, duration_ms=took)
        if not isinstance(self._state.screen, ShowDocument | ReviewPicture):
            self._crew.documents.viewfinder.clear()
        self._shown = visible
        self._window.show(visible)

    def _carry_out(self, command: ev.Command) -> None:
        crew = self._crew
        match command:
            case ev.BeginTurn(turn):
                self._turn_began = time.monotonic()
                journal.record(Happening.TURN_STARTED, turn=turn)
            case ev.ReadCard(turn):
                crew.cards.read(turn)
            case ev.ReadPhone(turn):
                if crew.phones is not None:
                    crew.phones.read(turn)
            case ev.AskInsiByCard() | ev.AskInsiByDocument():
                crew.insi.ask(command)
            case ev.AskConsole():
                crew.recognition.ask(command)
            case ev.FilmDocument():
                crew.documents.film(command)
            case ev.TakePicture(turn):
                crew.documents.take_now(turn)
            case ev.StopFilming():
                crew.documents.stop_filming()
            case ev.Submit():
                crew.store.submit(command)
            case ev.Deliver(turn):
                crew.store.deliver(turn)
            case ev.Withdraw(turn):
                crew.store.withdraw(turn)
            case ev.CallStaff(reason):
                crew.courier.call_staff(reason)
            case ev.Forget(turn):
                crew.cards.forget(turn)
                if crew.phones is not None:
                    crew.phones.forget(turn)
                crew.insi.forget(turn)
                crew.recognition.forget(turn)
                crew.documents.forget()

    def _start_over(self) -> None:
        """After a bug: the patient forgotten, the devices as they are; a card that is in is given back."""
        turn = self._state.journey.turn
        self._state, _ = end(self._state)
        self._carry_out(ev.Withdraw(turn))
        self._carry_out(ev.Forget(turn))
        self._show()
