"""Writers that come at the same moment go through together: one transaction and one wait for the disk for all of them.

The disk is what a busy intake waits for. Nobody is told "kept" before the transaction they went through in has ended.
Every transaction writes first what is its writers' own, in the order of their keys, and only then what all processes
share: two processes write beside each other for as long as they can, and never each hold what the other needs.
"""

import threading
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager
from uuid import UUID

from django.db import IntegrityError, transaction


class _Writer:
    """One who waits to write, and what came of it."""

    def __init__(self, key: UUID, write: Callable[[], None], sign: Callable[[], None]) -> None:
        self.key = key
        self.write = write
        self.sign = sign
        self.is_done = False
        self.refusal: IntegrityError | None = None


class Turnstile:
    """Lets the threads of one process write in turns; whoever is first takes along those who wait behind."""

    def __init__(self, transaction_in_turn: Callable[[], AbstractContextManager[None]]) -> None:
        """``transaction_in_turn`` waits for its turn among the processes, where the database has no queue."""
        self._transaction = transaction_in_turn
        self._waiting: deque[_Writer] = deque()
        self._door = threading.Lock()  # its holder waits for the database only, which has its own deadlines

    def go_through(self, key: UUID, write: Callable[[], None], sign: Callable[[], None]) -> None:
        """Have ``write`` and ``sign`` done and kept. IntegrityError when refused; trouble of the database as it comes.

        ``write`` puts down what is under ``key`` alone and may be refused; ``sign`` what all share. Both may be called
        again, when what another wrote beside them was undone and they with it.
        """
        mine = _Writer(key, write, sign)
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
            for one in sorted(together, key=lambda writer: writer.key):
                try:
                    with transaction.atomic():
                        one.write()
                except IntegrityError as refusal:
                    one.refusal = refusal
            for one in together:
                if one.refusal is None:
                    one.sign()
        for one in together:
            one.is_done = True

    def _alone(self, one: _Writer) -> None:
        one.refusal = None  # what refused it may have been undone since
        try:
            with self._transaction():
                one.write()
                one.sign()
        except IntegrityError as refusal:
            one.refusal = refusal
        one.is_done = True
