"""A small spread of labelled films before the guidance; ``tests.benchmarks.bench_films`` plays them all."""

from itertools import pairwise

import numpy as np
import pytest

from kiosk.capture.session import CaptureSession, CaptureSettings
from kiosk.core.sources.document import Guidance, Side
from tests.specimens.judge import judge
from tests.specimens.others import OTHERS
from tests.specimens.scenes import STORIES
from tests.specimens.stage import Scene, Stage, flat_of

pytestmark = pytest.mark.long  # reads pictures

_STORIES = {story.__name__.strip("_"): story for story in (*STORIES, *OTHERS)}


def film(name: str, kind: str = "french-id-2021", side: str = "front", seed: int = 3) -> Scene:
    return _STORIES[name](kind, side, seed)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("glare_on_portrait", Guidance.GLARE),
        ("finger_on_portrait", Guidance.COVERED),
        ("blurred_first", Guidance.BLURRED),
        ("too_near", Guidance.FURTHER),
        ("burnt", Guidance.BURNT),
        ("several", Guidance.ONE_ONLY),
    ],
)
def test_the_right_thing_is_said_and_then_the_picture_takes_itself(name: str, told: Guidance) -> None:
    verdict = judge(film(name))
    assert verdict.is_in_time
    assert not verdict.is_worse
    assert verdict.right_frames >= 0.95 * verdict.frames
    assert verdict.right_phases == verdict.phases
    assert told.value in {shown for _, shown in verdict.told}


@pytest.mark.parametrize("name", ["upside_down", "open_passport", "focus_breathes"])
def test_the_best_frame_is_taken_whole_and_the_right_way_up(name: str) -> None:
    verdict = judge(film(name, "passport", ""))
    assert verdict.is_in_time
    assert not verdict.is_worse


@pytest.mark.parametrize("name", ["bank_card", "letter", "hand_only"])
def test_what_is_no_identity_document_is_never_taken(name: str) -> None:
    verdict = judge(film(name))
    assert verdict.shot_after is None
    assert not verdict.is_false_shot
    assert verdict.right_frames >= 0.95 * verdict.frames


def test_after_some_seconds_without_a_document_the_instruction_is_put_in_other_words() -> None:
    stage = Stage(flat_of("passport", "", 1), 1)
    session = CaptureSession(Side.FIRST)
    frame = stage.grain.on(stage.ground)
    told = [session.feed(frame, second / 2).guidance for second in range(26)]
    assert told[:19] == [Guidance.NO_DOCUMENT] * 19
    assert told[-1] is Guidance.NOTHING_YET


def test_two_instructions_that_alternate_do_not_flicker() -> None:
    stage = Stage(flat_of("french-id-2021", "front", 2), 2)
    dark, glare = (stage.lying() * 0.2).astype(np.uint8), stage.lying()
    glare[:, 300:520] = 255
    session = CaptureSession(Side.FIRST)
    told = [session.feed(stage.grain.on((dark, glare)[index % 2]), index / 25).guidance for index in range(50)]
    changes = sum(one is not other for one, other in pairwise(told))
    assert changes <= 3
    assert Guidance.TAKING not in told


def test_the_size_of_a_document_is_told_from_its_outline_and_its_zone() -> None:
    for kind, side, shape in (
        ("french-id-2021", "front", "ID-1"),
        ("french-id-1988", "", "ID-2"),
        ("passport", "", "ID-3"),
    ):
        stage = Stage(flat_of(kind, side, 4), 4)
        session = CaptureSession(Side.FIRST)
        seen = [session.feed(stage.grain.on(stage.lying()), index / 25) for index in range(4)]
        assert seen[-1].shape == shape


def test_the_manual_button_takes_the_best_of_the_last_moment_not_the_last() -> None:
    stage = Stage(flat_of("french-id-2021", "back", 5), 5)
    sharp = stage.grain.on(stage.lying())
    session = CaptureSession(Side.FIRST, CaptureSettings(steady_seconds=60))
    session.feed(sharp, 0.0)
    for index in range(1, 6):
        session.feed(stage.grain.on(stage.ground), index / 25)
    shot = session.take_now()
    assert shot is not None
    assert np.array_equal(shot.frame, sharp)
