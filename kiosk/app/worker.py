"""A thread with a small inbox: jobs one after the other, each under the one handler."""

import queue
import threading
from collections.abc import Callable

from kiosk.app.guard import guarded

Job = Callable[[], None]
_MOST_WAITING = 50


class Worker:
    """Does jobs in order on its own thread. A full inbox refuses: nothing piles up without bound."""

    def __init__(self, name: str) -> None:
        self._jobs: queue.Queue[tuple[Job, Job] | None] = queue.Queue(_MOST_WAITING)
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def do(self, job: Job, otherwise: Job) -> None:
        """Queue a job; ``otherwise`` is done instead when it fails, or at once when too many wait."""
        try:
            self._jobs.put_nowait((job, otherwise))
        except queue.Full:
            otherwise()

    def stop(self, seconds: float) -> None:
        """Finish what is queued, then end; wait at most so long."""
        try:
            self._jobs.put(None, timeout=seconds)
        except queue.Full:
            return
        self._thread.join(seconds)

    def _run(self) -> None:
        while (item := self._jobs.get()) is not None:
            guarded(*item)
