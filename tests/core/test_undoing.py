"""An undo takes back one decision, and nothing that came since and is no part of it."""

from datetime import UTC, datetime

from kiosk.core.identity.matricule import OID_NIR, Mark
from kiosk.core.status.evidence import DEFAULT_EVIDENCE
from kiosk.core.status.folding import apply
from kiosk.core.status.permissions import Attribute
from kiosk.core.status.person_events import InsiAnswered, PersonEvent, TraitsStated, Undone, Verified
from kiosk.core.status.standing import Fact, Standing
from kiosk.core.status.transitions import (
    Actor,
    ActorKind,
    AttributeRemoved,
    AttributeSet,
    Created,
    EvidenceChecked,
    InsiAccepted,
    InsiRejected,
    Refusal,
)

LEA = Actor(ActorKind.STAFF, "lea")
AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
MARK = Mark("a" * 32, OID_NIR)
CARD = EvidenceChecked(DEFAULT_EVIDENCE[0], True, "2026-03-02")
HOMONYM = AttributeSet(Attribute.HOMONYM)


def _then(standing: Standing, event: PersonEvent, *, cites: int = 0, decides: bool = False) -> Standing:
    nth = standing.version + 1
    applied = apply(standing, Fact(nth, event, LEA, AT, cites, nth if decides else 0))
    assert applied.refusal is None
    return applied.standing


def _answered() -> Standing:
    return _then(_then(Standing(), Created()), InsiAnswered(MARK))


def _undone(standing: Standing) -> Standing:
    return _then(standing, Undone(), cites=standing.basis.decision)


def test_an_attribute_that_the_unit_set_since_stays() -> None:
    validated = _then(_answered(), CARD, decides=True)
    undone = _undone(_then(validated, HOMONYM))
    assert undone.identity.attributes == {Attribute.HOMONYM} and not undone.identity.is_checked


def test_an_attribute_that_was_removed_since_does_not_come_back() -> None:
    validated = _then(_then(_answered(), HOMONYM), CARD, decides=True)
    undone = _undone(_then(validated, AttributeRemoved(Attribute.HOMONYM)))
    assert undone.identity.attributes == frozenset()


def test_what_the_decision_removed_comes_back_beside_what_was_set_since() -> None:
    cleared = _then(_then(_answered(), HOMONYM), AttributeRemoved(Attribute.HOMONYM), decides=True)
    undone = _undone(_then(cleared, TraitsStated()))
    assert undone.identity.attributes == {Attribute.HOMONYM}
    assert undone.basis.traits == undone.version - 1


def test_where_both_cannot_stand_together_there_is_nothing_to_undo() -> None:
    fictitious = _then(_answered(), AttributeSet(Attribute.FICTITIOUS))
    cleared = _then(_then(fictitious, AttributeRemoved(Attribute.FICTITIOUS), decides=True), HOMONYM)
    fact = Fact(cleared.version + 1, Undone(), LEA, AT, cleared.basis.decision)
    assert apply(cleared, fact).refusal is Refusal.NOTHING_TO_UNDO


def test_a_verification_since_is_of_the_number_that_stays() -> None:
    accepted = _then(_answered(), InsiAccepted(MARK, True, True), cites=2, decides=True)
    qualified = _then(accepted, CARD, decides=True)
    assert _undone(_then(qualified, Verified())).basis.verified_at == AT.isoformat()
    assert _undone(_then(accepted, Verified())).basis.verified_at == ""


def test_a_doubt_that_is_undone_goes_whatever_came_since() -> None:
    marked = _then(_answered(), HOMONYM, decides=True)
    assert _undone(_then(marked, TraitsStated())).identity.attributes == frozenset()
    cleared = _then(marked, AttributeRemoved(Attribute.HOMONYM))
    assert _undone(_then(cleared, TraitsStated())).identity.attributes == frozenset()


def test_an_attribute_that_the_decision_removed_and_the_unit_set_again_stays() -> None:
    cleared = _then(_then(_answered(), HOMONYM), AttributeRemoved(Attribute.HOMONYM), decides=True)
    assert _undone(_then(cleared, HOMONYM)).identity.attributes == {Attribute.HOMONYM}


def test_traits_that_a_decision_stated_go_with_it_and_those_stated_since_stay() -> None:
    stated = _then(_answered(), TraitsStated())
    decided = _then(stated, TraitsStated(), decides=True)
    assert _undone(_then(decided, HOMONYM)).basis.traits == stated.version
    assert _undone(_then(decided, TraitsStated())).basis.traits == decided.version + 1


def test_an_epoch_that_a_decision_began_goes_with_it() -> None:
    accepted = _then(_answered(), InsiAccepted(MARK, True, True), cites=2)
    rejected = _then(accepted, InsiRejected(), decides=True)
    assert rejected.basis.epoch == rejected.version
    assert _undone(_then(rejected, HOMONYM)).basis.epoch == accepted.basis.epoch


def test_a_long_story_is_undone_as_a_short_one() -> None:
    """Numbers over 256 are no longer the same objects when they are equal."""
    long = _answered()
    for _ in range(300):
        long = _then(long, TraitsStated())
    answered = _then(long, InsiAnswered(MARK))
    accepted = _then(answered, InsiAccepted(MARK, True, True), cites=answered.version)
    checked = _then(accepted, CARD, decides=True)
    assert checked.is_compared
    verified = _then(checked, Verified())
    undone = _undone(verified)
    assert (undone.basis.verified_at, undone.basis.answer) == (AT.isoformat(), answered.version)
    assert undone.basis.traits == long.version
    rejected = _then(undone, InsiRejected(), decides=True)
    again = _then(rejected, InsiAnswered(MARK))
    assert again.latest_answer is not None and again.latest_answer.nth == again.version
    later = _then(again, HOMONYM)
    assert _undone(later).basis.epoch == undone.basis.epoch
    stated = _then(_then(again, TraitsStated(), decides=True), HOMONYM)
    assert _undone(stated).basis.traits == long.version
