"""An appli carte Vitale among a person's facts (T6): what it rests on, and what it never does."""

from dataclasses import replace

import pytest

from kiosk.core.identity.traits import Source
from kiosk.core.sources.insi import InsFound
from kiosk.core.status import fact_codec
from kiosk.core.status import person_events as pe
from kiosk.core.status.permissions import Attribute
from kiosk.core.status.permissions import IdentityStatus as S
from kiosk.core.status.person_events import PersonEvent
from kiosk.core.status.returning import Filing, Ground, Obstacle, Said
from kiosk.core.status.transitions import (
    ApcvRead,
    AttributeRemoved,
    AttributeSet,
    Created,
    Refusal,
    StrictTraitEdited,
)
from tests.core.examples import INSI, MRZ, NUMBER
from tests.core.lives import CHECKED, KIOSK, ONE, OTHER, TAKEN, WORKER, Life, known, qualified
from tests.core.returning import HERS, OTHERS, ZOE, obstacles, of

READ = ApcvRead(ONE, True, "2026-11-29")
ATTESTED = InsFound(NUMBER, replace(INSI, source=Source.APPLI))
PHONE = Said(ATTESTED, HERS)


def shown() -> Life:
    """Opened by a visit whose phone said who they are, verified: the fourth fact."""
    life = Life().does(Created()).does(pe.VisitAttached()).does(pe.TraitsStated())
    return life.does(pe.ApcvAttested(ONE), KIOSK)


def test_t6_rests_on_what_an_appli_carte_vitale_said_and_on_nothing_else_rniv1_4_3_4() -> None:
    life = shown().does(READ, cites=4)
    basis = life.standing.basis
    assert (life.standing.status, life.standing.is_compared, basis.identity.evidence) == (S.QUALIFIED, True, "AV")
    assert (basis.answer, basis.compared, basis.evidence_at, basis.evidence_on) == (4, 4, 5, "2026-11-29")
    assert basis.verified_at == ""
    assert known().add(READ, cites=4) is Refusal.ANOTHER_ANSWER  # INSi's answer needs evidence seen beside it
    assert shown().add(TAKEN, cites=4) is Refusal.ANOTHER_ANSWER  # nor is it accepted as one of INSi's
    assert shown().add(READ) is Refusal.ANSWER_VOID
    assert shown().add(ApcvRead(OTHER, True), cites=4) is Refusal.ANOTHER_ANSWER
    assert shown().add(ApcvRead(ONE, False), cites=4) is Refusal.TRAITS_DISAGREE


def test_t6_keeps_the_evidence_that_was_seen_before_with_its_day() -> None:
    life = Life().does(Created()).does(CHECKED).does(pe.ApcvAttested(ONE), KIOSK)
    life.does(ApcvRead(ONE, True, "2026-12-01"), cites=3)
    basis = life.standing.basis
    assert (basis.identity.evidence, basis.evidence_at, basis.evidence_on) == ("CN", 2, "2026-11-29")
    assert (basis.answer, basis.compared) == (3, 3)


@pytest.mark.parametrize(
    "event", [AttributeSet(Attribute.DOUBTFUL), AttributeSet(Attribute.FICTITIOUS), StrictTraitEdited()]
)
def test_what_a_phone_said_before_a_doubt_or_an_edit_counts_no_more_property_4(event: PersonEvent) -> None:
    life = shown().does(event)
    if isinstance(event, AttributeSet):
        assert life.add(READ, cites=4) is Refusal.BARRED
        life.does(AttributeRemoved(event.attribute))
    assert life.add(READ, cites=4) is Refusal.ANSWER_VOID
    again = life.does(pe.ApcvAttested(ONE), KIOSK).standing.version
    life.does(READ, cites=again)
    assert life.standing.status is S.QUALIFIED


def test_a_number_that_a_phone_says_replaces_another_by_staff_s_own_act_only() -> None:
    life = qualified().does(pe.ApcvAttested(OTHER), KIOSK)
    seven = life.standing.version
    assert life.add(ApcvRead(OTHER, True), cites=seven) is Refusal.OTHER_MATRICULE
    life.does(pe.InsReplaced(OTHER, True, True), cites=seven)
    assert life.standing.held == OTHER


def test_undone_t6_leaves_nothing_of_it_and_can_be_done_again() -> None:
    life = shown().does(READ, cites=4, decision=-1)
    before = shown().standing.basis
    life.does(pe.Undone(), cites=5)
    assert life.standing.basis == before
    life.does(READ, cites=4)
    assert life.standing.status is S.QUALIFIED


def test_only_staff_say_that_it_is_this_person_s_property_7() -> None:
    for machine in (KIOSK, WORKER):
        assert shown().add(READ, machine, cites=4) is Refusal.ONLY_STAFF


@pytest.mark.parametrize("event", [READ, ApcvRead(ONE, False), pe.ApcvAttested(ONE), pe.ApcvAttested(None)])
def test_what_is_written_of_it_is_read_as_it_was(event: PersonEvent) -> None:
    kind, codes = fact_codec.written(event)
    assert kind in {"apcv-read", "apcv-attested"}
    assert fact_codec.read(kind, codes) == event


def test_a_standing_that_rests_on_it_is_read_as_it_was_written() -> None:
    standing = shown().does(READ, cites=4).standing
    assert fact_codec.standing_from_text(fact_codec.standing_to_text(standing)) == standing


def test_it_files_the_visit_under_who_holds_its_number_and_has_its_traits() -> None:
    assert of(PHONE) == of(replace(PHONE, document=MRZ)) == Filing(Ground.APPLI)
    other = replace(INSI, given_names=("LINA",), given_names_text="LINA", source=Source.APPLI)
    assert obstacles(replace(PHONE, answer=InsFound(NUMBER, other))) == [Obstacle.OTHER_TRAITS]
    assert obstacles(replace(PHONE, mark=OTHERS)) == [Obstacle.OTHER_MATRICULE]
    assert obstacles(replace(PHONE, answer=replace(ATTESTED, flags=("simulator",)))) == [Obstacle.ODD_ANSWER]
    assert obstacles(replace(PHONE, ipp=("1.2.3", "another"))) == [Obstacle.OTHER_IPP]
    not_hers = replace(MRZ, birth_name="DURAND")
    assert obstacles(replace(PHONE, document=not_hers)) == [Obstacle.DOCUMENT_DIFFERS]
    assert obstacles(replace(PHONE, unsure_document=not_hers)) == [Obstacle.DOCUMENT_UNSURE]
    for flag, why in (("is_barred", Obstacle.BARRED), ("has_open_pair", Obstacle.OPEN_PAIR)):
        assert obstacles(PHONE, replace(ZOE, **{flag: True})) == [why]
