"""The one writer of what is known about persons: facts appended, the person's row projected, in one transaction.

Whether something may be is the core's to say (``status.folding.apply``); what two persons may not both hold is looked
at here, under their locks. Nothing else writes these tables: a test reads the code, and the database refuses.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from kiosk.console import audit
from kiosk.console.models import (
    AuditEntry,
    FactBody,
    Holding,
    IdentifierKind,
    Outbox,
    PairState,
    Person,
    PersonIndex,
    PersonPair,
    rows,
)
from kiosk.console.models.fingerprints import met_as
from kiosk.console.records import by_hand, subject_keys
from kiosk.console.records.subject_keys import OwnKey
from kiosk.console.register import bodies, index_marks, reading
from kiosk.core.identity.matricule import Mark, Matricule
from kiosk.core.status import fact_codec
from kiosk.core.status.folding import apply
from kiosk.core.status.permissions import BARRING, IdentityStatus
from kiosk.core.status.person_events import PersonEvent
from kiosk.core.status.standing import Fact, Standing
from kiosk.core.status.transitions import Actor, Refusal

WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Told:
    """One event to be recorded, what staff read of it in the trail, and what it says, still open."""

    event: PersonEvent
    act: audit.Act
    details: Mapping[str, audit.Detail] = field(default_factory=dict)
    body: bytes = b""  # sealed here, under the person's key
    cites: int = 0  # a fact of the person; negative: so many before this one
    matricule: Matricule | None = None  # whose mark the event bears
    by: Actor | None = None  # when not who records


class Conflict(Exception):
    """Somebody else changed this person since the page was shown."""


class Refused(Exception):
    """A rule forbids it: nothing has changed. ``remember`` writes that it was tried."""

    def __init__(self, refusal: Refusal, done: audit.Done) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal
        self._done = done

    def remember(self) -> None:
        """Write the refusal down; outside the transaction that it ended."""
        audit.record_all([self._done])


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody of whom nothing is written yet, with a key of their own: ``open_person`` makes them a person."""

    row: Person
    own: OwnKey


def newcomer(at: datetime | None = None) -> Newcomer:
    """Somebody new. Their key is kept from now on, in the keys' own database, whatever comes of it."""
    key = uuid4()
    return Newcomer(Person(key=key, opened_at=at or timezone.now()), subject_keys.create_first(key))


def write_down(
    somebody: Newcomer,
    told: Sequence[Told],
    by: Actor,
    *,
    at: datetime | None = None,
    visit: UUID | None = None,
    where: str = "",
    is_decision: bool = False,
    indexes: frozenset[bytes] = frozenset(),
) -> "Written":
    """Somebody's first facts, applied and sealed as ``record`` does it; nobody need wait meanwhile. Refused."""
    appended = _Appended(somebody.row, by, at or timezone.now(), visit, where, Standing(), is_decision=is_decision)
    appended.own = somebody.own
    for one in told:
        appended.add(one)
    appended.is_found_under(indexes | _matricules(told))  # nothing finds them yet
    return Written(appended, tuple(told))


def open_person(written: "Written") -> Person:
    """Append somebody's first facts, which make them a person: nobody else can know them yet. Refused, as ``record``.

    In the transaction of what it follows from: what fails here ends that one.
    """
    with transaction.atomic(savepoint=False):
        return _append(written)


def record(
    person: UUID,
    told: Sequence[Told],
    by: Actor,
    *,
    at: datetime | None = None,
    expected_version: int | None = None,
    visit: UUID | None = None,
    where: str = "",
    is_decision: bool = False,
    indexes: frozenset[bytes] = frozenset(),
) -> Person:
    """Append what happened to a person, all of it or nothing, and project where they stand.

    Refused names the rule; Conflict when the person is no longer at ``expected_version``; ``reading.Tampered`` when
    what is kept is not what was written. Of a decision, each of these ends the transaction it is made in.
    """
    with transaction.atomic(savepoint=not is_decision):
        with rows.at_once():
            # Whoever only refers to this person (a visit, a pair) need not wait, and never holds up who changes them.
            asked, last = rows.asked(Person, person, rows.Lock.CHANGES), reading.last_of(person)
        row = asked()
        if row is None:
            raise Person.DoesNotExist
        before = reading.standing_of(row, last)
        if expected_version is not None and before.version != expected_version:
            raise Conflict
        appended = _Appended(row, by, at or timezone.now(), visit, where, before, is_decision=is_decision)
        for one in told:
            appended.add(one)
        appended.is_found_under(_not_yet(row, indexes | _matricules(told)))
        return _append(Written(appended, tuple(told)))


