"""What guidance costs: endless frames of four documents; exit 1 when a goal is missed.

Run: ``python -m tests.benchmarks.bench_guidance [--frames 10000]``. Goals: on average at most 12 ms of one core (time
of the processor, not of the clock) for a frame of 1280x720, and memory that does not grow over all frames. Whether the
guidance is right is measured by ``bench_films``.
"""

import argparse
import resource
import sys
import time
from itertools import islice

import cv2
import numpy as np

from kiosk.capture.session import CaptureSession, CaptureSettings
from kiosk.core.sources.document import Side
from kiosk.training.draw import draw
from tests.specimens.film import RATE, frames
from tests.specimens.person import ZOE

_MOST_MS = 12.0
_MOST_GROWN = 25.0  # MB


def cost(count: int) -> tuple[list[float], float]:
    """Milliseconds of one core for each frame, and memory grown over all frames in MB."""
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
    return spent, grown


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--frames", type=int, default=10_000)
    asked = options.parse_args()
    cv2.setNumThreads(1)
    spent, grown = cost(asked.frames)
    mean, median, late = float(np.mean(spent)), float(np.median(spent)), float(np.percentile(spent, 95))
    print(f"one core a frame of 1280x720: mean {mean:.1f} ms, median {median:.1f}, 95 of 100 under {late:.1f}")
    print(f"memory over {len(spent)} frames: {grown:+.1f} MB")
    missed = [
        name
        for name, is_met in (("milliseconds a frame", mean <= _MOST_MS), ("flat memory", grown <= _MOST_GROWN))
        if not is_met
    ]
    print("goals met" if not missed else "goal missed: " + ", ".join(missed))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
