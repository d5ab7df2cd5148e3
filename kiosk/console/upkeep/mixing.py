"""On PostgreSQL, what visits are found by is laid among that of older ones: rows lie there in the order they came.

Who reads a table as it lies (its owner, the application's role, a ``pg_dump``) would count from visits, which lie in
the same order, to what each is found by. So what has come is taken out and written anew together with what is older
and chosen at random: in one transaction, in the order of random keys. On SQLite rows lie in that order by themselves.
"""

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction

from kiosk.console.models import Arrival, Stage
from kiosk.console.models.fingerprints import links_to, visits_of
from kiosk.console.records import by_hand

EVERY = timedelta(minutes=1)
AMONG = 60  # older visits, at most, that are laid anew with those that came: each of them may be meant
AT_ONCE = 100  # of those that came
_FIRST = timedelta(days=1)  # how far back a process looks that begins
_OVERLAP = timedelta(minutes=1)  # a visit is seen somewhat later than it was received


class _Come:
    since: datetime | None = None  # up to there this process has laid all that came among the others


def once(now: datetime) -> bool:
    """Lay some of what has come among the others; False when no more is left."""
    if connection.vendor != "postgresql":
        return False
    since = _Come.since if _Come.since is not None and _Come.since <= now else now - _FIRST  # or a clock was put back
    come = Arrival.objects.filter(stage__in=Stage.values, received_at__gt=since, received_at__lte=now + _OVERLAP)
    fresh = list(come.order_by("received_at").values_list("pk", "received_at")[:AT_ONCE])
    if fresh:
        _lay({key for key, _at in fresh} | _some())
    is_more = len(fresh) == AT_ONCE
    _Come.since = fresh[-1][1] if is_more else now - _OVERLAP
    return is_more


def begin_anew() -> None:
    """Look again at all that came lately: for another database."""
    _Come.since = None


def _lay(visits: Collection[UUID]) -> None:
    """All in one go; those that somebody holds stay as they lie: who erases one sees its rows where they are."""
    with transaction.atomic():
        held = Arrival.objects.select_for_update(of=("self",), skip_locked=True).filter(pk__in=visits)
        links = links_to(held.order_by("pk").values_list("pk", flat=True))
        with connection.cursor() as cursor:
            cursor.execute(_LAID, [links])


def _some() -> set[UUID]:
    """Whose rows come next after numbers at random."""
    found = by_hand.rows(_NEXT, [secrets.randbits(63) for _ in range(AMONG)])
    return visits_of(link for (link,) in found if link is not None)


_NEXT = """SELECT (SELECT visit FROM console_visitindex WHERE id >= place ORDER BY id LIMIT 1)
FROM unnest(%s::bigint[]) place"""
_LAID = """WITH taken AS (DELETE FROM console_visitindex WHERE visit = ANY(%s) RETURNING id, visit, value)
INSERT INTO console_visitindex (id, visit, value) SELECT id, visit, value FROM taken ORDER BY id"""
