"""The shapes of INSi's own types, and the writings of one birth name that it tells apart.

How names are written is the core's matter (``kiosk.core.identity.names``).
"""

import itertools
import re

from kiosk.core.identity.names import is_valid_birth_name
from kiosk.core.identity.places import UNKNOWN_PLACE
from kiosk.core.identity.traits import NameForm

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_PLACE = re.compile(r"[A-Za-z0-9]{5}", re.ASCII)
_GAP = re.compile(r"(--|[ '-])")
_ELIDED = re.compile(r"[DL](?=[AEIOUYH])|[OMNK](?=[BCDFGHJKLMNPQRSTVWZ])")  # D'ARTAGNAN, L'HOSTE, O'BRIEN, N'DIAYE
Choice = tuple[tuple[str, int], ...]  # each writing, and how far it is fetched
_MOST_PLACES = 4  # of one name that are written otherwise: the others stay as they were read
_OTHERWISE: dict[str, Choice] = {  # what stands between two words, and what else may
    " ": ((" ", 0), ("-", 2), ("--", 3)),
    "-": (("-", 0), (" ", 1), ("--", 2)),
    "--": (("--", 0), ("-", 1), (" ", 2)),
    "'": (("'", 0), (" ", 1), ("", 2), ("-", 3)),
}


def is_date(text: str) -> bool:
    """Say whether this is a birth date on the wire: lunar dates (date lunaire) are."""
    return _DATE.fullmatch(text) is not None


def is_place(text: str) -> bool:
    """Say whether this has the shape of a place of birth (code officiel géographique)."""
    return _PLACE.fullmatch(text) is not None


def place_to_send(code: str) -> str:
    """Give the place a search may name; 99999 states that it is unknown, and is never sent (insi-interface 6)."""
    return code.upper() if is_place(code) and code != UNKNOWN_PLACE else ""


def spellings(name: str, form: NameForm) -> tuple[str, ...]:
    """List the other writings of a birth name that INSi takes for other names, the likeliest first.

    LE GOFF, LE-GOFF and LE--GOFF are three names to INSi, which answers nobody for the wrong one (insi-interface 6). A
    zone writes the three alike; ICAO's drops an apostrophe too, and what may have lost one is written with it.
    """
    pieces = _GAP.split(name)
    choices = [
        _between(piece, pieces[number - 1]) if number % 2 else _word(piece, form) for number, piece in enumerate(pieces)
    ]
    open_ones = [number for number, choice in enumerate(choices) if len(choice) > 1]
    for number in open_ones[_MOST_PLACES:]:
        choices[number] = choices[number][:1]
    written = sorted(itertools.product(*choices), key=lambda chosen: sum(cost for _, cost in chosen))
    names = dict.fromkeys("".join(text for text, _ in chosen) for chosen in written)
    return tuple(other for other in names if other != name and is_valid_birth_name(other))


def _between(gap: str, before: str) -> Choice:
    """Choose what stands between two words: after a letter alone, a space is most likely an apostrophe."""
    lost = (("'", 1),) if gap == " " and len(before) == 1 else ()
    return (*_OTHERWISE[gap][:1], *lost, *_OTHERWISE[gap][1:])


def _word(word: str, form: NameForm) -> Choice:
    has_lost = form is NameForm.MRZ and len(word) > 3 and _ELIDED.match(word)
    return ((word, 0), (f"{word[0]}'{word[1:]}", 3)) if has_lost else ((word, 0),)
