"""Answers after a decision replace nothing, and decisions taken back give everything back."""

import pytest
from django.utils import timezone

from kiosk.console.register import visits
from kiosk.core.sources.insi import InsNotFound, InsUnreachable
from tests.console.accepting import ANSWER, TICKED, answers_late, arrival_of, details_of, qualified, taken, with_traits
from tests.console.arrivals import arrive, found, original_of
from tests.console.rewritten import rewrite
from tests.console.staff import at_desk, get, post
from tests.people import TOUSSAINT, ZOE

pytestmark = [pytest.mark.usefixtures("in_production"), pytest.mark.long]


def _asks_then_qualifies(client, check_in) -> str:
    path = taken(client, check_in)
    post(client, path + "interroger/", **original_of(TOUSSAINT))
    post(client, path + "qualifier/", **TICKED)
    assert arrival_of(check_in).status == "QUALIFIED"
    return path


def test_an_answer_after_the_decision_replaces_nothing_and_is_a_task_of_the_unit() -> None:
    check_in = arrive(ZOE)
    client = at_desk("ines", "officer")
    path = _asks_then_qualifies(client, check_in)
    answers_late(found(TOUSSAINT))
    arrival = arrival_of(check_in)
    assert visits.opened(arrival).insi.matricule == ZOE.matricule
    assert visits.observed_of(arrival).matricule == TOUSSAINT.matricule
    assert (arrival.status, arrival.evidence, arrival.need) == ("QUALIFIED", "CN", "ready")
    assert (arrival.stage, arrival.reason) == ("set-aside", "other-answer")
    assert details_of("insi-observed") == [{"status": "QUALIFIED"}]
    officer = at_desk("marc", "officer")
    assert "Autre réponse nationale" in get(officer, "/vigilance/").content.decode()
    page = get(officer, path).content.decode()
    assert "Une autre réponse nationale est arrivée après la décision" in page and "TOUSSAINT" in page
    assert "autre réponse nationale, mise à part" in page


def test_what_stands_beside_counts_when_the_unit_takes_the_decision_back_and_asks_anew() -> None:
    check_in = arrive(ZOE)
    path = _asks_then_qualifies(at_desk("ines", "officer"), check_in)
    answers_late(found(TOUSSAINT))
    officer = at_desk("marc", "officer")
    post(officer, path + "prendre/")
    post(officer, path + "declasser/", reason="wrong-person")
    post(officer, path + "prendre/")
    post(officer, path + "interroger/", **original_of(TOUSSAINT))  # the same criteria: a new question
    answers_late(found(TOUSSAINT))
    arrival = arrival_of(check_in)
    assert visits.opened(arrival).insi.matricule == TOUSSAINT.matricule
    assert (arrival.status, visits.observed_of(arrival)) == ("PROVISIONAL", None)


@pytest.mark.parametrize("answer", [found(ZOE), InsNotFound()])
def test_an_answer_after_the_decision_that_contradicts_nothing_is_nobody_s_task(answer) -> None:
    check_in = arrive(ZOE)
    _asks_then_qualifies(at_desk("ines", "officer"), check_in)
    answers_late(answer)
    arrival = arrival_of(check_in)
    assert (arrival.status, arrival.stage, visits.observed_of(arrival)) == ("QUALIFIED", "done", None)
    assert details_of("insi-observed") == []


def test_other_traits_of_the_same_matricule_are_another_answer() -> None:
    check_in = arrive(ZOE)
    _asks_then_qualifies(at_desk("ines", "officer"), check_in)
    answers_late(with_traits(birth_place_code="63221"))
    assert (arrival_of(check_in).status, arrival_of(check_in).reason) == ("QUALIFIED", "other-answer")


def test_an_answer_before_the_decision_still_takes_the_place_of_the_first() -> None:
    check_in = arrive(ZOE)
    client = at_desk("ines", "officer")
    post(client, taken(client, check_in) + "interroger/", **original_of(TOUSSAINT))
    answers_late(found(TOUSSAINT))
    arrival = arrival_of(check_in)
    assert visits.opened(arrival).insi.matricule == TOUSSAINT.matricule
    assert (arrival.status, arrival.need, visits.observed_of(arrival)) == ("PROVISIONAL", "differences", None)


def test_undoing_gives_everything_back_the_decision_before_included() -> None:
    from datetime import timedelta

    from kiosk.console.models import Arrival
    from kiosk.console.upkeep import retention

    check_in = qualified()
    day_before = timezone.now() - timedelta(days=1)
    rewrite(Arrival.objects.all(), decided_at=day_before, received_at=day_before)
    before = Arrival.objects.get()
    officer = at_desk("marc", "officer")
    path = taken(officer, check_in)
    post(officer, path + "declasser/", reason="evidence")
    assert (arrival_of(check_in).status, arrival_of(check_in).evidence_on) == ("PROVISIONAL", None)
    post(officer, path + "annuler/")
    after = arrival_of(check_in)
    for name in ("status", "evidence", "evidence_on", "attributes", "decided_at", "decided_by_id", "reason"):
        assert getattr(after, name) == getattr(before, name), name
    assert retention.purge(timezone.now() + timedelta(days=30)) == 0
    assert arrival_of(check_in).status == "QUALIFIED"


def test_whom_staff_qualified_is_never_swept_away_as_unseen_whatever_an_earlier_undo_forgot() -> None:
    from datetime import timedelta

    from kiosk.console.models import Arrival
    from kiosk.console.upkeep import retention

    check_in = qualified()
    rewrite(Arrival.objects.all(), decided_at=None, decided_by=None, stage="called")  # as 0.1.0 undid
    assert retention.purge(timezone.now() + timedelta(days=30)) == 0
    assert arrival_of(check_in).status == "QUALIFIED"


def test_no_worker_writes_another_status_beside_evidence_that_staff_checked() -> None:
    check_in = arrive(ZOE, InsUnreachable("timeout"))
    client = at_desk("marc", "officer")
    path = taken(client, check_in)
    post(client, path + "decision/validate/", **TICKED | original_of(ZOE))
    post(client, path + "prendre/")
    post(client, path + "ecarter/", reason="differences")
    post(client, path + "annuler/")
    answers_late(ANSWER)
    arrival = arrival_of(check_in)
    assert (arrival.status, arrival.evidence) == ("VALIDATED", "CN")
    assert arrival.decided_at is not None
