"""Transitions T1 to T12 and attributes: ins-rules 2.2, 2.3 and 4."""

from dataclasses import fields, is_dataclass, replace
from typing import get_args

import pytest

from kiosk.core.identity.matricule import OID_NIA, Mark, Matricule
from kiosk.core.identity.traits import Channel, Source, Traits
from kiosk.core.status.adoption import adopt
from kiosk.core.status.evidence import Confidence
from kiosk.core.status.permissions import Attribute, Identity, IdentityStatus
from kiosk.core.status.transitions import (
    APCV,
    Actor,
    ApcvRead,
    AttributeRemoved,
    AttributeSet,
    AuditFact,
    ComplementaryTraitEdited,
    Created,
    Event,
    EvidenceChecked,
    FirstNameChosen,
    InsiAccepted,
    InsiRejected,
    Refusal,
    StrictTraitEdited,
    VerificationFailed,
    apply,
)
from tests.core.examples import INSI, KIOSK, LICENCE, NOW, NUMBER, OTHER_NUMBER, PASSPORT, STAFF, WORKER, evidence

PROVISIONAL = Identity()
RETRIEVED = Identity(NUMBER)
VALIDATED = Identity(None, "PA")
QUALIFIED = Identity(NUMBER, "PA")
DOUBTFUL = Identity(attributes=frozenset({Attribute.DOUBTFUL}))
FICTITIOUS = Identity(attributes=frozenset({Attribute.FICTITIOUS}))
ACCEPTED = InsiAccepted(NUMBER, traits_agree=True, is_usable=True)
CHECKED = EvidenceChecked(PASSPORT, traits_agree=True)
S = IdentityStatus


def made(identity: Identity, event: Event, by: Actor = STAFF) -> tuple[str, IdentityStatus]:
    """The rule and the status reached, of a change that must not be refused."""
    after, fact = apply(identity, event, by, NOW)
    assert fact.refusal is None
    return fact.rule, after.status


def refused(identity: Identity, event: Event, by: Actor = STAFF) -> Refusal | None:
    """The refusal, of a change that must leave the identity as it is."""
    after, fact = apply(identity, event, by, NOW)
    assert after is identity
    assert fact.before is fact.after is identity.status
    assert not fact.matricule_dropped
    assert not fact.evidence_dropped
    return fact.refusal


def test_t1_a_created_identity_is_provisional_gi3_exi_id_23() -> None:
    for by in (KIOSK, STAFF, WORKER):
        assert made(Identity(), Created(), by) == ("T1", S.PROVISIONAL)


def test_t2_an_accepted_insi_answer_makes_a_provisional_identity_retrieved_gi3_exi_id_27() -> None:
    for by in (KIOSK, STAFF, WORKER):
        assert made(PROVISIONAL, ACCEPTED, by) == ("T2", S.RETRIEVED)
    assert apply(PROVISIONAL, ACCEPTED, KIOSK, NOW)[0].matricule == NUMBER


def test_t3_an_evidence_check_makes_a_provisional_identity_validated_gi3_exi_id_27() -> None:
    assert made(PROVISIONAL, CHECKED) == ("T3", S.VALIDATED)


def test_t4_an_evidence_check_makes_a_retrieved_identity_qualified_gi3_exi_id_27() -> None:
    assert made(RETRIEVED, CHECKED) == ("T4", S.QUALIFIED)
    assert apply(RETRIEVED, CHECKED, STAFF, NOW)[0] == QUALIFIED


def test_t5_an_accepted_insi_answer_makes_a_validated_identity_qualified_gi3_exi_id_27() -> None:
    assert made(VALIDATED, ACCEPTED) == ("T5", S.QUALIFIED)
    assert apply(VALIDATED, ACCEPTED, STAFF, NOW)[0] == QUALIFIED


def test_t5_that_insi_agrees_with_the_evidence_is_for_staff_to_say_ins_4() -> None:
    for by in (KIOSK, WORKER):
        assert refused(VALIDATED, ACCEPTED, by) is Refusal.ONLY_STAFF
        assert refused(QUALIFIED, ACCEPTED, by) is Refusal.ONLY_STAFF


