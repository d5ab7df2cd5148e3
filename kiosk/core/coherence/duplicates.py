"""Is this person already known, and who looks alike (recherche d'antériorité, doublons, homonymes)?

The core computes no string distance: whoever calls hands one in, as ``Similarity``. A well-kept library does it well
(RapidFuzz's ``JaroWinkler.normalized_similarity`` fits as it is), and the core stays on the standard library.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from operator import ne
from typing import Protocol

from kiosk.core.coherence.given_names import listed, stated_first
from kiosk.core.confidential import Confidential
from kiosk.core.identity.dates import BirthDate
from kiosk.core.identity.names import NameRefused, comparison_key
from kiosk.core.identity.traits import Traits

SEARCH_LETTERS = 3  # at most, of a name or a first name (GI3 EXI ID 17)
LOOKS_ALIKE = 0.85  # Design: from here on a look-alike is worth a warning
# Design: what each trait weighs in a likeness. The date decides less than the names, which twins share.
_NAME_WEIGHT, _GIVEN_WEIGHT, _DATE_WEIGHT = 0.4, 0.35, 0.25
_SEX_PENALTY = 0.1


class Similarity(Protocol):
    """How alike two texts are, from 0.0 (nothing in common) to 1.0 (equal)."""

    def __call__(self, left: str, right: str, /) -> float: ...


class SearchField(StrEnum):
    """The separate criteria of the prior search: never one bar for all (GI3 EXI ID 17)."""

    BIRTH_DATE = "date"
    NAME = "date-name"
    GIVEN_NAME = "date-given"


@dataclass(frozen=True, slots=True, repr=False)
class SearchKey(Confidential):
    """One criterion under which a person is found again: the birth date, alone or with the beginning of a name."""

    field: SearchField
    text: str


def first_letters(name: str) -> str:
    """Give the first letters a search may use, whatever the spelling; empty when the name cannot be written in A-Z."""
    try:
        return comparison_key(name).replace(" ", "")[:SEARCH_LETTERS]
    except NameRefused:
        return ""


def search_keys(traits: Traits) -> frozenset[SearchKey]:
    """List the keys under which this person must be found again, from what one source states (GI3 EXI ID 17).

    Every possible birth date and its interpretation, alone and with one, two and three letters of the birth name, the
    name in use and each given name. Without a birth date there is no key.
    """
    dates = {text for date in (traits.birth_date, *traits.other_birth_dates) if date for text in _texts(date)}
    names = {first_letters(name) for name in (traits.birth_name, traits.name_in_use)}
    given = {first_letters(name) for name in (*traits.given_names, stated_first(traits))}
    keys = {SearchKey(SearchField.BIRTH_DATE, date) for date in dates}
    for date in dates:
        for field, starts in ((SearchField.NAME, names), (SearchField.GIVEN_NAME, given)):
            keys |= {SearchKey(field, f"{date} {start[: last + 1]}") for start in starts for last in range(len(start))}
    return frozenset(keys)


def search_for(birth_date: BirthDate, name: str = "", given_name: str = "") -> frozenset[SearchKey]:
    """Give the keys that all must be met: the date first, then at most three letters of each name given."""
    keys = {SearchKey(SearchField.BIRTH_DATE, birth_date.text)}
    for field, text in ((SearchField.NAME, first_letters(name)), (SearchField.GIVEN_NAME, first_letters(given_name))):
        if text:
            keys.add(SearchKey(field, f"{birth_date.text} {text}"))
    return frozenset(keys)


def _texts(date: BirthDate) -> set[str]:
    completed = date.interpretation()
    return {date.text} if completed is None else {date.text, completed.text}


@dataclass(frozen=True, slots=True, repr=False)
class LookAlike(Confidential):
    """Somebody who looks like the person at hand: for a warning (attribut homonyme), never for a merge."""

    index: int  # place among those compared
    likeness: float  # 0.0 to 1.0


def likeness(left: Traits, right: Traits, similarity: Similarity) -> float:
    """Say how alike two people's traits are, from 0.0 to 1.0; symmetric when ``similarity`` is.

    The best pairing of names counts (birth name, name in use, name and given name swapped), so that a wrong field is
    still seen. What one of them does not state counts for nothing.
    """
    straight = (
        max(
            _alike(one, other, similarity)
            for one in (left.birth_name, left.name_in_use)
            for other in (right.birth_name, right.name_in_use)
        ),
        max(
            _alike(stated_first(left), stated_first(right), similarity),
            _alike(listed(left), listed(right), similarity),
        ),
    )
    swapped = min(
        _alike(left.birth_name, stated_first(right), similarity),
        _alike(stated_first(left), right.birth_name, similarity),
    )
    name, given = max(straight, (swapped, swapped), key=sum)
    total = _NAME_WEIGHT * name + _GIVEN_WEIGHT * given + _DATE_WEIGHT * _date_likeness(left, right)
    differ = left.sex is not None and right.sex is not None and left.sex is not right.sex
    return max(0.0, total - _SEX_PENALTY) if differ else total


def _alike(one: str, other: str, similarity: Similarity) -> float:
    return similarity(likeness_key(one), likeness_key(other)) if one and other else 0.0


def likeness_key(name: str) -> str:
    """Give what of a name is compared for a likeness, where nothing rests on it: one that no key has, as it stands."""
    try:
        return comparison_key(name)
    except NameRefused:
        return name.upper()


def _date_likeness(left: Traits, right: Traits) -> float:
    """1 for a birth date in common, 0.8 for one digit or day and month swapped, 0.4 for the same year, else 0."""
    if left.birth_date is None or right.birth_date is None:
        return 0.0
    ones = {text for date in (left.birth_date, *left.other_birth_dates) for text in _texts(date)}
    others = {text for date in (right.birth_date, *right.other_birth_dates) for text in _texts(date)}
    return max(_text_likeness(one, other) for one in ones for other in others)


def _text_likeness(one: str, other: str) -> float:
    if one == other:
        return 1.0
    is_swapped = (one[:4], one[5:7], one[8:]) == (other[:4], other[8:], other[5:7])
    if is_swapped or sum(map(ne, one, other)) < 2:
        return 0.8
    return 0.4 if one[:4] == other[:4] else 0.0


def look_alikes(
    person: Traits, others: Iterable[Traits], similarity: Similarity, at_least: float = LOOKS_ALIKE
) -> tuple[LookAlike, ...]:
    """List who looks like this person among others, the likest first: candidates for the attribute homonym."""
    scored = (LookAlike(index, likeness(person, other, similarity)) for index, other in enumerate(others))
    return tuple(
        sorted((each for each in scored if each.likeness >= at_least), key=lambda each: (-each.likeness, each.index))
    )
