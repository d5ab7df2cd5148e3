"""One's last decision taken back: the identity and the visit stand as before it.

What a decision made of the identity is the register's to restore; where the visit stood is kept beside the visit.
"""

from datetime import datetime
from typing import NotRequired, TypedDict, cast
from uuid import UUID

from django.utils import timezone

from kiosk.console import audit
from kiosk.console.arrivals.queue import locked
from kiosk.console.identities import comparing
from kiosk.console.identities.reasons import refused
from kiosk.console.identities.refusing import in_words
from kiosk.console.models import Arrival, Need, Person, Staff, Stage
from kiosk.console.register import attaching, reading, visits, writer
from kiosk.core.status.person_events import Undone
from kiosk.core.status.transitions import Actor, ActorKind, Refusal
from kiosk.core.status.undoing import UNDO_FOR

MOST_EARLIER = 20  # decisions with one visit, within the hours in which one may be taken back


class Before(TypedDict):
    """Where a visit stood before a decision."""

    reason: str
    decided_by: int | None
    decided_at: str  # ISO 8601; "" when nobody had decided
    person: NotRequired[str]  # about whom it was: without, only the visit moved
    decision: NotRequired[int]  # that person's fact which began it
    opened: NotRequired[bool]  # whose visit it is became known with it
    presence: NotRequired[str]  # staff saw that it is them: whose visit it was already, or a candidate's
    earlier: NotRequired["Before"]  # what the decision before it kept: it stands again once this one is taken back


def before_of(arrival: Arrival) -> Before:
    """What a decision is about to change, to be kept beside it."""
    before: Before = {
        "reason": arrival.reason,
        "decided_by": arrival.decided_by_id,
        "decided_at": arrival.decided_at.isoformat() if arrival.decided_at else "",
    }
    if arrival.before:
        before["earlier"] = _first_of(arrival.before, MOST_EARLIER)
    return before


def _first_of(before: Before, most: int) -> Before:
    """The same with so many earlier ones at most, the latest: each may still be taken back, one after the other."""
    kept = {**before}
    earlier = kept.pop("earlier", None)
    if isinstance(earlier, dict) and most > 1:
        kept["earlier"] = _first_of(cast(Before, earlier), most - 1)
    return cast(Before, kept)


def undo(key: UUID, staff: Staff, *, where: str = "") -> Arrival:
    """Take one's last decision back: the identity stands as before it, in the hands of who decided."""
    with in_words(audit.Act.UNDONE, staff.username, key, where):
        arrival = locked(key)
        if not may_undo(arrival, staff, timezone.now()):
            raise refused(Refusal.NOT_YOURS)
        lost = arrival.status
        _undo_identity(arrival, staff, where, lost)
        _restore(arrival)
        if arrival.need == Need.ASK_AGAIN:
            arrival.need = comparing.need_of(visits.opened(arrival))
        arrival.stage, arrival.assigned_to, arrival.assigned_at = Stage.CALLED, staff, timezone.now()
        arrival.save()
        return arrival


def may_undo(arrival: Arrival, staff: Staff, now: datetime) -> bool:
    if arrival.stage not in {Stage.DONE, Stage.SET_ASIDE} or arrival.decided_at is None or not arrival.before:
        return False
    if arrival.decided_by_id != staff.pk or now - arrival.decided_at >= UNDO_FOR:
        return False
    decision = arrival.before.get("decision")
    if not decision:
        return True
    standing = visits.standing_of(arrival)
    return _is_theirs(arrival) and standing.before is not None and standing.basis.decision == decision


def with_decision(before: Before, person: Person, *, is_new: bool) -> Before:
    """What stood before, and the decision that is to be undone from this visit, and about whom."""
    return {**before, "person": str(person.pk), "decision": decision_of(person), "opened": is_new}


def decision_of(person: Person) -> int:
    """The fact that began the last decision about a person."""
    return reading.as_read(person).basis.decision


def _is_theirs(arrival: Arrival) -> bool:
    """The decision was about who this visit leads to now: merged since, another's of the same place is not meant."""
    known = arrival.known
    return known is not None and arrival.before.get("person", str(arrival.person_id)) == str(known.pk)


def _undo_identity(arrival: Arrival, staff: Staff, where: str, lost: str) -> None:
    """What the decision made of the person; one it opened, and nobody else came for, is left again by the visit."""
    known, decision = arrival.known, arrival.before.get("decision")
    if known is not None and arrival.before.get("presence"):
        _unsee(arrival, known, Actor(ActorKind.STAFF, staff.username), where)
    if known is None or not decision:
        done = {"before": lost, "after": arrival.status}
        audit.record(audit.Act.UNDONE, who=staff.username, where=where, about=str(arrival.pk), **done)
        return
    by = Actor(ActorKind.STAFF, staff.username)
    standing = visits.standing_of(arrival)
    restored = standing.before.identity.status.value if standing.before is not None else lost
    # what was doubted stays known: what INSi had answered does not count again (T8)
    is_left = not standing.identity.is_barred and not _is_somebody_s(known, arrival)
    leaves = bool(arrival.before.get("opened")) and is_left
    after = arrival.reported if leaves else restored
    told = [writer.Told(Undone(), audit.Act.UNDONE, {"before": lost, "after": after}, cites=decision)]
    visits.recorded(arrival, known, told, by, where=where)
    if leaves:
        attaching.detach(arrival, by, where=where)


def _is_somebody_s(known: Person, arrival: Arrival) -> bool:
    """Another visit is theirs, or another record leads to theirs: left as nobody's, neither would be found again."""
    return known.visits.exclude(pk=arrival.pk).exists() or known.absorbed.exists()


def _unsee(arrival: Arrival, known: Person, by: Actor, where: str) -> None:
    """Nobody has seen that it is them; whose visit only that look made it, it is no more."""
    arrival.presence_at = arrival.presence_by = None
    if arrival.before.get("presence") == "candidate":
        attaching.detach(arrival, by, where=where)
        arrival.candidate = known


def _restore(arrival: Arrival) -> None:
    before = arrival.before
    arrival.reason, arrival.decided_by_id = before.get("reason", ""), before.get("decided_by")
    decided_at = before.get("decided_at")
    arrival.decided_at = datetime.fromisoformat(decided_at) if decided_at else None
    arrival.before = before.get("earlier", {})  # with that decision the visit is seen, and its hours do not end it
