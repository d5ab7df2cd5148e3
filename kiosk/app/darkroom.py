"""The darkroom as the kiosk uses it: a camera and an eye in a process of their own, which may hang, lie or die.

Every question has a deadline. A darkroom that misses one, or answers nonsense, is killed; the next ``open`` makes
another. What it says is taken as anything from outside is: pictures are never decoded here.
"""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from hardware.camera.base import CameraLost, Frame
from kiosk.app.document_desk import DARKROOM, Look, SightLost, Taken
from kiosk.core.checkin.codec import BadCheckIn
from kiosk.core.sources.document import DocumentReading, Guidance
from kiosk.core.turn import events as ev
from kiosk.darkroom import reading, wire

COMMAND = (sys.executable, "-m", "kiosk.darkroom.process")
_STARTING = 30.0  # seconds until it has read its libraries, on the slowest terminal
_ANSWERING = 5.0
_LOOKING = 5.0  # for a look at a frame, beside the wait for it
_ENDING = 2.0
_READING = 25.0  # both recognisers, models loaded, on the slowest terminal
_MOST_SIDE = 1024  # pixels of what is shown
_MOST_JPEG = 450_000  # bytes: what may be kept has 400 000
_REASON = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-:")


class Darkroom:
    """A ``FrameSource`` and the ``Eye`` of whom it films, both one process away. For one thread."""

    def __init__(self, order: Mapping[str, Any], command: tuple[str, ...] = COMMAND) -> None:
        self._order = dict(order)
        self.command = command
        self._process: subprocess.Popen[bytes] | None = None
        self._killing = threading.Lock()
        self._dying: list[subprocess.Popen[bytes]] = []
        self._filmed: ev.FilmDocument | None = None
        self._look: Look | None = None
        self.holds: tuple[str, ...] = ()  # what the process gave up: "memory", "files", "network"

    @property
    def pid(self) -> int:
        """Of the process that is there; 0 when none is."""
        return self._process.pid if self._process is not None else 0

    def eye(self, order: ev.FilmDocument) -> "Darkroom":
        """Look at this side from the next ``open`` on."""
        self._filmed = order
        return self

    def open(self) -> None:
        filmed = self._filmed
        side = filmed.side.value if filmed is not None else ""
        self._try({"do": "open", "side": side, "first_had_zone": filmed.first_had_zone if filmed else None})

    def read(self, timeout: float) -> Frame | CameraLost:
        self._look = None
        if self._process is None:
            time.sleep(timeout)
            return CameraLost(DARKROOM)
        answer = self._try({"do": "read", "seconds": timeout}, timeout + _LOOKING)
        try:
            seen: Frame | CameraLost = self._checked(self._seen, answer)
        except SightLost:
            return CameraLost(DARKROOM)
        return seen

    def close(self) -> None:
        self._filmed = self._look = None
        if self._process is not None:
            answer = self._try({"do": "close"})
            if answer is not None and answer[0].get("stuck"):  # in its driver: only another process finds it again
                self._kill()

    def missing(self) -> CameraLost | None:
        answer = self._try({"do": "missing"})
        if answer is None:
            return CameraLost(DARKROOM)
        reason = _reason(answer[0].get("lost"))
        return CameraLost(reason) if reason else None

    def describe(self) -> dict[str, Any]:
        answer = self._try({"do": "describe"})
        facts = answer[0].get("facts") if answer is not None else None
        return facts if isinstance(facts, dict) else {}

    def look(self, _frame: Frame, _at: float) -> Look:
        """What the frame just read was worth: the darkroom looked at it when it came."""
        if self._look is None:
            raise SightLost
        return self._look

    def take_now(self) -> Taken | None:
        answer = self._try({"do": "take"})
        if answer is None:
            raise SightLost
        taken: Taken | None = self._checked(self._taken, answer[1]) if answer[1] else None
        return taken

    def stop(self) -> None:
        """End the process, also in the middle of a question of another thread: that one hears that it is gone."""
        with self._killing:
            if self._process is not None:
                self._process.kill()

    def _develop(self) -> DocumentReading:
        answer = self._try({"do": "develop"}, _READING)
        found: DocumentReading = self._checked(lambda said: reading.read(said[1][0]), answer)
        return found

    def _seen(self, answer: wire.Said) -> Frame | CameraLost:
        said, pictures = answer
        if "lost" in said:
            return CameraLost(_reason(said["lost"]) or "unknown")
        frame = _frame(said["width"], said["height"], pictures[0])
        if self._filmed is not None:
            taken = self._taken(pictures[1:]) if len(pictures) > 1 else None
            self._look = Look(Guidance(said["guidance"]), min(1.0, max(0.0, float(said["steadiness"]))), frame, taken)
        return frame

    def _taken(self, pictures: tuple[bytes, ...]) -> Taken:
        jpeg, untouched, shown = pictures
        for one in (jpeg, untouched):
            if not one.startswith(b"\xff\xd8\xff") or len(one) > _MOST_JPEG:
                raise ValueError("no JPEG")
        review = _frame(int.from_bytes(shown[:2]), int.from_bytes(shown[2:4]), shown[4:])
        return Taken(jpeg, untouched, review, self._develop)

    def _checked(self, read: Callable[[Any], Any], said: wire.Said | tuple[bytes, ...] | None) -> Any:
        """What it said, read; SightLost, and the end of it, when it said nothing or nonsense."""
        try:
            return read(said)
        except (LookupError, TypeError, ValueError, ArithmeticError, RecursionError, BadCheckIn):
            self._kill()
            raise SightLost from None

    def _try(self, said: dict[str, Any], seconds: float = _ANSWERING) -> wire.Said | None:
        """Ask, in a process that is there; None when it broke over it."""
        try:
            process = self._process or self._started()
            return _asked(process, said, seconds)
        except (wire.Broken, OSError):
            self._kill()
            return None

    def _started(self) -> "subprocess.Popen[bytes]":
        """Another process, with nothing of ours but the way to it. Broken, OSError."""
        self._dying = [one for one in self._dying if one.poll() is None]
        if self._dying:  # in a driver that lets go of nothing: another would only join it there
            raise wire.Broken("the one before is stuck")
        here = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG", "LC_ALL")}
        process = subprocess.Popen(  # noqa: S603 - our own module
            self.command, cwd="/", env=here, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self._process = process
        holds = _asked(process, self._order, _STARTING)[0].get("holds")
        self.holds = tuple(str(one) for one in holds) if isinstance(holds, list) else ()
        return process

    def _kill(self) -> None:
        with self._killing:
            process, self._process, self._look = self._process, None, None
        if process is None:
            return
        process.kill()
        try:
            process.wait(_ENDING)
        except subprocess.TimeoutExpired:  # stuck in a driver: it goes when the driver lets it
            self._dying.append(process)
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()


def _asked(process: "subprocess.Popen[bytes]", said: dict[str, Any], seconds: float) -> wire.Said:
    if process.stdin is None or process.stdout is None:
        raise wire.Broken("no pipes")
    ends_at = time.monotonic() + seconds
    wire.send(process.stdin.fileno(), said, seconds=seconds)
    return wire.receive(process.stdout.fileno(), max(0.0, ends_at - time.monotonic()))


def _frame(width: Any, height: Any, rgb: bytes) -> Frame:
    """A picture as it is shown, R G B. ValueError when it is none."""
    if not (type(width) is int and type(height) is int and 0 < width <= _MOST_SIDE and 0 < height <= _MOST_SIDE):
        raise ValueError("no picture")
    return np.frombuffer(rgb, np.uint8).reshape(height, width, 3)


def _reason(said: Any) -> str:
    """A short word of its own, fit for the journal; empty for anything else."""
    return said if isinstance(said, str) and 0 < len(said) <= 40 and set(said) <= _REASON else ""
