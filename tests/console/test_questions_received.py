"""A question is received and nothing more, kept closed, and limited; without a check-in it is dropped."""

import base64
from datetime import UTC, datetime, timedelta

import pytest

from kiosk import sealing
from tests.console.arrivals import SIGNER, enrol
from tests.console.asked_through import (
    THROUGH,
    answered,
    asked,
    by_card,
    by_document,
    came,
    due_now,
    knowing,
    naming,
    row_of,
    said_to,
    sealed,
    send,
    trail,
)
from tests.console.rewritten import rewrite
from tests.people import DOMINIQUE, ZOE

pytestmark = [pytest.mark.usefixtures("console"), pytest.mark.long]


@pytest.fixture(autouse=True)
def _enrolled(console: object) -> None:
    enrol()


# --- received -------------------------------------------------------------------------------------------------------


def test_what_the_kiosk_is_told_is_the_same_whoever_it_is_about_and_however_often_it_asks() -> None:
    questions = [by_card(ZOE), by_card(DOMINIQUE), by_document(ZOE)]
    answers = [send(one) for one in (*questions, questions[0])]
    answered(knowing(ZOE))
    answers.append(send(questions[0]))
    assert {(one.status_code, one.content) for one in answers} == {(202, b'{"outcome": "received"}')}
    headers = [{name: said for name, said in one.headers.items() if name != "Expires"} for one in answers]
    assert all(one == headers[0] for one in headers)


def test_a_question_is_kept_closed_under_a_key_of_its_own() -> None:
    from kiosk.console.questions import keeping
    from kiosk.console.records import subject_keys

    question = asked(ZOE)
    row = row_of(question)
    assert subject_keys.is_locked(bytes(row.body)) and subject_keys.exists(keeping.subject_of(row.pk))
    assert ZOE.number.encode() not in bytes(row.body)
    assert (row.state, row.tries, row.visit) == ("waiting", 0, None)
    answered(knowing(ZOE))
    row = row_of(question)
    assert subject_keys.is_locked(bytes(row.answer))
    assert ZOE.birth_name.encode() not in bytes(row.answer)


def test_who_is_no_kiosk_of_ours_has_nothing_asked() -> None:
    from kiosk.console.models import Question
    from kiosk.console.terminals import enrolment

    question = by_card(ZOE)
    refusals = [
        send(question, signer=sealing.generate_signer()),
        send(question, kiosk="borne-9"),
        send(question, signature=base64.b64encode(sealing.sign(b"something else", SIGNER)).decode()),
        send(question, sent_at=(datetime.now(UTC) - timedelta(minutes=6)).isoformat()),
        send(question, sent_at=(datetime.now(UTC) + timedelta(minutes=6)).isoformat()),
    ]
    enrolment.revoke("borne-1", who="test")
    refusals.append(send(question))
    assert {(one.status_code, one.content) for one in refusals} == {(401, refusals[0].content)}
    assert not Question.objects.exists()


def test_a_question_of_another_kiosk_is_not_taken_over() -> None:
    enrol("borne-2")
    question = asked(ZOE)
    assert send(question, kiosk="borne-2").status_code == 401
    assert row_of(question).terminal_id == "borne-1"


def test_what_is_no_question_is_not_understood_and_not_repeated() -> None:
    from kiosk.console.models import Question
    from kiosk.console.records import vault

    question, ours = by_card(ZOE), vault.keys().current.public_key
    context = f"question:{question.key}".encode()
    for body in (
        b"",
        b"noise",
        sealing.seal(question.to_bytes(), sealing.generate_recipient().public_key, context),
        sealing.seal(question.to_bytes(), ours, f"check-in:{question.key}".encode()),
        sealing.seal(question.to_bytes() + b" ", ours, context),
        sealing.seal(by_card(ZOE).to_bytes(), ours, context),  # another question inside
    ):
        refused = send(question, body=body)
        assert refused.status_code == 422
        assert ZOE.number not in refused.content.decode()
    assert send(question, body=b"x" * 5121).status_code == 413
    assert not Question.objects.exists()


