"""What one kiosk may bring, so that one whose key is stolen fills neither the queue nor the disk."""

import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import connection

from kiosk.console.models import Terminal, places
from kiosk.console.records import by_hand
from kiosk.console.terminals import excess
from kiosk.console.terminals.excess import About

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
_MB = 1024 * 1024
LEAST_MB = 16  # so that the largest check-in has a place


class Lately(NamedTuple):
    """Whose this is already, and how many like it its kiosk brought within the hour, and within the minute."""

    owner: str | None
    hour: int
    minute: int


_LATELY = (
    "SELECT (SELECT terminal_id FROM console_arrival WHERE key = %s), COUNT(*),"
    " COALESCE(SUM(CASE WHEN received_at >= %s THEN 1 ELSE 0 END), 0)"
    " FROM console_arrival WHERE terminal_id IN (…) AND received_at BETWEEN %s AND %s"
)


def lasting(now: datetime) -> tuple[object, object, object]:
    """From a minute and an hour ago, as the database writes them, and up to when: what a clock that ran ahead left."""
    minute, hour, last = map(connection.ops.adapt_datetimefield_value, (now - MINUTE, now - HOUR, now + MINUTE))
    return minute, hour, last


def lately(key: UUID, terminal: Terminal, now: datetime) -> Lately:
    """By hand: three numbers out of two indexes, for every check-in."""
    minute, hour, last = lasting(now)
    return told(by_hand.rows(_LATELY, by_hand.key(key), minute, of(terminal.pk, now), hour, last))


def of(kiosk: str, now: datetime) -> list[str]:
    """How a kiosk's name may stand with what it brought within the hour."""
    return places.met("terminal_id", kiosk, now - HOUR, now)


def told(found: by_hand.Rows) -> Lately:
    """What was asked, with whose it is as the kiosk is called."""
    owner, *counts = found[0]
    return Lately(None if owner is None else places.opened("terminal_id", owner), *counts)


def may_bring(terminal: Terminal, so_far: Lately, size: int) -> bool:
    """One check-in more of this size; beyond what people come to a kiosk it waits, and staff are told which one."""
    server = settings.KIOSK
    if so_far.minute >= server.intake_per_minute or so_far.hour >= server.intake_per_hour:
        excess.note(terminal.pk, About.CHECK_INS)
        return False
    a_minute = max(server.intake_mb_per_minute / server.processes, LEAST_MB) * _MB
    if not _BROUGHT.takes(terminal.pk, size, a_minute):
        excess.note(terminal.pk, About.BYTES)
        return False
    return True


class Allowance:
    """So much a minute for each, filled again as time passes; of this process."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._left: dict[str, tuple[float, float]] = {}  # what is left, and since when; of enrolled kiosks only

    def takes(self, who: str, much: int, a_minute: float) -> bool:
        now = self._clock()
        with self._lock:
            left, since = self._left.get(who, (a_minute, now))
            left = min(a_minute, left + (now - since) * a_minute / 60)
            is_enough = much <= left
            self._left[who] = (left - much if is_enough else left, now)
        return is_enough


_BROUGHT = Allowance()
