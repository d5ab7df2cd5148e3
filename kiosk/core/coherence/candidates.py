"""Who of those known this visit may be, the likeliest first, and why (recherche d'antériorité, GI3 EXI ID 17).

Fellegi and Sunter's way: each trait adds or takes bits of evidence, fixed here and measured on an invented population
(tests/benchmarks/bench_returning.py), so that the order is the same everywhere and can be explained. It ranks for
people to choose; nothing is attached or merged by it. Whoever INSi has given another matricule is not handed in: it has
said that they are two people.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from operator import ne

from kiosk.core.coherence.duplicates import Similarity, likeness_key
from kiosk.core.coherence.given_names import listed, stated_first
from kiosk.core.confidential import Confidential
from kiosk.core.identity.dates import BirthDate
from kiosk.core.identity.places import NO_TABLE, PlaceRelation, PlaceTable
from kiosk.core.identity.traits import Sex, Traits

MUST_SAY = 12.0  # bits: from here on staff say "this one" or "somebody new" before an identity is created
PROBABLE = 26.0  # bits: from here on it is probably the same person
_ALIKE, _NEAR = 0.92, 0.84  # of a similarity


class Sign(StrEnum):
    """One thing that speaks for or against two being one person: a code, no trait; the page says it in words."""

    NAME_SAME = "name-same"
    NAME_IN_USE = "name-in-use"  # one's name in use is a name of the other (nom utilisé)
    NAME_PART = "name-part"  # part of a double name
    NAME_ALIKE = "name-alike"
    NAME_NEAR = "name-near"
    NAME_OTHER = "name-other"
    GIVEN_SAME = "given-same"
    GIVEN_PART = "given-part"  # part of a composite, or cut
    GIVEN_LATER = "given-later"  # one's first name is a later one of the other
    GIVEN_ALIKE = "given-alike"
    GIVEN_NEAR = "given-near"
    GIVEN_OTHER = "given-other"
    SWAPPED = "names-swapped"  # name and first name in each other's field
    DATE_SAME = "date-same"
    DATE_COMPLETED = "date-completed"  # incomplete on one side, completed by the rule on the other
    DATE_SLIP = "date-slip"  # one digit, or day and month swapped
    DATE_YEAR = "date-year"  # only the year is the same
    DATE_OTHER = "date-other"
    SEX_SAME = "sex-same"
    SEX_OTHER = "sex-other"
    PLACE_SAME = "place-same"
    PLACE_RELATED = "place-related"  # district and city, a commune that joined another, a country's old code
    PLACE_OTHER = "place-other"
    MAY_BE_TWIN = "may-be-twin"  # same name and day, another first name


_BITS = {
    Sign.NAME_SAME: 9.0,
    Sign.NAME_IN_USE: 8.0,
    Sign.NAME_PART: 6.0,
    Sign.NAME_ALIKE: 6.5,
    Sign.NAME_NEAR: 3.0,
    Sign.NAME_OTHER: -5.0,
    Sign.GIVEN_SAME: 6.0,
    Sign.GIVEN_PART: 4.0,
    Sign.GIVEN_LATER: 3.0,
    Sign.GIVEN_ALIKE: 4.0,
    Sign.GIVEN_NEAR: 1.5,
    Sign.GIVEN_OTHER: -6.0,
    Sign.SWAPPED: 13.0,
    Sign.DATE_SAME: 14.5,
    Sign.DATE_COMPLETED: 10.0,
    Sign.DATE_SLIP: 8.0,
    Sign.DATE_YEAR: 0.0,
    Sign.DATE_OTHER: -6.0,
    Sign.SEX_SAME: 1.0,
    Sign.SEX_OTHER: -5.0,
    Sign.PLACE_SAME: 6.0,
    Sign.PLACE_RELATED: 5.0,
    Sign.PLACE_OTHER: -3.0,
    Sign.MAY_BE_TWIN: 0.0,
}


@dataclass(frozen=True, slots=True)
class Likeness:
    """How much speaks for two being one person, and what does; what one of them does not state says nothing."""

    bits: float
    signs: tuple[Sign, ...]


@dataclass(frozen=True, slots=True, repr=False)
class Candidate(Confidential):
    """Somebody known whom the visit may be."""

    index: int  # place among those handed in
    likeness: Likeness

    @property
    def is_probable(self) -> bool:
        return self.likeness.bits >= PROBABLE


def candidates(
    sources: Sequence[Traits], known: Iterable[Traits], similarity: Similarity, places: PlaceTable = NO_TABLE
) -> tuple[Candidate, ...]:
    """List those known whom staff must choose from, or say it is somebody new, the likeliest first.

    ``sources`` is what each source of the visit states: the one that speaks most for somebody counts for them, since a
    card may bear the name in use and a zone may be cut.
    """
    if not sources:
        return ()
    ours = tuple(dict.fromkeys(comparable(one) for one in sources))
    each = (Candidate(index, _best(ours, comparable(person), similarity, places)) for index, person in enumerate(known))
    found = [one for one in each if one.likeness.bits >= MUST_SAY]
    return tuple(sorted(found, key=lambda one: (-one.likeness.bits, one.index)))


@dataclass(frozen=True, slots=True, repr=False)
class Comparable(Confidential):
    """What is weighed of somebody's traits, made comparable once, however many they are laid beside."""

    name: str  # at birth
    names: tuple[str, ...]  # at birth and in use, as far as stated
    given: str  # the first
    all_given: str
    dates: tuple[str, ...]
    completed: tuple[str, ...]
    birth_date: BirthDate | None
    sex: Sex | None
    place: str