def test_t2_t5_traits_that_disagree_are_not_accepted_ins_4() -> None:
    event = InsiAccepted(NUMBER, traits_agree=False, is_usable=True)
    for identity in (PROVISIONAL, VALIDATED, RETRIEVED):
        assert refused(identity, event) is Refusal.TRAITS_DISAGREE


def test_t2_t5_an_answer_that_is_unusable_or_odd_and_unconfirmed_is_not_accepted_ins_1_1() -> None:
    event = InsiAccepted(NUMBER, traits_agree=True, is_usable=False)
    for identity, by in ((PROVISIONAL, KIOSK), (PROVISIONAL, STAFF), (RETRIEVED, STAFF), (VALIDATED, STAFF)):
        assert refused(identity, event, by) is Refusal.ANSWER_UNUSABLE


def test_t2_a_number_without_its_oid_is_not_accepted_ins_1_1() -> None:
    event = InsiAccepted(replace(NUMBER, oid=""), traits_agree=True, is_usable=True)
    assert refused(PROVISIONAL, event) is Refusal.MATRICULE_INCOMPLETE
    assert refused(PROVISIONAL, ApcvRead(replace(NUMBER, oid=""), True)) is Refusal.MATRICULE_INCOMPLETE


def test_a_matricule_is_never_silently_overwritten_by_another_ins_3_4() -> None:
    for identity in (RETRIEVED, QUALIFIED):
        assert refused(identity, InsiAccepted(OTHER_NUMBER, True, True)) is Refusal.OTHER_MATRICULE
        assert refused(identity, ApcvRead(OTHER_NUMBER, True)) is Refusal.OTHER_MATRICULE
        same_digits_as_nia = Matricule(NUMBER.number, NUMBER.key, OID_NIA)
        assert refused(identity, InsiAccepted(same_digits_as_nia, True, True)) is Refusal.OTHER_MATRICULE


def test_the_same_matricule_may_be_returned_again_ins_3_4() -> None:
    keyless = Identity(replace(NUMBER, key=""), "PA")
    after, fact = apply(keyless, ACCEPTED, STAFF, NOW)
    assert fact.refusal is None
    assert after == QUALIFIED


def test_t3_t4_only_evidence_of_high_confidence_counts_rniv1_3_3_2() -> None:
    for identity in (PROVISIONAL, RETRIEVED):
        assert refused(identity, EvidenceChecked(LICENCE, True)) is Refusal.EVIDENCE_TOO_WEAK
    raised = replace(LICENCE, confidence=Confidence.HIGH)
    assert made(PROVISIONAL, EvidenceChecked(raised, True)) == ("T3", S.VALIDATED)
    nameless = replace(raised, code="")
    assert refused(PROVISIONAL, EvidenceChecked(nameless, True)) is Refusal.EVIDENCE_TOO_WEAK


def test_t3_t4_a_family_book_counts_with_a_parents_document_only_rniv1_3_3_3() -> None:
    book = evidence("LE")
    for identity in (PROVISIONAL, RETRIEVED):
        for companion in ("", "CN", "XX"):
            assert refused(identity, EvidenceChecked(book, True, companion_code=companion)) is Refusal.COMPANION_MISSING
    assert made(PROVISIONAL, EvidenceChecked(book, True, companion_code="PCN")) == ("T3", S.VALIDATED)
    assert made(RETRIEVED, EvidenceChecked(book, True, companion_code="TDJ")) == ("T4", S.QUALIFIED)
    assert refused(RETRIEVED, EvidenceChecked(PASSPORT, True, companion_code="PCN")) is Refusal.COMPANION_MISSING


def test_t3_t4_only_staff_checks_evidence_ins_6() -> None:
    for by in (KIOSK, WORKER):
        assert refused(PROVISIONAL, CHECKED, by) is Refusal.ONLY_STAFF
        assert refused(RETRIEVED, CHECKED, by) is Refusal.ONLY_STAFF


def test_t4_a_blocking_difference_with_the_evidence_does_not_qualify_ins_4() -> None:
    event = EvidenceChecked(PASSPORT, traits_agree=False)
    assert refused(RETRIEVED, event) is Refusal.TRAITS_DISAGREE
    assert refused(PROVISIONAL, event) is Refusal.TRAITS_DISAGREE


