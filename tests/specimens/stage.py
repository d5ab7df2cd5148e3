"""The stage of labelled films: a tray, a document, hands and light; each frame knows what is true of it."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np

from kiosk.core.sources.document import Guidance, Side
from kiosk.training.draw import Flat, Picture, draw
from tests.specimens.film import FRAME, RATE, Grain, resting_pose
from tests.specimens.person import somebody
from tests.specimens.photograph import Pose, corners_of, place, tray

ENTERING = frozenset({Guidance.NO_DOCUMENT, Guidance.CENTER, Guidance.HOLD_STILL})
SETTLING = ENTERING | {Guidance.TAKING}  # hardly moves any more
_SKINS = ((140, 170, 215), (120, 150, 205), (80, 110, 165), (55, 80, 125))  # BGR


@dataclass(frozen=True)
class Shown:
    """One frame and its truth."""

    picture: Picture
    label: str  # what happens, in two words
    right: frozenset[Guidance]  # what may be said
    flaw: float | None = None  # None: no picture may be taken of this frame; 0: none is better


@dataclass(frozen=True)
class Scene:
    """One film. ``flat`` is the document that is to be taken; without one, nothing is ever to be taken."""

    name: str
    frames: Callable[[], Iterator[Shown]]
    flat: Flat | None = None
    side: Side = Side.FIRST
    first_had_zone: bool | None = None
    must: bool = True  # the document rests long enough: a picture is expected


class Stage:
    """The tray with one document, its resting pose and the sensor's noise."""

    def __init__(self, flat: Flat, seed: int) -> None:
        self.rng = random.Random(seed)
        self.ground = tray(FRAME, self.rng)
        self.flat = flat
        self.rest = resting_pose(flat, self.rng)
        self.grain = Grain(seed)
        self.skin = self.rng.choice(_SKINS)
        factor = 1.45 * FRAME[0] * self.rest.width / flat.picture.shape[1]
        if factor < 1:
            smaller = cv2.resize(flat.picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
            self.flat = replace(flat, picture=smaller)

    def lying(self, pose: Pose | None = None) -> Picture:
        return place(self.flat, pose or self.rest, self.ground)[0]

    def at(self, x: float, y: float, pose: Pose | None = None) -> tuple[float, float]:
        """Pixels of a place on the document, in shares of its width and height."""
        unit = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32)
        matrix = cv2.getPerspectiveTransform(unit, corners_of(self.flat, pose or self.rest, FRAME))
        point = cv2.perspectiveTransform(np.array([[[x, y]]], np.float32), matrix)[0, 0]
        return float(point[0]), float(point[1])

    def portrait_at(self) -> tuple[float, float]:
        """Middle of the portrait, in shares of the document."""
        box = {"passport": (6, 16, 33, 43), "french-id-1988": (7, 12, 29, 38)}.get(self.flat.kind, (5, 12, 27, 35))
        return (box[0] + box[2] / 2) / self.flat.size[0], (box[1] + box[3] / 2) / self.flat.size[1]

    def say(self, picture: Picture, label: str, *right: Guidance, flaw: float | None = None) -> Shown:
        return Shown(self.grain.on(picture), label, frozenset(right), flaw)

    def empty(self, seconds: float) -> Iterator[Shown]:
        for _ in range(round(seconds * RATE)):
            yield self.say(self.ground, "empty tray", Guidance.NO_DOCUMENT)

    def enter(self, to: Pose | None = None, count: int = 20) -> Iterator[Shown]:
        pose = to or self.rest
        for index in range(1, count + 1):
            left = (1 - index / count) ** 2
            picture = self.lying(replace(pose, y=pose.y + left * 1.2, turn=pose.turn + 8 * left))
            blurred = self.grain.on(cv2.blur(picture, (1, 1 + 2 * round(8 * left))))
            if left > 0.02:
                yield Shown(blurred, "entering", ENTERING)
            else:
                yield Shown(blurred, "settling", SETTLING, flaw=10 * left)

    def leave(self, count: int = 12) -> Iterator[Shown]:
        for index in range(1, count + 1):
            picture = self.lying(replace(self.rest, y=self.rest.y - 1.3 * (index / count) ** 2))
            yield Shown(self.grain.on(cv2.blur(picture, (1, 1 + index))), "leaving", ENTERING)

    def still(self, picture: Picture, seconds: float, label: str, *right: Guidance) -> Iterator[Shown]:
        for _ in range(round(seconds * RATE)):
            yield self.say(picture, label, *right)

    def good(self, seconds: float = 2.2) -> Iterator[Shown]:
        picture = self.lying()
        for _ in range(round(seconds * RATE)):
            yield self.say(picture, "good", Guidance.TAKING, flaw=0.0)

    def with_finger(self, picture: Picture, tip: tuple[float, float], start: tuple[float, float]) -> Picture:
        """A finger from ``start`` to ``tip`` and the hand behind it; changes the picture."""
        direction = np.array(tip) - np.array(start)
        length = max(float(np.hypot(*direction)), 1.0)
        width = round(FRAME[0] * self.rest.width * 15 / self.flat.size[0])  # 15 mm
        end = np.array(tip) - direction / length * width / 2
        points = [(round(float(v[0])), round(float(v[1]))) for v in (np.array(start), end)]
        dark = tuple(int(c * 0.72) for c in self.skin)
        cv2.line(picture, points[0], points[1], dark, width + 4, cv2.LINE_AA)
        cv2.line(picture, points[0], points[1], self.skin, width, cv2.LINE_AA)
        nail = (round(points[1][0] + direction[0] / length * width * 0.1), points[1][1])
        cv2.circle(picture, nail, width // 4, tuple(min(255, int(c * 1.12)) for c in self.skin), -1, cv2.LINE_AA)
        cv2.circle(picture, points[0], width * 2, self.skin, -1, cv2.LINE_AA)
        return picture


def flat_of(kind: str, side: str, seed: int) -> Flat:
    return draw(somebody(random.Random(seed)), kind, side, seed)
