"""The tables of places (Code officiel géographique) from their text to the core's value (assets/cog/README.md)."""

import re
from collections.abc import Iterator

from kiosk.core.identity.places import PlaceTable, is_well_formed_place

MOST_LINES = 200_000  # five times what INSEE's table holds
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_NUMBER = re.compile(r"[0-9]{2,3}|2[AB]", re.ASCII)


class PlacesUnreadable(ValueError):
    """A table of places is not what it should be; the message names the line."""


def read_places(communes: str, departements: str = "", countries: str = "") -> PlaceTable:
    """Read ``code <tab> name [<tab> successor [<tab> last day]]``, one a line. PlacesUnreadable names the odd one.

    Of départements ``number <tab> name``, of countries ``code <tab> name [<tab> last day]``.
    """
    names: dict[str, str] = {}
    successors: dict[str, str] = {}
    ends: dict[str, str] = {}
    for number, (code, name, successor, end) in _lines(communes):
        if not is_well_formed_place(code) or (successor and not is_well_formed_place(successor)):
            raise PlacesUnreadable(f"line {number} of the table of communes has no code of five characters")
        if name:
            names[code] = name
        if successor:
            successors[code] = successor
        if end:
            ends[code] = _day(number, end)
    for number, (code, name, end, _more) in _lines(countries) if countries else ():
        if not is_well_formed_place(code) or not code.startswith("99") or not name:
            raise PlacesUnreadable(f"line {number} of the table of countries has no code and name of a country")
        names[code] = name
        if end:
            ends[code] = _day(number, end)
    return PlaceTable(names, successors, dict(_departements(departements)) if departements else {}, ends)


def _departements(text: str) -> Iterator[tuple[str, str]]:
    for number, (code, name, *_more) in _lines(text):
        if not _NUMBER.fullmatch(code) or not name:
            raise PlacesUnreadable(f"line {number} of the table of départements has no number and name")
        yield code, name


def _lines(text: str) -> Iterator[tuple[int, tuple[str, str, str, str]]]:
    lines = text.splitlines()
    if not lines or len(lines) > MOST_LINES:
        raise PlacesUnreadable("a table of places is empty or far too long")
    for number, line in enumerate(lines, start=1):
        one, two, three, four = (*line.split("\t"), "", "", "")[:4]
        yield number, (one, two, three, four)


def _day(line: int, text: str) -> str:
    if not _DAY.fullmatch(text):
        raise PlacesUnreadable(f"line {line} of a table of places has a last day that is none")
    return text
