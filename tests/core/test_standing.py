"""Where a person stands: each fact's effect and each refusal, and that folding gives what was projected."""

from dataclasses import replace
from datetime import timedelta

import pytest

from kiosk.core.identity.matricule import Mark
from kiosk.core.status import person_events as pe
from kiosk.core.status.folding import apply, fold
from kiosk.core.status.permissions import Attribute, Identity
from kiosk.core.status.permissions import IdentityStatus as S
from kiosk.core.status.person_events import PersonEvent
from kiosk.core.status.standing import Answer, Basis, Fact, Standing
from kiosk.core.status.transitions import (
    Actor,
    ActorKind,
    AttributeRemoved,
    AttributeSet,
    ComplementaryTraitEdited,
    Created,
    EvidenceChecked,
    FirstNameChosen,
    InsiAccepted,
    InsiRejected,
    Refusal,
    StrictTraitEdited,
    VerificationFailed,
)
from tests.core.lives import (
    CARD,
    CHECKED,
    KIOSK,
    LEA,
    MARC,
    NOW,
    ONE,
    OTHER,
    TAKEN,
    WORKER,
    Life,
    known,
    qualified,
    retrieved,
)


def test_what_is_qualified_rests_on_the_answer_and_the_evidence_that_were_compared() -> None:
    basis = qualified().standing.basis
    assert qualified().standing.status is S.QUALIFIED
    assert (basis.answer, basis.compared, basis.evidence_at, basis.evidence_on) == (4, 4, 6, "2026-11-29")
    assert qualified().standing.is_compared
    assert (basis.traits, basis.decision, basis.decided_by, basis.decided_at) == (3, 6, "lea", NOW.isoformat())
    assert qualified().standing.held == ONE
    assert not Standing().is_compared
    assert not known().does(CHECKED).standing.is_compared


def test_an_answer_after_the_evidence_is_compared_with_it_when_staff_accept_it_t5() -> None:
    life = known().does(CHECKED)
    assert life.standing.status is S.VALIDATED
    assert life.add(TAKEN, WORKER, cites=4) is Refusal.ONLY_STAFF
    life.does(TAKEN, cites=4)
    assert (life.standing.status, life.standing.is_compared) == (S.QUALIFIED, True)


def test_only_the_answer_that_was_cited_is_accepted() -> None:
    life = known()
    assert life.add(TAKEN) is Refusal.ANSWER_VOID
    assert life.add(TAKEN, cites=3) is Refusal.ANSWER_VOID
    assert life.add(InsiAccepted(OTHER, True, True), cites=4) is Refusal.ANOTHER_ANSWER
    assert life.add(InsiAccepted(ONE, False, True), cites=4) is Refusal.TRAITS_DISAGREE
    assert life.add(InsiAccepted(ONE, True, False), cites=4) is Refusal.ANSWER_UNUSABLE


CLOSING = [
    AttributeSet(Attribute.DOUBTFUL),
    AttributeSet(Attribute.FICTITIOUS),
    InsiRejected(),
    StrictTraitEdited(),
    VerificationFailed(),
]


@pytest.mark.parametrize("event", CLOSING, ids=lambda event: type(event).__name__)
def test_what_was_answered_before_counts_no_more_and_a_new_question_does_property_4(event: PersonEvent) -> None:
    life = qualified().does(pe.InsiAsked()).does(event)
    assert life.standing.held is None
    assert (life.standing.basis.answer, life.standing.basis.compared) == (0, 0)
    life.does(pe.InsiAnswered(ONE), WORKER, cites=7)  # asked before it
    if isinstance(event, AttributeSet):
        life.does(AttributeRemoved(event.attribute))
    for old in (4, life.standing.answers[-1].nth):
        assert life.add(TAKEN, cites=old) is Refusal.ANSWER_VOID
    assert life.standing.latest_answer is None
    life.does(pe.InsiAsked())
    asked = life.standing.version
    life.does(pe.InsiAnswered(ONE), WORKER, cites=asked)
    latest = life.standing.latest_answer
    assert latest is not None
    life.does(TAKEN, cites=latest.nth)
    assert life.standing.held == ONE


