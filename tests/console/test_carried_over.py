"""What earlier versions decided about visits is carried over to persons: nothing lost, nothing wrong kept."""

import json
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from kiosk.console import audit
from kiosk.console.models import Arrival, AuditEntry, Holding, Person, PersonPair, Verification
from kiosk.console.register import carried_over, complements, reading, visit_checks, visits
from kiosk.core.identity.matricule import Matricule
from kiosk.core.sources.insi import InsFound, InsNotFound, InsSeveral
from kiosk.core.status.permissions import Attribute
from tests.console.arrivals import found
from tests.console.before import DOUBTED, QUALIFIED, SINCE, VALIDATED, Before, differing
from tests.console.rewritten import rewrite
from tests.people import DOMINIQUE, LINA, PIERRE_ALAIN, SOPHIE, TOUSSAINT, ZOE

pytestmark = pytest.mark.starts  # each migrates a database: seconds


def _report() -> dict[str, Any]:
    told = carried_over.told()
    assert told is not None
    return told


def _of(key: UUID) -> tuple[Arrival, Person]:
    arrival = Arrival.objects.select_related("person__absorbed_by", "sealed").get(pk=key)
    assert arrival.person is not None
    return arrival, arrival.person


def _check_all_is_sound() -> None:
    """Every person folds to their row, and the chain holds."""
    for person in Person.objects.all():
        assert reading.folded(person.pk) == reading.standing_of(person)
    assert audit.verify()[1] == ()
    for held in Holding.objects.filter(until=None).select_related("person"):
        standing = reading.standing_of(held.person)
        assert standing.held is not None and standing.held.number == held.mark


def test_a_qualified_visit_becomes_a_person_who_is_so(before: Before) -> None:
    said = {
        "first_given_name": "ZOE",
        "complementary": {"name_in_use": {"value": "MARTIN", "word": "person", "by": "lea"}},
    }
    key = before.visit(
        ZOE, written=said, companion="LF", verified_at=SINCE, before={"status": "RETRIEVED"}, **QUALIFIED
    )
    before.over()
    arrival, person = _of(key)
    assert (person.status, person.evidence, person.evidence_on) == ("QUALIFIED", "CN", date(2026, 11, 20))
    assert (person.seen_with, person.verified_at, person.decided_by) == ("LF", SINCE, "lea")
    assert person.decided_at == arrival.decided_at
    assert visits.opened(arrival).insi == found(ZOE)
    assert (arrival.before, arrival.reported) == ({}, "RETRIEVED")
    kinds = list(AuditEntry.objects.filter(person=person.pk).order_by("nth").values_list("kind", flat=True))
    assert kinds == [
        *("opened", "visit-attached", "traits-stated", "insi-answered", "migrated"),
        *("complementary-edited", "first-name-chosen"),
    ]
    body = reading.body_of(person.pk, 6)
    assert body is not None and complements.read(body) == said["complementary"]
    assert Holding.objects.get(person=person, until=None)
    assert _report()["counts"]["visits-of-persons"] == 1 and _report()["differences"] == {}
    _check_all_is_sound()


def test_what_staff_wrote_of_the_original_stands_with_the_evidence(before: Before) -> None:
    from kiosk.console.identities import original

    wrote = {"birth_name": "ADRUN", "given_names": "ZOE", "sex": "F", "birth_date": "1975-12-31", "place": "63220"}
    key = before.visit(ZOE, InsNotFound(), written={"original": wrote, "first_given_name": "ZOE"}, **VALIDATED)
    before.over()
    arrival, person = _of(key)
    assert (person.status, person.evidence) == ("VALIDATED", "PA")
    assert original.kept(arrival) == original.Original(**wrote)


def test_two_visits_of_one_person_become_theirs(before: Before) -> None:
    first = before.visit(ZOE, **QUALIFIED)
    later = before.visit(ZOE, **(QUALIFIED | {"evidence": "PA", "evidence_on": date(2026, 11, 21)}))
    before.over()
    _, person = _of(first)
    arrival, same = _of(later)
    assert person == same
    assert (person.status, person.evidence, person.decided_at) == ("QUALIFIED", "PA", arrival.decided_at)
    assert _report()["differences"].keys() == {"later-decision"} and _report()["unexplained"] == 0
    assert Person.objects.count() == Holding.objects.count() == 1
    _check_all_is_sound()


