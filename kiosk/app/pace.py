"""An errand done again and again at its own pace, on its own thread: one in trouble keeps no other waiting."""

import threading
import time
from collections.abc import Callable
from functools import partial

from kiosk.app.guard import guarded
from kiosk.storage.delivery import wait_after


class Pace:
    """Runs an errand every so often, later and later while it is in trouble, and at once when told to ``hurry``."""

    def __init__(self, name: str, errand: Callable[[], bool], every: float, longest: float = 60.0) -> None:
        """``errand`` answers whether it got through; a bug in it counts as trouble. All in seconds."""
        self._errand = errand
        self._every = every
        self._longest = longest
        self._wake = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    @property
    def is_stopping(self) -> bool:
        return self._stopping

    def start(self) -> None:
        self._thread.start()

    def hurry(self) -> None:
        self._wake.set()

    def stop(self, seconds: float = 5.0) -> None:
        """Do it no more; wait for what is under way, but not longer."""
        self._stopping = True
        self._wake.set()
        self._thread.join(seconds)

    def _run(self) -> None:
        failures = 0
        while not self._stopping:
            self._wake.clear()
            started, through = time.monotonic(), _Flag()
            guarded(partial(self._once, through), lambda: None)
            failures = 0 if through.on else failures + 1
            pause = min(wait_after(failures), self._longest) if failures else self._every
            self._wake.wait(max(0.05, started + pause - time.monotonic()))

    def _once(self, through: "_Flag") -> None:
        through.on = self._errand()


class _Flag:
    """Whether an errand got through, also when a bug cut it short."""

    on = False
