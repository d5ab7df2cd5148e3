"""Is a card's person known? A yes or a no of one size and at one time, to a kiosk that asks no more than it may."""

import base64
import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kiosk import sealing
from kiosk.core.checkin.recognition import Recognition, question_about, read_answer
from kiosk.core.checkin.value import Way
from kiosk.core.sources.insi import InsUnreachable
from kiosk.core.status.permissions import Attribute
from kiosk.core.status.transitions import AttributeSet, InsiRejected
from tests.console.acquainted import make_known
from tests.console.arrivals import SIGNER, arrive, check_in_of, enrol, put
from tests.console.arrivals import sealed as sealed_check_in
from tests.console.rewritten import rewrite
from tests.people import DOMINIQUE, ZOE, Person

pytestmark = [pytest.mark.usefixtures("console"), pytest.mark.long]
PATH = "/intake/recognition"


class Time:
    """A clock that goes only when somebody sleeps, or works."""

    def __init__(self, worked: float = 0.0) -> None:
        self.now, self.worked = 100.0, worked
        self.slept: list[float] = []
        self.asked = 0

    def clock(self) -> float:
        """Asked first when a question comes, then when all is looked up."""
        self.asked += 1
        return self.now + (0.0 if self.asked % 2 else self.worked)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


@pytest.fixture(autouse=True)
def timing(console: object, monkeypatch: pytest.MonkeyPatch) -> Time:
    """Nobody waits in these tests: that an answer is kept until its time is seen from what was asked of the clock."""
    from kiosk.console.intake import recognition

    time = Time()
    monkeypatch.setattr(recognition, "REAL", recognition.Timing(time.clock, time.sleep))
    enrol()
    return time


def asked(person: Person, **changes: Any) -> Recognition:
    question = question_about(person.beneficiary(), os.urandom(16), os.urandom(32))
    assert question is not None
    return replace(question, **changes)


def sealed(question: Recognition, kiosk: str = "borne-1") -> bytes:
    from kiosk.console.records import vault

    context = f"recognition:{kiosk}".encode()
    return sealing.seal(question.to_bytes(), vault.keys().current.public_key, context)


def ask(question: Recognition, *, kiosk: str = "borne-1", body: bytes | None = None, **said: Any) -> Any:
    return put(PATH, sealed(question, kiosk) if body is None else body, kiosk=kiosk, method="POST", **said)


def opened(answer: Any, question: Recognition) -> bool:
    assert answer.status_code == 200, answer.content
    return read_answer(sealing.unlock(answer.content, question.key, b"recognised:" + question.nonce))


def knows(person: Person, **changes: Any) -> bool:
    question = asked(person, **changes)
    return opened(ask(question), question)


def test_who_is_known_and_qualified_is_known_and_nobody_else() -> None:
    make_known(ZOE)
    arrive(DOMINIQUE)
    assert knows(ZOE)
    assert not knows(DOMINIQUE)  # has been here, and nobody has qualified her
    assert not knows(ZOE, birth_rank="2")  # the other twin
    assert not knows(ZOE, birth_date="1975-12-30")
    assert not knows(ZOE, nir=DOMINIQUE.number)


@pytest.mark.parametrize(
    "since",
    [*(AttributeSet(one) for one in Attribute), InsiRejected()],
    ids=lambda event: getattr(getattr(event, "attribute", None), "name", "rejected"),
)
def test_who_is_doubted_or_no_longer_qualified_is_not_known(since: Any) -> None:
    make_known(ZOE, since)
    assert not knows(ZOE)


def test_a_card_that_was_borrowed_once_names_nobody() -> None:
    make_known(DOMINIQUE, seen_with=ZOE)
    assert not knows(ZOE)
    make_known(ZOE)
    assert not knows(ZOE)  # two people were seen with that card: staff see who is who


def test_who_may_be_one_with_somebody_else_is_known_when_the_unit_has_said_so() -> None:
    from kiosk.console.models import PairState, PersonPair

    first, second = make_known(ZOE), make_known(DOMINIQUE)
    pair = PersonPair.objects.create(
        first_id=first, second_id=second, likeness=90, found_at=datetime.now(UTC), state=PairState.POSSIBLE
    )
    assert not knows(ZOE)
    pair.state = PairState.APART
    pair.save()
    assert knows(ZOE)


def test_who_was_merged_into_another_or_erased_is_not_found_and_a_row_altered_by_hand_is_not_believed() -> None:
    from kiosk.console.models import Person as Row

    key, other = make_known(ZOE), make_known(DOMINIQUE)
    for changes, back in (
        ({"absorbed_by": other}, {"absorbed_by": None}),
        ({"erased_at": datetime.now(UTC)}, {"erased_at": None}),
        ({"decided_by": "marc"}, {"decided_by": Row.objects.get(pk=key).decided_by}),
    ):
        Row.objects.filter(pk=key).update(**changes)
        assert not knows(ZOE), changes
        Row.objects.filter(pk=key).update(**back)
    assert knows(ZOE)


