"""Real people and invented ones do not meet: a kiosk says its mode, and a console of the other one refuses it.

Seen before: what a kiosk in demonstration sent to a production console stood in its queue as anybody else.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from uuid import uuid4

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kiosk.console import audit
from kiosk.console.config import ServerSettings
from kiosk.console.models import Arrival, AuditEntry, Question, Terminal
from kiosk.console.records import world
from kiosk.console.terminals import health
from kiosk.core.checkin.value import CheckIn
from tests.console.arrivals import check_in_of, deliver, enrol, put
from tests.console.staff import at_desk, get, words_of
from tests.people import DOMINIQUE, ZOE


@pytest.fixture(autouse=True)
def _enrolled(console: ServerSettings) -> None:
    enrol()


@pytest.fixture
def real(console: ServerSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(django_settings, "KIOSK", console.model_copy(update={"mode": "production"}))


def _beats(**said: str) -> int:
    return int(put("/intake/heartbeat", json.dumps({"version": "1", **said}).encode()).status_code)


def _of_demo(check_in: CheckIn) -> CheckIn:
    return replace(check_in, mode="demo")


def _bornes() -> str:
    return words_of(get(at_desk("ada", "administrator"), "/bornes/").content.decode())


def test_production_refuses_whom_a_kiosk_in_demonstration_sends_and_says_why(real: None) -> None:
    check_in = check_in_of(ZOE)
    refused = deliver(_of_demo(check_in))
    assert (refused.status_code, refused.json()["outcome"]) == (403, "not-in-production")
    assert "production" in refused.json()["reason"]
    assert not Arrival.objects.exists() and not world.holds_invented()
    assert deliver(check_in).status_code == 201  # who says nothing is of production, or of an earlier version


def test_staff_see_that_a_kiosk_is_not_in_production_and_its_questions_reach_no_insi(real: None) -> None:
    assert _beats(mode="demo") == 403
    (line,) = health.terminals()
    assert (line.terminal.mode, line.alarms, line.is_silent) == ("demo", ("invented",), False)
    assert "pas en production : ses arrivées sont refusées" in _bornes()
    assert put(f"/intake/questions/{uuid4()}", b"sealed").status_code == 403
    assert not Question.objects.exists()
    assert _beats(mode="production") == 200
    assert "ses arrivées" not in words_of(get(at_desk("bea", "administrator"), "/bornes/").content.decode())


def test_who_calls_for_help_is_heard_whatever_the_kiosk_s_mode(real: None) -> None:
    assert _beats(mode="demo") == 403
    assert put(f"/intake/calls/{uuid4()}", json.dumps({"reason": "help", "desk": "3"}).encode()).status_code == 201


@pytest.mark.parametrize("mode", ["demo", "test", "training"])
def test_a_console_that_is_not_in_production_takes_nobody_from_a_kiosk_that_is(
    console: ServerSettings, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    monkeypatch.setattr(django_settings, "KIOSK", console.model_copy(update={"mode": mode}))
    assert _beats(mode="production") == 403
    assert "en production : ses arrivées ne viennent pas ici" in _bornes()
    assert deliver(check_in_of(ZOE)).status_code == 403
    assert not Arrival.objects.exists()


@pytest.mark.parametrize("mode", ["production", "demo"])
def test_a_kiosk_of_an_earlier_version_goes_on(
    console: ServerSettings, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    monkeypatch.setattr(django_settings, "KIOSK", console.model_copy(update={"mode": mode}))
    assert _beats() == 200
    assert deliver(check_in_of(ZOE)).status_code == 201
    assert health.terminals()[0].alarms == () and not world.holds_invented()


@pytest.mark.parametrize("said", [{"mode": 5}, {"mode": "x" * 200}, {"mode": "demo\0"}, {"mode": None}, {}])
def test_whatever_a_kiosk_calls_its_mode_it_is_one_short_line(said: Mapping[str, object]) -> None:
    put("/intake/heartbeat", json.dumps(said).encode())
    mode = Terminal.objects.get().mode
    assert len(mode) <= 20 and (mode.isprintable() or not mode)


def test_a_demonstration_s_database_is_marked_by_its_first_invented_person_once_and_the_trail_is_asked_once() -> None:
    assert _beats(mode="demo") == 200
    assert not world.holds_invented()
    for person, ticket in ((ZOE, "A1"), (DOMINIQUE, "A2")):
        assert deliver(replace(_of_demo(check_in_of(person)), ticket=ticket)).status_code == 201
    with CaptureQueriesContext(connection) as asked:
        assert deliver(replace(_of_demo(check_in_of(DOMINIQUE)), ticket="A3")).status_code == 201
    assert AuditEntry.objects.filter(act=audit.Act.PEOPLE_INVENTED).count() == 1
    assert not [one for one in asked.captured_queries if "people-invented" in one["sql"]]
    with pytest.raises(world.OtherWorld, match="jamais servie en production"):
        world.check("production")
