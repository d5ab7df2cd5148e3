"""Pictures as people bring them: copies, phones, web pictures, bent, worn, overprinted zones; exit 1 on a missed goal.

Run: ``python -m tests.benchmarks.bench_wild [--each 10] [--seed 33871]``. Goals over all ways together: exact >= 95 %,
accepted >= 85 %, of these wrong 0. It stands in for photographs of real specimens, which are not the project's to keep.
"""

import argparse
import random
import sys
from collections import Counter
from datetime import date

from kiosk.capture.reader import DocumentReader
from kiosk.training.draw import draw, random_print
from kiosk.training.holder import KINDS
from tests.specimens.person import somebody
from tests.specimens.wild import WILDS, wild_photo

TODAY = date(2026, 11, 21)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--each", type=int, default=10)
    options.add_argument("--seed", type=int, default=33871)
    asked = options.parse_args()
    rng = random.Random(asked.seed)
    reader = DocumentReader()
    whole: Counter[str] = Counter()
    print(f"{'':10}{'pictures':>9}{'exact %':>9}{'accepted %':>11}{'of these wrong':>15}")
    for way in WILDS:
        counts: Counter[str] = Counter()
        for index in range(asked.each):
            one = rng.getrandbits(40)
            own = random.Random(one)
            photo = wild_photo(draw(somebody(own), KINDS[index % len(KINDS)], "", one, random_print(own)), way, one)
            mrz = reader.read(photo.picture, TODAY).mrz
            is_exact = mrz is not None and mrz.lines == photo.lines
            is_accepted = mrz is not None and mrz.accepted
            counts.update(pictures=1, exact=is_exact, accepted=is_accepted, wrong=is_accepted and not is_exact)
        whole.update(counts)
        _show(way, counts)
    _show("all", whole)
    reader.close()
    count = whole["pictures"]
    is_met = whole["exact"] >= 0.95 * count and whole["accepted"] >= 0.85 * count and not whole["wrong"]
    print("goals met" if is_met else "goal missed")
    return 0 if is_met else 1


def _show(name: str, counts: Counter[str]) -> None:
    count = max(1, counts["pictures"])
    line = (
        f"{name:10}{counts['pictures']:9}{100 * counts['exact'] / count:9.1f}{100 * counts['accepted'] / count:11.1f}"
    )
    print(f"{line}{counts['wrong']:15}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
