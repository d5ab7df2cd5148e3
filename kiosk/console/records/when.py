"""What is to be done now. What a clock that ran ahead has put off, or leased, is due once the clock was put right."""

from datetime import datetime, timedelta

from django.db.models import Q

# More than the longest lease and the longest pause: two machines' clocks are never quite alike.
LEASED = timedelta(minutes=5)
PUT_OFF = timedelta(minutes=70)


def is_free(now: datetime) -> Q:
    """Nobody is at it."""
    return Q(leased_until=None) | Q(leased_until__lt=now) | Q(leased_until__gt=now + LEASED)


def is_due(now: datetime, column: str = "next_at") -> Q:
    """Its time has come."""
    return Q((f"{column}__lte", now)) | Q((f"{column}__gt", now + PUT_OFF))