def _append(written: "Written") -> Person:
    """What is written down, appended and projected; the trail, which all share, as late as can be."""
    appended, told = written.appended, written.told
    row, before = appended.row, appended.before
    held = _to_hold(appended, told)
    try:
        with rows.at_once():
            number = appended.write()
            _hold(appended, held, number)
            project(row, appended.standing, number)
            if row._state.adding:
                rows.insert(Person, [row])
            else:
                rows.update(row)
    except IntegrityError as error:
        if not any(name in str(error) for name in _OF_HOLDINGS):
            raise
        # another decided at the same moment: nothing of this one is kept
        raise appended.refused(Refusal.HELD_BY_ANOTHER, appended.last_act) from None
    if appended.standing.erased_at:
        _forget(row)
    if before.status is IdentityStatus.QUALIFIED and appended.standing.status is not IdentityStatus.QUALIFIED:
        Outbox.objects.create(fact=number, person=row, control_id=uuid4(), kind=WITHDRAWN, made_at=appended.at)
    return row


class _Appended:
    """What one call of ``record`` is about to append, and where the person stands after it."""

    def __init__(
        self,
        row: Person,
        by: Actor,
        at: datetime,
        visit: UUID | None,
        where: str,
        before: Standing,
        *,
        is_decision: bool,
    ) -> None:
        self.row, self.by, self.at, self.visit, self.where, self.before = row, by, at, visit, where, before
        self.standing = before
        self.decision = before.version + 1 if is_decision else 0
        self.own: OwnKey | None = None  # asked for once, where it is not at hand
        self._done: list[audit.Done] = []
        self._bodies: list[FactBody] = []  # numbered as the facts are, once these are
        self._entries: list[AuditEntry] = []
        self._indexes: list[PersonIndex] = []

    def add(self, told: Told) -> None:
        nth = self.standing.version + 1
        cites = nth + told.cites if told.cites < 0 else told.cites
        by = told.by or self.by
        fact = Fact(nth, told.event, by, self.at, cites, self.decision)
        applied = apply(self.standing, fact)
        if applied.refusal is not None:
            raise self.refused(applied.refusal, told.act)
        kind, codes = fact_codec.written(told.event)
        body = bodies.sealed_with(self._own_key(), nth, told.body) if told.body else b""
        of_person = audit.OfPerson(
            person=self.row.pk,
            nth=nth,
            kind=kind,
            codes=json.dumps(codes, sort_keys=True, ensure_ascii=True),
            actor=by.kind.value,
            effective_at=self.at,
            cites=cites,
            decision=self.decision,
            digest=bodies.digest_of(body),
        )
        self._done.append(audit.Done(told.act, by.name, self.where, self._about, told.details, of_person))
        if body:
            self._bodies.append(FactBody(number=len(self._done), subject=self.row.pk, body=body))
        self.standing = applied.standing

    def refused(self, refusal: Refusal, act: audit.Act) -> Refused:
        details = {"act": act.value, "refusal": refusal.value, "person": str(self.row.pk)}
        return Refused(refusal, audit.Done(audit.Act.REFUSED, self.by.name, self.where, self._about, details))

    def is_found_under(self, values: frozenset[bytes]) -> None:
        """Say in the first fact what was added to the person's fingerprints; of somebody new, also that it was none."""
        if values or not self.before.version:
            self._done[0] = index_marks.said(self._done[0], self._own_key(), values)
        self._indexes = [PersonIndex(person_id=self.row.pk, value=value) for value in sorted(values)]
        self._entries = audit.to_append(self._done)

    def write(self) -> int:
        """Append to the chain, which all share, last; gives the last fact's number."""
        rows.insert(PersonIndex, self._indexes)
        number, _chained = audit.append(self._entries)
        for body in self._bodies:
            body.number += number - len(self._entries)
        rows.insert(FactBody, self._bodies)
        return number

    def _own_key(self) -> OwnKey:
        if self.own is None:
            self.own = subject_keys.one(self.row.pk)
        return self.own

    @property
    def _about(self) -> str:
        return str(self.visit or self.row.pk)

    @property
    def last_act(self) -> audit.Act:
        return self._done[-1].act


@dataclass(frozen=True, slots=True)
class Written:
    """All that is to be appended to one person, applied and sealed, and under what they are found from then on."""

    appended: _Appended
    told: tuple[Told, ...]


def project(row: Person, standing: Standing, number: int) -> None:
    """Have a person's row say where they stand after the fact of this number; the caller saves it."""
    basis = standing.basis
    row.version, row.at_fact, row.state = standing.version, number, fact_codec.standing_to_text(standing)
    row.status = standing.status.value
    row.attributes = " ".join(sorted(one.value for one in standing.identity.attributes))
    row.evidence, row.seen_with = standing.identity.evidence, basis.companion_code
    row.evidence_on = date.fromisoformat(basis.evidence_on) if basis.evidence_on else None
    row.verified_at = datetime.fromisoformat(basis.verified_at) if basis.verified_at else None
    row.decided_at = datetime.fromisoformat(basis.decided_at) if basis.decided_at else None
    row.decided_by = basis.decided_by
    row.absorbed_by_id = UUID(standing.absorbed_by) if standing.absorbed_by else None
    row.erased_at = datetime.fromisoformat(standing.erased_at) if standing.erased_at else None
    row.proof, row.stands = reading.proof_of(row), standing


