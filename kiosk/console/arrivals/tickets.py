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
    if len(keyring.generations()) > 1:  # the database compares what one secret made
        rename(arrival)


def rename(arrival: Arrival) -> bool:
    """Give a number that is free to whoever claims one that is taken; False where nobody has theirs."""
    theirs = arrival.ticket.partition(" ")[0].partition("-")[0]
    names = [theirs[: LONGEST - len(word)] + word for word in ("", *_BEHIND)]
    tried = {_mark(arrival, name, one): name for name in names for one in keyring.generations()}
    others = Arrival.objects.filter(ticket_mark__in=list(tried)).exclude(pk=arrival.pk)
    taken = {tried[bytes(mark)] for mark in others.values_list("ticket_mark", flat=True) if mark is not None}
    if arrival.ticket_mark is None or arrival.ticket not in taken:
        return False
    free = (name for name in names if name not in taken)
    arrival.ticket = next(free, f"{theirs[:5]}-{secrets.token_hex(3)}")
    arrival.ticket_mark = _mark(arrival, arrival.ticket)
    return True


def _mark(arrival: Arrival, ticket: str, generation: int | None = None) -> bytes:
    """Of the number, its desk and the day by this console's clock; under the current secret, or that one."""
    day = timezone.localtime(arrival.received_at).date().isoformat()
    said = f"ticket\n{day}\n{arrival.desk}\n{ticket}".encode()
    made_with = keyring.generation() if generation is None else generation
    key = keyring.index_key(made_with) or keyring.first_index()  # who had a former secret tries no desk
    return hmac.digest(key, said, "sha256")[:16]
