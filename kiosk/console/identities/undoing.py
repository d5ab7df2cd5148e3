"""One's last decision taken back: everything stands as before it, the decision before it included.

Retention sees whether somebody decided, and the evidence's day goes with the evidence: nothing of that is lost.
"""

from datetime import date, datetime, timedelta
from typing import NotRequired, TypedDict
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kiosk.console import audit
from kiosk.console.arrivals.queue import locked
from kiosk.console.identities.reasons import NotAllowed
from kiosk.console.models import Arrival, Staff, Stage

UNDO_FOR = timedelta(hours=12)


class Before(TypedDict):
    """What stood before a decision; 0.1.0 kept status, evidence and attributes only."""

    status: str
    evidence: str
    attributes: str
    evidence_on: NotRequired[str]  # ISO 8601; "" without evidence
    companion: NotRequired[str]  # code
    reason: NotRequired[str]
    decided_by: NotRequired[int | None]
    decided_at: NotRequired[str]  # ISO 8601; "" when nobody had decided


def before_of(arrival: Arrival) -> Before:
    """What a decision is about to change, to be kept beside it."""
    return {
        "status": arrival.status,
        "evidence": arrival.evidence,
        "evidence_on": arrival.evidence_on.isoformat() if arrival.evidence_on else "",
        "companion": arrival.companion,
        "attributes": arrival.attributes,
        "reason": arrival.reason,
        "decided_by": arrival.decided_by_id,
        "decided_at": arrival.decided_at.isoformat() if arrival.decided_at else "",
    }


def undo(key: UUID, staff: Staff, *, where: str = "") -> Arrival:
    """Take one's last decision back: the identity stands as before it, in the hands of who decided."""
    with transaction.atomic():
        arrival = locked(key)
        if not may_undo(arrival, staff, timezone.now()):
            raise NotAllowed(_("Seule la personne qui a décidé peut annuler, le jour même."))
        lost = arrival.status
        _restore(arrival, arrival.before)
        arrival.stage, arrival.assigned_to, arrival.assigned_at = Stage.CALLED, staff, timezone.now()
        arrival.before = {}
        arrival.save()
        audit.record(
            audit.Act.UNDONE, who=staff.username, where=where, about=str(key), before=lost, after=arrival.status
        )
        return arrival


def may_undo(arrival: Arrival, staff: Staff, now: datetime) -> bool:
    if arrival.stage not in {Stage.DONE, Stage.SET_ASIDE} or arrival.decided_at is None or not arrival.before:
        return False
    return arrival.decided_by_id == staff.pk and now - arrival.decided_at < UNDO_FOR


def _restore(arrival: Arrival, before: Before) -> None:
    """Set everything as it was, as far as it was kept."""
    is_same = before["evidence"] == arrival.evidence
    same_evidence, same_companion = (arrival.evidence_on, arrival.companion) if is_same else (None, "")
    arrival.status, arrival.evidence, arrival.attributes = before["status"], before["evidence"], before["attributes"]
    checked_on, decided_at = before.get("evidence_on"), before.get("decided_at")
    arrival.evidence_on = date.fromisoformat(checked_on) if checked_on else same_evidence
    arrival.companion = before.get("companion", same_companion)
    arrival.decided_at = datetime.fromisoformat(decided_at) if decided_at else None
    arrival.decided_by_id = before.get("decided_by")
    arrival.reason = before.get("reason", "")
