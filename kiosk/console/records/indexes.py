"""Under which fingerprints each visit is found, and which visits under these: with the site's secret alone.

All of one visit's rows are closed with the same secret, so that the database tells which belong together. They stand
beside each other at a random place: nothing says who came before or after. What an earlier version left in clear
(``BlindIndex``) is met too, until the worker has closed it (``upkeep.closing``); of one visit it is all or nothing.
"""

import secrets
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import cast
from uuid import UUID

from kiosk.console import keyring
from kiosk.console.models import Arrival, BlindIndex, VisitIndex, rows
from kiosk.console.models.fingerprints import met_as, visits_of
from kiosk.console.records import by_hand, vault

_BESIDE = 8  # bits: rows beside each other, as many as a check-in may have
_READ_AT_ONCE = 5000


def keep(under: Mapping[UUID, Iterable[bytes]]) -> None:
    """Have each of these visits found under these too."""
    rows.insert(VisitIndex, [row for visit, values in under.items() for row in _rows(visit, values)])


def add(arrival: Arrival, fingerprints: set[bytes]) -> None:
    """Have this visit, which the caller holds and saves, found under these too."""
    if by_hand.rows(_LEFT_IN_CLEAR, by_hand.key(arrival.pk)):
        close([arrival])
    if len(keyring.generations()) > 1:
        close_anew([arrival.pk])
    known = [bytes(one) for one in VisitIndex.objects.filter(visit=arrival.pk).values_list("value", flat=True)]
    fresh = fingerprints.difference(known)
    before = bytes(arrival.indexed) or sum_of(arrival.pk, known)  # of a visit of before nothing was noted
    arrival.indexed = sum_of(arrival.pk, fresh, before)
    keep({arrival.pk: fresh})


def of(visits: Collection[UUID]) -> dict[UUID, list[bytes]]:
    """What each of these is found under; nothing of those that are found under nothing."""
    found: dict[UUID, list[bytes]] = defaultdict(list)
    for visit, value in chain(_closed(visits), _in_clear(visits)):
        found[visit].append(value)
    return found


def met(values: Sequence[bytes]) -> set[UUID]:
    """The visits that are found under all of these."""
    counted, every = met_as(values), len(values)
    found = by_hand.rows(_MET, counted, every, counted, every)
    in_clear = {by_hand.subject(key) for link, key in found if link is None}
    return in_clear | visits_of(link for link, _key in found if link is not None)


def forget(visits: Collection[UUID]) -> None:
    """Have nothing find these any more."""
    VisitIndex.objects.filter(visit__in=visits).delete()
    BlindIndex.objects.filter(arrival__in=visits).delete()


def close(arrivals: Collection[Arrival]) -> int:
    """Close what an earlier version left in clear of these visits, which the caller holds and saves; of how many.

    One that is not found as it was noted stays so, and is told (``register.visit_checks``).
    """
    left: dict[UUID, list[bytes]] = defaultdict(list)
    for visit, value in _in_clear([one.pk for one in arrivals]):
        left[visit].append(value)
    if not left:
        return 0
    for one in arrivals:
        if is_noted(one.pk, left[one.pk], one.indexed):
            one.indexed = sum_of(one.pk, left[one.pk])
    keep(left)
    BlindIndex.objects.filter(arrival__in=left).delete()
    return len(left)


def close_anew(visits: Iterable[UUID]) -> None:
    """Close all of each visit's links with the current secret, at once. For who holds these visits."""
    for visit in visits:
        VisitIndex.objects.filter(visit=visit).update(visit=visit)


def sum_of(visit: UUID, values: Iterable[bytes], before: bytes = b"") -> bytes:
    """What fingerprints come to, in whatever order: kept in the visit's row, so that none is hidden or added.

    Each with the visit's own key: who is found under the same does not have the same sum.
    """
    return _sum((f"{visit.hex} {value.hex()}" for value in values), before)


def is_noted(visit: UUID, values: Collection[bytes], noted: bytes | memoryview) -> bool:
    """Whether a visit is found under what its row says; as an earlier version noted it, too."""
    return bytes(noted) in {sum_of(visit, values), _sum(value.hex() for value in values)}


def _sum(texts: Iterable[str], before: bytes = b"") -> bytes:
    total = sum((int.from_bytes(vault.blind("indexed", text)) for text in texts), int.from_bytes(before))
    return (total % 2**128).to_bytes(16)


def _rows(visit: UUID, values: Iterable[bytes]) -> Iterator[VisitIndex]:
    first = secrets.randbits(63 - _BESIDE) << _BESIDE
    return (VisitIndex(pk=first + nth, visit=visit, value=value) for nth, value in enumerate(values))


def _closed(visits: Collection[UUID]) -> Iterator[tuple[UUID, bytes]]:
    kept = VisitIndex.objects.filter(visit__in=visits).values_list("visit", "value")
    for pair in kept.iterator(_READ_AT_ONCE):
        visit, value = cast("tuple[UUID, bytes]", pair)
        yield visit, value


def _in_clear(visits: Collection[UUID]) -> Iterator[tuple[UUID, bytes]]:
    kept = BlindIndex.objects.filter(arrival__in=visits).values_list("arrival", "value")
    yield from ((visit, bytes(value)) for visit, value in kept.iterator(_READ_AT_ONCE))


# A visit is found under each value once, however it is closed.
_MET = """SELECT visit, CAST(NULL AS uuid) FROM console_visitindex WHERE value IN (…)
GROUP BY visit HAVING COUNT(*) >= %s
UNION ALL SELECT NULL, arrival_id FROM console_blindindex WHERE value IN (…)
GROUP BY arrival_id HAVING COUNT(*) >= %s"""
_LEFT_IN_CLEAR = "SELECT 1 FROM console_blindindex WHERE arrival_id = %s LIMIT 1"
