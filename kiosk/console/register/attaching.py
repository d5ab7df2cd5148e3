"""Whose visit it is, said and taken back: by staff, or by the one rule that files a visit by itself."""

from kiosk.console import audit
from kiosk.console.models import Arrival, AuditEntry, Person
from kiosk.console.records import notes
from kiosk.console.register import answers, prior, reading, writer
from kiosk.console.register.writer import Told
from kiosk.core.checkin.value import CheckIn
from kiosk.core.status.person_events import InsiAsked, VisitAttached, VisitDetached
from kiosk.core.status.transitions import Actor


def attach(arrival: Arrival, check_in: CheckIn, person: Person, by: Actor, *, where: str = "") -> None:
    """Say whose visit it is; what INSi answered for it is one answer more. The caller saves the arrival.

    What was asked before this person's identity was last taken back answers no more: to ask anew is a new question.
    """
    standing = reading.standing_of(person)
    # where the visit came after that, INSi was asked after that too, for all we know
    counts = arrival.arrived_at >= reading.counts_since(person.pk, standing)
    answer = answers.as_fact(person, check_in) if counts else None
    told = [Told(VisitAttached(), audit.Act.VISIT_ATTACHED), *([answer] if answer is not None else [])]
    if standing.identity.is_barred:
        notes.withdraw_question(arrival)
    elif arrival.insi_next_at is not None:
        told.append(Told(InsiAsked(), audit.Act.INSI_REQUESTED))
    row = writer.record(person.pk, told, by, visit=arrival.pk, where=where, indexes=prior.indexes_of(check_in))
    arrival.person, arrival.question = row, row.version if isinstance(told[-1].event, InsiAsked) else 0


def detach(arrival: Arrival, by: Actor, *, where: str = "") -> None:
    """It was not theirs, or nobody has decided it any more. The caller saves the arrival."""
    if arrival.person is not None:
        told = [Told(VisitDetached(), audit.Act.VISIT_DETACHED)]
        writer.record(arrival.person.pk, told, by, visit=arrival.pk, where=where)
        arrival.person, arrival.question = None, 0
        arrival.presence_at = arrival.presence_by = None  # it was them who were seen


def was_decided(arrival: Arrival) -> bool:
    """A decision taken with this visit still stands: what it set aside would count again for somebody new."""
    whose = {arrival.person_id, arrival.known.pk} if arrival.known is not None else set()
    told = AuditEntry.objects.filter(about=str(arrival.pk), person__in=whose)
    taken = set(told.exclude(decision=0).values_list("person", "decision"))
    return bool(taken - set(told.filter(kind="undone").values_list("person", "cites")))
