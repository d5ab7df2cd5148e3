"""The glass stands where a trait is printed: tried on documents whose every cell is known, as they were drawn."""

from dataclasses import replace
from datetime import date

import pytest

from kiosk.console.identities.zone_places import places, side_of
from kiosk.core.sources.document import MrzReading, Side
from kiosk.documents.mrz import NotMrz, parse
from kiosk.training.draw import PX, Flat, draw
from kiosk.training.holder import SpecimenPerson

WHO = SpecimenPerson("ROUSSEL", ("CAMILLE", "ANNE"), "1985-03-12", "F", "MAZOIRES", "", "340101")
KINDS = ("french-id-2021", "french-id-1988", "passport", "residence-permit", "european-id")


def _drawn(kind: str) -> tuple[Flat, MrzReading]:
    flat = draw(WHO, kind)
    read = parse(flat.lines, date(2026, 11, 30))
    assert not isinstance(read, NotMrz)
    return flat, read


def _middle(flat: Flat, letters: str) -> tuple[float, float]:
    row = next(at for at, line in enumerate(flat.lines) if letters in line)
    start = flat.lines[row].index(letters)
    left, top, _right, bottom = flat.cell(row, start)
    right = flat.cell(row, start + len(letters) - 1)[2]
    width, height = (side * PX for side in flat.size)
    return (left + right) / 2 / width, (top + bottom) / 2 / height


@pytest.mark.parametrize("kind", KINDS)
def test_each_trait_of_the_zone_is_where_its_letters_are(kind: str) -> None:
    flat, read = _drawn(kind)
    told = dict(places(read))
    assert set(told) == {"birth-name", "given-names", "birth-date", "sex"}, "of the birth place nothing is known"
    for trait, letters in (("birth-name", "ROUSSEL"), ("birth-date", "850312")):
        x, y = map(float, told[trait].split())
        across, down = _middle(flat, letters)
        assert abs(x - across) < 0.02 and abs(y - down) < 0.02, trait


@pytest.mark.parametrize("kind", KINDS)
def test_the_zone_of_a_card_of_two_sides_is_sought_on_the_second(kind: str) -> None:
    flat, read = _drawn(kind)
    assert side_of(read) is (Side.SECOND if flat.side == "back" else Side.FIRST)


def test_of_a_zone_of_no_known_shape_no_place_is_said() -> None:
    _flat, read = _drawn("passport")
    assert places(replace(read, format="TD9")) == () == places(replace(read, lines=read.lines[:1]))
