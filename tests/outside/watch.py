"""Many turns watched: people whom INSi knows or does not, whose date is right or is not, quick ones and slow ones."""

import json
import random
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np

from kiosk.core.identity.traits import Sex
from kiosk.insi.simulated.population import Person as Known
from tests.console.served import STARTS_WITHIN, ServedConsole
from tests.demo.processes import Child, wait_until
from tests.outside.insi import QUICK, SLOW, delay_of, people
from tests.outside.judge import Numbers
from tests.outside.terminal import Terminal, Walked
from tests.outside.wire import Exchange, Wire, exchanges
from tests.people import Person

TAIL = 0.6  # seconds that are watched after each turn
QUESTION = 3000  # bytes: a heartbeat is shorter, a check-in with its picture longer


@dataclass(frozen=True, slots=True)
class Seen:
    """One turn: what INSi makes of the person, and what is seen from outside."""

    with_card: bool
    is_known: bool  # the number or the printed date is right
    delay: float | None  # of INSi; None: it is away
    walked: Walked
    requests: tuple[Exchange, ...]


class Watched:
    """INSi, a console and a kiosk, and a listener between the last two."""

    def __init__(self, folder: Path, *, slow: float = SLOW, via: str = "console") -> None:
        self._open = ExitStack()
        command = [sys.executable, "-m", "tests.outside.insi", str(folder / "pki"), str(slow)]
        insi = Child("insi", command, folder / "insi.log")
        self._open.callback(insi.end)
        section = "\n".join(f"{name} = {json.dumps(word)}" for name, word in insi.first_line(STARTS_WITHIN).items())
        section = f"[insi]\n{section}\n"
        self.console = ServedConsole(folder / "console")
        limits = "port = 0\nintake_per_minute = 100000\nintake_per_hour = 1000000"
        limits += "\nquestions_per_minute = 1000\nquestions_per_hour = 10000"
        told = self.console.config.read_text().replace("port = 0", limits)
        self.console.config.write_text(f"{told}\n{section}")
        self.console.start()
        self._open.callback(self.console.stop)
        self._wire = Wire(urlsplit(self.console.url).port or 0)
        self._open.callback(self._wire.close)
        direct = section.replace("[insi]", '[insi]\nvia = "direct"') if via == "direct" else ""
        self._terminal = Terminal(folder / "terminal", self.console, self._wire, direct)
        self._terminal.open()
        self._open.callback(self._terminal.end)

    def turns(self, count: int, seed: int = 3) -> list[Seen]:
        """So many turns, each of somebody else; known or not, and with a card or without one, by chance."""
        chance = random.Random(seed)
        crowd = chance.sample(people(), count)
        kinds = [(number % 2 == 0, number % 4 < 2) for number in range(count)]
        chance.shuffle(kinds)
        for with_card in (True, False, True, False):  # connections are made, and everything is loaded
            self._turn(crowd[0], with_card=with_card, is_known=False)
        return [
            self._turn(person, with_card=card, is_known=known)
            for person, (card, known) in zip(crowd, kinds, strict=True)
        ]

    def close(self) -> None:
        self._open.close()

    def _turn(self, one: Known, *, with_card: bool, is_known: bool) -> Seen:
        walked = self._terminal.walk(_person(one, is_known=is_known), with_card=with_card)
        wait_until(lambda: self._terminal.waiting() == 0, 60, "the delivery")
        time.sleep(TAIL)
        heard = self._wire.heard(walked.began_at, time.monotonic())
        return Seen(with_card, is_known, delay_of(one.birth_name), walked, tuple(exchanges(heard)))


def _person(one: Known, *, is_known: bool) -> Person:
    """As INSi knows them; or born a day later, as somebody tries who wants to find out when."""
    year, month, day = one.birth_date.split("-")
    born = one.birth_date if is_known else f"{year}-{month}-{int(day) % 28 + 1:02d}"
    return replace(
        Person("walks past a listener", one.birth_name, one.given_names, Sex(one.sex), born, one.place, one.number),
        birth_rank=one.birth_rank,
    )


SCREENS = ("insert", "reading", "confirm", "document", "review", "working", "done", "ticket")


def features(turns: list[Seen]) -> Numbers:
    """Of each turn: how long each screen stood, and the times and sizes of what went by, each way."""
    return np.array([_of(turn) for turn in turns])


def _of(turn: Seen) -> list[float]:
    question, check_in, rest = told_apart(turn)
    began = turn.walked.began_at
    requests = [number for each in (question, check_in) for number in _numbers(each, began)]
    return [
        *(turn.walked.lasted.get(screen, 0.0) for screen in SCREENS),
        turn.walked.ended_at - began,
        *requests,
        float(len(rest)),
        float(sum(each.sent for each in rest)),
        float(sum(each.received for each in rest)),
    ]


def told_apart(turn: Seen) -> tuple[Exchange, Exchange, list[Exchange]]:
    """The question, the check-in, and everything else that was heard: the first two are the longest.

    A kiosk that asks INSi itself sends the console no question.
    """
    long = sorted((each for each in turn.requests if each.sent > QUESTION), key=lambda each: each.began_at)
    assert 0 < len(long) <= 2, "a turn is a question and a check-in"
    question = long[0] if len(long) == 2 else Exchange(turn.walked.began_at, turn.walked.began_at)
    return question, long[-1], [each for each in turn.requests if each not in long]


def _numbers(one: Exchange, began: float) -> tuple[float, ...]:
    return (one.began_at - began, one.sent_at - one.began_at, one.took, float(one.sent), float(one.received))


def is_quick(turn: Seen) -> bool:
    return turn.delay == QUICK
