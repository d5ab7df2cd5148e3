"""People of the register by its one writer, as tests of it want them."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.db import transaction

from kiosk.console import audit
from kiosk.console.models import AuditEntry, Person, PersonIndex
from kiosk.console.register import bodies, writer
from kiosk.console.register.writer import Refused, Told
from kiosk.core.identity.matricule import OID_NIR, Matricule
from kiosk.core.status.evidence import EvidenceTable
from kiosk.core.status.permissions import Attribute
from kiosk.core.status.person_events import (
    InsiAnswered,
    VisitAttached,
)
from kiosk.core.status.transitions import (
    Actor,
    ActorKind,
    AttributeSet,
    Created,
    EvidenceChecked,
    InsiAccepted,
    InsiRejected,
)

LEA, WORKER = Actor(ActorKind.STAFF, "lea"), Actor(ActorKind.WORKER, "worker")
NUMBER, OTHER = Matricule("2800175056016", "35", OID_NIR), Matricule("2800175056017", "32", OID_NIR)
CARD = next(kind for kind in EvidenceTable().types if kind.code == "CN")
NOW = datetime(2026, 11, 29, 9, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
CREATED = Told(Created(), audit.Act.PERSON_OPENED)
SEEN = Told(EvidenceChecked(CARD, True, "2026-11-29"), audit.Act.QUALIFIED)
REJECTED = Told(InsiRejected(), audit.Act.INS_REFUSED)
DOUBT = Told(AttributeSet(Attribute.DOUBTFUL), audit.Act.DOUBTED)
ATTACHED = Told(VisitAttached(), audit.Act.VISIT_ATTACHED)


def opened() -> UUID:
    return writer.open_person(writer.write_down(writer.newcomer(NOW), [CREATED], LEA, at=NOW)).pk


def answered(person: UUID, number: Matricule) -> Told:
    return Told(InsiAnswered(bodies.mark_of(person, number)), audit.Act.INSI_ANSWERED, matricule=number)


def taken(person: UUID, number: Matricule, cites: int = -1) -> Told:
    event = InsiAccepted(bodies.mark_of(person, number), True, True)
    return Told(event, audit.Act.ANSWER_TAKEN, cites=cites, matricule=number)


def retrieved(number: Matricule = NUMBER) -> UUID:
    person = opened()
    writer.record(person, [answered(person, number), taken(person, number)], LEA, at=NOW, is_decision=True)
    return person


def qualified(number: Matricule = NUMBER) -> UUID:
    person = retrieved(number)
    writer.record(person, [SEEN], LEA, at=NOW, is_decision=True)
    return person


def entries(person: UUID) -> list[AuditEntry]:
    return list(AuditEntry.objects.filter(person=person).order_by("nth"))


def row(person: UUID) -> Person:
    return Person.objects.get(pk=person)


def indexes(person: UUID) -> list[bytes]:
    return sorted(bytes(one) for one in PersonIndex.objects.filter(person=person).values_list("value", flat=True))


def refusal(person: UUID, *told: Told) -> Refused:
    with pytest.raises(Refused) as refused, transaction.atomic():  # the one that it ends
        writer.record(person, told, LEA, is_decision=True)
    return refused.value
