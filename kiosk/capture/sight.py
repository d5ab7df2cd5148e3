"""What one preview frame shows: outline, zone, sharpness, light, hands. Cheap enough for every frame."""

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.capture.cover import Mask, hidden_share, skin_of
from kiosk.capture.grid import Grey, Grid, find_grid
from kiosk.capture.outline import Outline, find_outline
from kiosk.capture.shot import Corners, Picture, is_card_shaped
from kiosk.capture.upright import is_upside_down

_WIDTH = 640  # preview analysis is done at this width
_TILE = 24  # pixels
_THUMB = (80, 45)


@dataclass(frozen=True, slots=True)
class Sight:
    """Measures of one frame; corners and grid in the frame's own pixels."""

    corners: Corners | None = None
    is_outline: bool = False  # the corners are the document's outline, not derived from the zone
    grid: Grid | None = None
    width: float = 0.0  # share of the frame's width that the document takes (of its height when that is more)
    margin: float = 0.0  # smallest distance of a corner to the frame's border, share of the width; negative: cut
    tilt: float = 0.0  # difference of opposite sides, share of the longer; 1 when no document has this shape
    sharpness: float = 0.0  # slope of edges, 0 to 1, independent of contrast and noise
    texture: float = 0.0  # standard deviation of the document's brightness
    glare: float = 0.0  # share of the zone that the light has eaten, or of the whole side that is burnt in spots
    spot: float = 0.0  # the same for the worst place of the size of a portrait
    burnt: float = 0.0  # share of the side that has no tone left, spots or not
    covered: float = 0.0  # share that a hand hides, or of the zone where ink is missing without light
    luma: float = 0.0  # mean brightness of the document
    count: int = 0  # things of a document's shape that lie apart
    is_held: bool = False  # a hand reaches in over a document
    is_heap: bool = False  # documents one on the other
    is_filled: bool = False  # something fills the whole picture
    is_searched: bool = False  # the zone was looked for since the document lies where it lies
    thumb: Grey | None = None  # the frame in very small: whether anything moves when nothing was found

    @property
    def shape(self) -> str:
        """The document's size by its outline and zone: "ID-1" (cards), "ID-2" (old French card), "ID-3" (passports)."""
        if self.corners is None:
            return ""
        if self.grid is not None:
            return {30: "ID-1", 36: "ID-2", 44: "ID-3"}[self.grid.columns]
        return "ID-1" if is_card_shaped(self.corners) else "ID-3"


EMPTY = Sight()


def look(frame: Picture, *, with_grid: bool = True, before: Sight = EMPTY) -> Sight:
    """Analyse one frame (BGR). Without ``with_grid`` a document that lies where it lay before keeps its zone."""
    scale = _WIDTH / frame.shape[1]
    small = cv2.resize(frame, (_WIDTH, round(frame.shape[0] * scale)), interpolation=cv2.INTER_AREA)
    grey: Grey = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY)
    skin = skin_of(small)
    outline = find_outline(grey, skin)
    corners: Corners | None = None
    if outline.corners is not None:
        corners = ((outline.corners + 0.5) / scale - 0.5).astype(np.float32)
    is_still = _lies_still(before, corners)
    is_zone_only = before.grid is not None and not before.is_outline
    grid = before.grid if is_still or is_zone_only else None
    is_searched = with_grid or is_still
    found: Grid | None = None
    if with_grid or (is_still and not before.is_searched):
        found = find_grid(grey)
        found = found if found is not None and _is_square(found) else None
        grid = found.scaled(1 / scale) if found is not None else None
    is_outline = corners is not None
    is_heap = outline.is_heap or (grid is not None and corners is not None and _lies_across(corners, grid))
    if grid is not None and (corners is None or not _belongs(corners, grid)):
        if found is not None and is_upside_down(grey, found):
            grid = grid.turned()
        corners, is_outline = _from_zone(grid), False
    if corners is None:
        thumb: Grey = cv2.resize(grey, _THUMB, interpolation=cv2.INTER_AREA)
        return Sight(is_held=outline.is_held, is_heap=is_heap, is_filled=outline.is_filled, thumb=thumb)
    seen = _measure(frame, small, skin, scale, corners, grid, is_outline, outline)
    return replace(seen, is_heap=is_heap, is_searched=is_searched)


def _lies_still(before: Sight, corners: Corners | None) -> bool:
    if before.corners is None or corners is None or not before.is_outline:
        return False
    return float(np.abs(before.corners - corners).max()) < 0.01 * float(np.hypot(*(corners[1] - corners[0])))


