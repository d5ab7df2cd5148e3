"""The end of a person's record: what stands afterwards, what can follow, and which hand may bring it about."""

from dataclasses import replace

import pytest

from kiosk.core.status import fact_codec
from kiosk.core.status import person_events as pe
from kiosk.core.status.erasing import is_nobodys
from kiosk.core.status.permissions import Attribute
from kiosk.core.status.permissions import IdentityStatus as S
from kiosk.core.status.standing import Basis, Standing
from kiosk.core.status.transitions import AttributeSet, Created, Refusal
from tests.core.lives import CHECKED, EVENTS, KIOSK, LEA, NOW, OTHER, TAKEN, WORKER, Life, known, qualified

GONE = pe.Erased(pe.Kept.BODY)


def undone() -> Life:
    """Opened and qualified in one decision, which was taken back: nobody's."""
    life = Life().does(Created(), decision=1).does(pe.VisitAttached(), decision=1)
    life.does(pe.TraitsStated(), decision=1).does(CHECKED, decision=1)
    return life.does(pe.Undone(), cites=1).does(pe.VisitDetached())


def test_of_who_is_erased_nothing_stands_and_the_number_is_held_no_more() -> None:
    life = qualified()
    assert life.standing.held is not None
    life.does(GONE)
    assert life.standing == Standing(version=7, basis=Basis(epoch=7), erased_at=NOW.isoformat())
    assert (life.standing.status, life.standing.held, life.standing.latest_answer) == (S.PROVISIONAL, None, None)


@pytest.mark.parametrize(
    "event", [*EVENTS, TAKEN, CHECKED, Created(), pe.VisitAttached()], ids=lambda one: type(one).__name__
)
@pytest.mark.parametrize("by", [LEA, WORKER, KIOSK], ids=["staff", "worker", "kiosk"])
def test_nothing_follows_who_was_erased(event: pe.PersonEvent, by) -> None:
    assert qualified().does(GONE).add(event, by, cites=4) is Refusal.ERASED


def test_an_erasing_is_no_decision_that_is_taken_back() -> None:
    life = known().does(CHECKED, decision=-1)
    assert life.standing.before is not None
    life.does(GONE, decision=-1)
    assert (life.standing.before, life.standing.basis.decision, life.standing.basis.decided_at) == (None, 0, "")
    assert life.add(pe.Undone(), cites=6) is Refusal.ERASED


def test_a_copy_that_goes_takes_nothing_along_whoever_removes_it() -> None:
    life = qualified()
    before = life.standing
    for by in (LEA, WORKER, KIOSK):
        life.does(pe.Erased(pe.Kept.COPY), by)
    assert life.standing == replace(before, version=before.version + 3)
    assert life.add(pe.Undone(), cites=6) is None


ESTABLISHED = {
    "qualified": qualified,
    "number": lambda: known().does(TAKEN, KIOSK, cites=4),
    "evidence": lambda: known().does(CHECKED),
    "doubtful": lambda: known().does(AttributeSet(Attribute.DOUBTFUL)),
    "fictitious": lambda: known().does(AttributeSet(Attribute.FICTITIOUS)),
    "decided": lambda: known().does(AttributeSet(Attribute.HOMONYM), decision=-1),
    "absorbed": lambda: known().does(pe.Merged(pe.Side("other"))),
}


@pytest.mark.parametrize("life", ESTABLISHED.values(), ids=ESTABLISHED)
@pytest.mark.parametrize("by", [WORKER, KIOSK], ids=["worker", "kiosk"])
def test_no_clock_erases_anybody_of_whom_something_was_established_or_decided(life, by) -> None:
    assert life().add(GONE, by) is Refusal.ONLY_STAFF
    assert not is_nobodys(life().standing)
    assert life().add(GONE, LEA) is None


@pytest.mark.parametrize("life", [undone, known, lambda: undone().does(AttributeSet(Attribute.HOMONYM))])
def test_a_worker_erases_whom_a_decision_taken_back_left_as_nobody_s(life) -> None:
    assert is_nobodys(life().standing)
    assert life().add(GONE, KIOSK) is Refusal.ONLY_STAFF
    assert life().add(GONE, WORKER) is None


def test_an_absorbed_record_is_erased_with_the_one_that_is_kept_and_goes_on_leading_to_it() -> None:
    life = known().does(pe.Merged(pe.Side("kept", OTHER)))
    life.does(GONE)
    assert life.standing.absorbed_by == "kept"
    assert life.add(pe.Unmerged()) is Refusal.ERASED


def test_that_somebody_is_erased_is_written_and_read_and_changes_no_word_about_the_others() -> None:
    gone = qualified().does(GONE).standing
    assert fact_codec.standing_from_text(fact_codec.standing_to_text(gone)) == gone
    assert "erased" in fact_codec.standing_to_text(gone)
    assert "erased" not in fact_codec.standing_to_text(qualified().standing)
