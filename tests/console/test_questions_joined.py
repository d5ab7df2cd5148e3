"""The answer to a question becomes the visit's whose check-in names it, and no other's. Kiosks may lie."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from kiosk.core.sources.insi import (
    BY_CARD,
    InsAnswer,
    InsFound,
    InsNotFound,
    InsRefused,
    InsSeveral,
    InsUnreachable,
)
from kiosk.insi.names import BY_TRAITS
from tests.console.arrivals import check_in_of, enrol, found, mrz_of
from tests.console.asked_through import (
    THROUGH,
    FakeInsi,
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
    trail,
)
from tests.people import DOMINIQUE, LEO, ZOE

pytestmark = [pytest.mark.usefixtures("console"), pytest.mark.long]


@pytest.fixture(autouse=True)
def _enrolled(console: object) -> None:
    enrol()


# --- the visit's answer ---------------------------------------------------------------------------------------------


def test_an_answer_that_is_here_before_the_check_in_is_the_visits() -> None:
    from kiosk.console.keystore.models import Erasure
    from kiosk.console.models import Need
    from kiosk.console.questions import keeping

    question, insi = asked(ZOE), knowing(ZOE)
    answered(insi)
    assert row_of(question).state == "answered"
    arrival = came(naming(question, ZOE))
    assert arrival.insi_next_at > datetime.now(UTC) + timedelta(seconds=40)  # nobody asks a second time
    answered(insi)
    arrival.refresh_from_db()
    assert (arrival.need, arrival.reported, arrival.insi_next_at) == (Need.READY, "RETRIEVED", None)
    answer = said_to(arrival)
    assert isinstance(answer, InsFound) and answer.matricule == ZOE.matricule
    assert [one.operation for one in answer.exchanges] == [BY_CARD]
    assert len(insi.asked) == 1
    row = row_of(question)
    assert (row.state, bytes(row.body), bytes(row.answer)) == ("taken", b"", b"")
    assert Erasure.objects.filter(pk=keeping.subject_of(row.pk)).exists()  # what its key locked opens no more


def test_an_answer_that_comes_after_the_check_in_is_the_visits_when_it_comes() -> None:
    from kiosk.console.models import Need

    question = asked(ZOE)
    arrival = came(naming(question, ZOE))
    assert (arrival.need, arrival.reported) == (Need.INSI_PENDING, "PROVISIONAL")
    answered(knowing(ZOE))
    arrival.refresh_from_db()
    assert (arrival.need, arrival.reported, arrival.insi_next_at) == (Need.READY, "RETRIEVED", None)
    [one] = trail("insi-asked")
    assert one["answer"] == "InsFound"
    assert trail("taken-in") == [
        {"kiosk": "borne-1", "need": "insi-pending", "question": "joined", "status": "PROVISIONAL"}
    ]


def test_a_document_is_asked_with_too() -> None:
    question, insi = asked(ZOE, by_document(ZOE)), knowing(ZOE)
    arrival = came(naming(question, ZOE, card=None, card_nir=""))
    answered(insi)
    answer = said_to(arrival)
    assert isinstance(answer, InsFound)
    assert [one.operation for one in answer.exchanges] == [BY_TRAITS]


@pytest.mark.parametrize("said", [InsNotFound(), InsSeveral(), InsRefused("insi_24", "", "")], ids=["none", "02", "no"])
def test_what_was_asked_with_a_document_is_not_asked_again_with_the_same(said: InsAnswer) -> None:
    """Nor gone through again: who has a kiosk's key would see from how busy the console is what INSi said."""
    question, insi = asked(ZOE, by_document(ZOE)), FakeInsi(found(ZOE), said)
    answered(insi)
    arrival = came(naming(question, ZOE, card=None, card_nir=""))
    answered(insi)
    assert len(insi.asked) == 1
    assert (type(said_to(arrival)), len(said_to(arrival).exchanges)) == (type(said), 1)


def test_a_child_without_a_number_is_asked_about_with_the_insureds() -> None:
    from kiosk.core.checkin.question import question_by_card

    born = datetime.now(UTC).isoformat()
    question = question_by_card(str(uuid.uuid4()), LEO.beneficiary(), ZOE.beneficiary(), born)
    assert question is not None
    asked(LEO, question)
    arrival = came(
        naming(question, LEO, card_nir="", birth_rank=LEO.birth_rank, insured_nir=ZOE.number + ZOE.key, mrz=None)
    )
    answered(FakeInsi(InsSeveral()))
    assert isinstance(said_to(arrival), InsSeveral)


