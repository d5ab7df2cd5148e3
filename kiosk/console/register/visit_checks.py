"""Whether visits are as the trail says: whose they are, who was seen, what a machine took for theirs, their keys."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import BinaryField
from django.db.models.functions import Substr

from kiosk.console import audit
from kiosk.console.models import Arrival, AuditEntry, Sealed, Stage
from kiosk.console.models.proven import Unproven
from kiosk.console.records import indexes, subject_keys
from kiosk.console.register.checks import is_key, keys_gone
from kiosk.console.witness import findings
from kiosk.console.witness.checks import Part
from kiosk.console.witness.findings import Found
from kiosk.core.status.permissions import IdentityStatus

ACTS_EACH = 6  # of a visit
SEEN_WITHIN = timedelta(minutes=5)  # of the fact: both are written in one transaction
_PROVISIONAL, _RETRIEVED = IdentityStatus.PROVISIONAL.value, IdentityStatus.RETRIEVED.value
_KNOWN = frozenset(one.value for one in audit.Act)
_LEAVES = {  # where an act leaves a visit, as long as it is the last that may have moved it
    audit.Act.CALLED: Stage.CALLED,
    audit.Act.RELEASED: Stage.WAITING,
    audit.Act.TRANSFERRED: Stage.WAITING,
    audit.Act.HELD: Stage.HELD,
    audit.Act.GONE: Stage.GONE,
    audit.Act.REMOVED: Stage.REMOVED,
}
_Row = tuple[UUID, UUID | None, str, datetime | None, str]
_COLUMNS = ("pk", "person", "reported", "presence_at", "stage")


@dataclass(slots=True)
class _Said:
    """What the trail says of one visit."""

    person: UUID | None = None
    seen_at: datetime | None = None
    may_be_unseen: bool = False  # a decision was undone since: that may have been it
    reported: str | None = ""  # None: an earlier version did not say
    is_taken_in: bool = False
    stage: str = ""  # where its last act left it, where that is told by the act alone
    moves: list[tuple[int, str]] = field(default_factory=list)  # the acts that may have moved it

    def hear(self, act: str, kind: str, person: UUID | None, at: datetime | None, details: str) -> None:
        self.is_taken_in |= act == audit.Act.TAKEN_IN
        if act not in audit.MOVES_NOT:
            self.stage = _LEAVES.get(audit.Act(act), "") if act in _KNOWN else ""
        match kind or act:
            case "visit-attached":
                self.person = person
            case "visit-detached":
                self.person = self.seen_at = None
            case "presence-checked":
                self.seen_at, self.may_be_unseen = at, False
            case audit.Act.UNDONE | "undone":
                self.may_be_unseen = True
            case audit.Act.ANSWER_REPORTED:
                self.reported = _PROVISIONAL
            case audit.Act.TAKEN_IN | audit.Act.INSI_ASKED:
                said = json.loads(details)
                self.reported = said.get("reported", said.get("status"))

    def agrees(self, row: _Row) -> bool:
        _key, person, reported, seen_at, stage = row
        is_where_it_was_left = self.is_taken_in and self.stage in {"", stage}
        is_said_so = self._agrees_who_was_seen(seen_at) and self._agrees_reported(reported)
        return person == self.person and is_where_it_was_left and is_said_so

    def _agrees_who_was_seen(self, seen_at: datetime | None) -> bool:
        if seen_at is None:
            return self.seen_at is None or self.may_be_unseen
        return self.seen_at is not None and abs(seen_at - self.seen_at) <= SEEN_WITHIN

    def _agrees_reported(self, reported: str) -> bool:
        """No machine says more than retrieved, nor that where the trail says less."""
        return reported == _PROVISIONAL or (reported == _RETRIEVED and self.reported != _PROVISIONAL)


def visits(position: str, most: int) -> Part:
    """Every visit is whose the trail says, and so at most one person's (property 18); and what a machine said of it."""
    most = max(1, most // ACTS_EACH)
    rows = Arrival.objects.order_by("pk")
    rows = rows.filter(pk__gt=UUID(position)) if is_key(position) else rows
    batch: list[_Row] = list(rows.values_list(*_COLUMNS)[:most])
    said = _said([row[0] for row in batch])
    odd = [row[0] for row in batch if not said[row[0]].agrees(row)]
    found = [one for visit in odd for one in _looked_at_again(visit)]
    found += keys_gone(_locked([row[0] for row in batch]), lambda key: Sealed.objects.filter(pk=key))
    found += [one for visit in _found_otherwise([row[0] for row in batch]) for one in _sought_again(visit)]
    return Part("" if len(batch) < most else batch[-1][0].hex, len(batch), tuple(found))


def _found_otherwise(visits: Sequence[UUID]) -> list[UUID]:
    """Those that the prior search does not find as they were noted; of before, none was noted."""
    kept = indexes.of(visits)
    noted = Arrival.objects.filter(pk__in=visits).exclude(stage=Stage.REMOVED).values_list("pk", "indexed")
    return [visit for visit, told in noted if told and not indexes.is_noted(visit, kept.get(visit, ()), told)]


def _sought_again(visit: UUID) -> Iterator[Found]:
    """Looked at again while nobody can add to it."""
    with transaction.atomic():
        is_there = bool(Arrival.objects.select_for_update(of=("self",)).filter(pk=visit).values_list("pk", flat=True))
        is_altered = is_there and bool(_found_otherwise([visit]))
        count = len(indexes.of([visit]).get(visit, ()))
    if is_altered:
        yield Found("index", f"{visit}-{count}")


def _locked(visits: Sequence[UUID]) -> list[UUID]:
    """Those of which something is kept under a key of their own; before there were such keys, it was sealed only."""
    start = Substr("check_in", 1, subject_keys.MARK_BYTES, output_field=BinaryField())
    kept = Sealed.objects.filter(pk__in=visits).annotate(start=start).values_list("pk", "start")
    return [visit for visit, start in kept if subject_keys.is_locked(bytes(start))]


def _said(visits: Sequence[UUID]) -> dict[UUID, _Said]:
    """What the trail says, act by act."""
    said = {visit: _Said() for visit in visits}
    entries = AuditEntry.objects.filter(about__in=[str(one) for one in visits])
    columns = ("number", "about", "act", "kind", "person", "effective_at", "details")
    for number, about, act, kind, person, at, details in entries.order_by("number").values_list(*columns):
        said[UUID(about)].hear(act, kind, person, at, details)
        said[UUID(about)].moves.append((number, act))
    return said


def must_be_as_said(arrival: Arrival) -> None:
    """For who decides about a visit: its row is as the trail leaves it, and each act is there that is remembered.

    Unproven, and an alarm, where it is not: nothing is to be decided on that, and nobody waits for the worker.
    """
    known = audit.of_visits.of(str(arrival.pk))  # before the trail is asked: it may go on meanwhile
    said = _said([arrival.pk])[arrival.pk]
    row: _Row = (arrival.pk, arrival.person_id, arrival.reported, arrival.presence_at, arrival.stage)
    found = [] if said.agrees(row) else list(_looked_at_again(arrival.pk))
    found += [Found("altered", f"{number}-said") for number, act in known if (number, act) not in said.moves]
    if found:
        findings.note(found)
        raise Unproven("a visit is not as the trail says")


def _looked_at_again(visit: UUID) -> Iterator[Found]:
    with transaction.atomic():
        row: _Row = Arrival.objects.select_for_update(of=("self",)).values_list(*_COLUMNS).get(pk=visit)
        said = _said([visit])[visit]
    if not said.agrees(row):
        _key, person, reported, seen_at, stage = row
        mark = person.hex[:10] if person is not None else "nobody"
        yield Found("visit", f"{visit}-{mark if person != said.person else _mark(reported, seen_at, stage)}")


def _mark(reported: str, seen_at: datetime | None, stage: str) -> str:
    return f"{reported.lower()[:3]}-{'seen' if seen_at is not None else 'un'}-{stage[:5]}"
