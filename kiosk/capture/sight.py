"""What one preview frame shows: outline, zone, sharpness, light. Cheap enough for every frame."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.capture.grid import Grey, Grid, find_grid
from kiosk.capture.shot import Corners, Picture, is_card_shaped

_WIDTH = 640  # preview analysis is done at this width
_TILE = 24  # pixels


@dataclass(frozen=True, slots=True)
class Sight:
    """Measures of one frame; corners and grid in the frame's own pixels."""

    corners: Corners | None
    is_outline: bool  # the corners are the document's outline, not derived from the zone
    grid: Grid | None
    width: float  # share of the frame's width that the document takes (of its height when that is more)
    margin: float  # smallest distance of a corner to the frame's border, share of the width; negative: cut
    tilt: float  # difference of opposite sides, share of the longer; 1 when no document has this shape
    sharpness: float  # slope of edges, 0 to 1, independent of contrast and noise
    texture: float  # standard deviation of the document's brightness
    glare: float  # share of burnt pixels in the zone, or on the whole side
    luma: float  # mean brightness of the document


EMPTY = Sight(None, False, None, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)


def look(frame: Picture, *, with_grid: bool = True, last_grid: Grid | None = None) -> Sight:
    """Analyse one frame (BGR). ``last_grid`` is kept when the grid is not looked for in this frame."""
    scale = _WIDTH / frame.shape[1]
    small = cv2.resize(frame, (_WIDTH, round(frame.shape[0] * scale)), interpolation=cv2.INTER_AREA)
    grey: Grey = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY)  # type: ignore[assignment]
    outline = find_outline(grey)
    grid = last_grid
    if with_grid:
        found = find_grid(grey)
        grid = found.scaled(1 / scale) if found is not None else None
    if outline is None and grid is None:
        return EMPTY
    corners: Corners | None = None
    if outline is not None:
        corners = ((outline + 0.5) / scale - 0.5).astype(np.float32)
    if grid is not None and (corners is None or not _belongs(corners, grid)):
        return _measure(frame, small, scale, _from_zone(grid), grid, False)
    if corners is None:
        return EMPTY
    return _measure(frame, small, scale, corners, grid, True)


def _belongs(corners: Corners, grid: Grid) -> bool:
    """Whether an outline is that of the zone's document; an open passport shows two pages, a table its own edges."""
    zone = grid.outline(0.5)
    along, top = zone[1] - zone[0], (corners[1] - corners[0]).astype(np.float64)
    lengths = float(np.hypot(*along)), float(np.hypot(*top))
    is_parallel = abs(float(along @ top)) > 0.94 * lengths[0] * lengths[1]
    return is_parallel and 0.76 < lengths[0] / max(lengths[1], 1e-6) < 1.0