def comparable(traits: Traits) -> Comparable:
    """Make what one source states comparable."""
    name, in_use = likeness_key(traits.birth_name), likeness_key(traits.name_in_use)
    dates = [date for date in (traits.birth_date, *traits.other_birth_dates) if date is not None]
    return Comparable(
        name,
        tuple(key for key in (name, in_use) if key),
        likeness_key(stated_first(traits)),
        likeness_key(listed(traits)),
        tuple(date.text for date in dates),
        tuple(_completed(date) for date in dates),
        traits.birth_date,
        traits.sex,
        traits.birth_place_code,
    )


def _best(sources: Sequence[Comparable], person: Comparable, similarity: Similarity, places: PlaceTable) -> Likeness:
    weighed = [weigh(source, person, similarity, places) for source in sources]
    return max(weighed, key=lambda one: one.bits)


def weigh(left: Comparable, right: Comparable, similarity: Similarity, places: PlaceTable = NO_TABLE) -> Likeness:
    """Add up what speaks for and against these two being one person; symmetric when ``similarity`` is."""
    signs = [*_of_names(left, right, similarity), *_of_birth(left, right, places)]
    if Sign.DATE_SAME in signs and Sign.GIVEN_OTHER in signs and Sign.NAME_SAME in signs:
        signs.append(Sign.MAY_BE_TWIN)
    return Likeness(sum(_BITS[sign] for sign in signs), tuple(signs))


def _of_names(left: Comparable, right: Comparable, similarity: Similarity) -> Iterator[Sign]:
    name, given = _name(left, right, similarity), _given(left, right, similarity)
    if (name, given) == (Sign.NAME_OTHER, Sign.GIVEN_OTHER) and _are_swapped(left, right):
        yield Sign.SWAPPED
        return
    if name is not None:
        yield name
    if given is not None:
        yield given


def _name(left: Comparable, right: Comparable, similarity: Similarity) -> Sign | None:
    if not left.names or not right.names:
        return None
    if left.name and left.name == right.name:
        return Sign.NAME_SAME
    if not set(left.names).isdisjoint(right.names):
        return Sign.NAME_IN_USE
    if any(_is_part(one, other) for one in left.names for other in right.names):
        return Sign.NAME_PART
    best = max(similarity(one, other) for one in left.names for other in right.names)
    return Sign.NAME_ALIKE if best >= _ALIKE else Sign.NAME_NEAR if best >= _NEAR else Sign.NAME_OTHER


def _given(left: Comparable, right: Comparable, similarity: Similarity) -> Sign | None:
    one, other = left.given, right.given
    if not one or not other:
        return None
    if one == other or left.all_given == right.all_given:
        return Sign.GIVEN_SAME
    if _is_part(one, other):
        return Sign.GIVEN_PART
    if one in right.all_given.split() or other in left.all_given.split():
        return Sign.GIVEN_LATER
    best = similarity(one, other)
    return Sign.GIVEN_ALIKE if best >= _ALIKE else Sign.GIVEN_NEAR if best >= _NEAR else Sign.GIVEN_OTHER


def _are_swapped(left: Comparable, right: Comparable) -> bool:
    """Each one's name is the other's first name."""
    return (left.name, left.given) == (right.given, right.name)


def _is_part(one: str, other: str) -> bool:
    """One is a word, or several, of the other: a double name said in part."""
    ours, theirs = set(one.split()), set(other.split())
    return ours.issubset(theirs) or theirs.issubset(ours)


def _of_birth(left: Comparable, right: Comparable, places: PlaceTable) -> Iterator[Sign]:
    if left.birth_date is not None and right.birth_date is not None:
        yield _date(left, right)
    if left.sex is not None and right.sex is not None:
        yield Sign.SEX_SAME if left.sex is right.sex else Sign.SEX_OTHER
    yield from _OF_PLACE[places.relation(left.place, right.place, left.birth_date)]


_OF_PLACE: dict[PlaceRelation, tuple[Sign, ...]] = {
    PlaceRelation.SAME: (Sign.PLACE_SAME,),
    PlaceRelation.DISTRICT: (Sign.PLACE_RELATED,),
    PlaceRelation.SUCCESSOR: (Sign.PLACE_RELATED,),
    PlaceRelation.COUNTRY: (Sign.PLACE_RELATED,),
    PlaceRelation.OTHER: (Sign.PLACE_OTHER,),
    PlaceRelation.UNKNOWN: (),
}


def _date(left: Comparable, right: Comparable) -> Sign:
    if not set(left.dates).isdisjoint(right.dates):
        return Sign.DATE_SAME
    if not set(left.completed).isdisjoint(right.completed):
        return Sign.DATE_COMPLETED
    pairs = [(one, other) for one in left.dates for other in right.dates]
    if any(sum(map(ne, one, other)) < 2 or one == _turned(other) for one, other in pairs):
        return Sign.DATE_SLIP
    return Sign.DATE_YEAR if any(one[:4] == other[:4] for one, other in pairs) else Sign.DATE_OTHER


def _completed(date: BirthDate) -> str:
    whole = date.interpretation()
    return date.text if whole is None else whole.text


def _turned(text: str) -> str:
    """Day and month in each other's place."""
    return f"{text[:5]}{text[8:]}-{text[5:7]}"
