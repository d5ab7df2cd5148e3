"""Specimens whose zone was painted over, cut or altered: what a reader must not be certain about."""

import random
from dataclasses import replace

import cv2
import numpy as np

from kiosk.documents.mrz_format import ALPHABET
from kiosk.training.draw import PX, Flat, Picture, Print, zone

WAYS = ("paper", "ink", "smear", "top", "bottom", "left", "right", "altered", "stain", "swapped", "cut")


def tamper(flat: Flat, way: str, rng: random.Random, how: Print) -> Flat:
    """Spoil one to three characters; the lines stay those that were printed, or become those that now are."""
    picture = flat.picture.copy()
    row = rng.randrange(len(flat.lines))
    written = [column for column, character in enumerate(flat.lines[row]) if character != "<"]
    column = rng.choice(written)
    x0, y0, x1, y1 = flat.cell(row, column)
    x1 += (rng.randint(1, 3) - 1) * (x1 - x0) if way in ("paper", "ink", "smear", "stain") else 0
    paper = np.median(picture[y0 - 12 : y0, x0:x1].reshape(-1, 3), axis=0).astype(np.uint8)
    cap = round(how.height * PX)
    base = y1 - round(0.5 * PX)
    lines = flat.lines
    if way in ("paper", "altered"):
        picture[y0:y1, x0:x1] = paper
    if way == "ink":
        picture[y0:y1, x0:x1] = 30
    if way == "smear":
        picture[y0:y1, x0:x1] = cv2.GaussianBlur(picture[y0:y1, x0:x1], (0, 0), 9)
    if way == "top":
        picture[y0 : base - cap * 2 // 3, x0:x1] = paper
    if way == "bottom":
        picture[base - cap // 3 : y1, x0:x1] = paper
    if way == "left":
        picture[y0:y1, x0 : x0 + (x1 - x0) * 2 // 5] = paper
    if way == "right":
        picture[y0:y1, x1 - (x1 - x0) * 2 // 5 : x1] = paper
    if way == "stain":
        middle = ((x0 + x1) // 2, (y0 + y1) // 2)
        cv2.ellipse(
            picture, middle, ((x1 - x0) * 3 // 5, (y1 - y0) // 3), rng.uniform(0, 180), 0, 360, (60, 70, 90), -1
        )
    if way == "swapped":
        other = rng.choice([place for place in written if place != column] or written)
        picture, lines = _swapped(flat, row, column, other)
    if way == "cut":
        shift = (x1 - x0) * rng.randint(1, 4)
        if rng.random() < 0.5:
            picture[:, -flat.cell(0, 0)[0] - shift :] = picture[:4, :4].mean(axis=(0, 1))
        else:
            picture[:, : flat.cell(0, 0)[0] + shift] = picture[:4, :4].mean(axis=(0, 1))
    if way == "altered":
        # A zero among letters is an O to everybody, and the other way round: such a pair is no alteration.
        other = rng.choice([mark for mark in ALPHABET if mark not in ("<", "0", "O", "1", "I", lines[row][column])])
        line = lines[row][:column] + other + lines[row][column + 1 :]
        lines = (*lines[:row], line, *lines[row + 1 :])
        left, bottom, step = flat.zone_at
        level = bottom - (len(lines) - 1 - row) * step
        zone(picture, left + column * 2.54, level, (other,), how)
    return replace(flat, picture=picture, lines=lines)


def _swapped(flat: Flat, row: int, one: int, other: int) -> tuple[Picture, tuple[str, ...]]:
    """Two characters of a line in each other's place, and the lines as they now stand."""
    picture = flat.picture.copy()
    a, b = flat.cell(row, one), flat.cell(row, other)
    width, height = min(a[2] - a[0], b[2] - b[0]), min(a[3] - a[1], b[3] - b[1])
    for to, source in ((a, b), (b, a)):
        taken = flat.picture[source[1] : source[1] + height, source[0] : source[0] + width]
        picture[to[1] : to[1] + height, to[0] : to[0] + width] = taken
    line = list(flat.lines[row])
    line[one], line[other] = line[other], line[one]
    return picture, (*flat.lines[:row], "".join(line), *flat.lines[row + 1 :])
