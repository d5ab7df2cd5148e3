"""Pairs, merges and verifications of before, which linked visits, link persons from now on."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from kiosk.console import audit
from kiosk.console.models import PairState, Person, PersonPair
from kiosk.console.register import bulk, reading
from kiosk.console.register.bulk import Chapter, Dated, NotPossible, pieces
from kiosk.console.register.inherited_facts import MIGRATION, WORKER
from kiosk.console.register.planning import Judged, Planned
from kiosk.console.register.writer import Told
from kiosk.core.status.person_events import Merged, PairProposed, SetApart, Side
from kiosk.core.status.transitions import Actor, ActorKind

NOT_MERGED = "merge-not-kept"
_CERTAIN = 100  # percent: INSi gave the same number
_PERSONS_AT_ONCE = 100
_STRONGEST = (PairState.POSSIBLE, PairState.APART, PairState.MERGED)


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two persons, the first known first."""

    first: UUID
    second: UUID
    state: PairState
    likeness: int
    found_at: datetime
    decided_by: str = ""
    decided_at: datetime | None = None


class Links:
    """What linked two visits, carried over to whose they are. ``counts`` says what became of each."""

    def __init__(self, tables: Any) -> None:
        self._tables = tables
        self._now = timezone.now()
        self.counts: Counter[str] = Counter()
        self._person_of: dict[UUID, UUID] = {}  # by visit
        self._since: dict[UUID, tuple[datetime, str]] = {}  # by person: who was known first

    def judged(self) -> Judged:
        """What the unit said of pairs of visits, and what it was still to say."""
        judged = Judged()
        for first, second, state in self._tables.pairs.values_list("first", "second", "state"):
            if state == PairState.APART:
                judged.apart.add(frozenset((first, second)))
            elif state == PairState.POSSIBLE:
                judged.in_open_pair |= {first, second}
        return judged

    def carry(self, persons: Sequence[Planned], proposed: Sequence[tuple[UUID, UUID]], why: dict[UUID, str]) -> None:
        """Write every link. Notes in ``why`` the visits whose merge cannot stand."""
        for one in persons:
            self._since[one.person] = (min(old.arrived_at for old in one.visits), str(one.person))
            self._person_of |= {old.key: one.person for old in one.visits}
        pairs = self._pairs(proposed)
        merges = list(self._merges(persons, why))
        self._say(pairs)
        for visit, absorbed, into in merges:
            pair = self._merge(pairs, visit, absorbed, into)
            if pair.state is not PairState.MERGED:
                why[visit] = NOT_MERGED
                self.counts["merges-not-kept"] += 1
            pairs[frozenset((absorbed, into))] = pair
        PersonPair.objects.bulk_create((_row(one) for one in pairs.values()), batch_size=1000)
        self._verifications()

    def _pairs(self, proposed: Sequence[tuple[UUID, UUID]]) -> dict[frozenset[UUID], _Pair]:
        """The pairs of before, and those that a shared number asks about; of two about the same, what was said."""
        pairs: dict[frozenset[UUID], _Pair] = {}
        for row in self._tables.pairs.select_related("decided_by").order_by("pk"):
            sides = self._sides(row.first_id, row.second_id, "pairs")
            if sides is not None:
                who: str = row.decided_by.username if row.decided_by is not None else ""
                state = PairState(row.state)
                _put(pairs, _Pair(*sides, state, row.likeness, row.found_at, who, row.decided_at))
        for visit, other in proposed:
            sides = self._sides(visit, other, "proposed-pairs")
            if sides is not None:
                _put(pairs, _Pair(*sides, PairState.POSSIBLE, _CERTAIN, self._now))
        return pairs

    def _sides(self, visit: UUID, other: UUID, what: str) -> tuple[UUID, UUID] | None:
        one, two = self._person_of.get(visit), self._person_of.get(other)
        if one is None or two is None:
            self.counts[f"{what}-of-visits-nobody-decided"] += 1  # looked for anew
            return None
        if one == two:
            self.counts[f"{what}-within-one-person"] += 1
            return None
        self.counts[what] += 1
        first, second = sorted((one, two), key=self._since.__getitem__)
        return first, second

    def _merges(self, persons: Sequence[Planned], why: dict[UUID, str]) -> Iterator[tuple[UUID, UUID, UUID]]:
        """Each visit that led to another, with both persons: those to whom nobody leads any more come first."""
        left: dict[UUID, tuple[UUID, UUID]] = {}
        for planned in persons:
            for old in planned.visits:
                into = self._person_of.get(old.merged_into) if old.merged_into is not None else None
                if into == planned.person:
                    self.counts["merges-within-one-person"] += 1
                elif into is not None and planned.person not in left:
                    left[planned.person] = (old.key, into)
                elif into is not None:
                    self.counts["merges-not-kept"] += 1
                    why[old.key] = NOT_MERGED
        while left:
            kept = {into for _visit, into in left.values()}
            free = [one for one in left if one not in kept] or list(left)  # a circle: the rules refuse it
            for one in free:
                visit, into = left.pop(one)
                yield visit, one, into

    def _say(self, pairs: dict[frozenset[UUID], _Pair]) -> None:
        """The facts of pairs: proposed about the second, set apart about both."""
        told: dict[UUID, list[Dated]] = {}
        for pair in pairs.values():
            if pair.state is PairState.APART:
                by = Actor(ActorKind.STAFF, pair.decided_by or MIGRATION.name)
                for one, other in ((pair.first, pair.second), (pair.second, pair.first)):
                    event = Told(SetApart(str(other)), audit.Act.SET_APART, {"other": str(other)})
                    told.setdefault(one, []).append(Dated(event, by, pair.decided_at or pair.found_at))
            elif pair.state is PairState.POSSIBLE:
                details: dict[str, audit.Detail] = {"other": str(pair.first), "likeness": pair.likeness}
                event = Told(PairProposed(str(pair.first)), audit.Act.PAIR_FOUND, details)
                told.setdefault(pair.second, []).append(Dated(event, WORKER, pair.found_at))
        for some in pieces(told, _PERSONS_AT_ONCE):
            bulk.append([Chapter(row, told[row.pk]) for row in Person.objects.filter(pk__in=some)])

    def _merge(self, pairs: dict[frozenset[UUID], _Pair], visit: UUID, absorbed: UUID, into: UUID) -> _Pair:
        """Have one person lead to the other, as the unit said; what today's rules refuse, the unit is asked again."""
        first, second = sorted((absorbed, into), key=self._since.__getitem__)
        known = pairs.get(frozenset((absorbed, into)))
        row, kept = (Person.objects.get(pk=key) for key in (absorbed, into))
        survivor = reading.standing_of(kept)
        side = Side(str(into), survivor.held, survivor.identity.is_barred, bool(survivor.absorbed_by))
        at = known.decided_at if known is not None and known.decided_at is not None else self._now
        who = known.decided_by if known is not None and known.decided_by else MIGRATION.name
        likeness, found_at = (known.likeness, known.found_at) if known is not None else (_CERTAIN, at)
        event = Told(Merged(side), audit.Act.MERGED, {"kept": str(into)})
        try:
            bulk.append([Chapter(row, [Dated(event, Actor(ActorKind.STAFF, who), at, visit)])])
        except NotPossible:
            return _Pair(first, second, PairState.POSSIBLE, likeness, found_at)
        self.counts["merges"] += 1
        return _Pair(first, second, PairState.MERGED, likeness, found_at, who, at)

    def _verifications(self) -> None:
        """A verification is a person's; of two of one campaign about the same person, the later verdict."""
        seen: set[tuple[int, UUID]] = set()
        gone: list[int] = []
        rows = self._tables.verifications.filter(person=None).order_by("-done_at", "-pk")
        people: dict[UUID, list[int]] = {}
        for number, campaign, visit in rows.values_list("pk", "campaign", "arrival"):
            person = self._person_of.get(visit)
            if person is None or (campaign, person) in seen:
                gone.append(number)
                continue
            seen.add((campaign, person))
            people.setdefault(person, []).append(number)
        for person, numbers in people.items():
            self._tables.verifications.filter(pk__in=numbers).update(person=person)
        for some in pieces(gone, 500):
            self._tables.verifications.filter(pk__in=some).delete()
        self.counts["verifications"] += len(seen)
        self.counts["verifications-dropped"] += len(gone)


def _put(pairs: dict[frozenset[UUID], _Pair], pair: _Pair) -> None:
    """Of two about the same persons, the one that says more."""
    sides = frozenset((pair.first, pair.second))
    known = pairs.get(sides)
    if known is None or _STRONGEST.index(known.state) < _STRONGEST.index(pair.state):
        pairs[sides] = pair


def _row(pair: _Pair) -> PersonPair:
    return PersonPair(
        first_id=pair.first,
        second_id=pair.second,
        state=pair.state,
        likeness=pair.likeness,
        found_at=pair.found_at,
        decided_by=pair.decided_by,
        decided_at=pair.decided_at,
    )
