"""One person, two visits, two members of staff, a worker that takes its time: no way round what was taken back."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from kiosk.core.checkin.value import CheckIn, Way
from kiosk.core.sources.insi import Exchange, InsAnswer, InsNotFound, InsUnreachable
from tests.console import forged
from tests.console.arrivals import arrive, found, original_of
from tests.console.staff import READ, at_desk, get, post
from tests.console.taken_up import qualified, taken_up, visit_of
from tests.people import DOMINIQUE, ZOE

pytestmark = [pytest.mark.usefixtures("console", "asks_insi"), pytest.mark.long]
TICKED = {"evidence": "CN", "said": "1", "seen": READ, "tolerated": "1", "first_given_name": "ZOE"}
UNREAD = {"mrz": None, "document_kind": None, "card": None, "card_nir": ""}
SILENT = InsUnreachable("timeout")


def _known(client: Client, check_in: CheckIn, other: CheckIn) -> str:
    """Staff say that this visit is the person's who came with the other."""
    path = taken_up(client, check_in)
    post(client, path + "personne/", whose=str(visit_of(other).person_id))
    assert visit_of(check_in).person_id == visit_of(other).person_id
    return path


def _answers(answer: InsAnswer, meanwhile: Callable[[], object] | None = None) -> None:
    """The worker asks; what happens before INSi answers."""
    from kiosk.console.models import Arrival
    from kiosk.console.upkeep import insi_again

    def ask(*_: object) -> InsAnswer:
        if meanwhile is not None:
            meanwhile()
        return answer

    Arrival.objects.exclude(insi_next_at=None).update(insi_next_at=timezone.now() - timedelta(seconds=1))
    assert insi_again.insi_once(ask)


# --- what was refused is not accepted by letting go of the visit -----------------------------------------------------


def test_a_refused_answer_is_not_taken_by_saying_that_it_is_somebody_new() -> None:
    check_in, officer = arrive(ZOE), at_desk("marc", "officer")
    path = taken_up(officer, check_in)
    post(officer, path + "decision/refuse-ins/")
    post(officer, path + "prendre/")
    post(officer, path + "ecarter/", reason="ins-wrong")  # no decision: what is kept of the one before is gone
    post(officer, path + "prendre/")
    post(officer, path + "personne/", whose="new")
    post(officer, path + "qualifier/", **TICKED)
    assert (visit_of(check_in).status, visit_of(check_in).person_id is None) == ("PROVISIONAL", False)


def test_nor_after_the_decision_that_followed_it_was_undone() -> None:
    check_in, officer = arrive(ZOE), at_desk("marc", "officer")
    path = taken_up(officer, check_in)
    post(officer, path + "decision/refuse-ins/")
    post(officer, path + "prendre/")
    post(officer, path + "decision/doubt/")
    post(officer, path + "annuler/")
    post(officer, path + "personne/", whose="new")
    post(officer, path + "qualifier/", **TICKED)
    assert (visit_of(check_in).status, visit_of(check_in).person_id is None) == ("PROVISIONAL", False)


def test_a_visit_whose_only_decision_was_undone_may_still_be_somebody_new_s() -> None:
    first, second, officer = arrive(ZOE), arrive(ZOE), at_desk("marc", "officer")
    post(officer, taken_up(officer, first) + "qualifier/", **TICKED)
    path = _known(officer, second, first)
    post(officer, path + "decision/refuse-ins/")
    post(officer, path + "annuler/")
    post(officer, path + "personne/", whose="new")
    assert visit_of(second).person_id is None


# --- an answer is to the question it was asked for -------------------------------------------------------------------


def test_what_was_asked_before_a_doubt_does_not_count_after_it_however_late() -> None:
    check_in, officer = arrive(ZOE, SILENT), at_desk("marc", "officer")
    path = taken_up(officer, check_in)
    _answers(found(ZOE), lambda: post(officer, path + "decision/doubt/"))
    post(officer, path + "prendre/")
    post(officer, path + "decision/clear/")
    post(officer, path + "qualifier/", **TICKED)
    assert (visit_of(check_in).status, visit_of(check_in).attributes) == ("PROVISIONAL", "")


def test_an_answer_to_the_question_before_is_not_one_to_staff_s_new_question() -> None:
    check_in, officer = arrive(ZOE, SILENT), at_desk("marc", "officer")
    path = taken_up(officer, check_in)
    post(officer, path + "decision/validate/", **TICKED | original_of(ZOE))

    def meanwhile() -> None:
        post(officer, path + "prendre/")
        post(officer, path + "declasser/", reason="wrong-trait")
        post(officer, path + "prendre/")
        post(officer, path + "interroger/", **original_of(ZOE))

    _answers(found(ZOE), meanwhile)
    assert visit_of(check_in).insi_next_at is not None  # the new question is still open
    post(officer, path + "qualifier/", **TICKED)
    assert visit_of(check_in).status == "PROVISIONAL"
    _answers(found(ZOE))
    post(officer, path + "qualifier/", **TICKED)
    assert visit_of(check_in).status == "QUALIFIED"


