"""What waits for the identity-vigilance unit: why each dossier is there, since when, and who confided it."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from kiosk.console import audit
from kiosk.console.arrivals import queue
from kiosk.console.identities.reasons import BY_WORKER, WhyAside
from kiosk.console.models import Arrival, AuditEntry, Stage

NOTED = "note"  # a filter: those with a note for the desk
NO_REASON = "-"  # a decision whose name says why: doubtful, fictitious
_MACHINES = ("worker", "migration", "update")
_MOVING = (audit.Act.INSI_OBSERVED, audit.Act.INSI_ANSWERED, audit.Act.VERIFIED, audit.Act.MIGRATED)


class Waiting(NamedTuple):
    """One dossier of the list, before its row is read."""

    key: UUID
    reason: str
    since: datetime
    is_noted: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One dossier as the unit sees it; ``by``: empty where the console itself put it there."""

    arrival: Arrival
    since: datetime
    by: str


def waiting() -> list[Waiting]:
    """All of them, who waits longest first; before all, one number in several records."""
    columns = ("pk", "reason", "decided_at", "received_at", "noted_at")
    found = list(Arrival.objects.filter(stage=Stage.SET_ASIDE).values_list(*columns))
    moved = _moved({key for key, reason, *_ in found if reason in BY_WORKER})
    rows = [
        Waiting(key, reason, moved.get(key) or decided or received, noted is not None)
        for key, reason, decided, received, noted in found
    ]
    return sorted(rows, key=lambda one: (one.reason != WhyAside.SHARED_NUMBER, one.since, one.key))


def in_hand() -> list[Arrival]:
    """Those that somebody has open just now, or paused: still the unit's, though nobody else can take them."""
    open_ones = Arrival.objects.filter(stage__in=(Stage.CALLED, Stage.HELD), decided_at__isnull=False)
    taken = open_ones.exclude(assigned_to=None).select_related("assigned_to").order_by("assigned_at", "key")
    return [one for one in taken if queue.reopened_from(one) == Stage.SET_ASIDE]


def counted(rows: Sequence[Waiting]) -> Mapping[str, int]:
    """How many there are for each reason, the most first, and how many bear a note."""
    reasons = Counter(one.reason or NO_REASON for one in rows)
    return dict(reasons.most_common()) | {NOTED: sum(one.is_noted for one in rows)}


def narrowed(rows: Sequence[Waiting], to: str) -> Sequence[Waiting]:
    """Those of one reason, or with a note."""
    if to == NOTED:
        return [one for one in rows if one.is_noted]
    return [one for one in rows if (one.reason or NO_REASON) == to] if to else rows


def lines(rows: Sequence[Waiting]) -> list[Line]:
    """A page of them, read whole: each proves itself."""
    chosen = Arrival.objects.filter(pk__in=[one.key for one in rows], stage=Stage.SET_ASIDE)
    found = {one.pk: one for one in chosen.select_related("decided_by", "person__absorbed_by")}
    return [Line(found[one.key], one.since, _by(found[one.key])) for one in rows if one.key in found]


def _by(arrival: Arrival) -> str:
    who = arrival.decided_by if arrival.reason not in BY_WORKER else None
    return str(who.username) if who is not None else ""


def _moved(keys: Collection[UUID]) -> dict[UUID, datetime]:
    """When the console itself put these there: its latest act about each that does so."""
    acts = AuditEntry.objects.filter(about__in=[str(one) for one in keys], who__in=_MACHINES, act__in=_MOVING)
    return {UUID(about): at for about, at in acts.order_by("number").values_list("about", "at")}
