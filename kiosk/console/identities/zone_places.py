"""Where a document's picture bears what was read on it: in its machine-readable zone (bande MRZ), and nowhere else.

A check-in does not say where a kiosk found the zone, but its pictures are laid flat to the document's own size, and
ICAO Doc 9303 (parts 3 to 6) says where the zone stands. Where print elsewhere stands is each issuer's own affair: of a
birth place nothing is known.
"""

from kiosk.core.coherence.reasons import Trait
from kiosk.core.sources.document import MrzReading, Side
from kiosk.documents.mrz_format import FILLER, FRENCH_ID, TD1, TD2, TD3

PITCH, STEP, HEIGHT = 2.54, 6.35, 2.5  # mm: between two characters, between two lines, of a character
_SHAPES = {
    TD1.name: (TD1, 85.6, 54.0, 5.0, 5.2),
    TD2.name: (TD2, 105.0, 74.0, 5.0, 5.2),
    TD3.name: (TD3, 125.0, 88.0, 6.0, 6.2),
    FRENCH_ID.name: (FRENCH_ID, 105.0, 74.0, 6.5, 6.5),
}  # the document's width and height, left of the first character, base of the last line above the lower edge
_OF_NAMES = {Trait.BIRTH_NAME: "surname", Trait.GIVEN_NAMES: "given"}
_OF_REST = {Trait.BIRTH_DATE: "birth", Trait.SEX: "sex"}


def side_of(mrz: MrzReading) -> Side:
    """Which picture bears the zone: of a card of two sides the second that is asked for."""
    return Side.SECOND if mrz.format == TD1.name else Side.FIRST


def places(mrz: MrzReading) -> tuple[tuple[str, str], ...]:
    """Each trait of the zone with the middle of its letters, as shares of the picture's width and height.

    Nothing of a zone that has no shape known here: a kiosk says what it says.
    """
    if mrz.format not in _SHAPES:
        return ()
    layout, width, height, left, bottom = _SHAPES[mrz.format]
    if len(mrz.lines) != layout.rows:
        return ()
    spans = {trait: layout.fields[name] for trait, name in _OF_REST.items()}
    if "names" in layout.fields:
        line, start, end = layout.fields["names"]
        surname = mrz.lines[line].find(FILLER * 2, start)
        middle = surname if surname > 0 else end
        spans |= {Trait.BIRTH_NAME: (line, start, middle), Trait.GIVEN_NAMES: (line, min(middle + 2, end), end)}
    else:
        spans |= {trait: layout.fields[name] for trait, name in _OF_NAMES.items()}
    told = []
    for trait, (line, start, end) in spans.items():
        letters = len(mrz.lines[line][start:end].rstrip(FILLER))
        x = (left + (start + letters / 2) * PITCH) / width
        y = (height - bottom - (layout.rows - 1 - line) * STEP - HEIGHT / 2) / height
        told.append((trait.value, f"{x:.3f} {y:.3f}"))
    return tuple(told)
