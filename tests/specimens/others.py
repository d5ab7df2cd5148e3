"""Films without an identity document at rest: nothing of them may ever be taken."""

import random
from collections.abc import Iterator
from dataclasses import replace

import cv2
import numpy as np

from kiosk.core.sources.document import Guidance
from kiosk.training.draw import PX, Flat, Picture, portrait, text
from tests.specimens.film import FRAME, Grain
from tests.specimens.person import ZOE
from tests.specimens.stage import ENTERING, Scene, Shown, Stage, flat_of


def _passing(kind: str, side: str, seed: int) -> Scene:
    def frames() -> Iterator[Shown]:
        stage = Stage(flat_of(kind, side, seed), seed)
        yield from stage.empty(0.2)
        for index in range(40):
            pose = replace(stage.rest, y=1.6 - index * 0.055)
            yield Shown(stage.grain.on(cv2.blur(stage.lying(pose), (1, 15))), "passing", ENTERING)
        yield from stage.empty(0.8)

    return Scene(f"passing {kind} {side}".strip(), frames)


def _nothing(kind: str, side: str, seed: int) -> Scene:
    def frames() -> Iterator[Shown]:
        stage = Stage(flat_of(kind, side, seed), seed)
        yield from stage.empty(9.9)
        yield from stage.still(stage.ground, 1.6, "still empty", Guidance.NOTHING_YET)

    return Scene("no document", frames)


def _hand_only(kind: str, side: str, seed: int) -> Scene:
    """An empty hand searches the tray."""

    def frames() -> Iterator[Shown]:
        stage = Stage(flat_of(kind, side, seed), seed)
        yield from stage.empty(0.3)
        for index in range(60):
            tip = (FRAME[0] * (0.5 + 0.1 * np.sin(index / 7)), FRAME[1] * (0.45 + 0.1 * np.cos(index / 5)))
            picture = stage.with_finger(stage.ground.copy(), tip, (tip[0] + 60, FRAME[1] + 60.0))
            yield stage.say(picture, "empty hand", Guidance.NO_DOCUMENT)

    return Scene("an empty hand", frames)


def _other_thing(name: str, picture: Picture, size: tuple[float, float], seed: int) -> Scene:
    def frames() -> Iterator[Shown]:
        stage = Stage(Flat(picture, size, (), "other", "front"), seed)
        yield from stage.enter()
        lying = stage.lying()
        waiting = (*ENTERING, Guidance.OTHER_THING)
        yield from stage.still(lying, 1.2, "other thing, first second", *waiting)
        yield from stage.still(lying, 2.4, "other thing", Guidance.OTHER_THING)
        yield from stage.leave()
        yield from stage.empty(0.8)

    return Scene(name, frames)


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
    return _other_thing("bank card", picture, size, seed)


def _blank_sheet(kind: str, side: str, seed: int) -> Scene:
    size = random.Random(seed).choice(((85.6, 54.0), (105.0, 74.0), (148.0, 105.0)))
    picture = np.full((round(size[1] * 8), round(size[0] * 8), 3), 226, np.uint8)
    return _other_thing("blank sheet", picture, size, seed)


def _letter(kind: str, side: str, seed: int) -> Scene:
    """A folded letter: lines of print like a document's, but neither zone nor portrait."""
    rng = random.Random(seed)
    size = rng.choice(((85.6, 54.0), (105.0, 74.0), (125.0, 88.0)))
    picture = np.full((round(size[1] * PX), round(size[0] * PX), 3), 222, np.uint8)
    for row in range(round(size[1] / 5) - 1):
        words = " ".join("".join(rng.choice("abcdefilmnoprstu") for _ in range(rng.randint(2, 9))) for _ in range(9))
        text(picture, (5, 6 + 5 * row), words[: round(size[0] / 2.2)], 2.0)
    return _other_thing("a letter", picture, size, seed)


def _face(kind: str, side: str, seed: int) -> Scene:
    """Somebody bends over the tray."""

    def frames() -> Iterator[Shown]:
        rng = random.Random(seed)
        ground = np.full((FRAME[1], FRAME[0], 3), (90, 100, 110), np.uint8)
        grain = Grain(seed)
        head = np.full((60 * PX, 46 * PX, 3), (90, 100, 110), np.uint8)
        portrait(head, (0, 0, 46, 60), random.Random(ZOE.surname))
        for index in range(70):
            picture = ground.copy()
            left = 360 + round(30 * np.sin(index / 9)) + rng.randint(-2, 2)
            picture[: FRAME[1], left : left + head.shape[1]] = head[: FRAME[1]]
            soft = cv2.GaussianBlur(picture, (0, 0), 3)
            right = frozenset({Guidance.NO_DOCUMENT, Guidance.CENTER, Guidance.FURTHER})
            yield Shown(grain.on(soft), "a face", right)

    return Scene("a face", frames)


OTHERS = (_passing, _nothing, _hand_only, _bank_card, _blank_sheet, _letter, _face)
