"""The console is asked whether it knows somebody; nobody waits for a slow answer about somebody who left."""

import time
from collections import deque
from collections.abc import Callable

from kiosk import journal
from kiosk.app.worker import Worker
from kiosk.core.turn import events as ev
from kiosk.core.turn.ports import Acquaintance
from kiosk.journal import Happening

_HOUR = 3600.0


class RecognitionDesk:
    """Asks, one question after the other, each within the patient's time; counts what it asked."""

    def __init__(
        self,
        console: Acquaintance,
        seconds: float,
        post: Callable[[ev.Event], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._console = console
        self._seconds = seconds
        self._post = post
        self._clock = clock
        self._worker = Worker("recognition")
        self._turn = 0
        self._asked: deque[float] = deque()
        self._started_at = clock()

    def start(self) -> None:
        self._worker.start()

    def stop(self) -> None:
        self._turn = -1
        self._worker.stop(self._seconds + 1)

    def ask(self, order: ev.AskConsole) -> None:
        self._turn = order.turn
        asked_at = self._clock()
        self._worker.do(
            lambda: self._ask_now(order, asked_at),
            lambda: self._post(ev.ConsoleAnswered(order.turn, knows=False)),
        )

    def forget(self, turn: int) -> None:
        if self._turn == turn:
            self._turn = -1

    def asked_lately(self) -> tuple[int, int]:
        """How many questions this kiosk sent, and within how many seconds: an hour, or since it was started.

        When the console counted more, somebody else signs with this kiosk's key.
        """
        now = self._clock()
        within = min(_HOUR, now - self._started_at)
        return sum(1 for at in tuple(self._asked) if at > now - within), int(within)

    def _ask_now(self, order: ev.AskConsole, asked_at: float) -> None:
        left = self._seconds - (self._clock() - asked_at)
        if self._turn != order.turn or left <= 0:
            return
        self._count()
        knows, outcome = self._console.knows(order.beneficiary, left)
        took = round((self._clock() - asked_at) * 1000)
        # Whether somebody is known is nobody's business but the turn's: the journal says how it went.
        journal.record(Happening.CONSOLE_ASKED, turn=order.turn, outcome=outcome, duration_ms=took)
        self._post(ev.ConsoleAnswered(order.turn, knows))

    def _count(self) -> None:
        now = self._clock()
        self._asked.append(now)
        while self._asked[0] <= now - _HOUR:
            self._asked.popleft()
