"""Which visits of before become one person, and who holds a matricule that several of them had (identity-register).

Several decided visits with one matricule are one person's where INSi says the same five traits of all of them and
nothing read with certainty on a document contradicts: filed by the rule of the returning person, which is no merge.
Where they disagree nobody holds it, and the unit says who is who.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from kiosk.console.register.inherited import Old
from kiosk.core.checkin.stated import Witness, best
from kiosk.core.checkin.value import CheckIn
from kiosk.core.coherence.compare import compare
from kiosk.core.identity.traits import Traits
from kiosk.core.sources.insi import InsFound
from kiosk.core.status.permissions import Attribute, IdentityStatus
from kiosk.core.status.returning import are_equal

DISAGREE = "same-number-disagree"  # nobody holds it
BARRED = "barred-elsewhere"  # INSi gave it for somebody doubtful or fictitious: nobody holds it
NOT_FILED = "same-number-not-filed"  # they agree, but one is a homonym or in an open pair: the last decision holds it

Agree = Callable[[Sequence[UUID]], bool]  # opens these visits, and says whether they may be one person's


@dataclass(frozen=True, slots=True)
class Planned:
    """One person to be: their visits, of which the last one's decision gives the identity."""

    person: UUID
    visits: tuple[Old, ...]
    holds: bool = False

    @property
    def deciding(self) -> Old:
        return self.visits[-1]


@dataclass(slots=True)
class Judged:
    """What the unit said of pairs of visits, and what it was still to say."""

    apart: set[frozenset[UUID]] = field(default_factory=set)
    in_open_pair: set[UUID] = field(default_factory=set)


@dataclass(slots=True)
class Plan:
    """Everybody, and the pairs that the unit is asked about."""

    persons: list[Planned] = field(default_factory=list)
    proposed: list[tuple[UUID, UUID]] = field(default_factory=list)  # visits


def plan(olds: Iterable[Old], judged: Judged, agree: Agree) -> Plan:
    """Say who becomes one person. Notes on a visit why it loses its matricule."""
    planned, numbered, barred = Plan(), _Numbers(), _Numbers()
    for old in olds:
        if old.may_hold:
            numbered.add(old)
            continue
        if old.is_barred and old.value:
            barred.add(old)
        planned.persons.append(Planned(uuid4(), (old,)))
    for value, some in numbered.items():
        _share(planned, some, barred.of(value), judged, agree)
    return planned


class _Numbers:
    """Visits by the fingerprint of the matricule that INSi gave."""

    def __init__(self) -> None:
        self._by_value: dict[bytes, list[Old]] = {}

    def add(self, old: Old) -> None:
        self._by_value.setdefault(old.value, []).append(old)

    def items(self) -> Iterable[tuple[bytes, list[Old]]]:
        return self._by_value.items()

    def of(self, value: bytes) -> Sequence[Old]:
        return self._by_value.get(value, ())


def _share(planned: Plan, some: list[Old], barred: Sequence[Old], judged: Judged, agree: Agree) -> None:
    """Settle one matricule that these visits were given."""
    some.sort(key=_rank)
    keys = [one.key for one in some]
    suspect = [one for one in barred if any(frozenset((one.key, key)) not in judged.apart for key in keys)]
    if suspect:
        planned.persons += _alone(some, BARRED)
        planned.proposed += [(one.key, key) for one in suspect for key in keys]
    elif len(some) == 1:
        planned.persons.append(Planned(uuid4(), (some[0],), holds=True))
    elif _are_apart(keys, judged) or not agree(keys):
        planned.persons += _alone(some, DISAGREE)
        planned.proposed += [(keys[0], key) for key in keys[1:]]
    elif any(Attribute.HOMONYM in one.attributes or one.key in judged.in_open_pair for one in some):
        planned.persons += _alone(some[:-1], NOT_FILED)
        planned.persons.append(Planned(uuid4(), (some[-1],), holds=True))
        planned.proposed += [(key, keys[-1]) for key in keys[:-1]]
    else:
        planned.persons.append(Planned(uuid4(), tuple(some), holds=True))


def _rank(old: Old) -> tuple[bool, float, str]:
    """The latest decision last; one that saw evidence before one that saw none: nothing took it back since."""
    return old.status == IdentityStatus.QUALIFIED.value, old.decided_at.timestamp(), str(old.key)


def _alone(some: Iterable[Old], why: str) -> Iterator[Planned]:
    for one in some:
        one.why = why
        yield Planned(uuid4(), (one,))


def _are_apart(keys: Sequence[UUID], judged: Judged) -> bool:
    return any(frozenset((one, other)) in judged.apart for at, one in enumerate(keys) for other in keys[:at])


def are_one(check_ins: Sequence[CheckIn]) -> bool:
    """INSi says the same five traits of all of them, and no document that was read with certainty contradicts."""
    answers = [one.insi for one in check_ins]
    traits = [answer.traits for answer in answers if isinstance(answer, InsFound)]
    if len(traits) < len(check_ins) or not all(are_equal(traits[0], other) for other in traits):
        return False
    return not any(_contradicts(one, traits[0]) for one in check_ins)


def _contradicts(check_in: CheckIn, traits: Traits) -> bool:
    document = best(check_in, (Witness.DOCUMENT,))
    issuer = check_in.mrz.issuing_state if check_in.mrz is not None else ""
    return document is not None and compare(document, traits, issuer=issuer).is_blocking