def test_two_people_with_one_number_hold_it_neither(before: Before) -> None:
    """Shown at ae92b1a: two different people were qualified with the same matricule."""
    zoe = before.visit(ZOE, **QUALIFIED)
    other = before.visit(ZOE, differing(ZOE, birth_name="AUTRE"), **QUALIFIED)
    before.over()
    (one, first), (two, second) = _of(zoe), _of(other)
    assert first != second
    assert {(one.status, one.evidence), (two.status, two.evidence)} == {("VALIDATED", "CN")}
    assert not Holding.objects.exists()
    assert {(row.stage, row.reason) for row in (one, two)} == {("set-aside", "shared-number")}
    [pair] = PersonPair.objects.all()
    assert ({pair.first, pair.second}, pair.state) == ({first, second}, "possible")
    assert _report()["differences"] == {"same-number-disagree": {"status": 2}}
    _check_all_is_sound()


def test_a_document_that_contradicts_tells_two_people_apart(before: Before) -> None:
    from tests.console.arrivals import mrz_of

    first, other = before.visit(ZOE, **QUALIFIED), before.visit(ZOE, check_in={"mrz": mrz_of(TOUSSAINT)}, **QUALIFIED)
    before.over()
    assert _of(first)[1] != _of(other)[1] and not Holding.objects.exists()


def test_two_whom_the_unit_set_apart_are_not_made_one(before: Before) -> None:
    first, other = before.visit(ZOE, **QUALIFIED), before.visit(ZOE, **QUALIFIED)
    before.of("Pair").create(first_id=first, second_id=other, likeness=90, state="apart", found_at=SINCE)
    before.over()
    assert _of(first)[1] != _of(other)[1] and not Holding.objects.exists()
    assert PersonPair.objects.get().state == "apart"
    _check_all_is_sound()


def test_a_homonym_is_filed_by_nobody_but_staff(before: Before) -> None:
    first = before.visit(ZOE, attributes="homonym", **QUALIFIED)
    later = before.visit(ZOE, **QUALIFIED)
    before.over()
    (_, one), (_, two) = _of(first), _of(later)
    assert (one.status, one.attributes, two.status) == ("VALIDATED", "homonym", "QUALIFIED")
    assert PersonPair.objects.get().state == "possible"


def test_whoever_is_doubtful_has_no_number_and_nobody_else_takes_it(before: Before) -> None:
    """Shown at ae92b1a: doubtful yesterday, qualified at the next visit."""
    doubted, later = before.visit(ZOE, **DOUBTED), before.visit(ZOE, **QUALIFIED)
    before.over()
    (_, barred), (arrival, other) = _of(doubted), _of(later)
    standing = reading.standing_of(barred)
    assert (standing.identity.attributes, standing.held) == (frozenset({Attribute.DOUBTFUL}), None)
    assert standing.latest_answer is None  # what INSi had answered is of a closed epoch
    assert (other.status, arrival.stage, arrival.reason) == ("VALIDATED", "set-aside", "shared-number")
    assert _report()["differences"] == {"barred-elsewhere": {"status": 1}}
    _check_all_is_sound()


def test_a_late_answer_that_replaced_the_accepted_one_is_held_by_nobody(before: Before) -> None:
    """Shown at ae92b1a: the late answer replaced the matricule under a qualified identity."""
    acts = (("qualified", {"before": "PROVISIONAL", "after": "QUALIFIED"}), ("insi-asked", {"answer": "InsFound"}))
    key = before.visit(ZOE, later=found(DOMINIQUE), acts=acts, **QUALIFIED)
    before.over()
    arrival, person = _of(key)
    assert (person.status, arrival.stage, arrival.reason) == ("VALIDATED", "set-aside", "other-answer")
    assert _report()["differences"] == {"late-answer": {"status": 1}}


def test_an_answer_kept_beside_stays_beside(before: Before) -> None:
    acts = (
        ("qualified", {"before": "PROVISIONAL", "after": "QUALIFIED"}),
        ("insi-asked", {"answer": "InsFound"}),
        ("insi-observed", {"status": "QUALIFIED"}),
    )
    key = before.visit(ZOE, observed=found(DOMINIQUE), acts=acts, **QUALIFIED)
    before.over()
    arrival, person = _of(key)
    assert person.status == "QUALIFIED" and visits.opened(arrival).insi == found(ZOE)
    assert visits.observed_of(arrival) == found(DOMINIQUE)


