"""Facts about many persons appended in one go, as the writer appends one person's: the migration's way.

The same ``apply`` decides and the same chain is extended; only the rows are written some hundred at a time. What two
persons may not both hold was settled before (``planning``), and the database refuses it once more.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from kiosk.console import audit
from kiosk.console.models import FactBody, Holding, IdentifierKind, Person, PersonIndex
from kiosk.console.records import subject_keys
from kiosk.console.records.subject_keys import OwnKey
from kiosk.console.register import bodies, index_marks, reading, writer
from kiosk.console.register.writer import Told
from kiosk.core.identity.matricule import Matricule
from kiosk.core.status import fact_codec
from kiosk.core.status.folding import apply
from kiosk.core.status.standing import Fact, Standing
from kiosk.core.status.transitions import Actor, Refusal

_One = TypeVar("_One")


class NotPossible(Exception):
    """A rule forbids one of the facts; the message is its code."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal


@dataclass(frozen=True, slots=True)
class Dated:
    """One event with its day, and which visit it is about; empty: the person."""

    told: Told
    by: Actor
    at: datetime
    visit: UUID | None = None


@dataclass(frozen=True, slots=True)
class Chapter:
    """What is appended to one person."""

    row: Person
    told: Sequence[Dated]
    indexes: frozenset[bytes] = field(default_factory=frozenset)


@dataclass(slots=True)
class _Written:
    """One person's new facts before they have their numbers."""

    chapter: Chapter
    standing: Standing
    done: list[audit.Done]
    bodies: list[bytes]
    held: Matricule | None = None


def open_all(chapters: Sequence[Chapter]) -> None:
    """Persons of whom nothing was written yet, with all that is told of them. NotPossible: nothing is written."""
    own = subject_keys.create([one.row.pk for one in chapters], pending=True)
    written = [_written(one, Standing(), own[one.row.pk]) for one in chapters]
    for one in written:
        one.done[0] = index_marks.said(one.done[0], own[one.chapter.row.pk], one.chapter.indexes)
    numbers = _chained(written)
    for one, number in zip(written, numbers, strict=True):
        writer.project(one.chapter.row, one.standing, number)
    Person.objects.bulk_create(one.chapter.row for one in written)
    _say(written, numbers)
    Holding.objects.bulk_create(
        _holding(one, one.held, number) for one, number in zip(written, numbers, strict=True) if one.held is not None
    )
    PersonIndex.objects.bulk_create(
        (PersonIndex(person=one.chapter.row, value=value) for one in written for value in sorted(one.chapter.indexes)),
        batch_size=5000,
    )


def append(chapters: Sequence[Chapter]) -> None:
    """Links between persons who are known, which move no matricule. NotPossible: nothing is written."""
    own = subject_keys.of([one.row.pk for one in chapters])
    written = [_written(one, reading.standing_of(one.row), own[one.row.pk]) for one in chapters]
    numbers = _chained(written)
    for one, number in zip(written, numbers, strict=True):
        writer.project(one.chapter.row, one.standing, number)
        one.chapter.row.save()
    _say(written, numbers)


def _written(chapter: Chapter, standing: Standing, own: OwnKey) -> _Written:
    written = _Written(chapter, standing, [], [])
    for dated in chapter.told:
        _add(written, dated, own)
    return written


def _add(written: _Written, dated: Dated, own: OwnKey) -> None:
    told, nth = dated.told, written.standing.version + 1
    cites = nth + told.cites if told.cites < 0 else told.cites
    applied = apply(written.standing, Fact(nth, told.event, dated.by, dated.at, cites))
    if applied.refusal is not None:
        raise NotPossible(applied.refusal)
    kind, codes = fact_codec.written(told.event)
    body = bodies.sealed_with(own, nth, told.body) if told.body else b""
    fact = audit.OfPerson(
        person=own.subject,
        nth=nth,
        kind=kind,
        codes=json.dumps(codes, sort_keys=True, ensure_ascii=True),
        actor=dated.by.kind.value,
        effective_at=dated.at,
        cites=cites,
        digest=bodies.digest_of(body),
    )
    about = str(dated.visit or own.subject)
    written.done.append(audit.Done(told.act, dated.by.name, "", about, told.details, fact))
    written.bodies.append(body)
    if applied.standing.held != written.standing.held:
        written.held = told.matricule
    written.standing = applied.standing


def _chained(written: Sequence[_Written]) -> list[int]:
    """Append all of it to the chain; gives the number of each person's last fact."""
    done = [one for person in written for one in person.done]
    last, _chained_as = audit.record_all(done)
    number, numbers = last - len(done), []
    for person in written:
        number += len(person.done)
        numbers.append(number)
    return numbers


def _say(written: Sequence[_Written], numbers: Sequence[int]) -> None:
    FactBody.objects.bulk_create(
        FactBody(number=number - len(one.done) + 1 + place, subject=one.chapter.row.pk, body=body)
        for one, number in zip(written, numbers, strict=True)
        for place, body in enumerate(one.bodies)
        if body
    )


def _holding(one: _Written, matricule: Matricule, number: int) -> Holding:
    mark = bodies.mark_of(one.chapter.row.pk, matricule)
    return Holding(
        person=one.chapter.row,
        kind=IdentifierKind.INS,
        domain=mark.oid,
        value=bodies.value_of(matricule),
        mark=mark.number,
        since=number,
    )


def pieces(everything: Iterable[_One], most: int) -> Iterator[list[_One]]:
    """Some at a time."""
    piece: list[_One] = []
    for one in everything:
        piece.append(one)
        if len(piece) == most:
            yield piece
            piece = []
    if piece:
        yield piece
