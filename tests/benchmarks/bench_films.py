"""Whether the guidance is right, on labelled films of our own generator; exit 1 when a goal is missed.

Run: ``python -m tests.benchmarks.bench_films [--films 81] [--seed 20261122] [--only WORD]``. Every film is made in
memory: documents entering, shaking, tilted, too far, too near, cut, dark, burnt, under glare, under hands, several at
once, turned, leaving; and films without an identity document. Goals: the picture is taken within 1.5 s of being
possible in >= 95 % of the films that allow one; never on a film without a document, never of a frame that is blurred,
glared or covered, never a worse frame than another of its spell; the instruction is right on >= 95 % of all frames
and at the end of >= 95 % of all phases (measured as told in ``tests.specimens.judge``).
"""

import argparse
import sys
from collections import Counter

import cv2

from tests.specimens.judge import Verdict, judge
from tests.specimens.scenes import scenes

_GOAL = 0.95


def _confusion(verdicts: list[Verdict]) -> None:
    """What was shown, by what was before the camera; frames within the grace of a change stand under "(before)"."""
    told: Counter[tuple[str, str]] = Counter()
    for verdict in verdicts:
        told.update(verdict.told)
    print("what happened: what was shown, in frames", flush=True)
    for label in sorted({label for label, _ in told}):
        shown = sorted(((count, word) for (of, word), count in told.items() if of == label), reverse=True)
        print(f"  {label:28} " + ", ".join(f"{word or '(before)'} {count}" for count, word in shown))


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--films", type=int, default=81)
    options.add_argument("--seed", type=int, default=20261122)
    options.add_argument("--only", default="", help="only films whose name contains this word")
    asked = options.parse_args()
    cv2.setNumThreads(1)
    verdicts: list[Verdict] = []
    for scene in scenes(asked.films, asked.seed):
        if asked.only not in scene.name:
            continue
        verdict = judge(scene)
        verdicts.append(verdict)
        trouble = [
            word
            for word, is_so in (
                ("taken wrongly", verdict.is_false_shot),
                ("a better frame existed", verdict.is_worse),
                ("not taken in time", verdict.is_expected and not verdict.is_in_time),
                ("wrong at the end of a phase", verdict.right_phases < verdict.phases),
                ("wrong on many frames", verdict.right_frames < 0.9 * verdict.frames),
            )
            if is_so
        ]
        if trouble:
            print(f"  {verdict.name}: {', '.join(trouble)}", flush=True)
    return _report(verdicts)


def _report(verdicts: list[Verdict]) -> int:
    _confusion(verdicts)
    expected = [verdict for verdict in verdicts if verdict.is_expected]
    in_time = sum(verdict.is_in_time for verdict in expected)
    after = sorted(verdict.shot_after for verdict in expected if verdict.shot_after is not None)
    false = sum(verdict.is_false_shot for verdict in verdicts)
    worse = sum(verdict.is_worse for verdict in verdicts)
    frames, right = sum(v.frames for v in verdicts), sum(v.right_frames for v in verdicts)
    phases, ended = sum(v.phases for v in verdicts), sum(v.right_phases for v in verdicts)
    seconds, changes = sum(v.seconds for v in verdicts), sum(v.changes for v in verdicts)
    print(f"films {len(verdicts)}: a picture is possible on {len(expected)}, taken in time on {in_time}")
    if after:
        print(f"seconds after it became possible: median {after[len(after) // 2]:.2f}, longest {after[-1]:.2f}")
    print(f"taken wrongly {false}, a better frame existed {worse}")
    print(f"instruction right on {right} of {frames} frames, at the end of {ended} of {phases} phases")
    print(f"the instruction changed every {seconds / max(changes, 1):.1f} s")
    missed = [
        name
        for name, is_met in (
            ("in time", in_time >= _GOAL * len(expected)),
            ("taken wrongly", false == 0),
            ("the best frame", worse == 0),
            ("instruction, frames", right >= _GOAL * frames),
            ("instruction, phases", ended >= _GOAL * phases),
        )
        if not is_met
    ]
    print("goals met" if not missed else "goal missed: " + ", ".join(missed))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
