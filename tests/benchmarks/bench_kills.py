"""A hundred times SIGKILL: console and worker on SQLite, console, worker and database on PostgreSQL.

Kiosks deliver and staff decides all the while; at the end nothing acknowledged is missing, nothing is half decided,
the audit trail is whole. ``python -m tests.benchmarks.bench_kills [sqlite|postgresql] [how often]``
"""

import random
import secrets
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from tests.console.postgres import Postgres
from tests.console.site import Site, judge

KILLS = {"sqlite": 40, "postgresql": 60}


def main() -> int:
    words = sys.argv[1:]
    for name in [word for word in words if word in KILLS] or KILLS:
        number = next((int(word) for word in words if word.isdigit()), KILLS[name])
        _kill(name, number, secrets.randbelow(10**6))
    return 0


def _kill(name: str, number: int, seed: int) -> None:
    began = time.monotonic()
    with ExitStack() as open_:
        folder = Path(open_.enter_context(tempfile.TemporaryDirectory(prefix="bench-kills-")))
        folder.chmod(0o755)
        postgres = None
        if name == "postgresql":
            postgres = Postgres(folder / "server")
            postgres.start()
            open_.callback(postgres.stop)
        site = Site(folder / "site", postgres)
        open_.callback(site.close)
        site.start()
        chance, killed = random.Random(seed), dict.fromkeys(site.victims(), 0)
        for _ in range(number):
            victim = chance.choice(site.victims())
            site.kill(victim, chance)
            killed[victim] += 1
        site.end()
        counted = judge(site)
    print(f"{name}: killed {killed} in {time.monotonic() - began:.0f} s (seed {seed}); whole: {counted}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
