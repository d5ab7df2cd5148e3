"""Background work, one thing after the other: INSi asked again, look-alikes sought, pictures made ready, what must go
removed, what was written read again.

No queue of its own: what is due stands in the tables, so that several workers share it and a killed one loses nothing.
"""

import threading
import time
from datetime import timedelta

from django.db import InterfaceError, OperationalError, close_old_connections, connections
from django.utils import timezone

from kiosk import journal
from kiosk.console.identities import asking
from kiosk.console.questions import dropping
from kiosk.console.questions.asking import Insi
from kiosk.console.records import erasing
from kiosk.console.upkeep import asked, checking, closing, keys, mixing, picturing, readings, retention
from kiosk.console.upkeep.insi_again import Ask, insi_once
from kiosk.console.vigilance import campaigns, look_alikes
from kiosk.console.witness import afar, clock, findings, kept
from kiosk.insi.verify import Verifier

PAUSE = 2.0  # seconds between looks at the table
PURGE_EVERY = timedelta(minutes=10)
FIRST_PURGE = timedelta(minutes=2)  # what witnesses know of this database is heard before
KEPT_EVERY = timedelta(minutes=5)


def work(
    ask: Ask | None,
    stop: threading.Event,
    *,
    questions: Insi | None = None,
    once: bool = False,
    verifier: Verifier | None = None,
) -> None:
    """Look at the table again and again until told to stop; a database that goes away is waited for."""
    due = _Due()
    is_lost = is_begun = False
    while not stop.is_set():
        now = timezone.now()
        try:
            clock.look()
            if due.now("check"):
                checking.take_turns(now)
                due.again("check", checking.EVERY)
            if due.now("read"):
                readings.once(now)
                due.again("read", readings.EVERY)
            if due.now("keep"):
                afar.tell()
                kept.keep()
                due.again("keep", KEPT_EVERY)
            if due.now("purge") and _may_purge():
                retention.purge(now)
                due.again("purge", PURGE_EVERY)
            if due.now("drop"):
                dropping.once(now)
                due.again("drop", dropping.EVERY)
            if due.now("mix") and not mixing.once(now):
                due.again("mix", mixing.EVERY)
            if not is_begun:
                erasing.again()  # the keys' file may be an older one, put back while nobody looked
                asking.no_longer_left()  # settings change while nobody works
                is_begun = True
            is_more = due.now("keys") and keys.once(now)
            if due.now("keys") and not is_more:
                due.again("keys", keys.EVERY)
            done = _one_thing(ask, questions, verifier) or is_more
        except (OperationalError, InterfaceError):
            if once:
                raise
            if not is_lost:
                journal.record(journal.Happening.DEVICE_LOST, device="database")
            is_lost, done = True, False
            connections.close_all()
        else:
            if is_lost:
                journal.record(journal.Happening.DEVICE_BACK, device="database")
            is_lost = False
            if once and not done:
                return
        if not done:
            close_old_connections()
            stop.wait(PAUSE)


class _Due:
    """What is to be done when, by a clock that nobody sets: one put back by a day would keep alarms away for it."""

    def __init__(self) -> None:
        self._at: dict[str, float] = {}

    def now(self, what: str) -> bool:
        return time.monotonic() >= self._at.get(what, 0.0)

    def again(self, what: str, after: timedelta) -> None:
        self._at[what] = time.monotonic() + after.total_seconds()


def _may_purge() -> bool:
    """Of an older database, or by a clock that jumped, all may be wrongly due."""
    return not findings.in_doubt() and not clock.is_in_question()


def _one_thing(ask: Ask | None, questions: Insi | None, verifier: Verifier | None) -> bool:
    """Do what is due first; False when nothing is."""
    if questions is not None and asked.once(questions):
        return True
    return (
        (ask is not None and (insi_once(ask) or campaigns.verify_once(ask, verifier)))
        or look_alikes.seek_once()
        or picturing.once()
        or closing.once()
    )
