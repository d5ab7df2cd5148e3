"""Labelled films: what happens before the camera, when a good picture is possible, what a person should be told."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np

from kiosk.core.document import Guidance, Side
from tests.specimens.draw import PX, Flat, Picture, draw, portrait, text
from tests.specimens.film import FRAME, RATE, Grain, resting_pose
from tests.specimens.person import ZOE, somebody
from tests.specimens.photograph import Pose, add_glare, place, tray

_DOCUMENTS = (
    ("french-id-2021", "front"),
    ("french-id-2021", "back"),
    ("french-id-1988", ""),
    ("passport", ""),
    ("residence-permit", "back"),
)


@dataclass(frozen=True)
class Shown:
    """One frame and its truth."""

    picture: Picture
    is_possible: bool = False  # a good picture can be taken of this frame
    told: frozenset[Guidance] | None = None  # what may be said by the end of this phase; None: not judged


@dataclass(frozen=True)
class Scene:
    name: str
    frames: Callable[[], Iterator[Shown]]
    side: Side = Side.FIRST
    first_had_zone: bool | None = None
    has_document: bool = True  # a picture is expected


class _Set:
    """The tray with one document, its resting pose and the sensor's noise."""

    def __init__(self, flat: Flat, seed: int) -> None:
        self.rng = random.Random(seed)
        self.ground = tray(FRAME, self.rng)
        self.flat = flat
        self.rest = resting_pose(flat, self.rng)
        self.grain = Grain(seed)
        factor = 1.45 * FRAME[0] * self.rest.width / flat.picture.shape[1]
        if factor < 1:
            smaller = cv2.resize(flat.picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
            self.flat = replace(flat, picture=smaller)

    def show(self, pose: Pose) -> Picture:
        return place(self.flat, pose, self.ground)[0]

    def empty(self, count: int) -> Iterator[Shown]:
        for _ in range(count):
            yield Shown(self.grain.on(self.ground), told=frozenset({Guidance.NO_DOCUMENT}))

    def enter(self, to: Pose, count: int = 20) -> Iterator[Shown]:
        for index in range(1, count + 1):
            left = (1 - index / count) ** 2
            picture = self.show(replace(to, y=to.y + left * 1.2, turn=to.turn + 8 * left))
            yield Shown(self.grain.on(cv2.blur(picture, (1, 1 + 2 * round(8 * left)))))

    def still(self, picture: Picture, seconds: float, possible: bool, *told: Guidance) -> Iterator[Shown]:
        for _ in range(round(seconds * RATE)):
            yield Shown(self.grain.on(picture), possible, frozenset(told) or None)

    def good(self, seconds: float = 2.2) -> Iterator[Shown]:
        yield from self.still(self.show(self.rest), seconds, True, Guidance.TAKING)


def scenes(count: int = 60, seed: int = 1) -> list[Scene]:
    """As many labelled films as asked for, every story in turn."""
    stories = (
        _laid, _shaken, _glared, _blurred_first, _too_far_first, _cut_first, _dark_first, _covered, _passing,
        _turn_over, _nothing, _bank_card, _blank_sheet, _face, _tilted_first,
    )  # fmt: skip
    rng = random.Random(seed)
    made: list[Scene] = []
    for index in range(count):
        kind, side = _DOCUMENTS[(index // len(stories) + index) % len(_DOCUMENTS)]
        one = rng.getrandbits(30)
        made.append(stories[index % len(stories)](kind, side, one))
    return made


def _flat(kind: str, side: str, seed: int) -> Flat:
    return draw(somebody(random.Random(seed)), kind, side, seed)


def _laid(kind: str, side: str, seed: int) -> Scene:
    def play() -> Iterator[Shown]:
        stage = _Set(_flat(kind, side, seed), seed)
        yield from stage.empty(8)
        yield from stage.enter(stage.rest)
        yield from stage.good()

    return Scene(f"laid {kind} {side}", play)


def _shaken(kind: str, side: str, seed: int) -> Scene:
    def play() -> Iterator[Shown]:
        stage = _Set(_flat(kind, side, seed), seed)
        yield from stage.enter(stage.rest)
        for index in range(30):
            pose = replace(stage.rest, x=stage.rest.x + 0.012 * (-1) ** index, turn=stage.rest.turn + (index % 3))
            yield Shown(stage.grain.on(cv2.blur(stage.show(pose), (9, 1))), told=frozenset({Guidance.HOLD_STILL}))
        yield from stage.good()

    return Scene(f"shaken {kind} {side}", play)


def _glared(kind: str, side: str, seed: int) -> Scene:
    def play() -> Iterator[Shown]:
        stage = _Set(_flat(kind, side, seed), seed)
        yield from stage.enter(stage.rest)
        lying = stage.show(stage.rest)
        height = 0.5 + 0.36 * stage.flat.size[1] / stage.flat.size[0] * stage.rest.width * FRAME[0] / FRAME[1]
        spot_y = height if stage.flat.lines else 0.48
        for index in range(35):
            x = FRAME[0] * (0.35 + 0.2 * index / 35)
            picture = add_glare(lying, (x, FRAME[1] * spot_y), (420, 150), 240, 10)
            told = frozenset({Guidance.GLARE}) if stage.flat.lines else None
            yield Shown(stage.grain.on(picture), told=told)
        yield from stage.good()

    return Scene(f"glare {kind} {side}", play)


def _blurred_first(kind: str, side: str, seed: int) -> Scene:
    def play() -> Iterator[Shown]:
        stage = _Set(_flat(kind, side, seed), seed)
        yield from stage.enter(stage.rest)
        blurred = cv2.GaussianBlur(stage.show(stage.rest), (0, 0), 3.2)
        yield from stage.still(blurred, 1.4, False, Guidance.HOLD_STILL)
        yield from stage.good()

    return Scene(f"blurred first {kind} {side}", play)


def _too_far_first(kind: str, side: str, seed: int) -> Scene:
    def play() -> Iterator[Shown]:
        stage = _Set(_flat(kind, side, seed), seed)
        far = replace(stage.rest, width=0.3)
        yield from stage.enter(far)
        yield from stage.still(stage.show(far), 1.2, False, Guidance.CLOSER)
        yield from stage.good()

    return Scene(f"too far first {kind} {side}", play)


def _cut_first(kind: str, side: str, seed: int) -> Scene:
    def play() -> Iterator[Shown]:
        stage = _Set(_flat(kind, side, seed), seed)
        aside = replace(stage.rest, x=0.5 - stage.rest.width * 0.62)
        yield from stage.enter(aside)
        yield from stage.still(stage.show(aside), 1.2, False, Guidance.CENTER)
        yield from stage.good()

    return Scene(f"cut first {kind} {side}", play)


def _dark_first(kind: str, side: str, seed: int) -> Scene:
    def play() -> Iterator[Shown]:
        stage = _Set(_flat(kind, side, seed), seed)
        dark = (stage.show(stage.rest) * 0.2).astype(np.uint8)
        yield from stage.still(dark, 1.4, False, Guidance.DARK)
        yield from stage.good()

    return Scene(f"dark first {kind} {side}", play)


def _tilted_first(kind: str, side: str, seed: int) -> Scene:
    def play() -> Iterator[Shown]:
        stage = _Set(_flat(kind, side, seed), seed)
        leaning = replace(stage.rest, tilt_x=38, width=stage.rest.width * 0.8)
        yield from stage.enter(leaning)
        yield from stage.still(stage.show(leaning), 1.2, False, Guidance.STRAIGHTEN)
        yield from stage.good()

    return Scene(f"tilted first {kind} {side}", play)


def _covered(kind: str, side: str, seed: int) -> Scene:
    def play() -> Iterator[Shown]:
        stage = _Set(_flat(kind, side, seed), seed)
        yield from stage.enter(stage.rest)
        for index in range(32):
            picture = stage.show(stage.rest)
            x = round(FRAME[0] * (0.42 + 0.004 * index))
            cv2.ellipse(picture, (x, FRAME[1] - 40), (150, 330), 8, 0, 360, (120, 150, 205), -1, cv2.LINE_AA)
            yield Shown(stage.grain.on(picture))
        yield from stage.good()

    return Scene(f"hand over {kind} {side}", play)


def _passing(kind: str, side: str, seed: int) -> Scene:
    def play() -> Iterator[Shown]:
        stage = _Set(_flat(kind, side, seed), seed)
        yield from stage.empty(5)
        for index in range(40):
            pose = replace(stage.rest, y=1.6 - index * 0.055)
            yield Shown(stage.grain.on(cv2.blur(stage.show(pose), (1, 15))))
        yield from stage.empty(15)

    return Scene(f"passing {kind} {side}", play, has_document=False)


def _turn_over(kind: str, side: str, seed: int) -> Scene:
    def play() -> Iterator[Shown]:
        stage = _Set(_flat("french-id-2021", "back", seed), seed)
        yield from stage.enter(stage.rest)
        yield from stage.still(stage.show(stage.rest), 1.4, False, Guidance.TURN_OVER)
        other = _Set(_flat("french-id-2021", "front", seed), seed + 1)
        yield from other.enter(other.rest)
        yield from other.good()

    return Scene("wrong side first", play, Side.SECOND, first_had_zone=True)


def _nothing(kind: str, side: str, seed: int) -> Scene:
    def play() -> Iterator[Shown]:
        yield from _Set(_flat(kind, side, seed), seed).empty(60)

    return Scene("no document", play, has_document=False)


def _other_thing(name: str, picture: Picture, size: tuple[float, float], seed: int, *told: Guidance) -> Scene:
    def play() -> Iterator[Shown]:
        stage = _Set(Flat(picture, size, (), "other", "front"), seed)
        yield from stage.enter(stage.rest)
        yield from stage.still(stage.show(stage.rest), 2.4, False, *told)

    return Scene(name, play, has_document=False)


def _bank_card(kind: str, side: str, seed: int) -> Scene:
    rng = random.Random(seed)
    size = (85.6, 54.0)
    y, x = np.mgrid[0 : round(54 * PX), 0 : round(85.6 * PX)].astype(np.float32)
    tint = np.array([rng.randint(60, 200) for _ in range(3)], np.float32)
    picture = np.clip(tint + (x / 18 + y / 25)[..., None], 0, 255).astype(np.uint8)
    cv2.rectangle(picture, (9 * PX, 20 * PX), (20 * PX, 29 * PX), (120, 190, 215), -1)
    for offset in (2, 5, 7):
        cv2.line(picture, (9 * PX, (20 + offset) * PX), (20 * PX, (20 + offset) * PX), (70, 130, 150), 2)
    text(picture, (7, 11), "BANQUE FANTAISIE", 3.4, bold=True, ink=(245, 245, 245))
    text(picture, (8, 39), "4970 1012 3456 7890", 4.0, bold=True, ink=(240, 240, 240))
    text(picture, (8, 48), "ZOE ADRUN      12/29", 2.4, ink=(240, 240, 240))
    cv2.circle(picture, (74 * PX, 45 * PX), 5 * PX, (60, 60, 220), -1, cv2.LINE_AA)
    return _other_thing("bank card", picture, size, seed, Guidance.NO_DOCUMENT)


def _blank_sheet(kind: str, side: str, seed: int) -> Scene:
    size = random.Random(seed).choice(((85.6, 54.0), (105.0, 74.0), (148.0, 105.0)))
    picture = np.full((round(size[1] * 8), round(size[0] * 8), 3), 232, np.uint8)
    return _other_thing("blank sheet", picture, size, seed, Guidance.NO_DOCUMENT)


def _face(kind: str, side: str, seed: int) -> Scene:
    def play() -> Iterator[Shown]:
        rng = random.Random(seed)
        ground = np.full((FRAME[1], FRAME[0], 3), (90, 100, 110), np.uint8)
        grain = Grain(seed)
        head = np.full((60 * PX, 46 * PX, 3), (90, 100, 110), np.uint8)
        portrait(head, (0, 0, 46, 60), random.Random(ZOE.surname))
        for index in range(60):
            picture = ground.copy()
            left = 360 + round(30 * np.sin(index / 9)) + rng.randint(-2, 2)
            picture[: FRAME[1], left : left + head.shape[1]] = head[: FRAME[1]]
            soft = cv2.GaussianBlur(picture, (0, 0), 3)
            yield Shown(grain.on(soft), told=frozenset({Guidance.NO_DOCUMENT, Guidance.CENTER, Guidance.FURTHER}))

    return Scene("a face", play, has_document=False)
