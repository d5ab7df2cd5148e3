"""What INSi is to be asked is brought to the console while the patient goes on: nobody waits, nothing comes back.

A question is tried a few times while its turn lasts, and named in the check-in unless the console refused it. Where one
that is named did not get through, the console asks by itself.
"""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from uuid import uuid4

from kiosk import journal
from kiosk.app.worker import Worker
from kiosk.core.turn import events as ev
from kiosk.core.turn.ports import Brought, Questions
from kiosk.journal import Happening

TRY_SECONDS = 2.0
PAUSES = (0.5, 1.0, 2.0, 4.0)  # between two tries


class QuestionDesk:
    """Brings the questions of the present turn; the newest is the one that counts."""

    def __init__(self, questions: Questions, post: Callable[[ev.Event], None]) -> None:
        self._questions = questions
        self._post = post
        self._worker = Worker("questions")
        self._current = (0, 0)  # the turn and which of its questions
        self._changed = threading.Event()

    def start(self) -> None:
        self._worker.start()

    def stop(self) -> None:
        self._let_go()
        self._worker.stop(TRY_SECONDS + 1)

    def ask(self, order: ev.AskInsiByCard | ev.AskInsiByDocument) -> None:
        self._let_go()
        self._current = (order.turn, order.question)
        self._worker.do(lambda: self._bring(order), lambda: None)

    def forget(self, turn: int) -> None:
        """The turn is over: what was not brought is not tried again."""
        if self._current[0] == turn:
            self._let_go()

    def _let_go(self) -> None:
        self._current = (-1, 0)
        self._changed.set()

    def _bring(self, order: ev.AskInsiByCard | ev.AskInsiByDocument) -> None:
        started, key = time.monotonic(), str(uuid4())
        sealed = self._seal(key, order)
        brought, code, tries = Brought.NEVER, "not-asked", 0
        if sealed:
            self._post(ev.QuestionSent(order.turn, order.question, key))
            brought, code, tries = self._try(key, sealed, order)
        if sealed and brought is Brought.NEVER:
            self._post(ev.QuestionSent(order.turn, order.question, ""))
        took = round((time.monotonic() - started) * 1000)
        journal.record(
            Happening.QUESTION_BROUGHT, turn=order.turn, key=key, outcome=code, tries=tries, duration_ms=took
        )

    def _seal(self, key: str, order: ev.AskInsiByCard | ev.AskInsiByDocument) -> bytes:
        match order:
            case ev.AskInsiByCard(beneficiary=person, insured=insured, read_at=read_at):
                return self._questions.by_card(key, person, insured, read_at)
            case ev.AskInsiByDocument(traits=traits):
                return self._questions.by_document(
                    key, traits, datetime.now(UTC).astimezone().isoformat(timespec="seconds")
                )

    def _try(self, key: str, sealed: bytes, order: ev.AskInsiByCard | ev.AskInsiByDocument) -> tuple[Brought, str, int]:
        """Try until it is received or refused, or nobody counts on it any more."""
        brought, code, tries = Brought.LATER, "too-late", 0
        for pause in (*PAUSES, 0.0):
            if brought is not Brought.LATER or not self._counts(order):
                break
            brought, code = self._questions.bring(key, sealed, TRY_SECONDS)
            tries += 1
            if brought is Brought.LATER:
                self._wait(order, pause)
        return brought, code, tries

    def _counts(self, order: ev.AskInsiByCard | ev.AskInsiByDocument) -> bool:
        return self._current == (order.turn, order.question)

    def _wait(self, order: ev.AskInsiByCard | ev.AskInsiByDocument, seconds: float) -> None:
        self._changed.clear()
        if self._counts(order):
            self._changed.wait(seconds)
