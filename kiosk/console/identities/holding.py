"""Whose dossier it is just now: what a member of staff has in hand, and what they decided today."""

from datetime import datetime, timedelta

from django.db.models import Q

from kiosk.console import audit
from kiosk.console.identities import deciding
from kiosk.console.models import Arrival, AuditEntry, Staff, Stage

SEEN_AGAIN = timedelta(hours=12)  # as long as the list of one's last dossiers


def holds(arrival: Arrival, staff: Staff, now: datetime) -> bool:
    """Whether this person may open it: theirs in hand, or decided by them of late and in nobody else's hands.

    What they took up as the unit does, in an emergency, is theirs by that right alone, and for as long.
    """
    if not deciding.is_in_hand(arrival, staff):
        is_own = arrival.decided_by_id == staff.pk and arrival.assigned_to_id in {None, staff.pk}
        if not is_own or arrival.decided_at is None or now - arrival.decided_at >= SEEN_AGAIN:
            return False
    return not took_it_up(arrival, staff)


def took_it_up(arrival: Arrival, staff: Staff) -> bool:
    """Whether they have it from among those that were closed, and nobody sent it back to a desk since."""
    if arrival.decided_at is None:
        return False
    known: dict[int, bool] = vars(arrival).setdefault("taken_up_by", {})  # asked once a page
    if staff.pk not in known:
        known[staff.pk] = _took_it_up(arrival, staff)
    return known[staff.pk]


def _took_it_up(arrival: Arrival, staff: Staff) -> bool:
    told = Q(act=audit.Act.CALLED, before__in=(Stage.SET_ASIDE, Stage.DONE)) | Q(act=audit.Act.TRANSFERRED)
    acts = AuditEntry.objects.filter(told, about=str(arrival.pk)).order_by("-number")
    return acts.values_list("act", "who").first() == (audit.Act.CALLED.value, staff.username)
