"""Cuts each line of the zone out as a straight strip of even light, one cell exactly as wide as the next."""

import cv2
import numpy as np

from kiosk.capture.grid import Floats, Grey, Grid

MARGIN = 1  # cells of ground beside the line: one found a character off is still whole


def line_strips(grey: Grey, grid: Grid, pitch: int, height: int) -> list[Grey]:
    """One strip a line, ``pitch`` pixels a cell; cell c has its middle at ``(c + MARGIN + 0.5) * pitch``."""
    width = round((grid.columns + 2 * MARGIN) * pitch)
    source, scale = grey, 1.0
    while grid.pitch * scale > 1.8 * pitch:  # reduce first: no stroke is stepped over
        source = cv2.pyrDown(source)
        scale /= 2
    enlarge = np.array([[scale, 0, (scale - 1) / 2], [0, scale, (scale - 1) / 2], [0, 0, 1.0]])
    strips: list[Grey] = []
    for row in range(grid.rows):
        # strip pixel to (column, row): x/pitch - MARGIN - 0.5, and as many pixels a pitch downwards
        cells = np.array(
            [
                [1 / pitch, 0, -MARGIN - 0.5 + 0.5 / pitch],
                [0, 1 / (pitch * grid.step), row - (height / 2 - 0.5) / (pitch * grid.step)],
                [0, 0, 1.0],
            ]
        )
        if grid.bend is not None:
            strip = _bent_strip(source, grid, enlarge, cells, (width, height))
        else:
            strip = cv2.warpPerspective(
                source,
                enlarge @ grid.matrix @ cells,
                (width, height),
                flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP,
                borderMode=cv2.BORDER_REPLICATE,
            )
        strips.append(even_light(strip))
    return strips


def _bent_strip(source: Grey, grid: Grid, enlarge: Floats, cells: Floats, size: tuple[int, int]) -> Grey:
    """Follow the page's bend, column by column."""
    y, x = np.mgrid[0 : size[1], 0 : size[0]].astype(np.float64)
    places = np.stack([x, y], -1).reshape(1, -1, 2)
    seen = cv2.perspectiveTransform(places, cells).astype(np.float64)
    if grid.bend is not None:
        seen = grid.bend.bent(seen)
    pixels = cv2.perspectiveTransform(seen, enlarge @ grid.matrix).astype(np.float32).reshape(size[1], size[0], 2)
    return cv2.remap(source, pixels, None, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)


def even_light(strip: Grey) -> Grey:
    """Divide by the paper's own brightness and stretch the ink: shadow and dimness disappear."""
    size = strip.shape[0]
    paper = cv2.morphologyEx(strip, cv2.MORPH_CLOSE, np.ones((size // 3, size // 2), np.uint8))
    paper = cv2.GaussianBlur(paper, (0, 0), size / 4)
    flat = strip.astype(np.float32) / np.maximum(paper.astype(np.float32), 8.0)
    dark = float(np.percentile(flat, 3))
    spread = max(1.0 - dark, 0.12)
    return np.clip(235 - (1.0 - flat) / spread * 205, 0, 255).astype(np.uint8)
