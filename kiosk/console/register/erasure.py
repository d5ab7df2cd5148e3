"""Erasing a person (identity-register, property 19): the fact, what it ends, and their keys asked for, all or nothing.

The keys are destroyed after that transaction (``records.erasing``): killed in between, the worker does it. A person is
every record that the unit said is theirs: the one that was kept, and those that lead to it. What stays are facts
without what they said, and visits without what they held.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from kiosk.console import audit
from kiosk.console.models import (
    Arrival,
    AuditEntry,
    Copy,
    PairState,
    Person,
    PersonPair,
    Sealed,
    Stage,
    Verification,
    rows,
)
from kiosk.console.records import erasing, indexes
from kiosk.console.register import writer
from kiosk.console.register.writer import Told
from kiosk.core.status.permissions import Attribute, IdentityStatus
from kiosk.core.status.person_events import Erased, Kept
from kiosk.core.status.transitions import Actor

IN_HAND = (Stage.WAITING, Stage.CALLED, Stage.HELD)
_LOOKS = 5  # at who belongs to a person, which others may change meanwhile


class Why(StrEnum):
    """Why a person is erased, for the trail."""

    REQUEST = "request"  # they asked for it
    MISTAKE = "mistake"  # the record should never have been opened
    ORDER = "order"  # an authority, or a court
    EXPIRED = "expired"  # the record's own time is over
    NOBODYS = "nobodys"  # by the worker: opened by a decision that was taken back


class InHand(Exception):
    """A visit of theirs is waiting or in somebody's hands: it is ended first."""


class _Moved(Exception):
    """Somebody merged, attached or took up meanwhile."""


@dataclass(frozen=True, slots=True)
class Meant:
    """What a key leads to: everything that is erased with it."""

    persons: tuple[Person, ...]  # not erased yet; empty: the visit is nobody's
    visits: tuple[Arrival, ...]  # of which something is still kept


def meant(key: UUID) -> Meant | None:
    """What a person's or a visit's key leads to; None where there is nothing, or nothing any more."""
    visit = Arrival.objects.filter(pk=key).select_related("person__absorbed_by").first()
    person = visit.known if visit is not None else Person.objects.filter(pk=key).first()
    if person is None:
        is_kept = visit is not None and visit.stage != Stage.REMOVED
        return Meant((), (visit,)) if visit is not None and is_kept else None
    group = _group(person.pk)
    persons = tuple(Person.objects.filter(pk__in=group, erased_at=None).order_by("pk"))
    return Meant(persons, tuple(_kept(Q(person__in=group)))) if persons else None


def erase(person: UUID, by: Actor, why: Why, *, where: str = "", expected_version: int | None = None) -> None:
    """Erase a person, every record that leads to theirs and every visit. Their keys are then to be destroyed.

    InHand; ``writer.Refused`` and ``writer.Conflict`` as the writer says; ``reading.Tampered``.
    """
    for _look in range(_LOOKS):
        try:
            with transaction.atomic():
                _erase(person, by, why, where, expected_version)
                return
        except _Moved:
            continue
    raise writer.Conflict


def erase_visit(visit: UUID, by: Actor, why: Why, *, where: str = "") -> None:
    """Erase what is kept of one visit that is nobody's. InHand; Conflict when it became somebody's."""
    with transaction.atomic():
        rows = list(Arrival.objects.select_for_update(of=("self",)).filter(pk=visit, person=None))
        if not rows:
            raise writer.Conflict
        _check_ended(rows)
        remove(rows, by, why.value, where=where)
        erasing.ask([visit])


def remove(visits: Collection[Arrival], by: Actor, why: str, *, where: str = "") -> None:
    """Remove all that is kept of these visits, locked by the caller, who has their keys destroyed.

    Each leaves its random name, so that a kiosk's repetition does not bring it back, and its line in the trail.
    """
    Sealed.objects.filter(arrival__in=visits).delete()
    indexes.forget([one.pk for one in visits])
    Copy.objects.filter(arrival__in=visits).delete()
    for visit in visits:
        visit.stage, visit.insi_next_at, visit.assigned_to, visit.candidate = Stage.REMOVED, None, None, None
        visit.digest, visit.signature, visit.plain, visit.indexed, visit.before = b"", b"", b"", b"", {}
        visit.noted_at = None
        if not visit.is_proven:
            visit.leave_what_is_not_closed()
        visit.is_proven = True  # whatever stood there is removed
        rows.update(visit)
    audit.record_all([audit.Done(audit.Act.REMOVED, by.name, where, str(one.pk), {"why": why}) for one in visits])


def nobodys(before: datetime, most: int) -> list[Person]:
    """Whom a decision opened that was taken back before this moment, and whom no visit leads to any more."""
    kept = Arrival.objects.filter(person=OuterRef("pk")).exclude(stage=Stage.REMOVED)
    last = AuditEntry.objects.filter(pk=OuterRef("at_fact"), at__lt=before)
    left = Person.objects.filter(decided_at=None, erased_at=None, absorbed_by=None, absorbed=None, version__gt=0)
    left = left.filter(status=IdentityStatus.PROVISIONAL.value, attributes__in=("", Attribute.HOMONYM.value))
    left = left.filter(Exists(last), ~Exists(kept))
    return list(left.order_by("pk")[:most])


def _erase(person: UUID, by: Actor, why: Why, where: str, expected_version: int | None) -> None:
    """Visits are locked before pairs, and pairs before persons: as whoever decides, and whoever judges, locks them."""
    group = _group(person)
    theirs = Q(person__in=group) | Q(candidate__in=group)
    visits = list(_kept(theirs).select_for_update(of=("self",)))
    pairs = set(_open_pairs(group).select_for_update().values_list("pk", flat=True))
    rows = list(Person.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=group).order_by("pk"))
    is_same = {one.pk for one in visits} == set(_kept(theirs).values_list("pk", flat=True))
    if not is_same or _group(person) != group or set(_open_pairs(group).values_list("pk", flat=True)) != pairs:
        raise _Moved
    _check_ended(visits)
    told = [Told(Erased(Kept.BODY), audit.Act.ERASED, {"reason": why.value})]
    left = [row for row in rows if row.erased_at is None] or rows  # all erased: the rule says so
    for row in left:
        expected = expected_version if row.pk == person else None
        writer.record(row.pk, told, by, where=where, expected_version=expected)
    Verification.objects.filter(person__in=group).update(calls=b"")
    own = [one for one in visits if one.person_id in group]
    remove(own, by, why.value, where=where)
    for one in Arrival.objects.select_for_update(of=("self",)).filter(candidate__in=group).order_by("pk"):
        one.candidate = None
        one.save(update_fields=["candidate"])
    erasing.ask([*(row.pk for row in left), *(one.pk for one in own)])


def _check_ended(visits: Collection[Arrival]) -> None:
    if any(one.stage in IN_HAND for one in visits):
        raise InHand


def _group(person: UUID) -> set[UUID]:
    """The record that is kept, and all that lead to it."""
    [root] = Person.objects.filter(pk=person).select_related("absorbed_by")
    group = last = {root.surviving.pk}
    while last := set(Person.objects.filter(absorbed_by__in=last).values_list("pk", flat=True)) - group:
        group |= last
    return group


def _kept(whose: Q) -> QuerySet[Arrival]:
    return Arrival.objects.filter(whose).exclude(stage=Stage.REMOVED).order_by("pk")


def _open_pairs(group: set[UUID]) -> QuerySet[PersonPair]:
    sides = Q(first__in=group) | Q(second__in=group)
    return PersonPair.objects.filter(sides, state=PairState.POSSIBLE).order_by("pk")
