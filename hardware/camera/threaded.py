"""What every camera here shares: a thread that films, and the manners of opening and closing it."""

import threading
from abc import ABC, abstractmethod
from typing import Any

from hardware.camera.base import CameraLost, Frame
from hardware.camera.newest import NewestFrame

_PATIENCE = 2.0  # seconds a thread is given to end; a driver may hang in its own wait


class ThreadedCamera(ABC):
    """A ``FrameSource`` whose frames come from its own thread."""

    def __init__(self) -> None:
        self._newest = NewestFrame()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self.is_stuck = False  # its thread would not end: nothing is had of it any more in this process

    def open(self) -> None:
        if self._thread is not None or self.is_stuck:
            return
        self._stop = threading.Event()
        self._newest = NewestFrame()
        self._thread = threading.Thread(target=self._film, args=(self._stop, self._newest), name="camera", daemon=True)
        self._thread.start()

    def read(self, timeout: float) -> Frame | CameraLost:
        if self._thread is None:
            return CameraLost("closed")
        return self._newest.take(timeout)

    def close(self) -> None:
        if self._thread is None:
            return
        self._stop.set()
        self._thread.join(_PATIENCE)
        self.is_stuck = self._thread.is_alive()
        self._thread = None
        self._newest.clear()  # the last patient's document does not stay in memory

    @abstractmethod
    def _film(self, stop: threading.Event, newest: NewestFrame) -> None:
        """Put frames and losses into ``newest`` until ``stop`` is set; never raise."""

    def missing(self) -> CameraLost | None:
        return None

    @abstractmethod
    def describe(self) -> dict[str, Any]: ...
