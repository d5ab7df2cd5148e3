"""Fingerprints of an earlier version lead to visits in clear: met as they are, closed by the worker, once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from kiosk.console import audit
from kiosk.console.models import Arrival, AuditEntry, BlindIndex, VisitIndex
from kiosk.console.records import indexes, search
from kiosk.console.register import visit_checks
from kiosk.console.upkeep import checking, closing, retention
from tests.console.arrivals import arrive, enrol
from tests.console.before import Before
from tests.console.rewritten import behind, rewrite
from tests.people import DOMINIQUE, TOUSSAINT, ZOE

PEOPLE = (ZOE, DOMINIQUE, TOUSSAINT)


@pytest.fixture()
def left(console: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three who came, as an earlier version kept under what they are found; closed one at a time."""
    enrol()
    monkeypatch.setattr(closing, "AT_ONCE", 1)
    for person in PEOPLE:
        arrive(person)
    for visit in Arrival.objects.all():
        values = indexes.of([visit.pk])[visit.pk]
        indexes.forget([visit.pk])
        BlindIndex.objects.bulk_create(BlindIndex(arrival=visit, value=one) for one in values)
        rewrite(Arrival.objects.filter(pk=visit.pk), indexed=indexes._sum(one.hex() for one in values))


def _found() -> list[int]:
    return [search.find(one.birth_date, one.birth_name, one.given_names[0]).count() for one in PEOPLE]


def _troubles() -> list[str]:
    return [one.name for part in checking.whole(visit_checks.visits) for one in part.found]


def _told() -> int:
    return AuditEntry.objects.filter(act=audit.Act.INDEXES_CLOSED).count()


def test_all_are_found_before_halfway_and_after_and_the_trail_says_once_that_it_is_done(left: None) -> None:
    for done in range(len(PEOPLE)):
        assert (_found(), _troubles(), _told()) == ([1, 1, 1], [], 0)
        assert len(indexes.of([one.pk for one in Arrival.objects.all()])) == 3
        assert VisitIndex.objects.values("visit").distinct().count() == done
        assert closing.once()
    assert (_found(), _troubles(), _told(), BlindIndex.objects.count()) == ([1, 1, 1], [], 1, 0)
    assert not closing.once() and _told() == 1
    assert all(one.is_proven for one in Arrival.objects.all()) and audit.verify()[1] == ()


def test_killed_before_the_last_are_kept_the_worker_begins_them_again(
    left: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert closing.once() and closing.once()

    def killed(_done: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(audit, "record_all", killed)
        closing.once()
    assert BlindIndex.objects.exists() and _found() == [1, 1, 1]
    assert closing.once() and not closing.once()
    assert (_found(), _troubles(), _told(), BlindIndex.objects.count()) == ([1, 1, 1], [], 1, 0)


def test_what_is_added_to_a_visit_of_before_closes_all_of_it(left: None) -> None:
    visit = Arrival.objects.earliest("received_at")
    indexes.add(visit, {b"another print..."})
    visit.save(update_fields=["indexed"])
    assert not BlindIndex.objects.filter(arrival=visit).exists() and _troubles() == []
    assert indexes.met([b"another print..."]) == {visit.pk} and _found() == [1, 1, 1]


@pytest.mark.tampers
def test_a_fingerprint_that_somebody_put_in_clear_is_found_before_and_after(left: None) -> None:
    visit = Arrival.objects.earliest("received_at")
    BlindIndex.objects.create(arrival=visit, value=b"somebody else's.")
    [before] = _troubles()
    while closing.once():
        continue
    assert _troubles() == [before] and before.startswith(f"index:{visit.pk}")


@pytest.mark.tampers
def test_of_a_visit_that_is_not_as_it_was_written_the_row_stays_so(left: None) -> None:
    behind(Arrival.objects.all(), reason="99")
    while closing.once():
        continue
    assert not BlindIndex.objects.exists() and not any(one.is_proven for one in Arrival.objects.all())


def test_who_is_removed_meanwhile_is_found_nowhere(left: None) -> None:
    assert closing.once()
    retention.purge(timezone.now() + timedelta(days=4))
    assert not BlindIndex.objects.exists() and not VisitIndex.objects.exists()
    assert {bytes(one.indexed) for one in Arrival.objects.all()} == {b""}


@pytest.mark.starts
def test_an_update_leaves_them_and_the_worker_closes_them(before: Before) -> None:
    key = before.visit(ZOE)
    before.over()
    assert BlindIndex.objects.filter(arrival=key).exists() and indexes.met(search.sought(ZOE.birth_date)) == {key}
    assert closing.once() and not closing.once()
    assert not BlindIndex.objects.exists() and indexes.met(search.sought(ZOE.birth_date)) == {key}
    assert (_troubles(), _told()) == ([], 1)
