"""The camera's desk: a camera lost, frozen, or vanished while nobody needs it; and one that returns."""

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from hardware.camera.base import CameraLost, Frame
from kiosk.app.document_desk import DocumentDesk, Look, Taken
from kiosk.core.sources.document import DocumentKind, DocumentReading, Guidance, Side
from kiosk.core.turn import events as ev

_BOUND = 20.0  # seconds a test waits for what must come
FRAME: Frame = np.full((48, 64, 3), 90, np.uint8)


class PlayedCamera:
    """A camera whose state the test sets."""

    def __init__(self) -> None:
        self.gives: Frame | CameraLost = FRAME
        self.gone: CameraLost | None = None
        self.opened = self.closed = 0

    def open(self) -> None:
        self.opened += 1

    def read(self, timeout: float) -> Frame | CameraLost:
        threading.Event().wait(0.01)
        return self.gone or self.gives

    def close(self) -> None:
        self.closed += 1

    def missing(self) -> CameraLost | None:
        return self.gone

    def describe(self) -> dict[str, Any]:
        return {}


class PlayedEye:
    """Takes the picture at its third frame, or never."""

    def __init__(self, takes: bool) -> None:
        self.seen, self.takes = 0, takes

    def look(self, frame: Frame, at: float) -> Look:
        self.seen += 1
        is_good = self.takes and self.seen == 3
        return Look(Guidance.TAKING, 0.5, frame, taken(b"steady") if is_good else None)

    def take_now(self) -> Taken | None:
        return taken(b"pressed")


def taken(jpeg: bytes) -> Taken:
    return Taken(jpeg, b"as seen", FRAME, lambda: DocumentReading(DocumentKind.UNKNOWN))


class Desk:
    """A desk with a played camera, and the events it posted."""

    def __init__(self, takes: bool = True) -> None:
        self.camera = PlayedCamera()
        self.events: list[ev.Event] = []
        self.changed = threading.Condition()
        self.desk = DocumentDesk(
            self.camera, lambda order: PlayedEye(takes), self._post, probe_seconds=0.05, prove_seconds=0.3
        )

    def _post(self, event: ev.Event) -> None:
        with self.changed:
            self.events.append(event)
            self.changed.notify_all()

    def wait_for(self, is_there: Callable[[list[ev.Event]], bool]) -> None:
        ends_at = time.monotonic() + _BOUND
        with self.changed:
            while not is_there(self.events):
                left = ends_at - time.monotonic()
                assert left > 0, "what was waited for did not come"
                self.changed.wait(min(left, 0.05))

    def wait_for_kind(self, kind: type) -> None:
        self.wait_for(lambda events: any(isinstance(event, kind) for event in events))


@pytest.fixture
def at_work() -> Iterator[Desk]:
    desk = Desk()
    desk.desk.start()
    yield desk
    desk.desk.stop()


def test_a_camera_that_vanishes_while_nobody_needs_it_is_told_and_its_return_too(at_work: Desk) -> None:
    at_work.wait_for(lambda _: at_work.camera.closed > 0)  # the first look, at start
    at_work.camera.gone = CameraLost("not-found")
    at_work.wait_for_kind(ev.CameraWent)
    assert not at_work.desk.camera_ok
    at_work.camera.gone = None
    at_work.wait_for_kind(ev.CameraCame)
    assert at_work.desk.camera_ok


@pytest.mark.long
def test_a_camera_that_died_in_its_place_is_noticed_while_idle(at_work: Desk) -> None:
    at_work.wait_for(lambda _: at_work.camera.closed > 0)
    at_work.camera.gives = CameraLost("frozen")
    at_work.wait_for_kind(ev.CameraWent)
    at_work.camera.gives = FRAME
    at_work.wait_for_kind(ev.CameraCame)


def test_an_idle_camera_is_shut_between_two_looks(at_work: Desk) -> None:
    at_work.wait_for(lambda _: at_work.camera.closed >= 3)
    assert at_work.camera.opened - at_work.camera.closed in (0, 1)


def test_what_is_taken_is_kept_straight_and_as_it_was_seen(at_work: Desk) -> None:
    at_work.desk.film(ev.FilmDocument(1, Side.FIRST, None))
    at_work.wait_for_kind(ev.PictureTaken)
    event = next(event for event in at_work.events if isinstance(event, ev.PictureTaken))
    assert (event.picture.jpeg, event.picture.untouched) == (b"steady", b"as seen")


def test_the_manual_button_takes_what_the_eye_has() -> None:
    desk = Desk(takes=False)
    desk.desk.start()
    try:
        desk.desk.film(ev.FilmDocument(7, Side.FIRST, None))
        desk.wait_for_kind(ev.Guided)
        desk.desk.take_now(7)
        desk.wait_for_kind(ev.PictureTaken)
        event = next(event for event in desk.events if isinstance(event, ev.PictureTaken))
        assert event.picture.jpeg == b"pressed"
    finally:
        desk.desk.stop()


@pytest.mark.long
def test_a_camera_lost_while_filming_ends_the_film_and_the_next_patient_is_filmed_again(at_work: Desk) -> None:
    at_work.camera.gives = CameraLost("unplugged")
    at_work.desk.film(ev.FilmDocument(1, Side.FIRST, None))
    at_work.wait_for_kind(ev.CameraWent)
    at_work.camera.gives = FRAME
    at_work.wait_for_kind(ev.CameraCame)
    at_work.desk.film(ev.FilmDocument(2, Side.FIRST, None))
    at_work.wait_for(lambda events: any(isinstance(event, ev.PictureTaken) and event.turn == 2 for event in events))
