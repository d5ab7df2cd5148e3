"""Finds what lies on the dark tray by its straight edges: one whole document, several, one that is cut or held."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.capture.cover import SKIN_SCALE, Mask
from kiosk.capture.grid import Grey
from kiosk.capture.shot import Corners

_LEAST_SHARE = 0.05  # of the frame: anything smaller is no document before this camera
_BRIGHT_BORDER = 90  # mean brightness: the matt tray is far below


@dataclass(frozen=True, slots=True)
class Outline:
    """What the edges tell of one frame; corners in its own pixels."""

    corners: Corners | None = None
    count: int = 0  # things of a document's shape that lie apart
    is_held: bool = False  # a document's corner, and something that reaches in from the border: a hand
    is_heap: bool = False  # square corners that are not one document's: two of them, one on the other
    is_filled: bool = False  # no tray is seen on any side


NOTHING = Outline()


def _edges(grey: Grey) -> Mask:
    """Where brightness changes (Canny).

    Given the picture itself, OpenCV 5.0 hands it to Intel's library, which writes past its memory for some pictures: a
    camera's frame must not end the kiosk. Given the slopes, it does the same work itself.
    """
    across, down = cv2.spatialGradient(cv2.GaussianBlur(grey, (5, 5), 0))
    return cv2.Canny(across, down, 30, 90)


def find_outline(grey: Grey, skin: Mask) -> Outline:
    """Find a document's four corners on the dark tray; rounded corners are squared off."""
    height, width = grey.shape
    edges = cv2.dilate(_edges(grey), np.ones((3, 3), np.uint8))
    contours, _ = cv2.findContours(edges, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    found: list[tuple[float, Corners]] = []
    others: list[NDArray[np.int32]] = []
    for contour in sorted(contours, key=lambda c: -cv2.boundingRect(c)[2] * cv2.boundingRect(c)[3])[:4]:
        w, h = cv2.boundingRect(contour)[2:]
        if w * h < 1.2 * _LEAST_SHARE * width * height:
            break
        hull = cv2.convexHull(contour)
        area = float(cv2.contourArea(hull))
        if area < _LEAST_SHARE * width * height:
            continue
        corners = _document(hull, area)
        if corners is None or (_reaches_in(hull, width, height) and _is_hand(hull, skin)):
            others.append(hull)
        else:
            found.append((area, corners))
    if found:
        best = max(found, key=lambda each: each[0])
        alike = sum(area > 0.35 * best[0] for area, _ in found)
        held = any(_is_hand(hull, skin) and _touches(hull, best[1]) for hull in others)
        return Outline(best[1], alike, is_held=held)
    if _is_filled(grey):
        return Outline(is_filled=True)
    for hull in others:
        square = _square_corners(hull, width, height)
        if _is_hand(hull, skin):
            return Outline(is_held=square > 0)
        cut = _cut_outline(hull, width, height)
        if cut is not None:
            return Outline(cut, 1)
        if square > 0 and _reaches_in(hull, width, height):
            return Outline(is_held=True)
        if square > 1:
            return Outline(is_heap=True)
    return NOTHING


def _document(hull: NDArray[np.int32], area: float) -> Corners | None:
    """The corners of a hull that has a document's shape."""
    corners = _four_corners(hull)
    if corners is None or not 0.9 < area / max(float(cv2.contourArea(corners)), 1.0) < 1.06:
        return None
    sides = [float(np.hypot(*(corners[(i + 1) % 4] - corners[i]))) for i in range(4)]
    ratio = (sides[0] + sides[2]) / max(sides[1] + sides[3], 1e-6)
    return corners if 1.1 < ratio < 2.6 else None


def _cut_outline(hull: NDArray[np.int32], width: int, height: int) -> Corners | None:
    """A straight-sided shape that leaves the picture: a document cut by the border. Its corners are where it ends."""
    x, y, w, h = cv2.boundingRect(hull)
    if not _reaches_in(hull, width, height) or w * h < 0.1 * width * height:
        return None
    box = cv2.minAreaRect(hull)
    if cv2.contourArea(hull) > 0.9 * box[1][0] * box[1][1] > 0.08 * width * height:
        return np.array([[x, y], [x + w, y], [x + w, y + h], [x, y + h]], np.float32)
    return None


def _reaches_in(hull: NDArray[np.int32], width: int, height: int) -> bool:
    x, y, w, h = cv2.boundingRect(hull)
    return x <= 3 or y <= 3 or x + w >= width - 3 or y + h >= height - 3


def _is_hand(hull: NDArray[np.int32], skin: Mask) -> bool:
    """Whether skin is seen where this shape enters the picture, or in much of it."""
    shape = np.zeros_like(skin)
    cv2.fillConvexPoly(shape, (hull[:, 0] * SKIN_SCALE).astype(np.int32), 255)
    within = cv2.countNonZero(shape)
    shape[3:-3, 3:-3] = 0
    entering = cv2.countNonZero(shape)
    at_border = cv2.countNonZero(cv2.bitwise_and(shape, skin))
    return entering > 0 and (at_border > 0.3 * entering or cv2.countNonZero(skin) > 0.3 * within)


def _touches(hull: NDArray[np.int32], corners: Corners) -> bool:
    """Whether another thing lies against the document or upon it."""
    return any(cv2.pointPolygonTest(corners, (float(x), float(y)), True) > -6 for [[x, y]] in hull)


def _square_corners(hull: NDArray[np.int32], width: int, height: int) -> int:
    """How many corners of a document are seen: about 90 degrees between two long sides, away from the border."""
    shape = cv2.approxPolyDP(hull, 0.015 * cv2.arcLength(hull, True), True)[:, 0].astype(np.float64)
    square = 0
    for index in range(len(shape)):
        here = shape[index]
        before, after = shape[index - 1] - here, shape[(index + 1) % len(shape)] - here
        lengths = float(np.hypot(*before)), float(np.hypot(*after))
        is_inside = 4 < here[0] < width - 5 and 4 < here[1] < height - 5
        if is_inside and min(lengths) > 0.09 * width and abs(float(before @ after)) < 0.2 * lengths[0] * lengths[1]:
            square += 1
    return square


def _is_filled(grey: Grey) -> bool:
    """Whether something bright stands at all four borders: held right under the lens."""
    sides = (grey[:6], grey[-6:], grey[:, :6], grey[:, -6:])
    return all(float(side.mean()) > _BRIGHT_BORDER for side in sides)


def _four_corners(hull: NDArray[np.int32]) -> Corners | None:
    """Lines through the four long sides of a hull, and where they meet; the first corner is top left as seen."""
    length = cv2.arcLength(hull, True)
    for tolerance in (0.02, 0.035, 0.05, 0.07):
        shape = cv2.approxPolyDP(hull, tolerance * length, True)
        if len(shape) <= 4:
            break
    if len(shape) != 4 or not cv2.isContourConvex(shape):
        return None
    rough = shape[:, 0].astype(np.float64)
    dense = _dense(hull[:, 0].astype(np.float64))
    lines: list[tuple[NDArray[np.float64], NDArray[np.float64]]] = []
    for index in range(4):
        a, b = rough[index], rough[(index + 1) % 4]
        side = b - a
        along = (dense - a) @ side / max(float(side @ side), 1e-6)
        away = np.abs((dense - a) @ np.array([-side[1], side[0]])) / max(float(np.hypot(*side)), 1e-6)
        near = dense[(along > 0.15) & (along < 0.85) & (away < 0.06 * length / 4 + 3)]
        if len(near) < 6:
            return None
        vx, vy, x0, y0 = cv2.fitLine(near.astype(np.float32), cv2.DIST_HUBER, 0, 0.01, 0.01).ravel()
        lines.append((np.array([float(x0), float(y0)]), np.array([float(vx), float(vy)])))
    corners = []
    for index in range(4):
        (p, u), (q, v) = lines[index - 1], lines[index]
        cross = u[0] * v[1] - u[1] * v[0]
        if abs(cross) < 0.2:
            return None
        corners.append(p + u * (((q - p)[0] * v[1] - (q - p)[1] * v[0]) / cross))
    return ordered(np.array(corners, np.float32))


def _dense(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Points every four pixels along a closed polygon: a hull has none on its straight sides."""
    steps = np.roll(points, -1, axis=0) - points
    counts = np.maximum(1, np.hypot(steps[:, 0], steps[:, 1]) / 4).astype(int)
    start = np.repeat(np.arange(len(points)), counts)
    share = (np.arange(counts.sum()) - np.repeat(counts.cumsum() - counts, counts)) / np.repeat(counts, counts)
    dense: NDArray[np.float64] = points[start] + steps[start] * share[:, None]
    return dense


def ordered(corners: Corners) -> Corners:
    """Clockwise from the corner that makes a long side the top, as near to upright as that allows."""
    centre = corners.mean(axis=0)
    angle = np.arctan2(corners[:, 1] - centre[1], corners[:, 0] - centre[0])
    turned = corners[np.argsort(angle)]
    sides = [float(np.hypot(*(turned[(i + 1) % 4] - turned[i]))) for i in range(4)]
    first = 0 if sides[0] + sides[2] >= sides[1] + sides[3] else 1
    choices = [np.roll(turned, -first, axis=0), np.roll(turned, -first - 2, axis=0)]
    upright = max(choices, key=lambda c: float((c[1] - c[0])[0] - 0.01 * (c[1] - c[0])[1]))
    return upright.astype(np.float32)