def test_nor_where_nobody_is_known_yet() -> None:
    """What staff asked with other criteria is asked, whatever the card's question brought meanwhile."""
    check_in, client = arrive(ZOE, SILENT), at_desk()
    path = taken_up(client, check_in)
    _answers(InsNotFound(), lambda: post(client, path + "interroger/", **original_of(ZOE)))
    assert visit_of(check_in).insi_next_at is not None
    _answers(found(ZOE))
    post(client, path + "qualifier/", **TICKED)
    assert visit_of(check_in).status == "QUALIFIED"


def test_what_a_kiosk_asked_before_a_downgrade_and_brought_after_it_does_not_count() -> None:
    """It was offline for an hour."""
    from kiosk.console.models import AuditEntry

    first, officer = arrive(ZOE), at_desk("marc", "officer")
    path = taken_up(officer, first)
    post(officer, path + "qualifier/", **TICKED)
    post(officer, path + "prendre/")
    post(officer, path + "declasser/", reason="wrong-trait")
    assert AuditEntry.objects.filter(kind="strict-trait-edited").exists()
    late = arrive(ZOE, arrived_at=(datetime.now(UTC) - timedelta(hours=1)).isoformat())
    path = _known(officer, late, first)
    post(officer, path + "qualifier/", **TICKED)
    assert visit_of(late).status == "PROVISIONAL"


def test_an_answer_kept_because_other_criteria_found_nobody_is_as_old_as_it_is() -> None:
    first, second, officer = arrive(ZOE), arrive(ZOE), at_desk("marc", "officer")
    path = taken_up(officer, first)
    post(officer, path + "qualifier/", **TICKED)
    post(officer, path + "prendre/")
    post(officer, path + "declasser/", reason="wrong-trait")
    path = taken_up(officer, second)
    post(officer, path + "interroger/", **original_of(ZOE, place="13055"))
    now = datetime.now(UTC).isoformat()
    _answers(InsNotFound((Exchange("by-traits", "uuid:1", now, 9, "01", b"?", b"!"),)))
    path = _known(officer, second, first)
    post(officer, path + "qualifier/", **TICKED)
    assert visit_of(second).status == "PROVISIONAL"


def test_what_came_with_a_visit_that_was_not_theirs_goes_with_it() -> None:
    first, stranger, client = arrive(ZOE, InsNotFound()), arrive(ZOE), at_desk()
    post(client, taken_up(client, first) + "decision/validate/", **TICKED | original_of(ZOE))
    path = _known(client, stranger, first)
    post(client, path + "personne/", whose="new")
    assert visit_of(stranger).person_id is None
    officer = at_desk("marc", "officer")
    path = taken_up(officer, first)
    post(officer, path + "qualifier/", **TICKED)
    post(officer, path + "decision/accept-ins/")
    assert visit_of(first).status == "VALIDATED"


# --- INSi is not asked about somebody doubtful, by whichever visit ---------------------------------------------------


def test_nobody_asks_about_somebody_doubted_by_another_visit() -> None:
    from kiosk.console.models import Arrival
    from kiosk.console.upkeep import insi_again

    first, client = arrive(ZOE), at_desk()
    path = taken_up(client, first)
    post(client, path + "qualifier/", **TICKED)
    second = arrive(ZOE, SILENT)
    _known(client, second, first)
    officer = at_desk("marc", "officer")
    post(officer, taken_up(officer, first) + "decision/doubt/")
    Arrival.objects.exclude(insi_next_at=None).update(insi_next_at=timezone.now() - timedelta(seconds=1))
    asked: list[object] = []
    while insi_again.insi_once(lambda *said: asked.append(said) or found(ZOE)):
        continue
    assert asked == []


# --- the worker outlives what changed while INSi was asked -----------------------------------------------------------


def _merged(officer: Client, kept: CheckIn, other: CheckIn) -> None:
    from kiosk.console.register import pairs
    from kiosk.console.vigilance import look_alikes

    first, second = visit_of(kept).person, visit_of(other).person
    pairs.propose(first, second, 99, look_alikes.WORKER)
    post(officer, f"/vigilance/doublons/{first.pk}/{second.pk}/dire/", said="merge", kept="1")
    assert visit_of(other).person.absorbed_by_id == first.pk


def test_an_answer_for_a_record_merged_meanwhile_is_kept_and_the_worker_goes_on() -> None:
    from kiosk.console.models import AuditEntry

    kept, other, officer = arrive(ZOE), arrive(ZOE, SILENT), at_desk("marc", "officer")
    post(officer, taken_up(officer, kept) + "qualifier/", **TICKED)
    path = taken_up(officer, other)
    post(officer, path + "personne/", whose="new")
    post(officer, path + "decision/validate/", **TICKED | original_of(ZOE))
    assert visit_of(other).question
    _merged(officer, kept, other)
    _answers(found(ZOE))
    assert visit_of(other).insi_next_at is None
    assert visit_of(other).status == "QUALIFIED"
    assert AuditEntry.objects.filter(kind="insi-answered").count() == 1  # nobody asks about who leads to another