def test_a_yes_and_a_no_have_one_size_one_shape_and_one_time(timing: Time) -> None:
    make_known(ZOE)
    questions = [asked(ZOE), asked(DOMINIQUE)]
    answers = [ask(question) for question in questions]
    assert [opened(*one) for one in zip(answers, questions, strict=True)] == [True, False]
    assert len({len(one.content) for one in answers}) == 1
    told = [{name: said for name, said in one.headers.items() if name != "Expires"} for one in answers]  # the second
    assert told[0] == told[1]
    assert timing.slept == [pytest.approx(0.4)] * 2


@pytest.mark.parametrize(
    ("worked", "waited"), [(0.0, 0.4), (0.1, 0.3), (0.399, 0.001), (0.4, 0.4), (0.41, 0.39), (3.1, 0.1)]
)
def test_what_could_not_be_looked_up_in_time_is_a_no_and_comes_at_a_multiple_of_the_time(
    timing: Time, worked: float, waited: float
) -> None:
    make_known(ZOE)
    timing.worked = worked
    assert knows(ZOE) is (worked < 0.4)
    assert timing.slept == [pytest.approx(waited)]


def test_a_question_is_answered_once_whoever_repeats_it() -> None:
    make_known(ZOE)
    enrol("borne-2")
    question, at = asked(ZOE), datetime.now(UTC).isoformat()
    body = sealed(question)
    assert opened(ask(question, body=body, sent_at=at), question)
    assert ask(question, body=body, sent_at=at).status_code == 401  # replayed, byte for byte
    assert ask(question).status_code == 401  # sealed and signed anew: the nonce was used
    assert ask(question, body=body, kiosk="borne-2").status_code == 422  # another kiosk's name on it


@pytest.mark.parametrize("off", [timedelta(minutes=-6), timedelta(minutes=6)])
def test_a_question_of_another_time_is_not_trusted(off: timedelta) -> None:
    at = (datetime.now(UTC) + off).isoformat()
    assert ask(asked(ZOE), sent_at=at).status_code == 401


def test_who_is_no_kiosk_of_ours_learns_nothing_and_waits_for_nothing(timing: Time) -> None:
    from kiosk.console.models import Recognition as Asked
    from kiosk.console.terminals import enrolment

    make_known(ZOE)
    refusals = [
        ask(asked(ZOE), signer=sealing.generate_signer()),
        ask(asked(ZOE), kiosk="borne-9"),
        ask(asked(ZOE), signature=base64.b64encode(sealing.sign(b"something else", SIGNER)).decode()),
    ]
    enrolment.revoke("borne-1", who="test")
    refusals.append(ask(asked(ZOE)))
    assert {(one.status_code, one.content) for one in refusals} == {(401, refusals[0].content)}
    assert timing.slept == []
    assert not Asked.objects.exists()


def test_what_is_sealed_for_another_structure_or_is_no_question_is_not_understood(timing: Time) -> None:
    from kiosk.console.records import vault

    question, stranger = asked(ZOE), sealing.generate_recipient().public_key
    ours = vault.keys().current.public_key
    for body in (
        b"",
        b"noise",
        sealing.seal(question.to_bytes(), stranger, b"recognition:borne-1"),
        sealing.seal(question.to_bytes(), ours, b"check-in:borne-1"),
        sealing.seal(question.to_bytes() + b" ", ours, b"recognition:borne-1"),
        sealing.seal(b'{"version": 1}', ours, b"recognition:borne-1"),
    ):
        refused = ask(question, body=body)
        assert refused.status_code == 422
        assert ZOE.number not in refused.content.decode()
    assert timing.slept == []


def test_too_long_a_question_is_refused_before_it_is_read() -> None:
    assert ask(asked(ZOE), body=b"x" * 4097).status_code == 413


def _limits(monkeypatch: pytest.MonkeyPatch, minute: int, hour: int) -> None:
    from django.conf import settings

    limits = {"recognitions_per_minute": minute, "recognitions_per_hour": hour}
    monkeypatch.setattr(settings, "KIOSK", settings.KIOSK.model_copy(update=limits))


