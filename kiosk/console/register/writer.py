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
from kiosk.console.models import FactBody, Holding, IdentifierKind, Outbox, PairState, Person, PersonIndex, PersonPair
from kiosk.console.records import subject_keys
from kiosk.console.records.subject_keys import OwnKey
from kiosk.console.register import bodies, reading
from kiosk.core.identity.matricule import Mark, Matricule
from kiosk.core.status import fact_codec
from kiosk.core.status.folding import apply
from kiosk.core.status.permissions import BARRING, IdentityStatus
from kiosk.core.status.person_events import PersonEvent
from kiosk.core.status.standing import Fact, Standing
from kiosk.core.status.transitions import Actor, Refusal

WITHDRAWN = "withdrawn"
_NOW = 0  # the number of a fact that has none yet: it is written last


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


def open_person(at: datetime | None = None) -> Person:
    """A new person of whom nothing is known yet, with a key of their own; the first fact makes them one."""
    key = uuid4()
    subject_keys.create([key], pending=True)
    return Person.objects.create(key=key, opened_at=at or timezone.now())


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
    what is kept is not what was written.
    """
    with transaction.atomic():
        # Whoever only refers to this person (a visit, a pair) need not wait, and never holds up who changes them.
        row = Person.objects.select_for_update(of=("self",), no_key=True).get(pk=person)
        before = reading.standing_of(row)
        if expected_version is not None and before.version != expected_version:
            raise Conflict
        appended = _Appended(row, by, at or timezone.now(), visit, where, before)
        appended.decision = before.version + 1 if is_decision else 0
        for one in told:
            appended.add(one)
        _hold(appended, before, told)
        number = appended.write()
        if appended.standing.held != before.held:
            Holding.objects.filter(person=row, since=_NOW).update(since=number)
            Holding.objects.filter(person=row, until=_NOW).update(until=number)
        project(row, appended.standing, number)
        row.save()
        _index(row, indexes | _matricules(told), is_new=not before.version)
        if appended.standing.erased_at:
            _forget(row)
        if before.status is IdentityStatus.QUALIFIED and appended.standing.status is not IdentityStatus.QUALIFIED:
            Outbox.objects.create(fact=number, person=row, control_id=uuid4(), kind=WITHDRAWN, made_at=appended.at)
        return row


class _Appended:
    """What one call of ``record`` is about to append, and where the person stands after it."""

    def __init__(
        self, row: Person, by: Actor, at: datetime, visit: UUID | None, where: str, standing: Standing
    ) -> None:
        self.row, self.by, self.at, self.visit, self.where, self.standing = row, by, at, visit, where, standing
        self.decision = 0
        self._done: list[audit.Done] = []
        self._bodies: list[bytes] = []
        self._key: OwnKey | None = None

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
        self._bodies.append(body)
        self.standing = applied.standing

    def refused(self, refusal: Refusal, act: audit.Act) -> Refused:
        details = {"act": act.value, "refusal": refusal.value, "person": str(self.row.pk)}
        return Refused(refusal, audit.Done(audit.Act.REFUSED, self.by.name, self.where, self._about, details))

    def write(self) -> int:
        """Append to the chain, which all share, last; gives the last fact's number."""
        number, _chained = audit.record_all(self._done)
        first = number - len(self._done) + 1
        FactBody.objects.bulk_create(
            FactBody(number=first + place, subject=self.row.pk, body=body)
            for place, body in enumerate(self._bodies)
            if body
        )
        return number

    def _own_key(self) -> OwnKey:
        """The person's key, asked for once."""
        if self._key is None:
            self._key = subject_keys.one(self.row.pk)
        return self._key

    @property
    def _about(self) -> str:
        return str(self.visit or self.row.pk)

    @property
    def last_act(self) -> audit.Act:
        return self._done[-1].act


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
    row.proof = reading.proof_of(row)


def _forget(row: Person) -> None:
    """Of who is erased nothing stays that says anything, finds them, or holds up somebody else."""
    FactBody.objects.filter(subject=row.pk).delete()
    PersonIndex.objects.filter(person=row).delete()
    Holding.objects.filter(person=row).delete()  # closed ones too: who has the secret tries numbers against them
    PersonPair.objects.filter(Q(first=row) | Q(second=row), state=PairState.POSSIBLE).delete()


def _hold(appended: _Appended, before: Standing, told: Sequence[Told]) -> None:
    """Let go what is no longer held; hold what is, if nobody else does and nothing bars it."""
    row, mark = appended.row, appended.standing.held
    if mark == before.held:
        return
    if before.held is not None:
        Holding.objects.filter(person=row, kind=IdentifierKind.INS, until=None).update(until=_NOW)
    if mark is None:
        return
    value = _value(row, mark, told)
    refusal = _held_elsewhere(row, mark.oid, value)
    if refusal is not None:
        raise appended.refused(refusal, appended.last_act)
    held = Holding(person=row, kind=IdentifierKind.INS, domain=mark.oid, value=value, mark=mark.number, since=_NOW)
    try:
        with transaction.atomic():
            held.save(force_insert=True)
    except IntegrityError:  # another decided at the same moment
        raise appended.refused(Refusal.HELD_BY_ANOTHER, appended.last_act) from None


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
    mine = row.pk if row is not None else None
    others = Holding.objects.filter(kind=IdentifierKind.INS, domain=domain, value=value, until=None)
    if others.exclude(person=mine).exists():
        return Refusal.HELD_BY_ANOTHER
    barring = Q()
    for attribute in BARRING:
        barring |= Q(person__attributes__contains=attribute.value)
    known = PersonIndex.objects.filter(barring, value=value).exclude(person=mine).values_list("person", flat=True)
    barred = set(known[:50])
    if not barred:
        return None
    apart = PersonPair.objects.filter(Q(first=mine) | Q(second=mine), state=PairState.APART)
    sides = {side for pair in apart.values_list("first", "second") for side in pair}
    return Refusal.BARRED_ELSEWHERE if barred - sides else None


def _matricules(told: Sequence[Told]) -> frozenset[bytes]:
    """Whom INSi ever gave a number is found by it again, accepted or not."""
    return frozenset(bodies.value_of(one.matricule) for one in told if one.matricule is not None)


def _index(row: Person, wanted: frozenset[bytes], *, is_new: bool) -> None:
    if not wanted:
        return
    mine = PersonIndex.objects.filter(person=row).values_list("value", flat=True)
    known = set[bytes]() if is_new else {bytes(one) for one in mine}
    PersonIndex.objects.bulk_create(PersonIndex(person=row, value=value) for value in sorted(wanted - known))
