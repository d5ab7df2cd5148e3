"""Finds the machine-readable zone by its own grid: equal steps along a line, two or three parallel lines.

Any turn, any place, no need of the document's outline. It never reads a character: it says where each one stands.
"""

from dataclasses import dataclass, replace
from itertools import combinations

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.capture.bend import Bend, fit_bent
from kiosk.capture.marks import dark_marks

Grey = NDArray[np.uint8]
Floats = NDArray[np.float64]

_NEIGHBOURS = 10
_LEAST_CHAIN = 5
_LEAST_BEND = 0.14  # steps; less is the glyphs' own unevenness
_FLAT = 0.93  # share of the glyphs that stand on a plane, under which the page may be bent


@dataclass(frozen=True, slots=True)
class Grid:
    """``matrix`` takes (column, row) of a cell's centre to pixels; column 0, row 0 is the first character."""

    matrix: Floats
    rows: int
    columns: int
    found: int  # glyphs that stand where the grid says
    step: float  # distance of two lines, in pitches
    pitch: float  # pixels between two characters, in the middle of the zone
    slack: tuple[int, ...]  # other places of the first column, when an end was not seen (offsets)
    bend: Bend | None = None  # of a page that does not lie flat

    @property
    def support(self) -> float:
        """Share of the cells where a glyph was found."""
        return self.found / (self.rows * self.columns)

    def scaled(self, factor: float) -> "Grid":
        """The same grid in a picture enlarged by ``factor`` (pixel centres stay pixel centres)."""
        shift = (factor - 1) / 2
        enlarge = np.array([[factor, 0, shift], [0, factor, shift], [0, 0, 1.0]])
        return replace(self, matrix=enlarge @ self.matrix, pitch=self.pitch * factor)

    def moved(self, columns: int) -> "Grid":
        """The grid begun ``columns`` further to the right."""
        shift = np.array([[1, 0, columns], [0, 1, 0], [0, 0, 1.0]])
        return replace(self, matrix=self.matrix @ shift, slack=(), bend=self.bend and self.bend.moved(columns))

    def turned(self) -> "Grid":
        """The same cells read upside down."""
        turn = np.array([[-1, 0, self.columns - 1], [0, -1, self.rows - 1], [0, 0, 1.0]])
        slack = tuple(-offset for offset in self.slack)
        return replace(self, matrix=self.matrix @ turn, slack=slack, bend=self.bend and self.bend.turned(self.columns))

    def points(self, cells: Floats) -> Floats:
        """Pixels of (column, row) pairs on the zone's plane, n x 2."""
        return cv2.perspectiveTransform(cells[None].astype(np.float64), self.matrix)[0].astype(np.float64)

    def outline(self, margin: float = 0.7) -> Floats:
        """Four corners around the zone, in pixels: top left, top right, bottom right, bottom left."""
        right, bottom = self.columns - 1 + margin, self.rows - 1 + margin / self.step
        left, top = -margin, -margin / self.step
        return self.points(np.array([[left, top], [right, top], [right, bottom], [left, bottom]]))


@dataclass(slots=True)
class _Row:
    points: Floats  # n x 2, along the line
    columns: NDArray[np.int64]  # n, from 0, holes allowed


def find_grid(grey: Grey) -> Grid | None:
    """Find the zone in a grey picture of at most about 1600 pixels a side; None when there is none."""
    blobs = dark_marks(grey)
    if len(blobs) < 2 * _LEAST_CHAIN:
        return None
    best: Grid | None = None
    for direction, links in _directions(blobs):
        for rows in _row_groups(blobs, direction, links):
            for matrix, bend in _fits(rows):
                grid = _settle(blobs[:, :2], matrix, bend)
                if grid is not None and (best is None or grid.found > best.found):
                    best = grid
        if best is not None and best.support > 0.8:
            break
    return best


