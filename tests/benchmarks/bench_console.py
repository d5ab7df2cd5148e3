"""The console's pages, a decision and the prior search with very many people: against their own time with a thousand.

``python -m tests.benchmarks.bench_console``: SQLite with 30 000 people and three visits each, then a PostgreSQL server
of its own with 1 000 000. ``… bench_console sqlite|postgresql [how many]``: one of them.
"""

import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

FEW = 1_000
MANY = {"sqlite": 30_000, "postgresql": 1_000_000}
WAITING = 40
GOAL = 2.0
DECIDED_WITHIN = 15.0  # milliseconds, 95 of 100
ROUNDS = 25
DECISIONS = 60
SAMPLE = 40  # persons and facts read again after the loading


@dataclass(frozen=True, slots=True)
class Took:
    """Milliseconds on the wall and of our processor, of every round."""

    wall: tuple[float, ...]
    processor: tuple[float, ...]

    @property
    def usual(self) -> float:
        return statistics.median(self.wall)

    @property
    def most(self) -> float:
        """Of 95 in 100."""
        return statistics.quantiles(self.wall, n=20)[-1]


def main() -> int:
    words = sys.argv[1:]
    if not words:
        return max(subprocess.run([sys.executable, "-m", __spec__.name, one], check=False).returncode for one in MANY)
    many = int(words[1]) if len(words) > 1 else MANY[words[0]]
    if words[0] == "sqlite":
        return _measure("SQLite", "", "", many)
    from tests.console.postgres import running

    with running() as server:
        return _measure("PostgreSQL", server.url(), server.url(), many)


def _measure(name: str, url: str, keys_url: str, many: int) -> int:
    from tests.console import conftest  # sets Django up

    conftest.take(conftest.settings_with(url, keys_url))
    return _measure_all(name, many)


def _measure_all(name: str, many: int) -> int:
    from django.conf import settings

    from kiosk.console.upkeep.database import bring_up_to_date
    from tests.benchmarks import reread, stored
    from tests.console.arrivals import enrol

    bring_up_to_date(settings.KIOSK)
    enrol()
    register = stored.Register()
    what = _what()
    register.store(0, FEW)
    before = {page: _times(one) for page, one in what.items()} | {"decision": _decisions()}
    began = time.perf_counter()
    register.store(FEW, many - FEW)
    print(f"{name}: {many} people, {many * stored.VISITS} visits: {time.perf_counter() - began:.0f} s", flush=True)
    found = reread.sample(SAMPLE)
    print(f"{name}: {SAMPLE} people read again, with all their facts and visits: {found or 'as written'}", flush=True)
    after = {page: _times(one) for page, one in what.items()} | {"decision": _decisions()}
    missed = [page for page in after if after[page].usual > GOAL * before[page].usual]
    for page, took in after.items():
        _tell(f"{name}, {page}", before[page], took, many)
    is_slow = after["decision"].most > DECIDED_WITHIN
    return 1 if missed or is_slow or found else 0


def _what() -> dict[str, Callable[[], object]]:
    """What staff and the worker ask for most."""
    from kiosk.console.register import prior
    from tests.benchmarks import stored
    from tests.console.arrivals import arrive, check_in_of
    from tests.console.staff import at_desk
    from tests.people import ZOE

    shown = [arrive(ZOE).key for _ in range(WAITING)][-1]
    client = at_desk("marc", "officer")
    born, called = stored.found_with(0)
    known = check_in_of(stored.as_person(0))
    return {
        "queue page": lambda: client.get("/file/", secure=True),
        "one identity": lambda: client.get(f"/arrivees/{shown}/", secure=True),
        "search page": lambda: client.post("/recherche/", {"born": born, "name": called}, secure=True),
        "prior search": lambda: prior.candidates(known),
    }


def _times(one: Callable[[], object]) -> Took:
    took, worked = [], []
    for _ in range(ROUNDS):
        began, at_work = time.perf_counter(), time.process_time()
        answer = one()
        took.append(1000 * (time.perf_counter() - began))
        worked.append(1000 * (time.process_time() - at_work))
        assert getattr(answer, "status_code", 200) == 200
    return Took(tuple(took), tuple(worked))


def _decisions() -> Took:
    """The transaction in which somebody is qualified and becomes a person; each somebody else."""
    from kiosk.console.arrivals import queue
    from kiosk.console.identities import deciding
    from kiosk.console.models import Staff
    from tests.benchmarks import newcomers
    from tests.benchmarks.model import choice_for

    staff = Staff.objects.get(username="stored")
    took, worked = [], []
    for check_in in newcomers.arrived(DECISIONS):
        queue.take(check_in.key, staff)
        choice = choice_for(check_in)
        began, at_work = time.perf_counter(), time.process_time()
        arrival = deciding.decide(check_in.key, staff, choice)
        took.append(1000 * (time.perf_counter() - began))
        worked.append(1000 * (time.process_time() - at_work))
        assert arrival.status == "QUALIFIED"
    return Took(tuple(took), tuple(worked))


def _tell(name: str, before: Took, after: Took, many: int) -> None:
    times = f"{before.usual:.1f} ms with {FEW}, {after.usual:.1f} ms with {many}"
    most = f"95 in 100: {before.most:.1f}, {after.most:.1f}"
    ours = f"our processor {_usual(before.processor):.1f}, {_usual(after.processor):.1f} ms"
    print(f"{name}: {times}: × {after.usual / before.usual:.2f} ({most}; {ours})", flush=True)


def _usual(some: Sequence[float]) -> float:
    return statistics.median(some)


if __name__ == "__main__":
    sys.exit(main())
