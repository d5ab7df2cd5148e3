"""How long a console of earlier versions takes to become one that knows persons, and what it needs.

``python -m tests.benchmarks.bench_carried_over [VISITS [postgresql]]``. 100 000 visits without pictures, sealed and
signed as 0.1.0 left them: most decided, a fifth of them somebody's second visit, some that disagree, doubted, merged,
proposed as pairs, verified, waiting. Pictures are not opened faster or slower than they are read: they come on top.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

VISITS = 100_000
GOAL = 3600.0  # seconds: an hour of a night


def main(visits: int, kind: str) -> int:
    if kind != "postgresql":
        return _measured("SQLite", visits, "", "")
    from tests.console.postgres import running

    with running() as server:
        return _measured("PostgreSQL", visits, server.url(), server.url())


def _measured(kind: str, visits: int, database: str, keys: str) -> int:
    with tempfile.TemporaryDirectory(prefix="bench-carried-over-") as folder:
        site = Path(folder)
        began = time.monotonic()
        _child("fill", site, visits, database, keys)
        print(f"filled: {visits} visits in {time.monotonic() - began:.0f} s", flush=True)
        began = time.monotonic()
        peak = _child("carry", site, visits, database, keys)
        spent = time.monotonic() - began
        print(f"carried over on {kind} in {spent:.0f} s, at most {peak} MB in the process")
        told = json.loads((site / "data" / "carried-over.json").read_text())
        print(json.dumps(told), flush=True)
        _child("check", site, visits, database, keys)
        is_whole = told["counts"]["visits"] == visits and not told["unexplained"]
        return int(not is_whole or spent > GOAL)


def _child(part: str, site: Path, visits: int, database: str, keys: str) -> int:
    """Each part in a process of its own, which says at its end how much memory it took, in MB."""
    command = [sys.executable, "-m", __spec__.name, part, str(site), str(visits), database, keys]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    *told, peak = done.stdout.splitlines()
    print(*told, sep="\n", end="\n" if told else "", flush=True)
    return int(peak)


def _part(part: str, site: Path, visits: int, database: str, keys: str) -> None:
    from django.conf import settings

    from tests.console.conftest import settings_with, take

    _keys(site)
    take(settings_with(database, keys).model_copy(update=_places(site)))
    if part == "fill":
        from tests.benchmarks.visits_of_before import fill

        fill(settings.KIOSK, visits)
    elif part == "carry":
        from kiosk.console.upkeep.database import bring_up_to_date

        bring_up_to_date(settings.KIOSK)
    else:
        from kiosk.console.upkeep import checking

        began = time.monotonic()
        parts = [one for check in checking.CHECKS.values() for one in checking.whole(check)]
        found = [one for part in parts for one in part.found]
        print(f"read again in {time.monotonic() - began:.0f} s: {sum(one.count for one in parts)}, found {len(found)}")
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)


def _places(site: Path) -> dict[str, Path]:
    return {"data_dir": site / "data", "recipient_key": site / "structure.key"}


def _keys(site: Path) -> None:
    """The same keys in each process: the fixtures' own, which are published."""
    from django.conf import settings

    from kiosk.console import keyring
    from tests.fixtures import keys

    keys.lay_out(site)
    settings.KEYRING = (keyring.Secret(keys.SECRET),)
    (site / "data" / "keys").mkdir(parents=True, exist_ok=True)
    settings.KIOSK.passphrase_file.write_bytes(keys.PASSPHRASE)


if __name__ == "__main__":
    if len(sys.argv) > 3:
        _part(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), *sys.argv[4:6])
    else:
        sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else VISITS, sys.argv[2] if len(sys.argv) > 2 else ""))
