"""A decision undone: by whom, until when, and what comes back; in long stories: ``test_undoing``."""

from dataclasses import replace
from datetime import timedelta

from kiosk.core.status import person_events as pe
from kiosk.core.status.permissions import Attribute
from kiosk.core.status.permissions import IdentityStatus as S
from kiosk.core.status.transitions import (
    AttributeRemoved,
    AttributeSet,
    Refusal,
    StrictTraitEdited,
)
from kiosk.core.status.undoing import UNDO_FOR
from tests.core.lives import (
    CHECKED,
    MARC,
    NOW,
    TAKEN,
    WORKER,
    known,
    qualified,
    retrieved,
)


def test_an_undo_restores_everything_the_evidence_s_day_included_property_9() -> None:
    life = qualified().does(pe.Verified(), WORKER)
    before = life.standing
    life.does(StrictTraitEdited(), decision=-1)
    undone = life.does(pe.Undone(), cites=8).standing
    assert undone.basis == before.basis
    assert (undone.before, undone.version) == (None, 9)
    assert life.add(pe.Undone(), cites=8) is Refusal.NOTHING_TO_UNDO
    assert life.add(pe.Undone(), cites=6) is Refusal.NOTHING_TO_UNDO  # once


def test_a_decision_of_several_facts_is_undone_whole() -> None:
    life = known().does(TAKEN, cites=4, decision=5).does(CHECKED, decision=5)
    assert life.standing.status is S.QUALIFIED
    assert life.standing.before == known().standing.basis
    assert life.does(pe.Undone(), cites=5).standing.basis == known().standing.basis


def test_who_decided_undoes_it_the_same_day() -> None:
    life = qualified()
    assert life.add(pe.Undone(), MARC, cites=6) is Refusal.NOT_YOURS
    assert life.add(pe.Undone(), replace(WORKER, name="lea"), cites=6) is Refusal.ONLY_STAFF
    assert life.add(pe.Undone(), cites=5) is Refusal.NOTHING_TO_UNDO
    assert life.add(pe.Undone(), cites=6, at=NOW + UNDO_FOR) is Refusal.TOO_LATE
    assert life.add(pe.Undone(), cites=6, at=NOW - timedelta(seconds=1)) is Refusal.TOO_LATE
    assert timedelta(hours=12) == UNDO_FOR
    assert qualified().does(pe.Undone(), cites=6, at=NOW).standing.status is S.RETRIEVED
    late = NOW + UNDO_FOR - timedelta(seconds=1)
    assert qualified().does(pe.Undone(), cites=6, at=late).standing.status is S.RETRIEVED
    assert retrieved().add(pe.Undone()) is Refusal.NOTHING_TO_UNDO


def test_undoing_a_doubt_never_brings_back_what_was_qualified_t8() -> None:
    life = qualified().does(AttributeSet(Attribute.HOMONYM))
    life.does(AttributeSet(Attribute.DOUBTFUL), decision=-1).does(pe.Undone(), cites=8)
    basis = life.standing.basis
    assert (life.standing.status, life.standing.identity.attributes) == (S.PROVISIONAL, {Attribute.HOMONYM})
    assert (basis.epoch, basis.traits, basis.answer, basis.evidence_on) == (8, 3, 0, "")
    assert (basis.decided_by, basis.decision, basis.decided_at) == ("lea", 6, NOW.isoformat())
    assert life.add(TAKEN, cites=4) is Refusal.ANSWER_VOID


def test_undoing_the_lifting_of_a_doubt_is_a_doubt_again() -> None:
    life = known().does(AttributeSet(Attribute.DOUBTFUL)).does(AttributeRemoved(Attribute.DOUBTFUL), decision=-1)
    assert life.does(pe.Undone(), cites=6).standing.identity.is_barred
    other = known().does(AttributeSet(Attribute.DOUBTFUL)).does(AttributeSet(Attribute.HOMONYM), decision=-1)
    assert other.does(pe.Undone(), cites=6).standing.identity.attributes == {Attribute.DOUBTFUL}
