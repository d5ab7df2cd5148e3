"""The picture that is kept of one side (Shot): rectified, right way up, small enough; and the frame it came from."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.core.confidential import Confidential
from kiosk.core.sources.document import DocumentPicture, Side

Picture = NDArray[np.uint8]
Corners = NDArray[np.float32]  # 4 x 2: top left, top right, bottom right, bottom left

MOST_BYTES = 400_000
_QUALITY = 88
_DOTS = 12.0  # pixels a millimetre: 305 dpi
_CARD = 85.6 / 53.98  # ID-1
_PAGE = 125 / 88  # passport page; the French card of before 2021 is 105 x 74, nearly the same


@dataclass(frozen=True, slots=True, repr=False)
class Shot(Confidential):
    """One side as taken. ``picture`` is rectified; ``frame`` is what the camera gave."""

    side: Side
    picture: Picture
    jpeg: bytes  # of ``picture``, at most 400 kB
    untouched: bytes  # JPEG of the part of ``frame`` that shows the document, neither turned nor stretched
    frame: Picture
    is_card: bool  # the outline has the shape of a bank card (ID-1)
    sharpness: float

    def kept(self) -> DocumentPicture:
        """What goes into the check-in."""
        return DocumentPicture(self.side, self.jpeg, self.untouched)


def rectify(frame: Picture, corners: Corners, *, is_card: bool) -> Picture:
    """Lay the document flat at 305 dpi of its nominal size."""
    width, height = (85.6, 53.98) if is_card else (125.0, 88.0)
    size = (round(width * _DOTS), round(height * _DOTS))
    goal = np.array([[0, 0], [size[0], 0], [size[0], size[1]], [0, size[1]]], np.float32)
    matrix = cv2.getPerspectiveTransform(corners.astype(np.float32), goal)
    return cv2.warpPerspective(frame, matrix, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)


def cut_out(frame: Picture, corners: Corners) -> Picture:
    """The part of the frame that shows the document and a little of the tray: what was seen, before any computing."""
    margin = 0.04 * float(np.ptp(corners[:, 0]))
    x0, y0 = np.maximum(np.floor(corners.min(axis=0) - margin), 0).astype(int)
    x1, y1 = np.ceil(corners.max(axis=0) + margin).astype(int)
    part = frame[y0 : max(y1, y0), x0 : max(x1, x0)]
    return part if min(part.shape[:2]) >= 16 else frame


def is_card_shaped(corners: Corners) -> bool:
    """ID-1 rather than a passport page or the old French card: nearer to 1.586 than to 1.42."""
    sides = np.roll(corners, -1, axis=0) - corners
    top, right, bottom, left = np.hypot(sides[:, 0], sides[:, 1]).tolist()
    ratio: float = (top + bottom) / max(left + right, 1e-6)
    return abs(ratio - _CARD) < abs(ratio - _PAGE)


def to_jpeg(picture: Picture) -> bytes:
    """Compress at a fixed quality; a very busy picture is lowered until it fits."""
    for quality in (_QUALITY, 75, 60, 45, 30):
        is_done, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
        if is_done and len(data) <= MOST_BYTES:
            return bytes(data)
    reduced = cv2.resize(picture, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    return bytes(cv2.imencode(".jpg", reduced, [cv2.IMWRITE_JPEG_QUALITY, 50])[1])
