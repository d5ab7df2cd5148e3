"""Undoes a moving hand: finds how far and which way the zone moved while it was taken, and takes that out again.

A straight, even movement multiplies each frequency by a known, real number (a sinc); Wiener's filter divides by it
where there is more picture than noise. What is looked for is the movement after which ink and paper lie apart best.
"""

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.capture.grid import Grey, Grid

_PITCH = 27.0  # pixels a character, when the movement is looked for: a larger zone is reduced first
_WINDOW = (400, 160)  # pixels that are looked at then: the first characters, for fillers have few directions
_MIDDLE = 6.5  # column in the middle of the window
_ALL = tuple((length, math.pi * step / 12) for length in (7.0, 10.0, 13.0) for step in range(12))
_QUICK = _ALL[0:12:3]  # pixels of movement at that size, and which way: enough to see that there was none
_COARSE = tuple(movement for movement in _ALL if movement not in _QUICK)
_FINER = tuple((length, angle) for length in (-1.5, 0.0, 1.5) for angle in (-0.13, 0.0, 0.13))
_NOISE = 0.01  # power of the noise beside the picture's
_LARGEST = 3_000_000  # pixels around a zone that are worth their memory: a frame of the kiosk's camera has two million
_EDGE = 12  # pixels at the border that are not judged: what moved in from outside is not known
_CLEAR = 0.012  # least that lies between ink and paper of what moved, of the square of their distance
_FAR = 2.2  # times as much is left, when the shortest movement is taken out of what did not move
_BETTER = 0.9  # a movement is believed when it leaves less than this share between ink and paper

_Floats = NDArray[np.floating]  # of 32 bits, but numpy's types of its Fourier transforms do not say so
_Waves = NDArray[np.complexfloating]


def stilled(grey: Grey, grid: Grid) -> Grey | None:
    """The picture with its zone as if it had not moved; None when it did not, or too far to tell."""
    place = _around(grey, grid, (-3.0, grid.columns + 2.0), 1.8)
    if not 0 < grey[place].size <= _LARGEST:
        return None
    factor = min(1.0, _PITCH / grid.pitch)
    middle = grid.points(np.array([[_MIDDLE, (grid.rows - 1) / 2]]))[0] * factor
    shift = np.array([[factor, 0, _WINDOW[0] / 2 - middle[0]], [0, factor, _WINDOW[1] / 2 - middle[1]]])
    window = cv2.warpAffine(grey, shift, _WINDOW, borderMode=cv2.BORDER_REPLICATE)
    movement = _movement(_ink_and_paper(window, _PITCH)[0])
    if movement is None:
        return None
    ink, paper = _ink_and_paper(grey[place], grid.pitch)
    height, width = ink.shape
    border = round(grid.pitch)
    below, beside = (cv2.getOptimalDFTSize(size + 2 * border) - size - border for size in ink.shape)
    wide = cv2.copyMakeBorder(ink, border, below, border, beside, cv2.BORDER_REPLICATE)
    sharp = _undone(np.fft.rfft2(wide), wide.shape, movement[0] / factor, movement[1])
    result = grey.copy()
    result[place] = np.clip((1 - sharp[border : border + height, border : border + width]) * paper, 0, 255)
    return result


def _movement(ink: _Floats) -> tuple[float, float] | None:
    """Length in pixels and angle of the movement that best explains the blur; None when there was none."""
    before = _between(ink)
    if before < _CLEAR:
        return None
    waves = np.fft.rfft2(ink)

    def between(movement: tuple[float, float]) -> float:
        return _between(_undone(waves, ink.shape, *movement))

    quick = min((between(movement), movement) for movement in _QUICK)
    if quick[0] > _FAR * before:
        return None
    _, coarse = min(quick, *((between(movement), movement) for movement in _COARSE))
    left, best = min((between(finer), finer) for finer in ((coarse[0] + a, coarse[1] + b) for a, b in _FINER))
    return best if left < _BETTER * before else None


def _between(ink: _Floats) -> float:
    """How far the pixels are from being either ink or paper, on average."""
    inside = ink[_EDGE:-_EDGE, _EDGE:-_EDGE]
    paper, black = np.percentile(inside[::2, ::2], (30, 96)).astype(np.float32)
    level = (inside - paper) / max(black - paper, np.float32(1e-6))  # 0 is paper, 1 is ink
    away: _Floats = np.abs(np.abs(level - np.float32(0.5)) - np.float32(0.5))
    return float(np.vdot(away, away)) / away.size


def _undone(waves: _Waves, shape: tuple[int, ...], length: float, angle: float) -> _Floats:
    """The picture of a spectrum (numpy's rfft2) without a movement: Wiener's filter, frequency by frequency."""
    down = np.fft.fftfreq(shape[0]).astype(np.float32)[:, None] * np.float32(length * math.sin(angle))
    right = np.fft.rfftfreq(shape[1]).astype(np.float32)[None, :] * np.float32(length * math.cos(angle))
    kept = np.sinc(right + down)
    return np.fft.irfft2(waves * (kept / (kept * kept + np.float32(_NOISE))), s=shape)


def _ink_and_paper(grey: Grey, pitch: float) -> tuple[_Floats, _Floats]:
    """The paper's own brightness, and how much darker than it each pixel is, from 0 to 1."""
    size = round(1.2 * pitch) | 1
    closed = cv2.morphologyEx(grey, cv2.MORPH_CLOSE, np.ones((size, size), np.uint8))
    paper = np.maximum(cv2.blur(closed, (size, size)).astype(np.float32), 8.0)
    return 1 - grey.astype(np.float32) / paper, paper


def _around(grey: Grey, grid: Grid, columns: tuple[float, float], margin: float) -> tuple[slice, slice]:
    """The upright rectangle of pixels around some of the zone's columns; ``margin`` in rows."""
    cells = [[column, row] for column in columns for row in (-margin, grid.rows - 1 + margin)]
    pixels = grid.points(np.array(cells))
    ends = np.clip([pixels.min(axis=0), pixels.max(axis=0)], 0, [grey.shape[1], grey.shape[0]]).astype(int)
    return slice(ends[0, 1], ends[1, 1]), slice(ends[0, 0], ends[1, 0])