@pytest.mark.parametrize(("minute", "hour"), [(2, 100), (100, 2)])
def test_a_kiosk_that_asks_more_than_people_come_to_one_is_told_to_wait_and_the_trail_says_so_once(
    monkeypatch: pytest.MonkeyPatch, minute: int, hour: int
) -> None:
    from django.conf import settings

    from kiosk.console.models import AuditEntry, Question
    from kiosk.console.site import metrics
    from kiosk.console.templatetags.console_tags import device
    from kiosk.console.terminals import health

    limits = {"questions_per_minute": minute, "questions_per_hour": hour}
    monkeypatch.setattr(settings, "KIOSK", settings.KIOSK.model_copy(update=limits))
    enrol("borne-2")
    first = asked(ZOE)
    asked(ZOE)
    stopped = [send(by_card(person)) for person in (ZOE, DOMINIQUE, ZOE)]
    assert {(one.status_code, one.content) for one in stopped} == {(429, stopped[0].content)}
    assert send(first).status_code == 202  # repeated: it is here
    assert [entry.who for entry in AuditEntry.objects.filter(act="questions-stopped")] == ["borne-1"]
    assert Question.objects.count() == 3  # what comes after that fills no table
    alarms = {line.terminal.name: line.alarms for line in health.terminals()}
    assert alarms == {"borne-1": ("questions",), "borne-2": ()}
    assert device("questions") != "questions"
    assert 'kiosk_alarm{kiosk="borne-1",about="questions"} 1' in metrics.text()
    asked(ZOE, kiosk="borne-2")  # each kiosk for itself
    rewrite(Question.objects.all(), received_at=datetime.now(UTC) - timedelta(minutes=61))
    asked(ZOE)


# --- without a check-in ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_answered", [True, False])
def test_a_question_whose_check_in_never_comes_is_dropped_within_the_hour_and_its_key_goes(is_answered: bool) -> None:
    from kiosk.console.questions import dropping, keeping
    from kiosk.console.records import erasing, subject_keys

    question = asked(ZOE)
    if is_answered:
        answered(knowing(ZOE))
    now = datetime.now(UTC)
    assert dropping.once(now + timedelta(minutes=54)) == 0
    assert dropping.once(now + timedelta(minutes=59)) == 1
    row = row_of(question)
    assert (row.state, bytes(row.body), bytes(row.answer), bytes(row.signature)) == ("dropped", b"", b"", b"")
    said = "InsFound" if is_answered else ""
    dropped = {"answer": said, "kiosk": "borne-1", "tries": int(is_answered), "why": "no-check-in"}
    assert trail("question-dropped") == [dropped]
    while erasing.carry_out():
        continue
    assert not subject_keys.exists(keeping.subject_of(row.pk))
    arrival = came(naming(question, ZOE))  # too late
    assert said_to(arrival) == THROUGH
    assert trail("taken-in")[0]["question"] == "used"


def test_the_worker_drops_them_by_itself() -> None:
    import threading

    from kiosk.console.models import Question
    from kiosk.console.upkeep.worker import work

    question = asked(ZOE)
    rewrite(
        Question.objects.all(), received_at=datetime.now(UTC) - timedelta(minutes=56), leased_until=datetime.now(UTC)
    )
    work(None, threading.Event(), once=True)
    assert row_of(question).state == "dropped"


def test_the_worker_asks_what_is_due_by_itself() -> None:
    import threading

    from kiosk.console.upkeep.worker import work

    question = asked(ZOE)
    due_now()
    work(None, threading.Event(), questions=knowing(ZOE), once=True)
    assert row_of(question).state == "answered"


def test_what_is_closed_is_known_for_two_days() -> None:
    from kiosk.console.models import Question
    from kiosk.console.questions import dropping

    question = asked(ZOE)
    came(naming(question, ZOE))
    answered(knowing(ZOE))
    now = datetime.now(UTC)
    dropping.once(now + timedelta(days=1))
    assert Question.objects.count() == 1
    dropping.once(now + timedelta(days=3))
    assert Question.objects.count() == 0


def test_the_key_of_a_question_that_waits_is_not_taken_for_one_of_which_nothing_came() -> None:
    from kiosk.console.questions import keeping
    from kiosk.console.records import subject_keys
    from kiosk.console.upkeep import keys

    question = asked(ZOE)
    keys.settle(datetime.now(UTC) + timedelta(days=2))
    assert subject_keys.exists(keeping.subject_of(row_of(question).pk))
    assert sealed(question) != bytes(row_of(question).body)
