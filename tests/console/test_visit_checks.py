"""A visit's columns, or a key, altered by who owns the database: found by the worker and by the command."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from kiosk.console.keystore.models import SubjectKey
from kiosk.console.models import Arrival
from kiosk.console.register import visit_checks
from kiosk.console.upkeep import checking, insi_again
from kiosk.console.witness import findings, words
from kiosk.core.checkin.value import Way
from kiosk.core.sources.insi import InsNotFound, InsUnreachable
from tests.console.acquainted import make_known
from tests.console.arrivals import arrive, found
from tests.console.rewritten import behind, rewrite
from tests.console.staff import at_desk, get, post
from tests.console.taken_up import TICKED, qualified, taken_up, visit_of
from tests.console.test_register_check import turns
from tests.people import DOMINIQUE, ZOE

pytestmark = [pytest.mark.usefixtures("asks_insi"), pytest.mark.tampers, pytest.mark.long]


def _found() -> list[tuple[str, str]]:
    """By the worker, within one reading, and by the command that reads all; both find the same."""
    turns(2)
    unseen = sorted((one.code, one.about) for one in findings.unseen())
    whole = {one.name for check in checking.CHECKS.values() for part in checking.whole(check) for one in part.found}
    assert {f"{code}:{about}" for code, about in unseen} == whole
    for code, about in unseen:
        assert not words.told(code, about).startswith(code)
    return unseen


def _seen(client: Client) -> str:
    """Zoé, whom the console knows, was seen."""
    known, _ = qualified(client)
    unread = {"pictures": (), "mrz": None, "document_kind": None}
    check_in = arrive(ZOE, InsUnreachable("not-asked"), way=Way.SHORT, **unread)
    path = taken_up(client, check_in)
    post(client, path + "presence/", version=str(visit_of(known).person.version))
    assert visit_of(check_in).presence_at is not None
    return check_in.key


def test_nothing_is_found_of_what_staff_and_worker_do() -> None:
    """Seen and taken back, decided and undone, asked and answered, let go of."""
    client = at_desk()
    key = _seen(client)
    post(client, f"/arrivees/{key}/annuler/")
    assert Arrival.objects.get(pk=key).presence_at is None
    waits = arrive(DOMINIQUE, InsUnreachable("timeout"))
    Arrival.objects.filter(pk=waits.key).update(insi_next_at=timezone.now())
    assert insi_again.insi_once(lambda _: found(DOMINIQUE))
    assert visit_of(waits).reported == "RETRIEVED"
    post(client, taken_up(client, waits) + "qualifier/", **TICKED | {"first_given_name": "DOMINIQUE"})
    assert visit_of(waits).status == "QUALIFIED"
    post(client, f"/arrivees/{waits.key}/annuler/")
    assert visit_of(waits).person is None
    arrive(ZOE, InsNotFound())
    assert _found() == []


def test_who_was_seen_by_nobody_is_found_and_who_was_seen_otherwise() -> None:
    seen, never = _seen(at_desk()), arrive(DOMINIQUE)
    behind(Arrival.objects.filter(pk=never.key), presence_at=timezone.now())
    assert [about[:36] for code, about in _found() if code == "visit"] == [never.key]
    behind(Arrival.objects.filter(pk=never.key), presence_at=None)
    for other in (None, timezone.now() - timedelta(days=1)):
        behind(Arrival.objects.filter(pk=seen), presence_at=other)
        assert [one.about[:36] for one in visit_checks.visits("", 1000).found] == [seen]


@pytest.mark.parametrize("word", ["RETRIEVED", "VALIDATED", "QUALIFIED"])
def test_more_than_a_machine_said_is_found_and_never_more_than_retrieved_is_shown(word: str) -> None:
    check_in = arrive(ZOE, InsNotFound())
    behind(Arrival.objects.all(), reported=word)
    assert visit_of(check_in).status == "PROVISIONAL"  # what does not prove itself says nothing
    page = get(at_desk(), f"/arrivees/{check_in.key}/").content.decode()
    assert "Identité qualifiée" not in page
    assert [(code, about[:36]) for code, about in _found() if code == "visit"] == [("visit", check_in.key)]


def test_a_visit_given_to_somebody_else_or_to_nobody_is_found() -> None:
    check_in, _ = qualified(at_desk())
    person = visit_of(check_in).person
    for other in (make_known(DOMINIQUE), None):
        behind(Arrival.objects.all(), person=other)
        assert [one.about[:36] for one in visit_checks.visits("", 1000).found] == [check_in.key]
    behind(Arrival.objects.all(), person=person)
    assert _found() == []


@pytest.mark.parametrize("whose", ["the person's", "the visit's"])
def test_a_key_that_was_destroyed_by_hand_is_found(whose: str) -> None:
    check_in, _ = qualified(at_desk())
    subject = visit_of(check_in).person_id if whose == "the person's" else visit_of(check_in).pk
    assert _found() == []
    SubjectKey.objects.filter(pk=subject).delete()
    assert _found() == [("key", f"{subject}-gone")]


def test_a_visit_put_back_to_where_it_was_before_its_last_act_is_found() -> None:
    client, check_in = at_desk(), arrive(DOMINIQUE)
    post(client, taken_up(client, check_in) + "parti/")
    assert visit_of(check_in).stage == "gone"
    assert _found() == []
    rewrite(Arrival.objects.filter(pk=check_in.key), stage="waiting", assigned_to=None)
    assert [(code, about[:36]) for code, about in _found()] == [("visit", check_in.key)]
