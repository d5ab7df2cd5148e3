"""Films of a document put into the kiosk's tray: entering, settling, staying; for simulated cameras."""

import functools
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.training.draw import Flat, Picture, draw
from kiosk.training.holder import SpecimenPerson
from tests.specimens.photograph import Pose, place, tray

FRAME = (1280, 720)
RATE = 25
_WIDTH_ID1 = 0.66  # of the frame; the larger documents fill the height


def resting_pose(flat: Flat, rng: random.Random) -> Pose:
    """How the document lies in the end: nearly straight, nearly in the middle."""
    tallest = 0.86 * FRAME[1] / (FRAME[0] * flat.size[1] / flat.size[0])
    return Pose(
        x=0.5 + rng.uniform(-0.015, 0.015),
        y=0.5 + rng.uniform(-0.015, 0.015),
        width=min(_WIDTH_ID1, tallest),
        turn=rng.uniform(-2.5, 2.5),
        tilt_x=rng.uniform(-3, 3),
        tilt_y=rng.uniform(-2, 2),
    )


class Grain:
    """The sensor's noise, drawn once and laid differently on each frame."""

    def __init__(self, seed: int, sigma: float = 1.5) -> None:
        self._noise = _noise(seed, sigma)
        self._rng = random.Random(seed)

    def on(self, picture: Picture) -> Picture:
        x, y = self._rng.randrange(64), self._rng.randrange(64)
        return cv2.add(picture, self._noise[y : y + FRAME[1], x : x + FRAME[0]], dtype=cv2.CV_8U)


@functools.lru_cache(2)  # 19 MB each
def _noise(seed: int, sigma: float) -> NDArray[np.int16]:
    draws = np.random.default_rng(seed)
    return draws.normal(0, sigma, (FRAME[1] + 64, FRAME[0] + 64, 3)).round().astype(np.int8).astype(np.int16)


def frames(flat: Flat, seed: int, enters: float = 0.9, stays: float = 1.4) -> Iterator[Picture]:
    """The empty tray, a hand's movement that brings the document, then rest with the sensor's noise."""
    rng = random.Random(f"film-{flat.kind}-{flat.side}-{seed}")
    ground = tray(FRAME, rng)
    grain = Grain(seed)
    rest = resting_pose(flat, rng)
    factor = 1.45 * FRAME[0] * rest.width / flat.picture.shape[1]
    if factor < 1:  # reduced once, not in every frame
        smaller = cv2.resize(flat.picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
        flat = replace(flat, picture=smaller)
    start_turn = rest.turn + rng.uniform(-14, 14)
    for _ in range(6):
        yield grain.on(ground)
    count = round(enters * RATE)
    last_y = 1.7
    for index in range(1, count + 1):
        left = (1 - index / count) ** 2  # slows down as it settles
        pose = replace(rest, y=rest.y + left * 1.2, turn=rest.turn + (start_turn - rest.turn) * left)
        picture, _ = place(flat, pose, ground)
        speed = abs(pose.y - last_y) * FRAME[1] * 0.4
        last_y = pose.y
        if speed > 2:
            picture = cv2.blur(picture, (1, int(min(speed, 31)) | 1))
        yield grain.on(picture)
    picture, _ = place(flat, rest, ground)
    picture = cv2.GaussianBlur(picture, (0, 0), 0.5)
    for _ in range(round(stays * RATE)):
        yield grain.on(picture)


def make_film(person: SpecimenPerson, kind: str, side: str, path: Path, seed: int = 1) -> Path:
    """Write the film of one side (``side``: "front", "back", "" the one with the zone) as MJPG in AVI."""
    flat = draw(person, kind, side, seed)
    return write_film(frames(flat, seed), path)


def write_film(pictures: Iterator[Picture], path: Path) -> Path:
    """Write pictures as a film; ``.mkv`` is lossless (FFV1), anything else MJPG."""
    path.parent.mkdir(parents=True, exist_ok=True)
    code = cv2.VideoWriter.fourcc(*("FFV1" if path.suffix == ".mkv" else "MJPG"))
    writer = cv2.VideoWriter(str(path), code, RATE, FRAME)
    if not writer.isOpened():
        raise OSError("the film cannot be written")
    writer.set(cv2.VIDEOWRITER_PROP_QUALITY, 92)
    try:
        for picture in pictures:
            writer.write(picture)
    finally:
        writer.release()
    return path
