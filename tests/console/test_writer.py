"""What one call of the one writer puts down, part by part, and what it leaves as it was; on the real databases."""

import json
from dataclasses import FrozenInstanceError
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from kiosk.console import audit
from kiosk.console.keystore.models import SubjectKey
from kiosk.console.models import AuditEntry, FactBody, Outbox, Person, PersonIndex
from kiosk.console.register import bodies, index_marks, reading, writer
from kiosk.console.register.writer import Conflict, Refused, Told
from kiosk.core.status.evidence import DEFAULT_EVIDENCE
from kiosk.core.status.permissions import Attribute
from kiosk.core.status.person_events import (
    InsiAnswered,
    InsiAsked,
    Merged,
    PairProposed,
    Side,
    Verified,
    VisitAttached,
)
from kiosk.core.status.transitions import (
    AttributeSet,
    EvidenceChecked,
    Refusal,
)
from tests.console.recorded import (
    ATTACHED,
    CREATED,
    DOUBT,
    LATER,
    LEA,
    NOW,
    NUMBER,
    OTHER,
    REJECTED,
    SEEN,
    WORKER,
    answered,
    entries,
    indexes,
    opened,
    qualified,
    refusal,
    retrieved,
    row,
    taken,
)

pytestmark = pytest.mark.usefixtures("console")


# --- the facts ----------------------------------------------------------------------------------------------------


def test_each_fact_says_who_when_where_and_of_which_visit() -> None:
    person, visit = opened(), uuid4()
    told = (
        Told(VisitAttached(), audit.Act.VISIT_ATTACHED, {"way": "new"}),
        Told(InsiAsked(), audit.Act.INSI_ASKED, by=WORKER),
        Told(InsiAnswered(None), audit.Act.INSI_ANSWERED, cites=-1),
    )
    writer.record(person, told, LEA, at=LATER, visit=visit, where="3")
    facts = entries(person)[1:]
    assert [(one.nth, one.act, one.kind) for one in facts] == [
        (2, "visit-attached", "visit-attached"),
        (3, "insi-asked", "insi-asked"),
        (4, "insi-answered", "insi-answered"),
    ]
    assert [(one.who, one.actor) for one in facts] == [("lea", "staff"), ("worker", "worker"), ("lea", "staff")]
    assert [(one.cites, one.decision) for one in facts] == [(0, 0), (0, 0), (3, 0)]
    assert {(one.where, one.about, one.effective_at) for one in facts} == {("3", str(visit), LATER)}
    assert [json.loads(one.details) for one in facts] == [{"way": "new"}, {}, {}]
    assert row(person).at_fact == facts[-1].number == audit.last_number()


def test_what_says_nothing_else_is_about_the_person_now_and_nowhere() -> None:
    person = opened()
    began = timezone.now()
    writer.record(person, [ATTACHED], LEA)
    fact = entries(person)[-1]
    assert (fact.about, fact.where, fact.cites, fact.decision, bytes(fact.digest)) == (str(person), "", 0, 0, b"")
    assert fact.effective_at is not None and began <= fact.effective_at <= timezone.now()


def test_a_fact_cites_another_by_its_place_or_by_how_long_before_it_was() -> None:
    person = opened()
    asked, answered = Told(InsiAsked(), audit.Act.INSI_ASKED), Told(InsiAnswered(None), audit.Act.INSI_ANSWERED)
    writer.record(person, [asked, asked, Told(answered.event, answered.act, cites=-2)], LEA)
    writer.record(person, [Told(answered.event, answered.act, cites=3)], LEA)
    assert [one.cites for one in entries(person)] == [0, 0, 0, 2, 3]


def test_a_decision_is_named_by_its_first_fact() -> None:
    person = retrieved()
    writer.record(person, [ATTACHED], LEA)
    writer.record(person, [SEEN, ATTACHED], LEA, is_decision=True)
    assert [one.decision for one in entries(person)] == [0, 2, 2, 0, 5, 5]


def test_what_facts_say_is_kept_each_under_its_own_number() -> None:
    retrieved()  # the trail is everybody's
    person = opened()
    told = [Told(VisitAttached(), audit.Act.VISIT_ATTACHED, body=body) for body in (b"", b"one", b"", b"two")]
    writer.record(person, told, LEA)
    facts = entries(person)
    assert [reading.body_of(person, nth) for nth in range(1, 6)] == [None, None, b"one", None, b"two"]
    assert set(FactBody.objects.values_list("pk", "subject")) == {
        (facts[2].number, person),
        (facts[4].number, person),
    }


