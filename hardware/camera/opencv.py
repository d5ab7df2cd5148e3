"""A USB camera (UVC over V4L2) through OpenCV; lost when unplugged, found again when plugged in."""

import threading
from pathlib import Path
from typing import Any

import cv2

from hardware.camera.base import CameraLost
from hardware.camera.newest import NewestFrame
from hardware.camera.threaded import ThreadedCamera

_RETRY = 1.0  # seconds between two attempts to find a lost camera
_FAILURES = 5  # reads that fail in a row before the camera counts as lost


class OpenCvCamera(ThreadedCamera):
    """``source`` is a device's index ("0"), its path ("/dev/v4l/by-id/…", which survives replugging) or any stream."""

    def __init__(self, source: str, width: int = 1920, height: int = 1080) -> None:
        super().__init__()
        self._source = source
        self._size = (width, height)
        self._facts: dict[str, Any] = {"source": source, "state": "closed"}

    def describe(self) -> dict[str, Any]:
        return dict(self._facts)

    def _capture(self) -> "cv2.VideoCapture | None":
        is_index = self._source.isdecimal()
        is_device = is_index or self._source.startswith("/dev/")
        if not is_index and self._source.startswith("/") and not Path(self._source).exists():
            return None  # unplugged: OpenCV would complain on the terminal each second
        if is_index and not Path(f"/dev/video{int(self._source)}").exists():
            return None
        try:
            backend = cv2.CAP_V4L2 if is_device else cv2.CAP_ANY
            capture = cv2.VideoCapture(int(self._source) if is_index else self._source, backend)
        except cv2.error:
            return None
        if not capture.isOpened():
            capture.release()
            return None
        if is_device:
            capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))  # raw 1080p is 5 frames a second on USB 2
            capture.set(cv2.CAP_PROP_FRAME_WIDTH, self._size[0])
            capture.set(cv2.CAP_PROP_FRAME_HEIGHT, self._size[1])
            capture.set(cv2.CAP_PROP_AUTOFOCUS, 1)
            capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
        self._facts = {
            "source": self._source,
            "state": "open",
            "driver": capture.getBackendName(),
            "width": int(capture.get(cv2.CAP_PROP_FRAME_WIDTH)),
            "height": int(capture.get(cv2.CAP_PROP_FRAME_HEIGHT)),
            "rate": round(capture.get(cv2.CAP_PROP_FPS), 1),
            "asked": list(self._size),
            "autofocus": capture.get(cv2.CAP_PROP_AUTOFOCUS) if is_device else None,
            "exposure": capture.get(cv2.CAP_PROP_AUTO_EXPOSURE) if is_device else None,
        }
        return capture

    def _film(self, stop: threading.Event, newest: NewestFrame) -> None:
        is_told = False
        while not stop.is_set():
            capture = self._capture()
            if capture is None:
                if not is_told:
                    newest.put(CameraLost("not-found"))
                    is_told = True
                self._facts = {"source": self._source, "state": "not-found"}
                stop.wait(_RETRY)
                continue
            failures = 0
            try:
                while not stop.is_set() and failures < _FAILURES:
                    is_read, frame = capture.read()
                    if is_read and frame is not None and frame.ndim == 3:
                        failures = 0
                        is_told = False
                        newest.put(frame)  # type: ignore[arg-type]
                    else:
                        failures += 1
                        stop.wait(0.05)
            except cv2.error:
                reason = "driver"
            else:
                reason = "unplugged"
            finally:
                capture.release()
            if not stop.is_set():
                newest.put(CameraLost(reason))
                is_told = True
                self._facts = {"source": self._source, "state": reason}
                stop.wait(_RETRY)
