"""What is done in an order that nobody expects: the word of a machine, staff or a card outlived by what came since."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from kiosk.console.register import answers, prior, writer
from kiosk.console.upkeep import retention
from kiosk.core.checkin.value import CheckIn, Way
from kiosk.core.sources.insi import InsAnswer, InsFound, InsNotFound, InsUnreachable
from kiosk.core.status.transitions import Actor, ActorKind
from tests.console.arrivals import arrive, check_in_of, found, mrz_of, original_of
from tests.console.staff import at_desk, get, post
from tests.console.taken_up import TICKED, qualified, taken_up, visit_of
from tests.console.test_second_visits import _answers, _known
from tests.people import DOMINIQUE, ZOE

pytestmark = [pytest.mark.usefixtures("console", "asks_insi"), pytest.mark.long]
SEVERAL: InsFound = replace(found(ZOE), flags=("several-individuals",))
WORKER = Actor(ActorKind.WORKER, "worker")


# --- what a machine took for theirs was another answer ----------------------------------------------------------------


@pytest.mark.parametrize("answer", [SEVERAL, found(DOMINIQUE)], ids=["unusable", "another person's"])
def test_what_answers_staff_after_they_set_a_visit_aside_is_taken_by_no_machine(answer: InsAnswer) -> None:
    check_in, officer = arrive(ZOE), at_desk("marc", "officer")
    path = taken_up(officer, check_in)
    assert visit_of(check_in).reported == "RETRIEVED"  # the kiosk's answer was plain
    post(officer, path + "interroger/", **original_of(ZOE))
    post(officer, path + "ecarter/", reason="ins-wrong")
    _answers(answer)
    assert visit_of(check_in).status == "PROVISIONAL"
    post(officer, path + "prendre/")
    post(officer, path + "decision/homonym/")
    assert (visit_of(check_in).status, visit_of(check_in).attributes) == ("PROVISIONAL", "homonym")


def test_nor_what_answers_while_a_visit_was_said_to_be_somebody_s() -> None:
    first, officer = arrive(ZOE, InsNotFound()), at_desk("marc", "officer")
    post(officer, taken_up(officer, first) + "decision/validate/", **TICKED | original_of(ZOE))
    second = arrive(ZOE)
    path = _known(officer, second, first)
    post(officer, path + "interroger/", **original_of(ZOE))
    _answers(SEVERAL)
    post(officer, path + "personne/", whose="new")
    assert (visit_of(second).person, visit_of(second).status) == (None, "PROVISIONAL")
    post(officer, path + "decision/homonym/")
    assert (visit_of(second).status, visit_of(second).attributes) == ("PROVISIONAL", "homonym")


# --- staff said that it is somebody new -------------------------------------------------------------------------------


def test_who_was_said_to_be_new_before_insi_named_them_is_asked_about_once_more() -> None:
    client = at_desk()
    first, _ = qualified(client)
    again = arrive(ZOE, InsUnreachable("timeout"))
    path = taken_up(client, again)
    post(client, path + "personne/", whose="new")
    _answers(found(ZOE))
    assert (visit_of(again).person, visit_of(again).is_new) == (None, False)  # filed by nobody
    post(client, path + "personne/", whose=str(visit_of(first).person_id))
    assert visit_of(again).person_id == visit_of(first).person_id


def test_who_says_so_again_is_not_asked_again() -> None:
    client = at_desk()
    qualified(client)
    borrower = arrive(ZOE, InsUnreachable("timeout"), mrz=None)
    path = taken_up(client, borrower)
    post(client, path + "personne/", whose="new")
    _answers(found(ZOE))
    post(client, path + "personne/", whose="new")
    post(client, path + "decision/validate/", **TICKED | {"tolerated": "1"} | original_of(DOMINIQUE, place="75108"))
    assert visit_of(borrower).status == "VALIDATED"


# --- the card's guess -------------------------------------------------------------------------------------------------


@pytest.fixture()
def borrowed() -> Iterator[CheckIn]:
    """By the short path with another's card; the structure films all the same."""
    qualified(at_desk())
    check_in = arrive(ZOE, InsUnreachable("not-asked"), way=Way.SHORT, mrz=mrz_of(DOMINIQUE))
    assert visit_of(check_in).candidate_id is not None
    yield check_in


