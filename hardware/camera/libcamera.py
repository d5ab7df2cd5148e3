"""A Raspberry Pi's own camera (CSI, libcamera) through ``rpicam-vid``, which films to its standard output as MJPEG.

OpenCV cannot open these cameras. The program comes with Raspberry Pi OS (package rpicam-apps; libcamera-vid before);
nothing of Python is needed. It writes no file: frames go through a pipe, and only the newest one is decoded.
"""

import os
import re
import selectors
import shutil
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from hardware.camera.base import CameraLost, CameraManners, Frame
from hardware.camera.frozen import FROZEN_SECONDS, Stillness
from hardware.camera.newest import NewestFrame
from hardware.camera.threaded import ThreadedCamera

_PROGRAMS = ("rpicam-vid", "libcamera-vid")
_RATE = 15  # frames a second: enough for guidance, half the work of 30
_RETRY = 1.0  # seconds before the program is started again
_SILENCE = 6.0  # seconds without a frame; starting the sensor takes about two
_END_SECONDS = 2.0  # between asking the program to end and ending it
_LARGEST_FRAME = 8_000_000  # bytes of one JPEG
_PIECE = 1 << 18
_LARGEST_LINE = 4096
_FIGURES = re.compile(rb"lp=(-?\d+(?:\.\d+)?) exp=(\d+(?:\.\d+)?) af=(\w+)")


@dataclass(slots=True)
class _Figures:
    """What the program says of the newest frame."""

    lens: float | None = None  # dioptres
    exposure_us: float | None = None
    af_state: str = ""


