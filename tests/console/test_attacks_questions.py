"""Whoever has a stolen kiosk's key, or a slow INSi, against what is asked through the console."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kiosk.core.sources.insi import InsAnswer, InsFound, InsUnreachable
from kiosk.sealing import generate_signer, signer_public_pem
from tests.console.arrivals import deliver, enrol
from tests.console.asked_through import answered, asked, by_card, knowing, naming, row_of, send, trail
from tests.people import DOMINIQUE, ZOE

pytestmark = [pytest.mark.usefixtures("console"), pytest.mark.long]


@pytest.fixture(autouse=True)
def _enrolled(console: object) -> None:
    enrol()


def _visit(key: str) -> Any:
    from kiosk.console.models import Arrival

    return Arrival.objects.select_related("sealed", "person__absorbed_by").get(pk=key)


def _carried_out() -> None:
    from kiosk.console.records import erasing

    while erasing.carry_out():
        continue


def test_a_question_under_the_key_of_a_visit_does_not_erase_the_visit() -> None:
    from kiosk.console.questions import dropping
    from kiosk.console.records import vault

    came = naming(by_card(ZOE), ZOE)
    assert deliver(came).status_code == 201
    send(replace(by_card(DOMINIQUE), key=came.key))
    dropping.once(datetime.now(UTC) + timedelta(minutes=59))
    _carried_out()
    assert vault.open_arrival(_visit(came.key)).card_nir == came.card_nir


@pytest.mark.parametrize("is_known", [True, False], ids=["known", "forgotten"])
def test_a_check_in_under_the_key_of_a_question_is_not_erased_with_it(is_known: bool) -> None:
    from kiosk.console.models import Question
    from kiosk.console.questions import dropping
    from kiosk.console.records import erasing, vault

    question = asked(ZOE)
    came = replace(naming(question, ZOE), key=question.key)
    if not is_known:
        dropping.once(datetime.now(UTC) + timedelta(minutes=59))
        _carried_out()
        Question.objects.all().delete()
    assert deliver(came).status_code == 201
    answered(knowing(ZOE))
    dropping.once(datetime.now(UTC) + timedelta(minutes=59))
    erasing.again()  # as every worker does that begins
    _carried_out()
    assert vault.open_arrival(_visit(came.key)).card_nir == came.card_nir


def test_what_a_question_found_is_not_lost_to_a_worker_that_asked_beside_it() -> None:
    from kiosk.console.models import Arrival
    from kiosk.console.register import visits
    from kiosk.console.upkeep import insi_again

    question = asked(ZOE)
    came = naming(question, ZOE)
    assert deliver(came).status_code == 201
    Arrival.objects.update(insi_next_at=datetime.now(UTC) - timedelta(seconds=1))  # its patience is over

    def meanwhile(_check_in: object, _wanted: object = None) -> InsAnswer:
        assert answered(knowing(ZOE)) == 1
        return InsUnreachable("timeout")

    assert insi_again.insi_once(meanwhile)
    visit = _visit(came.key)
    assert isinstance(visits.opened(visit).insi, InsFound)
    assert visit.need == "ready"


def test_what_a_kiosk_asked_before_it_was_revoked_or_another_took_its_name_is_not_asked() -> None:
    from kiosk.console.terminals import enrolment

    questions, joined, insi = [asked(ZOE), asked(DOMINIQUE)], asked(ZOE), knowing(ZOE)
    assert deliver(naming(joined, ZOE)).status_code == 201
    enrolment.revoke("borne-1", who="test")
    assert answered(insi) > 0
    assert len(insi.asked) == 1  # for who came, and stands before staff
    assert [row_of(one).state for one in (*questions, joined)] == ["dropped", "dropped", "taken"]
    assert {one["why"] for one in trail("question-dropped")} == {"kiosk-not-heard"}


def test_what_the_former_key_of_a_name_asked_is_not_asked_for_the_next() -> None:
    from kiosk.console.terminals import enrolment

    question, insi = asked(ZOE), knowing(ZOE)
    enrolment.enrol("borne-1", signer_public_pem(generate_signer()).decode(), who="command:root")
    assert answered(insi) == 1
    assert insi.asked == [] and row_of(question).state == "dropped"
