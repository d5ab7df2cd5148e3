"""How names are written on the wire to INSi (SEL EF_INS01_03, EF_INS10_01, EF_INS10_02)."""

import re
import unicodedata

_LIGATURES = str.maketrans(
    {"Æ": "AE", "æ": "AE", "Œ": "OE", "œ": "OE", "ß": "SS", "ẞ": "SS", "Ø": "O", "ø": "O", "Ł": "L", "ł": "L", "Đ": "D"}
    | {"’": "'", "ʼ": "'", "‘": "'", "´": "'", "‐": "-", "‑": "-", "–": "-", "\u00a0": " "}
)
_BIRTH_NAME = re.compile(r"(?!.*(?:  |''| '|' |---))['A-Z][A-Z' -]*", re.ASCII)
_GIVEN_NAME = re.compile(r"(?!.*(?:  |''| '|' |--))['A-Z](?:[A-Z' -]*[A-Z])?", re.ASCII)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_PLACE = re.compile(r"[A-Za-z0-9]{5}", re.ASCII)
_NUMBER = re.compile(r"[0-9]{6}[A-Z0-9][0-9]{6}", re.ASCII)
LONGEST_NAME = 100


def to_wire(name: str) -> str:
    """Write a name in INSi's letters: upper case, no accent, no ligature; what has no equivalent stays as it is."""
    plain = unicodedata.normalize("NFKD", name[: 4 * LONGEST_NAME].translate(_LIGATURES))
    bare = "".join(letter for letter in plain if not unicodedata.combining(letter)).upper()
    return " ".join(bare.split())


def is_birth_name(text: str) -> bool:
    """Say whether INSi takes this birth name (nom de naissance) as it is."""
    return len(text) <= LONGEST_NAME and _BIRTH_NAME.fullmatch(text) is not None


def is_given_name(text: str) -> bool:
    """Say whether INSi takes these given names (prénoms) as they are."""
    return len(text) <= LONGEST_NAME and _GIVEN_NAME.fullmatch(text) is not None


def is_date(text: str) -> bool:
    """Say whether this is a birth date on the wire: lunar dates (date lunaire) are."""
    return _DATE.fullmatch(text) is not None


def is_place(text: str) -> bool:
    """Say whether this has the shape of a place of birth (code officiel géographique)."""
    return _PLACE.fullmatch(text) is not None


def is_number(text: str) -> bool:
    """Say whether this has the shape of a 13-character number (NIR); its key is another matter."""
    return _NUMBER.fullmatch(text) is not None
