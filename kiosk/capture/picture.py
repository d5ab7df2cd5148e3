"""Bytes of a picture to pixels, with hostile ones refused before they cost anything."""

import struct

import cv2
import numpy as np

from kiosk.capture.shot import Picture

_LARGEST_SIDE = 8000  # pixels
_LARGEST_AREA = 40_000_000
_LARGEST_BYTES = 40_000_000
_MOST_CHUNKS = 20_000


def decode(data: bytes) -> Picture | None:
    """Decode JPEG or PNG (8 or 16 bit) to BGR; None for anything else, and for sizes no camera here makes."""
    size = _size(data) if len(data) <= _LARGEST_BYTES else None
    if size is None:
        return None
    width, height = size
    if not (16 <= width <= _LARGEST_SIDE and 16 <= height <= _LARGEST_SIDE and width * height <= _LARGEST_AREA):
        return None
    try:
        picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error:
        return None
    if picture is None or picture.ndim != 3 or picture.dtype != np.uint8 or min(picture.shape[:2]) < 16:
        return None
    return picture


def _size(data: bytes) -> tuple[int, int] | None:
    """Read the size from the file's head, before any pixel is decoded."""
    if data[:8] == b"\x89PNG\r\n\x1a\n" and data[12:16] == b"IHDR" and len(data) > 33:
        width, height = struct.unpack(">II", data[16:24])
        return (width, height) if _is_whole_png(data) else None
    if data[:2] == b"\xff\xd8":
        return _jpeg_size(data)
    return None


def _is_whole_png(data: bytes) -> bool:
    """Every chunk ends within the file: OpenCV makes room for what a chunk says before it looks whether it is there."""
    at = 8
    for _ in range(_MOST_CHUNKS):
        if at + 12 > len(data):
            return False
        at += 12 + int.from_bytes(data[at : at + 4])
        if at > len(data):
            return False
        if data[at - 8 : at - 4] == b"IEND":
            return True
    return False


def _jpeg_size(data: bytes) -> tuple[int, int] | None:
    at = 2
    for _ in range(400):  # segments before the frame's own
        while at < len(data) and data[at] == 0xFF and at + 1 < len(data) and data[at + 1] == 0xFF:
            at += 1
        if at + 9 > len(data) or data[at] != 0xFF:
            return None
        mark = data[at + 1]
        if 0xC0 <= mark <= 0xCF and mark not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return width, height
        if mark == 0x01 or 0xD0 <= mark <= 0xD8:
            at += 2
            continue
        at += 2 + max(2, struct.unpack(">H", data[at + 2 : at + 4])[0])
    return None
