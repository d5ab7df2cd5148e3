"""From outside a kiosk does not tell what INSi answers: not by its screens, not by its waiting, not on the network."""

import statistics
from collections.abc import Iterator

import numpy as np
import pytest

from tests.outside.judge import area_under, judge
from tests.outside.watch import Seen, Watched, is_quick, told_apart

pytestmark = pytest.mark.long  # the judge computes for seconds

TURNS = 16
ANSWERED_LATER = 30.0  # seconds: longer than a whole walk may take on a busy machine


@pytest.fixture(scope="module")
def turns(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Seen]]:
    watched = Watched(tmp_path_factory.mktemp("outside"), slow=ANSWERED_LATER)
    try:
        yield watched.turns(TURNS)
    finally:
        watched.close()


@pytest.mark.timeout(300)
def test_the_screens_are_the_same_whoever_insi_knows_and_however_long_it_takes(turns: list[Seen]) -> None:
    kinds = {(turn.is_known, is_quick(turn)) for turn in turns}
    assert len(kinds) == 4, "known and unknown, quick and slow: the turns must be of every kind"
    for with_card in (True, False):
        screens = {turn.walked.screens for turn in turns if turn.with_card is with_card}
        assert len(screens) == 1, screens
        assert "working" in next(iter(screens))


def test_nobody_waits_for_insi(turns: list[Seen]) -> None:
    """A kiosk that waited at all would wait eight seconds for each of the slow ones."""
    slow = [turn.walked.lasted["working"] for turn in turns if not is_quick(turn)]
    quick = [turn.walked.lasted["working"] for turn in turns if is_quick(turn)]
    assert max(slow) < 8.0
    assert statistics.median(slow) < statistics.median(quick) + 1.0


def test_a_question_is_as_long_and_its_answer_too_whoever_it_is_about(turns: list[Seen]) -> None:
    questions = [told_apart(turn)[0] for turn in turns]
    assert len({one.received for one in questions}) == 1
    assert (
        max(one.sent for one in questions) - min(one.sent for one in questions) <= 2
    )  # a base64 signature is one size


def test_every_turn_is_one_question_and_one_check_in(turns: list[Seen]) -> None:
    for turn in turns:
        question, check_in, rest = told_apart(turn)
        assert question.began_at < check_in.began_at
        assert all(one.sent < question.sent for one in rest), "heartbeats, and nothing of the person"


CHANCE = np.random.default_rng(5)
LABELS = np.arange(200) % 2 == 0


def test_the_judge_calls_noise_a_guess() -> None:
    said = judge(CHANCE.normal(size=(200, 20)), LABELS)
    assert said.is_guessing and 0.38 < said.area < 0.62


@pytest.mark.parametrize("column", [0, 19])
def test_the_judge_finds_a_small_difference_among_noise(column: int) -> None:
    """Half a standard deviation, in one of twenty numbers: a wait that is a little longer for some."""
    some = CHANCE.normal(size=(400, 20))
    labels = np.arange(400) % 2 == 0
    some[labels, column] += 0.7
    said = judge(some, labels)
    assert said.low > 0.5


def test_the_judge_finds_what_is_more_scattered_for_some() -> None:
    some = CHANCE.normal(size=(200, 5))
    some[LABELS, 2] *= 4
    assert judge(some, LABELS).low > 0.5


def test_an_area_is_how_often_one_is_greater() -> None:
    labels = np.array([True, True, False, False])
    assert area_under(np.array([3.0, 4.0, 1.0, 2.0]), labels) == 1.0
    assert area_under(np.array([1.0, 1.0, 1.0, 1.0]), labels) == 0.5
    assert area_under(np.array([1.0, 4.0, 2.0, 3.0]), labels) == 0.5
