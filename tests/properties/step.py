"""One act between two looks, with what came before: what every property is a function of."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from tests.properties import acts
from tests.properties.acts import Act
from tests.properties.playing import Outcome
from tests.properties.seen import FactSeen, PersonSeen, Seen, Trail

MACHINES = (acts.Arrive, acts.Resend, acts.Ask, acts.Verify, acts.Seek, acts.Purge, acts.Wait)


@dataclass(slots=True)
class Memory:
    """What a property must remember of earlier steps."""

    before_decision: dict[tuple[str, int], PersonSeen] = field(default_factory=dict)
    before_merge: dict[str, PersonSeen] = field(default_factory=dict)
    numbers: dict[str, set[tuple[str, str]]] = field(default_factory=dict)  # INSi ever gave for each person


@dataclass(frozen=True, slots=True)
class Step:
    """One act, what stood before it, what stands after it, and the facts it left."""

    act: Act
    outcome: Outcome
    before: Seen
    after: Seen
    new: tuple[FactSeen, ...]
    trail: Trail
    memory: Memory
    asked_at: Mapping[str, datetime]  # when the kiosk asked INSi, by visit
    keys: Mapping[str, str]  # of visits and persons, by name
    refused: tuple[str, ...]  # by the one writer: whatever came of it

    @property
    def is_by_machine(self) -> bool:
        return isinstance(self.act, MACHINES)

    def both(self) -> Iterator[tuple[PersonSeen, PersonSeen]]:
        """Everybody who was known before, as they were and as they are."""
        for name, now in self.after.persons.items():
            if name in self.before.persons:
                yield self.before.persons[name], now

    def was(self, name: str) -> PersonSeen | None:
        return self.before.persons.get(name)

    def facts_of(self, person: str, *kinds: str) -> list[FactSeen]:
        """The new facts of a person, of these kinds when some are named."""
        return [one for one in self.new if one.person == person and (not kinds or one.kind in kinds)]

    def new_facts(self, *kinds: str) -> list[FactSeen]:
        return [one for one in self.new if one.person and one.kind in kinds]

    def answer_of(self, person: str, nth: int) -> Any:
        """What INSi answered, opened; None when that cannot be."""
        from kiosk.console.register import visits

        return visits.answer_of(UUID(self.keys[person]), nth)

    def number_of(self, person: str, nth: int) -> tuple[str, str] | None:
        """The matricule of an answer, and its authority."""
        matricule = getattr(self.answer_of(person, nth), "matricule", None)
        return (matricule.number, matricule.oid) if matricule is not None else None

    def said_with(self, fact: FactSeen) -> Mapping[str, Any]:
        """What the trail says of the decision that this fact belongs to: it stands with the last one."""
        mine = [one for one in self.facts_of(fact.person) if one.decision == fact.decision]
        return mine[-1].details if mine else fact.details


Property = Callable[[Step], Iterator[str]]  # what is wrong, each in a sentence
