"""The picture of a turn is what ``step`` does today, shows all of it, and can be read."""

import re
from dataclasses import fields
from itertools import combinations
from typing import get_args

import pytest

from kiosk.core.turn import events as ev
from kiosk.core.turn import screens as sc
from kiosk.core.turn.step import Manners
from tests.maps.explore import Explored, explore
from tests.maps.ink import width_of
from tests.maps.picture import PICTURE, draw
from tests.maps.turn import TurnMap, turn_map

pytestmark = [pytest.mark.long, pytest.mark.timeout(400)]  # every turn there can be is played once


@pytest.fixture(scope="module")
def explored() -> Explored:
    return explore()


@pytest.fixture(scope="module")
def turn(explored: Explored) -> TurnMap:
    return turn_map(explored)


def test_the_picture_is_not_stale(turn: TurnMap) -> None:
    same = PICTURE.read_text(encoding="utf-8") == draw(turn)
    assert same, f"{PICTURE.name} shows another turn than step plays. run: make map"


def test_everything_that_can_happen_changes_something_somewhere(explored: Explored) -> None:
    assert set(get_args(ev.Event)) - explored.events == set()


def test_every_screen_is_reached(explored: Explored) -> None:
    seen = {type(screen) for screen in explored.screens.values()}
    assert set(get_args(sc.Screen)) - seen == set()


def test_every_patience_ends_somewhere(explored: Explored) -> None:
    ended = {edge.event for edge in explored.edges}
    assert {each.name for each in fields(Manners)} - ended == set()


def test_every_screen_is_drawn_or_said_in_a_box(explored: Explored, turn: TurnMap) -> None:
    said = {arrow.target for arrow in (*turn.everywhere, *turn.overlays, *turn.devices)}
    drawn = {place.name for place in turn.places}
    assert set(explored.screens) - said - drawn == set()


def test_something_leads_on_from_every_screen(explored: Explored, turn: TurnMap) -> None:
    lines = (*turn.arrows, *turn.everywhere, *turn.overlays, *turn.devices)
    leaving = {source for arrow in lines for source in arrow.sources}
    assert set(explored.screens) - leaving == set()


_TEXT = re.compile(r'<text x="(\d+)" y="(\d+)" font-size="(\d+)" [^>]*?(text-anchor="middle")?>([^<]*)</text>')


def test_no_word_is_small_or_lies_on_another() -> None:
    picture = PICTURE.read_text(encoding="utf-8")
    width = int(picture.split('width="')[1].split('"')[0])
    words: list[tuple[int, int, int, str]] = []
    for x, y, size, is_centred, said in _TEXT.findall(picture):
        long = width_of(said, int(size))
        left = int(x) - long // 2 if is_centred else int(x)
        assert int(size) >= 14 and left >= 0 and left + long <= width, said
        words.append((left, left + long, int(y), said))
    assert len(words) == picture.count("<text ")
    for (left, right, y, said), (other_left, other_right, other_y, other) in combinations(words, 2):
        beside = right <= other_left or other_right <= left
        assert beside or abs(y - other_y) >= 14, f"{said} lies on {other}"