def _directions(blobs: Floats) -> list[tuple[Floats, NDArray[np.int64]]]:
    """Let equally spaced triplets vote for a step; give the best steps with the links (pairs of blobs) that make it."""
    centre = blobs[:, :2]
    count = len(centre)
    near = min(_NEIGHBOURS, count - 1)
    z = (centre[:, 0] + 1j * centre[:, 1]).astype(np.complex64)
    far = np.abs(z[:, None] - z[None, :])
    np.fill_diagonal(far, np.inf)
    neighbours = np.argpartition(far, near - 1, axis=1)[:, :near]
    offset = centre[neighbours] - centre[:, None, :]  # n, k, 2
    length = np.hypot(offset[..., 0], offset[..., 1])
    size = np.maximum(blobs[:, 2], blobs[:, 3])
    ratio = length / size[:, None]
    usable = (ratio > 0.55) & (ratio < 2.0) & (length > 4)
    other = size[neighbours] / size[:, None]
    usable &= (other > 0.45) & (other < 2.2)
    first, second = np.triu_indices(near, 1)
    gap = np.hypot(*np.moveaxis(offset[:, first] + offset[:, second], 2, 0))
    mean = (length[:, first] + length[:, second]) / 2
    good = usable[:, first] & usable[:, second] & (gap < 0.24 * mean)
    who, which = np.nonzero(good)
    if len(who) < _LEAST_CHAIN:
        return []
    a, b = neighbours[who, first[which]], neighbours[who, second[which]]
    step = (centre[a] - centre[b]) / 2
    step[step[:, 0] < 0] *= -1
    angle = np.degrees(np.arctan2(step[:, 1], step[:, 0])) % 180
    pitch = np.log2(np.hypot(step[:, 0], step[:, 1]))
    bins = (60, 40)
    at = (np.minimum((angle / 3).astype(int), 59), np.clip(((pitch - 1.5) / 0.15).astype(int), 0, 39))
    votes = np.zeros(bins)
    np.add.at(votes, at, 1.0)
    padded = np.pad(np.concatenate([votes[-1:], votes, votes[:1]]), ((0, 0), (1, 1)))
    smooth = sum(padded[i : i + 60, j : j + 40] for i in range(3) for j in range(3))
    found: list[tuple[Floats, NDArray[np.int64]]] = []
    for _ in range(3):
        peak = np.unravel_index(int(np.argmax(smooth)), bins)
        if smooth[peak] < 2 * _LEAST_CHAIN:
            break
        turn = np.abs((angle - (peak[0] + 0.5) * 3 + 90) % 180 - 90)
        inside = (turn < 9) & (np.abs(pitch - (1.5 + (peak[1] + 0.5) * 0.15)) < 0.38)
        links = np.concatenate([np.stack([who, a], 1)[inside], np.stack([who, b], 1)[inside]])
        mean_turn = np.radians((peak[0] + 0.5) * 3 + np.median((angle[inside] - (peak[0] + 0.5) * 3 + 90) % 180 - 90))
        long = 2 ** np.median(pitch[inside])
        found.append((np.array([np.cos(mean_turn), np.sin(mean_turn)]) * long, links))
        around = np.abs((np.arange(60) - peak[0] + 30) % 60 - 30) <= 2
        smooth[np.ix_(around, np.abs(np.arange(40) - peak[1]) <= 2)] = 0
    return found


