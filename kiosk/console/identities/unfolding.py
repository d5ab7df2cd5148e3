"""One trait as staff read it: what counts, large; who says the same, in a word; who differs, letter by letter."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby

from django.utils.translation import gettext as _

from kiosk.console.identities.rows import LOOK, Row
from kiosk.core.coherence.reasons import Outcome, Trait
from kiosk.core.confidential import Confidential

ALIKE = 0.6  # of letters in common: below, two values are two words, and no letter of them is pointed at
GAP = "‸"  # stands where the other one has letters
WHOLE = 26  # letters of a compound name that still stands in one line; a longer one is broken at its hyphens alone
SIZES = ((18, ""), (26, "long"), (40, "longer"))  # letters of the longest word: it is never broken


@dataclass(frozen=True, slots=True, repr=False)
class Part(Confidential):
    """Letters that stand together, and whether the other source has them otherwise."""

    text: str
    differs: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class Run(Confidential):
    """Parts one after the other; whole: a compound name, never broken at its hyphens."""

    parts: tuple[Part, ...]
    is_whole: bool


@dataclass(frozen=True, slots=True, repr=False)
class Said(Confidential):
    """What one source says, where it is not what counts."""

    who: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True, repr=False)
class Unfolded(Confidential):
    """One trait of the page."""

    row: Row
    who: str  # whose value counts; empty where it is the answer's
    parts: tuple[Part, ...]
    same: tuple[str, ...]  # who says the same
    others: tuple[Said, ...]
    size: str
    is_place: bool

    @property
    def is_silent(self) -> bool:
        """Whether nobody says anything."""
        return not self.parts


def unfolded(lines: Iterable[Row], answered: str, card: str) -> tuple[Unfolded, ...]:
    """The traits for the page; ``answered``: who did, as the page calls them; ``card``: what was shown, in one word."""
    return tuple(_unfolded(line, answered, card) for line in lines)


def _unfolded(row: Row, answered: str, card: str) -> Unfolded:
    told = [(answered, row.insi), (card, row.card), (_("Pièce"), row.document)]
    said = [(who, value) for who, value in told if value]
    if not said:
        return Unfolded(row, "", (), (), (), "", _is_place(row))
    (first, counts), *others = said
    same = tuple(who.lower() for who, value in others if value == counts)
    differ = [(who, value) for who, value in others if value != counts]
    is_marked = row.verdict in {Outcome.BLOCKING, Outcome.TOLERATED, "see", LOOK, ""}
    marks = {at for _who, value in differ for at in _apart(counts, value)} if is_marked else set()
    unlike = tuple(Said(who, _parts(value, set(_apart(value, counts, gaps=True)))) for who, value in differ)
    who = "" if first == answered else first
    size = size_of(value for _who, value in said)
    return Unfolded(row, who, _parts(counts, marks), same, unlike, size, _is_place(row))


def _is_place(row: Row) -> bool:
    return row.trait == Trait.BIRTH_PLACE.value


def size_of(values: Iterable[str]) -> str:
    """How large the letters are: small enough for the longest word to stand in one line."""
    words = [word for value in values for word in value.split()]
    longest = max((len(one) for word in words for one in _unbroken(word)), default=0)
    return next((name for most, name in SIZES if longest <= most), "longest")


def _unbroken(word: str) -> list[str]:
    return [word] if len(word) <= WHOLE else word.split("-")


def together(said: str | Iterable[Part]) -> Iterable[Run]:
    """What is said, its letters as they are, each compound name by itself."""
    parts = (Part(said),) if isinstance(said, str) else said
    pieces = [(piece, part.differs) for part in parts for piece in re.split(r"(\s+)", part.text) if piece]
    for _is_space, group in groupby(pieces, key=lambda piece: piece[0].isspace()):
        word = tuple(Part(*piece) for piece in group)
        letters = "".join(part.text for part in word)
        yield Run(word, "-" in letters and len(letters) <= WHOLE)


def heard(said: str | Iterable[Part]) -> str:
    """What a screen reader says instead of marked letters: the words whole; empty where nothing is marked."""
    parts = () if isinstance(said, str) else tuple(said)
    is_marked = any(part.differs for part in parts)
    return "".join(part.text for part in parts if part.text != GAP) if is_marked else ""


def _apart(value: str, other: str, *, gaps: bool = False) -> Iterable[int]:
    """Where ``value`` has letters that ``other`` has not; with ``gaps``, before which it lacks some (as -1 - place)."""
    if len(value) > 200 or len(other) > 200:
        return range(len(value))
    matcher = SequenceMatcher(None, value, other, autojunk=False)
    if matcher.ratio() < ALIKE and value not in other and other not in value:
        return range(len(value))
    places: list[int] = []
    for kind, start, end, _from, _to in matcher.get_opcodes():
        if kind in {"replace", "delete"}:
            places += range(start, end)
        elif kind == "insert" and gaps:
            places.append(-1 - start)
    return places


def _parts(value: str, marked: set[int]) -> tuple[Part, ...]:
    parts: list[Part] = []
    for place, letter in enumerate(value):
        if -1 - place in marked:
            parts.append(Part(GAP, True))
        differs = place in marked
        if parts and parts[-1].differs is differs and parts[-1].text != GAP:
            parts[-1] = Part(parts[-1].text + letter, differs)
        else:
            parts.append(Part(letter, differs))
    if -1 - len(value) in marked:
        parts.append(Part(GAP, True))
    return tuple(parts)
