"""Who was killed at any step leaves the question to another; who asked beside another loses no call."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kiosk.core.sources.insi import InsAnswer, InsFound, InsNotFound
from tests.console import forged
from tests.console.arrivals import enrol, found
from tests.console.asked_through import (
    FakeInsi,
    answered,
    asked,
    by_card,
    came,
    knowing,
    naming,
    row_of,
    said_to,
    send,
    trail,
)
from tests.console.rewritten import rewrite
from tests.people import DOMINIQUE, ZOE

pytestmark = [pytest.mark.usefixtures("console"), pytest.mark.long]


@pytest.fixture(autouse=True)
def _enrolled(console: object) -> None:
    enrol()


def test_who_was_killed_before_asking_or_before_keeping_the_answer_leaves_it_to_another() -> None:
    from kiosk.console.questions import asking
    from kiosk.console.upkeep import asked as upkeep

    question, insi = asked(ZOE), knowing(ZOE)
    key = row_of(question).pk
    assert asking.lease(key)  # and killed
    assert not asking.lease(key)
    assert not upkeep.once(insi)
    assert answered(insi) == 1  # when the lease is over
    assert row_of(question).state == "answered"


def test_two_who_heard_at_the_same_moment_keep_one_answer_and_every_call() -> None:
    from kiosk.console.questions import answering, keeping

    question = asked(ZOE)
    key = row_of(question).pk
    calls = [replace(forged.call(), message_id=name) for name in ("first", "second")]
    first = answering.Heard(key, replace(found(ZOE), exchanges=(calls[0],)), with_visit=False)
    second = answering.Heard(key, InsNotFound(exchanges=(calls[1],)), with_visit=False)
    answering._keep([first, second])
    answer = keeping.answer_of(row_of(question))
    assert isinstance(answer, InsFound)
    assert [one.message_id for one in answer.exchanges] == ["first", "second"]
    assert row_of(question).tries == 2


def test_two_who_both_asked_keep_one_answer_and_every_call() -> None:
    from kiosk.console.questions import asking, keeping

    question = asked(ZOE)
    key = row_of(question).pk

    def meanwhile() -> InsAnswer:
        asking.ask(key, knowing(ZOE))
        return InsNotFound()

    asking.ask(key, FakeInsi(meanwhile))
    answer = keeping.answer_of(row_of(question))
    assert isinstance(answer, InsFound)
    assert len(answer.exchanges) == 2


def test_who_was_killed_before_bringing_the_answer_leaves_it_to_another() -> None:
    from kiosk.console.questions import asking
    from kiosk.console.upkeep import asked as upkeep

    question, insi = asked(ZOE), knowing(ZOE)
    arrival = came(naming(question, ZOE))
    asking.ask(row_of(question).pk, insi)  # and killed
    assert not upkeep.once(insi)  # who answered brings it, for five seconds
    assert answered(insi) == 1
    assert isinstance(said_to(arrival), InsFound)
    assert len(insi.asked) == 1


def test_who_was_killed_between_card_and_document_leaves_the_document_to_another() -> None:
    from kiosk.console.questions import asking
    from kiosk.console.upkeep import asked as upkeep

    question, insi = asked(ZOE), FakeInsi(InsNotFound(), found(ZOE))
    asking.ask(row_of(question).pk, insi)
    arrival = came(naming(question, ZOE))
    assert upkeep.bring(row_of(question).pk)  # it is to be asked with the document; and killed
    assert not upkeep.once(insi)
    assert answered(insi) == 1
    assert isinstance(said_to(arrival), InsFound)
    assert len(insi.asked) == 2


def test_bringing_twice_brings_once() -> None:
    from kiosk.console.upkeep import asked as upkeep

    question = asked(ZOE)
    came(naming(question, ZOE))
    answered(knowing(ZOE))
    assert not upkeep.bring(row_of(question).pk)
    assert len(trail("insi-asked")) == 1


def test_a_visit_that_was_removed_meanwhile_takes_nothing() -> None:
    from kiosk.console.models import Arrival, Stage

    question = asked(ZOE)
    arrival = came(naming(question, ZOE))
    rewrite(Arrival.objects.filter(pk=arrival.pk), stage=Stage.REMOVED)
    answered(knowing(ZOE))
    assert row_of(question).state == "dropped"
    assert trail("question-dropped")[0]["why"] == "removed"


def test_a_question_whose_key_is_gone_is_dropped_and_the_visit_goes_on_without() -> None:
    from kiosk.console.questions import keeping
    from kiosk.console.records import subject_keys

    question, other = asked(ZOE), asked(DOMINIQUE)
    arrival = came(naming(question, ZOE))
    subject_keys.destroy([keeping.subject_of(row_of(question).pk)])
    insi = knowing(DOMINIQUE)
    answered(insi)
    assert [row_of(one).state for one in (question, other)] == ["dropped", "answered"]
    arrival.refresh_from_db()
    assert arrival.insi_next_at is not None


# --- asked the moment it was kept, without reading it again -----------------------------------------------------------


@pytest.fixture()
def kept(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What a pool's threads would be given."""
    from kiosk.console.questions import pool

    given: list[Any] = []
    monkeypatch.setattr(pool, "slot", lambda: given.append)
    return given


