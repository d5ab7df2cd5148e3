"""Questions are brought to the console beside the turn: tried again, let go with it, and never waited for."""

import json
import threading
from io import StringIO
from uuid import UUID

import pytest

from kiosk import journal
from kiosk.app import question_desk
from kiosk.app.question_desk import QuestionDesk
from kiosk.core.identity.traits import Traits
from kiosk.core.sources.card import Beneficiary
from kiosk.core.turn import events as ev
from kiosk.core.turn.ports import Brought
from tests.demo.processes import wait_until
from tests.people import LEO, ZOE

AT = "2026-11-29T09:00:00+01:00"
LOST, HELD, REFUSED = (
    (Brought.LATER, "unreachable"), (Brought.RECEIVED, "http-202"), (Brought.NEVER, "http-429")
)  # fmt: skip


class Console:
    """Answers what it is told to, in order, the last for ever; may be told to take its time."""

    def __init__(self, *answers: tuple[Brought, str]) -> None:
        self._answers = list(answers)
        self.said: list[object] = []
        self.brought: list[tuple[str, bytes]] = []
        self.may_answer = threading.Event()
        self.may_answer.set()

    def by_card(self, key: str, person: Beneficiary, insured: Beneficiary | None, read_at: str) -> bytes:
        self.said.append((person, insured, read_at))
        return f"sealed-{len(self.said)}".encode() if person.nir else b""

    def by_document(self, key: str, traits: Traits, read_at: str) -> bytes:
        self.said.append(traits)
        return f"sealed-{len(self.said)}".encode()

    def bring(self, key: str, sealed: bytes, deadline: float) -> tuple[Brought, str]:
        self.brought.append((key, sealed))
        self.may_answer.wait(20)
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(question_desk, "PAUSES", (0.01,) * len(question_desk.PAUSES))


@pytest.fixture
def said() -> StringIO:
    stream = StringIO()
    journal.write_to(stream)
    return stream


def entries(said: StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in said.getvalue().splitlines()]


def started(console: Console) -> tuple[QuestionDesk, list[ev.Event]]:
    posted: list[ev.Event] = []
    desk = QuestionDesk(console, posted.append)
    desk.start()
    return desk, posted


def test_the_turn_hears_the_key_of_what_is_on_its_way_and_the_journal_says_nobody(said: StringIO) -> None:
    console = Console(HELD)
    desk, posted = started(console)
    desk.ask(ev.AskInsiByCard(7, ZOE.beneficiary(), LEO.beneficiary(), question=2, read_at=AT))
    wait_until(lambda: entries(said), 20, "the console's word")
    desk.stop()
    [(key, _)] = console.brought
    assert posted == [ev.QuestionSent(7, 2, key)]
    assert UUID(key).version == 4
    assert console.said == [(ZOE.beneficiary(), LEO.beneficiary(), AT)]
    [entry] = entries(said)
    assert entry.keys() == {"at", "happening", "turn", "key", "outcome", "tries", "duration_ms"}
    assert (entry["happening"], entry["outcome"], entry["tries"]) == ("question-brought", "http-202", 1)


def test_what_does_not_get_through_is_tried_again_the_same_under_the_same_key(said: StringIO) -> None:
    console = Console(LOST, LOST, HELD)
    desk, posted = started(console)
    desk.ask(ev.AskInsiByDocument(1, ZOE.traits()))
    wait_until(lambda: entries(said), 20, "the console's word")
    desk.stop()
    assert len(console.brought) == 3 and len(set(console.brought)) == 1
    assert posted == [ev.QuestionSent(1, 1, console.brought[0][0])]


@pytest.mark.parametrize(("answer", "tries"), [(LOST, 5), (REFUSED, 1)], ids=["a silent console", "one that refuses"])
def test_in_the_end_it_is_left_to_the_console_and_one_that_was_refused_is_not_named(
    said: StringIO, answer: tuple[Brought, str], tries: int
) -> None:
    console = Console(answer)
    desk, posted = started(console)
    desk.ask(ev.AskInsiByCard(1, ZOE.beneficiary(), None, read_at=AT))
    wait_until(lambda: entries(said), 20, "the end of it")
    desk.stop()
    keys = [event.key for event in posted]
    assert keys == [console.brought[0][0], *([""] if answer == REFUSED else [])]
    assert len(console.brought) == tries
    assert (entries(said)[0]["outcome"], entries(said)[0]["tries"]) == (answer[1], tries)


def test_of_whom_too_little_is_said_nothing_leaves(said: StringIO) -> None:
    console = Console(HELD)
    desk, posted = started(console)
    desk.ask(ev.AskInsiByCard(1, Beneficiary("ADRUN", "ZOE", "1975-12-31"), None, read_at=AT))
    wait_until(lambda: entries(said), 20, "the end of it")
    desk.stop()
    assert (posted, console.brought) == ([], [])
    assert entries(said)[0]["outcome"] == "not-asked"


@pytest.mark.parametrize("ending", ["forgotten", "another question", "the kiosk stops"])
def test_a_question_that_counts_no_more_is_not_tried_again(said: StringIO, ending: str) -> None:
    console = Console(LOST, HELD)
    console.may_answer.clear()
    desk, posted = started(console)
    desk.ask(ev.AskInsiByCard(1, ZOE.beneficiary(), None, read_at=AT))
    wait_until(lambda: console.brought, 20, "the first try")
    if ending == "forgotten":
        desk.forget(1)
    elif ending == "another question":
        desk.ask(ev.AskInsiByDocument(1, ZOE.traits(), question=2))
    threading.Timer(0.05, console.may_answer.set).start()
    if ending == "the kiosk stops":
        desk.stop()
    wait_until(lambda: entries(said), 20, "the end of the first")
    if ending == "another question":
        wait_until(lambda: len(entries(said)) == 2, 20, "the console's word")
    desk.stop()
    sealed = [each for _, each in console.brought]
    assert sealed == ([b"sealed-1", b"sealed-2"] if ending == "another question" else [b"sealed-1"])
    assert [event.question for event in posted] == ([1, 2] if ending == "another question" else [1])


def test_forgetting_a_turn_before_leaves_the_present_one_alone(said: StringIO) -> None:
    console = Console(LOST, HELD)
    console.may_answer.clear()
    desk, posted = started(console)
    desk.ask(ev.AskInsiByCard(2, ZOE.beneficiary(), None, read_at=AT))
    desk.forget(1)
    console.may_answer.set()
    wait_until(lambda: len(console.brought) == 2, 20, "the second try")
    desk.stop()
    assert posted == [ev.QuestionSent(2, 1, console.brought[0][0])]


def test_nobody_waits_for_a_console_that_takes_its_time(said: StringIO) -> None:
    console = Console(HELD)
    console.may_answer.clear()
    desk, posted = started(console)
    desk.ask(ev.AskInsiByCard(1, ZOE.beneficiary(), None, read_at=AT))  # it comes back at once
    wait_until(lambda: console.brought, 20, "the try")
    assert posted == [ev.QuestionSent(1, 1, console.brought[0][0])], "named before the console has said a word"
    console.may_answer.set()
    desk.stop()
