"""One place for the newest frame: a slow reader skips frames, it never works through a backlog."""

import threading
import time

from hardware.camera.base import CameraLost, Frame


class NewestFrame:
    """Written by a device's own thread, read by the kiosk's."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._value: Frame | CameraLost | None = None

    def put(self, value: Frame | CameraLost) -> None:
        with self._changed:
            self._value = value
            self._changed.notify_all()

    def take(self, timeout: float) -> Frame | CameraLost:
        """Give what came since the last call; wait for it at most ``timeout`` seconds."""
        deadline = time.monotonic() + timeout
        with self._changed:
            while self._value is None:
                left = deadline - time.monotonic()
                if left <= 0 or not self._changed.wait(left):
                    return CameraLost("timeout")
            value, self._value = self._value, None
            return value

    def clear(self) -> None:
        with self._changed:
            self._value = None