def _is_square(grid: Grid) -> bool:
    """Whether the lines of a zone stand one under the other; blur can make them look shifted by some characters."""
    zone = grid.outline(0.0)
    along, down = zone[1] - zone[0], zone[3] - zone[0]
    return abs(float(along @ down)) < 0.4 * float(np.hypot(*along)) * float(np.hypot(*down))


def _belongs(corners: Corners, grid: Grid) -> bool:
    """Whether an outline is that of the zone's document; an open passport shows two pages, a table its own edges.

    A zone stands along one of the long edges, and is as long as the nearer one of them allows, tilted or not.
    """
    sides = np.hypot(*(np.roll(corners, -1, axis=0) - corners).T)
    if sides[0] + sides[2] < 1.18 * (sides[1] + sides[3]):
        return False  # two pages, one above the other
    zone = grid.outline(0.5)
    middle, along = zone.mean(axis=0), zone[1] - zone[0]
    edges = ((corners[0], corners[1]), (corners[3], corners[2]))
    a, b = min(edges, key=lambda edge: float(np.hypot(*((edge[0] + edge[1]) / 2 - middle))))
    edge = (b - a).astype(np.float64)
    lengths = float(np.hypot(*along)), float(np.hypot(*edge))
    is_parallel = abs(float(along @ edge)) > 0.94 * lengths[0] * lengths[1]
    return is_parallel and 0.76 < lengths[0] / max(lengths[1], 1e-6) < 1.0


def _lies_across(corners: Corners, grid: Grid) -> bool:
    """Whether a zone stands aslant in an outline: one document lies upon another."""
    zone = grid.outline(0.5)
    along, top = zone[1] - zone[0], (corners[1] - corners[0]).astype(np.float64)
    side = (corners[2] - corners[1]).astype(np.float64)
    length = float(np.hypot(*along))
    if max(abs(float(along @ way)) / max(float(np.hypot(*way)), 1e-6) for way in (top, side)) > 0.97 * length:
        return False
    return all(cv2.pointPolygonTest(corners, (float(x), float(y)), True) > -0.1 * length for x, y in zone)


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
    frame: Picture,
    small: Picture,
    skin: Mask,
    scale: float,
    corners: Corners,
    grid: Grid | None,
    is_outline: bool,
    outline: Outline,
) -> Sight:
    height, width = frame.shape[:2]
    sides = [float(np.hypot(*(corners[(i + 1) % 4] - corners[i]))) for i in range(4)]
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
    on_small = (corners * scale).astype(np.float32)
    flat = cv2.warpPerspective(small, cv2.getPerspectiveTransform(on_small, goal), flat_size)[6:-6, 6:-6]
    light = cv2.cvtColor(flat, cv2.COLOR_BGR2GRAY)
    burnt, glare, spot = _burnt(flat)
    covered = hidden_share(skin, on_small)
    if grid is not None:
        band = _band(frame, grid)
        eaten, hidden = _lost_cells(band, grid)
        glare, covered = max(eaten, glare), max(covered, hidden)
    else:
        band = _middle(frame, corners)
    return Sight(
        corners=corners,
        is_outline=is_outline,
        grid=grid,
        width=max(max(sides[0], sides[2]) / width, max(sides[1], sides[3]) / height),
        margin=margin / width,
        tilt=tilt if shape[0] < ratio < shape[1] else 1.0,
        sharpness=sharpness(band),
        texture=float(light.std()),
        glare=glare,
        spot=spot,
        burnt=burnt,
        covered=covered,
        luma=float(light.mean()),
        count=outline.count,
        is_held=outline.is_held,
    )


def _band(frame: Picture, grid: Grid) -> Grey:
    """The zone, straightened, 16 to 24 pixels a character: fewer would make a blurred picture look sharp."""
    pitch = round(min(max(grid.pitch, 16.0), 24.0))
    size = (min(720, grid.columns * pitch), round(pitch * grid.step * grid.rows))
    goal = np.array([[0, 0], [size[0], 0], [size[0], size[1]], [0, size[1]]], np.float32)
    corners = grid.outline()
    limits = (frame.shape[1] - 8, frame.shape[0] - 8)
    x0, y0 = np.clip(corners.min(axis=0) - 2, 0, limits).astype(int)
    x1, y1 = np.clip(corners.max(axis=0) + 3, 8, (frame.shape[1], frame.shape[0])).astype(int)
    part = cv2.cvtColor(frame[y0 : max(y1, y0 + 8), x0 : max(x1, x0 + 8)], cv2.COLOR_BGR2GRAY)
    matrix = cv2.getPerspectiveTransform((corners - [x0, y0]).astype(np.float32), goal)
    return cv2.warpPerspective(part, matrix, size, flags=cv2.INTER_LINEAR)


