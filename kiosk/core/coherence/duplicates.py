"""Is this person already known, and who looks alike (recherche d'antériorité, doublons, homonymes)?

The core computes no string distance: whoever calls hands one in, as ``Similarity``. A well-kept library does it well
(RapidFuzz's ``JaroWinkler.normalized_similarity`` fits as it is), and the core stays on the standard library.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from kiosk.core.coherence.given_names import stated_first
from kiosk.core.confidential import Confidential
from kiosk.core.identity.dates import BirthDate
from kiosk.core.identity.names import NameRefused, comparison_key
from kiosk.core.identity.traits import Traits

SEARCH_LETTERS = 3  # at most, of a name or a first name (GI3 EXI ID 17)
MOST_DATES = 4  # a two-digit year is two dates: what says more is no document's; hostile input stays small
MOST_GIVEN = 12  # of the given names


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
    dates = {text for date in possible_dates(traits) for text in _texts(date)}
    names = {first_letters(name) for name in (traits.birth_name, traits.name_in_use)}
    given = {first_letters(name) for name in (*traits.given_names[:MOST_GIVEN], stated_first(traits))}
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


def possible_dates(traits: Traits) -> list[BirthDate]:
    """Every birth date that this source says it may be, as far as one can be believed to say so many."""
    return [date for date in (traits.birth_date, *traits.other_birth_dates) if date is not None][:MOST_DATES]


def _texts(date: BirthDate) -> set[str]:
    completed = date.interpretation()
    return {date.text} if completed is None else {date.text, completed.text}


def likeness_key(name: str) -> str:
    """Give what of a name is compared for a likeness, where nothing rests on it: one that no key has, as it stands."""
    try:
        return comparison_key(name)
    except NameRefused:
        return name.upper()
