"""Who comes at the same moment goes through together: one transaction and one wait for the disk for all of them.

The disk is what a busy intake waits for. Nobody is told "kept" before the transaction they went through in has ended.
"""

import fcntl
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Generic, TypeVar

from django.conf import settings
from django.db import IntegrityError, connection, transaction

Thing = TypeVar("Thing")


@contextmanager
def transaction_in_turn() -> Iterator[None]:
    """A transaction; on SQLite, one that waited for those of other processes.

    Who finds SQLite busy would sleep and try again. The kernel opens the door when a process dies.
    """
    with ExitStack() as until_done:
        if connection.vendor == "sqlite":
            door = until_done.enter_context((settings.KIOSK.data_dir / "writers").open("ab"))
            fcntl.flock(door, fcntl.LOCK_EX)
        until_done.enter_context(transaction.atomic())
        yield


class _Comer(Generic[Thing]):
    """One who waits to have something kept, and whether it was, beside others'."""

    def __init__(self, thing: Thing) -> None:
        self.thing = thing
        self.is_kept = False


class Turnstile(Generic[Thing]):
    """Lets the threads of one process through in turns; whoever is first takes along those who wait behind."""

    def __init__(self, keep: Callable[[Sequence[Thing]], None]) -> None:
        """``keep`` keeps all that it is given, or raises and keeps none."""
        self._keep = keep
        self._waiting: deque[_Comer[Thing]] = deque()
        self._door = threading.Lock()  # its holder waits for the database only, which has its own deadlines

    def go_through(self, thing: Thing) -> None:
        """Have ``thing`` kept. IntegrityError when it is refused; trouble of the database as it comes."""
        mine = _Comer(thing)
        self._waiting.append(mine)
        with self._door:
            if mine in self._waiting:
                self._take_along()
            if not mine.is_kept:  # alone, or undone by another's trouble
                self._keep((thing,))

    def _take_along(self) -> None:
        together = [self._waiting.popleft() for _ in range(len(self._waiting))]  # at most one a thread
        if len(together) == 1:
            return
        try:
            self._keep([one.thing for one in together])
        except IntegrityError:
            return  # one of them is refused: each alone, and only that one is told
        for one in together:
            one.is_kept = True