def test_a_homonym_closes_nothing() -> None:
    life = qualified().does(AttributeSet(Attribute.HOMONYM), KIOSK)
    assert (life.standing.status, life.standing.basis.epoch) == (S.QUALIFIED, 0)


def test_what_was_dropped_takes_its_basis_along() -> None:
    rejected = qualified().does(pe.Verified(), WORKER).does(InsiRejected()).standing.basis
    assert (rejected.evidence_at, rejected.evidence_on, rejected.verified_at) == (6, "2026-11-29", "")
    assert rejected.epoch == 8
    companion = EvidenceChecked(CARD, True, "2026-11-29", "")
    edited = retrieved().does(companion).does(StrictTraitEdited()).standing.basis
    assert (edited.evidence_at, edited.evidence_on, edited.companion_code, edited.traits) == (0, "", "", 7)


def test_a_failed_verification_is_staff_s_to_decide_property_3() -> None:
    life = qualified()
    assert life.add(VerificationFailed(), WORKER) is Refusal.ONLY_STAFF
    assert life.does(VerificationFailed()).standing.status is S.VALIDATED
    assert life.add(pe.Verified(), WORKER) is Refusal.NO_MATRICULE


def test_what_is_verified_has_a_day() -> None:
    later = NOW + timedelta(days=900)
    assert qualified().does(pe.Verified(), WORKER, at=later).standing.basis.verified_at == later.isoformat()


def test_only_staff_replaces_a_number_and_by_an_answer_that_counts() -> None:
    life = qualified().does(pe.InsiAnswered(OTHER), WORKER)
    new = pe.InsReplaced(OTHER, True, True)
    assert life.add(new, WORKER, cites=7) is Refusal.ONLY_STAFF
    assert life.add(new) is Refusal.ANSWER_VOID
    assert life.add(new, cites=4) is Refusal.ANOTHER_ANSWER
    assert life.add(replace(new, traits_agree=False), cites=7) is Refusal.TRAITS_DISAGREE
    assert life.add(replace(new, is_usable=False), cites=7) is Refusal.ANSWER_UNUSABLE
    assert life.add(pe.InsReplaced(ONE, True, True), cites=4) is Refusal.WITHOUT_CHANGE
    assert life.add(InsiAccepted(OTHER, True, True), cites=7) is Refusal.OTHER_MATRICULE
    assert known().add(new, cites=4) is Refusal.NO_MATRICULE
    life.does(pe.Verified(), WORKER).does(new, cites=7)
    basis = life.standing.basis
    assert (life.standing.status, life.standing.held) == (S.QUALIFIED, OTHER)
    assert (basis.answer, basis.compared, basis.verified_at) == (7, 7, "")
    plain = retrieved().does(pe.InsiAnswered(OTHER), WORKER).does(new, cites=6)
    assert plain.standing.basis.compared == 0


def test_presence_is_staff_s_word_about_somebody_qualified() -> None:
    assert qualified().add(pe.PresenceChecked(), KIOSK) is Refusal.ONLY_STAFF
    assert retrieved().add(pe.PresenceChecked()) is Refusal.NOT_QUALIFIED
    before = qualified().standing
    assert qualified().does(pe.PresenceChecked()).standing == replace(before, version=before.version + 1)


def test_traits_are_stated_as_long_as_nothing_is_established() -> None:
    assert known().does(pe.TraitsStated()).standing.basis.traits == 5
    assert retrieved().add(pe.TraitsStated()) is Refusal.ESTABLISHED
    assert known().does(CHECKED).add(pe.TraitsStated()) is Refusal.ESTABLISHED


