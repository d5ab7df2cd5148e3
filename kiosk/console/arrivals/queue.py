"""Who is waiting, and who takes whom: two members of staff never get the same patient."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Case, Count, Exists, IntegerField, Min, OuterRef, Q, QuerySet, Value, When
from django.utils import timezone

from kiosk.console import audit
from kiosk.console.arrivals import tickets
from kiosk.console.models import Arrival, AuditEntry, Bare, Call, Need, Staff, Stage, places, rows
from kiosk.console.witness import findings

SHOWN = 60
CALL_SHOWN_FOR = timedelta(hours=2)
IN_WORK = (Stage.WAITING, Stage.CALLED, Stage.HELD)
_REOPENED = (Stage.SET_ASIDE, Stage.DONE)
_GROUPED = Q(bare=Bare.ONE_OF_MANY, stage=Stage.WAITING)


class NotPossible(Exception):
    """Somebody else was faster, or the arrival is elsewhere by now."""


@dataclass(frozen=True, slots=True)
class Group:
    """Those of one kiosk who came by touch alone, many within a short time."""

    kiosk: str
    count: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Calls:
    """Who calls from one kiosk: one line, however often."""

    key: UUID  # of the first, for all of them
    kiosk: str
    reasons: tuple[str, ...]
    count: int
    since: datetime
    latest: datetime


def in_work(need: str = "", desk: str = "", kiosk: str = "") -> QuerySet[Arrival]:
    """Those staff has still to deal with, who has waited longest first: by this console's clock, no kiosk's.

    ``kiosk``: those who stand in its one line; nobody else sees them one by one.
    """
    here = Arrival.objects.filter(stage__in=IN_WORK)
    theirs = Arrival.objects.filter(person=OuterRef("person"), noted_at__isnull=False)
    chosen = here.select_related("assigned_to", "person__absorbed_by").annotate(of_person=Exists(theirs))
    if kiosk:
        grouped = here.filter(_GROUPED)
        chosen = chosen.filter(_GROUPED, terminal_id__in=places.saying(grouped, "terminal_id", kiosk))
    else:
        chosen = chosen.exclude(_GROUPED)
    if need:
        chosen = chosen.filter(need=need)
    if desk:
        chosen = chosen.filter(desk__in=places.saying(here, "desk", desk))
    return chosen.order_by("received_at", "key")[:SHOWN]


@dataclass(frozen=True, slots=True)
class Counts:
    """How many are in work, how many of them nobody has called yet, and what stands in one line each."""

    needs: Counter[str]
    waiting: int
    groups: tuple[Group, ...]


def counts(desk: str = "") -> Counts:
    """All of them by what is needed of staff; in one line each, those of this desk."""
    by = ("need", "stage", "bare", "terminal_id", "desk")
    needs, waiting, groups = Counter[str](), 0, dict[str, Group]()
    found = Arrival.objects.filter(stage__in=IN_WORK).order_by().values_list(*by)
    for need, stage, bare, kiosk, where, many, since in found.annotate(Count("pk"), Min("received_at")):
        is_waiting = stage == Stage.WAITING
        waiting += many if is_waiting else 0
        if not (is_waiting and bare == Bare.ONE_OF_MANY):
            needs[need] += many
        elif desk in {"", where}:
            others = groups.get(kiosk, Group(kiosk, 0, since))
            groups[kiosk] = Group(kiosk, others.count + many, min(since, others.since))
    return Counts(needs, waiting, tuple(groups[kiosk] for kiosk in sorted(groups)))


def open_calls() -> list[Calls]:
    """Who calls from a kiosk, a line for each, whoever has waited longest first."""
    since, lines = timezone.now() - CALL_SHOWN_FOR, dict[str, list[Call]]()
    calls = list(Call.objects.filter(answered_at=None, called_at__gte=since).order_by("called_at", "key"))
    findings.meet(call.as_found() for call in calls if not call.is_proven)
    for call in (one for one in calls if one.is_proven):
        lines.setdefault(call.terminal_id, []).append(call)
    return [_as_one(kiosk, calls) for kiosk, calls in lines.items()]


def _as_one(kiosk: str, calls: list[Call]) -> Calls:
    reasons = tuple(dict.fromkeys(str(call.get_reason_display()) for call in calls))
    return Calls(calls[0].pk, kiosk, reasons, len(calls), calls[0].called_at, calls[-1].called_at)


def call_next(staff: Staff, *, where: str = "", desk: str = "") -> Arrival | None:
    """Give this member of staff the patient who has waited longest; None when nobody waits.

    Those INSi has not answered for come later, and last those who came by touch alone, one of many of their kiosk's.
    """
    with transaction.atomic():
        waiting = Arrival.objects.filter(stage=Stage.WAITING)
        if desk:
            waiting = waiting.filter(desk__in=places.saying(waiting, "desk", desk, ""))
        later = Case(
            When(bare=Bare.ONE_OF_MANY, then=Value(2)),
            When(need=Need.INSI_PENDING, insi_next_at__isnull=False, then=Value(1)),
            default=Value(0),
            output_field=IntegerField(),
        )
        chosen = waiting.annotate(later=later).order_by("later", "received_at", "key")
        if connection.features.has_select_for_update_skip_locked:
            chosen = chosen.select_for_update(skip_locked=True)
        arrival = _first_of_ours(chosen)
        if arrival is None:
            return None
        _assign(arrival, staff, where)
        return arrival


def _first_of_ours(chosen: QuerySet[Arrival]) -> Arrival | None:
    """The first whose row proves itself: another one holds nobody up."""
    passed: list[UUID] = []
    while (arrival := chosen.exclude(pk__in=passed).first()) is not None and not arrival.is_proven:
        passed.append(arrival.pk)
    return arrival


def take(key: UUID, staff: Staff, *, where: str = "", may_reopen: bool = False) -> Arrival:
    """Take one chosen patient. NotPossible when a colleague has them; the unit may reopen what was set aside."""
    with transaction.atomic():
        arrival = locked(key)
        if may_reopen and arrival.stage in _REOPENED:
            _assign(arrival, staff, where, before=arrival.stage)
            return arrival
        if arrival.stage not in {Stage.WAITING, Stage.HELD} and arrival.assigned_to_id != staff.pk:
            raise NotPossible
        if arrival.stage not in IN_WORK:
            raise NotPossible
        if arrival.stage != Stage.CALLED:
            _assign(arrival, staff, where)
        return arrival


def move(key: UUID, staff: Staff, stage: Stage, *, where: str = "") -> Arrival:
    """Hold, release, or note that the patient left. NotPossible when a colleague has them."""
    acts = {Stage.HELD: audit.Act.HELD, Stage.WAITING: audit.Act.RELEASED, Stage.GONE: audit.Act.GONE}
    with transaction.atomic():
        arrival = locked(key)
        if arrival.stage not in IN_WORK or arrival.assigned_to_id not in {None, staff.pk}:
            raise NotPossible
        before, act = arrival.stage, acts[stage]
        if stage == Stage.WAITING and (left := reopened_from(arrival)):  # left as it was: nobody waits
            stage, act = left, audit.Act.PUT_BACK
            arrival.reason = arrival.reason if stage == Stage.SET_ASIDE else ""
        arrival.stage = stage
        arrival.assigned_to = staff if stage == Stage.HELD else None
        rows.update(arrival, "stage", "assigned_to", "reason")
        audit.record(act, who=staff.username, where=where, about=str(key), before=before)
        return arrival


def pause(key: UUID, staff: Staff, *, where: str = "") -> Arrival | None:
    """Hold whom this member of staff leaves undecided for the next one; None where nobody is left so."""
    arrival = Arrival.objects.filter(pk=key, stage=Stage.CALLED, assigned_to=staff).first()
    try:
        return move(key, staff, Stage.HELD, where=where) if arrival is not None else None
    except NotPossible:
        return None


def transfer(key: UUID, staff: Staff, desk: str, *, where: str = "") -> Arrival:
    """Send the patient to another desk, back in the queue there."""
    with transaction.atomic():
        arrival = locked(key)
        if arrival.stage not in IN_WORK or arrival.assigned_to_id not in {None, staff.pk}:
            raise NotPossible
        arrival.stage, arrival.assigned_to, arrival.desk = Stage.WAITING, None, desk[:20]
        tickets.claim(arrival)
        tickets.rename(arrival)  # where somebody has that number there
        rows.update(arrival, "stage", "assigned_to", "desk", "ticket", "ticket_mark")
        audit.record(
            audit.Act.TRANSFERRED, who=staff.username, where=where, about=str(key), desk=arrival.as_kept("desk")
        )
        return arrival


def come_back(key: UUID, staff: Staff, *, where: str = "") -> Arrival:
    """A patient noted as gone is here after all."""
    with transaction.atomic():
        arrival = locked(key)
        if arrival.stage != Stage.GONE:
            raise NotPossible
        arrival.stage, arrival.assigned_to = Stage.WAITING, None
        rows.update(arrival, "stage", "assigned_to")
        audit.record(audit.Act.UNDONE, who=staff.username, where=where, about=str(key), before=Stage.GONE.value)
        return arrival


def answer_call(key: UUID, staff: Staff, *, where: str = "") -> None:
    """A member of staff goes to the kiosk, for all who call there. Answered twice, the first one counts."""
    with transaction.atomic():
        call = Call.objects.filter(pk=key).first()
        if call is None:
            return
        calls = list(Call.objects.select_for_update(of=("self",)).filter(terminal=call.terminal_id, answered_at=None))
        ours = [one for one in calls if one.is_proven]
        for one in ours:
            one.answered_at, one.answered_by = timezone.now(), staff
            rows.update(one, "answered_at", "answered_by")
        if ours:
            details: dict[str, audit.Detail] = {"calls": len(ours)} if len(ours) > 1 else {}
            audit.record(audit.Act.ANSWERED, who=staff.username, where=where, about=str(key), **details)


def locked(key: UUID) -> Arrival:
    """One arrival, held until the transaction ends.

    What is sealed of it is read after that, not with it: PostgreSQL would give what stood there before the wait.
    """
    return locked_beside(key)()


def locked_beside(key: UUID) -> Callable[[], Arrival]:
    """The same, read when it is called: within ``rows.at_once`` what may have changed until then is asked meanwhile."""
    asked = rows.asked(Arrival, key)

    def read() -> Arrival:
        found = asked()
        if found is None:
            raise NotPossible
        return found

    return read


def reopened_from(arrival: Arrival) -> Stage | None:
    """Where it was when the unit took it up, decided: what waits for the unit still does.

    None when somebody waits: also for whom the unit sent to a desk.
    """
    last = last_taken_up(arrival)
    if last is not None:
        return Stage(last.before) if last.before else None
    # taken up under an earlier version
    return Stage.DONE if arrival.decided_at is not None and arrival.is_settled else None


class TakenUp(NamedTuple):
    """Of a decided dossier: who took it up last, and where it was; empty where it was sent to a desk since."""

    who: str
    before: str


def last_taken_up(arrival: Arrival) -> TakenUp | None:
    """Who took it up last once it was decided; None when nobody did. Asked once for a page."""
    if arrival.decided_at is None:
        return None
    known: list[TakenUp | None] = vars(arrival).setdefault("last_taken_up", [])
    if not known:
        told = Q(act=audit.Act.CALLED, before__in=_REOPENED) | Q(act=audit.Act.TRANSFERRED)
        acts = AuditEntry.objects.filter(told, about=str(arrival.pk)).order_by("-number")
        act, *taken = acts.values_list("act", "who", "before").first() or ("",)
        known.append(TakenUp("", "") if act == audit.Act.TRANSFERRED else TakenUp(*taken) if taken else None)
    return known[0]


def _assign(arrival: Arrival, staff: Staff, where: str, **details: audit.Detail) -> None:
    arrival.stage, arrival.assigned_to, arrival.assigned_at = Stage.CALLED, staff, timezone.now()
    rows.update(arrival, "stage", "assigned_to", "assigned_at")
    audit.record(audit.Act.CALLED, who=staff.username, where=where, about=str(arrival.pk), **details)
