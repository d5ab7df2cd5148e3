"""The live picture for the screen: scaled, mirrored never, with the document's outline; nothing is kept of it."""

import cv2
import numpy as np

from kiosk.capture.shot import Corners, Picture

_OUTLINE = (14, 95, 58)  # the design's "ok", R G B


def to_rgb_bytes(frame: Picture, width: int, height: int, quad: Corners | None = None) -> bytes:
    """Give ``width`` x ``height`` RGB bytes, first row on top: the frame fills the area, what is too much is cut."""
    factor = max(width / frame.shape[1], height / frame.shape[0])
    left = (width - frame.shape[1] * factor) / 2
    top = (height - frame.shape[0] * factor) / 2
    matrix = np.array([[factor, 0, left], [0, factor, top]])
    flags = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
    if factor < 0.5:
        frame = cv2.resize(frame, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        matrix[:, :2] *= 2
    picture = cv2.warpAffine(
        frame, matrix, (width, height), flags=cv2.INTER_LINEAR if flags == cv2.INTER_AREA else flags
    )
    picture = cv2.cvtColor(picture, cv2.COLOR_BGR2RGB)
    if quad is not None:
        points = (quad * factor + [left, top]).round().astype(np.int32)
        cv2.polylines(picture, [points[:, None]], True, _OUTLINE, max(3, width // 160), cv2.LINE_AA)
    return picture.tobytes()
