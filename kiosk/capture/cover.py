"""Tells whether a hand lies over a document: skin that comes from outside and crosses its border.

A printed portrait is skin too, but it never reaches beyond the document's own edge.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.capture.shot import Corners, Picture

Mask = NDArray[np.uint8]

SKIN_SCALE = 0.5  # of the preview analysis' own picture: fingers are large
_SKIN = (np.array([35, 138, 70], np.uint8), np.array([255, 182, 121], np.uint8))  # Y, Cr, Cb, of every complexion
_LEAST = 0.004  # of the document's area: a finger's tip


def skin_of(small: Picture) -> Mask:
    """Where skin is seen, at half the size of ``small`` (BGR); 0 or 255."""
    tiny = cv2.resize(small, None, fx=SKIN_SCALE, fy=SKIN_SCALE, interpolation=cv2.INTER_NEAREST)
    return cv2.inRange(cv2.cvtColor(tiny, cv2.COLOR_BGR2YCrCb), *_SKIN)


def hidden_share(skin: Mask, corners: Corners) -> float:
    """Share of the document that a hand hides; corners in the pixels of the picture that ``skin_of`` was given."""
    area = max(float(cv2.contourArea(corners)) * SKIN_SCALE**2, 1.0)
    if cv2.countNonZero(skin) < _LEAST * area:
        return 0.0
    centre = corners.mean(axis=0)
    outside = cv2.bitwise_not(_filled(skin.shape, (centre + (corners - centre) * 1.03) * SKIN_SCALE))
    inside = _filled(skin.shape, (centre + (corners - centre) * 0.95) * SKIN_SCALE)
    ring = cv2.bitwise_and(outside, _filled(skin.shape, (centre + (corners - centre) * 1.12) * SKIN_SCALE))
    if cv2.mean(skin, ring)[0] > 0.5 * 255:
        return 0.0  # a wooden table has this colour all around
    closed = cv2.morphologyEx(skin, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    if min(cv2.countNonZero(cv2.bitwise_and(closed, part)) for part in (outside, inside)) < _LEAST * area:
        return 0.0  # nothing that could cross: spared what follows
    count, labels = cv2.connectedComponents(closed, connectivity=4)
    beyond = np.bincount(labels[outside > 0], minlength=count)
    within = np.bincount(labels[inside > 0], minlength=count)
    crossing = (beyond[1:] > _LEAST * area) & (within[1:] > _LEAST * area)
    return float(within[1:][crossing].sum()) / area


def _filled(shape: tuple[int, ...], corners: Corners) -> Mask:
    mask = np.zeros(shape[:2], np.uint8)
    cv2.fillConvexPoly(mask, corners.round().astype(np.int32), 255)
    return mask
