"""The threads of one console process that ask INSi at once, while the document is still being filmed.

Few, and little waits for them: a question is on disk before it comes here, and what finds no room is taken from there.
Without a pool (no INSi configured, a process that does not serve) the worker asks.
"""

import threading
import time
from collections.abc import Callable
from typing import Protocol
from uuid import UUID

from kiosk.console.questions import asking
from kiosk.console.questions.asking import Fresh
from kiosk.console.threads import Threads

WAITING = 16  # that wait for a thread, for each thread
FRESH = 1.0  # seconds: then what has happened to a question meanwhile is read first
LATE = asking.LEASE.total_seconds() - asking.DEADLINE  # seconds: asked later, a search would outlast its lease


class Step(Protocol):
    """All there is to do for one question: with a lease for it that is ours, or not; ``fresh``: kept this moment."""

    def __call__(self, key: UUID, *, is_leased: bool, fresh: Fresh | None = None) -> object: ...


Use = Callable[[Fresh | UUID | None], None]


class Pool:
    """Bounded: ``slot`` says whether there is room, before anything is promised."""

    def __init__(self, step: Step, threads: int) -> None:
        self._step = step
        self._room = threading.BoundedSemaphore(threads * (WAITING + 1))
        self._threads = Threads(threads, "insi")
        self._overflowed = threading.Event()

    def slot(self) -> Use | None:
        """Room for one question, used once: for one that was just kept, its lease ours; for one that another may have
        (its name); or given back with None. None: there is no room now.
        """
        if not self._room.acquire(blocking=False):
            self._overflowed.set()
            return None
        return self._use

    def stop(self) -> None:
        """What has not begun stays where it is: another takes it over."""
        self._threads.stop()

    def _use(self, due: Fresh | UUID | None) -> None:
        if due is None:
            self._room.release()
            return
        since = time.monotonic()
        self._threads.do(lambda: self._work(due, since))

    def _work(self, due: Fresh | UUID, since: float) -> None:
        try:
            self._first(due, time.monotonic() - since)
            while self._overflowed.is_set():  # somebody found no room: what they left is on disk
                left = asking.lease_due()
                if left is None:
                    self._overflowed.clear()
                    break
                self._step(left, is_leased=True)
        finally:
            self._room.release()

    def _first(self, due: Fresh | UUID, waited: float) -> None:
        if isinstance(due, UUID):
            self._step(due, is_leased=False)
        elif waited > LATE:
            self._overflowed.set()  # INSi hangs: another has it by now, or it is taken from the disk
        else:
            self._step(due.key, is_leased=True, fresh=due if waited < FRESH else None)


class _Of:
    """This process's pool."""

    now: Pool | None = None


def start(step: Step, threads: int) -> None:
    """Have threads in this process that ask. Once, after the process was forked."""
    _Of.now = Pool(step, threads)


def stop() -> None:
    if _Of.now is not None:
        _Of.now.stop()
    _Of.now = None


def slot() -> Use | None:
    """Room for one question in this process's pool; None when there is none, or no pool."""
    return _Of.now.slot() if _Of.now is not None else None


def offer(key: UUID) -> None:
    """Have somebody see to this question now if there is room; the worker does else."""
    use = slot()
    if use is not None:
        use(key)
