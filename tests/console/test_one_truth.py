"""One person, one truth: what was shown to go wrong through the pages, each as it goes now, on both databases."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from kiosk.console.models import Arrival, AuditEntry, Holding, Outbox, Person
from kiosk.console.register import reading, visits
from kiosk.console.upkeep import insi_again, retention
from kiosk.console.vigilance import campaigns
from kiosk.core.checkin.value import CheckIn
from kiosk.core.sources.insi import InsAnswer, InsNotFound, InsSeveral
from kiosk.core.status.permissions import Attribute
from tests.console.arrivals import arrive, card_of, found, mrz_of, original_of
from tests.console.staff import READ, at_desk, get, post
from tests.console.taken_up import qualified, taken_up, visit_of
from tests.people import TOUSSAINT, ZOE

pytestmark = [pytest.mark.usefixtures("console", "asks_insi"), pytest.mark.long]
TICKED = {"evidence": "CN", "said": "1", "seen": READ, "tolerated": "1", "first_given_name": "ZOE"}


def _answers(answer: InsAnswer) -> None:
    Arrival.objects.exclude(insi_next_at=None).update(insi_next_at=timezone.now())
    assert insi_again.insi_once(lambda *_: answer)


def _folds_to_its_row(check_in: CheckIn) -> None:
    person = visit_of(check_in).person
    assert reading.folded(person.pk) == reading.standing_of(person)


def test_two_people_never_hold_one_number() -> None:
    """A borrowed card: the second one's document is another's, and staff say so; the number stays where it is."""
    client = at_desk()
    first, _ = qualified(client)
    other = replace(TOUSSAINT, birth_date=ZOE.birth_date)
    second = arrive(other, found(ZOE), card=card_of(ZOE), mrz=None, document_kind=None)
    path = taken_up(client, second)
    assert "Même INS" in get(client, path).content.decode()
    post(client, path + "qualifier/", **TICKED)
    assert visit_of(second).status != "QUALIFIED"  # it was not said who this is
    post(client, path + "personne/", whose="new")
    told = client.post(path + "qualifier/", TICKED, secure=True, follow=True).content.decode()
    assert visit_of(second).status != "QUALIFIED"
    assert "Un autre dossier porte déjà cet INS" in told
    assert [held.person for held in Holding.objects.filter(until=None)] == [visit_of(first).person]
    refusals = AuditEntry.objects.filter(act="refused").values_list("details", flat=True)
    assert any("held-by-another" in details for details in refusals)


@pytest.mark.parametrize("attribute", ["doubt", "fictitious"])
def test_doubtful_or_fictitious_yesterday_is_so_today(attribute: str) -> None:
    officer = at_desk("marc", "officer")
    first, path = qualified(officer)
    post(officer, path + "prendre/")
    post(officer, path + f"decision/{attribute}/")
    today = arrive(ZOE)
    path = taken_up(officer, today)
    post(officer, path + "qualifier/", **TICKED)
    assert visit_of(today).status != "QUALIFIED"
    post(officer, path + "personne/", whose=str(visit_of(first).person.pk))
    assert visit_of(today).attributes == visit_of(first).attributes != ""
    post(officer, path + "qualifier/", **TICKED)
    assert (visit_of(today).status, visit_of(first).status) == ("PROVISIONAL", "PROVISIONAL")
    _folds_to_its_row(today)


def test_somebody_new_does_not_get_the_number_of_somebody_doubtful() -> None:
    client = at_desk()
    check_in = arrive(ZOE)
    post(client, taken_up(client, check_in) + "decision/doubt/")
    today = arrive(ZOE)
    path = taken_up(client, today)
    post(client, path + "personne/", whose="new")
    told = client.post(path + "qualifier/", TICKED, secure=True, follow=True).content.decode()
    assert visit_of(today).status != "QUALIFIED"
    assert "douteuse ou fictive" in told


def test_undoing_a_doubt_does_not_bring_back_what_was_qualified() -> None:
    officer = at_desk("marc", "officer")
    check_in, path = qualified(officer)
    post(officer, path + "prendre/")
    post(officer, path + "decision/doubt/")
    post(officer, path + "annuler/")
    arrival = visit_of(check_in)
    assert (arrival.status, arrival.attributes, arrival.evidence) == ("PROVISIONAL", "", "")
    post(officer, path + "qualifier/", **TICKED)
    assert visit_of(check_in).status == "PROVISIONAL"
    post(officer, path + "interroger/", **original_of(ZOE))
    _answers(found(ZOE))
    post(officer, path + "qualifier/", **TICKED)
    assert visit_of(check_in).status == "QUALIFIED"
    assert Outbox.objects.filter(person=arrival.person).count() == 1  # it had been, and was told once that it is not
    _folds_to_its_row(check_in)


def test_after_the_wrong_person_both_steps_are_done_again() -> None:
    officer = at_desk("marc", "officer")
    check_in, path = qualified(officer)
    post(officer, path + "prendre/")
    post(officer, path + "declasser/", reason="wrong-person")
    post(officer, path + "prendre/")
    post(officer, path + "qualifier/", **TICKED)
    assert visit_of(check_in).status == "PROVISIONAL"
    page = get(officer, path).content.decode()
    assert "La réponse nationale précédente a été écartée." in page and "n’a pas encore répondu" not in page
    assert "interrogez de nouveau, ou validez sans INS" in " ".join(page.split()).replace("\u202f", " ")


def test_asked_again_then_doubted_then_taken_back_is_asked_about_again() -> None:
    client = at_desk()
    check_in = arrive(ZOE, InsNotFound())
    path = taken_up(client, check_in)
    post(client, path + "interroger/", **original_of(ZOE))
    post(client, path + "decision/doubt/")
    post(client, path + "annuler/")
    post(client, path + "interroger/", **original_of(ZOE, place="63113"))
    _answers(found(ZOE))
    post(client, path + "qualifier/", **TICKED)
    assert visit_of(check_in).status == "QUALIFIED"


def test_an_undo_never_lets_retention_or_worker_touch_what_was_decided() -> None:
    client = at_desk()
    check_in = arrive(ZOE, InsNotFound())
    path = taken_up(client, check_in)
    post(client, path + "decision/validate/", **TICKED | original_of(ZOE))
    post(client, path + "annuler/")
    assert visit_of(check_in).person is None  # nobody has decided any more
    post(client, path + "decision/validate/", **TICKED | original_of(ZOE))
    person = visit_of(check_in).person
    retention.purge(timezone.now() + timedelta(days=30))
    person.refresh_from_db()
    assert (person.status, person.evidence, person.erased_at) == ("VALIDATED", "CN", None)
    post(client, path + "decision/homonym/")
    assert Person.objects.get(pk=person.pk).status == "VALIDATED"


def test_a_mark_set_before_a_decision_that_was_taken_back_keeps_its_visit() -> None:
    client = at_desk()
    check_in = arrive(ZOE, InsNotFound())
    path = taken_up(client, check_in)
    post(client, path + "decision/homonym/")  # the patient is still there: the visit is not at its end
    post(client, path + "decision/doubt/")
    post(client, path + "annuler/")
    retention.purge(timezone.now() + timedelta(hours=settings.KIOSK.unseen_hours + 1))
    visit = visit_of(check_in)
    assert visit.stage == "called"
    assert visit.person is not None and Attribute.HOMONYM in visits.standing_of(visit).identity.attributes


def test_each_decision_taken_back_gives_back_the_one_before_it() -> None:
    officer = at_desk("marc", "officer")
    check_in = arrive(ZOE)
    path = taken_up(officer, check_in)
    post(officer, path + "decision/homonym/")
    post(officer, path + "qualifier/", **TICKED)
    post(officer, path + "prendre/")
    post(officer, path + "ecarter/", reason="differences")
    post(officer, path + "annuler/")
    post(officer, path + "rendre/")
    post(officer, path + "annuler/")
    retention.purge(timezone.now() + timedelta(hours=settings.KIOSK.unseen_hours + 1))
    visit = visit_of(check_in)
    assert (visit.stage, visit.status) == ("called", "RETRIEVED")
    assert visit.person is not None and Attribute.HOMONYM in visits.standing_of(visit).identity.attributes


def test_a_verification_that_finds_several_takes_nothing_away() -> None:
    officer = at_desk("marc", "officer")
    check_in, _ = qualified(officer)
    before = (timezone.localdate() + timedelta(days=1)).isoformat()
    post(officer, "/vigilance/verifications/ouvrir/", before=before)
    assert campaigns.verify_once(lambda *_: InsSeveral())
    arrival = visit_of(check_in)
    assert (arrival.status, arrival.stage, arrival.reason) == ("QUALIFIED", "done", "")
    assert visits.opened(arrival).insi.matricule == ZOE.matricule
    _folds_to_its_row(check_in)


def test_a_purge_of_copies_leaves_insi_s_answer_with_the_person() -> None:
    client = at_desk()
    check_in, _ = qualified(client)
    person = visit_of(check_in).person
    years = timezone.now() + timedelta(days=settings.KIOSK.copies_days + 2)
    assert retention.purge(years) == 1
    assert visit_of(check_in).stage == "removed"
    person.refresh_from_db()
    answer = visits.answer_of(person.pk, reading.standing_of(person).basis.answer)
    assert answer.matricule == ZOE.matricule and person.status == "QUALIFIED"


def test_a_look_alike_set_apart_stays_apart_and_a_refusal_is_written_down() -> None:
    client, officer = at_desk(), at_desk("marc", "officer")
    check_in = arrive(ZOE, InsNotFound(), mrz=mrz_of(ZOE))
    path = taken_up(client, check_in)
    post(client, path + "decision/accept-ins/")
    assert visit_of(check_in).status == "PROVISIONAL"
    post(client, path + "decision/validate/", **TICKED | original_of(ZOE))
    post(client, path + "declasser/", reason="wrong-trait")  # not hers to do
    assert visit_of(check_in).status == "VALIDATED"
    post(officer, path + "prendre/")
    post(officer, path + "decision/refuse-ins/")  # there is none
    assert any(
        "no-matricule" in said for said in AuditEntry.objects.filter(act="refused").values_list("details", flat=True)
    )
    assert visit_of(check_in).status == "VALIDATED"