class LibcameraCamera(ThreadedCamera):
    """``source`` is the camera's number among those the program lists ("0")."""

    def __init__(
        self,
        source: str = "0",
        manners: CameraManners | None = None,
        *,
        frozen_seconds: float = FROZEN_SECONDS,
        silence_seconds: float = _SILENCE,
    ) -> None:
        super().__init__()
        self._source = source
        self._manners = manners or CameraManners()
        self._frozen_seconds = frozen_seconds
        self._silence = silence_seconds
        self._facts: dict[str, Any] = self._told("closed")

    def describe(self) -> dict[str, Any]:
        return dict(self._facts)

    def missing(self) -> CameraLost | None:
        if _program() is None:
            return CameraLost("no-program")
        return None

    def command(self, program: str) -> list[str]:
        """The program and what it is asked for."""
        manners = self._manners
        asked = [
            *(program, "--camera", str(int(self._source)) if self._source.isdecimal() else "0"),
            *("--timeout", "0", "--nopreview", "--codec", "mjpeg", "--quality", "92", "--flush", "--output", "-"),
            *("--width", str(manners.width), "--height", str(manners.height), "--framerate", str(_RATE)),
            *("--verbose", "0", "--info-text", "lp=%lp exp=%exp af=%afstate"),
        ]
        if manners.focus is None:
            asked += ["--autofocus-mode", "continuous", "--autofocus-range", "full"]
        else:
            asked += ["--autofocus-mode", "manual", "--lens-position", f"{manners.focus:.2f}"]
        if manners.exposure_us is not None:
            asked += ["--shutter", str(manners.exposure_us)]
        return asked

    def _told(self, state: str) -> dict[str, Any]:
        return {"source": self._source, "state": state, "driver": "libcamera", "troubles": []}

    def _film(self, stop: threading.Event, newest: NewestFrame) -> None:
        told = ""
        while not stop.is_set():
            reason = self._film_once(stop, newest)
            if stop.is_set():
                return
            if reason.removeprefix("after-frames:") != told or reason.startswith("after-frames:"):
                told = reason.removeprefix("after-frames:")
                newest.put(CameraLost(told))
            self._facts = self._told(told)
            stop.wait(_RETRY)

    def _film_once(self, stop: threading.Event, newest: NewestFrame) -> str:
        """Run the program until it ends, falls silent or freezes; say why, and whether frames had come before."""
        program = _program()
        if program is None:
            return "no-program"
        try:
            process = subprocess.Popen(  # noqa: S603 - found on the path just above
                self.command(program),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
        except OSError:
            return "no-program"
        try:
            return self._read(process, stop, newest)
        finally:
            _end(process)

    def _read(self, process: "subprocess.Popen[bytes]", stop: threading.Event, newest: NewestFrame) -> str:
        frames, said = process.stdout, process.stderr
        if frames is None or said is None:
            return "no-program"
        had_frames = ""
        buffer, line = bytearray(), bytearray()
        figures = _Figures()
        stillness = Stillness(self._frozen_seconds)
        heard_at = time.monotonic()
        with selectors.DefaultSelector() as ready:
            ready.register(frames, selectors.EVENT_READ)
            ready.register(said, selectors.EVENT_READ)
            while not stop.is_set():
                for key, _events in ready.select(0.1):
                    piece = os.read(key.fd, _PIECE)
                    if key.fileobj is said:
                        if not piece:
                            ready.unregister(said)
                        _listen(line, piece, figures)
                        continue
                    if not piece:
                        return had_frames + "unplugged"
                    buffer += piece
                frame = _newest_frame(buffer)
                now = time.monotonic()
                if frame is not None:
                    heard_at, had_frames = now, "after-frames:"
                    if stillness.is_frozen(frame, now):
                        return had_frames + "frozen"
                    self._facts = self._measured(frame, figures)
                    newest.put(frame)
                if len(buffer) > _LARGEST_FRAME:
                    return had_frames + "garbage"
                if now - heard_at > self._silence:
                    return had_frames + "silent"
        return had_frames

    def _measured(self, frame: Frame, figures: _Figures) -> dict[str, Any]:
        manners, troubles = self._manners, []
        height, width = frame.shape[:2]
        if (width, height) != (manners.width, manners.height):
            troubles.append("resolution")
        if manners.focus is not None and (figures.lens is None or abs(figures.lens - manners.focus) > 0.2):
            troubles.append("focus")
        if manners.focus is None and figures.af_state == "failed":
            troubles.append("focus")
        wanted = manners.exposure_us
        if wanted is not None and (
            figures.exposure_us is None or abs(figures.exposure_us - wanted) > max(200.0, 0.1 * wanted)
        ):
            troubles.append("exposure")
        return {
            "source": self._source,
            "state": "open",
            "driver": "libcamera",
            "width": width,
            "height": height,
            "rate": _RATE,
            "asked": [manners.width, manners.height],
            "focus": figures.lens,
            "exposure_us": figures.exposure_us,
            "troubles": troubles,
        }


def _program() -> str | None:
    for name in _PROGRAMS:
        path = shutil.which(name)
        if path is not None and Path(path).is_file():
            return path
    return None


def _newest_frame(buffer: bytearray) -> Frame | None:
    """Take the newest whole JPEG out of the pipe's bytes; older ones are thrown away undecoded."""
    end = buffer.rfind(b"\xff\xd9")
    if end < 0:
        return None
    start = buffer.rfind(b"\xff\xd8\xff", 0, end)
    jpeg = bytes(buffer[start : end + 2]) if start >= 0 else b""
    del buffer[: end + 2]
    if not jpeg:
        return None
    try:
        frame = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error:
        return None
    return frame if frame is not None and frame.ndim == 3 else None


def _listen(line: bytearray, piece: bytes, figures: _Figures) -> None:
    """Take the figures of the newest frame from what the program says; nothing else of it is kept."""
    line += piece
    last = line.rfind(b"\n")
    if last >= 0:
        for found in _FIGURES.finditer(bytes(line[:last])):
            figures.lens, figures.exposure_us = float(found[1]), float(found[2])
            figures.af_state = found[3].decode("ascii", "replace")
        del line[: last + 1]
    del line[:-_LARGEST_LINE]


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End the program we started, and no other: ask, wait, then insist."""
    process.terminate()
    try:
        process.wait(_END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(_END_SECONDS)
    for pipe in (process.stdout, process.stderr):
        if pipe is not None:
            pipe.close()
