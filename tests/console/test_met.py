"""Who is met by the prior search: not whose row was altered, nor whose record leads to another one."""

from dataclasses import replace
from uuid import UUID

import pytest

from kiosk.console.identities import attaching, deciding
from kiosk.console.identities.choices import Action, Choice
from kiosk.console.models import Arrival, Person, Staff
from kiosk.console.register import prior
from kiosk.core.sources.insi import InsNotFound
from tests import people
from tests.console.arrivals import arrive, check_in_of, enrol
from tests.console.rewritten import rewrite
from tests.console.staff import add
from tests.people import ZOE

pytestmark = pytest.mark.tampers
COMES = check_in_of(ZOE, InsNotFound())


@pytest.fixture()
def two(console: object) -> list[UUID]:
    """Twice one person, whom staff said to be two."""
    enrol()
    add("lea", "officer")
    lea = Staff.objects.get(username="lea")
    return [_known(lea) for _time in range(2)]


def _known(staff: Staff, whom: people.Person = ZOE) -> UUID:
    check_in = arrive(whom, InsNotFound())
    rewrite(Arrival.objects.filter(pk=check_in.key), stage="called", assigned_to=staff)
    attaching.say_new(UUID(check_in.key), staff)
    person = deciding.decide(UUID(check_in.key), staff, Choice(Action.HOMONYM)).person
    assert person is not None
    return person.pk


def _met() -> set[UUID]:
    return {one.person.pk for one in prior.candidates(COMES)}


def test_who_was_altered_by_hand_is_not_shown(two: list[UUID]) -> None:
    assert _met() == set(two)
    Person.objects.filter(pk=two[0]).update(decided_by="marc")
    assert _met() == {two[1]}


def test_nor_whose_state_says_nothing_that_can_be_read(two: list[UUID]) -> None:
    Person.objects.filter(pk=two[0]).update(state="{}", at_fact=1_000_000)
    assert _met() == {two[1]}


def test_a_record_that_leads_to_another_leaves_its_place_to_the_next(
    two: list[UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prior, "MOST_COMPARED", 1)
    first, other = sorted(two)
    assert _met() == {first}
    Person.objects.filter(pk=first).update(absorbed_by=other)
    assert _met() == {other}


def test_who_has_one_key_in_common_is_opened_unless_somebody_has_many(
    two: list[UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Born that day, two letters of the name wrong and called otherwise: by the day and one letter alone."""
    other = _known(Staff.objects.get(username="lea"), replace(ZOE, birth_name="AXXUN", given_names=("KIM",)))
    opened: set[UUID] = set()
    accepted = prior._accepted
    monkeypatch.setattr(prior, "_accepted", lambda one: [opened.add(one.key), accepted(one)][1])
    _met()
    assert opened == set(two)
    Person.objects.filter(pk__in=two).update(absorbed_by=other)  # nobody shares more now
    _met()
    assert opened == {*two, other}