def find_outline(grey: Grey) -> Corners | None:
    """Find a document's four corners on the dark tray, or None; rounded corners are squared off."""
    height, width = grey.shape
    edges = cv2.Canny(cv2.GaussianBlur(grey, (5, 5), 0), 30, 90)
    edges = cv2.dilate(edges, np.ones((3, 3), np.uint8))
    contours, _ = cv2.findContours(edges, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    best: tuple[float, Corners] | None = None
    for contour in sorted(contours, key=lambda c: -cv2.boundingRect(c)[2] * cv2.boundingRect(c)[3])[:4]:
        w, h = cv2.boundingRect(contour)[2:]
        if w * h < 0.06 * width * height:
            break
        hull = cv2.convexHull(contour)
        area = float(cv2.contourArea(hull))
        if area < 0.05 * width * height:
            continue
        corners = _four_corners(hull)
        if corners is None:
            continue
        if not 0.9 < area / max(float(cv2.contourArea(corners)), 1.0) < 1.06:
            continue  # the shape is not a quadrangle
        sides = [float(np.hypot(*(corners[(i + 1) % 4] - corners[i]))) for i in range(4)]
        ratio = (sides[0] + sides[2]) / max(sides[1] + sides[3], 1e-6)
        if 1.1 < ratio < 2.6 and (best is None or area > best[0]):
            best = (area, corners)
    return best[1] if best is not None else _cut_outline(contours, width, height)


def _cut_outline(contours: Sequence[NDArray[np.int32]], width: int, height: int) -> Corners | None:
    """A straight-sided shape that leaves the picture: a document cut by the border. Its corners are where it ends."""
    for contour in contours:
        x, y, w, h = cv2.boundingRect(contour)
        touches = x <= 2 or y <= 2 or x + w >= width - 2 or y + h >= height - 2
        if not touches or w * h < 0.1 * width * height:
            continue
        hull = cv2.convexHull(contour)
        box = cv2.minAreaRect(hull)
        if cv2.contourArea(hull) > 0.9 * box[1][0] * box[1][1] > 0.08 * width * height:
            return np.array([[x, y], [x + w, y], [x + w, y + h], [x, y + h]], np.float32)
    return None


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
    """Points every two pixels along a closed polygon: a hull has none on its straight sides."""
    steps = np.roll(points, -1, axis=0) - points
    counts = np.maximum(1, np.hypot(steps[:, 0], steps[:, 1]) / 2).astype(int)
    start = np.repeat(np.arange(len(points)), counts)
    share = (np.arange(counts.sum()) - np.repeat(counts.cumsum() - counts, counts)) / np.repeat(counts, counts)
    return points[start] + steps[start] * share[:, None]


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


def _from_zone(grid: Grid) -> Corners:
    """Where the document's corners must be, from its zone and its nominal size (Doc 9303 parts 4 to 6)."""
    left_mm, width, height, foot = {30: (6.3, 85.6, 54.0, 6.4), 36: (7.8, 105.0, 74.0, 7.7)}.get(
        grid.columns, (7.3, 125.0, 88.0, 7.4)
    )
    left, right = -left_mm / 2.54, (width - left_mm) / 2.54
    bottom = grid.rows - 1 + foot / (2.54 * grid.step)
    top = bottom - height / (2.54 * grid.step)
    return grid.points(np.array([[left, top], [right, top], [right, bottom], [left, bottom]])).astype(np.float32)


def _measure(
    frame: Picture, small: Picture, scale: float, corners: Corners, grid: Grid | None, is_outline: bool
) -> Sight:
    height, width = frame.shape[:2]
    sides = [float(np.hypot(*(corners[(i + 1) % 4] - corners[i]))) for i in range(4)]
    box_width = max(sides[0], sides[2]) / width
    box_height = max(sides[1], sides[3]) / height
    margin = min(
        float(corners[:, 0].min()),
        float(corners[:, 1].min()),
        width - float(corners[:, 0].max()),
        height - float(corners[:, 1].max()),
    )
    ratio = (sides[0] + sides[2]) / max(sides[1] + sides[3], 1e-6)
    shape = (1.25, 1.64) if grid is not None and grid.rows == 2 else (1.25, 1.8)  # page or old card, ID-1
    tilt = max(abs(sides[0] - sides[2]) / max(sides[0], sides[2]), abs(sides[1] - sides[3]) / max(sides[1], sides[3]))
    flat_size = (240, 152 if is_card_shaped(corners) else 168)
    goal = np.array([[0, 0], [flat_size[0], 0], [flat_size[0], flat_size[1]], [0, flat_size[1]]], np.float32)
    flat = cv2.warpPerspective(small, cv2.getPerspectiveTransform(corners * scale, goal), flat_size)
    light = cv2.cvtColor(flat, cv2.COLOR_BGR2GRAY)
    inner = light[6:-6, 6:-6]
    if grid is not None:
        band = _band(frame, grid)
        glare = _lost_cells(band, grid)
    else:
        band = _middle(frame, corners)
        glare = _burnt(flat[6:-6, 6:-6])
    return Sight(
        corners=corners,
        is_outline=is_outline,
        grid=grid,
        width=max(box_width, box_height),
        margin=margin / width,
        tilt=tilt if shape[0] < ratio < shape[1] else 1.0,
        sharpness=sharpness(cv2.cvtColor(band, cv2.COLOR_BGR2GRAY)),  # type: ignore[arg-type]
        texture=float(inner.std()),
        glare=glare,
        luma=float(inner.mean()),
    )


def _band(frame: Picture, grid: Grid) -> Picture:
    """The zone, straightened, 16 pixels a character at most."""
    size = (min(720, grid.columns * 16), round(16 * grid.step * grid.rows))
    goal = np.array([[0, 0], [size[0], 0], [size[0], size[1]], [0, size[1]]], np.float32)
    matrix = cv2.getPerspectiveTransform(grid.outline().astype(np.float32), goal)
    return cv2.warpPerspective(frame, matrix, size, flags=cv2.INTER_LINEAR)  # type: ignore[return-value]


def _middle(frame: Picture, corners: Corners) -> Picture:
    """The part of the frame inside the outline, at the frame's own resolution, at most 640 x 200."""
    x0, y0 = np.clip(corners.min(axis=0), 0, [frame.shape[1] - 8, frame.shape[0] - 8]).astype(int)
    x1, y1 = np.clip(corners.max(axis=0), 8, [frame.shape[1], frame.shape[0]]).astype(int)
    middle_x, middle_y = (x0 + x1) // 2, (y0 + y1) // 2
    half_x, half_y = min(320, (x1 - x0) * 2 // 5), min(160, (y1 - y0) * 2 // 5)
    part = frame[max(0, middle_y - half_y) : middle_y + half_y, max(0, middle_x - half_x) : middle_x + half_x]
    return part if part.size else frame[:16, :16]


def sharpness(grey: Grey) -> float:
    """How steep edges are for their own contrast: noise does not count as sharpness, low light not as blur.

    Taken tile by tile, so that a shadow or a large dark portrait does not hide sharp small print; 0.7 is sharp.
    """
    soft = cv2.GaussianBlur(grey, (0, 0), 1.0)
    slope = cv2.magnitude(cv2.Sobel(soft, cv2.CV_32F, 1, 0), cv2.Sobel(soft, cv2.CV_32F, 0, 1))
    rows, columns = (soft.shape[0] - 4) // _TILE, (soft.shape[1] - 4) // _TILE
    if rows < 1 or columns < 1:
        return 0.0

    def tiles(picture: NDArray[np.generic]) -> NDArray[np.generic]:
        part = picture[2 : 2 + rows * _TILE, 2 : 2 + columns * _TILE]
        return part.reshape(rows, _TILE, columns, _TILE).swapaxes(1, 2).reshape(rows * columns, -1)

    flat = tiles(soft)
    contrast = flat.max(axis=1).astype(np.float64) - flat.min(axis=1)
    steep = tiles(slope).max(axis=1).astype(np.float64)
    with_edges = contrast > max(30.0, 0.35 * float(contrast.max()))
    if with_edges.sum() < 3:
        return 0.0
    return float(np.percentile(steep[with_edges] / (4 * contrast[with_edges]), 75))


def _lost_cells(band: Picture, grid: Grid) -> float:
    """Share of the zone where the light has eaten the ink: bright and without contrast. White paper is neither."""
    grey = cv2.cvtColor(band, cv2.COLOR_BGR2GRAY)
    rows = np.array_split(np.arange(grey.shape[0]), grid.rows)
    count = grid.columns // 2
    width = grey.shape[1] // count
    contrast, light = [], []
    for row in rows:
        part = grey[row[0] : row[-1] + 1, : count * width].reshape(len(row), count, width)
        contrast.append(part.max(axis=(0, 2)).astype(np.float64) - part.min(axis=(0, 2)))
        light.append(part.mean(axis=(0, 2)))
    ink, paper = np.concatenate(contrast), np.concatenate(light)
    return float(np.mean((ink < 0.45 * np.median(ink)) & (paper > np.median(paper) + 8) & (paper > 200)))


def _burnt(picture: Picture) -> float:
    """Share of the side that is burnt in spots; single bright pixels of white paper do not count."""
    hsv = cv2.cvtColor(picture, cv2.COLOR_BGR2HSV)
    mask = ((hsv[..., 2] >= 252) & (hsv[..., 1] < 30)).astype(np.uint8)
    spots = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
    return float(spots.mean())