def test_questions_are_open_until_they_are_answered_and_nobody_barred_is_asked_about() -> None:
    life = known().does(pe.InsiAsked())
    assert life.standing.questions == ((5, 0),)
    assert life.add(pe.InsiAnswered(None), WORKER, cites=4) is Refusal.NO_QUESTION
    life.does(pe.InsiAnswered(None), WORKER, cites=5)
    assert life.standing.questions == ()
    assert life.standing.answers == (Answer(4, ONE, 0), Answer(6, None, 0))
    assert life.standing.latest_answer == Answer(4, ONE, 0)  # not lost because other criteria find nobody
    assert life.standing.answer(6) == Answer(6, None, 0)
    assert life.standing.answer(5) is None
    assert life.does(AttributeSet(Attribute.DOUBTFUL)).add(pe.InsiAsked()) is Refusal.BARRED
    nobody = Life().does(Created()).does(pe.InsiAnswered(None), KIOSK)
    assert nobody.standing.latest_answer == Answer(2, None, 0)


def test_what_is_remembered_of_answers_and_questions_is_bounded() -> None:
    life = Life().does(Created())
    standing = life.standing
    for nth in range(2, 430):
        event = pe.InsiAsked() if nth % 2 else pe.InsiAnswered(ONE)
        standing = apply(standing, Fact(nth, event, WORKER, NOW)).standing
    assert (len(standing.answers), len(standing.questions)) == (200, 200)
    assert (standing.answers[-1].nth, standing.questions[-1][0]) == (428, 429)


def test_what_an_identity_rests_on_is_remembered_however_many_answers_came_since() -> None:
    """Somebody who comes three times a week: what says otherwise a year later is still beside what was accepted."""
    standing = _answered_since(qualified().standing)
    assert [one.nth for one in standing.answers] == [4, *range(standing.version - 199, standing.version + 1)]
    decision = standing.version + 1
    refused = apply(standing, Fact(decision, InsiRejected(), LEA, NOW, decision=decision)).standing
    later = _answered_since(refused)
    assert (later.answer(4), len(later.answers)) == (Answer(4, ONE, 0), 201)  # it may still be taken back
    undone = apply(later, Fact(later.version + 1, pe.Undone(), LEA, NOW, decision)).standing
    assert undone.answer(undone.basis.answer) == Answer(4, ONE, 0)


def _answered_since(standing: Standing) -> Standing:
    """Three years of visits."""
    for _visit in range(450):
        standing = apply(standing, Fact(standing.version + 1, pe.InsiAnswered(ONE), WORKER, NOW)).standing
    return standing


def test_a_record_leads_to_another_and_stands_for_itself_again_properties_12_and_17() -> None:
    into = pe.Side("other")
    life = known().does(CHECKED)
    assert life.add(pe.Merged(into), WORKER) is Refusal.ONLY_STAFF
    assert life.add(pe.Merged(replace(into, is_absorbed=True))) is Refusal.ABSORBED
    assert life.add(pe.Merged(replace(into, is_barred=True))) is Refusal.BARRED
    assert qualified().add(pe.Merged(replace(into, mark=OTHER))) is Refusal.OTHER_MATRICULE
    assert qualified().add(pe.Merged(into)) is Refusal.KEEP_THE_OTHER
    assert known().does(AttributeSet(Attribute.FICTITIOUS)).add(pe.Merged(into)) is Refusal.BARRED
    assert life.add(pe.Unmerged()) is Refusal.WITHOUT_CHANGE
    before = life.standing
    life.does(pe.Merged(replace(into, mark=OTHER)))
    assert life.standing.absorbed_by == "other"
    for event in (CHECKED, pe.VisitAttached(), pe.Merged(into), pe.InsiAnswered(ONE), Created(), pe.Undone()):
        assert life.add(event) is Refusal.ABSORBED
    assert life.add(pe.Unmerged(), WORKER) is Refusal.ONLY_STAFF
    life.does(pe.Erased(pe.Kept.COPY), WORKER).does(pe.Unmerged())
    assert life.standing == replace(before, version=before.version + 3)  # property 15


@pytest.mark.parametrize(
    "event",
    [
        pe.PairProposed("other"),
        pe.SetApart("other"),
        pe.VisitAttached(),
        pe.Erased(pe.Kept.COPY),
        ComplementaryTraitEdited(),
        FirstNameChosen(True),
    ],
    ids=lambda event: type(event).__name__,
)
def test_what_is_no_word_about_the_identity_changes_nothing_of_it(event: PersonEvent) -> None:
    before = qualified().standing
    assert qualified().does(event).standing == replace(before, version=before.version + 1)


