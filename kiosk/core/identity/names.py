"""Names as INSi writes them, and how two writings of one name are compared (ins-rules 1.3 and 1.4).

Everything here is about letters only: which name is the right one is never decided here.
"""

import re
import unicodedata
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from kiosk.core.confidential import Confidential

MAX_NAME = 100  # characters: nom de naissance and liste des prénoms in the INS datamatrix (ins-rules 1.2)
MAX_TEXT = 400  # what a source may hand us before we stop reading: every input is hostile

# Letters that Unicode does not decompose and that have one agreed writing (SEL §2: Æ→AE, Œ→OE; ß→SS in known clients).
# A letter with two usual writings (Ø: O or OE, Þ, Ð…) is not here: it is refused, and staff chooses.
_LETTERS = {
    "Æ": "AE",
    "Œ": "OE",
    "ẞ": "SS",
    "Ł": "L",
    "Đ": "D",
    "Ĳ": "IJ",
}
_APOSTROPHES = "'’‘‛`´ʼʻʹ′＇"
_HYPHENS = "-‐‑‒–—―−⁃﹣－"
_MEANT = {
    **_LETTERS,
    **dict.fromkeys(_APOSTROPHES, "'"),
    **dict.fromkeys(_HYPHENS, "-"),
    "\t": " ",
}
_ALREADY_NORMAL = re.compile(r"(?:[A-Z]+(?:[ ']|-{1,2}))*[A-Z]+")
_BESIDE_PUNCTUATION = re.compile(r" *(['-]) *")
_SPACES = re.compile(r" {2,}")
_IS_COMPOSITE = re.compile(r"[ -]")
_APOSTROPHE_RUN = re.compile(r"'{2,}")

# ins-rules 1.3, from SEL EF_INS01_03, EF_INS10_01, EF_INS10_02.
_BIRTH_NAME = re.compile(r"(?!.*(?:  |''| '|' |---))['A-Z](?:[A-Z' -]*[A-Z'-])?")
_GIVEN_NAME = re.compile(r"(?!.*(?:  |''| '|' |--))['A-Z](?:[A-Z' -]*[A-Z])?")


class NameRefused(ValueError):
    """A text cannot be written in INSi's alphabet without losing something; says where, never what."""

    def __init__(self, position: int) -> None:
        super().__init__(f"character {position + 1} of a name has no equivalent in A-Z, space, apostrophe, hyphen")
        self.position = position


class NameTooLong(NameRefused):
    """A text is longer than any name a source may state."""


def normalise(text: str) -> str:
    """Write a name in INSi's alphabet: A-Z, space, apostrophe, hyphen (SEL §2, §3.4.1; ins-rules 1.3).

    Accents and case go, ligatures open, typographic apostrophes and dashes become plain, spaces collapse and go
    beside an apostrophe or a hyphen. NameRefused for a character with no equivalent: never dropped in silence.
    """
    if len(text) > MAX_TEXT:
        raise NameTooLong(MAX_TEXT)
    if (text.isascii() and text.isalpha() and text.isupper()) or _ALREADY_NORMAL.fullmatch(text):
        return text
    written = ""
    for position, character in enumerate(text):
        for piece in unicodedata.normalize("NFD", character.upper()):
            written += _write(piece, position, after_letter=written[-1:].isalpha())
    spaced = _SPACES.sub(" ", written.strip(" "))
    return _APOSTROPHE_RUN.sub("'", _BESIDE_PUNCTUATION.sub(r"\1", spaced))


def _write(piece: str, position: int, *, after_letter: bool) -> str:
    if "A" <= piece <= "Z" or piece in " '-":
        return piece
    if piece in _MEANT:
        return _MEANT[piece]
    if unicodedata.category(piece) == "Zs":
        return " "
    if after_letter and unicodedata.category(piece) == "Mn":
        return ""  # the accent of the letter before it
    raise NameRefused(position)


def comparison_key(text: str) -> str:
    """Make what two writings of one name have in common: hyphen and apostrophe as a space (GI3 EXI ID 10)."""
    return key_of_normalised(normalise(text))


def key_of_normalised(name: str) -> str:
    """Make the comparison key of a name already in INSi's alphabet."""
    if name.isalpha():
        return name
    return " ".join(name.replace("-", " ").replace("'", " ").split())


def is_valid_birth_name(text: str) -> bool:
    """Say whether INSi takes this as a birth name (nom de naissance; SEL EF_INS01_03): ``--`` is allowed."""
    return len(text) <= MAX_NAME and _BIRTH_NAME.fullmatch(text) is not None


def is_valid_given_name(text: str) -> bool:
    """Say whether INSi takes this as a given name (prénom; SEL EF_INS10_01/02): no ``--``, ends with a letter."""
    return len(text) <= MAX_NAME and _GIVEN_NAME.fullmatch(text) is not None


def is_coherent_first_name(first: str, listed: str) -> bool:
    """Say whether a first given name opens the list of given names (contrôle de cohérence, GI3 EXI ID 10).

    Hyphens and apostrophes count as spaces; the first name equals the list or is a whole-word beginning of it.
    NameRefused when either cannot be written in INSi's alphabet.
    """
    first_key, list_key = comparison_key(first), comparison_key(listed)
    return bool(first_key) and (list_key == first_key or list_key.startswith(first_key + " "))


@dataclass(frozen=True, slots=True, repr=False)
class FirstNames(Confidential):
    """What the first given name (premier prénom de naissance) may be; staff decides (GI3 EXI ID 10, EXI SI 29-30)."""

    proposed: str  # empty: it is asked
    choices: tuple[str, ...] = ()  # when it is asked: a composite name before its first half


def first_given_names(listed: str, stated: Sequence[str] = ()) -> FirstNames:
    """Say what the first given name may be: a plain one is proposed, one that may be composite (composé) is asked.

    The list alone cannot tell a composite name written with a space from two names. ``stated`` is what each source
    takes for the first name; what does not open the list counts for nothing. Of two writings of one name the hyphenated
    one is kept: a machine-readable zone has no hyphen.
    """
    whole = normalise(listed)
    firsts = [whole.partition(" ")[0]] if whole else []
    for name in stated:
        with suppress(NameRefused):  # a document misread proposes nothing; a list that cannot be read is refused above
            if is_coherent_first_name(name, listed):
                firsts.append(normalise(name))
    composites = sorted((one for one in firsts if _IS_COMPOSITE.search(one)), key=lambda one: "-" not in one)
    if not composites:
        return FirstNames(firsts[0] if firsts else "")
    writings: dict[str, str] = {}
    for one in (*composites, *firsts):
        writings.setdefault(key_of_normalised(one), one)
    return FirstNames("", tuple(writings.values()))
