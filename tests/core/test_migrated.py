"""An identity that an earlier version decided: carried over once, and only with an answer that may still count."""

from datetime import UTC, datetime

import pytest

from kiosk.core.identity.matricule import Mark
from kiosk.core.status import fact_codec
from kiosk.core.status.folding import apply
from kiosk.core.status.permissions import Attribute, Identity, IdentityStatus
from kiosk.core.status.person_events import InsiAnswered, Migrated, PersonEvent
from kiosk.core.status.standing import Applied, Fact, Standing
from kiosk.core.status.transitions import Actor, ActorKind, Created, InsiAccepted, Refusal

LEA = Actor(ActorKind.STAFF, "lea")
NOW = datetime(2026, 11, 29, 9, tzinfo=UTC)
MARK = Mark("aa", "1.2")
QUALIFIED = Identity(MARK, "CN")


def _known() -> Standing:
    """INSi has answered, with fact 2."""
    standing = Standing()
    for nth, event in enumerate((Created(), InsiAnswered(MARK)), 1):
        standing = apply(standing, Fact(nth, event, LEA, NOW)).standing
    return standing


def _then(standing: Standing, event: PersonEvent, cites: int = 0) -> Applied:
    return apply(standing, Fact(standing.version + 1, event, LEA, NOW, cites))


def test_the_identity_is_as_it_was_and_says_on_what_it_rests() -> None:
    event = Migrated(QUALIFIED, "2026-11-20", "LF", "2026-11-21T10:00:00+00:00")
    basis = _then(_known(), event, 2).standing.basis
    assert (basis.identity, basis.answer, basis.compared, basis.evidence_at) == (QUALIFIED, 2, 2, 3)
    assert (basis.evidence_on, basis.companion_code) == ("2026-11-20", "LF")
    assert (basis.verified_at, basis.decided_at, basis.decided_by) == (
        "2026-11-21T10:00:00+00:00",
        NOW.isoformat(),
        "lea",
    )


def test_what_nobody_decided_is_nobody_s_decision() -> None:
    basis = _then(_known(), Migrated(Identity(MARK), is_decided=False), 2).standing.basis
    assert (basis.decided_at, basis.decided_by, basis.compared) == ("", "", 0)


@pytest.mark.parametrize(
    ("event", "cites", "refusal"),
    [
        (Migrated(QUALIFIED), 1, Refusal.ANSWER_VOID),
        (Migrated(Identity(Mark("bb", "1.2"), "CN")), 2, Refusal.ANOTHER_ANSWER),
        (Migrated(QUALIFIED, voids_answers=True), 2, Refusal.ANSWER_VOID),
    ],
)
def test_a_matricule_rests_on_its_answer(event: Migrated, cites: int, refusal: Refusal) -> None:
    assert _then(_known(), event, cites).refusal is refusal


def test_an_identity_is_carried_over_once() -> None:
    once = _then(_known(), Migrated(Identity(evidence="CN"))).standing
    assert _then(once, Migrated(QUALIFIED), 2).refusal is Refusal.ESTABLISHED


@pytest.mark.parametrize(
    "event",
    [
        Migrated(Identity(evidence="CN"), voids_answers=True),
        Migrated(Identity(attributes=frozenset({Attribute.DOUBTFUL}))),
    ],
)
def test_what_was_refused_or_barred_is_not_accepted_again(event: Migrated) -> None:
    left = _then(_known(), event).standing
    assert left.latest_answer is None
    assert _then(left, InsiAccepted(MARK, True, True), 2).refusal in {Refusal.ANSWER_VOID, Refusal.BARRED}


def test_what_was_only_left_out_may_be_accepted_by_staff() -> None:
    left = _then(_known(), Migrated(Identity(evidence="CN"))).standing
    assert _then(left, InsiAccepted(MARK, True, True), 2).after is IdentityStatus.QUALIFIED


def test_it_is_read_as_it_was_written() -> None:
    for event in (Migrated(QUALIFIED, "2026-11-20"), Migrated(Identity(), is_decided=False, voids_answers=True)):
        assert fact_codec.read(*fact_codec.written(event)) == event
