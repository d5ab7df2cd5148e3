"""The camera's thread: films while asked to, guides, takes the picture, reads it."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from hardware.camera.base import CameraLost, Frame, FrameSource
from kiosk import journal
from kiosk.app.guard import guarded
from kiosk.core.sources.document import DocumentKind, DocumentPicture, DocumentReading, Guidance
from kiosk.core.turn import events as ev
from kiosk.journal import Happening

_FRAME_SECONDS = 0.5
_LOST_AFTER = 3.0  # seconds without a frame, before the patient goes on without a document
_PROBE_SECONDS = 3.0  # between two looks for a camera that was lost, or may be while nobody needs it
_PROVE_SECONDS = 60.0  # of idleness, until a frame proves that the camera still films
_GUIDE_SECONDS = 0.1  # a bar that moves ten times a second moves smoothly
_MOST_TRIES = 2  # of one side, where what looks at it broke over it
DARKROOM = "darkroom"  # why no frame comes: what films and looks is gone, and is made anew when it is opened again


class SightLost(Exception):
    """What looks at documents broke over this one; the next ``open`` of the camera makes it anew."""


@dataclass(frozen=True, slots=True, repr=False)
class Taken:
    """A shot: the picture as kept, and as the patient reviews it."""

    jpeg: bytes
    untouched: bytes  # JPEG: the part of the frame that shows the document, as the camera gave it
    shown: Frame
    reading: Callable[[], DocumentReading]  # the slow part; SightLost


@dataclass(frozen=True, slots=True, repr=False)
class Look:
    """What one frame gave: guidance, the frame as shown with its outline, and a shot when it was good."""

    guidance: Guidance
    steadiness: float
    shown: Frame
    taken: Taken | None


class Eye(Protocol):
    """Looks at the frames of one side and decides the shot. SightLost when it broke over one."""

    def look(self, frame: Frame, at: float) -> Look: ...

    def take_now(self) -> Taken | None: ...


class Viewfinder:
    """The newest picture for the window; holds one, and none once cleared."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._frame: Frame | None = None
        self._number = 0
        self.open = False

    def put(self, frame: Frame) -> None:
        with self._lock:
            if self.open:
                self._frame, self._number = frame, self._number + 1

    def clear(self, leave_open: bool = False) -> None:
        with self._lock:
            self._frame, self.open = None, leave_open

    def newest(self) -> tuple[int, Frame] | None:
        with self._lock:
            return None if self._frame is None else (self._number, self._frame)


