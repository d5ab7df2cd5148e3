"""Whether a kiosk seen from outside tells what INSi answers: its screen filmed, its network listened to.

Turns of people whom INSi knows or not, whose printed date is right or a day off, quick, slow or unanswered, each by
chance; a classifier learns from the durations of the screens and from the sizes and times of what went by, both ways.
``python -m tests.benchmarks.bench_outside [turns] [direct]``: with ``direct``, the kiosk asks itself, and tells.
"""

import os
import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from kiosk import journal
from tests.outside.judge import judge
from tests.outside.watch import Seen, Watched, features, is_quick, told_apart

TURNS = 240
ASKED: dict[str, tuple[Callable[[Seen], bool], Callable[[Seen], bool]]] = {
    "known or not (card)": (lambda turn: turn.with_card, lambda turn: turn.is_known),
    "right date or not (document)": (lambda turn: not turn.with_card, lambda turn: turn.is_known),
    "known or not (all)": (lambda turn: True, lambda turn: turn.is_known),
    "INSi quick, or slow or away (all)": (lambda turn: True, is_quick),
}


def main() -> int:
    words = sys.argv[1:]
    count = next((int(word) for word in words if word.isdigit()), TURNS)
    with tempfile.TemporaryDirectory(prefix="bench-outside-") as folder:
        journal.write_to(path=Path(folder) / "journal.jsonl")
        watched = Watched(Path(folder), via="direct" if "direct" in words else "console")
        try:
            turns = watched.turns(count)
        finally:
            watched.close()
    return 0 if _told(turns) else 1


def _told(turns: list[Seen]) -> bool:
    working = [1000 * turn.walked.lasted.get("working", 0.0) for turn in turns]
    walks = [1000 * (turn.walked.ended_at - turn.walked.began_at) for turn in turns]
    print(
        f"{len(turns)} turns: {statistics.median(walks):.0f} ms each, of which the machine makes wait"
        f" {statistics.median(working):.0f} (most {max(working):.0f}); load {os.getloadavg()[0]:.1f}"
    )
    answers = sorted({each.received for turn in turns for each in told_apart(turn)[:1]})
    print(f"sizes of the answers to a question: {answers}; screens {len({turn.walked.screens for turn in turns})}")
    is_guessing = True
    for name, (counts, label) in ASKED.items():
        some = [turn for turn in turns if counts(turn)]
        said = judge(features(some), np.array([label(turn) for turn in some]))
        print(f"{name}: {said.turns} turns, area {said.area:.3f}, 95 % between {said.low:.3f} and {said.high:.3f}")
        is_guessing = is_guessing and said.is_guessing
    return is_guessing and len(answers) == 1


if __name__ == "__main__":
    sys.exit(main())