def test_a_rejected_ins_leaves_provisional_or_validated_by_evidence_ins_4() -> None:
    assert made(RETRIEVED, InsiRejected()) == ("S4", S.PROVISIONAL)
    assert made(QUALIFIED, InsiRejected()) == ("S4", S.VALIDATED)
    assert refused(PROVISIONAL, InsiRejected()) is Refusal.NO_MATRICULE
    assert refused(VALIDATED, InsiRejected()) is Refusal.NO_MATRICULE
    for by in (KIOSK, WORKER):
        assert refused(RETRIEVED, InsiRejected(), by) is Refusal.ONLY_STAFF


@pytest.mark.parametrize("identity", [PROVISIONAL, RETRIEVED, VALIDATED, QUALIFIED])
def test_t6_the_apcv_of_this_person_qualifies_rniv1_4_3_4(identity: Identity) -> None:
    assert made(identity, ApcvRead(NUMBER, is_this_person=True)) == ("T6", S.QUALIFIED)


def test_t6_the_apcv_is_the_evidence_where_there_was_none_rniv1_4_3_4() -> None:
    event = ApcvRead(NUMBER, True)
    assert apply(PROVISIONAL, event, STAFF, NOW)[0] == Identity(NUMBER, APCV)
    assert apply(VALIDATED, event, STAFF, NOW)[0] == QUALIFIED
    assert APCV == "AV"


def test_t6_the_apcv_of_another_or_at_an_unattended_kiosk_changes_nothing_ins_10_4() -> None:
    assert refused(PROVISIONAL, ApcvRead(NUMBER, is_this_person=False)) is Refusal.TRAITS_DISAGREE
    assert refused(PROVISIONAL, ApcvRead(NUMBER, True), KIOSK) is Refusal.ONLY_STAFF
    assert refused(PROVISIONAL, ApcvRead(NUMBER, True), WORKER) is Refusal.ONLY_STAFF


@pytest.mark.parametrize("attribute", [Attribute.DOUBTFUL, Attribute.FICTITIOUS])
@pytest.mark.parametrize("identity", [PROVISIONAL, RETRIEVED, VALIDATED, QUALIFIED])
def test_t7_doubtful_or_fictitious_makes_provisional_and_takes_the_matricule_away_exi_id_26(
    identity: Identity, attribute: Attribute
) -> None:
    after, fact = apply(identity, AttributeSet(attribute), STAFF, NOW)
    assert (fact.rule, fact.refusal) == ("T7", None)
    assert after == Identity(attributes=frozenset({attribute}))
    assert fact.matricule_dropped is identity.is_obtained
    assert fact.evidence_dropped is identity.is_checked


def test_t7_homonym_warns_and_changes_no_status_exi_id_24() -> None:
    for identity in (PROVISIONAL, RETRIEVED, VALIDATED, QUALIFIED):
        for by in (STAFF, KIOSK, WORKER):
            after, fact = apply(identity, AttributeSet(Attribute.HOMONYM), by, NOW)
            assert fact.refusal is None
            assert after == replace(identity, attributes=frozenset({Attribute.HOMONYM}))


def test_t7_only_staff_doubts_ins_2_3() -> None:
    for by in (KIOSK, WORKER):
        for attribute in (Attribute.DOUBTFUL, Attribute.FICTITIOUS):
            assert refused(PROVISIONAL, AttributeSet(attribute), by) is Refusal.ONLY_STAFF


def test_t7_fictitious_combines_with_nothing_and_homonym_with_doubtful_exi_id_24() -> None:
    assert refused(FICTITIOUS, AttributeSet(Attribute.HOMONYM)) is Refusal.EXCLUSIVE
    assert refused(FICTITIOUS, AttributeSet(Attribute.DOUBTFUL)) is Refusal.EXCLUSIVE
    assert refused(DOUBTFUL, AttributeSet(Attribute.FICTITIOUS)) is Refusal.EXCLUSIVE
    after, _ = apply(DOUBTFUL, AttributeSet(Attribute.HOMONYM), STAFF, NOW)
    assert after.attributes == {Attribute.DOUBTFUL, Attribute.HOMONYM}
    assert refused(after, AttributeSet(Attribute.FICTITIOUS)) is Refusal.EXCLUSIVE
    homonym = Identity(NUMBER, "PA", frozenset({Attribute.HOMONYM}))
    assert apply(homonym, AttributeSet(Attribute.DOUBTFUL), STAFF, NOW)[0] == after


