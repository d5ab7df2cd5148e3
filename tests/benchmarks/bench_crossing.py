"""Two consoles, two workers and four desks on one PostgreSQL, on the same fifty people, killed thirty times in minutes.

``python -m tests.benchmarks.bench_crossing [seconds] [kills]``: at the end the register is as it was written, nothing
shown is lost, nothing half decided, no deadlock; and nobody at a console that ran waited longer than two seconds.
"""

import secrets
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from tests.console import crossing
from tests.console.postgres import running

SECONDS, KILLS = 300, 30
LONGEST = 2.0


def main() -> int:
    """Print what was counted; 1 when somebody waited too long."""
    seconds, kills = (int(word) for word in (sys.argv[1:] + [str(SECONDS), str(KILLS)][len(sys.argv) - 1 :])[:2])
    seed = secrets.randbelow(10**6)
    with ExitStack() as open_:
        folder = Path(open_.enter_context(tempfile.TemporaryDirectory(prefix="bench-crossing-")))
        site = crossing.Crossing(folder / "site", open_.enter_context(running()))
        open_.callback(site.close)
        site.start()
        counted = crossing.run(site, seconds, kills, seed)
        longest = site.longest_wait()
    print(f"{seconds} s (seed {seed}): {counted}; the longest wait {longest:.2f} s (goal {LONGEST:.0f} s)", flush=True)
    return int(longest > LONGEST)


if __name__ == "__main__":
    sys.exit(main())
