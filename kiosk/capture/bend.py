"""A page that does not lie flat (passeport bombé vers sa reliure): how far its columns stand from where a plane is.

Both offsets are cubics of the column, the same for every line, counted in cells.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_MOST = 4.0  # steps; what bends more is not a page
_CLOSE = 0.3  # cells; a glyph further from the fitted curve does not count
_LEAST_POINTS = 24


@dataclass(frozen=True, slots=True)
class Bend:
    """Offsets of a column from its place on the plane."""

    along: Floats  # cubic, highest power first: columns
    across: Floats  # rows
    columns: tuple[float, float]  # first and last that it was fitted to

    def most(self) -> float:
        """How far the page is from a plane, in steps of a column; lines are two and a half of them apart."""
        columns = np.linspace(*self.columns, 24)
        return float(
            max(np.abs(np.polyval(self.along, columns)).max(), 2.5 * np.abs(np.polyval(self.across, columns)).max())
        )

    def bent(self, cells: Floats) -> Floats:
        """From a cell as counted to where it stands on the plane."""
        column = self._within(cells[..., 0])
        off = np.stack([np.polyval(self.along, column), np.polyval(self.across, column)], -1)
        return np.asarray(cells + off, np.float64)

    def straight(self, seen: Floats) -> Floats:
        """From a place on the plane to the cell it is."""
        column = seen[..., 0]
        for _ in range(2):
            column = seen[..., 0] - np.polyval(self.along, self._within(column))
        return np.stack([column, seen[..., 1] - np.polyval(self.across, self._within(column))], -1)

    def moved(self, columns: int) -> "Bend":
        """The same bend counted from another first column."""
        shift = np.poly1d([1.0, float(columns)])
        ends = (self.columns[0] - columns, self.columns[1] - columns)
        return Bend(_shifted(self.along, shift), _shifted(self.across, shift), ends)

    def turned(self, columns: int) -> "Bend":
        """The same bend read upside down."""
        back = np.poly1d([-1.0, float(columns - 1)])
        ends = (columns - 1 - self.columns[1], columns - 1 - self.columns[0])
        return Bend(-_shifted(self.along, back), -_shifted(self.across, back), ends)

    def _within(self, column: Floats) -> Floats:
        """A cubic runs away outside what it was fitted to."""
        return np.clip(column, self.columns[0] - 1.5, self.columns[1] + 1.5)


def _shifted(cubic: Floats, shift: np.poly1d) -> Floats:
    moved = np.atleast_1d(np.poly1d(cubic)(shift).coeffs).astype(np.float64)
    return np.concatenate([np.zeros(4 - len(moved)), moved]) if len(moved) < 4 else moved[-4:]


def fit_bent(cells: Floats, pixels: Floats) -> tuple[Floats, Bend, NDArray[np.bool_]] | None:
    """Fit a plane and a bend to glyphs whose (column, row) is known; None when that explains them no better."""
    if len(cells) < _LEAST_POINTS:
        return None
    matrix, _ = cv2.findHomography(cells, pixels, 0)
    if matrix is None or not np.all(np.isfinite(matrix)) or abs(np.linalg.det(matrix)) < 1e-9:
        return None
    seen = cv2.perspectiveTransform(pixels[None], np.linalg.inv(matrix))[0]
    off = seen - cells
    inside = np.ones(len(cells), bool)
    ends = (float(cells[:, 0].min()), float(cells[:, 0].max()))
    bend = Bend(np.zeros(4), np.zeros(4), ends)
    for limit in (0.8, 0.45, _CLOSE):
        if inside.sum() < _LEAST_POINTS:
            return None
        column = cells[inside, 0]
        bend = Bend(np.polyfit(column, off[inside, 0], 3), np.polyfit(column, off[inside, 1], 3), ends)
        left = off - (bend.bent(cells) - cells)
        inside = np.hypot(left[:, 0], left[:, 1]) < limit
    if bend.most() > _MOST:
        return None
    return matrix.astype(np.float64), bend, inside
