"""A number is one person's for the day at a desk, whatever a kiosk's clock, its counter or its thief says.

Who holds a number that somebody has already keeps it, with a word behind it that staff can call: "A12 bis".
"""

import hmac
import re
import secrets
import unicodedata

from django.utils import timezone

from kiosk.console import keyring
from kiosk.console.models import Arrival

LONGEST = 12
_NOT_CALLED = re.compile("[^A-Z0-9]")
UNSAID = "?"  # a kiosk that gave none
_BEHIND = (" bis", " ter", *(f"-{number}" for number in range(4, 100)))


def called(said: str) -> str:
    """What of a kiosk's number staff can call: no letter that only looks like one of ours, no mark upon it."""
    return _NOT_CALLED.sub("", unicodedata.normalize("NFKC", said[: 4 * LONGEST]).upper())[:LONGEST]


def claim(arrival: Arrival) -> None:
    """Say which number is theirs at which desk; the database lets nobody else have it that day."""
    arrival.ticket = arrival.ticket or UNSAID
    arrival.ticket_mark = _mark(arrival, arrival.ticket)


def rename(arrival: Arrival) -> bool:
    """Give a number that is free to whoever claims one that is taken; False where nobody has theirs."""
    theirs = arrival.ticket.partition(" ")[0].partition("-")[0]
    tried = {_mark(arrival, name): name for name in (theirs[: LONGEST - len(word)] + word for word in ("", *_BEHIND))}
    others = Arrival.objects.filter(ticket_mark__in=list(tried)).exclude(pk=arrival.pk)
    taken = {bytes(mark) for mark in others.values_list("ticket_mark", flat=True) if mark is not None}
    if arrival.ticket_mark is None or bytes(arrival.ticket_mark) not in taken:
        return False
    free = (name for mark, name in tried.items() if mark not in taken)
    arrival.ticket = next(free, f"{theirs[:5]}-{secrets.token_hex(3)}")
    arrival.ticket_mark = _mark(arrival, arrival.ticket)
    return True


def _mark(arrival: Arrival, ticket: str) -> bytes:
    """Of the number, its desk and the day by this console's clock."""
    day = timezone.localtime(arrival.received_at).date().isoformat()
    said = f"ticket\n{day}\n{arrival.desk}\n{ticket}".encode()
    key = keyring.index_key(keyring.generation()) or keyring.first_index()  # who had a former secret tries no desk
    return hmac.digest(key, said, "sha256")[:16]
