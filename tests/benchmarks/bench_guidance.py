"""What guidance costs and whether it is right: labelled films and endless frames; exit 1 when a goal is missed.

Run: ``python -m tests.benchmarks.bench_guidance [--films 60] [--frames 10000] [--seed 20261122]``. Goals: the picture
is taken within 1.5 s of being possible in >= 95 % of the films with a document, never without one; the instruction at
the end of each phase is the right one in >= 95 %; <= 12 ms of one core a frame of 1280x720; flat memory.
"""

import argparse
import resource
import sys
import time
from itertools import islice

import cv2
import numpy as np

from kiosk.capture.session import CaptureSession, CaptureSettings
from kiosk.core.document import Guidance, Side
from tests.specimens.draw import draw
from tests.specimens.film import RATE, frames
from tests.specimens.person import ZOE
from tests.specimens.scenes import Scene, scenes

_IN_TIME = 1.5


def judge(scene: Scene) -> tuple[bool, bool, list[str]]:
    """Play one film: was the shot right, in time; which phases ended with the wrong instruction."""
    session = CaptureSession(scene.side, first_had_zone=scene.first_had_zone)
    possible_at: float | None = None
    wrong: list[str] = []
    phase: tuple[frozenset[Guidance] | None, Guidance] | None = None
    for index, shown in enumerate(scene.frames()):
        now = index / RATE
        if shown.is_possible and possible_at is None:
            possible_at = now
        seen = session.feed(shown.picture, now)
        if phase is not None and phase[0] != shown.told and phase[0] is not None and phase[1] not in phase[0]:
            wrong.append(f"{phase[1]} instead of {'/'.join(sorted(phase[0]))}")
        phase = (shown.told, seen.guidance)
        if seen.shot is not None:
            is_right = scene.has_document and shown.is_possible
            in_time = possible_at is not None and now - possible_at <= _IN_TIME
            return is_right, in_time, wrong if is_right else [*wrong, f"taken at {now:.1f} s"]
    if phase is not None and phase[0] is not None and phase[1] not in phase[0]:
        wrong.append(f"{phase[1]} instead of {'/'.join(sorted(phase[0]))}")
    return not scene.has_document, not scene.has_document, wrong


def cost(count: int) -> tuple[float, float, float]:
    """Milliseconds of one core a frame (median, mean), and memory grown over all frames in MB."""
    films = [
        list(islice(frames(draw(ZOE, kind, side, 1), 1), 6, None))
        for kind, side in (
            ("french-id-2021", "front"),
            ("french-id-2021", "back"),
            ("french-id-1988", ""),
            ("passport", ""),
        )
    ]
    spent: list[float] = []
    start = 0.0
    while len(spent) < count:
        for film in films:
            session = CaptureSession(Side.FIRST, CaptureSettings(steady_seconds=1e9))
            for index, picture in enumerate(film):
                started = time.thread_time()
                session.feed(picture, index / RATE)
                spent.append((time.thread_time() - started) * 1000)
        if not start:
            start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 - start
    return float(np.median(spent)), float(np.mean(spent)), grown


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--films", type=int, default=60)
    options.add_argument("--frames", type=int, default=10_000)
    options.add_argument("--seed", type=int, default=20261122)
    asked = options.parse_args()
    cv2.setNumThreads(1)
    documents = right = in_time = false_shots = instructions = 0
    for scene in scenes(asked.films, asked.seed):
        is_right, is_in_time, wrong = judge(scene)
        documents += scene.has_document
        right += scene.has_document and is_right
        in_time += scene.has_document and is_right and is_in_time
        false_shots += not is_right and (not scene.has_document or any("taken" in each for each in wrong))
        instructions += not wrong
        if wrong or not is_right or not is_in_time:
            print(f"{scene.name:38} {'' if is_right else 'no good picture; '}{'; '.join(wrong)}", flush=True)
    median, mean, grown = cost(asked.frames)
    print(f"films {asked.films}: with a document {documents}, taken in time {in_time}, taken wrongly {false_shots}")
    print(f"instructions right on {instructions} of {asked.films} films")
    print(f"one core a frame of 1280x720: median {median:.1f} ms, mean {mean:.1f} ms; memory {grown:+.1f} MB")
    missed = [
        name
        for name, is_met in (
            ("in time", in_time >= 0.95 * documents),
            ("taken wrongly", false_shots == 0),
            ("instructions", instructions >= 0.95 * asked.films),
            ("milliseconds a frame", median <= 12.0),
            ("flat memory", grown <= 25),
        )
        if not is_met
    ]
    print("goals met" if not missed else "goal missed: " + ", ".join(missed))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