def test_what_was_just_kept_is_asked_as_it_is_and_its_answer_kept(kept: list[Any]) -> None:
    from kiosk.console.questions import asking, keeping

    question, insi = asked(ZOE), knowing(ZOE)
    [fresh] = kept
    assert row_of(question).leased_until > datetime.now(UTC)
    assert not asking.ask(fresh.key, insi, fresh)  # no visit waits for it
    row = row_of(question)
    assert (row.state, row.tries, row.leased_until, row.by_document) == ("answered", 1, None, False)
    assert isinstance(keeping.answer_of(row), InsFound)
    assert insi.asked == [(ZOE.beneficiary(), None)]
    assert "Zoé" not in repr(fresh)


def test_a_question_that_came_twice_at_once_is_given_to_be_asked_once(kept: list[Any]) -> None:
    from kiosk.console.intake import questions, quotas

    question = asked(ZOE)
    known, kept[:] = questions._lately, []
    answers = iter([quotas.Lately(None, 0, 0)])  # looked at before the other was kept
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(questions, "_lately", lambda *said: next(answers, None) or known(*said))
        assert send(question).status_code == 202
    assert kept == [None]


def test_one_that_was_dropped_meanwhile_keeps_no_answer(kept: list[Any]) -> None:
    from kiosk.console.questions import asking, keeping

    question = asked(ZOE)
    keeping.drop(row_of(question), "mismatch")
    assert not asking.ask(kept[0].key, knowing(ZOE), kept[0])
    row = row_of(question)
    assert (row.state, bytes(row.answer)) == ("dropped", b"")


def test_the_document_of_a_visit_that_joined_meanwhile_is_asked_with_next(kept: list[Any]) -> None:
    from kiosk.console.upkeep import asked as upkeep

    question, insi = asked(ZOE), FakeInsi(InsNotFound(), found(ZOE))
    arrival = came(naming(question, ZOE))
    upkeep.see_to(kept[0].key, insi, is_leased=True, fresh=kept[0])
    assert len(insi.asked) == 2
    assert isinstance(said_to(arrival), InsFound)


def test_a_card_that_was_read_too_long_ago_when_it_came_is_not_asked_with(kept: list[Any]) -> None:
    from kiosk.console.questions import asking

    read_at = datetime.now(UTC) - timedelta(minutes=21)
    insi = knowing(ZOE)
    asked(ZOE, replace(by_card(ZOE), read_at=read_at.isoformat()))
    asking.ask(kept[0].key, insi, kept[0])
    assert insi.asked == []


# --- heard at the same moment -----------------------------------------------------------------------------------------


def test_those_who_hear_at_the_same_moment_keep_each_their_own_and_one_that_opens_no_more_troubles_no_other() -> None:
    from kiosk.console.questions import answering, keeping
    from kiosk.console.records import subject_keys

    questions = [asked(ZOE), asked(DOMINIQUE), asked(ZOE), asked(DOMINIQUE)]
    keys = [row_of(one).pk for one in questions]
    subject_keys.destroy([keeping.subject_of(keys[1])])
    keeping.drop(row_of(questions[2]), "mismatch")
    heard = [answering.Heard(key, InsNotFound(), with_visit=False) for key in keys]
    heard.append(answering.Heard(uuid.uuid4(), InsNotFound(), with_visit=False))
    answering._keep(heard)
    assert [row_of(one).state for one in questions] == ["answered", "waiting", "dropped", "answered"]
    assert isinstance(keeping.answer_of(row_of(questions[0])), InsNotFound)
    assert [one.trouble is not None for one in heard] == [False, True, False, False, False]
    with pytest.raises(subject_keys.KeyGone):
        answering.keep(heard[1])
