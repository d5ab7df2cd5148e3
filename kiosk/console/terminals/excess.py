"""What a kiosk does that no kiosk does: its key may be stolen, its clock wrong. Staff are told which one, and why."""

from datetime import datetime
from enum import StrEnum

from django.db import transaction
from django.utils import timezone

from kiosk import journal
from kiosk.console import audit
from kiosk.console.models import Terminal

TOLD_FOR = 3600  # seconds
NOT_AGAIN_WITHIN = 10  # a flood writes a row in ten seconds, not one for each of what floods


class About(StrEnum):
    """What was too much, or could not be."""

    CHECK_INS = "check-ins"  # more than people come to a kiosk
    BYTES = "bytes"
    CALLS = "calls"
    TOUCH = "touch"  # many in a row without card or document
    TICKETS = "tickets"  # numbers of the day that somebody has already
    PLACE = "place"  # sent to a desk that there is not
    CLOCK = "clock"
    PICTURES = "pictures"  # that no picture can be made of


_A_THIEFS = frozenset({About.CHECK_INS, About.BYTES, About.CALLS})


def note(kiosk: str, about: About) -> None:
    """Have staff told for an hour; when it begins it is in the journal, and in the trail what only a thief does."""
    now = int(timezone.now().timestamp())
    with transaction.atomic():
        mine = Terminal.objects.select_for_update(no_key=True).only("exceeded").get(pk=kiosk)
        last = _seconds(mine, about)
        if now - last < NOT_AGAIN_WITHIN:
            return
        Terminal.objects.filter(pk=kiosk).update(exceeded={**mine.exceeded, about.value: now})
        if now - last <= TOLD_FOR:
            return
        journal.record(journal.Happening.KIOSK_EXCEEDED, kiosk=kiosk, about=about.value)
        if about in _A_THIEFS:
            audit.record(audit.Act.KIOSK_EXCEEDED, who=kiosk, about=kiosk, kind=about.value)


def told(terminal: Terminal, now: datetime) -> tuple[str, ...]:
    """What staff are told of it."""
    return tuple(one.value for one in About if now.timestamp() - _seconds(terminal, one) < TOLD_FOR)


def _seconds(terminal: Terminal, about: About) -> int:
    said = terminal.exceeded.get(about.value, 0)
    return said if isinstance(said, int) else 0
