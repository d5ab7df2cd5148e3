"""Whose dossier it is just now: what a member of staff has in hand, and what they decided today."""

from datetime import datetime, timedelta

from kiosk.console.identities import deciding
from kiosk.console.models import Arrival, Staff

SEEN_AGAIN = timedelta(hours=12)  # as long as the list of one's last dossiers


def holds(arrival: Arrival, staff: Staff, now: datetime) -> bool:
    """Whether this person may open it: theirs in hand, or decided by them of late and in nobody else's hands."""
    if deciding.is_in_hand(arrival, staff):
        return True
    is_own = arrival.decided_by_id == staff.pk and arrival.assigned_to_id in {None, staff.pk}
    return is_own and arrival.decided_at is not None and now - arrival.decided_at < SEEN_AGAIN
