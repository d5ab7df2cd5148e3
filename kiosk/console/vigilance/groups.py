"""Look-alikes by person: who may be one with whom, directly or through another, is one group, judged at once.

A group that is shown is of at most ``MOST`` people, so that their portraits stand side by side and a decision is short;
who is left over is asked about afterwards. A list is made of the oldest ``MOST_READ`` pairs.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from kiosk.console.models import PairState, Person, PersonPair
from kiosk.console.register import pairs

MOST = 6  # people, side by side
MOST_READ = 500  # pairs
MOST_MET = 60  # pairs of one step
MOST_JUDGED = 150  # pairs looked at for the latest decisions


@dataclass(slots=True)
class Group:
    """People who look alike, in the order in which they were met, and the pair that was found first."""

    first: UUID
    second: UUID
    found_at: datetime
    likeness: int
    people: dict[UUID, None] = field(default_factory=dict)  # each once, in order

    @property
    def shown(self) -> list[UUID]:
        return list(self.people)[:MOST]

    @property
    def unshown(self) -> int:
        return max(0, len(self.people) - MOST)


class Waiting(NamedTuple):
    groups: list[Group]
    is_cut: bool  # more pairs wait than were read


class Judged(NamedTuple):
    """One decision: what was said, by whom and when, and the pairs it was about."""

    state: PairState
    by: str
    at: datetime
    pairs: list[PersonPair]

    @property
    def people(self) -> list[UUID]:
        return list(dict.fromkeys(side for pair in self.pairs for side in (pair.first_id, pair.second_id)))


def waiting() -> Waiting:
    """All groups to be judged, who waits longest first."""
    rows = pairs.to_judge().order_by("found_at", "pk")
    read = list(rows.values_list("first", "second", "found_at", "likeness")[: MOST_READ + 1])
    return Waiting(_joined(Group(*row) for row in read[:MOST_READ]), len(read) > MOST_READ)


def _joined(found: Iterable[Group]) -> list[Group]:
    """Pairs, the oldest first, with all that meet them."""
    whose: dict[UUID, Group] = {}
    groups: dict[int, Group] = {}
    for one in found:
        one.people = dict.fromkeys((one.first, one.second))
        met = {id(whose[side]): whose[side] for side in one.people if side in whose}
        oldest, *others = sorted([*met.values(), one], key=lambda group: group.found_at)
        for other in others:
            oldest.people |= other.people
            oldest.likeness = max(oldest.likeness, other.likeness)
            groups.pop(id(other), None)
        groups[id(oldest)] = oldest
        whose |= dict.fromkeys(oldest.people, oldest)
    return sorted(groups.values(), key=lambda group: group.found_at)


def around(pair: PersonPair) -> tuple[list[Person], bool]:
    """The group of a pair to be judged, who was known first first; whether there are more than are shown."""
    people, edge = dict.fromkeys((pair.first_id, pair.second_id)), [pair.first_id, pair.second_id]
    while edge and len(people) <= MOST:
        met = pairs.touching(edge).values_list("first", "second")[:MOST_MET]
        edge = list(dict.fromkeys(side for sides in met for side in sides if side not in people))
        people |= dict.fromkeys(edge)
    rows = Person.objects.filter(pk__in=list(people)[:MOST])
    return sorted(rows, key=lambda one: (one.opened_at, str(one.pk))), len(people) > MOST


def judged(most: int) -> list[Judged]:
    """The latest decisions, the last one first."""
    known = PersonPair.objects.filter(first__erased_at=None, second__erased_at=None)
    decisions: dict[tuple[PairState, str, datetime], Judged] = {}
    for pair in known.exclude(state=PairState.POSSIBLE).order_by("-decided_at", "pk")[:MOST_JUDGED]:
        if pair.decided_at is not None:
            said = (PairState(pair.state), pair.decided_by, pair.decided_at)
            decisions.setdefault(said, Judged(*said, [])).pairs.append(pair)
    return list(decisions.values())[:most]
