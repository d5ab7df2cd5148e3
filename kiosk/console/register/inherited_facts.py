"""What is written of a person whom an earlier version decided about: the facts, in their order."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from kiosk.console import audit
from kiosk.console.records import search
from kiosk.console.register import bodies, complements
from kiosk.console.register.bulk import Dated
from kiosk.console.register.inherited import Old, Opened
from kiosk.console.register.planning import Planned
from kiosk.console.register.writer import Told
from kiosk.core.checkin import codec
from kiosk.core.checkin.value import CheckIn
from kiosk.core.identity.matricule import Mark, Matricule
from kiosk.core.sources.insi import InsAnswer, InsFound, InsNotFound, InsSeveral
from kiosk.core.status.permissions import Identity
from kiosk.core.status.person_events import InsiAnswered, InsiAsked, Migrated, TraitsStated, VisitAttached
from kiosk.core.status.transitions import Actor, ActorKind, Created, FirstNameChosen

MIGRATION = Actor(ActorKind.WORKER, "migration")
WORKER = Actor(ActorKind.WORKER, "worker")


@dataclass(frozen=True, slots=True)
class Facts:
    """All that is told of one person."""

    told: tuple[Dated, ...]
    indexes: frozenset[bytes]  # under which they are found
    questions: Mapping[UUID, int]  # visits for which INSi is still to answer, and the fact it will cite


def facts_of(planned: Planned, rows: Mapping[UUID, Any], inside: Mapping[UUID, Opened | None]) -> Facts:
    """Write one person's facts: their visits, what INSi answered, the identity as it was, what staff wrote."""
    told, deciding = list(_opening(planned, inside)), planned.deciding
    answer = 0
    for old in planned.visits:
        one = inside[old.key]
        told += _answers(planned, old, one) if one is not None else []
        if old is deciding and one is not None and one.matricule is not None:
            answer = len(told) - (one.observed is not None and _is_answer(one.observed))
    row = rows[deciding.key]
    told.append(_migrated(planned, rows, inside[deciding.key], answer))
    told += _written(planned, row, inside)
    questions: dict[UUID, int] = {}
    for old in planned.visits:
        if rows[old.key].insi_next_at is not None and not deciding.is_barred:
            told.append(Dated(Told(InsiAsked(), audit.Act.INSI_REQUESTED), WORKER, old.decided_at, old.key))
            questions[old.key] = len(told)
    return Facts(tuple(told), _indexes(told, inside), questions)


def _opening(planned: Planned, inside: Mapping[UUID, Opened | None]) -> Iterator[Dated]:
    first = min(planned.visits, key=lambda old: old.arrived_at)
    yield Dated(Told(Created(), audit.Act.PERSON_OPENED), MIGRATION, first.arrived_at, first.key)
    for old in planned.visits:
        yield Dated(Told(VisitAttached(), audit.Act.VISIT_ATTACHED), MIGRATION, old.arrived_at, old.key)
    deciding = planned.deciding
    one = inside[deciding.key]
    if one is not None:
        body = _body(one.check_in)
        stated = Told(TraitsStated(), audit.Act.TRAITS_STATED, body=body)
        yield Dated(stated, MIGRATION, deciding.arrived_at, deciding.key)


def _answers(planned: Planned, old: Old, one: Opened) -> list[Dated]:
    """What INSi answered for one visit: what counted, and what came after the decision."""
    answers = [one.check_in.insi, *([one.observed] if one.observed is not None else [])]
    return [
        Dated(_answered(planned.person, one.check_in, answer), WORKER, old.arrived_at, old.key)
        for answer in answers
        if _is_answer(answer)
    ]


def _is_answer(answer: InsAnswer) -> bool:
    return isinstance(answer, InsFound | InsNotFound | InsSeveral)


def _answered(person: UUID, check_in: CheckIn, answer: InsAnswer) -> Told:
    matricule = _matricule(answer)
    mark = bodies.mark_of(person, matricule) if matricule is not None else None
    body = _body(replace(check_in, insi=answer))
    return Told(InsiAnswered(mark), audit.Act.INSI_ANSWERED, body=body, matricule=matricule)


def _matricule(answer: InsAnswer) -> Matricule | None:
    return answer.matricule if isinstance(answer, InsFound) and answer.matricule.is_complete else None


def _migrated(planned: Planned, rows: Mapping[UUID, Any], one: Opened | None, answer: int) -> Dated:
    """The identity as the last decision left it, as far as it is carried over; and what staff wrote of an original."""
    old, row = planned.deciding, rows[planned.deciding.key]
    matricule = one.matricule if planned.holds and one is not None else None
    mark: Mark | None = bodies.mark_of(planned.person, matricule) if matricule is not None else None
    evidence = "" if old.is_barred else old.evidence
    event = Migrated(
        Identity(mark, evidence, old.attributes),
        evidence_on=row.evidence_on.isoformat() if evidence and row.evidence_on is not None else "",
        companion_code=row.companion if evidence else "",
        verified_at=_instant(max(_verified(planned, rows), default=None)) if mark is not None else "",
        is_decided=row.decided_at is not None,
        voids_answers=mark is None and old.is_void,
    )
    written = one.written.get("original") if one is not None else None
    told = Told(
        event,
        audit.Act.MIGRATED,
        {"was": old.status, "why": old.why},
        body=json.dumps({"original": written}).encode() if written else b"",
        cites=answer if mark is not None else 0,
        matricule=matricule,
    )
    return Dated(told, _who(row), old.decided_at, old.key)


def _verified(planned: Planned, rows: Mapping[UUID, Any]) -> Iterator[datetime]:
    """When INSi confirmed it, in whichever visit."""
    for old in planned.visits:
        if rows[old.key].verified_at is not None:
            yield rows[old.key].verified_at


def _instant(at: datetime | None) -> str:
    return at.isoformat() if at is not None else ""


def _who(row: Any) -> Actor:
    """Who decided; nobody in particular where an earlier version forgot it with an undo."""
    return Actor(ActorKind.STAFF, row.decided_by.username if row.decided_by is not None else MIGRATION.name)


def _written(planned: Planned, row: Any, inside: Mapping[UUID, Opened | None]) -> Iterator[Dated]:
    """What staff wrote down: complementary traits, the latest of each; the first given name."""
    old, by = planned.deciding, _who(row)
    said: dict[str, dict[str, str]] = {}
    for one in inside.values():
        said |= one.written.get("complementary") or {} if one is not None else {}
    if said:
        told = complements.as_fact(said)
        yield Dated(told, by, old.decided_at, old.key)
    deciding = inside[old.key]
    name = deciding.written.get("first_given_name") if deciding is not None else None
    if name:
        body = json.dumps({"first_given_name": name}).encode()
        yield Dated(Told(FirstNameChosen(True), audit.Act.FIRST_NAME, body=body), by, old.decided_at, old.key)


def _indexes(told: list[Dated], inside: Mapping[UUID, Opened | None]) -> frozenset[bytes]:
    found = {bodies.value_of(one.told.matricule) for one in told if one.told.matricule is not None}
    for one in inside.values():
        found |= search.indexes_of(one.check_in) if one is not None else set()
    return frozenset(found)


def _body(check_in: CheckIn) -> bytes:
    return codec.to_bytes(replace(check_in, pictures=()))
