"""Tells which way up a zone stands, by where its fillers point."""

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.capture.grid import Grey, Grid
from kiosk.capture.strips import MARGIN, line_strips


def is_upside_down(grey: Grey, grid: Grid) -> bool:
    """Look where the fillers point: ``<`` to the left is the right way up."""
    pitch, height = 20, 30
    left, right = _arrow(pitch), np.ascontiguousarray(_arrow(pitch)[:, ::-1])
    balance = 0
    for strip in line_strips(grey, grid, pitch, height):
        ink = (255 - strip[:, round(MARGIN * pitch) : -round(MARGIN * pitch)]).astype(np.float32)
        to_left = cv2.matchTemplate(ink, left, cv2.TM_CCOEFF_NORMED).max(axis=0)
        to_right = cv2.matchTemplate(ink, right, cv2.TM_CCOEFF_NORMED).max(axis=0)
        cells = min(len(to_left) // pitch + 1, grid.columns)
        for column in range(cells):
            near = slice(max(0, column * pitch - 2), column * pitch + 10)
            a, b = float(to_left[near].max(initial=0.0)), float(to_right[near].max(initial=0.0))
            if max(a, b) > 0.55 and abs(a - b) > 0.15:
                balance += 1 if a > b else -1
    return balance < 0


def _arrow(pitch: int) -> NDArray[np.float32]:
    """A filler of no particular font: two strokes that meet on the left."""
    width, height = round(pitch * 0.75), round(pitch * 0.8)
    picture = np.zeros((height, width), np.uint8)
    middle = (1, height // 2)
    cv2.line(picture, middle, (width - 2, 1), 255, 2, cv2.LINE_AA)
    cv2.line(picture, middle, (width - 2, height - 2), 255, 2, cv2.LINE_AA)
    return cv2.GaussianBlur(picture, (3, 3), 0).astype(np.float32)