def test_whose_document_says_otherwise_than_their_card_is_decided_about_as_anybody(borrowed: CheckIn) -> None:
    client = at_desk("ana")
    path = taken_up(client, borrowed)
    post(client, path + "personne/", whose="new")
    assert (visit_of(borrowed).candidate_id, visit_of(borrowed).is_new) == (None, True)
    post(client, path + "decision/doubt/")
    assert visit_of(borrowed).attributes == "doubtful"


def test_insi_is_asked_about_who_was_said_to_be_none_of_those_known(borrowed: CheckIn) -> None:
    client = at_desk("ana")
    path = taken_up(client, borrowed)
    assert visit_of(borrowed).insi_next_at is None
    post(client, path + "personne/", whose="new")
    assert visit_of(borrowed).insi_next_at is not None


def test_that_they_were_seen_does_not_stay_with_a_visit_that_is_theirs_no_more() -> None:
    officer = at_desk("marc", "officer")
    qualified(officer)
    again = arrive(ZOE, InsUnreachable("not-asked"), way=Way.SHORT, mrz=None, document_kind=None, pictures=())
    path = taken_up(officer, again)
    post(officer, path + "presence/", version=str(visit_of(again).candidate.version))
    assert visit_of(again).presence_at is not None
    post(officer, path + "prendre/")
    post(officer, path + "absence/")
    assert (visit_of(again).person, visit_of(again).presence_at, visit_of(again).presence_by) == (None, None, None)


# --- a merge, then an undo --------------------------------------------------------------------------------------------


def test_whom_another_record_leads_to_is_found_when_their_own_decision_is_taken_back() -> None:
    from kiosk.console.models import PersonPair
    from kiosk.console.vigilance import look_alikes

    client, officer = at_desk(), at_desk("marc", "officer")
    first, second = arrive(ZOE, InsNotFound()), arrive(ZOE)
    post(client, taken_up(client, first) + "decision/validate/", **TICKED | original_of(ZOE))
    path = taken_up(client, second)
    post(client, path + "personne/", whose="new")
    post(client, path + "qualifier/", **TICKED)
    while look_alikes.seek_once():
        continue
    pair, kept = PersonPair.objects.get(), visit_of(second).person
    side = "1" if pair.first_id == kept.pk else "2"
    post(officer, f"/vigilance/doublons/{pair.first_id}/{pair.second_id}/dire/", said="merge", kept=side)
    assert visit_of(first).known == kept
    post(client, path + "annuler/")
    assert (visit_of(second).status, visit_of(second).person) == ("PROVISIONAL", kept)
    assert [one.person for one in prior.candidates(check_in_of(ZOE, InsNotFound()))] == [kept]
    post(client, path + "qualifier/", **TICKED)
    assert (visit_of(second).status, visit_of(first).status) == ("QUALIFIED", "QUALIFIED")


# --- three visits a week ----------------------------------------------------------------------------------------------


def test_what_says_otherwise_is_shown_however_many_answers_came_since_the_accepted_one() -> None:
    officer = at_desk("marc", "officer")
    first, path = qualified(officer)
    person = visit_of(first).person
    same = answers.as_fact(person, first)
    other = answers.as_fact(person, replace(first, insi=found(DOMINIQUE)))
    assert same is not None and other is not None
    writer.record(person.pk, [*[same] * 210, other], WORKER)
    assert "Une autre réponse nationale" in get(officer, path).content.decode()


# --- the purge --------------------------------------------------------------------------------------------------------


def test_whom_staff_decide_about_while_the_purge_looks_for_what_is_due_is_not_removed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client, check_in = at_desk(), arrive(ZOE)
    path = taken_up(client, check_in)
    atomic = retention.transaction.atomic

    def after_staff() -> Any:
        monkeypatch.undo()
        post(client, path + "qualifier/", **TICKED)
        return atomic()

    monkeypatch.setattr(retention.transaction, "atomic", after_staff)
    retention.purge(timezone.now() + timedelta(hours=13))
    assert (visit_of(check_in).stage, visit_of(check_in).status) == ("done", "QUALIFIED")
    assert get(client, path).status_code == 200