def _components(count: int, links: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    parent = list(range(count))

    def root(node: int) -> int:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for a, b in links.tolist():
        parent[root(a)] = root(b)
    groups: dict[int, list[int]] = {}
    for node in {int(n) for n in links.ravel()}:
        groups.setdefault(root(node), []).append(node)
    return [np.array(group) for group in groups.values() if len(group) >= 3]


def _row_groups(blobs: Floats, step: Floats, links: NDArray[np.int64]) -> list[list[_Row]]:
    """Chain linked blobs into lines, join broken lines, and give the likely pairs and triples of lines."""
    pitch = float(np.hypot(*step))
    along = step / pitch
    across = np.array([-along[1], along[0]])
    chains = []
    for members in _components(len(blobs), links):
        points = blobs[members, :2]
        chains.append(points[np.argsort(points @ along)])
    chains = sorted(chains, key=len, reverse=True)[:30]
    lines = _joined(chains, along, across, pitch)
    rows = [row for row in (_columns_of(points, along, pitch) for points in lines) if row is not None]
    rows = sorted(rows, key=lambda row: -len(row.points))[:8]
    rows.sort(key=lambda row: float(np.median(row.points @ across)))
    groups: list[tuple[int, list[_Row]]] = []
    for size in (3, 2):
        for chosen in combinations(rows, size):
            if _stand_together(chosen, along, across, pitch):
                groups.append((sum(len(row.points) for row in chosen), list(chosen)))
    groups.sort(key=lambda group: -group[0])
    return [group for _, group in groups[:4]]


def _joined(chains: list[Floats], along: Floats, across: Floats, pitch: float) -> list[Floats]:
    """Join the pieces of one line: glare or a stain had broken it."""
    lines: list[Floats] = []
    fits: list[tuple[float, float, float, float]] = []  # slope, level, start, end
    for chain in chains:
        at, level_at = chain @ along, chain @ across
        middle, height = float(at.mean()), float(level_at.mean())
        for index, (slope, level, start, end) in enumerate(fits):
            gap = max(start - float(at[-1]), float(at[0]) - end)
            if abs(height - (slope * middle + level)) < 0.45 * pitch and 0.4 * pitch < gap < 14 * pitch:
                joined = np.concatenate([lines[index], chain])
                lines[index] = joined[np.argsort(joined @ along)]
                fits[index] = (*_line(lines[index] @ along, lines[index] @ across), min(start, at[0]), max(end, at[-1]))
                break
        else:
            if len(chain) >= _LEAST_CHAIN:
                lines.append(chain)
                fits.append((*_line(at, level_at), float(at[0]), float(at[-1])))
    return lines


def _median(values: Floats) -> float:
    """The middle value: numpy's own median takes five times as long on few values."""
    middle = len(values) // 2
    return float(np.partition(values, middle)[middle])


def _line(x: Floats, y: Floats) -> tuple[float, float]:
    """A straight line through points, without being drawn by the odd one (Theil-Sen on halves)."""
    half = len(x) // 2
    if half == 0:
        return 0.0, _median(y)
    run = x[-half:] - x[:half]
    slope = _median((y[-half:] - y[:half]) / np.where(np.abs(run) < 1e-6, 1e-6, run))
    return slope, _median(y - slope * x)


def _columns_of(points: Floats, along: Floats, pitch: float) -> _Row | None:
    """Number the glyphs of a line: each gap is a whole number of steps, and the step changes slowly (perspective)."""
    at = points @ along
    gap = np.diff(at)
    single = (gap > 0.7 * pitch) & (gap < 1.35 * pitch)
    if single.sum() < 3:
        return None
    middle = (at[1:] + at[:-1]) / 2
    slope, level = 0.0, float(np.median(gap[single]))
    if single.sum() >= 8:
        slope, level = _line(middle[single], gap[single])
        if abs(slope) * (at[-1] - at[0]) > 0.7 * pitch:
            slope, level = 0.0, float(np.median(gap[single]))
    columns = [0]
    kept = [0]
    last = 0
    for index in range(1, len(at)):
        local = max(0.5 * pitch, slope * (at[index] + at[last]) / 2 + level)
        exact = (at[index] - at[last]) / local
        jump = round(exact)
        if jump == 0 or (abs(exact - jump) > 0.32 and jump < 4):
            continue  # half of a broken glyph, or two that the blur joined
        columns.append(columns[-1] + jump)
        kept.append(index)
        last = index
    if len(kept) < _LEAST_CHAIN or columns[-1] > 60:
        return None
    return _Row(points[kept], np.array(columns))


def _stand_together(rows: tuple[_Row, ...], along: Floats, across: Floats, pitch: float) -> bool:
    """Two or three lines of one zone: equal distance, the same extent."""
    centre = np.mean([(row.points[0] + row.points[-1]) @ along / 2 for row in rows])
    levels = []
    for row in rows:
        slope, level = _line(row.points @ along, row.points @ across)
        levels.append(slope * centre + level)
    gaps = np.diff(levels)
    if np.any(gaps < 1.4 * pitch) or np.any(gaps > 4.2 * pitch) or gaps.max() > 1.35 * gaps.min():
        return False
    starts = [float(row.points[0] @ along) for row in rows]
    ends = [float(row.points[-1] @ along) for row in rows]
    overlap = min(ends) - max(starts)
    return overlap > 0.35 * (max(ends) - min(starts)) and max(ends) - min(starts) > 18 * pitch


def _fits(rows: list[_Row]) -> list[tuple[Floats, Bend | None]]:
    """Align the lines' columns and fit the plane, (column, row) to pixels; and a bent page where a plane fits badly."""
    longest = max(rows, key=lambda row: int(row.columns[-1]))
    target = int(longest.columns[-1])
    cells, pixels = [], []
    for index, row in enumerate(rows):
        shift = _shift(row, longest, target)
        cells.append(np.stack([row.columns + shift, np.full(len(row.columns), index)], 1))
        pixels.append(row.points)
    pitch = float(np.median(np.hypot(*(np.diff(longest.points, axis=0) / np.diff(longest.columns)[:, None]).T)))
    places, seen = np.concatenate(cells).astype(np.float64), np.concatenate(pixels)
    fits: list[tuple[Floats, Bend | None]] = []
    fitted = _plane(places, seen, pitch)
    share = 0.0
    if fitted is not None:
        share = float(fitted[1].mean())
        if share >= 0.5:
            fits.append((fitted[0], None))
    if share < _FLAT:
        bent = fit_bent(places, seen)
        if bent is not None and bent[2].mean() > max(share, 0.6):
            fits.append(bent[:2])
    return fits


def _plane(cells: Floats, pixels: Floats, pitch: float) -> tuple[Floats, NDArray[np.bool_]] | None:
    matrix, inliers = cv2.findHomography(cells, pixels, cv2.RANSAC, 0.28 * pitch, maxIters=400, confidence=0.995)
    if matrix is None or not np.all(np.isfinite(matrix)) or abs(np.linalg.det(matrix)) < 1e-9:
        return None
    return matrix.astype(np.float64), inliers.ravel() > 0


def _measures(matrix: Floats, column: float, row: float) -> tuple[float, float]:
    """Pitch in pixels and distance of lines in pitches, around one cell."""
    probe = np.array([[[column, row], [column + 1, row], [column, row + 1]]])
    here, right, below = cv2.perspectiveTransform(probe, matrix)[0]
    pitch = float(np.hypot(*(right - here)))
    return pitch, float(np.hypot(*(below - here))) / max(pitch, 1e-6)


def _settle(points: Floats, matrix: Floats, bend: Bend | None) -> Grid | None:
    """Ask every blob for its cell, choose the format whose cells are best filled, fit again."""
    window: tuple[int, int, int, int] | None = None
    slack: tuple[int, ...] = ()
    found = 0
    for _ in range(2):
        try:
            back = np.linalg.inv(matrix)
        except np.linalg.LinAlgError:
            return None
        cells = cv2.perspectiveTransform(points[None], back)[0].astype(np.float64)
        if bend is not None:
            cells = bend.straight(cells)
        nearest = np.round(cells)
        _, step = _measures(matrix, float(np.median(nearest[:, 0])), 0.5)
        off = np.abs(cells - nearest) * [1.0, np.clip(step, 1.2, 4.2)]
        hit = (off[:, 0] < 0.3) & (off[:, 1] < 0.33) & (nearest[:, 0] > -20) & (nearest[:, 0] < 64)
        hit &= (nearest[:, 1] >= -2) & (nearest[:, 1] <= 4)
        table = np.zeros((7, 84), np.int64)
        table[nearest[hit, 1].astype(int) + 2, nearest[hit, 0].astype(int) + 20] = 1
        chosen = _best_window(table)
        if chosen is None:
            return None
        (top, left, rows, columns), slack, found = chosen
        inside = hit & (nearest[:, 1] >= top) & (nearest[:, 1] < top + rows)
        inside &= (nearest[:, 0] >= left) & (nearest[:, 0] < left + columns)
        pitch, _ = _measures(matrix, left + columns / 2, top + rows / 2)
        fitted = _refit(nearest[inside] - [left, top], points[inside], pitch, is_bent=bend is not None)
        if fitted is None:
            return None
        matrix, bend = fitted
        window = (top, left, rows, columns)
    if window is None:
        return None
    _, _, rows, columns = window
    pitch, step = _measures(matrix, (columns - 1) / 2, (rows - 1) / 2 - 0.5)
    if not 1.45 < step < 4.2 or pitch < 3 or found < 0.42 * rows * columns:
        return None
    corners = cv2.perspectiveTransform(
        np.array([[[0.0, 0], [columns - 1, 0], [columns - 1, rows - 1], [0, rows - 1]]]), matrix
    )
    if not cv2.isContourConvex(corners.astype(np.float32)):
        return None
    return Grid(matrix, rows, columns, found, step, pitch, slack, bend)


def _refit(cells: Floats, pixels: Floats, pitch: float, *, is_bent: bool) -> tuple[Floats, Bend | None] | None:
    bent = fit_bent(cells, pixels)
    if bent is not None and (is_bent or bent[1].most() > _LEAST_BEND):
        return bent[:2]
    plane = None if is_bent else _plane(cells, pixels, pitch)
    return None if plane is None else (plane[0], None)


def _best_window(table: NDArray[np.int64]) -> tuple[tuple[int, int, int, int], tuple[int, ...], int] | None:
    """Among 3x30, 2x36 and 2x44: the window of cells with most glyphs and fewest holes (top, left, rows, columns)."""
    sums = np.pad(table.cumsum(0).cumsum(1), ((1, 0), (1, 0)))
    best: tuple[float, tuple[int, int, int, int], int] | None = None
    for rows, columns in ((3, 30), (2, 36), (2, 44)):
        for top in range(table.shape[0] - rows + 1):
            inside = (
                sums[top + rows, columns:] - sums[top, columns:] - sums[top + rows, :-columns] + sums[top, :-columns]
            )
            left = int(np.argmax(inside))
            score = float(inside[left]) - 0.5 * rows * columns
            if best is None or score > best[0]:
                best = (score, (top, left, rows, columns), int(inside[left]))
    if best is None or best[0] < -0.1 * best[1][2] * best[1][3]:
        return None
    (top, left, rows, columns), found = best[1], best[2]
    inside = sums[top + rows, columns:] - sums[top, columns:] - sums[top + rows, :-columns] + sums[top, :-columns]
    others = [at - left for at in range(len(inside)) if at != left and abs(at - left) <= 6 and inside[at] >= found - 1]
    return (top - 2, left - 20, rows, columns), tuple(sorted(others, key=abs)), found


def _shift(row: _Row, longest: _Row, target: int) -> int:
    """Which column of the longest line a line's first glyph stands under: perpendicular, then by its ends."""
    if row is longest:
        return 0
    base = longest.points
    along = (base[-1] - base[0]) / max(float(np.hypot(*(base[-1] - base[0]))), 1e-6)
    under = (row.points[0] - base[0]) @ along
    positions = (base - base[0]) @ along
    square = float(np.interp(under, positions, longest.columns.astype(np.float64)))
    pitch = (positions[-1] - positions[0]) / max(target, 1)
    if under < positions[0]:
        square = under / pitch
    if under > positions[-1]:
        square = target + (under - positions[-1]) / pitch
    span = int(row.columns[-1])
    options = range(round(square) - 3, round(square) + 4)

    def cost(shift: int) -> float:
        left, right = abs(shift), abs(shift + span - target)
        return min(left, 2.5) + min(right, 2.5) + 0.35 * abs(shift - square)

    return min(options, key=cost)
