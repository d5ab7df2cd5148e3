"""How much of the MRZ is read, on photographs nobody tuned for; exit 1 when a goal is missed.

Run: ``python -m tests.benchmarks.bench_mrz [--pictures 490] [--seed 20261122] [--soak 1000] [--peer rapidocr]``.
Pictures are drawn from the seed: every kind of document under every condition. Goals: exact >= 97 %, fields >= 98 %,
accepted >= 90 % and of these wrong 0, median <= 0.30 s, 95th percentile <= 0.6 s on two cores, peak memory <= 350 MB.
"""

import argparse
import multiprocessing
import random
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date

import numpy as np

from kiosk.capture.reader import DocumentReader
from kiosk.core.document import MrzReading
from kiosk.documents.mrz import parse
from tests.specimens.draw import draw, random_print
from tests.specimens.person import KINDS, somebody
from tests.specimens.photograph import CONDITIONS, Photo, photograph

TODAY = date(2026, 11, 21)


def photo(index: int, one: int) -> Photo:
    """Draw one picture."""
    own = random.Random(one)
    kind, condition = KINDS[index % len(KINDS)], CONDITIONS[index // len(KINDS) % len(CONDITIONS)]
    return photograph(draw(somebody(own), kind, "", one, random_print(own)), condition, one)


def photos(count: int, seed: int) -> Iterator[Photo]:
    """Every condition and every kind in turn, each with its own person, print and pose.

    Drawn in a process of its own and never while one is read, so that memory and time are the reader's.
    """
    rng = random.Random(seed)
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        for index in range(count):
            yield pool.apply(photo, (index, rng.getrandbits(40)))


def fields(reading: MrzReading) -> tuple[object, ...]:
    """What a check-in keeps of a reading."""
    traits = reading.traits
    birth = traits.birth_date.text if traits.birth_date else ""
    return (traits.birth_name, traits.given_names, birth, traits.sex, reading.document_number, reading.expiry)


def field_score(truth: tuple[str, ...], reading: MrzReading | None) -> float:
    """Share of the fields that are right."""
    wanted = parse(truth, TODAY)
    assert isinstance(wanted, MrzReading)
    if reading is None:
        return 0.0
    pairs = list(zip(fields(wanted), fields(reading), strict=True))
    return sum(a == b for a, b in pairs) / len(pairs)


def rapidocr_peer() -> Callable[[np.ndarray], tuple[str, ...] | None]:
    """RapidOCR 3 with its angle classifier off: every line it finds, those that look like a zone kept."""
    from rapidocr import RapidOCR

    engine = RapidOCR(params={"Global.use_cls": False, "Global.log_level": "critical"})

    def read(picture: np.ndarray) -> tuple[str, ...] | None:
        texts = [text.upper().replace(" ", "") for text in (engine(picture).txts or ())]
        for width in (30, 36, 44):
            lines = [text for text in texts if len(text) == width]
            if len(lines) == (3 if width == 30 else 2):
                return tuple(lines)
        return None

    return read


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--pictures", type=int, default=490)
    options.add_argument("--seed", type=int, default=20261122)
    options.add_argument("--soak", type=int, default=0, help="read this many more and look at memory")
    options.add_argument("--peer", choices=("rapidocr",), help="read the same pictures with another reader too")
    asked = options.parse_args()
    reader = DocumentReader()
    peer = rapidocr_peer() if asked.peer else None
    table: dict[str, Counter[str]] = {}
    seconds: list[float] = []
    for shown in photos(asked.pictures, asked.seed):
        started = time.perf_counter()
        mrz = reader.read(shown.picture, TODAY).mrz
        seconds.append(time.perf_counter() - started)
        is_exact = mrz is not None and mrz.lines == shown.lines
        is_accepted = mrz is not None and mrz.accepted
        for row in (shown.kind, shown.condition, "all"):
            counts = table.setdefault(row, Counter())
            counts["pictures"] += 1
            counts["exact"] += is_exact
            counts["fields"] += round(1000 * field_score(shown.lines, mrz))
            counts["accepted"] += is_accepted
            counts["wrong"] += is_accepted and not is_exact
            if peer is not None:
                counts["peer"] += peer(shown.picture) == shown.lines
    print(
        f"{'':18}{'pictures':>9}{'exact %':>9}{'fields %':>9}{'accepted %':>11}{'of these wrong':>15}"
        + ("   peer exact %" if peer else "")
    )
    for row in (*KINDS, *CONDITIONS, "all"):
        counts = table.get(row, Counter())
        count = max(1, counts["pictures"])
        line = f"{row:18}{counts['pictures']:9}{100 * counts['exact'] / count:9.1f}{counts['fields'] / count / 10:9.1f}"
        line += f"{100 * counts['accepted'] / count:11.1f}{counts['wrong']:15}"
        print(line + (f"{100 * counts['peer'] / count:15.1f}" if peer else ""))
    median, late = float(np.median(seconds)), float(np.percentile(seconds, 95))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"seconds a picture: median {median:.3f}, 95th percentile {late:.3f}, worst {max(seconds):.3f}")
    print(f"peak memory of the reading process: {peak:.0f} MB")
    grown = 0.0
    if asked.soak:
        for shown in photos(asked.soak, asked.seed + 1):
            reader.read(shown.picture, TODAY)
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 - peak
        print(f"after {asked.soak} more: {grown:+.0f} MB")
    reader.close()
    whole = table["all"]
    count = whole["pictures"]
    missed = [
        name
        for name, is_met in (
            ("exact", whole["exact"] >= 0.97 * count),
            ("fields", whole["fields"] >= 980 * count),
            ("accepted", whole["accepted"] >= 0.90 * count),
            ("wrong self-acceptances", whole["wrong"] == 0),
            ("median seconds", median <= 0.30),
            ("95th percentile", late <= 0.60),
            ("memory", peak <= 350 or peer is not None),
            ("flat memory", grown <= 25),
        )
        if not is_met
    ]
    print("goals met" if not missed else "goal missed: " + ", ".join(missed))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