def test_what_is_chained_of_an_event_is_plain_and_in_one_order() -> None:
    person = opened()
    writer.record(person, [SEEN, Told(PairProposed("é"), audit.Act.PAIR_FOUND)], LEA)
    evidence, pair = entries(person)[1:]
    assert evidence.codes == '{"agree": true, "evidence": "CN", "on": "2026-11-29", "strong": true}'
    assert pair.codes == '{"other": "\\u00e9"}'


def test_what_is_told_is_not_altered_on_its_way() -> None:
    with pytest.raises(FrozenInstanceError):
        ATTACHED.cites = 1
    somebody = writer.newcomer()
    with pytest.raises(FrozenInstanceError):
        somebody.row = Person()


def test_who_is_new_is_so_from_now_on_with_a_key_that_is_not_known_to_be_used_yet() -> None:
    began = timezone.now()
    somebody, earlier = writer.newcomer().row, writer.newcomer(NOW).row
    assert began <= somebody.opened_at <= timezone.now()
    assert earlier.opened_at == NOW
    assert SubjectKey.objects.filter(pk__in=(somebody.pk, earlier.pk), pending_since__gte=began).count() == 2
    assert not Person.objects.exists()


def test_somebody_s_first_facts_are_written_like_any_others() -> None:
    visit, began = uuid4(), timezone.now()
    told = [CREATED, Told(VisitAttached(), audit.Act.VISIT_ATTACHED, body=b"said")]
    person = writer.open_person(
        writer.write_down(
            writer.newcomer(),
            told,
            WORKER,
            at=LATER,
            visit=visit,
            where="4",
            is_decision=True,
            indexes=frozenset({b"x"}),
        )
    ).pk
    facts = entries(person)
    assert [(one.nth, one.who, one.about, one.where, one.effective_at, one.decision) for one in facts] == [
        (nth, "worker", str(visit), "4", LATER, 1) for nth in (1, 2)
    ]
    assert (reading.body_of(person, 2), indexes(person)) == (b"said", [b"x"])
    [fact] = entries(writer.open_person(writer.write_down(writer.newcomer(), [CREATED], LEA)).pk)
    assert (fact.about, fact.where, fact.decision) == (str(fact.person), "", 0)
    assert fact.effective_at is not None and began <= fact.effective_at <= timezone.now()


# --- the page that was shown --------------------------------------------------------------------------------------


def test_only_the_version_that_was_shown_is_decided_about_however_long_the_record() -> None:
    person = opened()
    writer.record(person, [ATTACHED] * 300, LEA, expected_version=1)
    for version in (0, 300, 302):
        with pytest.raises(Conflict):
            writer.record(person, [ATTACHED], LEA, expected_version=version)
    assert writer.record(person, [ATTACHED], LEA, expected_version=int("301")).version == 302
    writer.record(person, [Told(InsiAsked(), audit.Act.INSI_ASKED)], LEA, is_decision=True)
    writer.record(person, [Told(InsiAnswered(None), audit.Act.INSI_ANSWERED, cites=-1)], LEA)
    assert [(one.nth, one.cites, one.decision) for one in entries(person)[302:]] == [(303, 0, 303), (304, 303, 0)]


# --- the row ------------------------------------------------------------------------------------------------------


def _columns(person: UUID) -> tuple[Any, ...]:
    one = row(person)
    return one.version, one.status, one.attributes, one.evidence, str(one.evidence_on), one.seen_with


def _when(person: UUID) -> tuple[Any, ...]:
    one = row(person)
    return one.decided_at, one.decided_by, one.verified_at, one.absorbed_by_id


def test_a_row_says_where_its_person_stands() -> None:
    person = opened()
    assert _columns(person) == (1, "PROVISIONAL", "", "", "None", "")
    assert _when(person) == (None, "", None, None)
    family_book = next(kind for kind in DEFAULT_EVIDENCE if kind.code == "LE")
    seen = EvidenceChecked(family_book, True, "2026-11-28", "PPA")
    told = [answered(person, NUMBER), taken(person, NUMBER), Told(seen, audit.Act.QUALIFIED)]
    writer.record(person, told, LEA, at=NOW, is_decision=True)
    writer.record(person, [Told(AttributeSet(Attribute.HOMONYM), audit.Act.DOUBTED)], WORKER)
    writer.record(person, [Told(Verified(), audit.Act.VERIFIED)], WORKER, at=LATER)
    assert _columns(person) == (6, "QUALIFIED", "homonym", "LE", "2026-11-28", "PPA")
    assert _when(person) == (NOW, "lea", LATER, None)
    writer.record(person, [DOUBT], LEA, at=LATER)
    assert _columns(person) == (7, "PROVISIONAL", "doubtful homonym", "", "None", "")
    assert _when(person)[:3] == (NOW, "lea", None)