def test_t8_what_doubt_took_away_does_not_come_back_exi_id_26() -> None:
    for identity, attribute in ((DOUBTFUL, Attribute.DOUBTFUL), (FICTITIOUS, Attribute.FICTITIOUS)):
        after, fact = apply(identity, AttributeRemoved(attribute), STAFF, NOW)
        assert (fact.rule, fact.refusal) == ("T8", None)
        assert after == PROVISIONAL
    homonym = replace(QUALIFIED, attributes=frozenset({Attribute.HOMONYM}))
    assert apply(homonym, AttributeRemoved(Attribute.HOMONYM), STAFF, NOW)[0] == QUALIFIED


def test_t8_an_attribute_is_removed_by_staff_and_once_ins_2_3() -> None:
    for by in (KIOSK, WORKER):
        assert refused(DOUBTFUL, AttributeRemoved(Attribute.DOUBTFUL), by) is Refusal.ONLY_STAFF
    assert refused(PROVISIONAL, AttributeRemoved(Attribute.DOUBTFUL)) is Refusal.WITHOUT_CHANGE
    assert refused(DOUBTFUL, AttributeSet(Attribute.DOUBTFUL)) is Refusal.WITHOUT_CHANGE


@pytest.mark.parametrize("identity", [DOUBTFUL, FICTITIOUS])
@pytest.mark.parametrize("event", [ACCEPTED, CHECKED, ApcvRead(NUMBER, True)])
def test_nothing_lifts_a_doubtful_or_fictitious_identity_exi_id_26(identity: Identity, event: Event) -> None:
    assert refused(identity, event) is Refusal.BARRED


def test_t9_an_edited_trait_from_insi_drops_the_matricule_and_makes_provisional_ins_2_2() -> None:
    for identity in (RETRIEVED, QUALIFIED):
        assert made(identity, StrictTraitEdited()) == ("T9", S.PROVISIONAL)
        assert apply(identity, StrictTraitEdited(), STAFF, NOW)[0] == PROVISIONAL


def test_t10_an_edited_trait_of_a_validated_identity_makes_provisional_until_checked_again_ins_2_2() -> None:
    assert made(VALIDATED, StrictTraitEdited()) == ("T10", S.PROVISIONAL)
    assert made(PROVISIONAL, StrictTraitEdited()) == ("T10", S.PROVISIONAL)
    homonym = Identity(NUMBER, "PA", frozenset({Attribute.HOMONYM}))
    assert apply(homonym, StrictTraitEdited(), STAFF, NOW)[0].attributes == {Attribute.HOMONYM}


def test_t9_t10_a_kiosk_edits_no_identity_ins_6() -> None:
    for by in (KIOSK, WORKER):
        for identity in (PROVISIONAL, RETRIEVED, VALIDATED, QUALIFIED):
            assert refused(identity, StrictTraitEdited(), by) is Refusal.ONLY_STAFF


def test_t11_a_verification_that_fails_drops_the_matricule_and_calls_staff_ins_2_2() -> None:
    for identity, status in ((QUALIFIED, S.VALIDATED), (RETRIEVED, S.PROVISIONAL)):
        after, fact = apply(identity, VerificationFailed(), WORKER, NOW)
        assert (fact.rule, after.status, after.matricule) == ("T11", status, None)
        assert fact.matricule_dropped
        assert fact.needs_staff
    for identity in (PROVISIONAL, VALIDATED):
        assert refused(identity, VerificationFailed(), WORKER) is Refusal.NO_MATRICULE
        assert not apply(identity, VerificationFailed(), WORKER, NOW)[1].needs_staff


@pytest.mark.parametrize("identity", [PROVISIONAL, RETRIEVED, VALIDATED, QUALIFIED, DOUBTFUL])
@pytest.mark.parametrize("event", [FirstNameChosen(is_coherent=True), ComplementaryTraitEdited()])
def test_t12_a_coherent_first_name_or_a_complementary_trait_changes_no_status_exi_id_10(
    identity: Identity, event: Event
) -> None:
    after, fact = apply(identity, event, STAFF, NOW)
    assert after is identity
    assert (fact.rule, fact.refusal, fact.needs_staff) == ("T12", None, False)


