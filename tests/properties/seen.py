"""What stands in a console's tables between two acts, in values of their own: the properties are about these."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

BARRING = frozenset({"doubtful", "fictitious"})
Mark = tuple[str, str]  # a matricule as one person's facts name it, and its authority


@dataclass(frozen=True, slots=True)
class PersonSeen:
    """One person as their row says."""

    name: str
    version: int
    status: str
    mark: Mark | None
    evidence: str
    evidence_on: str
    companion: str
    attributes: frozenset[str]
    verified_at: str
    decided_at: str
    decided_by: str
    absorbed_by: str
    is_erased: bool
    state: str = field(compare=False)  # the whole of it: where a fact left it

    @property
    def is_barred(self) -> bool:
        return bool(self.attributes & BARRING)

    @property
    def established(self) -> tuple[object, ...]:
        """All that decisions are about."""
        facts = (self.status, self.mark, self.evidence, self.evidence_on, self.companion, self.attributes)
        return (*facts, self.decided_at, self.decided_by)


@dataclass(frozen=True, slots=True)
class VisitSeen:
    """One visit."""

    name: str
    stage: str
    person: str
    assigned_to: str
    decided_at: str
    reported: str
    presence_at: str

    @property
    def is_removed(self) -> bool:
        return self.stage == "removed"


@dataclass(frozen=True, slots=True)
class HoldingSeen:
    person: str
    value: bytes
    mark: str
    since: int
    until: int | None


@dataclass(frozen=True, slots=True)
class FactSeen:
    """One line of the trail; of a person when it has a name there."""

    number: int
    act: str
    who: str
    about: str
    details: Mapping[str, Any]
    at: datetime
    person: str = ""
    nth: int = 0
    kind: str = ""
    codes: Mapping[str, Any] = field(default_factory=dict)
    cites: int = 0
    decision: int = 0
    actor: str = ""

    @property
    def mark(self) -> Mark | None:
        return (str(self.codes["mark"]), str(self.codes["oid"])) if self.codes.get("mark") else None

    @property
    def bars(self) -> bool:
        return self.kind == "attribute-set" and self.codes["attribute"] in BARRING


@dataclass(frozen=True, slots=True)
class Seen:
    """Everything, at one moment."""

    persons: Mapping[str, PersonSeen] = field(default_factory=dict)
    visits: Mapping[str, VisitSeen] = field(default_factory=dict)
    holdings: tuple[HoldingSeen, ...] = ()
    pairs: Mapping[tuple[str, str], str] = field(default_factory=dict)
    outbox: tuple[tuple[int, str, str], ...] = ()  # the fact, whose, and what is told
    last: int = 0  # number of the last fact

    @property
    def standing(self) -> tuple[object, ...]:
        """All that a refusal must leave alone."""
        return (self.persons, self.visits, self.holdings, self.pairs, self.outbox)


class Trail:
    """The facts of one sequence, as they came."""

    def __init__(self) -> None:
        self.all: list[FactSeen] = []
        self._of: dict[str, list[FactSeen]] = {}

    def add(self, fact: FactSeen) -> None:
        self.all.append(fact)
        if fact.person:
            self._of.setdefault(fact.person, []).append(fact)

    def of(self, person: str) -> list[FactSeen]:
        """A person's facts; the nth is at place nth - 1."""
        return self._of.get(person, [])

    def nth(self, person: str, nth: int) -> FactSeen | None:
        facts = self.of(person)
        return facts[nth - 1] if 0 < nth <= len(facts) else None

    def standing(self, person: str, until: int = 10**9) -> Iterator[FactSeen]:
        """A person's facts before ``until`` but those of decisions that were undone by then."""
        facts = [one for one in self.of(person) if one.nth < until]
        undone = {one.cites for one in facts if one.kind == "undone"}
        return (one for one in facts if one.kind != "undone" and (not one.decision or one.decision not in undone))