def test_insi_that_does_not_answer_is_asked_again_later_and_every_call_is_kept() -> None:
    from kiosk.console.models import Arrival

    silent, question = FakeInsi(InsUnreachable("timeout")), asked(ZOE)
    for tries in (1, 2):
        due_now()
        from kiosk.console.upkeep import asked as upkeep

        assert upkeep.once(silent)
        assert not upkeep.once(silent)  # not at once
        row = row_of(question)
        assert (row.state, row.tries) == ("waiting", tries)
    arrival = came(naming(question, ZOE))
    answered(silent)
    assert row_of(question).state == "taken"  # the visit has a patience of its own
    arrival = Arrival.objects.select_related("sealed").get(pk=arrival.pk)
    assert arrival.insi_next_at is not None
    assert arrival.insi_next_at < datetime.now(UTC) + timedelta(seconds=20)
    assert arrival.insi_tries == 3
    assert len(said_to(arrival).exchanges) == 3


@pytest.mark.parametrize("minutes", [19, 21])
def test_a_card_is_asked_with_for_twenty_minutes_after_it_was_read(minutes: int) -> None:
    from kiosk.console.upkeep import asked as upkeep

    read_at = datetime.now(UTC) - timedelta(minutes=minutes)
    insi = knowing(ZOE)
    asked(ZOE, replace(by_card(ZOE), read_at=read_at.isoformat()))
    for _ in range(3):
        due_now()
        upkeep.once(insi)
    assert len(insi.asked) == (minutes < 20)


def test_a_question_asked_at_the_last_minute_calls_with_the_card_no_later_than_that() -> None:
    """By who takes it over too: each search is told how long the card still counts."""
    read_at = datetime.now(UTC) - timedelta(minutes=19, seconds=50)
    insi = FakeInsi(InsUnreachable("timeout"))
    asked(ZOE, replace(by_card(ZOE), read_at=read_at.isoformat()))
    assert answered(insi) > 0
    assert insi.card_seconds and all(seconds is not None and 0 < seconds <= 10 for seconds in insi.card_seconds)
    asked(ZOE, by_document(ZOE))
    insi.card_seconds.clear()
    answered(insi)
    assert None in insi.card_seconds, "a document has no such time"


def test_where_insi_is_asked_at_the_desk_a_question_is_kept_and_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    from kiosk.console.config import ServerSettings

    monkeypatch.setattr(ServerSettings, "asks_at_desk", True)
    question, insi = asked(ZOE), knowing(ZOE)
    assert row_of(question).next_at is None
    arrival = came(naming(question, ZOE))
    assert answered(insi) == 0
    assert insi.asked == []
    assert arrival.insi_next_at is None


# --- where the card leads nowhere -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "card", [InsNotFound(), InsSeveral(), InsRefused("siram_40", "", "")], ids=["nobody", "several", "refused"]
)
@pytest.mark.parametrize("is_before", [True, False], ids=["answered first", "checked in first"])
def test_where_the_card_leads_nowhere_the_search_goes_on_with_the_document(card: InsAnswer, is_before: bool) -> None:
    question, insi = asked(ZOE), FakeInsi(card, found(ZOE))
    if is_before:
        answered(insi)
    arrival = came(naming(question, ZOE))
    answered(insi)
    answer = said_to(arrival)
    assert isinstance(answer, InsFound)
    assert [one.operation for one in answer.exchanges] == [BY_CARD, BY_TRAITS]
    assert insi.asked[1] == mrz_of(ZOE).traits
    arrival.refresh_from_db()
    assert (arrival.need, arrival.reported) == ("ready", "RETRIEVED")


@pytest.mark.parametrize("document", [InsNotFound(), InsSeveral(), InsUnreachable("timeout")])
def test_what_card_and_document_come_to_keeps_every_exchange(document: InsAnswer) -> None:
    """What they come to is the client's to say (tests/insi/test_held_cases.py)."""
    question = asked(ZOE)
    arrival = came(naming(question, ZOE))
    answered(FakeInsi(InsNotFound(), document))
    arrival.refresh_from_db()
    assert (arrival.insi_next_at is not None) is isinstance(document, InsUnreachable)
    answer = said_to(arrival)
    if not isinstance(document, InsUnreachable):
        assert type(answer) is type(document)
    assert [one.operation for one in answer.exchanges] == [BY_CARD, BY_TRAITS]


@pytest.mark.parametrize("mrz", [None, mrz_of(ZOE, accepted=False)], ids=["none", "uncertain"])
def test_a_document_that_was_not_read_with_certainty_is_not_asked_with(mrz: object) -> None:
    question, insi = asked(ZOE), FakeInsi(InsNotFound(), found(ZOE))
    arrival = came(naming(question, ZOE, mrz=mrz))
    answered(insi)
    assert isinstance(said_to(arrival), InsNotFound)
    assert len(insi.asked) == 1


