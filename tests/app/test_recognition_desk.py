"""The console is asked within the patient's time, and what it says goes to nobody but the turn that asked."""

import json
import threading
from io import StringIO

import pytest

from kiosk import journal
from kiosk.app.recognition_desk import RecognitionDesk
from kiosk.core.sources.card import Beneficiary
from kiosk.core.turn import events as ev
from tests.demo.processes import wait_until
from tests.people import ZOE


class Console:
    """Knows everybody; may be told to take its time, or to break."""

    def __init__(self) -> None:
        self.asked: list[tuple[Beneficiary, float]] = []
        self.may_answer = threading.Event()
        self.may_answer.set()
        self.breaks = False

    def knows(self, person: Beneficiary, deadline: float) -> tuple[bool, str]:
        self.asked.append((person, deadline))
        self.may_answer.wait(20)
        if self.breaks:
            raise RuntimeError(person.nir)
        return True, "answered"


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def _desk(console: Console, clock: Clock) -> tuple[RecognitionDesk, list[ev.Event]]:
    posted: list[ev.Event] = []
    desk = RecognitionDesk(console, 1.5, posted.append, clock)
    desk.start()
    return desk, posted


def test_the_answer_goes_to_the_turn_that_asked_and_the_journal_does_not_say_it() -> None:
    said = StringIO()
    journal.write_to(said)
    console, clock = Console(), Clock()
    desk, posted = _desk(console, clock)
    desk.ask(ev.AskConsole(7, ZOE.beneficiary()))
    wait_until(lambda: posted, 20, "an answer")
    desk.stop()
    assert posted == [ev.ConsoleAnswered(7, knows=True)]
    assert console.asked == [(ZOE.beneficiary(), 1.5)]
    entry = json.loads(said.getvalue())
    assert (entry["happening"], entry["turn"], entry["outcome"]) == ("console-asked", 7, "answered")
    assert entry.keys() == {"at", "happening", "turn", "outcome", "duration_ms"}


def test_a_question_about_somebody_who_left_or_that_waited_too_long_is_not_sent() -> None:
    console, clock = Console(), Clock()
    desk, posted = _desk(console, clock)
    console.may_answer.clear()
    desk.ask(ev.AskConsole(1, ZOE.beneficiary()))
    wait_until(lambda: console.asked, 20, "the first question")
    desk.ask(ev.AskConsole(2, ZOE.beneficiary()))
    desk.forget(2)
    desk.ask(ev.AskConsole(3, ZOE.beneficiary()))
    clock.now += 2
    console.may_answer.set()
    wait_until(lambda: posted, 20, "the first answer")
    desk.stop()
    assert len(console.asked) == 1
    assert posted == [ev.ConsoleAnswered(1, knows=True)]


def test_a_bug_is_a_no_and_says_nothing_of_the_person() -> None:
    said = StringIO()
    journal.write_to(said)
    console = Console()
    console.breaks = True
    desk, posted = _desk(console, Clock())
    desk.ask(ev.AskConsole(1, ZOE.beneficiary()))
    wait_until(lambda: posted, 20, "an answer")
    desk.stop()
    assert posted == [ev.ConsoleAnswered(1, knows=False)]
    assert ZOE.number not in said.getvalue()


@pytest.mark.parametrize(("later", "said"), [(0, (2, 10)), (3000, (2, 3010)), (3601, (0, 3600))])
def test_the_questions_of_the_last_hour_are_counted(later: float, said: tuple[int, int]) -> None:
    console, clock = Console(), Clock()
    desk, posted = _desk(console, clock)
    clock.now += 10
    for turn in (1, 2):
        desk.ask(ev.AskConsole(turn, ZOE.beneficiary()))
        wait_until(lambda turn=turn: len(posted) == turn, 20, "an answer")
    clock.now += later
    assert desk.asked_lately() == said
    desk.stop()
