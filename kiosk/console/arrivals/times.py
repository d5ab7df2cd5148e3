"""When somebody came, by their kiosk's clock, as far as it can be believed. Order, waiting and purge go by ours."""

from datetime import UTC, datetime, timedelta

from kiosk.console.models import Arrival

RIGHT_WITHIN = timedelta(minutes=5)  # a kiosk's clock
KEPT_FOR = timedelta(days=2)  # by a kiosk without a network; who came before that is not waiting any more


def believed(said: datetime, sent_at: datetime, now: datetime) -> datetime:
    """When they came; what a clock that is wrong says, or what cannot be, is when they were received."""
    is_right = abs(now - sent_at) <= RIGHT_WITHIN
    return said if is_right and now - KEPT_FOR < said < now else now


def is_doubtful(said: str, arrival: Arrival) -> bool:
    """Whether staff are told that their kiosk's clock said something else."""
    try:
        told = datetime.fromisoformat(said).astimezone(UTC)
    except (ValueError, OverflowError):
        return True
    return abs(told - arrival.arrived_at) > RIGHT_WITHIN
