"""Whose dossier it is just now: what a member of staff has in hand, and what they decided today."""

from datetime import datetime, timedelta

from kiosk.console.arrivals import queue
from kiosk.console.identities import deciding
from kiosk.console.models import Arrival, Staff

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
    last = queue.last_taken_up(arrival)
    return last is not None and last.who == staff.username
