"""A USB camera (UVC over V4L2) through OpenCV; lost when unplugged or frozen, found again when plugged in."""

import os
import threading
import time
from typing import Any

import cv2

from hardware.camera.base import CameraLost, CameraManners
from hardware.camera.devices import path_of, trouble_with
from hardware.camera.frozen import FROZEN_SECONDS, Stillness
from hardware.camera.newest import NewestFrame
from hardware.camera.threaded import ThreadedCamera

_RETRY = 1.0  # seconds between two attempts to find a lost camera
_FAILURES = 5  # reads that fail in a row before the camera counts as lost
_SELECT_SECONDS = "3"  # OpenCV waits ten for a frame of a device that has gone silent
_V4L2_AUTO, _V4L2_MANUAL = 3, 1  # V4L2_EXPOSURE_APERTURE_PRIORITY, V4L2_EXPOSURE_MANUAL


class OpenCvCamera(ThreadedCamera):
    """``source`` is a device's index ("0"), its path ("/dev/v4l/by-id/…", which survives replugging) or any stream.

    ``only_plugged_in`` is for production: a film, a stream or a camera that a program makes is none.
    """

    def __init__(
        self,
        source: str,
        manners: CameraManners | None = None,
        *,
        frozen_seconds: float = FROZEN_SECONDS,
        only_plugged_in: bool = False,
    ) -> None:
        super().__init__()
        self._source = source
        self._only_plugged_in = only_plugged_in
        self._manners = manners or CameraManners()
        self._frozen_seconds = frozen_seconds
        self._facts: dict[str, Any] = self._told("closed")

    def _told(self, state: str) -> dict[str, Any]:
        return {"source": self._source, "state": state, "driver": "opencv", "troubles": []}

    def missing(self) -> CameraLost | None:
        if self._only_plugged_in:
            trouble = trouble_with(self._source)
            return CameraLost(trouble) if trouble else None
        if not self._source.isdecimal() and not self._source.startswith("/"):
            return None
        return None if path_of(self._source).exists() else CameraLost("not-found")

    def describe(self) -> dict[str, Any]:
        return dict(self._facts)

    def _capture(self) -> "cv2.VideoCapture | None":
        if self.missing() is not None:
            return None  # unplugged: OpenCV would complain on the terminal each second
        is_index = self._source.isdecimal()
        is_device = self._only_plugged_in or is_index or self._source.startswith("/dev/")
        os.environ.setdefault("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", _SELECT_SECONDS)
        try:
            backend = cv2.CAP_V4L2 if is_device else cv2.CAP_ANY
            capture = cv2.VideoCapture(int(self._source) if is_index else self._source, backend)
        except cv2.error:
            return None
        if not capture.isOpened():
            capture.release()
            return None
        troubles = set_up(capture, self._manners) if is_device else []
        self._facts = {
            "source": self._source,
            "state": "open",
            "driver": capture.getBackendName(),
            "width": int(capture.get(cv2.CAP_PROP_FRAME_WIDTH)),
            "height": int(capture.get(cv2.CAP_PROP_FRAME_HEIGHT)),
            "rate": round(capture.get(cv2.CAP_PROP_FPS), 1),
            "asked": [self._manners.width, self._manners.height],
            "troubles": troubles,
        }
        return capture

    def _film(self, stop: threading.Event, newest: NewestFrame) -> None:
        is_told = False
        while not stop.is_set():
            capture = self._capture()
            if capture is None:
                lost = self.missing() or CameraLost("not-found")
                if not is_told:
                    newest.put(lost)
                    is_told = True
                self._facts = self._told(lost.reason)
                stop.wait(_RETRY)
                continue
            failures = 0
            reason = "unplugged"
            stillness = Stillness(self._frozen_seconds)
            try:
                while not stop.is_set() and failures < _FAILURES:
                    is_read, frame = capture.read()
                    if is_read and frame is not None and frame.ndim == 3:
                        failures = 0
                        is_told = False
                        if stillness.is_frozen(frame, time.monotonic()):
                            reason = "frozen"
                            break
                        newest.put(frame)
                    else:
                        failures += 1
                        stop.wait(0.05)
            except cv2.error:
                reason = "driver"
            finally:
                capture.release()
            if not stop.is_set():
                newest.put(CameraLost(reason))
                is_told = True
                self._facts = self._told(reason)
                stop.wait(_RETRY)


def set_up(capture: "cv2.VideoCapture", manners: CameraManners) -> list[str]:
    """Ask a device for size, focus and exposure, look what it made of it, and say what was not obtained."""
    capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))  # raw 1080p is 5 frames a second on USB 2
    capture.set(cv2.CAP_PROP_FRAME_WIDTH, manners.width)
    capture.set(cv2.CAP_PROP_FRAME_HEIGHT, manners.height)
    capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
    troubles = []
    size = (capture.get(cv2.CAP_PROP_FRAME_WIDTH), capture.get(cv2.CAP_PROP_FRAME_HEIGHT))
    if (round(size[0]), round(size[1])) != (manners.width, manners.height):
        troubles.append("resolution")
    if manners.focus is None:
        capture.set(cv2.CAP_PROP_AUTOFOCUS, 1)  # refused by a lens that cannot move: that is no trouble
    else:
        capture.set(cv2.CAP_PROP_AUTOFOCUS, 0)
        capture.set(cv2.CAP_PROP_FOCUS, manners.focus)
        if abs(capture.get(cv2.CAP_PROP_FOCUS) - manners.focus) > 5:  # devices round to their own steps
            troubles.append("focus")
    if manners.exposure_us is None:
        capture.set(cv2.CAP_PROP_AUTO_EXPOSURE, _V4L2_AUTO)
        if round(capture.get(cv2.CAP_PROP_AUTO_EXPOSURE)) == _V4L2_MANUAL:
            troubles.append("exposure")  # left in manual by another program: day and night would look the same
    else:
        wanted = manners.exposure_us / 100  # V4L2_CID_EXPOSURE_ABSOLUTE counts in 100 microseconds
        capture.set(cv2.CAP_PROP_AUTO_EXPOSURE, _V4L2_MANUAL)
        capture.set(cv2.CAP_PROP_EXPOSURE, wanted)
        if abs(capture.get(cv2.CAP_PROP_EXPOSURE) - wanted) > max(2.0, 0.1 * wanted):
            troubles.append("exposure")
    return troubles
