"""Whether pairs of persons are as both persons' facts say: what the unit judged stays judged (properties 16 and 17).

A pair's row decides who is asked about, who is filed by itself, who is not barred by somebody else's doubt.
"""

import hashlib
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from kiosk.console import audit
from kiosk.console.models import AuditEntry, PairState, Person, PersonPair
from kiosk.console.register import bulk, reading
from kiosk.console.witness.checks import Part
from kiosk.console.witness.findings import Found
from kiosk.core.status.fact_codec import BadFact
from kiosk.core.status.person_events import Merged, PairProposed, SetApart, Unmerged

Pair = frozenset[UUID]
FACTS_EACH = 8  # of the two persons, about
AT_ONCE = 500  # in one question
_KINDS = {
    "pair-proposed": PairState.POSSIBLE,
    "set-apart": PairState.APART,
    "merged": PairState.MERGED,
    "unmerged": PairState.APART,
}


def pairs(position: str, most: int) -> Part:
    """Every pair is what the facts of its two persons say."""
    most = max(1, most // FACTS_EACH)
    rows = PersonPair.objects.filter(pk__gt=_number(position)).order_by("pk")
    batch = list(rows.values_list("pk", "first", "second")[:most])
    found = _found({frozenset(sides) for _number, *sides in batch})
    return Part("" if len(batch) < most else str(batch[-1][0]), len(batch), tuple(found))


def links(position: str, most: int) -> Part:
    """Every pair that facts speak of is there."""
    after, last = _number(position), audit.last_number()
    upto = after + most
    told = AuditEntry.objects.filter(number__gt=after, number__lte=upto, kind__in=_KINDS)
    whose = {person for person in told.values_list("person", flat=True) if person is not None}
    said = {pair for some in bulk.pieces(whose, AT_ONCE) for pair in _said(_facts(some))}
    return Part("" if upto >= last else str(upto), len(said), tuple(_found(said)))


def _number(position: str) -> int:
    return int(position) if position.isascii() and position.isdecimal() and len(position) < 19 else 0


def _facts(people: Collection[UUID]) -> Iterator[reading.Kept]:
    entries = AuditEntry.objects.filter(person__in=people, kind__in=_KINDS).order_by("number")
    return map(reading.Kept._make, entries.values_list(*reading.Kept._fields).iterator(2000))


def _said(facts: Iterable[reading.Kept]) -> dict[Pair, PairState]:
    """What facts, in their order, say of pairs; one that cannot be read is its person's trouble."""
    said: dict[Pair, PairState] = {}
    into: dict[UUID, UUID] = {}
    for entry in facts:
        with suppress(BadFact, ValueError, KeyError):
            event, person = reading.fact_of(entry).event, entry.person
            if person is None:
                continue
            if isinstance(event, Merged):
                into[person] = UUID(event.into.key)
            if isinstance(event, Merged | Unmerged):
                said[frozenset((person, into[person]))] = _KINDS[entry.kind]
            elif isinstance(event, PairProposed | SetApart):
                said[frozenset((person, UUID(event.other)))] = _KINDS[entry.kind]
    return said


def _found(wanted: Collection[Pair]) -> Iterator[Found]:
    """The pairs that are otherwise; looked at again while nobody can judge them."""
    for pair in (odd for some in bulk.pieces(wanted, AT_ONCE) for odd in _odd(some)):
        with transaction.atomic():
            list(Person.objects.select_for_update(of=("self",)).filter(pk__in=pair).order_by("pk"))
            still = _odd([pair])
        for one in still:
            first, *others = sorted(one)
            yield Found("pair", f"{first}-{_mark(one, others)}")


def _mark(pair: Pair, others: list[UUID]) -> str:
    """The same trouble again has the same name."""
    stands = "".join(_rows(pair).values())
    return hashlib.sha256("".join([*(one.hex for one in others), stands]).encode()).hexdigest()[:10]


def _odd(wanted: Collection[Pair]) -> list[Pair]:
    sides = {side for pair in wanted for side in pair}
    said, rows = _said(_facts(sides)), _rows(sides)
    erased = set(Person.objects.filter(pk__in=sides).exclude(erased_at=None).values_list("pk", flat=True))
    return [pair for pair in wanted if not _agree(rows.get(pair), said.get(pair), is_over=bool(pair & erased))]


def _rows(sides: Collection[UUID]) -> dict[Pair, str]:
    rows = PersonPair.objects.filter(Q(first__in=sides) & Q(second__in=sides)).values_list("first", "second", "state")
    return {frozenset((first, second)): state for first, second, state in rows}


def _agree(row: str | None, said: PairState | None, *, is_over: bool) -> bool:
    """What an earlier version left may be without a fact, but for two people: that is always said of both."""
    if said is None:
        return row != PairState.APART
    if row is None:
        return is_over and said == PairState.POSSIBLE  # erased with one of them
    return row == said
