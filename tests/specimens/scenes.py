"""Labelled films of documents: what happens before the camera, when a good picture is possible, what should be told."""

import random
from collections.abc import Callable, Iterator
from dataclasses import replace

import cv2
import numpy as np

from kiosk.core.sources.document import Guidance, Side
from tests.specimens.film import FRAME
from tests.specimens.others import OTHERS
from tests.specimens.photograph import add_glare, place
from tests.specimens.stage import ENTERING, Scene, Shown, Stage, flat_of

Story = Callable[[str, str, int], Scene]

_DOCUMENTS = (
    ("french-id-2021", "front"),
    ("french-id-2021", "back"),
    ("french-id-1988", ""),
    ("passport", ""),
    ("residence-permit", "back"),
    ("residence-permit", "front"),
    ("european-id", ""),
)
_WITH_PORTRAIT = (("french-id-2021", "front"), ("french-id-1988", ""), ("passport", ""), ("residence-permit", "front"))


def scenes(count: int = 60, seed: int = 1) -> list[Scene]:
    """As many labelled films as asked for, every story in turn, each time with another document."""
    rng = random.Random(seed)
    stories = (*STORIES, *OTHERS)
    made: list[Scene] = []
    for index in range(count):
        kind, side = _DOCUMENTS[(index // len(stories) + index) % len(_DOCUMENTS)]
        made.append(stories[index % len(stories)](kind, side, rng.getrandbits(30)))
    return made


def _scene(name: str, kind: str, side: str, seed: int, play: Callable[[Stage], Iterator[Shown]]) -> Scene:
    flat = flat_of(kind, side, seed)
    return Scene(f"{name} {kind} {side}".strip(), lambda: play(Stage(flat, seed)), flat)


def _laid(kind: str, side: str, seed: int) -> Scene:
    def play(stage: Stage) -> Iterator[Shown]:
        yield from stage.empty(0.4)
        yield from stage.enter()
        yield from stage.good()

    return _scene("laid", kind, side, seed, play)


def _shaken(kind: str, side: str, seed: int) -> Scene:
    def play(stage: Stage) -> Iterator[Shown]:
        yield from stage.enter()
        for index in range(40):
            pose = replace(stage.rest, x=stage.rest.x + 0.012 * (-1) ** index, turn=stage.rest.turn + (index % 3))
            yield stage.say(cv2.blur(stage.lying(pose), (9, 1)), "shaking", Guidance.HOLD_STILL, Guidance.CENTER)
        yield from stage.good()

    return _scene("shaken", kind, side, seed, play)


def _glare_on_text(kind: str, side: str, seed: int) -> Scene:
    def play(stage: Stage) -> Iterator[Shown]:
        yield from stage.enter()
        lying = stage.lying()
        level = 0.86 if stage.flat.lines else 0.5
        for index in range(40):
            spot = stage.at(0.3 + 0.4 * index / 40, level)
            picture = add_glare(lying, spot, (420, 150), 240, 10)
            yield stage.say(picture, "glare on text", Guidance.GLARE)
        yield from stage.good()

    return _scene("glare on text", kind, side, seed, play)


def _glare_on_portrait(kind: str, side: str, seed: int) -> Scene:
    kind, side = _WITH_PORTRAIT[seed % len(_WITH_PORTRAIT)]

    def play(stage: Stage) -> Iterator[Shown]:
        yield from stage.enter()
        lying = stage.lying()
        x, y = stage.portrait_at()
        for index in range(40):
            spot = stage.at(x - 0.04 + 0.08 * index / 40, y)
            yield stage.say(add_glare(lying, spot, (190, 230), 245, 20), "glare on portrait", Guidance.GLARE)
        yield from stage.good()

    return _scene("glare on portrait", kind, side, seed, play)


def _blurred_first(kind: str, side: str, seed: int) -> Scene:
    def play(stage: Stage) -> Iterator[Shown]:
        yield from stage.enter()
        blurred = cv2.GaussianBlur(stage.lying(), (0, 0), 3.2)
        yield from stage.still(blurred, 1.6, "blurred", Guidance.BLURRED)
        yield from stage.good()

    return _scene("blurred first", kind, side, seed, play)


def _focus_breathes(kind: str, side: str, seed: int) -> Scene:
    """The lens hunts: every frame is good enough, some are better; the picture must be one of the best."""

    def play(stage: Stage) -> Iterator[Shown]:
        yield from stage.enter()
        lying = stage.lying()
        for index in range(60):
            sigma = 0.9 * abs((index + seed % 14) % 14 - 7) / 7
            picture = cv2.GaussianBlur(lying, (0, 0), sigma) if sigma > 0.2 else lying
            yield stage.say(picture, "good", Guidance.TAKING, flaw=sigma)

    return _scene("focus breathes", kind, side, seed, play)


def _too_far(kind: str, side: str, seed: int) -> Scene:
    def play(stage: Stage) -> Iterator[Shown]:
        far = replace(stage.rest, width=0.3)
        yield from stage.enter(far)
        yield from stage.still(stage.lying(far), 1.5, "too far", Guidance.CLOSER)
        yield from stage.good()

    return _scene("too far first", kind, side, seed, play)


def _too_near(kind: str, side: str, seed: int) -> Scene:
    """Lifted towards the lens until no border of it is seen, then laid down."""

    def play(stage: Stage) -> Iterator[Shown]:
        yield from stage.enter()
        near = replace(stage.rest, width=stage.rest.width * 2.1)
        for index in range(10):
            pose = replace(stage.rest, width=stage.rest.width * (1 + 0.11 * (index + 1)))
            right = (Guidance.HOLD_STILL, Guidance.FURTHER, Guidance.CENTER, Guidance.NO_DOCUMENT)
            yield stage.say(cv2.blur(stage.lying(pose), (5, 5)), "lifted", *right)
        yield from stage.still(stage.lying(near), 1.6, "too near", Guidance.FURTHER)
        yield from stage.good()

    return _scene("too near first", kind, side, seed, play)


def _cut(kind: str, side: str, seed: int) -> Scene:
    def play(stage: Stage) -> Iterator[Shown]:
        away = (-1) ** (seed % 2) * stage.rest.width * 0.62
        aside = replace(stage.rest, x=0.5 + away)
        if seed % 4 >= 2:
            aside = replace(stage.rest, y=0.5 + (-1) ** (seed % 2) * 0.42)
        yield from stage.enter(aside)
        yield from stage.still(stage.lying(aside), 1.5, "cut", Guidance.CENTER)
        yield from stage.good()

    return _scene("cut first", kind, side, seed, play)


def _dark(kind: str, side: str, seed: int) -> Scene:
    def play(stage: Stage) -> Iterator[Shown]:
        dark = (stage.lying() * 0.2).astype(np.uint8)
        yield from stage.still(dark, 1.6, "dark", Guidance.DARK)
        yield from stage.good()

    return _scene("dark first", kind, side, seed, play)


def _burnt(kind: str, side: str, seed: int) -> Scene:
    def play(stage: Stage) -> Iterator[Shown]:
        yield from stage.enter()
        burnt = cv2.convertScaleAbs(stage.lying(), alpha=1.5, beta=30)
        yield from stage.still(burnt, 1.6, "burnt", Guidance.BURNT)
        yield from stage.good()

    return _scene("burnt first", kind, side, seed, play)


def _tilted(kind: str, side: str, seed: int) -> Scene:
    def play(stage: Stage) -> Iterator[Shown]:
        leaning = replace(stage.rest, tilt_x=38, width=stage.rest.width * 0.8)
        yield from stage.enter(leaning)
        yield from stage.still(stage.lying(leaning), 1.5, "tilted", Guidance.STRAIGHTEN)
        yield from stage.good()

    return _scene("tilted first", kind, side, seed, play)


def _hand_over(kind: str, side: str, seed: int) -> Scene:
    """A whole hand from below, over the text or the zone."""

    def play(stage: Stage) -> Iterator[Shown]:
        yield from stage.enter()
        for index in range(40):
            picture = stage.lying()
            tip = stage.at(0.4 + 0.003 * index, 0.55)
            for finger in (-0.09, 0.0, 0.09):
                end = (tip[0] + finger * FRAME[0], tip[1] + abs(finger) * 300)
                stage.with_finger(picture, end, (tip[0] + finger * FRAME[0], FRAME[1] + 40.0))
            yield stage.say(picture, "hand over", Guidance.COVERED)
        yield from stage.good()

    return _scene("hand over", kind, side, seed, play)


def _finger_on_portrait(kind: str, side: str, seed: int) -> Scene:
    kind, side = _WITH_PORTRAIT[seed % len(_WITH_PORTRAIT)]

    def play(stage: Stage) -> Iterator[Shown]:
        yield from stage.enter()
        x, y = stage.portrait_at()
        for index in range(40):
            tip = stage.at(x + 0.02 * np.sin(index / 9), y)
            start = (-60.0, tip[1] + 60) if seed % 2 else (tip[0] - 40, -60.0)
            yield stage.say(stage.with_finger(stage.lying(), tip, start), "finger on portrait", Guidance.COVERED)
        yield from stage.good()

    return _scene("finger on portrait", kind, side, seed, play)


def _held_by_the_edge(kind: str, side: str, seed: int) -> Scene:
    """A thumb stays a centimetre over the edge, then lets go."""

    def play(stage: Stage) -> Iterator[Shown]:
        yield from stage.enter()
        for _ in range(40):
            tip = stage.at(1 - 11 / stage.flat.size[0], 0.4)
            picture = stage.with_finger(stage.lying(), tip, (FRAME[0] + 60.0, tip[1] + 30))
            yield stage.say(picture, "thumb on the edge", Guidance.COVERED)
        yield from stage.good()

    return _scene("held by the edge", kind, side, seed, play)


def _upside_down(kind: str, side: str, seed: int) -> Scene:
    """Nobody is asked to turn it round: it is taken, and kept the right way up."""

    def play(stage: Stage) -> Iterator[Shown]:
        stage.rest = replace(stage.rest, turn=stage.rest.turn + 180)
        yield from stage.enter()
        yield from stage.good()

    return _scene("upside down", kind, side, seed, play)


def _wrong_side(kind: str, side: str, seed: int) -> Scene:
    """The second side is asked for and the first is shown again; then it is turned over."""
    kind = ("french-id-2021", "residence-permit")[seed % 2]
    first, second = ("back", "front") if seed % 4 < 2 else ("front", "back")
    wrong, wanted = flat_of(kind, first, seed), flat_of(kind, second, seed)

    def frames() -> Iterator[Shown]:
        stage = Stage(wrong, seed)
        yield from stage.enter()
        yield from stage.still(stage.lying(), 1.8, "wrong side", Guidance.TURN_OVER)
        other = Stage(wanted, seed + 1)
        for shown in (*stage.leave(), *other.enter()):
            yield replace(shown, right=shown.right | {Guidance.TURN_OVER})  # while it is being turned over
        yield from other.good()

    return Scene(f"wrong side first {kind} {first}", frames, wanted, Side.SECOND, first_had_zone=first == "back")


def _several(kind: str, side: str, seed: int) -> Scene:
    """Two cards at once, apart or one on the other; then one is taken away."""
    kind, side = (("french-id-2021", "front"), ("residence-permit", "back"))[seed % 2]
    second = flat_of("french-id-2021", "back", seed + 1)

    def play(stage: Stage) -> Iterator[Shown]:
        if seed % 4 < 2:
            one = replace(stage.rest, x=0.26, width=0.44)
            both = place(second, replace(stage.rest, x=0.745, width=0.44, turn=2), stage.lying(one))[0]
        else:
            both = place(second, replace(stage.rest, x=0.66, y=0.6, width=0.42, turn=24), stage.lying())[0]
        for _ in range(45):
            yield stage.say(both, "several", Guidance.ONE_ONLY)
        yield from stage.good()

    return _scene("several at once", kind, side, seed, play)


def _laid_and_taken_away(kind: str, side: str, seed: int) -> Scene:
    """It rests too short for a picture: nothing is expected, and nothing bad may be taken."""
    flat = flat_of(kind, side, seed)

    def frames() -> Iterator[Shown]:
        stage = Stage(flat, seed)
        yield from stage.enter()
        yield from stage.good(0.32)
        yield from stage.leave()
        yield from stage.empty(1.0)

    return Scene(f"taken away at once {kind} {side}".strip(), frames, flat, must=False)


def _open_passport(kind: str, side: str, seed: int) -> Scene:
    """The booklet lies open: the other page reaches out of the picture, only the one with the zone is wanted."""
    flat = flat_of("passport", "", seed)

    def play(stage: Stage) -> Iterator[Shown]:
        stage.rest = replace(stage.rest, y=0.56, width=0.6, turn=0.0, tilt_x=0.0, tilt_y=0.0)
        blank = replace(flat, picture=np.full_like(stage.flat.picture, 214), lines=())
        height = stage.rest.width * FRAME[0] / FRAME[1] * flat.size[1] / flat.size[0]
        empty = stage.ground
        yield from stage.empty(0.3)
        for away in (0.5, 0.3, 0.15, 0.06, 0.02):
            above = replace(stage.rest, y=stage.rest.y + away - height)
            stage.ground = place(blank, above, empty)[0]
            yield Shown(stage.grain.on(stage.lying(replace(stage.rest, y=stage.rest.y + away))), "entering", ENTERING)
        stage.ground = place(blank, replace(stage.rest, y=stage.rest.y - height), empty)[0]
        yield from stage.good()

    return Scene("open passport", lambda: play(Stage(flat, seed)), flat)


STORIES: tuple[Story, ...] = (
    _laid,
    _shaken,
    _glare_on_text,
    _glare_on_portrait,
    _blurred_first,
    _focus_breathes,
    _too_far,
    _too_near,
    _cut,
    _dark,
    _burnt,
    _tilted,
    _hand_over,
    _finger_on_portrait,
    _held_by_the_edge,
    _upside_down,
    _wrong_side,
    _several,
    _open_passport,
    _laid_and_taken_away,
)
