"""Looks at the ink itself: a character that was cut, covered or blotted has not the height or the weight of the others.

Two recognisers can agree on what a spoiled character resembles; its shape still tells that it was spoiled.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.capture.grid import Grey
from kiosk.capture.rows import straight_line
from kiosk.capture.strips import MARGIN
from kiosk.documents.mrz_format import FILLER

_MOST_HEIGHT = 0.16  # share of a capital's height that top or foot may differ from the line's own
_MOST_ASIDE = 0.16  # pitches that the ink may begin or end away from where the character's does
_MOST_WEIGHT = 1.9  # times the ink of the line's usual character
_MOST_DRIFT = 0.35  # pitches; further away it is another glyph's ink

# Where the ink of each character begins and ends, in hundredths of a pitch from the cell's middle: the same in every
# cut of OCR-B (ISO 1073-2), and moved as one by weight and slant.
_ENDS = {
    "0": (-35, 35),
    "1": (-32, 12),
    "2": (-32, 32),
    "3": (-36, 33),
    "4": (-35, 35),
    "5": (-32, 28),
    "6": (-35, 36),
    "7": (-36, 34),
    "8": (-35, 36),
    "9": (-36, 34),
    "A": (-33, 35),
    "B": (-36, 34),
    "C": (-31, 26),
    "D": (-29, 31),
    "E": (-31, 31),
    "F": (-22, 30),
    "G": (-36, 31),
    "H": (-32, 31),
    "I": (-29, 25),
    "J": (-33, 18),
    "K": (-35, 33),
    "L": (-31, 35),
    "M": (-37, 34),
    "N": (-33, 33),
    "O": (-37, 33),
    "P": (-31, 35),
    "Q": (-37, 33),
    "R": (-29, 32),
    "S": (-31, 29),
    "T": (-35, 35),
    "U": (-33, 33),
    "V": (-36, 34),
    "W": (-35, 35),
    "X": (-34, 31),
    "Y": (-31, 32),
    "Z": (-32, 29),
    "<": (-34, 35),
}


def edge_slope(strips: list[Grey]) -> float:
    """How steep the ink's edges are: what share of its contrast lies between two pixels of a strip; 0 where no ink is.

    A print that is small, out of focus or enlarged has soft edges, whatever the size of its picture.
    """
    slopes = []
    for strip in strips:
        soft = cv2.GaussianBlur(strip, (0, 0), 0.8).astype(np.float32)
        across = cv2.Sobel(soft, cv2.CV_32F, 1, 0, scale=1 / 8)
        down = cv2.Sobel(soft, cv2.CV_32F, 0, 1, scale=1 / 8)
        ink, paper = np.percentile(soft, (4, 97))
        slopes.append(float(np.percentile(cv2.magnitude(across, down), 97)) / max(float(paper - ink), 1.0))
    return float(np.mean(slopes))


def odd_cells(strips: list[Grey], lines: tuple[str, ...], pitch: int) -> set[tuple[int, int]]:
    """Cells whose character is shorter, taller or blacker than those beside it, or not as broad as it should be."""
    odd: set[tuple[int, int]] = set()
    for row, (slanting, line) in enumerate(zip(strips, lines, strict=True)):
        strip = _in_place(slanting, line, pitch)
        tops, feet, weights = _measures(strip, len(line), pitch)
        written = np.array([character != FILLER for character in line])
        places = np.nonzero(written & ~np.isnan(tops))[0]
        if len(places) < 4:
            continue
        aside = _aside(strip, line, pitch)
        height = float(np.median(feet[places] - tops[places])) + 1
        usual = float(np.median(weights[places]))
        columns = np.nonzero(written)[0]
        near = places[np.argsort(np.abs(places[None] - columns[:, None]), axis=1, kind="stable")[:, :9]]
        away = np.maximum(
            np.abs(tops[columns] - np.median(tops[near], axis=1)), np.abs(feet[columns] - np.median(feet[near], axis=1))
        )
        moved = np.abs(aside[columns] - np.nanmedian(aside[near], axis=1)).max(axis=1)
        is_sound = (away <= _MOST_HEIGHT * height) & (weights[columns] <= _MOST_WEIGHT * usual) & (moved <= _MOST_ASIDE)
        odd |= {(row, column) for column in columns[~is_sound].tolist()}  # nan, where no ink is, is not sound
    return odd


def _in_place(strip: Grey, line: str, pitch: int) -> Grey:
    """The strip with every character in the middle of its cell: the grid of a turned picture drifts along the line."""
    off = _aside(strip, line, pitch).mean(axis=1)
    known = np.nonzero(np.abs(off) < _MOST_DRIFT)[0]
    if len(known) < 8:
        return strip
    slope, level = straight_line(known.astype(np.float64), off[known])
    x = np.arange(strip.shape[1], dtype=np.float64)
    wanted = x + pitch * (slope * ((x + 0.5) / pitch - MARGIN - 0.5) + level)
    places = np.broadcast_to(wanted.astype(np.float32), strip.shape)
    rows = np.broadcast_to(np.arange(strip.shape[0], dtype=np.float32)[:, None], strip.shape)
    return cv2.remap(strip, places, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def _aside(strip: Grey, line: str, pitch: int) -> NDArray[np.float64]:
    """How far the ink of every cell begins and ends from where its character's does, in pitches; n x 2."""
    return _sides(strip, len(line), pitch) - np.array([_ENDS[character] for character in line]) / 100