class DocumentDesk:
    """Films one side at a time, on its own thread, until told to stop or the picture is taken."""

    def __init__(
        self,
        camera: FrameSource,
        eye_for: Callable[[ev.FilmDocument], Eye],
        post: Callable[[ev.Event], None],
        *,
        probe_seconds: float = _PROBE_SECONDS,
        prove_seconds: float = _PROVE_SECONDS,
    ) -> None:
        self._camera = camera
        self._eye_for = eye_for
        self._post = post
        self._changed = threading.Condition()
        self._job: ev.FilmDocument | None = None
        self._press_now = False
        self._stopping = False
        self._probe_seconds, self._prove_seconds = probe_seconds, prove_seconds
        self._proved_at = 0.0
        self._thread = threading.Thread(target=self._run, name="document", daemon=True)
        self.viewfinder = Viewfinder()
        self.camera_ok = True

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        with self._changed:
            self._stopping, self._job = True, None
            self._changed.notify_all()
        self._thread.join(5.0)

    def film(self, order: ev.FilmDocument) -> None:
        with self._changed:
            self._job, self._press_now = order, False
            self.viewfinder.clear(leave_open=True)
            self._changed.notify_all()

    def take_now(self, turn: int) -> None:
        with self._changed:
            self._press_now = self._job is not None and self._job.turn == turn

    def stop_filming(self) -> None:
        """Film no more; the picture just taken may still be reviewed."""
        with self._changed:
            self._job = None
            self._changed.notify_all()

    def forget(self) -> None:
        """Nothing of what was filmed stays."""
        with self._changed:
            self._job = None
            self.viewfinder.clear()
            self._changed.notify_all()

    def _run(self) -> None:
        guarded(self._probe, self._camera_broke)
        while not self._stopping:
            with self._changed:
                if self._job is None:
                    self._changed.wait(self._probe_seconds)
                job = self._job
            if job is not None:
                guarded(partial(self._film, job), self._camera_broke)
                self._proved_at = time.monotonic()
            elif not self._stopping:
                guarded(self._watch, self._camera_broke)

    def _film(self, job: ev.FilmDocument) -> None:
        """Film until there is a picture; what breaks over one costs the patient another try, and only one."""
        for tries in range(1, _MOST_TRIES + 1):
            try:
                self._film_side(job, is_last=tries == _MOST_TRIES)
                return
            except SightLost:
                journal.record(Happening.SIGHT_LOST, turn=job.turn, side=job.side.value)
                self.viewfinder.clear(leave_open=True)
                self._post(ev.Guided(job.turn, job.side, Guidance.NO_DOCUMENT, 0.0))
        self._lost(DARKROOM)

    def _film_side(self, job: ev.FilmDocument, *, is_last: bool) -> None:
        eye = self._eye_for(job)
        started = time.monotonic()
        last_frame = started
        told: tuple[float, Guidance | None] = (0.0, None)
        self._camera.open()
        try:
            while self._job == job:
                frame = self._camera.read(_FRAME_SECONDS)
                now = time.monotonic()
                if isinstance(frame, CameraLost):
                    if frame.reason == DARKROOM:
                        raise SightLost
                    if now - last_frame > _LOST_AFTER:
                        self._lost(frame.reason)
                        return
                    continue
                last_frame = now
                self._found()
                look = eye.look(frame, now)
                taken = look.taken
                if self._press_now and taken is None:
                    self._press_now, taken = False, eye.take_now()
                if self._job != job:
                    return
                self.viewfinder.put(look.shown)
                if taken is not None:
                    self._shot(job, taken, started, is_last=is_last)
                    return
                if now - told[0] >= _GUIDE_SECONDS or look.guidance is not told[1]:
                    told = (now, look.guidance)
                    self._post(ev.Guided(job.turn, job.side, look.guidance, look.steadiness))
        finally:
            self._camera.close()

    def _shot(self, job: ev.FilmDocument, taken: Taken, started: float, *, is_last: bool) -> None:
        self.viewfinder.put(taken.shown)
        shot_at = time.monotonic()
        reading = _read(taken, is_last=is_last)
        read_at = time.monotonic()
        with self._changed:
            if self._job != job:
                return
            self._job = None
        journal.record(
            Happening.DOCUMENT_SHOT,
            turn=job.turn,
            side=job.side.value,
            kind=reading.kind.value,
            capture_ms=round((shot_at - started) * 1000),
            mrz_ms=round((read_at - shot_at) * 1000),
            mrz=_mrz_outcome(reading),
        )
        self._post(ev.PictureTaken(job.turn, job.side, DocumentPicture(job.side, taken.jpeg, taken.untouched), reading))

    def _watch(self) -> None:
        """While nobody films: a camera that is gone is told at once, one that died in its place within a minute."""
        gone = self._camera.missing() if self.camera_ok else None
        if gone is not None:
            self._lost(gone.reason)
        elif not self.camera_ok or time.monotonic() - self._proved_at > self._prove_seconds:
            self._probe()

    def _probe(self) -> None:
        """Look whether the camera gives a frame, without filming anybody."""
        self._proved_at = time.monotonic()
        self._camera.open()
        try:
            ends_at = time.monotonic() + _LOST_AFTER
            while not self._stopping and self._job is None:
                frame = self._camera.read(_FRAME_SECONDS)
                if not isinstance(frame, CameraLost):
                    self._found()
                    return
                if time.monotonic() > ends_at:
                    self._lost(frame.reason)
                    return
        finally:
            self._camera.close()

    def _camera_broke(self) -> None:
        self._lost("bug")

    def _lost(self, reason: str) -> None:
        with self._changed:
            self._job = None
        if self.camera_ok:
            journal.record(Happening.DEVICE_LOST, device="camera", reason=reason)
            self.camera_ok = False
        self._post(ev.CameraWent())

    def _found(self) -> None:
        if not self.camera_ok:
            journal.record(Happening.DEVICE_BACK, device="camera")
            self.camera_ok = True
            self._post(ev.CameraCame())


def _read(taken: Taken, *, is_last: bool) -> DocumentReading:
    """The reading; the second time that it breaks the picture goes unread: staff see it."""
    try:
        return taken.reading()
    except SightLost:
        if not is_last:
            raise
        return DocumentReading(DocumentKind.UNKNOWN)


def _mrz_outcome(reading: DocumentReading) -> str:
    if reading.mrz is None:
        return "none"
    return "accepted" if reading.mrz.accepted else "doubtful"