def test_what_was_answered_before_a_visit_turned_out_not_to_be_theirs_is_accepted_no_more() -> None:
    life = qualified()
    before = life.standing
    after = life.does(pe.VisitDetached()).standing
    assert after.basis == replace(before.basis, epoch=after.version)  # all that stands, stands
    assert before.latest_answer is not None and after.latest_answer is None
    assert before.before is not None and after.before == replace(before.before, epoch=after.version)


def test_facts_fold_in_their_order_only() -> None:
    facts = qualified().facts
    assert fold(facts).status is S.QUALIFIED
    assert fold([]) == Standing()
    with pytest.raises(ValueError, match="missing"):
        fold(facts[1:])
    with pytest.raises(ValueError, match="excluded: answer-void"):
        fold([*facts[:3], replace(facts[4], nth=4)])


def test_what_an_earlier_version_decided_is_where_a_person_begins() -> None:
    left = pe.Migrated(Identity(ONE, "CN"), "2025-01-02", "PPA", "2025-02-03T00:00:00+00:00")
    life = known().does(left, MARC, cites=4)
    assert life.standing.basis == Basis(
        Identity(ONE, "CN"), 4, 5, "2025-01-02", "PPA", 4, 0, 3, "2025-02-03T00:00:00+00:00", NOW.isoformat(), "marc"
    )
    assert life.add(left, MARC, cites=4) is Refusal.ESTABLISHED
    assert known().add(left, MARC, cites=3) is Refusal.ANSWER_VOID
    bare = known().does(pe.Migrated(Identity(), is_decided=False), WORKER).standing
    assert bare.basis == known().standing.basis
    evidence = known().does(pe.Migrated(Identity(evidence="PA")), MARC, cites=4).standing.basis
    assert (evidence.answer, evidence.evidence_at, evidence.compared) == (0, 5, 0)
    obtained = known().does(pe.Migrated(Identity(ONE)), MARC, cites=4).standing.basis
    assert (obtained.answer, obtained.evidence_at, obtained.compared) == (4, 0, 0)
    barred = known().does(pe.Migrated(Identity(attributes=frozenset({Attribute.DOUBTFUL}))), MARC).standing
    assert (barred.basis.epoch, barred.latest_answer) == (5, None)


# --- what a small example hides -----------------------------------------------------------------------------------


@pytest.mark.parametrize("by", [KIOSK, WORKER], ids=["kiosk", "worker"])
@pytest.mark.parametrize(
    ("life", "event", "cites"),
    [
        (qualified, pe.PresenceChecked(), 0),
        (qualified, VerificationFailed(), 0),
        (lambda: qualified().does(pe.InsiAnswered(OTHER), WORKER), pe.InsReplaced(OTHER, True, True), 7),
        (known, pe.Merged(pe.Side("other")), 0),
        (lambda: known().does(pe.Merged(pe.Side("other"))), pe.Unmerged(), 0),
        (qualified, pe.Undone(), 6),
        (qualified, InsiRejected(), 0),
        (qualified, StrictTraitEdited(), 0),
        (known, CHECKED, 0),
        (known, AttributeSet(Attribute.DOUBTFUL), 0),
        (lambda: known().does(AttributeSet(Attribute.DOUBTFUL)), AttributeRemoved(Attribute.DOUBTFUL), 0),
    ],
)
def test_no_machine_does_what_is_staff_s_property_7(life, event: PersonEvent, cites: int, by: Actor) -> None:
    begun = life()
    named = replace(by, name="lea")  # whatever it calls itself
    assert begun.add(event, named, cites=cites) is Refusal.ONLY_STAFF
    assert begun.add(event, cites=cites) is None


def _after(many: int) -> Standing:
    return replace(Standing(), version=many, basis=replace(Basis(), epoch=many - 1, traits=many - 1))


