"""A page and a decision ask the database each thing once: asked again it costs as much, and says the same."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any
from uuid import UUID

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from kiosk.console import audit
from kiosk.console.identities import downgrading
from kiosk.console.identities.reasons import NotAllowed, WhyDown
from kiosk.console.models import Person, Staff
from kiosk.console.register import visits, writer
from kiosk.console.register.writer import Told
from kiosk.core.status.person_events import Verified
from kiosk.core.status.transitions import Actor, ActorKind
from tests.console.arrivals import arrive, enrol
from tests.console.staff import READ, as_shown, at_desk, get, post
from tests.people import ZOE

pytestmark = pytest.mark.long
QUALIFY = {"evidence": "CN", "said": "1", "seen": READ, "first_given_name": "ZOE"}


@pytest.fixture(autouse=True)
def _enrolled(console: object) -> None:
    enrol()


def _asked(act: Callable[[], object]) -> Iterator[str]:
    """What the databases are asked and told, with its values; not where a transaction begins or ends."""
    with ExitStack() as until_done:
        heard = [until_done.enter_context(CaptureQueriesContext(one)) for one in connections.all()]
        act()
        said = [one["sql"] for context in heard for one in context.captured_queries]
    return (one for one in said if one.startswith(("SELECT", "INSERT", "UPDATE", "DELETE")))


def _twice(asked: list[str]) -> set[str]:
    return {one for one, times in Counter(asked).items() if times > 1 and one.startswith("SELECT")}


def test_a_decision_asks_only_whether_a_number_is_free_and_where_the_trail_ends_again_under_lock() -> None:
    """The trail is held before it is looked who is known, and read where it is written on."""
    check_in = arrive(ZOE)
    client = at_desk()
    path = f"/arrivees/{check_in.key}/"
    post(client, path + "prendre/")
    form = as_shown(path + "qualifier/", QUALIFY)  # looked up beforehand: a browser has it on its page
    asked = list(_asked(lambda: post(client, path + "qualifier/", **form)))
    again = ("console_holding", "console_audithead")
    assert {one for one in _twice(asked) if not any(table in one for table in again)} == set()
    assert len(asked) <= 27  # once for what the trail says of the visit


def test_a_page_asks_each_thing_once() -> None:
    check_in = arrive(ZOE)
    client = at_desk()
    path = f"/arrivees/{check_in.key}/"
    post(client, path + "prendre/")
    fresh = list(_asked(lambda: get(client, path)))
    assert (_twice(fresh), len(fresh) <= 26) == (set(), True)
    post(client, path + "qualifier/", **QUALIFY)
    known = list(_asked(lambda: get(client, path)))
    said = _twice(known), len(known) <= 34  # who took it up, whose links, whose notes, open pairs; no copy
    assert said == (set(), True)


def test_the_queue_asks_as_much_for_many_as_for_one() -> None:
    client = at_desk()
    arrive(ZOE)
    one = len(list(_asked(lambda: get(client, "/file/"))))
    for _another in range(3):
        check_in = arrive(ZOE)
        post(client, f"/arrivees/{check_in.key}/prendre/")
        post(client, f"/arrivees/{check_in.key}/personne/", whose="new")
        post(client, f"/arrivees/{check_in.key}/decision/doubt/")
    assert len(list(_asked(lambda: get(client, "/file/")))) == one


def test_who_changed_between_the_look_and_the_lock_is_not_decided_about(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where they stand is read once; under lock it is looked whether that is still so."""
    check_in = arrive(ZOE)
    client = at_desk(role="officer")
    path = f"/arrivees/{check_in.key}/"
    post(client, path + "prendre/")
    post(client, path + "qualifier/", **QUALIFY)
    post(client, path + "prendre/")
    person = Person.objects.get()
    before, record, by = person.version, visits.recorded, Actor(ActorKind.WORKER, "worker")

    def too_late(*said: Any, **more: Any) -> Person:
        writer.record(person.pk, [Told(Verified(), audit.Act.VERIFIED)], by)
        return record(*said, **more)

    monkeypatch.setattr(visits, "recorded", too_late)
    with pytest.raises(NotAllowed, match="a changé depuis l’affichage"):
        downgrading.downgrade(UUID(check_in.key), Staff.objects.get(), WhyDown.WRONG_TRAIT)
    person.refresh_from_db()
    assert (person.status, person.version) == ("QUALIFIED", before)