def test_a_machine_s_answer_beside_evidence_qualifies_nobody(before: Before) -> None:
    """Shown at ae92b1a: undone, the worker wrote RETRIEVED beside the evidence, and a homonym made it QUALIFIED."""
    acts = (
        ("validated", {"before": "PROVISIONAL", "after": "VALIDATED"}),
        ("doubted", {"before": "QUALIFIED", "after": "QUALIFIED"}),
    )
    said = QUALIFIED | {"stage": "called"}
    homonym = before.visit(ZOE, InsSeveral(), later=found(ZOE), acts=acts, attributes="homonym", **said)
    retrieved = before.visit(LINA, acts=acts[:1], **(said | {"status": "RETRIEVED"}))
    before.over()
    assert {_of(key)[1].status for key in (homonym, retrieved)} == {"VALIDATED"}
    assert _report()["differences"] == {"never-compared": {"status": 2}}


def test_what_a_refusal_set_aside_is_not_accepted_again(before: Before) -> None:
    acts = (("ins-refused", {"before": "RETRIEVED", "after": "PROVISIONAL"}),)
    key = before.visit(ZOE, acts=acts, status="PROVISIONAL", stage="set-aside")
    before.over()
    arrival, person = _of(key)
    assert reading.standing_of(person).latest_answer is None
    assert not isinstance(visits.opened(arrival).insi, InsFound)


def test_undoing_a_doubt_gave_back_what_it_had_taken_and_that_is_mended(before: Before) -> None:
    acts = (
        ("qualified", {"before": "PROVISIONAL", "after": "QUALIFIED"}),
        ("doubted", {"before": "QUALIFIED", "after": "PROVISIONAL"}),
        ("undone", {"before": "PROVISIONAL", "after": "QUALIFIED"}),
    )
    key = before.visit(ZOE, acts=acts, **QUALIFIED)
    before.over()
    arrival, person = _of(key)
    assert (person.status, arrival.reason) == ("VALIDATED", "ins-wrong")
    assert reading.standing_of(person).latest_answer is None


def test_a_number_that_nobody_may_accept_is_held_by_nobody(before: Before) -> None:
    odd = InsFound(Matricule("ABC", "", "x"), found(ZOE).traits)
    key = before.visit(ZOE, odd, **QUALIFIED)
    waits = before.visit(LINA, InsFound(Matricule("ABC", "", "x"), found(LINA).traits))
    before.over()
    arrival, person = _of(key)
    assert (person.status, arrival.stage, arrival.reason) == ("VALIDATED", "set-aside", "unusable-answer")
    left = Arrival.objects.get(pk=waits)
    assert (left.person, left.reported) == (None, "PROVISIONAL")


def test_what_no_key_opens_keeps_what_its_columns_say(before: Before) -> None:
    key = before.visit(ZOE, body=b"not ours", **QUALIFIED)
    before.over()
    arrival, person = _of(key)
    assert (person.status, person.evidence, arrival.stage, arrival.reason) == (
        *("VALIDATED", "CN"),
        *("set-aside", "technical"),
    )
    assert _report()["differences"] == {"unopened": {"status": 1}}


def test_whose_copies_are_gone_stays_known(before: Before) -> None:
    key = before.visit(ZOE, **(QUALIFIED | {"stage": "removed"}))
    before.of("Arrival").filter(pk=key).update(decided_at=SINCE, decided_by=before.staff)
    before.of("Sealed").filter(arrival=key).delete()
    before.over()
    arrival, person = _of(key)
    assert (person.status, person.evidence, arrival.stage) == ("VALIDATED", "CN", "removed")
    assert _report()["differences"] == {"copies-erased": {"status": 1}}


def test_who_waits_and_who_was_only_set_aside_are_nobody_yet(before: Before) -> None:
    waiting = before.visit(ZOE)
    aside = before.visit(DOMINIQUE, stage="set-aside", reason="looks-alike", acts=(("set-aside", {}),))
    before.over()
    for key in (waiting, aside):
        arrival = Arrival.objects.get(pk=key)
        assert (arrival.person, arrival.status) == (None, "RETRIEVED")
    assert not Person.objects.exists()
    assert _report()["counts"]["visits-nobody-decided"] == 2