def test_what_has_many_facts_behind_it_goes_on_like_what_has_few() -> None:
    """Numbers and names are compared by what they are, not by being the same object."""
    standing = _after(1000)
    events: list[tuple[PersonEvent, int, int]] = [
        (pe.InsiAsked(), 0, 0),
        (pe.InsiAsked(), 0, 0),
        (pe.InsiAnswered(Mark("".join(("a", "1")), ONE.oid)), int("1001"), 0),
        (InsiAccepted(Mark("".join(("a", "1")), ONE.oid), True, True), int("1003"), int("1004")),
        (CHECKED, 0, int("1004")),
    ]
    for nth, (event, cites, decision) in enumerate(events, 1001):
        applied = apply(standing, Fact(int(str(nth)), event, LEA, NOW, cites, decision))
        assert applied.refusal is None
        standing = applied.standing
    assert (standing.status, standing.is_compared) == (S.QUALIFIED, True)
    assert standing.questions == ((1002, 999),)
    assert standing.latest_answer == standing.answer(int("1003")) == Answer(1003, ONE, 999)
    same = pe.InsReplaced(Mark("".join(("a", "1")), ONE.oid), True, True)
    assert apply(standing, Fact(1006, same, LEA, NOW, 1003)).refusal is Refusal.WITHOUT_CHANGE
    again = Actor(ActorKind.STAFF, "".join(("l", "ea")))
    undone = apply(standing, Fact(1006, pe.Undone(), again, NOW, int("1004")))
    assert undone.refusal is None
    assert undone.standing.basis == _after(1000).basis


def test_an_answer_of_another_epoch_counts_neither_before_nor_after() -> None:
    for epoch in (3, 9):
        standing = replace(_after(6), answers=(Answer(6, ONE, epoch),), version=10)
        assert apply(standing, Fact(11, TAKEN, LEA, NOW, 6)).refusal is Refusal.ANSWER_VOID
        assert standing.latest_answer is None


def test_evidence_compared_with_another_answer_is_not_compared() -> None:
    for compared in (3, 5, 0):
        assert not replace(Standing(), basis=replace(Basis(), answer=4, compared=compared)).is_compared


def test_only_the_decision_that_was_the_last_is_undone() -> None:
    life = qualified()
    for cites in (1, 5, 7, 9):
        assert life.add(pe.Undone(), cites=cites) is Refusal.NOTHING_TO_UNDO
    for name in ("anna", "zoe"):
        assert life.add(pe.Undone(), Actor(ActorKind.STAFF, name), cites=6) is Refusal.NOT_YOURS


def test_a_fact_in_front_of_another_is_missing_too() -> None:
    facts = qualified().facts
    for nth in (1, 9):
        with pytest.raises(ValueError, match="missing"):
            fold([*facts[:3], replace(facts[3], nth=nth)])


def test_a_later_fact_of_a_decision_keeps_what_the_first_one_found() -> None:
    life = known().does(TAKEN, cites=4, decision=5).does(pe.PairProposed("k"), WORKER).does(CHECKED, decision=5)
    assert life.standing.before is not None
    assert life.standing.before.identity == Identity()
    assert life.standing.basis.decision == 5


def test_other_open_questions_stay_open() -> None:
    life = known()
    for _ in range(3):
        life.does(pe.InsiAsked())
    life.does(pe.InsiAnswered(None), WORKER, cites=6)
    assert [nth for nth, _epoch in life.standing.questions] == [5, 7]


def test_nothing_rests_on_anything_before_the_first_fact() -> None:
    assert Basis() == Basis(Identity(), 0, 0, "", "", 0, 0, 0, "", "", "", 0)
    assert retrieved().standing.basis.compared == 0
    assert qualified().add(pe.Undone(), cites=6, at=NOW + timedelta(hours=13)) is Refusal.TOO_LATE
    assert replace(Standing(), basis=replace(Basis(), answer=1, compared=1)).is_compared
    assert not replace(Standing(), basis=replace(Basis(), answer=-1, compared=-1)).is_compared
    assert known().does(CHECKED).add(pe.PresenceChecked()) is Refusal.NOT_QUALIFIED  # validated is not enough
    assert known().add(pe.PresenceChecked()) is Refusal.NOT_QUALIFIED
