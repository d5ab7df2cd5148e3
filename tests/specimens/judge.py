"""Judges the guidance on labelled films: was the picture taken in time, was it the best, was the right thing said.

How agreement is measured. Every frame bears the set of instructions that are right for it. Hysteresis keeps an
instruction for 0.7 s so that it can be read: an instruction that was right at most ``GRACE`` seconds ago is right
too. Every other frame must show a right one, and no frame is left out. A phase is right when its last frame is; a
phase shorter than ``GRACE`` counts by its frames alone.
"""

import zlib
from collections import Counter
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.capture.session import CaptureSession
from kiosk.core.sources.document import Guidance
from kiosk.training.draw import Flat
from tests.specimens.film import RATE
from tests.specimens.stage import Scene, Shown

GRACE = 0.8  # seconds
IN_TIME = 1.5  # seconds from the first frame of which a good picture can be taken
_FLAW_APART = 0.5  # pixels: blurs that differ by less than half a pixel are the same to every eye


@dataclass
class Verdict:
    """What one film showed."""

    name: str
    is_expected: bool  # a picture had to be taken
    shot_after: float | None = None  # seconds after it became possible
    is_false_shot: bool = False  # without a document, of a frame of which none may be taken, or lying wrong
    is_worse: bool = False  # a better frame of the same spell existed
    frames: int = 0
    right_frames: int = 0
    phases: int = 0
    right_phases: int = 0
    changes: int = 0  # how often the instruction shown changed
    seconds: float = 0.0
    told: Counter[tuple[str, str]] = field(default_factory=Counter)  # (label, shown): frames

    @property
    def is_in_time(self) -> bool:
        return self.shot_after is not None and self.shot_after <= IN_TIME and not self.is_false_shot


def judge(scene: Scene) -> Verdict:
    """Play one film to its end, or until the picture takes itself."""
    session = CaptureSession(scene.side, first_had_zone=scene.first_had_zone)
    verdict = Verdict(scene.name, scene.flat is not None and scene.must)
    flaws: dict[int, float | None] = {}
    possible_at: float | None = None
    spell: list[float] = []
    last: tuple[Shown, Guidance] | None = None
    right_until = {Guidance.NO_DOCUMENT: 0.0}  # what the screen says before the first frame
    changed_at = 0.0
    for index, shown in enumerate(scene.frames()):
        now = index / RATE
        if last is None or last[0].right != shown.right:
            if last is not None:
                _end_phase(verdict, last, now - changed_at)
            changed_at = now
        flaws[_mark(shown.picture)] = shown.flaw
        if shown.flaw is None:
            possible_at, spell = None, []
        else:
            possible_at = now if possible_at is None else possible_at
            spell.append(shown.flaw)
        seen = session.feed(shown.picture, now)
        right_until.update(dict.fromkeys(shown.right, now))
        is_right = now - right_until.get(seen.guidance, -GRACE - 1) <= GRACE
        verdict.frames += 1
        verdict.right_frames += is_right
        verdict.told[shown.label, "" if is_right and seen.guidance not in shown.right else seen.guidance.value] += 1
        verdict.changes += last is not None and last[1] is not seen.guidance
        verdict.seconds = now
        last = (shown, seen.guidance)
        if seen.shot is not None:
            flaw = flaws.get(_mark(seen.shot.frame))
            if scene.flat is None or flaw is None or possible_at is None:
                verdict.is_false_shot = True
            else:
                verdict.shot_after = now - possible_at
                verdict.is_worse = flaw > min(spell) + _FLAW_APART
                verdict.is_false_shot = not is_upright(seen.shot.picture, scene.flat)
            break
    if last is not None:
        _end_phase(verdict, last, verdict.seconds - changed_at + 1 / RATE)
    return verdict


def _end_phase(verdict: Verdict, last: tuple[Shown, Guidance], seconds: float) -> None:
    if seconds > GRACE:
        verdict.phases += 1
        verdict.right_phases += last[1] in last[0].right


def is_upright(kept: NDArray[np.uint8], flat: Flat) -> bool:
    """Whether a kept picture shows this side, whole and the right way up."""

    def thumb(picture: NDArray[np.uint8]) -> NDArray[np.float64]:
        grey = cv2.cvtColor(cv2.resize(picture, (96, 64), interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2GRAY)
        small = grey.astype(np.float64)
        return (small - small.mean()) / max(float(small.std()), 1e-6)

    seen, true = thumb(kept), thumb(flat.picture)
    alike, turned = float((seen * true).mean()), float((seen[::-1, ::-1] * true).mean())
    return alike > 0.6 and alike > turned


def _mark(picture: NDArray[np.uint8]) -> int:
    """A number that tells one frame from another."""
    return zlib.crc32(picture[::16, ::16].tobytes())
