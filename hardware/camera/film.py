"""A film in place of a camera: the simulated document tray of demonstration and tests."""

import threading
import time
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from hardware.camera.base import CameraLost, Frame
from hardware.camera.newest import NewestFrame
from hardware.camera.threaded import ThreadedCamera

_RATE = 25.0  # frames a second when the film does not say
_EMPTY_SIZE = (1280, 720)
_MOST_PIXELS = 4096 * 2304  # of one frame: a film of 8000 by 8000 would take a gigabyte


class FilmCamera(ThreadedCamera):
    """Plays the film at ``path`` in real time from ``open``, then holds its last frame.

    The path may be a link: pointing it at another film changes what lies in the tray. No file: the tray is empty.
    A file that is no film: the camera is lost.
    """

    def __init__(self, path: str | Path) -> None:
        super().__init__()
        self._path = Path(path)
        self._facts: dict[str, Any] = {"source": str(path), "state": "closed", "driver": "film", "troubles": []}

    def describe(self) -> dict[str, Any]:
        return dict(self._facts)

    def _target(self) -> tuple[str, int, int] | None:
        try:
            resolved = self._path.resolve(strict=True)
            facts = resolved.stat()
        except (OSError, RuntimeError):  # RuntimeError: a link that leads to itself
            return None
        return (str(resolved), facts.st_ino, facts.st_mtime_ns)

    def _film(self, stop: threading.Event, newest: NewestFrame) -> None:
        empty = _empty_tray()
        playing: tuple[str, int, int] | None = None
        capture: cv2.VideoCapture | None = None
        last: Frame | CameraLost = empty
        step = 1 / _RATE
        due = time.monotonic()
        try:
            while not stop.is_set():
                target = self._target()
                if target != playing:
                    playing = target
                    if capture is not None:
                        capture.release()
                        capture = None
                    last = empty
                    step = 1 / _RATE
                    if target is not None:
                        capture = _open(target[0])
                        last = empty if capture is not None else CameraLost("not-a-film")
                    if capture is not None:
                        step = 1 / min(max(capture.get(cv2.CAP_PROP_FPS) or _RATE, 1.0), 60.0)
                    self._facts = {
                        "source": str(self._path),
                        "state": "empty tray" if target is None else "playing" if capture is not None else "not-a-film",
                        "driver": "film",
                        "rate": round(1 / step, 1),
                        "troubles": [],
                    }
                    due = time.monotonic()
                if capture is not None:
                    is_read, frame = _read(capture)
                    if is_read and frame is not None:
                        last = frame
                    else:  # the end: what was put in the tray stays there
                        capture.release()
                        capture = None
                newest.put(last)
                due = max(due + step, time.monotonic() - step)
                stop.wait(max(0.0, due - time.monotonic()))
        finally:
            if capture is not None:
                capture.release()


def _open(path: str) -> "cv2.VideoCapture | None":
    try:
        capture = cv2.VideoCapture(path, cv2.CAP_FFMPEG)
    except cv2.error:
        return None
    if capture.isOpened() and _pixels(capture) <= _MOST_PIXELS:
        return capture
    capture.release()
    return None


def _pixels(capture: "cv2.VideoCapture") -> float:
    return capture.get(cv2.CAP_PROP_FRAME_WIDTH) * capture.get(cv2.CAP_PROP_FRAME_HEIGHT)


def _read(capture: "cv2.VideoCapture") -> tuple[bool, Frame | None]:
    try:
        is_read, frame = capture.read()
    except cv2.error:
        return False, None
    return is_read, frame


def _empty_tray() -> Frame:
    grain = np.random.default_rng(1).integers(38, 46, (_EMPTY_SIZE[1], _EMPTY_SIZE[0], 1), dtype=np.uint8)
    return np.repeat(grain, 3, axis=2)
