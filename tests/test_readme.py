"""The README's map is the table that ``test_rooms`` holds the code to: the same rooms, the same arrows."""

import re

import pytest

from tests.test_rooms import GROUND, MAY_IMPORT, MAY_IMPORT_ALL, ROOT

UNSAID = {"kiosk.core.confidential", "kiosk.__version__"}  # what every room may import, or what is no room
SUMMED_UP = {"kiosk.core", "kiosk.console"}  # houses: their rooms have lines of their own


MAP = (ROOT / "README.md").read_text(encoding="utf-8").split("## The map")[1].split("\n## ")[0]


def _lines() -> dict[str, str]:
    """Every room named in the map, with the third column of its line."""
    rows = re.findall(r"^\| (`[^|]+) \| [^|]* \| ([^|]*?) *\|$", MAP, re.MULTILINE)
    return {_room(name): allowed for names, allowed in rows for name in re.findall(r"`([^`]+)`", names)}


def _room(place: str) -> str:
    dotted = place.replace("/", ".")
    return f"kiosk.{dotted}" if dotted.startswith(("core.", "console.")) else dotted


def _meant(room: str, allowed: str) -> set[str]:
    """The rooms that a line names: those beside it first, then those of the house."""
    known = {*MAY_IMPORT, *SUMMED_UP, "hardware.appli.base", "hardware.cards.base", "hardware.camera.base"}
    house = room.rpartition(".")[0]
    meant = set(GROUND) if "the ground" in allowed else set()
    for name in re.findall(r"`([^`]+)`", allowed):
        meant |= {next((full for full in (f"{house}.{name}", f"kiosk.{name}", name) if full in known), name)}
    return meant


LINES = _lines()


def test_every_room_stands_on_the_map_and_no_other() -> None:
    named = {room for room in LINES if room.startswith(("kiosk", "hardware"))}
    assert named == {*MAY_IMPORT, *MAY_IMPORT_ALL, *SUMMED_UP}


@pytest.mark.parametrize("room", sorted(MAY_IMPORT))
def test_a_line_of_the_map_says_what_the_room_may_import(room: str) -> None:
    meant = _meant(room, LINES[room])
    assert meant == MAY_IMPORT[room] - UNSAID, f"README: the line of {room} is not the one of tests/test_rooms.py"


def test_the_console_as_a_whole_imports_what_its_rooms_import_of_the_house() -> None:
    rooms = [allowed for room, allowed in MAY_IMPORT.items() if room.startswith("kiosk.console.")]
    outside = {name for allowed in rooms for name in allowed if not name.startswith("kiosk.console.")}
    assert _meant("kiosk.console", LINES["kiosk.console"]) == outside - UNSAID


def test_the_ground_of_the_console_is_what_every_room_of_it_may_import() -> None:
    said = MAP.split("the ground on which every room stands is")[1].split(":\n")[0]
    assert _meant("kiosk.console.records", said) == GROUND