def test_t12_a_first_name_that_does_not_open_the_list_raises_an_alert_exi_id_10() -> None:
    _, fact = apply(QUALIFIED, FirstNameChosen(is_coherent=False), STAFF, NOW)
    assert (fact.refusal, fact.needs_staff, fact.after) == (Refusal.NOT_COHERENT, True, S.QUALIFIED)


def test_every_transition_says_who_when_and_with_what_evidence_ins_2_2() -> None:
    _, fact = apply(RETRIEVED, CHECKED, STAFF, NOW)
    assert fact == AuditFact("T4", "EvidenceChecked", STAFF, NOW, S.RETRIEVED, S.QUALIFIED, evidence="PA")
    _, fact = apply(QUALIFIED, StrictTraitEdited(), STAFF, NOW)
    assert (fact.matricule_dropped, fact.evidence_dropped, fact.evidence) == (True, True, "")
    _, fact = apply(RETRIEVED, StrictTraitEdited(), STAFF, NOW)
    assert (fact.matricule_dropped, fact.evidence_dropped) == (True, False)
    _, fact = apply(VALIDATED, StrictTraitEdited(), STAFF, NOW)
    assert (fact.matricule_dropped, fact.evidence_dropped) == (False, True)


def test_a_refusal_is_an_audit_fact_and_some_are_a_task_for_staff_ins_4() -> None:
    disagreeing = apply(PROVISIONAL, InsiAccepted(NUMBER, False, True), KIOSK, NOW)[1]
    assert (disagreeing.refusal, disagreeing.needs_staff) == (Refusal.TRAITS_DISAGREE, True)
    other = apply(RETRIEVED, InsiAccepted(OTHER_NUMBER, True, True), WORKER, NOW)[1]
    assert (other.refusal, other.needs_staff) == (Refusal.OTHER_MATRICULE, True)
    incomplete = apply(PROVISIONAL, InsiAccepted(replace(NUMBER, oid=""), True, True), KIOSK, NOW)[1]
    assert (incomplete.refusal, incomplete.needs_staff) == (Refusal.MATRICULE_INCOMPLETE, True)
    unusable = apply(PROVISIONAL, InsiAccepted(NUMBER, True, False), KIOSK, NOW)[1]
    assert (unusable.refusal, unusable.needs_staff) == (Refusal.ANSWER_UNUSABLE, True)
    barred = apply(DOUBTFUL, ACCEPTED, KIOSK, NOW)[1]
    assert (barred.refusal, barred.needs_staff) == (Refusal.BARRED, False)
    assert not apply(PROVISIONAL, ACCEPTED, KIOSK, NOW)[1].needs_staff


def test_every_event_is_a_frozen_value() -> None:
    assert all(is_dataclass(kind) and "__slots__" in vars(kind) for kind in get_args(Event))
    assert Created() == Created()


def test_only_insi_and_the_apcv_bring_a_matricule_never_a_hand_or_the_card_exi_rec_02() -> None:
    bringers = {kind for kind in get_args(Event) for each in fields(kind) if each.type in (Matricule, Matricule | Mark)}
    assert bringers == {InsiAccepted, ApcvRead}


def test_accepted_traits_overwrite_the_local_ones_which_stay_in_history_ins_2_2() -> None:
    local = replace(INSI, source=Source.STAFF, birth_name="Adrün", birth_place_code="63221", name_in_use="MARTIN")
    answer = replace(INSI, birth_place_code="")
    adoption = adopt(local, answer)
    assert adoption.previous is local
    assert adoption.traits == replace(answer, name_in_use="MARTIN")
    assert adoption.traits.source is Source.INSI


def test_the_name_in_use_is_never_filled_from_the_birth_name_exi_id_08_exi_pp_17() -> None:
    assert Traits(Source.STAFF, birth_name="ADRUN").name_in_use == ""
    assert adopt(Traits(Source.STAFF, birth_name="DUPONT"), INSI).traits.name_in_use == ""


def test_an_identity_says_through_which_channel_it_was_collected_pam_zfd_5() -> None:
    assert [channel.value for channel in Channel] == ["SM", "CV", "INSI", "CB", "RFID", "AV"]
