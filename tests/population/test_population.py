"""A returning person, on an invented population: what is filed by itself is right, and nobody known is missed.

The small version of ``tests/benchmarks/bench_returning.py``, the same at every run.
"""

from functools import cache

import pytest

from kiosk.core.status.returning import Ground
from tests.population.measure import Measured, measure, table

PEOPLE, VISITS = 28_000, 3_000


@cache
def measured() -> Measured:
    return measure(2026, PEOPLE, VISITS, searched=2)


@pytest.mark.long
def test_what_is_filed_by_itself_is_always_who_card_and_letter_name() -> None:
    found = measured()
    assert found.known > 19_000
    assert found.pairs > 10_000
    assert found.hard > 500
    assert found.wrong == {}
    assert found.automatic.precision == 1.0


@pytest.mark.long
def test_most_of_who_returns_with_a_card_is_filed_by_itself() -> None:
    assert measured().plain.recall > 0.8
    assert set(measured().grounds) == set(Ground) - {Ground.APPLI}, "nobody of this population shows a phone"


@pytest.mark.long
def test_with_a_document_read_only_a_namesake_of_the_same_day_passes_for_another() -> None:
    by_document = {kind for ground, kind in measured().absent if ground is not Ground.CARD}
    assert by_document <= {"namesake's letter", "borrowed card of a namesake"}


@pytest.mark.long
def test_wide_blocking_finds_whom_letters_and_dates_miss_and_few_besides() -> None:
    found = measured()
    assert found.blocked.recall >= 0.999
    assert found.asked.recall >= 0.999
    assert found.blocked.recall > found.looked_alike.recall
    assert sorted(found.found_each)[len(found.found_each) * 95 // 100] < 30


@pytest.mark.long
def test_traits_that_are_equal_are_not_one_person() -> None:
    """Why nothing is filed by traits alone."""
    assert measured().equal.wrong > 0
    assert len(list(table(measured()))) == 18
