"""Tells whether a card's side bears a portrait: a head and shoulders before a plain ground.

No face is recognised or measured, nobody is told from anybody: it only tells an identity card from a bank card.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.capture.shot import Corners, Picture

_SIZE = (86, 54)  # one pixel a millimetre
_WINDOWS = ((22, 28), (26, 33), (30, 39))  # millimetres: photographs on cards of this size
_PATCH = (16, 20)


def portrait_turn(frame: Picture, corners: Corners) -> int | None:
    """Look for a photograph on the side inside these corners: 0 upright, 2 (quarter turns) upside down, None none."""
    goal = np.array([[0, 0], [4 * _SIZE[0], 0], [4 * _SIZE[0], 4 * _SIZE[1]], [0, 4 * _SIZE[1]]], np.float32)
    matrix = cv2.getPerspectiveTransform(corners.astype(np.float32), goal)
    flat = cv2.warpPerspective(frame, matrix, (4 * _SIZE[0], 4 * _SIZE[1]))
    small = cv2.cvtColor(cv2.resize(flat, _SIZE, interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2GRAY)
    upright, turned = portrait_score(small), portrait_score(np.ascontiguousarray(small[::-1, ::-1]))
    if max(upright, turned) <= 0:
        return None
    return 2 if turned > upright else 0


def portrait_score(small: NDArray[np.uint8]) -> float:
    """How much the best window looks like head and shoulders; 0 when none does."""
    best = 0.0
    for width, height in _WINDOWS:
        for top in range(2, _SIZE[1] - height - 1, 3):
            for left in range(2, _SIZE[0] - width - 1, 2):
                patch = cv2.resize(small[top : top + height, left : left + width], _PATCH, interpolation=cv2.INTER_AREA)
                best = max(best, _head(patch.astype(np.float32)))
    return best


def _head(patch: NDArray[np.float32]) -> float:
    spread = float(patch.std())
    if spread < 16:
        return 0.0
    ground = np.concatenate([patch[:9, :2].ravel(), patch[:9, -2:].ravel()])
    level = float(np.median(ground))
    if float(np.abs(ground - level).mean()) > 9:
        return 0.0  # behind the head the ground is plain on both sides
    if float(np.abs(patch[0, 3:-3] - level).mean()) > 22:
        return 0.0  # and above it
    away = np.abs(patch - level)
    head = away[4:, 5:11].mean(axis=1)
    if float(np.mean(head > 12)) < 0.9:
        return 0.0  # a person is there without a gap from hair to chest
    if min(float(away[-3:, 2:5].mean()), float(away[-3:, -5:-2].mean())) < 18:
        return 0.0  # shoulders are wider than the head
    mirrored = patch[:, ::-1]
    centred, other = patch - patch.mean(), mirrored - mirrored.mean()
    symmetry = float((centred * other).sum() / max(float(np.sqrt((centred**2).sum() * (other**2).sum())), 1e-6))
    return symmetry - 0.62 if symmetry > 0.62 else 0.0