def test_merges_pairs_and_verifications_are_of_persons(before: Before) -> None:
    kept = before.visit(ZOE, **QUALIFIED)
    led = before.visit(ZOE, InsNotFound(), merged_into_id=kept, **VALIDATED)
    one, two = before.visit(SOPHIE, **QUALIFIED), before.visit(PIERRE_ALAIN, InsNotFound(), **VALIDATED)
    waiting = before.visit(LINA)
    pairs = before.of("Pair")
    pairs.create(
        first_id=kept, second_id=led, likeness=95, state="merged", found_at=SINCE, decided_by=before.staff,
        decided_at=SINCE,
    )  # fmt: skip
    pairs.create(first_id=one, second_id=two, likeness=90, state="possible", found_at=SINCE)
    pairs.create(first_id=one, second_id=waiting, likeness=90, state="possible", found_at=SINCE)
    campaign = before.of("Campaign").create(
        started_by=before.staff, started_at=SINCE, before=date(2026, 11, 1), total=2
    )
    for key in (kept, waiting):
        before.of("Verification").create(campaign=campaign, arrival_id=key, verdict="confirmed", done_at=SINCE)
    before.over()
    (arrival, absorbed), (_, survivor) = _of(led), _of(kept)
    assert (absorbed.absorbed_by, arrival.known, arrival.status) == (survivor, survivor, "QUALIFIED")
    states = {(pair.first, pair.second): (pair.state, pair.decided_by) for pair in PersonPair.objects.all()}
    assert states == {
        (survivor, absorbed): ("merged", "lea"),
        (_of(one)[1], _of(two)[1]): ("possible", ""),
    }
    assert [row.person for row in Verification.objects.all()] == [survivor]
    counts = _report()["counts"]
    assert (counts["merges"], counts["pairs-of-visits-nobody-decided"], counts["verifications-dropped"]) == (1, 1, 1)
    assert _report()["differences"] == {}
    _check_all_is_sound()


def test_a_merge_that_today_s_rules_refuse_is_asked_again(before: Before) -> None:
    """The one who holds the number led to the one who does not."""
    kept = before.visit(ZOE, InsNotFound(), **VALIDATED)
    led = before.visit(ZOE, merged_into_id=kept, **QUALIFIED)
    before.over()
    assert (_of(led)[1].absorbed_by, _of(led)[1].status) == (None, "QUALIFIED")
    assert PersonPair.objects.get().state == "possible"
    assert _report()["differences"] == {"merge-not-kept": {"merged_into": 1}}


def test_a_question_still_open_is_answered_by_a_fact_of_the_person(before: Before) -> None:
    key = before.visit(ZOE, InsNotFound(), insi_next_at=SINCE, **VALIDATED)
    before.over()
    arrival, person = _of(key)
    assert arrival.question == person.version > 0
    assert [nth for nth, _epoch in reading.standing_of(person).questions] == [arrival.question]


def test_the_unit_reads_first_whose_number_several_records_held(before: Before) -> None:
    from tests.console.staff import at_desk, get

    aside = before.visit(SOPHIE, stage="set-aside", reason="no-evidence", acts=(("set-aside", {}),))
    first, other = before.visit(ZOE, **QUALIFIED), before.visit(ZOE, differing(ZOE, birth_name="AUTRE"), **QUALIFIED)
    before.over()
    page = get(at_desk("marc", "officer"), "/vigilance/").content.decode()
    places = [page.index(f"/arrivees/{key}/") for key in (first, other, aside)]
    assert places == sorted(places)
    lines = page[page.index("<table") :]  # above, it is one of the reasons to narrow the list to
    assert lines.count("Le même INS était porté par plusieurs dossiers") == 2


def test_what_was_decided_before_is_not_undone_after(before: Before) -> None:
    from django.utils import timezone

    from kiosk.console.identities import undoing
    from kiosk.console.models import Staff

    undo = {"status": "RETRIEVED", "evidence": "", "attributes": ""}
    key = before.visit(ZOE, before=undo, **(QUALIFIED | {"decided_at": timezone.now()}))
    before.over()
    assert not undoing.may_undo(_of(key)[0], Staff.objects.get(username="lea"), timezone.now())


def test_a_visit_given_to_somebody_else_behind_the_trail_is_found(before: Before) -> None:
    zoe, other, waits = before.visit(ZOE, **QUALIFIED), before.visit(DOMINIQUE, **QUALIFIED), before.visit(LINA)
    before.over()
    assert visit_checks.visits("", 1000).found == ()
    person = _of(other)[1]
    rewrite(Arrival.objects.filter(pk__in=(zoe, waits)), person=person)
    found = visit_checks.visits("", 1000).found
    assert {(one.code, one.about[:36]) for one in found} == {("visit", str(zoe)), ("visit", str(waits))}


def test_the_report_names_nobody(before: Before) -> None:
    before.visit(ZOE, **QUALIFIED)
    before.over()
    told = json.dumps(_report())
    assert "ADRUN" not in told and ZOE.number not in told
