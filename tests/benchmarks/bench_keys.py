"""What a key of one's own costs: making it, opening with it, destroying it, renewing the store, beside many others.

``python -m tests.benchmarks.bench_keys [COUNT]``: on SQLite, then on a PostgreSQL server of its own. The processor's
time is this process's; the wall's includes the database and the disk.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

from kiosk.console.config import read_server_settings
from kiosk.console.site.django_settings import configure
from tests.console.postgres import running
from tests.console.served import ServedConsole

COUNT = 100_000
BODY = os.urandom(2000)  # what INSi answered, or what staff wrote


def main(count: int) -> None:
    for name in ("SQLite", "PostgreSQL"):
        if os.fork() == 0:  # Django is set up once in a process
            with tempfile.TemporaryDirectory(prefix="bench-keys-") as folder:
                if name == "SQLite":
                    measure(name, Path(folder), "", count)
                else:
                    with running() as server:
                        measure(name, Path(folder), server.url(), count)
            os._exit(0)
        os.wait()


def measure(name: str, folder: Path, database: str, count: int) -> None:
    console = ServedConsole(folder / "console")
    console.config.write_text(console.config.read_text().replace("port = 0", f'port = 0\nkeys_database = "{database}"'))
    server = read_server_settings(console.config)
    configure(server)
    from django.utils import timezone

    from kiosk.console.records import store_keys, subject_keys
    from kiosk.console.upkeep.database import bring_up_to_date

    bring_up_to_date(server)
    many = [uuid4() for _ in range(count)]
    told = [f"keys on {name}, {count} of them, load {os.getloadavg()[0]:.1f}:"]
    told.append(
        _timed(
            "made, 500 at once", count, lambda: [subject_keys.create(many[n : n + 500]) for n in range(0, count, 500)]
        )
    )
    some = many[:: max(1, count // 300)]
    bodies = {one: subject_keys.lock(one, BODY, b"note") for one in some}
    told.append(_timed("made alone", 100, lambda: [subject_keys.create([uuid4()]) for _ in range(100)]))
    told.append(
        _timed(
            "made 12 at once, each",
            1200,
            lambda: [subject_keys.create([uuid4() for _ in range(12)]) for _ in range(100)],
        )
    )
    told.append(_timed("locked", len(some), lambda: [subject_keys.lock(one, BODY, b"note") for one in some]))
    told.append(_timed("opened", len(some), lambda: [subject_keys.unlock(one, bodies[one], b"note") for one in some]))
    told.append(_timed("destroyed, 200 at once", 200, lambda: subject_keys.destroy(many[1:201])))
    store_keys.renew(timezone.now())

    def rewrap() -> None:
        while store_keys.rewrap_some(500):
            continue

    told.append(_timed("renewed", count, rewrap))
    print("\n  ".join(told), flush=True)


def _timed(what: str, times: int, work: Callable[[], object]) -> str:
    began, busy = time.perf_counter(), time.process_time()
    work()
    wall, processor = time.perf_counter() - began, time.process_time() - busy
    return f"{what}: {1e6 * processor / times:.0f} µs of processor, {1e6 * wall / times:.0f} µs each"


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else COUNT)
