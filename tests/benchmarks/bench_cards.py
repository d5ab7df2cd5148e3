"""How near the reading of a card is to what its contacts allow, and how soon the reader is ready again.

Run: ``python -m tests.benchmarks.bench_cards [--runs 9] [--kills 50]``. Real-card speed, real PC/SC stack. Exit code 1
when a goal is missed. The physical floor is counted at the simulated card: bytes over the contacts x 0.31 ms.
"""

import argparse
import statistics
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from hardware.cards.base import CardInserted, CardRemoved, ReaderFound, ReaderLost
from hardware.cards.card_file import REAL_SPEED
from hardware.cards.vitale_files import Unreadable, VitaleFiles, read_card
from tests.cards.stack import CardStack, Listener, card_stack
from tests.people import FAMILIES, card_file

SLOT = "Virtual PCD 00 00"
CARDS = ("zoe-alone", "zoe", "nineteen")  # 1, 3 and 19 beneficiaries
GOAL_RATIO = 1.15
GOAL_READY = 2.0  # seconds


@dataclass(frozen=True, slots=True)
class Line:
    """One figure held against its goal."""

    what: str
    figure: float
    goal: float
    detail: str

    @property
    def is_met(self) -> bool:
        return self.figure <= self.goal

    def __str__(self) -> str:
        verdict = "ok  " if self.is_met else "MISS"
        return f"{verdict} {self.what:<44} {self.figure:8.3f}  goal {self.goal:5.2f}  {self.detail}"


def reading(stack: CardStack, heard: Listener, name: str, runs: int) -> Line:
    """Read one card again and again; the median time over the floor."""
    stack.card.insert(name)
    heard.wait_for(CardInserted)
    ratios: list[float] = []
    took: list[float] = []
    bytes_before = commands_before = again = 0
    size = commands = 0
    for run in range(runs):
        started = time.perf_counter()
        outcome = read_card(stack.reader, SLOT)
        seconds = time.perf_counter() - started
        if not isinstance(outcome, VitaleFiles):
            raise SystemExit(f"{name}: {outcome}")
        counted = stack.card.count()
        size = counted["bytes"] - bytes_before
        commands = counted["commands"] - commands_before
        if run == 0:
            again = counted["file_bytes_again"]
        bytes_before, commands_before = counted["bytes"], counted["commands"]
        took.append(seconds * 1000)
        ratios.append(seconds * 1000 / (size * REAL_SPEED))
    stack.card.pull()
    heard.wait_for(CardRemoved)
    people = len(FAMILIES[name].people)
    detail = (
        f"{statistics.median(took):.1f} ms for a floor of {size * REAL_SPEED:.1f} ms; "
        f"{commands} commands, {size} bytes, {again} read twice"
    )
    return Line(f"reading, {people} beneficiaries / floor", statistics.median(ratios), GOAL_RATIO, detail)


def pulled(stack: CardStack, heard: Listener) -> list[Line]:
    """Pull the card after each command in turn: the next card is ready how soon?"""
    noticed: list[float] = []
    ready: list[float] = []
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        for command in range(1, 7):
            path = Path(folder) / f"{command}.toml"
            path.write_text(card_file(FAMILIES["zoe"], pull_after=command), encoding="utf-8")
            stack.card.insert(path)
            heard.wait_for(CardInserted)
            outcome = read_card(stack.reader, SLOT)
            wrong += outcome != Unreadable("card-gone") and command < 6
            started = time.perf_counter()
            heard.wait_for(CardRemoved)
            noticed.append(time.perf_counter() - started)
            stack.card.insert("toussaint")
            started = time.perf_counter()
            heard.wait_for(CardInserted)
            ready.append(time.perf_counter() - started)
            wrong += not isinstance(read_card(stack.reader, SLOT), VitaleFiles)
            stack.card.pull()
            heard.wait_for(CardRemoved)
    return [
        Line("pulled at each command: noticed after, s", max(noticed), GOAL_READY, "worst of 6"),
        Line("pulled at each command: next card ready, s", max(ready), GOAL_READY, "worst of 6"),
        Line("pulled at each command: wrong outcomes", wrong, 0, ""),
    ]


def killed(stack: CardStack, heard: Listener, times: int) -> list[Line]:
    """Kill and restart the card service: the reader and its card are found again how soon?"""
    stack.card.insert("zoe-alone")
    heard.wait_for(CardInserted)
    found: list[float] = []
    card_ready: list[float] = []
    unread = 0
    threads, handles = threading.active_count(), len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(times):
        stack.service.kill()
        heard.wait_for(ReaderLost)
        stack.service.restart()
        started = time.perf_counter()
        heard.wait_for(ReaderFound)
        found.append(time.perf_counter() - started)
        heard.wait_for(CardInserted)
        card_ready.append(time.perf_counter() - started)
        unread += not isinstance(read_card(stack.reader, SLOT), VitaleFiles)
    left = threading.active_count() - threads + max(0, len(list(Path("/proc/self/fd").iterdir())) - handles)
    return [
        Line("pcscd killed: reader found again, s", max(found), GOAL_READY, f"worst of {times}"),
        Line("pcscd killed: card ready again, s", max(card_ready), GOAL_READY, f"worst of {times}"),
        Line("pcscd killed: threads and handles left", left, 0, f"after {times} times"),
        Line("pcscd killed: cards not read afterwards", unread, 0, f"of {times}"),
    ]


def main(arguments: list[str] | None = None) -> int:
    """Print every figure; 1 when a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--kills", type=int, default=10)
    parsed = parser.parse_args(arguments)
    with card_stack() as stack, Listener(stack.reader) as heard:
        lines = [reading(stack, heard, name, parsed.runs) for name in CARDS]
        lines += pulled(stack, heard)
        if parsed.kills:
            lines += killed(stack, heard, parsed.kills)
    for line in lines:
        print(line)
    return 0 if all(line.is_met for line in lines) else 1


if __name__ == "__main__":
    sys.exit(main())
