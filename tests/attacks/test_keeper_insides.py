"""Who reads every table, and knows what a card says, tries what a check-in without picture may have said: in vain.

Neither a digest of it stands there, nor does its length.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise, product
from threading import Event
from uuid import UUID

import pytest
from django.db import connection
from django.utils import timezone

from kiosk.console.config import ServerSettings
from kiosk.console.models import Arrival, Stage, VisitIndex
from kiosk.console.models.fingerprints import visit_of
from kiosk.console.records import indexes
from kiosk.console.register import erasure
from kiosk.console.upkeep import dump, mixing
from kiosk.console.upkeep.worker import work
from kiosk.core.checkin import codec
from kiosk.core.checkin.value import CheckIn
from kiosk.core.sources.insi import InsUnreachable
from kiosk.core.status.transitions import Actor, ActorKind
from tests.console.arrivals import arrive, check_in_of, enrol
from tests.console.conftest import console, empty, postgresql, sqlite
from tests.people import DOMINIQUE, PIERRE_ALAIN, SOPHIE, TOUSSAINT, ZOE

__all__ = ["console", "postgresql", "sqlite"]

PLACES = (("borne-1", "psychiatrie"), ("borne-2", "urologie"))
_ELSEWHERE = "UPDATE console_arrival SET stage = 'gone', desk = %s"
_SEALED = "SELECT LENGTH(check_in), LENGTH(answer) FROM console_sealed"
_VISITS = "SELECT * FROM console_arrival"
BY_CARD = {"mrz": None, "pictures": (), "document_kind": None, "document_refused": True}
BY_TOUCH = BY_CARD | {"card": None, "card_nir": "", "birth_rank": ""}


def _visits() -> Iterator[dict[str, object]]:
    with connection.cursor() as cursor:
        cursor.execute(_VISITS)
        names = [one[0] for one in cursor.description]
        for row in cursor.fetchall():
            yield dict(zip(names, row, strict=True))


def _lengths() -> set[tuple[int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(_SEALED)
        return set(cursor.fetchall())


def test_how_long_what_is_kept_of_a_visit_is_tells_nothing_of_whose_it_is(console: ServerSettings) -> None:
    people, answered = (ZOE, DOMINIQUE, TOUSSAINT, PIERRE_ALAIN, SOPHIE), set()
    enrol()
    for person in people:
        answered.add(len(codec.to_bytes(arrive(person, **BY_CARD))))
    assert len(answered) > 3 and len(_lengths()) == 1


def test_in_a_backup_nothing_stands_in_the_order_in_which_visits_came(console: ServerSettings) -> None:
    enrol()
    for person in (ZOE, DOMINIQUE, TOUSSAINT, PIERRE_ALAIN, SOPHIE):
        arrive(person, ticket=person.number[:8])
    with connection.cursor() as cursor:
        cursor.execute(dump._select("default", VisitIndex, ["id"]))
        found = [number for (number,) in cursor.fetchall()]
    assert len(found) > 40 and found == sorted(found)


def _as_they_lie() -> dict[UUID, tuple[str, ...]]:
    """Where what each visit is found by lies in the table, in that order."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT visit, ctid::text FROM console_visitindex ORDER BY ctid")
        found: dict[UUID, tuple[str, ...]] = {}
        for link, place in cursor.fetchall():
            found[visit_of(link)] = (*found.get(visit_of(link), ()), place)
    return found


def _following(lying: Iterable[UUID], came: list[UUID]) -> int:
    """How many lie behind the one that came just before them."""
    return sum(came.index(after) == came.index(before) + 1 for before, after in pairwise(lying))


@pytest.mark.starts
def test_who_reads_the_table_of_fingerprints_as_it_lies_does_not_count_to_the_visits(
    postgresql: ServerSettings,
) -> None:
    with empty(postgresql):
        enrol()
        for number in range(30):
            arrive((ZOE, DOMINIQUE, TOUSSAINT)[number % 3], ticket=f"M{number}")
        visits = list(Arrival.objects.order_by("received_at").values_list("pk", flat=True))
        assert _following(_as_they_lie(), visits) > 15  # as they came
        work(None, Event(), once=True)
        lying = _as_they_lie()
        assert _following(lying, visits) < 9  # by chance one, mostly
        assert {key: len(rows) for key, rows in lying.items()} == {one: len(indexes.of([one])[one]) for one in visits}
        newest = UUID(arrive(SOPHIE, ticket="N1").key)
        later = timezone.now() + timedelta(hours=1)
        mixing.once(later)
        again = _as_they_lie()
        moved = {key for key, rows in again.items() if rows != lying.get(key)}
        assert newest in moved and len(moved) > 8
        assert not mixing.once(later + timedelta(hours=1)) and _as_they_lie() == again  # nobody came


def _tried(row: dict[str, object], like: CheckIn) -> set[tuple[str, str, str]]:
    """Kiosk, desk and number with which something in this row is the digest of what such a check-in would have said."""
    at = datetime.fromisoformat(str(row["arrived_at"]))
    arrived_at = (at if at.tzinfo else at.replace(tzinfo=UTC)).isoformat(timespec="seconds")
    stands = {bytes(one) for one in row.values() if isinstance(one, bytes | memoryview)}
    met = set()
    for (kiosk, desk), letter, number in product(PLACES, "AB", range(1, 60)):
        said = {"kiosk": kiosk, "desk": desk, "ticket": f"{letter}{number}", "arrived_at": arrived_at}
        plain = codec.to_bytes(replace(like, key=str(UUID(str(row["key"]))), **said))
        if hashlib.sha256(plain).digest() in stands:
            met.add((kiosk, desk, str(said["ticket"])))
    return met


def test_of_a_visit_without_picture_nobody_tries_whose_it_was_or_where(console: ServerSettings) -> None:
    for kiosk, _desk in PLACES:
        enrol(kiosk)
    silent, now = InsUnreachable("not-asked"), datetime.now(UTC).isoformat(timespec="seconds")
    north, _south = PLACES
    where = {"kiosk": north[0], "desk": north[1], "arrived_at": now}
    for person, way, ticket in ((ZOE, BY_CARD, "A41"), (ZOE, BY_TOUCH, "A42"), (DOMINIQUE, BY_CARD, "A43")):
        arrive(person, silent, **way, **where, ticket=ticket)
    mine = [check_in_of(ZOE, silent, **way) for way in (BY_CARD, BY_TOUCH)]
    assert [met for row in _visits() for like in mine for met in _tried(row, like)] == []


@pytest.mark.tampers
@pytest.mark.parametrize("length", [9, 100, 136])
def test_what_is_written_where_a_place_stands_keeps_no_visit_from_being_erased(
    console: ServerSettings, length: int
) -> None:
    enrol()
    key = UUID(arrive(ZOE, **BY_CARD).key)
    with connection.cursor() as cursor:
        cursor.execute(_ELSEWHERE, ["x" * length])
    erasure.erase_visit(key, Actor(ActorKind.STAFF, "lea"), erasure.Why.REQUEST)
    visit = Arrival.objects.get()
    assert (visit.stage, visit.is_proven, visit.plain) == (Stage.REMOVED, True, b"")
    assert visit.desk == ("x" * length if length < 82 else "")