def test_a_row_that_leads_to_another_says_to_which() -> None:
    person, other = opened(), opened()
    writer.record(person, [Told(Merged(Side(str(other))), audit.Act.MERGED)], LEA)
    assert row(person).absorbed_by_id == other


# --- a refusal ----------------------------------------------------------------------------------------------------


def test_a_refusal_changes_nothing_and_says_what_was_tried() -> None:
    qualified()
    person, number = opened(), audit.last_number()
    told = (Told(VisitAttached(), audit.Act.VISIT_ATTACHED, body=b"said"), answered(person, NUMBER))
    refused = refusal(person, *told, taken(person, NUMBER), SEEN)
    assert refused.refusal is Refusal.HELD_BY_ANOTHER
    assert (audit.last_number(), FactBody.objects.filter(subject=person).count()) == (number, 0)
    assert not PersonIndex.objects.filter(person=person).exists()
    refused.remember()
    [said] = AuditEntry.objects.filter(number__gt=number)
    assert (said.act, said.who, said.about, said.person) == ("refused", "lea", str(person), None)
    assert json.loads(said.details) == {"act": "qualified", "refusal": "held-by-another", "person": str(person)}


def test_a_rule_of_the_core_names_the_act_that_it_forbids() -> None:
    person, visit = opened(), uuid4()
    with pytest.raises(Refused) as refused:
        writer.record(person, [ATTACHED, REJECTED, SEEN], LEA, visit=visit, where="3")
    refused.value.remember()
    said = AuditEntry.objects.order_by("-number")[0]
    assert (said.about, said.where) == (str(visit), "3")
    assert json.loads(said.details) == {"act": "ins-refused", "refusal": "no-matricule", "person": str(person)}


# --- what finds them, and what others are told --------------------------------------------------------------------


def test_a_person_is_found_once_under_each_key_and_by_every_number_insi_gave_them() -> None:
    person, stranger = opened(), opened()
    writer.record(stranger, [ATTACHED], LEA, indexes=frozenset({b"a" * 16}))
    number = bodies.value_of(NUMBER)
    writer.record(person, [answered(person, NUMBER)], LEA, indexes=frozenset({b"a" * 16, number}))
    assert indexes(person) == sorted((b"a" * 16, number))
    writer.record(person, [answered(person, OTHER)], LEA, indexes=frozenset({b"b" * 16, b"a" * 16}))
    assert indexes(person) == sorted((b"a" * 16, b"b" * 16, number, bodies.value_of(OTHER)))
    writer.record(person, [ATTACHED], LEA)
    assert len(indexes(person)) == 4


def test_each_call_says_in_its_first_fact_what_it_added_also_that_somebody_new_is_found_under_nothing() -> None:
    person = opened()
    writer.record(person, [ATTACHED, answered(person, NUMBER)], LEA)
    writer.record(person, [ATTACHED], LEA)
    said = ["indexed" in json.loads(one.details) for one in entries(person)]
    assert said == [True, True, False, False]
    assert index_marks.altered([person]) == []


def test_only_whoever_was_qualified_and_is_no_longer_is_told_to_others() -> None:
    person = retrieved()
    writer.record(person, [SEEN, REJECTED], LEA)  # within one call: nobody ever saw it
    writer.record(person, [answered(person, OTHER), taken(person, OTHER)], LEA, is_decision=True)
    writer.record(person, [ATTACHED], LEA)
    assert row(person).status == "QUALIFIED"
    assert not Outbox.objects.exists()
    writer.record(person, [REJECTED], LEA, at=LATER)
    writer.record(person, [ATTACHED], LEA)
    [message] = Outbox.objects.all()
    assert (message.person_id, message.kind, message.made_at) == (person, "withdrawn", LATER)
    assert message.fact == entries(person)[-2].number
    other = qualified()
    writer.record(other, [DOUBT], LEA)
    assert (row(other).status, Outbox.objects.filter(person=other).count()) == ("PROVISIONAL", 1)
