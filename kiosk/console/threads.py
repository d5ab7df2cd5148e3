"""The threads of one process that do at once what nobody waits for: few, each with connections of its own.

To open and prepare a connection takes longer than most of what is done on it: a thread keeps those it has opened from
one piece of work to the next, as long as a request's thread would, and none once it has nothing to do. So no file of a
database is held open by who rests, and after trouble with a database the next connection is a new one.
"""

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from django.db import close_old_connections, connections

from kiosk import journal

KEPT = 5.0  # seconds without work after which a thread closes its connections, and rests

Work = Callable[[], object]


class Threads:
    """So many at most; what finds all of them busy waits for one."""

    def __init__(self, count: int, name: str) -> None:
        self._most = count
        self._executor = ThreadPoolExecutor(count, thread_name_prefix=name)
        self._waiting: deque[Work] = deque()
        self._room = threading.Condition(threading.Lock())
        self._awake = self._idle = 0

    def do(self, work: Work) -> None:
        """Have a thread do it; a bug that it meets is recorded and stops nothing else. Left undone after ``stop``."""
        with self._room:
            if self._most:
                self._waiting.append(work)
                self._call()

    def stop(self) -> None:
        """What has begun is finished; what has not is left."""
        with self._room:
            self._most = 0
            self._waiting.clear()
            self._room.notify_all()
        self._executor.shutdown(wait=False)

    def _call(self) -> None:
        """Somebody for what waits: who has nothing to do, or one thread more."""
        if self._idle >= len(self._waiting):
            self._room.notify()
        elif self._awake < self._most:
            self._awake += 1
            self._executor.submit(self._work).add_done_callback(self._lies_down)

    def _work(self) -> None:
        try:
            while (work := self._next()) is not None:
                close_old_connections()
                work()
        finally:
            connections.close_all()

    def _next(self) -> Work | None:
        with self._room:
            is_told = True
            while is_told and not self._waiting and self._most:
                self._idle += 1
                is_told = self._room.wait(KEPT)
                self._idle -= 1
            return self._waiting.popleft() if self._waiting else None

    def _lies_down(self, thread: "Future[None]") -> None:
        with self._room:
            self._awake -= 1
            if self._waiting:  # it came meanwhile
                self._call()
        trouble = thread.exception()
        if trouble is not None:
            journal.record_bug(trouble)