def _cells(strip: Grey, columns: int, pitch: int, reach: float) -> tuple[NDArray[np.float64], float]:
    """The ink, rows x cells x pixels, as far from the line's middle as ``reach`` pitches; and where ink begins."""
    ink = 255.0 - cv2.GaussianBlur(strip, (3, 3), 0).astype(np.float64)
    level, ground = float(np.percentile(ink, 96)), float(np.percentile(ink, 30))
    middle, away = strip.shape[0] // 2, round(reach * pitch)
    band = ink[max(0, middle - away) : middle + away, MARGIN * pitch : (MARGIN + columns) * pitch]
    return band.reshape(band.shape[0], columns, pitch), ground + 0.5 * (level - ground)


def _measures(
    strip: Grey, columns: int, pitch: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Top, foot and weight of the ink in every cell; nan where there is none."""
    cells, limit = _cells(strip, columns, pitch, 0.85)
    cells = cells[:, :, 2:-2]
    peak = cells.max(axis=2)  # rows x columns
    tops, feet = np.full(columns, np.nan), np.full(columns, np.nan)
    for column in range(columns):
        above = peak[:, column] > limit
        if above.any():
            rows = np.nonzero(above)[0]
            tops[column] = _crossing(peak[:, column], int(rows[0]), -1, limit)
            feet[column] = _crossing(peak[:, column], int(rows[-1]), 1, limit)
    return tops, feet, (cells > limit).mean(axis=(0, 2))


def _sides(strip: Grey, columns: int, pitch: int) -> NDArray[np.float64]:
    """Left and right end of the ink in every cell, in pitches from its middle; nan where there is none."""
    cells, limit = _cells(strip, columns, pitch, 0.6)
    peak = cells.max(axis=0)
    ends = np.full((columns, 2), np.nan)
    for column in range(columns):
        places = np.nonzero(peak[column, 2:-2] > limit)[0] + 2
        if len(places):
            first = _crossing(peak[column], int(places[0]), -1, limit)
            last = _crossing(peak[column], int(places[-1]), 1, limit)
            ends[column] = (first + 0.5) / pitch - 0.5, (last + 0.5) / pitch - 0.5
    return ends


def _crossing(profile: NDArray[np.float64], row: int, way: int, limit: float) -> float:
    """Where the ink begins or ends, finer than a pixel."""
    while 0 <= row + way < len(profile) and profile[row + way] > limit:
        row += way
    beside = row + way
    if not 0 <= beside < len(profile):
        return float(row)
    inside, outside = float(profile[row]), float(profile[beside])
    return row + way * (inside - limit) / max(inside - outside, 1e-6)
