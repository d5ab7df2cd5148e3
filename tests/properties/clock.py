"""The console's time in a sequence: it stands still but for a thousandth of a second at each look, and is moved on."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache

from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
TICK = timedelta(milliseconds=1)  # no two facts of one sequence are of the same moment


class Clock:
    """What ``timezone.now`` says while a sequence is played."""

    def __init__(self) -> None:
        self._at = START

    def now(self) -> datetime:
        self._at += TICK
        return self._at

    def pass_(self, seconds: int) -> None:
        self._at += timedelta(seconds=seconds)

    def begin(self) -> None:
        self._at = START


@cache
def _read_migrations() -> None:
    MigrationLoader(None)


@contextmanager
def running(clock: Clock) -> Iterator[None]:
    """Everything of ours asks ``django.utils.timezone`` for the time: there it is told this one.

    Migrations name that function as a default: read for the first time meanwhile, they would name this clock for ever.
    """
    _read_migrations()
    real = timezone.now
    timezone.now = clock.now
    try:
        yield
    finally:
        timezone.now = real
