"""How alike two people were found before candidates were weighed: kept to measure against (bench_returning)."""

from operator import ne

from kiosk.core.coherence.duplicates import Similarity, likeness_key
from kiosk.core.coherence.given_names import listed, stated_first
from kiosk.core.identity.dates import BirthDate
from kiosk.core.identity.traits import Traits

LOOKS_ALIKE = 0.85  # Design: from here on a look-alike is worth a warning
# Design: what each trait weighs in a likeness. The date decides less than the names, which twins share.
_NAME_WEIGHT, _GIVEN_WEIGHT, _DATE_WEIGHT = 0.4, 0.35, 0.25
_SEX_PENALTY = 0.1


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


def _texts(date: BirthDate) -> set[str]:
    completed = date.interpretation()
    return {date.text} if completed is None else {date.text, completed.text}
