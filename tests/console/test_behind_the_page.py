"""What happens between the page and the press, or between a decision and its undoing, makes no identity another's."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from kiosk.core.checkin.value import CheckIn
from kiosk.core.identity.matricule import Matricule
from kiosk.core.sources.insi import InsAnswer, InsNotFound
from tests.console.arrivals import arrive, found, original_of
from tests.console.conftest import ON_SQLITE
from tests.console.staff import READ, at_desk, get, post
from tests.people import TOUSSAINT, ZOE

pytestmark = [pytest.mark.usefixtures("console", "asks_insi"), pytest.mark.long]
TICKED = {"evidence": "CN", "said": "1", "seen": READ, "tolerated": "1", "first_given_name": "ZOE"}
UNREAD = {"mrz": None, "document_kind": None, "card": None, "card_nir": ""}
OTHER_DAY = original_of(ZOE, birth_date="30/12/1975")


def _arrival(check_in: CheckIn) -> Any:
    from kiosk.console.models import Arrival

    return Arrival.objects.select_related("sealed").get(pk=check_in.key)


def _standing(check_in: CheckIn) -> tuple[str, Matricule]:
    from kiosk.console.register import visits

    arrival = _arrival(check_in)
    return arrival.status, visits.opened(arrival).insi.matricule


def _taken(client: Client, check_in: CheckIn) -> str:
    path = f"/arrivees/{check_in.key}/"
    post(client, path + "prendre/")
    return path


def _answers_late(answer: InsAnswer) -> None:
    from kiosk.console.models import Arrival
    from kiosk.console.upkeep import insi_again

    Arrival.objects.exclude(insi_next_at=None).update(insi_next_at=timezone.now())
    assert insi_again.insi_once(lambda *_: answer)


def _mark(client: Client, path: str) -> str:
    marks = set(re.findall(r'name="answer" value="([0-9a-f]{32})"', get(client, path).content.decode()))
    assert len(marks) == 1  # one answer, whatever the form
    return marks.pop()


# --- undoing: what a decision took back is not given back with another answer -----------------------------------------


def _downgraded_while_asked(officer: Client, check_in: CheckIn) -> str:
    path = _taken(officer, check_in)
    post(officer, path + "interroger/", **original_of(TOUSSAINT))
    post(officer, path + "qualifier/", **TICKED)
    post(officer, path + "prendre/")
    post(officer, path + "declasser/", reason="wrong-person")
    return path


def test_undoing_a_downgrade_does_not_qualify_the_answer_that_came_after_it() -> None:
    check_in, officer = arrive(ZOE), at_desk("marc", "officer")
    path = _downgraded_while_asked(officer, check_in)
    _answers_late(found(TOUSSAINT))
    post(officer, path + "annuler/")
    assert _standing(check_in) == ("QUALIFIED", ZOE.matricule)  # what it rested on, and nothing else


@pytest.mark.parametrize("answer", [found(ZOE), InsNotFound()])
def test_an_answer_that_changes_nothing_leaves_the_downgrade_to_be_undone(answer: InsAnswer) -> None:
    check_in, officer = arrive(ZOE), at_desk("marc", "officer")
    path = _downgraded_while_asked(officer, check_in)
    _answers_late(answer)
    post(officer, path + "annuler/")
    assert _standing(check_in) == ("QUALIFIED", ZOE.matricule)


def test_undoing_a_refusal_does_not_accept_the_answer_that_came_after_it() -> None:
    check_in, client = arrive(ZOE), at_desk("ines", "officer")
    path = _taken(client, check_in)
    post(client, path + "interroger/", **original_of(TOUSSAINT))
    post(client, path + "decision/refuse-ins/")
    _answers_late(found(TOUSSAINT))
    post(client, path + "annuler/")
    assert _standing(check_in)[0] != "QUALIFIED"


# --- the page: what staff ticked is about the answer that they read ----------------------------------------------


@pytest.mark.parametrize("press", ["qualifier/", "decision/accept-ins/", "decision/validate/"])
def test_what_was_ticked_about_one_answer_does_not_count_for_the_next(press: str) -> None:
    check_in, client = arrive(ZOE, **UNREAD), at_desk()
    path = _taken(client, check_in)
    post(client, path + "interroger/", **original_of(ZOE, place="13055"))
    mark = _mark(client, path)
    elsewhere = replace(found(ZOE).traits, birth_place_code="13055")
    _answers_late(replace(found(TOUSSAINT), traits=elsewhere))
    said = TICKED | (OTHER_DAY if "validate" in press else {}) | {"answer": mark}
    told = client.post(path + press, said, secure=True, follow=True).content.decode()
    assert _arrival(check_in).status == "PROVISIONAL"
    assert "La réponse nationale a changé depuis l’affichage" in told
    post(client, path + press, **said | {"answer": _mark(client, path)})
    assert _arrival(check_in).status != "PROVISIONAL"


def test_a_repeated_answer_is_the_same_and_nobody_reads_the_page_again() -> None:
    check_in, client = arrive(ZOE), at_desk()
    path = _taken(client, check_in)
    post(client, path + "interroger/", **original_of(ZOE))
    mark = _mark(client, path)
    _answers_late(found(ZOE))
    post(client, path + "qualifier/", **TICKED, answer=mark)
    assert _arrival(check_in).status == "QUALIFIED"


# --- what staff wrote of the original counts, on whichever button they press -------------------------------------


def test_who_wrote_that_the_original_differs_does_not_qualify_by_pressing_enter() -> None:
    check_in, client = arrive(ZOE), at_desk()
    path = _taken(client, check_in)
    told = client.post(path + "qualifier/", TICKED | original_of(ZOE, place="13055"), secure=True, follow=True)
    assert _arrival(check_in).status == "RETRIEVED"
    assert "diffère de la réponse nationale" in told.content.decode()
    post(client, path + "qualifier/", **TICKED | original_of(ZOE))
    assert _arrival(check_in).status == "QUALIFIED"


def test_what_was_written_at_the_validation_counts_for_qualifying_too() -> None:
    check_in, officer = arrive(ZOE, InsNotFound(), **UNREAD), at_desk("marc", "officer")
    path = _taken(officer, check_in)
    post(officer, path + "decision/validate/", **TICKED | OTHER_DAY)
    post(officer, path + "prendre/")
    post(officer, path + "interroger/", **original_of(ZOE))
    _answers_late(found(ZOE))
    post(officer, path + "qualifier/", **TICKED)
    assert _arrival(check_in).status == "VALIDATED"
    post(officer, path + "declasser/", reason="wrong-trait")  # it was badly copied: both steps are done again
    post(officer, path + "prendre/")
    post(officer, path + "interroger/", **original_of(ZOE))
    _answers_late(found(ZOE))
    post(officer, path + "qualifier/", **TICKED)
    assert _arrival(check_in).status == "QUALIFIED"


def test_who_reads_another_day_where_no_place_is_known_and_no_machine_read_validates_without_ins() -> None:
    nowhere = replace(found(ZOE), traits=replace(found(ZOE).traits, birth_place_code="99999"))
    check_in, client = arrive(ZOE, nowhere, **UNREAD), at_desk()
    path = _taken(client, check_in)
    post(client, path + "decision/validate/", **TICKED | original_of(ZOE))
    assert _arrival(check_in).status == "PROVISIONAL"  # it agrees: qualify
    post(client, path + "decision/validate/", **TICKED | OTHER_DAY)
    assert (_arrival(check_in).status, _arrival(check_in).stage) == ("VALIDATED", "set-aside")


def test_a_forgotten_tick_is_asked_for_before_the_form_leaves_so_that_the_others_stay() -> None:
    check_in, client = arrive(ZOE), at_desk()
    assert f'name="seen" value="{READ}" required' in get(client, _taken(client, check_in)).content.decode()


@ON_SQLITE
@pytest.mark.parametrize("reading", [UNREAD, {}])
@pytest.mark.parametrize(
    "written",
    [
        {"given_names": "", "first_given_name": "PIERRE"},
        {"birth_name": "123"},
        {"birth_name": "-"},
        {"given_names": "ZOE -"},
        {"birth_date": "31/12/2999"},
    ],
)
def test_what_cannot_be_compared_is_no_identity_without_ins(written: dict[str, str], reading: dict[str, Any]) -> None:
    check_in, client = arrive(ZOE, InsNotFound(), **reading), at_desk()
    path = _taken(client, check_in)
    post(client, path + "decision/validate/", **TICKED | original_of(ZOE) | written)
    assert _arrival(check_in).status == "PROVISIONAL"
    post(client, path + "decision/validate/", **TICKED | original_of(ZOE))
    assert _arrival(check_in).status == "VALIDATED"


# --- the purge -------------------------------------------------------------------------------------------------------


def test_whom_staff_called_a_homonym_somebody_has_dealt_with() -> None:
    from kiosk.console.upkeep import retention

    check_in, client = arrive(ZOE), at_desk()
    path = _taken(client, check_in)
    post(client, path + "decision/homonym/")
    post(client, path + "parti/")
    unseen = arrive(TOUSSAINT)
    assert retention.purge(timezone.now() + timedelta(days=2)) == 1
    assert (_arrival(check_in).attributes, _arrival(unseen).stage) == ("homonym", "removed")


def test_a_merge_of_the_unit_leads_to_a_record_that_is_still_there() -> None:
    from kiosk.console.register import pairs
    from kiosk.console.upkeep import retention
    from kiosk.console.vigilance import look_alikes

    kept, other, client = arrive(ZOE), arrive(ZOE, InsNotFound()), at_desk()
    post(client, _taken(client, kept) + "qualifier/", **TICKED)
    path = _taken(client, other)
    post(client, path + "personne/", whose="new")
    post(client, path + "decision/validate/", **TICKED | original_of(ZOE))
    first, second = _arrival(kept).person, _arrival(other).person
    pairs.propose(first, second, 99, look_alikes.WORKER)
    path = f"/vigilance/doublons/{first.pk}/{second.pk}/dire/"
    post(at_desk("marc", "officer"), path, said="merge", kept="1")
    assert _arrival(other).person.absorbed_by_id == first.pk
    assert retention.purge(timezone.now() + timedelta(days=2)) == 0


# --- a form that does not say what its page showed ---------------------------------------------------------------

BY_HAND = [
    *((act, {}) for act in ("qualifier/", "decision/validate/", "decision/doubt/", "decision/accept-ins/")),
    *((act, {}) for act in ("declasser/", "remplacer/", "presence/")),
    ("qualifier/", {"version": ""}),
    ("qualifier/", {"answer": "0" * 32}),
    ("qualifier/", {"version": "-1", "answer": "0" * 32}),
    ("qualifier/", {"version": "٣", "answer": "0" * 32}),
    ("qualifier/", {"version": "9" * 40, "answer": "0" * 32}),
    ("qualifier/", {"version": "", "answer": "' OR 1=1 --"}),
    ("declasser/", {"version": "x"}),
]


@ON_SQLITE
@pytest.mark.parametrize(("act", "shown"), BY_HAND)
def test_a_form_made_by_hand_that_does_not_say_what_it_is_about_decides_nothing(
    act: str, shown: dict[str, str]
) -> None:
    check_in, officer = arrive(ZOE), at_desk("marc", "officer")
    path = _taken(officer, check_in)
    said = TICKED | original_of(ZOE) | {"reason": "wrong-trait"} | shown
    answer = Client.post(officer, path + act, said, secure=True)
    assert answer.status_code == 400
    assert "Ce formulaire est incomplet" in answer.content.decode()
    assert (_arrival(check_in).status, _arrival(check_in).person_id) == ("RETRIEVED", None)
