"""The kiosk's eye: from the camera's frames to what a turn is told.

Recognition is loaded with this module: it is imported when the first document is to be filmed, not before.
"""

from pathlib import Path

from hardware.camera.base import Frame
from kiosk.app.document_desk import Look, Taken
from kiosk.capture.preview import to_rgb_bytes
from kiosk.capture.reader import read_document
from kiosk.capture.session import CaptureSession
from kiosk.capture.shot import Shot
from kiosk.capture.warm import warm_up
from kiosk.core.turn import events as ev
from kiosk.documents.cev_trust import load_signers

PREVIEW_SIZE = (720, 540)


class DocumentEye:
    """``kiosk.capture`` behind the small interface the document desk knows."""

    def __init__(self, order: ev.FilmDocument, seal_certificates: Path | None) -> None:
        warm_up()  # the models load while the document is shown
        self._session = CaptureSession(order.side, first_had_zone=order.first_had_zone)
        self._certificates = seal_certificates

    def look(self, frame: Frame, at: float) -> Look:
        seen = self._session.feed(frame, at)
        return Look(seen.guidance, seen.steadiness, frame, self._taken(seen.shot))

    def take_now(self) -> Taken | None:
        return self._taken(self._session.take_now())

    def _taken(self, shot: object) -> Taken | None:
        if not isinstance(shot, Shot):
            return None
        trusted = self._certificates
        # Read anew for each document: an administrator replaces the certificates without a restart.
        return Taken(
            shot.jpeg,
            shot.untouched,
            shot.picture,
            lambda: read_document(shot, signers=load_signers(trusted) if trusted else {}),
        )


def small_rgb(frame: Frame) -> tuple[int, int, bytes]:
    """Width, height and RGB bytes of a frame, small enough to be shown many times a second."""
    height, width = frame.shape[:2]
    scale = min(PREVIEW_SIZE[0] / width, PREVIEW_SIZE[1] / height, 1.0)
    small = max(1, round(width * scale)), max(1, round(height * scale))
    return *small, to_rgb_bytes(frame, *small, None)
