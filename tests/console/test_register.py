"""The one writer: what it appends, what it projects, and what it refuses; on the real databases."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.db import DatabaseError, transaction

from kiosk.console import audit
from kiosk.console.models import AuditEntry, Holding, Outbox, Person
from kiosk.console.register import bodies, reading, writer
from kiosk.console.register.writer import Conflict, Refused, Told
from kiosk.core.identity.matricule import OID_NIR, Matricule
from kiosk.core.status.evidence import EvidenceTable
from kiosk.core.status.permissions import Attribute
from kiosk.core.status.person_events import InsiAnswered, TraitsStated, Undone, VisitAttached
from kiosk.core.status.transitions import (
    Actor,
    ActorKind,
    AttributeSet,
    Created,
    EvidenceChecked,
    InsiAccepted,
    InsiRejected,
    Refusal,
)

pytestmark = pytest.mark.usefixtures("console")
LEA = Actor(ActorKind.STAFF, "lea")
NUMBER = Matricule("2800175056016", "35", OID_NIR)
CARD = next(kind for kind in EvidenceTable().types if kind.code == "CN")
NOW = datetime(2026, 11, 29, 9, tzinfo=UTC)


def _known(matricule: Matricule = NUMBER) -> UUID:
    """Somebody qualified, as a decision at the desk does it."""
    somebody = writer.newcomer(NOW)
    mark = bodies.mark_of(somebody.row.pk, matricule)
    told = (
        Told(Created(), audit.Act.PERSON_OPENED),
        Told(VisitAttached(), audit.Act.VISIT_ATTACHED),
        Told(TraitsStated(), audit.Act.TRAITS_STATED, body=b"traits"),
        Told(InsiAnswered(mark), audit.Act.INSI_ANSWERED, body=b"answer", matricule=matricule),
        Told(InsiAccepted(mark, True, True), audit.Act.ANSWER_TAKEN, cites=-1, matricule=matricule),
        Told(EvidenceChecked(CARD, True, "2026-11-29"), audit.Act.QUALIFIED),
    )
    with transaction.atomic():
        return writer.open_person(writer.write_down(somebody, told, LEA, at=NOW, is_decision=True)).pk


def test_a_decision_is_facts_and_the_row_is_what_they_fold_to() -> None:
    person = _known()
    row = Person.objects.get(pk=person)
    assert (row.status, row.evidence, str(row.evidence_on)) == ("QUALIFIED", "CN", "2026-11-29")
    assert reading.folded(person) == reading.standing_of(row)
    assert reading.body_of(person, 4) == b"answer"
    assert audit.verify()[1] == ()
    [held] = Holding.objects.filter(person=row)
    last = AuditEntry.objects.filter(person=person).order_by("-nth")[0]
    assert (held.until, held.since, row.at_fact) == (None, last.number, last.number)


def test_nobody_else_holds_the_same_number_whatever_its_key() -> None:
    first = _known()
    with pytest.raises(Refused) as refused:
        _known(Matricule(NUMBER.number, "99", OID_NIR))
    assert refused.value.refusal is Refusal.HELD_BY_ANOTHER
    refused.value.remember()
    assert AuditEntry.objects.order_by("-number")[0].act == "refused"
    writer.record(first, [Told(InsiRejected(), audit.Act.INS_REFUSED)], LEA, is_decision=True)
    _known()


def test_what_was_given_for_somebody_doubtful_is_nobody_s() -> None:
    first = _known()
    doubt = [Told(AttributeSet(Attribute.DOUBTFUL), audit.Act.DOUBTED)]
    writer.record(first, doubt, LEA, is_decision=True)
    with pytest.raises(Refused) as refused:
        _known()
    assert refused.value.refusal is Refusal.BARRED_ELSEWHERE


def test_an_undo_never_revives_what_another_holds() -> None:
    first = _known()
    writer.record(first, [Told(InsiRejected(), audit.Act.INS_REFUSED)], LEA, is_decision=True)
    _known()
    with pytest.raises(Refused) as refused:
        writer.record(first, [Told(Undone(), audit.Act.UNDONE, cites=7)], LEA)
    assert refused.value.refusal is Refusal.HELD_BY_ANOTHER
    assert Person.objects.get(pk=first).status == "VALIDATED"


def test_an_undo_gives_all_of_it_back_the_evidence_s_day_included() -> None:
    person = _known()
    before = Person.objects.get(pk=person)
    writer.record(person, [Told(InsiRejected(), audit.Act.INS_REFUSED)], LEA, is_decision=True)
    writer.record(person, [Told(Undone(), audit.Act.UNDONE, cites=7)], LEA)
    after = Person.objects.get(pk=person)
    names = ("status", "evidence", "evidence_on", "decided_at", "decided_by", "verified_at")
    assert [getattr(after, name) for name in names] == [getattr(before, name) for name in names]
    assert Holding.objects.get(person=person, until=None).value


def test_whoever_qualified_is_no_longer_is_told_to_others_once() -> None:
    person = _known()
    writer.record(person, [Told(InsiRejected(), audit.Act.INS_REFUSED)], LEA, is_decision=True)
    [message] = Outbox.objects.filter(person=person)
    assert message.fact == Person.objects.get(pk=person).at_fact


def test_a_page_shown_before_another_s_decision_conflicts() -> None:
    person = _known()
    with pytest.raises(Conflict):
        writer.record(person, [Told(InsiRejected(), audit.Act.INS_REFUSED)], LEA, expected_version=5)


@pytest.mark.parametrize("column", ["status", "evidence", "state"])
def test_a_row_changed_by_hand_is_refused_by_the_database(column: str) -> None:
    person = _known()
    with pytest.raises(DatabaseError), transaction.atomic():
        Person.objects.filter(pk=person).update(**{column: "x"})


@pytest.mark.tampers
def test_a_row_altered_behind_the_database_s_back_is_not_used() -> None:
    person = _known()
    Person.objects.filter(pk=person).update(decided_by="marc")
    with pytest.raises(reading.Tampered):
        writer.record(person, [Told(InsiRejected(), audit.Act.INS_REFUSED)], LEA)
