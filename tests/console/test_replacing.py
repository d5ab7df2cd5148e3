"""A number that INSi has replaced: the unit takes it, the identity stays qualified, nobody is told of a withdrawal."""

from dataclasses import replace

import pytest
from django.utils import timezone

from kiosk.console.models import Arrival, Holding, Outbox
from kiosk.console.register import reading, visits
from kiosk.console.upkeep import insi_again
from kiosk.core.identity.matricule import OID_NIA
from tests.console.arrivals import arrive, found, original_of
from tests.console.staff import READ, at_desk, get, post
from tests.people import TOUSSAINT, ZOE

pytestmark = [pytest.mark.usefixtures("console", "asks_insi"), pytest.mark.long]  # plays page after page
TICKED = {"evidence": "CN", "said": "1", "seen": READ, "tolerated": "1", "first_given_name": "ZOE"}
WAITING = replace(ZOE, oid=OID_NIA)


def _arrival(check_in):
    return Arrival.objects.select_related("sealed", "person__absorbed_by").get(pk=check_in.key)


def _answered_otherwise(officer, answer):
    """Qualified with a number that is provisional (NIA); asked anew, INSi answers otherwise."""
    check_in = arrive(WAITING, found(WAITING))
    path = f"/arrivees/{check_in.key}/"
    post(officer, path + "prendre/")
    post(officer, path + "interroger/", **original_of(ZOE))
    post(officer, path + "qualifier/", **TICKED)
    assert _arrival(check_in).status == "QUALIFIED"
    Arrival.objects.update(insi_next_at=timezone.now())
    assert insi_again.insi_once(lambda *_: answer)
    post(officer, path + "prendre/")
    return check_in, path


def _version(check_in) -> str:
    return str(_arrival(check_in).person.version)


def test_the_unit_takes_the_number_that_replaced_it_and_nothing_is_withdrawn() -> None:
    officer = at_desk("marc", "officer")
    check_in, path = _answered_otherwise(officer, found(ZOE))
    page = get(officer, path).content.decode()
    assert page.index("Prendre ce numéro à la place") < page.index("Reposer, rien ne change")  # read before deciding
    day = _arrival(check_in).evidence_on
    post(officer, path + "remplacer/", version=_version(check_in))
    arrival = _arrival(check_in)
    assert (arrival.status, arrival.evidence, arrival.evidence_on, arrival.stage) == ("QUALIFIED", "CN", day, "done")
    assert visits.opened(arrival).insi.matricule == ZOE.matricule
    assert reading.folded(arrival.person.pk) == reading.standing_of(arrival.person)
    assert [one.domain for one in Holding.objects.filter(until=None)] == [ZOE.oid]
    assert not Outbox.objects.exists()
    post(officer, path + "annuler/")
    assert visits.opened(_arrival(check_in)).insi.matricule == WAITING.matricule


def test_another_person_s_number_is_no_replacement() -> None:
    officer = at_desk("marc", "officer")
    check_in, path = _answered_otherwise(officer, found(TOUSSAINT))
    assert "Les traits ne sont pas les mêmes" in get(officer, path).content.decode()
    post(officer, path + "remplacer/", version=_version(check_in))
    assert visits.opened(_arrival(check_in)).insi.matricule == WAITING.matricule


def test_a_page_that_was_not_shown_replaces_nothing() -> None:
    officer = at_desk("marc", "officer")
    check_in, path = _answered_otherwise(officer, found(ZOE))
    for version in ("", "1", "x"):
        post(officer, path + "remplacer/", version=version)
    assert visits.opened(_arrival(check_in)).insi.matricule == WAITING.matricule