def _forget(row: Person) -> None:
    """Of who is erased nothing stays that says anything, finds them, or holds up somebody else."""
    FactBody.objects.filter(subject=row.pk).delete()
    PersonIndex.objects.filter(person=row).delete()
    Holding.objects.filter(person=row).delete()  # closed ones too: who has the secret tries numbers against them
    PersonPair.objects.filter(Q(first=row) | Q(second=row), state=PairState.POSSIBLE).delete()


def _to_hold(appended: _Appended, told: Sequence[Told]) -> Holding | None:
    """What is held from now on, if nobody else does and nothing bars it; its place in the trail is not known yet."""
    row, mark = appended.row, appended.standing.held
    if mark is None or mark == appended.before.held:
        return None
    value = _value(row, mark, told)
    refusal = _held_elsewhere(row, mark.oid, value)
    if refusal is not None:
        raise appended.refused(refusal, appended.last_act)
    return Holding(person=row, kind=IdentifierKind.INS, domain=mark.oid, value=value, mark=mark.number)


def _hold(appended: _Appended, held: Holding | None, number: int) -> None:
    """Let go with this fact what is no longer held, and hold what is from now on."""
    row, before = appended.row, appended.before.held
    if before is not None and appended.standing.held != before:
        Holding.objects.filter(person=row, kind=IdentifierKind.INS, until=None).update(until=number)
    if held is None:
        return
    held.since = number
    rows.insert(Holding, [held])


# What a database says that was refused: the table (SQLite), or the constraint.
_OF_HOLDINGS = (Holding._meta.db_table, *(one.name for one in Holding._meta.constraints))


def _value(row: Person, mark: Mark, told: Sequence[Told]) -> bytes:
    """The fingerprint of the matricule with this mark: told now, or held before and restored."""
    for one in told:
        if one.matricule is not None and bodies.mark_of(row.pk, one.matricule) == mark:
            return bodies.value_of(one.matricule)
    former = Holding.objects.filter(person=row, mark=mark.number, domain=mark.oid).values_list("value", flat=True)
    return bytes(former[0])


def held_elsewhere(row: Person | None, matricule: Matricule) -> Refusal | None:
    """Why a person cannot hold this matricule: another does, or INSi gave it for somebody barred, not set apart."""
    return _held_elsewhere(row, matricule.oid, bodies.value_of(matricule))


def _held_elsewhere(row: Person | None, domain: str, value: bytes) -> Refusal | None:
    mine = by_hand.key(row.pk) if row is not None else None
    counted = met_as([value])
    found = by_hand.rows(_HELD_OR_GIVEN, IdentifierKind.INS.value, domain, counted, counted)
    others = [(person, attributes) for person, attributes in found if person != mine]
    if any(not attributes for _person, attributes in others):
        return Refusal.HELD_BY_ANOTHER
    barred = {person for person, attributes in others if not BARRING.isdisjoint(attributes.split())}
    if not barred or row is None:
        return Refusal.BARRED_ELSEWHERE if barred else None
    apart = PersonPair.objects.filter(Q(first=row.pk) | Q(second=row.pk), state=PairState.APART)
    sides = {by_hand.key(side) for pair in apart.values_list("first", "second") for side in pair}
    return Refusal.BARRED_ELSEWHERE if barred - sides else None


# Who holds a number: without attributes. To whom INSi ever gave it: with the attributes they bear, if any.
_HELD_OR_GIVEN = """SELECT person_id, '' FROM console_holding
WHERE kind = %s AND domain = %s AND value IN (…) AND until IS NULL
UNION ALL SELECT given.person_id, whose.attributes FROM console_personindex given
JOIN console_person whose ON whose.key = given.person_id WHERE given.value IN (…) AND whose.attributes <> ''"""


def _matricules(told: Sequence[Told]) -> frozenset[bytes]:
    """Whom INSi ever gave a number is found by it again, accepted or not."""
    return frozenset(bodies.value_of(one.matricule) for one in told if one.matricule is not None)


def _not_yet(row: Person, wanted: frozenset[bytes]) -> frozenset[bytes]:
    """Under which of these a person is not found yet."""
    if not wanted:
        return wanted
    mine = PersonIndex.objects.filter(person=row, value__in=wanted).values_list("value", flat=True)
    return wanted - {bytes(one) for one in mine}
