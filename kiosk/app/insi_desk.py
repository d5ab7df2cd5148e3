"""INSi is asked while the patient shows the document; nobody waits for a slow answer to somebody who left."""

import time
from collections.abc import Callable

from kiosk import journal
from kiosk.app.worker import Worker
from kiosk.core.sources.insi import InsAnswer, InsFound, InsUnreachable
from kiosk.core.turn import events as ev
from kiosk.core.turn.ports import InsiService
from kiosk.journal import Happening


class InsiDesk:
    """Asks INSi, one search after the other, each within the patient's time."""

    def __init__(self, service: InsiService, seconds: float, post: Callable[[ev.Event], None]) -> None:
        self._service = service
        self._seconds = seconds
        self._post = post
        self._worker = Worker("insi")
        self._turn = 0
        self.answers = True  # whether the last search reached INSi

    def start(self) -> None:
        self._worker.start()

    def stop(self) -> None:
        self._turn = -1
        self._worker.stop(self._seconds + 1)

    def ask(self, order: ev.AskInsiByCard | ev.AskInsiByDocument) -> None:
        self._turn = order.turn
        asked_at = time.monotonic()
        self._worker.do(
            lambda: self._ask_now(order, asked_at),
            lambda: self._post(ev.InsiAnswered(order.turn, InsUnreachable("nonsense"))),
        )

    def forget(self, turn: int) -> None:
        if self._turn == turn:
            self._turn = -1

    def _ask_now(self, order: ev.AskInsiByCard | ev.AskInsiByDocument, asked_at: float) -> None:
        left = self._seconds - (time.monotonic() - asked_at)
        if self._turn != order.turn or left <= 0:
            return
        caller = f"turn-{order.turn}"
        match order:
            case ev.AskInsiByCard(_, beneficiary, insured):
                answer = self._service.find_by_card(beneficiary, insured, left, caller=caller)
            case ev.AskInsiByDocument(_, traits):
                answer = self._service.find_by_traits(traits, left, caller=caller)
        self.answers = not isinstance(answer, InsUnreachable)
        journal.record(
            Happening.INSI_SEARCHED,
            turn=order.turn,
            outcome=_outcome(answer),
            calls=len(answer.exchanges),
            duration_ms=round((time.monotonic() - asked_at) * 1000),
        )
        self._post(ev.InsiAnswered(order.turn, answer))


def _outcome(answer: InsAnswer) -> str:
    return "found" if isinstance(answer, InsFound) else type(answer).__name__
