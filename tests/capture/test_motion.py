"""A hand that moved: its movement is found and taken out; what did not move is left alone."""

import functools
import math
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from kiosk.capture import motion
from kiosk.capture import reader as reading
from kiosk.capture.decide import Decided
from kiosk.capture.grid import Grid
from kiosk.capture.reader import DocumentReader, Zone, locate
from kiosk.documents.mrz_format import TD3
from kiosk.training.draw import draw, random_print
from tests.specimens.person import ZOE, somebody
from tests.specimens.photograph import Pose, blur_motion, photograph, place, tray
from tests.specimens.tamper import WAYS, tamper

pytestmark = pytest.mark.long  # reads pictures

TODAY = date(2026, 11, 21)


@pytest.fixture(scope="module")
def reader() -> Iterator[DocumentReader]:
    made = DocumentReader()
    yield made
    made.close()


@functools.cache
def _still() -> NDArray[np.uint8]:
    picture, _ = place(draw(ZOE, "passport", seed=3), Pose(width=0.66), tray((1920, 1080), random.Random(3)))
    return cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)


def _grid(grey: NDArray[np.uint8]) -> Grid:
    grid = locate(grey)
    assert grid is not None
    return grid


@functools.cache
def _still_grid() -> Grid:
    return _grid(_still())


@pytest.mark.parametrize("length", [7.0, 9.0, 11.0, 13.0])
@pytest.mark.parametrize("degrees", [0, 40, 90, 140])
def test_the_movement_is_found(length: float, degrees: int, monkeypatch: pytest.MonkeyPatch) -> None:
    found: list[tuple[float, float] | None] = []
    search = motion._movement
    monkeypatch.setattr(motion, "_movement", lambda ink: found.append(search(ink)) or found[-1])
    grey = _still()
    assert motion.stilled(blur_motion(grey, length, math.radians(degrees)), _still_grid()) is not None
    movement = found[0]
    assert movement is not None
    turned = (math.degrees(movement[1]) - degrees + 90) % 180 - 90
    assert abs(movement[0] - length) <= 2
    assert abs(turned) <= 12


@pytest.mark.parametrize("kind", ["passport", "french-id-1988", "residence-permit", "european-id"])
@pytest.mark.parametrize("condition", ["good", "glare", "jpeg", "lowlight", "small"])
def test_what_did_not_move_is_left_alone(kind: str, condition: str) -> None:
    photo = photograph(draw(ZOE, kind, seed=5), condition, 5)
    grey = cv2.cvtColor(photo.picture, cv2.COLOR_BGR2GRAY)
    assert motion.stilled(grey, _grid(grey)) is None


@pytest.mark.parametrize("factor", [0.3, 1.0, 3.0])
@pytest.mark.parametrize("columns", [-200, -44, 0, 44, 200])
def test_a_zone_at_the_edge_or_outside_is_no_trouble(factor: float, columns: int) -> None:
    grey = _still()
    moved = _still_grid().scaled(factor).moved(columns)
    result = motion.stilled(blur_motion(grey, 9, 0.4), moved)
    assert result is None or result.shape == grey.shape


def test_a_zone_that_fills_a_huge_picture_takes_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(motion, "_movement", lambda ink: pytest.fail("looked for"))
    grey = _still()
    large = cv2.resize(grey, None, fx=3, fy=3)
    grid = replace(_still_grid().scaled(3), rows=12)
    assert motion.stilled(large, grid) is None


@pytest.mark.parametrize("seed", [0, 1, 8, 9])  # none of them is read with certainty as it moved
def test_a_passport_that_moved_is_read_to_the_letter(reader: DocumentReader, seed: int) -> None:
    own = random.Random(seed)
    photo = photograph(draw(somebody(own), "passport", "", seed, random_print(own)), "motion", seed)
    reading = reader.read(photo.picture, TODAY)
    assert reading.mrz is not None
    assert (reading.mrz.lines, reading.mrz.accepted) == (photo.lines, True)


@pytest.mark.parametrize("way", WAYS)
def test_what_was_tampered_with_and_moved_is_never_accepted_as_something_else(reader: DocumentReader, way: str) -> None:
    """One of each way; ``make bench`` has thousands (tests/benchmarks/bench_tampered.py)."""
    own = random.Random(f"{way}-0")
    how = random_print(own)
    spoiled = tamper(draw(somebody(own), "passport", "", 0, how), way, own, how)
    photo = photograph(spoiled, "motion", 0)
    mrz = reader.read(photo.picture, TODAY).mrz
    assert mrz is None or not mrz.accepted or mrz.lines == photo.lines


def test_a_letter_cut_while_the_hand_moved_is_not_taken_for_another(reader: DocumentReader) -> None:
    """Blurred, an R without its right part is an F to both recognisers, and its ink hardly shows that it was cut."""
    one = 304804672048
    own = random.Random(one)
    how = random_print(own)
    spoiled = tamper(draw(somebody(own), "european-id", "", one, how), "right", own, how)
    photo = photograph(spoiled, "motion", one)
    mrz = reader.read(photo.picture, TODAY).mrz
    assert mrz is not None
    assert not mrz.accepted or mrz.lines == photo.lines


@pytest.mark.parametrize(
    ("first", "is_clear", "is_certain"), [("A", True, True), ("A", False, True), ("B", False, False)]
)
def test_what_moved_and_is_unclear_still_speaks_against_what_is_read_without_the_movement(
    reader: DocumentReader, monkeypatch: pytest.MonkeyPatch, first: str, is_clear: bool, is_certain: bool
) -> None:
    grey = _still()
    grid = _still_grid()

    def zone(text: str, is_clear: bool) -> Zone:
        return Zone(grid, Decided(TD3, (text,), (), True, 1.0), is_clear)

    readings = iter((zone(first, is_clear), zone("A", True)))
    monkeypatch.setattr(reader, "_read_grid", lambda *_: next(readings))
    monkeypatch.setattr(reading, "stilled", lambda *_: grey)
    found = reader.find_zone(grey)
    assert found is not None
    assert found.is_accepted is is_certain