def _campaign(officer: Client, answer: InsAnswer, meanwhile: Callable[[], object] | None = None) -> None:
    from kiosk.console.vigilance import campaigns

    def ask(*_: object) -> InsAnswer:
        if meanwhile is not None:
            meanwhile()
        return answer

    post(officer, "/vigilance/verifications/ouvrir/", before=(timezone.localdate() + timedelta(days=1)).isoformat())
    assert campaigns.verify_once(ask)


def test_a_verification_answers_no_question_but_its_own() -> None:
    first, officer = arrive(ZOE), at_desk("marc", "officer")
    post(officer, taken_up(officer, first) + "qualifier/", **TICKED)
    second = arrive(ZOE, SILENT)
    _known(officer, second, first)
    _campaign(officer, found(DOMINIQUE))
    _answers(found(ZOE))
    assert visit_of(second).insi_next_at is None


def test_a_number_that_goes_while_it_is_verified_is_not_verified() -> None:
    first, officer = arrive(ZOE), at_desk("marc", "officer")
    path = taken_up(officer, first)
    post(officer, path + "qualifier/", **TICKED)
    post(officer, path + "prendre/")
    _campaign(officer, found(ZOE), lambda: post(officer, path + "decision/refuse-ins/"))
    assert (visit_of(first).status, visit_of(first).person.verified_at) == ("VALIDATED", None)


# --- a number that another holds -------------------------------------------------------------------------------------


def test_who_came_with_another_s_card_is_validated_without_ins() -> None:
    """A borrowed card, no machine read the document: INSi's number is the card's holder's."""
    owner, client = arrive(ZOE), at_desk()
    post(client, taken_up(client, owner) + "qualifier/", **TICKED)
    borrower = arrive(ZOE, mrz=None)
    path = taken_up(client, borrower)
    post(client, path + "personne/", whose="new")
    post(client, path + "decision/validate/", **TICKED | original_of(DOMINIQUE, place="75108"))
    assert (visit_of(borrower).status, visit_of(owner).status) == ("VALIDATED", "QUALIFIED")


# --- stale pages -----------------------------------------------------------------------------------------------------


def test_a_page_that_showed_nobody_decides_about_nobody_known() -> None:
    """Two windows of one member of staff: in the other one it was said whose visit it is."""
    first, second, client = arrive(ZOE), arrive(ZOE), at_desk()
    post(client, taken_up(client, first) + "qualifier/", **TICKED)
    path = _known(client, second, first)
    post(client, path + "decision/doubt/", version="", answer="")
    assert (visit_of(first).status, visit_of(first).attributes) == ("QUALIFIED", "")


def test_a_downgrade_is_of_what_the_page_showed() -> None:
    first, officer, client = arrive(ZOE), at_desk("marc", "officer"), at_desk()
    path = taken_up(officer, first)
    post(officer, path + "decision/accept-ins/")
    post(officer, path + "prendre/")
    shown = get(officer, path).content.decode()
    second = arrive(ZOE)
    post(client, _known(client, second, first) + "qualifier/", **TICKED)
    assert visit_of(first).status == "QUALIFIED"
    form = shown.split(path + "declasser/")[1].split("</form>")[0]
    version = form.split('name="version" value="')[1].split('"')[0] if 'name="version"' in form else None
    said = {} if version is None else {"version": version}
    post(officer, path + "declasser/", reason="wrong-trait", **said)
    assert visit_of(first).status == "QUALIFIED"


def test_who_denies_the_person_said_is_rid_of_them() -> None:
    """By the short path with a candidate, then said to be another: one key takes that back."""
    client = at_desk()
    first = arrive(ZOE)
    post(client, taken_up(client, first) + "qualifier/", **TICKED)
    none = {"pictures": (), "mrz": None, "document_kind": None}
    again = arrive(ZOE, InsUnreachable("not-asked"), **{"way": Way.SHORT, **none})
    assert visit_of(again).candidate_id is not None
    path = _known(client, again, first)
    post(client, path + "absence/")
    assert (visit_of(again).person_id, visit_of(again).candidate_id) == (None, None)


def test_a_filing_that_a_rule_forbids_is_refused_in_the_trail_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is known is erased between the two looks at them."""
    from kiosk.console.models import AuditEntry
    from kiosk.console.register import erasure, filing
    from kiosk.core.status.transitions import Actor, ActorKind

    person, seen = visit_of(qualified(at_desk())[0]).person_id, filing._named

    def erased_then(*asked: object) -> object:
        named = seen(*asked)
        erasure.erase(person, Actor(ActorKind.STAFF, "marc"), erasure.Why.REQUEST)
        return named

    monkeypatch.setattr(filing, "_named", erased_then)
    check_in = arrive(ZOE, replace(found(ZOE), exchanges=(forged.call(),)))
    assert visit_of(check_in).person is None
    [refused] = AuditEntry.objects.filter(act="refused")
    assert (refused.who, refused.about) == ("worker", check_in.key)
    assert '"act": "visit-attached"' in refused.details and '"refusal": "erased"' in refused.details
