"""Finds the machine-readable zone by its own grid: equal steps along a line, two or three parallel lines.

Any turn, any place, no need of the document's outline. It never reads a character: it says where each one stands.
"""

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.capture.bend import Bend, fit_bent
from kiosk.capture.marks import dark_marks
from kiosk.capture.rows import LEAST_CHAIN, Row, directions, first_column, row_groups

Grey = NDArray[np.uint8]
Floats = NDArray[np.float64]

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
        pixels: Floats = cv2.perspectiveTransform(cells[None].astype(np.float64), self.matrix)[0]
        return pixels

    def outline(self, margin: float = 0.7) -> Floats:
        """Four corners around the zone, in pixels: top left, top right, bottom right, bottom left."""
        right, bottom = self.columns - 1 + margin, self.rows - 1 + margin / self.step
        left, top = -margin, -margin / self.step
        return self.points(np.array([[left, top], [right, top], [right, bottom], [left, bottom]]))


def find_grid(grey: Grey) -> Grid | None:
    """Find the zone in a grey picture of at most about 1600 pixels a side; None when there is none."""
    blobs = dark_marks(grey)
    if len(blobs) < 2 * LEAST_CHAIN:
        return None
    best: Grid | None = None
    for direction, links in directions(blobs):
        for rows in row_groups(blobs, direction, links):
            for matrix, bend in _fits(rows):
                grid = _settle(blobs[:, :2], matrix, bend)
                if grid is not None and (best is None or grid.found > best.found):
                    best = grid
        if best is not None and best.support > 0.8:
            break
    return best


def _fits(rows: list[Row]) -> list[tuple[Floats, Bend | None]]:
    """Align the lines' columns and fit the plane, (column, row) to pixels; and a bent page where a plane fits badly."""
    longest = max(rows, key=lambda row: int(row.columns[-1]))
    target = int(longest.columns[-1])
    cells, pixels = [], []
    for index, row in enumerate(rows):
        shift = first_column(row, longest, target)
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
