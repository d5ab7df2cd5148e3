"""Whom a clock erases: who is nobody's, after some days, and nobody else however far it goes wrong."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from kiosk.console.keystore.models import Erasure
from kiosk.console.models import (
    AuditEntry,
    Outbox,
    Person,
)
from kiosk.console.register import erasure, reading
from kiosk.console.upkeep import retention
from kiosk.core.checkin.value import CheckIn
from kiosk.core.sources.insi import InsNotFound
from kiosk.core.status.transitions import Refusal
from tests.console.arrivals import arrive
from tests.console.erased import in_days, is_sound, nothing_opens, person_of, stage_of, whose
from tests.console.staff import at_desk, post
from tests.console.taken_up import qualified, taken_up, visit_of
from tests.console.test_work_lists import _two_records
from tests.people import ZOE

pytestmark = [pytest.mark.usefixtures("console", "asks_insi"), pytest.mark.long]


@pytest.fixture()
def officer(console: object) -> Client:
    return at_desk("marc", "officer")


def _taken_back(client: Client) -> tuple[Person, str]:
    """Qualified, then undone by who did it: whom that decision opened is nobody's."""
    first, path = qualified(client)
    person = whose(first)
    post(client, path + "annuler/")
    assert visit_of(first).person is None
    person.refresh_from_db()
    return person, path


def test_whom_a_decision_taken_back_left_as_nobody_s_is_erased_after_some_days(officer: Client) -> None:
    person, _ = _taken_back(officer)
    retention.purge(in_days(settings.KIOSK.nobodys_days - 0.1))
    assert Person.objects.get(pk=person.pk).erased_at is None
    retention.purge(in_days(settings.KIOSK.nobodys_days + 0.1))
    assert Person.objects.get(pk=person.pk).erased_at is not None
    nothing_opens(person)
    [fact] = AuditEntry.objects.filter(act="erased")
    assert (fact.who, fact.details) == ("worker", '{"reason": "nobodys"}')
    assert (Outbox.objects.count(), is_sound()) == (1, True)  # told when it was undone, and never again


def test_a_clock_erases_nobody_else_however_far_it_goes_wrong(officer: Client) -> None:
    """Qualified, validated, doubtful, merged, found again: their copies go, they stay."""
    first, second = _two_records()
    doubted = make_known_as_doubtful(officer)
    before = {one.pk: (one.status, one.attributes, one.evidence) for one in Person.objects.all()}
    for years in (1, 4, 30, 100):
        retention.purge(in_days(365 * years))
    assert {one.pk: (one.status, one.attributes, one.evidence) for one in Person.objects.all()} == before
    assert not Person.objects.exclude(erased_at=None).exists()
    assert {stage_of(one) for one in (first, second, doubted)} == {"removed"}
    assert len(before) == 3 and reading.standing_of(Person.objects.get(pk=person_of(first))).held is not None


def make_known_as_doubtful(client: Client) -> CheckIn:
    from tests.people import DOMINIQUE

    check_in = arrive(DOMINIQUE)
    path = taken_up(client, check_in)
    post(client, path + "decision/doubt/")
    assert visit_of(check_in).person.attributes == "doubtful"
    return check_in


def test_a_worker_that_is_asked_to_erase_who_is_somebody_s_is_refused(officer: Client) -> None:
    first, _ = qualified(officer)
    with pytest.raises(erasure.writer.Refused) as refused:
        erasure.erase(person_of(first), retention.WORKER, erasure.Why.NOBODYS)
    assert refused.value.refusal is Refusal.ONLY_STAFF
    assert (visit_of(first).status, Erasure.objects.count()) == ("QUALIFIED", 0)


def test_an_erasing_that_a_rule_forbids_is_in_the_trail_once(officer: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody is qualified between the two looks at them: only staff erases them."""
    first, _ = qualified(officer)
    monkeypatch.setattr(erasure, "nobodys", lambda *_: [whose(first)])
    for _ in range(2):
        retention.purge(in_days(0))
    [refused] = AuditEntry.objects.filter(act="refused")
    assert (refused.who, refused.about) == ("worker", str(person_of(first)))
    assert '"act": "erased"' in refused.details and '"refusal": "only-staff"' in refused.details


def test_who_came_back_meanwhile_is_not_erased(officer: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    person, path = _taken_back(officer)
    seen = erasure.nobodys

    def came_back(*asked: Any) -> list[Person]:
        found = seen(*asked)
        assert [one.pk for one in found] == [person.pk]
        _attached(path, person)
        return found

    monkeypatch.setattr(erasure, "nobodys", came_back)
    monkeypatch.setattr(settings, "KIOSK", settings.KIOSK.model_copy(update={"unseen_hours": 72}))
    retention.purge(in_days(1) + timedelta(days=settings.KIOSK.nobodys_days))
    assert Person.objects.get(pk=person.pk).erased_at is None


def _attached(path: str, person: Person) -> None:
    from kiosk.console.register import attaching
    from kiosk.core.status.transitions import Actor, ActorKind

    check_in = arrive(ZOE, InsNotFound())
    arrival = visit_of(check_in)
    attaching.attach(arrival, check_in, Person.objects.get(pk=person.pk), Actor(ActorKind.STAFF, "marc"))
    arrival.save()
