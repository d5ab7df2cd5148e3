"""Looks at the ink itself: a character that was cut, covered or blotted has not the height or the weight of the others.

Two recognisers can agree on what a spoiled character resembles; its shape still tells that it was spoiled.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.capture.grid import Grey
from kiosk.capture.strips import MARGIN
from kiosk.documents.mrz_format import FILLER

_MOST_HEIGHT = 0.16  # share of a capital's height that top or foot may differ from the line's own
_MOST_WEIGHT = 1.9  # times the ink of the line's usual character


def odd_cells(strips: list[Grey], lines: tuple[str, ...], pitch: int) -> set[tuple[int, int]]:
    """Cells whose character is shorter, taller or much blacker than those beside it."""
    odd: set[tuple[int, int]] = set()
    for row, (strip, line) in enumerate(zip(strips, lines, strict=True)):
        tops, feet, weights = _measures(strip, len(line), pitch)
        written = np.array([character != FILLER for character in line])
        places = np.nonzero(written & ~np.isnan(tops))[0]
        if len(places) < 4:
            continue
        height = float(np.median(feet[places] - tops[places])) + 1
        usual = float(np.median(weights[places]))
        for column in np.nonzero(written)[0].tolist():
            near = places[np.argsort(np.abs(places - column), kind="stable")[:9]]
            if np.isnan(tops[column]):
                odd.add((row, column))
                continue
            away = max(
                abs(float(tops[column] - np.median(tops[near]))), abs(float(feet[column] - np.median(feet[near])))
            )
            if away > _MOST_HEIGHT * height or weights[column] > _MOST_WEIGHT * usual:
                odd.add((row, column))
    return odd


def _measures(
    strip: Grey, columns: int, pitch: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Top, foot and weight of the ink in every cell; nan where there is none."""
    ink = 255.0 - cv2.GaussianBlur(strip, (3, 3), 0).astype(np.float64)
    level = float(np.percentile(ink, 96))
    ground = float(np.percentile(ink, 30))
    limit = ground + 0.5 * (level - ground)
    middle, reach = strip.shape[0] // 2, round(0.85 * pitch)
    band = ink[max(0, middle - reach) : middle + reach, MARGIN * pitch : (MARGIN + columns) * pitch]
    cells = band.reshape(band.shape[0], columns, pitch)[:, :, 2:-2]
    peak = cells.max(axis=2)  # rows x columns
    tops, feet = np.full(columns, np.nan), np.full(columns, np.nan)
    for column in range(columns):
        above = peak[:, column] > limit
        if above.any():
            rows = np.nonzero(above)[0]
            tops[column] = _crossing(peak[:, column], int(rows[0]), -1, limit)
            feet[column] = _crossing(peak[:, column], int(rows[-1]), 1, limit)
    return tops, feet, (cells > limit).mean(axis=(0, 2))


def _crossing(profile: NDArray[np.float64], row: int, way: int, limit: float) -> float:
    """Where the ink begins or ends, finer than a pixel."""
    beside = row + way
    if not 0 <= beside < len(profile):
        return float(row)
    inside, outside = float(profile[row]), float(profile[beside])
    return row + way * (inside - limit) / max(inside - outside, 1e-6)
