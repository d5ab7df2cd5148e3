"""Finds every dark mark of a picture that has the size of a character, whatever the light on it."""

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]
Floats = NDArray[np.float64]

_MOST_BLOBS = 1600  # a hostile picture is made of dots: the work stays bounded


def dark_marks(grey: Grey) -> Floats:
    """Dark marks the size of a character: n x 4 (centre x, y, width, height)."""
    soft = cv2.GaussianBlur(grey, (3, 3), 0)
    hat = cv2.morphologyEx(soft, cv2.MORPH_BLACKHAT, np.ones((15, 15), np.uint8))
    peak = cv2.dilate(cv2.resize(hat, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA), np.ones((9, 9), np.uint8))
    local = cv2.resize(peak, (grey.shape[1], grey.shape[0]), interpolation=cv2.INTER_LINEAR)
    limit = cv2.max(cv2.convertScaleAbs(local, alpha=0.62), np.full_like(local, 14))
    marks = cv2.compare(hat, limit, cv2.CMP_GT)
    count, _, stats, _ = cv2.connectedComponentsWithStats(marks, connectivity=8, ltype=cv2.CV_32S)
    if count < 2:
        return np.zeros((0, 4))
    box = stats[1:].astype(np.float64)
    width, height, area = box[:, 2], box[:, 3], box[:, 4]
    largest = np.maximum(width, height)
    keep = (
        (largest >= 5)
        & (largest <= 64)
        & (np.minimum(width, height) >= 2)
        & (area >= 6)
        & (area < 0.9 * width * height + 9)
    )
    box = box[keep]
    if len(box) > _MOST_BLOBS:
        box = box[np.argsort(-box[:, 4])[:_MOST_BLOBS]]
    return np.stack([box[:, 0] + (box[:, 2] - 1) / 2, box[:, 1] + (box[:, 3] - 1) / 2, box[:, 2], box[:, 3]], 1)
