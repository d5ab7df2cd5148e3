"""How soon an open page shows what INSi answers: from the moment INSi answers to the number on staff's screen.

``python -m tests.benchmarks.bench_answer``. The console asks in its own process as staff take the patient in hand; no
worker runs.
"""

import statistics
import sys
import tempfile
from pathlib import Path

CASES = 20
GOAL = 1.0  # seconds


def main() -> int:
    from tests.console import (
        conftest,  # sets Django up
        hall,
    )
    from tests.console.browsing import chromium
    from tests.people import DOMINIQUE, somebody_like

    assert conftest.FOLDER.is_dir()
    people, spent = [somebody_like(DOMINIQUE) for _ in range(CASES)], []
    with (
        tempfile.TemporaryDirectory(prefix="bench-answer-") as folder,
        chromium() as browser,
        hall.opened(Path(folder), browser, people) as opened,
    ):
        for number, person in enumerate(people):
            opened.takes(person, f"B{number}")
            spent.append(opened.shows_after())
    usual, worst = statistics.median(spent), max(spent)
    print(f"INSi's answer on the open page: median {usual:.2f} s, worst {worst:.2f} s of {CASES} (goal {GOAL:.0f} s)")
    return int(worst > GOAL)


if __name__ == "__main__":
    sys.exit(main())