@pytest.mark.parametrize(("minute", "hour"), [(2, 100), (100, 2)])
def test_a_kiosk_that_asks_more_than_people_come_to_one_is_told_no_and_the_trail_says_so_once(
    monkeypatch: pytest.MonkeyPatch, timing: Time, minute: int, hour: int
) -> None:
    from kiosk.console.models import AuditEntry
    from kiosk.console.models import Recognition as Asked
    from kiosk.console.site import metrics
    from kiosk.console.terminals import health

    make_known(ZOE)
    enrol("borne-2")
    _limits(monkeypatch, minute, hour)
    assert [knows(ZOE) for _ in range(5)] == [True, True, False, False, False]
    assert timing.slept == [pytest.approx(0.4)] * 5  # nothing tells that the limit was reached
    assert [entry.who for entry in AuditEntry.objects.filter(act="recognitions-stopped")] == ["borne-1"]
    assert Asked.objects.count() == 3  # what comes after that fills no table
    alarms = {line.terminal.name: line.alarms for line in health.terminals()}
    assert alarms == {"borne-1": ("recognitions",), "borne-2": ()}
    assert 'kiosk_alarm{kiosk="borne-1",about="recognitions"} 1' in metrics.text()
    other = asked(ZOE)
    assert opened(ask(other, kiosk="borne-2"), other)  # each kiosk for itself
    rewrite(Asked.objects.all(), asked_at=datetime.now(UTC) - timedelta(minutes=61))
    assert knows(ZOE)


@pytest.mark.parametrize(
    ("said", "alarms"),
    [
        ({}, ()),
        ({"asked": 2, "asked_seconds": 3600}, ()),
        ({"asked": 3, "asked_seconds": 3600}, ()),
        ({"asked": 1, "asked_seconds": 3600}, ("stranger",)),
        ({"asked": 0, "asked_seconds": 3600}, ("stranger",)),
        ({"asked": 0, "asked_seconds": 60}, ()),  # it was started a minute ago
        ({"asked": 1, "asked_seconds": 300}, ()),
    ],
)
def test_a_kiosk_in_whose_name_more_is_asked_than_it_asked_raises_an_alarm(
    said: dict[str, int], alarms: tuple[str, ...]
) -> None:
    import json

    from kiosk.console.models import Recognition as Asked
    from kiosk.console.templatetags.console_tags import device
    from kiosk.console.terminals import health

    for minutes in (2, 30):
        knows(ZOE)
        newest = Asked.objects.latest("pk")
        rewrite(Asked.objects.filter(pk=newest.pk), asked_at=datetime.now(UTC) - timedelta(minutes=minutes))
    beat = {"version": "0.2.0", "devices": {"reader": "ok"}, "queue": 0, **said}
    assert put("/intake/heartbeat", json.dumps(beat).encode()).status_code == 200
    (line,) = health.terminals()
    assert line.alarms == alarms
    assert all(device(name) != name for name in alarms)


def test_what_was_asked_is_kept_for_two_days_and_says_nothing_of_anybody() -> None:
    from kiosk.console.models import Recognition as Asked
    from kiosk.console.upkeep.retention import purge

    knows(ZOE)
    kept = Asked.objects.values_list("terminal_id", "nonce", "asked_at", "is_too_many").get()
    assert ZOE.number not in repr(kept)
    now = datetime.now(UTC)
    purge(now + timedelta(days=1))
    assert Asked.objects.count() == 1
    purge(now + timedelta(days=3))
    assert not Asked.objects.exists()


def test_too_many_at_once_are_sent_the_whole_way_and_staff_keep_their_threads() -> None:
    from kiosk.console.intake import recognition

    waiting = recognition._waiting()
    held = 0
    while waiting.acquire(blocking=False):
        held += 1
    try:
        assert ask(asked(ZOE)).status_code == 429
    finally:
        for _ in range(held):
            waiting.release()
    assert held == 2  # of eight threads
    assert ask(asked(ZOE)).status_code == 200


def _came_by_short_path(kiosk: str = "borne-1") -> Any:
    """Zoé's card, brought as somebody may who has a kiosk's key: whether the visit found her."""
    from kiosk.console.models import Arrival

    check_in = check_in_of(ZOE, InsUnreachable("not-asked"), way=Way.SHORT, kiosk=kiosk, pictures=(), mrz=None)
    answer = put(f"/intake/check-ins/{check_in.key}", sealed_check_in(check_in), kiosk=kiosk)
    assert answer.status_code == 201
    return Arrival.objects.get(pk=check_in.key).candidate


def test_a_check_in_by_the_short_path_finds_somebody_once_for_each_question_of_its_kiosk() -> None:
    """How long it takes, and what it writes, tells who is known: as often as questions may be asked, not more."""
    make_known(ZOE)
    enrol("borne-2")
    assert _came_by_short_path() is None
    assert knows(ZOE)
    assert _came_by_short_path("borne-2") is None, "the question was another kiosk's"
    assert _came_by_short_path() is not None
    assert _came_by_short_path() is None
    assert [knows(DOMINIQUE), knows(DOMINIQUE)] == [False, False]
    assert [_came_by_short_path() is None for _ in range(3)] == [False, False, True]


def test_a_question_beyond_what_a_kiosk_may_ask_stands_for_no_check_in(
    console: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.conf import settings

    make_known(ZOE)
    monkeypatch.setattr(settings, "KIOSK", console.model_copy(update={"recognitions_per_minute": 1}))
    assert knows(ZOE)
    assert _came_by_short_path() is not None
    assert not knows(ZOE)
    assert _came_by_short_path() is None
