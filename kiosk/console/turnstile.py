"""Writers that come at the same moment go through together: one transaction and one wait for the disk for all of them.

The disk is what a busy intake waits for. Nobody is told "kept" before the transaction they went through in has ended.
"""

import threading
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager

from django.db import IntegrityError, transaction


class _Writer:
    """One who waits to write, and what came of it."""

    def __init__(self, write: Callable[[], None]) -> None:
        self.write = write
        self.is_done = False
        self.refusal: IntegrityError | None = None


class Turnstile:
    """Lets the threads of one process write in turns; whoever is first takes along those who wait behind."""

    def __init__(self, transaction_in_turn: Callable[[], AbstractContextManager[None]]) -> None:
        """``transaction_in_turn`` begins with its turn among the processes: two never hold half of what they need."""
        self._transaction = transaction_in_turn
        self._waiting: deque[_Writer] = deque()
        self._door = threading.Lock()  # its holder waits for the database only, which has its own deadlines

    def go_through(self, write: Callable[[], None]) -> None:
        """Have ``write`` done and kept. IntegrityError when it was refused; any trouble of the database as it comes.

        ``write`` may be called again, when what another wrote beside it was undone and this with it.
        """
        mine = _Writer(write)
        self._waiting.append(mine)
        with self._door:
            if mine in self._waiting:
                self._take_along()
            if not mine.is_done:  # another one's trouble undid it: alone this time
                self._alone(mine)
        if mine.refusal is not None:
            raise mine.refusal

    def _take_along(self) -> None:
        together = [self._waiting.popleft() for _ in range(len(self._waiting))]  # at most one a thread
        if len(together) == 1:  # nobody else to protect: no savepoint
            self._alone(together[0])
            return
        with self._transaction():
            for one in together:
                try:
                    with transaction.atomic():
                        one.write()
                except IntegrityError as refusal:
                    one.refusal = refusal
        for one in together:
            one.is_done = True

    def _alone(self, one: _Writer) -> None:
        try:
            with self._transaction():
                one.write()
        except IntegrityError as refusal:
            one.refusal = refusal
        one.is_done = True
