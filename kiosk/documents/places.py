"""The table of communes (Code officiel géographique) from its text to the core's value (assets/cog/README.md)."""

from kiosk.core.identity.places import PlaceTable, is_well_formed_place

MOST_LINES = 200_000  # five times what INSEE's table holds


class PlacesUnreadable(ValueError):
    """The table of communes is not what it should be; the message names the line."""


def read_places(text: str) -> PlaceTable:
    """Read ``code <tab> name [<tab> successor]``, one code a line. PlacesUnreadable names the first odd line."""
    names: dict[str, str] = {}
    successors: dict[str, str] = {}
    lines = text.splitlines()
    if not lines or len(lines) > MOST_LINES:
        raise PlacesUnreadable("the table of communes is empty or far too long")
    for number, line in enumerate(lines, start=1):
        code, name, successor = (*line.split("\t"), "", "")[:3]
        if not is_well_formed_place(code) or (successor and not is_well_formed_place(successor)):
            raise PlacesUnreadable(f"line {number} of the table of communes has no code of five characters")
        if name:
            names[code] = name
        if successor:
            successors[code] = successor
    return PlaceTable(names, successors)