# --- a kiosk that lies ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [
        {"nir": DOMINIQUE.number, "nir_key": DOMINIQUE.key},
        {"birth_rank": "2"},
        {"birth_date": "1975-12-30"},
    ],
    ids=["number", "rank", "date"],
)
def test_a_question_about_somebody_else_is_dropped_and_the_visit_is_asked_about_anew(changes: dict[str, str]) -> None:
    from kiosk.console.keystore.models import Erasure
    from kiosk.console.questions import keeping

    question = asked(ZOE, by_card(ZOE, **changes))
    answered(knowing(DOMINIQUE))
    arrival = came(naming(question, ZOE))
    assert arrival.insi_next_at < datetime.now(UTC) + timedelta(seconds=6)
    assert answered(knowing(DOMINIQUE)) == 0
    assert said_to(arrival) == THROUGH
    row = row_of(question)
    assert (row.state, row.visit, bytes(row.answer)) == ("dropped", None, b"")
    assert Erasure.objects.filter(pk=keeping.subject_of(row.pk)).exists()
    assert trail("question-dropped") == [{"answer": "InsFound", "kiosk": "borne-1", "tries": 1, "why": "mismatch"}]
    assert trail("taken-in")[0]["question"] == "mismatch"


def test_a_document_that_says_otherwise_is_somebody_elses() -> None:
    question = asked(ZOE, by_document(DOMINIQUE))
    answered(knowing(DOMINIQUE))
    arrival = came(naming(question, ZOE, card=None, card_nir=""))
    assert said_to(arrival) == THROUGH
    assert row_of(question).state == "dropped"


def test_an_insured_who_is_another_makes_another_question() -> None:
    question = asked(ZOE)
    came(naming(question, ZOE, insured_nir=DOMINIQUE.number + DOMINIQUE.key))
    assert row_of(question).state == "dropped"


def test_a_question_of_another_kiosk_serves_nobody_and_is_left_to_its_own() -> None:
    enrol("borne-2")
    question = asked(ZOE, kiosk="borne-2")
    answered(knowing(ZOE))
    arrival = came(naming(question, ZOE))
    assert answered(knowing(ZOE)) == 0
    assert said_to(arrival) == THROUGH
    assert row_of(question).state == "answered"
    assert trail("taken-in")[0]["question"] == "strange"
    assert arrival.insi_next_at < datetime.now(UTC) + timedelta(seconds=6)


def test_a_question_serves_one_check_in_and_no_other() -> None:
    question, insi = asked(ZOE), knowing(ZOE)
    first, second = came(naming(question, ZOE)), came(naming(question, ZOE))
    answered(insi)
    third = came(naming(question, ZOE))
    assert isinstance(said_to(first), InsFound)
    assert (said_to(second), said_to(third)) == (THROUGH, THROUGH)
    assert [one["question"] for one in trail("taken-in")] == ["joined", "used", "used"]
    assert len(insi.asked) == 1


def test_two_check_ins_at_the_same_moment_never_share_a_question() -> None:
    """Both looked at it before either was kept."""
    from django.utils import timezone

    from kiosk.console.models import Arrival
    from kiosk.console.questions import joining

    question = asked(ZOE)
    check_ins = [naming(question, ZOE), naming(question, ZOE)]
    named = [joining.named_by(one, "borne-1") for one in check_ins]
    arrivals = [came(replace(one, question="")) for one in check_ins]
    for one, arrival in zip(named, arrivals, strict=True):
        assert one is not None
        joining.join([(one, arrival)])
    assert Arrival.objects.filter(asked_before__pk=question.key).count() == 1
    assert row_of(question).received_at < timezone.now()


@pytest.mark.parametrize("name", ["x", "A" * 5000, "00000000-0000-0000-0000-00000000000g"])
def test_a_name_that_is_none_joins_nothing(name: str) -> None:
    arrival = came(check_in_of(ZOE, THROUGH, question=name))
    assert arrival.insi_next_at is not None
    assert trail("taken-in")[0]["question"] == "strange"


def test_a_question_that_comes_after_its_check_in_is_received_and_not_asked() -> None:
    question, insi = by_card(ZOE), knowing(ZOE)
    arrival = came(naming(question, ZOE))
    assert arrival.insi_next_at < datetime.now(UTC) + timedelta(seconds=6)  # asked about by itself
    asked(ZOE, question)
    assert answered(insi) == 0
    assert insi.asked == []
    assert row_of(question).state == "late"
    assert trail("taken-in")[0]["question"] == "late"


def test_an_answer_that_nobody_awaits_any_more_decides_nothing_and_is_kept() -> None:
    """The worker was quicker, or staff decided."""
    from kiosk.console.models import Arrival

    question = asked(ZOE)
    arrival = came(naming(question, ZOE))
    Arrival.objects.filter(pk=arrival.pk).update(insi_next_at=None)
    answered(knowing(ZOE))
    answer = said_to(arrival)
    assert isinstance(answer, InsUnreachable)
    assert [one.operation for one in answer.exchanges] == [BY_CARD]
