"""The reader says *not certain* rather than lie; exit 1 when it was certain of something that is not printed.

Run: ``python -m tests.benchmarks.bench_tampered [--pictures 330] [--seed 71093]``. Characters are painted over,
cut, swapped or replaced; goal: none accepted that is other than printed (replaced, swapped: than what now is printed).
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
from tests.specimens.photograph import photograph
from tests.specimens.tamper import WAYS, tamper

TODAY = date(2026, 11, 21)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--pictures", type=int, default=330)
    options.add_argument("--seed", type=int, default=71093)
    asked = options.parse_args()
    rng = random.Random(asked.seed)
    reader = DocumentReader()
    table: dict[str, Counter[str]] = {}
    for index in range(asked.pictures):
        one = rng.getrandbits(40)
        own = random.Random(one)
        kind, way = KINDS[index % len(KINDS)], WAYS[index // len(KINDS) % len(WAYS)]
        how = random_print(own)
        spoiled = tamper(draw(somebody(own), kind, "", one, how), way, own, how)
        photo = photograph(spoiled, own.choice(("good", "scan", "rotated", "jpeg", "motion")), one)
        mrz = reader.read(photo.picture, TODAY).mrz
        counts = table.setdefault(way, Counter())
        counts["pictures"] += 1
        counts["accepted"] += mrz is not None and mrz.accepted
        is_wrong = mrz is not None and mrz.accepted and mrz.lines != photo.lines
        counts["wrong"] += is_wrong
        if is_wrong and mrz is not None:
            for printed, said in zip(photo.lines, mrz.lines, strict=False):
                if printed != said:
                    print(f"{way} {kind}\n  {printed}\n  {said}")
    print(f"{'':10}{'pictures':>9}{'accepted':>9}{'wrong':>7}")
    for way, counts in table.items():
        print(f"{way:10}{counts['pictures']:9}{counts['accepted']:9}{counts['wrong']:7}", flush=True)
    reader.close()
    wrong = sum(counts["wrong"] for counts in table.values())
    print("goals met" if not wrong else f"goal missed: {wrong} wrong acceptances")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
