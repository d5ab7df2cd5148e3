"""From the camera's frames to what a turn is told: guidance, a shot, its reading; pictures small enough to be shown.

Recognition is loaded with this module.
"""

from dataclasses import dataclass
from pathlib import Path

from hardware.camera.base import Frame
from kiosk.capture.preview import to_rgb_bytes
from kiosk.capture.reader import read_document
from kiosk.capture.session import CaptureSession
from kiosk.capture.shot import Shot
from kiosk.capture.warm import warm_up
from kiosk.core.confidential import Confidential
from kiosk.core.sources.document import DocumentReading, Guidance, Side
from kiosk.documents import cev_chain
from kiosk.documents.cev import Signer, SignerId
from kiosk.documents.cev_trust import load_signers

PREVIEW_SIZE = (720, 540)
Small = tuple[int, int, bytes]  # width, height, RGB


@dataclass(frozen=True, slots=True)
class Seals:
    """Where the site keeps what seals are verified with."""

    certificates: Path | None
    authorities: Path | None
    revocations: Path | None

    def signers(self) -> dict[SignerId, Signer]:
        """Read anew for each document: an administrator replaces the files without a restart."""
        if self.certificates is None:
            return {}
        vouching = cev_chain.load(self.authorities, self.revocations) if self.authorities else None
        return load_signers(self.certificates, vouching)


@dataclass(frozen=True, slots=True, repr=False)
class Look(Confidential):
    """What one frame gave."""

    guidance: Guidance
    steadiness: float
    shot: Shot | None


class DocumentEye:
    """Looks at the frames of one side; keeps the shot until it is read."""

    def __init__(self, side: Side, first_had_zone: bool | None, seals: Seals) -> None:
        warm_up()  # the models load while the document is shown
        self._session = CaptureSession(side, first_had_zone=first_had_zone)
        self._seals = seals
        self._shot: Shot | None = None

    def look(self, frame: Frame, at: float) -> Look:
        seen = self._session.feed(frame, at)
        self._shot = seen.shot or self._shot
        return Look(seen.guidance, seen.steadiness, seen.shot)

    def take_now(self) -> Shot | None:
        self._shot = self._session.take_now() or self._shot
        return self._shot

    def read(self) -> DocumentReading | None:
        """Read the shot: the slow part. None without one."""
        if self._shot is None:
            return None
        return read_document(self._shot, signers=self._seals.signers())


def small_rgb(frame: Frame) -> Small:
    """A frame small enough to be sent and shown many times a second."""
    height, width = frame.shape[:2]
    scale = min(PREVIEW_SIZE[0] / width, PREVIEW_SIZE[1] / height, 1.0)
    small = max(1, round(width * scale)), max(1, round(height * scale))
    return *small, to_rgb_bytes(frame, *small, None)
