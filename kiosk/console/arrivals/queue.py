"""Who is waiting, and who takes whom: two members of staff never get the same patient."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When
from django.utils import timezone

from kiosk.console import audit
from kiosk.console.models import Arrival, AuditEntry, Call, Need, Staff, Stage, rows

SHOWN = 60
CALL_SHOWN_FOR = timedelta(hours=2)
IN_WORK = (Stage.WAITING, Stage.CALLED, Stage.HELD)
_REOPENED = (Stage.SET_ASIDE, Stage.DONE)


class NotPossible(Exception):
    """Somebody else was faster, or the arrival is elsewhere by now."""


def in_work(need: str = "", desk: str = "") -> QuerySet[Arrival]:
    """Those staff has still to deal with, who has waited longest first."""
    chosen = Arrival.objects.filter(stage__in=IN_WORK).select_related("assigned_to", "person__absorbed_by")
    if need:
        chosen = chosen.filter(need=need)
    if desk:
        chosen = chosen.filter(desk=desk)
    return chosen.order_by("arrived_at")[:SHOWN]


def counts() -> tuple[Counter[str], int]:
    """How many are in work, by what is needed of staff; and how many of them nobody has called yet."""
    needs, waiting = Counter[str](), 0
    rows = Arrival.objects.filter(stage__in=IN_WORK).order_by().values_list("need", "stage").annotate(Count("pk"))
    for need, stage, many in rows:
        needs[need] += many
        waiting += many if stage == Stage.WAITING else 0
    return needs, waiting


def open_calls() -> QuerySet[Call]:
    """Who calls from a kiosk, oldest first."""
    since = timezone.now() - CALL_SHOWN_FOR
    return Call.objects.filter(answered_at=None, called_at__gte=since).select_related("terminal").order_by("called_at")


def call_next(staff: Staff, *, where: str = "", desk: str = "") -> Arrival | None:
    """Give this member of staff the patient who has waited longest; None when nobody waits.

    Patients with differences come before simple ones of the same minute; those INSi has not answered for come last.
    """
    with transaction.atomic():
        waiting = Arrival.objects.filter(stage=Stage.WAITING)
        if desk:
            waiting = waiting.filter(Q(desk=desk) | Q(desk=""))
        later = Case(
            When(need=Need.INSI_PENDING, insi_next_at__isnull=False, then=Value(1)),
            default=Value(0),
            output_field=IntegerField(),
        )
        chosen = waiting.annotate(later=later).order_by("later", "arrived_at", "key")
        if connection.features.has_select_for_update_skip_locked:
            chosen = chosen.select_for_update(skip_locked=True)
        arrival = chosen.first()
        if arrival is None:
            return None
        _assign(arrival, staff, where)
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
        arrival.save(update_fields=["stage", "assigned_to", "reason"])
        audit.record(act, who=staff.username, where=where, about=str(key), before=before)
        return arrival


def transfer(key: UUID, staff: Staff, desk: str, *, where: str = "") -> Arrival:
    """Send the patient to another desk, back in the queue there."""
    with transaction.atomic():
        arrival = locked(key)
        if arrival.stage not in IN_WORK or arrival.assigned_to_id not in {None, staff.pk}:
            raise NotPossible
        arrival.stage, arrival.assigned_to, arrival.desk = Stage.WAITING, None, desk[:20]
        arrival.save(update_fields=["stage", "assigned_to", "desk"])
        audit.record(audit.Act.TRANSFERRED, who=staff.username, where=where, about=str(key), desk=arrival.desk)
        return arrival


def come_back(key: UUID, staff: Staff, *, where: str = "") -> Arrival:
    """A patient noted as gone is here after all."""
    with transaction.atomic():
        arrival = locked(key)
        if arrival.stage != Stage.GONE:
            raise NotPossible
        arrival.stage, arrival.assigned_to = Stage.WAITING, None
        arrival.save(update_fields=["stage", "assigned_to"])
        audit.record(audit.Act.UNDONE, who=staff.username, where=where, about=str(key), before=Stage.GONE.value)
        return arrival


def answer_call(key: UUID, staff: Staff, *, where: str = "") -> None:
    """A member of staff goes to the kiosk. Answered twice, the first one counts."""
    with transaction.atomic():
        unanswered = Call.objects.filter(pk=key, answered_at=None)
        if unanswered.update(answered_at=timezone.now(), answered_by=staff):
            audit.record(audit.Act.ANSWERED, who=staff.username, where=where, about=str(key))


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
    if arrival.decided_at is None:
        return None
    told = Q(act=audit.Act.CALLED, before__in=_REOPENED) | Q(act=audit.Act.TRANSFERRED)
    acts = AuditEntry.objects.filter(told, about=str(arrival.pk))
    act, before = acts.order_by("-number").values_list("act", "before").first() or ("", "")
    if act == audit.Act.TRANSFERRED:
        return None
    if before:
        return Stage(before)
    return Stage.DONE if arrival.is_settled else None  # taken up under an earlier version


def _assign(arrival: Arrival, staff: Staff, where: str, **details: audit.Detail) -> None:
    arrival.stage, arrival.assigned_to, arrival.assigned_at = Stage.CALLED, staff, timezone.now()
    arrival.save(update_fields=["stage", "assigned_to", "assigned_at"])
    audit.record(audit.Act.CALLED, who=staff.username, where=where, about=str(arrival.pk), **details)