def _middle(frame: Picture, corners: Corners) -> Grey:
    """The part of the frame inside the outline, at the frame's own resolution, at most 640 x 200."""
    x0, y0 = np.clip(corners.min(axis=0), 0, [frame.shape[1] - 8, frame.shape[0] - 8]).astype(int)
    x1, y1 = np.clip(corners.max(axis=0), 8, [frame.shape[1], frame.shape[0]]).astype(int)
    middle_x, middle_y = (x0 + x1) // 2, (y0 + y1) // 2
    half_x, half_y = min(320, (x1 - x0) * 2 // 5), min(100, (y1 - y0) * 2 // 5)
    part = frame[max(0, middle_y - half_y) : middle_y + half_y, max(0, middle_x - half_x) : middle_x + half_x]
    return cv2.cvtColor(part if part.size else frame[:16, :16], cv2.COLOR_BGR2GRAY)


def sharpness(grey: Grey) -> float:
    """How steep edges are for their own contrast: noise does not count as sharpness, low light not as blur.

    Taken tile by tile, so that a shadow or a large dark portrait does not hide sharp small print; 0.7 is sharp.
    """
    soft = cv2.GaussianBlur(grey, (0, 0), 1.0)
    slope = cv2.magnitude(cv2.Sobel(soft, cv2.CV_32F, 1, 0), cv2.Sobel(soft, cv2.CV_32F, 0, 1))
    rows, columns = (soft.shape[0] - 4) // _TILE, (soft.shape[1] - 4) // _TILE
    if rows < 1 or columns < 1:
        return 0.0
    inside = slice(2, 2 + columns * _TILE)
    contrasts, slopes = [], []
    for row in range(rows):
        lines = slice(2 + row * _TILE, 2 + (row + 1) * _TILE)
        contrasts.append(_contrast(soft[lines, inside], columns))
        slopes.append(_in_pieces(cv2.reduce(slope[lines, inside], 0, cv2.REDUCE_MAX), columns).max(axis=1))
    contrast, steep = np.concatenate(contrasts), np.concatenate(slopes).astype(np.float64)
    with_edges = contrast > max(30.0, 0.35 * float(contrast.max()))
    if with_edges.sum() < 3:
        return 0.0
    return float(np.percentile(steep[with_edges] / (4 * contrast[with_edges]), 75))


def _in_pieces(line: NDArray[np.generic], count: int) -> NDArray[np.generic]:
    """One line of pixels in ``count`` pieces of one width; what is left over on the right is dropped."""
    width = line.shape[1] // count
    return line[0, : count * width].reshape(count, width)


def _contrast(part: Grey, count: int) -> NDArray[np.float64]:
    """Brightest less darkest pixel of each of ``count`` pieces side by side."""
    brightest = _in_pieces(cv2.reduce(part, 0, cv2.REDUCE_MAX), count).max(axis=1)
    darkest = _in_pieces(cv2.reduce(part, 0, cv2.REDUCE_MIN), count).min(axis=1)
    contrast: NDArray[np.float64] = brightest.astype(np.float64) - darkest
    return contrast


def _lost_cells(band: Grey, grid: Grid) -> tuple[float, float]:
    """Shares of the zone without ink: eaten by light, or hidden by something. White paper alone is neither."""
    count = grid.columns // 2
    contrast, light = [], []
    for row in np.array_split(np.arange(band.shape[0]), grid.rows):
        part = band[row[0] : row[-1] + 1]
        contrast.append(_contrast(part, count))
        light.append(_in_pieces(cv2.reduce(part, 0, cv2.REDUCE_AVG, dtype=cv2.CV_32F), count).mean(axis=1))
    ink, paper = np.concatenate(contrast), np.concatenate(light)
    lost = ink < 0.45 * np.median(ink)
    is_bright = (paper > np.median(paper) + 8) & (paper > 200)
    return float(np.mean(lost & is_bright)), float(np.mean(lost & ~is_bright))


def _burnt(flat: Picture) -> tuple[float, float, float]:
    """Shares of the side without any tone, in spots, and in the worst place as large as a portrait.

    Single bright pixels of white paper are no spots.
    """
    lowest = cv2.min(cv2.min(flat[..., 0], flat[..., 1]), flat[..., 2])
    mask = cv2.compare(lowest, 246, cv2.CMP_GE)
    share = cv2.countNonZero(mask) / mask.size
    if share == 0:
        return 0.0, 0.0, 0.0
    spots = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
    window = (flat.shape[1] // 4, flat.shape[0] * 2 // 5)
    local = cv2.blur(spots, window, borderType=cv2.BORDER_REFLECT)
    return share, cv2.countNonZero(spots) / spots.size, float(local.max()) / 255
