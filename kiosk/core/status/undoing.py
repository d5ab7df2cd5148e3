"""What a decision changed about a person, kept as long as it may be taken back; and taking it back."""

from dataclasses import replace
from datetime import datetime, timedelta

from kiosk.core.status.permissions import Identity, IdentityRefused
from kiosk.core.status.person_events import Erased, Undone
from kiosk.core.status.standing import Basis, Fact, Standing
from kiosk.core.status.transitions import ActorKind, Refusal

UNDO_FOR = timedelta(hours=12)


def as_decided(before: Standing, after: Standing, fact: Fact) -> Standing:
    """Note who decided, and keep what the decision changed from its first fact on."""
    if isinstance(fact.event, Undone | Erased):
        return after  # neither is a decision to be taken back
    if not fact.decision:
        return replace(after, before=_beside(before.before, before.basis, after.basis))
    basis = replace(after.basis, decided_at=fact.at.isoformat(), decided_by=fact.by.name, decision=fact.decision)
    is_first = fact.decision == fact.nth
    return replace(after, basis=basis, before=before.basis if is_first else after.before)


def _beside(kept: Basis | None, was: Basis, now: Basis) -> Basis | None:
    """What an undo restores, with what came since and is no part of the decision: an attribute, a day, stated traits.

    None where that cannot stand beside it: then there is nothing to undo.
    """
    if kept is None or was == now:
        return kept
    added, removed = (
        now.identity.attributes - was.identity.attributes,
        was.identity.attributes - now.identity.attributes,
    )
    try:
        identity = replace(kept.identity, attributes=(kept.identity.attributes | added) - removed)
    except IdentityRefused:
        return None
    is_same_answer = kept.answer == now.answer and was.verified_at != now.verified_at
    return replace(
        kept,
        identity=identity,
        traits=now.traits if was.traits != now.traits else kept.traits,
        epoch=now.epoch if was.epoch != now.epoch else kept.epoch,
        verified_at=now.verified_at if is_same_answer else kept.verified_at,
    )


def undone(standing: Standing, fact: Fact) -> Standing | Refusal:
    """Everything as before the decision; but what a doubt took away does not come back: both steps are done again."""
    if fact.by.kind is not ActorKind.STAFF:
        return Refusal.ONLY_STAFF
    basis = standing.basis
    if standing.before is None or not basis.decision or fact.cites != basis.decision:
        return Refusal.NOTHING_TO_UNDO
    if basis.decided_by != fact.by.name:
        return Refusal.NOT_YOURS
    if not timedelta(0) <= fact.at - datetime.fromisoformat(basis.decided_at) < UNDO_FOR:
        return Refusal.TOO_LATE
    restored = standing.before
    if standing.identity.is_barred and not restored.identity.is_barred:
        restored = replace(
            Basis(identity=Identity(attributes=restored.identity.attributes)),
            epoch=basis.epoch,
            traits=restored.traits,
            decided_at=restored.decided_at,
            decided_by=restored.decided_by,
            decision=restored.decision,
        )
    return replace(standing, basis=restored, before=None)
