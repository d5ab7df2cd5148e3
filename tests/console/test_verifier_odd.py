"""A verification that a site plugs in, and that throws or says anything: nothing is confirmed, the worker goes on."""

import json
import threading
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from kiosk.console.models import AuditEntry, Verification
from kiosk.console.upkeep import worker
from kiosk.console.vigilance import campaigns
from kiosk.core.sources.insi import InsAnswer, InsNotFound, InsUnreachable
from kiosk.insi.verify import StoredIdentity, VerificationVerdict
from kiosk.insi.verify import Verification as Verified
from tests.console.arrivals import enrol, found
from tests.console.staff import at_desk, get, post
from tests.console.taken_up import qualified, taken_up, visit_of
from tests.people import DOMINIQUE, ZOE

pytestmark = [pytest.mark.usefixtures("console"), pytest.mark.long]
DIFFERENT, CONFIRMED = VerificationVerdict.DIFFERENT, VerificationVerdict.CONFIRMED
_said: Any = Verified  # no type holds whoever plugs in
ODD = {
    "throws": RuntimeError("SOAP"),
    "nothing": None,
    "a word": _said("confirmed", (), found(ZOE)),
    "no answer": _said(VerificationVerdict.NOT_FOUND, (), None),
    "no differences": _said(DIFFERENT, None, found(DOMINIQUE)),
    "confirms nobody": Verified(CONFIRMED, (), InsNotFound()),
    "confirms silence": Verified(CONFIRMED, (), InsUnreachable("timeout")),
}


class Odd:
    """The official operation, not as its contract has it."""

    def __init__(self, said: object) -> None:
        self._said = said

    def verify(self, _stored: StoredIdentity, _deadline: float, **_who: str) -> Any:
        if isinstance(self._said, Exception):
            raise self._said
        return self._said


@pytest.fixture(autouse=True)
def _in_production(console: object, monkeypatch: pytest.MonkeyPatch) -> None:
    enrol()
    section = SimpleNamespace(verifier="official", desk_caller="certificate")
    monkeypatch.setattr(settings, "KIOSK", settings.KIOSK.model_copy(update={"mode": "production", "insi": section}))


def _nobody_searches(*_: object) -> InsAnswer:
    raise AssertionError("the official operation is asked, not the search")


def _asked_for() -> tuple[Any, Client]:
    """The unit has Zoé verified."""
    check_in, _ = qualified(at_desk())
    officer = at_desk("marc", "officer")
    post(officer, taken_up(officer, check_in) + "verifier/")
    return check_in, officer


def _works(said: object) -> None:
    Verification.objects.exclude(next_at=None).update(next_at=timezone.now() - timedelta(seconds=1))
    worker.work(_nobody_searches, threading.Event(), once=True, verifier=Odd(said))


@pytest.mark.parametrize("said", ODD.values(), ids=ODD.keys())
def test_a_plug_in_that_breaks_its_contract_confirms_nothing_and_the_worker_goes_on(said: object) -> None:
    check_in, officer = _asked_for()
    for _ in range(campaigns.TRIES):
        _works(said)
    row, visit = Verification.objects.get(), visit_of(check_in)
    assert (row.verdict, row.next_at) == ("not-verified", None)
    assert (visit.status, visit.person.verified_at) == ("QUALIFIED", None)
    assert "non vérifié, sans réponse 1" in get(officer, "/vigilance/verifications/").content.decode()


def test_a_plug_in_that_confirms_somebody_else_leaves_a_task() -> None:
    check_in, _ = _asked_for()
    _works(Verified(CONFIRMED, (), found(DOMINIQUE)))
    visit = visit_of(check_in)
    assert Verification.objects.get().verdict == "different"
    assert (visit.status, visit.person.verified_at) == ("QUALIFIED", None)


def test_words_of_a_plug_in_that_are_no_codes_of_ours_stay_out_of_the_trail() -> None:
    _asked_for()
    _works(Verified(DIFFERENT, ("matricule", "DUPONT JEAN", "x" * 500), found(DOMINIQUE)))
    assert Verification.objects.get().differences == "matricule"
    said = [json.loads(one.details) for one in AuditEntry.objects.filter(act="verified")]
    assert [one["differences"] for one in said] == ["matricule"]
