"""Everything that is read again to see whether it is as it was written: a small list, each in slices.

The worker takes a slice of each every few seconds, so that everything is read within ten minutes;
``kiosk console register check`` reads all of it at once.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import connections

from kiosk.console import audit
from kiosk.console.models import Inspection
from kiosk.console.register import checks as of_register
from kiosk.console.register import pair_checks as of_pairs
from kiosk.console.register import visit_checks as of_visits
from kiosk.console.staff import guesses
from kiosk.console.upkeep import mixing, places, row_checks, tables
from kiosk.console.witness import checks, findings
from kiosk.console.witness.checks import Check, Part

CHECKS: dict[str, Check] = {
    "tables": tables.check,
    "witnesses": checks.witnesses,
    "trail": checks.trail,
    "persons": of_register.persons,
    "facts": of_register.facts,
    "visits": of_visits.visits,
    "pairs": of_pairs.pairs,
    "links": of_pairs.links,
    "rows": row_checks.rows,
    "gone": row_checks.gone,
}
EVERY = timedelta(seconds=10)
SLICES = 50  # of a whole reading: within ten minutes, whatever else the worker does
LEAST, MOST = 500, 30_000  # looked at in one of the worker's slices: it has other things to do
AT_ONCE = 20_000
TOLD = 20  # findings of one slice that are kept: a trail that is wholly another one does not fill itself with them


def whole(check: Check) -> Iterator[Part]:
    """One check from beginning to end."""
    position = ""
    while True:
        part = check(position, AT_ONCE)
        yield part
        position = part.position
        if not position:
            return


def look_back() -> int:
    """At the start: whether the database is the one that was left, as its witnesses and its own tables show it."""
    try:
        return findings.note((*tables.check("", MOST).found, *checks.witnesses("", MOST).found))
    finally:
        connections.close_all()  # who serves has processes of its own


def take_turns(now: datetime) -> int:
    """The worker's: the next slice of every check; gives how many were new."""
    known = set(Inspection.objects.values_list("name", flat=True))
    Inspection.objects.bulk_create([Inspection(name=one) for one in {*CHECKS} - known], ignore_conflicts=True)
    findings.tell_again()
    most = max(LEAST, min(audit.last_number() // SLICES, MOST))
    return sum(_next(name, most, now) for name in CHECKS)


_come_to: dict[str, tuple[str, datetime]] = {}  # how far this process has read each, and when it last did


def begin_anew() -> None:
    """Read everything from its beginning: for another database."""
    _come_to.clear()
    findings.forget()
    guesses.begin_anew()
    mixing.begin_anew()


def _next(name: str, most: int, now: datetime) -> int:
    """The next slice of one check, as this process remembers it.

    No row says where it goes on, and none keeps it from reading for longer than the pause: one of before, put back
    again and again, would have it read the same stretch for ever, or nothing. Of two workers each reads everything.
    """
    position, last = _come_to.get(name, ("", None))
    if last is not None and timedelta() <= now - last < EVERY:  # a clock that was put back keeps nobody waiting
        return 0
    Inspection.objects.filter(pk=name).update(ran_at=now)  # told to others, and believed by nobody
    part = CHECKS[name](position, most)
    new = findings.note(part.found[:TOLD])
    _come_to[name] = part.position, now
    places.came_to(name, part.position, None if part.position else now)
    return new
