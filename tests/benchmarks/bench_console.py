"""The console's pages, a decision and the prior search with very many people: against their time with a thousand.

``python -m tests.benchmarks.bench_console``: SQLite with 30 000 people and three visits each, then a PostgreSQL server
of its own with 1 000 000. ``… bench_console sqlite|postgresql [how many [folder]]``: one of them, with the databases
of that folder, which are filled the first time and kept (forty gigabytes for a million). Both consoles are measured
in turn, a few rounds at a time: what else this machine does meanwhile slows down both.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from unittest import mock

if TYPE_CHECKING:
    from django.test import Client

    from kiosk.console.identities.choices import Choice
    from kiosk.console.models import Arrival
    from kiosk.core.checkin.value import CheckIn
    from tests.benchmarks.kept import Consoles

MANY = {"sqlite": 30_000, "postgresql": 1_000_000}
WAITING = 40
GOAL = 2.0
DECIDED_WITHIN = 15.0  # milliseconds, 95 of 100: what holds the visit, the person and the trail
NEW, KNOWN = "decision", "decision about somebody known"
HOLDS = (f"{NEW}, what it holds", f"{KNOWN}, what it holds")
TURNS = 5
ROUNDS = 5  # in each turn, after one that does not count
DECISIONS = 150
UNCOUNTED = 6  # of each turn: its connections are new, and prepare what they are asked for the sixth time
SAMPLE = 40  # persons and facts read again after the loading
STRIDE = 104_729  # from one person looked for to the next

Asked = Callable[[], object]


@dataclass(slots=True)
class Took:
    """Milliseconds on the wall and of our processor, of every round."""

    wall: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)

    @contextmanager
    def one(self) -> Iterator[None]:
        began, at_work = time.perf_counter(), time.process_time()
        yield
        self.wall.append(1000 * (time.perf_counter() - began))
        self.processor.append(1000 * (time.process_time() - at_work))

    @property
    def usual(self) -> float:
        return statistics.median(self.wall)

    @property
    def worked(self) -> float:
        return statistics.median(self.processor)

    @property
    def most(self) -> float:
        """Of 95 in 100."""
        return statistics.quantiles(self.wall, n=20)[-1]


def main() -> int:
    words = sys.argv[1:]
    if not words:
        return max(subprocess.run([sys.executable, "-m", __spec__.name, one], check=False).returncode for one in MANY)
    many = int(words[1]) if len(words) > 1 else MANY[words[0]]
    if len(words) > 2:
        return _measured(words[0], many, Path(words[2]).resolve())
    with tempfile.TemporaryDirectory(prefix="bench-console-") as folder:
        return _measured(words[0], many, Path(folder))


def _measured(kind: str, many: int, folder: Path) -> int:
    from tests.benchmarks import kept

    consoles = kept.filled(folder, kind == "postgresql", many)
    counts = {"few": kept.FEW, "many": many}
    with consoles.served():
        consoles.bring_up_to_date()
        found = _read_again(consoles)
        took = _taken_in_turn(consoles, counts)
    missed = [what for what in took["many"] if took["many"][what].usual > GOAL * took["few"][what].usual]
    for what, many_took in took["many"].items():
        _tell(f"{kind}, {what}", took["few"][what], many_took, counts)
    slow = [f"{what} {name}" for name in took for what in HOLDS if took[name][what].most > DECIDED_WITHIN]
    print(f"{kind}: over {GOAL:g} times: {', '.join(missed) or 'none'}; held too long: {', '.join(slow) or 'none'}")
    return 1 if missed or slow or found else 0


def _read_again(consoles: "Consoles") -> str:
    """All that the bulk loader wrote of the few, as ``register check`` reads it; some of the many, as pages open it."""
    from kiosk.console.upkeep import checking
    from tests.benchmarks import reread

    consoles.take("few")
    parts = [part for check in checking.CHECKS.values() for part in checking.whole(check)]
    found = " ".join(one.name for part in parts for one in part.found)
    for name in ("few", "many"):
        consoles.take(name)
        found += reread.sample(SAMPLE)
    print(
        f"read again: {sum(part.count for part in parts)} of the few, {SAMPLE} people of each: {found or 'as written'}"
    )
    return found


def _taken_in_turn(consoles: "Consoles", counts: dict[str, int]) -> dict[str, dict[str, Took]]:
    from tests.benchmarks.newcomers import arrived

    asked: dict[str, dict[str, Asked]] = {}
    took: dict[str, dict[str, Took]] = {name: {} for name in counts}
    coming = {}
    for name, count in counts.items():
        consoles.take(name)
        asked[name] = _asked(count)
        coming[name] = list(arrived(DECISIONS + TURNS * UNCOUNTED))
    for _turn in range(TURNS):
        for name in counts:
            consoles.take(name)
            for what, one in asked[name].items():
                _times(one, took[name].setdefault(what, Took()))
            some = [coming[name].pop() for _ in range(DECISIONS // TURNS + UNCOUNTED)]
            _decisions(some, took[name])
    return took


def _asked(count: int) -> dict[str, Asked]:
    """What staff and the worker ask for most; of somebody else each time."""
    from kiosk.console.register import prior
    from kiosk.core.sources.insi import InsNotFound
    from tests.benchmarks import copied
    from tests.console.arrivals import arrive, check_in_of
    from tests.people import ZOE

    shown = [arrive(ZOE).key for _ in range(WAITING)][-1]
    client, place = _signed_in(), 0

    def whom() -> int:
        nonlocal place
        place += 1
        return place * STRIDE % count

    def search_page() -> object:
        born, called = copied.found_with(whom())
        return client.post("/recherche/", {"born": born, "name": called}, secure=True)

    return {
        "queue page": lambda: client.get("/file/", secure=True),
        "one identity": lambda: client.get(f"/arrivees/{shown}/", secure=True),
        "search page": search_page,
        "prior search": lambda: prior.candidates(check_in_of(copied.as_person(whom()))),
        "prior search without a number": lambda: prior.candidates(check_in_of(copied.as_person(whom()), InsNotFound())),
    }


def _signed_in() -> "Client":
    """Of a folder that was kept, the same officer."""
    from kiosk.console.models import Staff
    from tests.console import staff

    if not Staff.objects.filter(username="marc").exists():
        staff.add("marc", "officer")
    return staff.sign_in("marc")


def _times(one: Asked, took: Took) -> None:
    one()
    for _ in range(ROUNDS):
        with took.one():
            answer = one()
        assert getattr(answer, "status_code", 200) == 200


def _decisions(check_ins: Sequence["CheckIn"], took: dict[str, Took]) -> None:
    """Each time somebody else is qualified and becomes a person; the unit then says that there is a homonym."""
    from kiosk.console.arrivals import queue
    from kiosk.console.identities.choices import Action, Choice
    from kiosk.console.models import Staff
    from tests.benchmarks.model import choice_for

    staff = Staff.objects.get(username="stored")
    for place, check_in in enumerate(check_ins):
        counted = {} if place < UNCOUNTED else took
        queue.take(check_in.key, staff)
        assert _decided(check_in.key, staff, choice_for(check_in), NEW, counted).status == "QUALIFIED"
        queue.take(check_in.key, staff, may_reopen=True)
        assert _decided(check_in.key, staff, Choice(Action.HOMONYM), KNOWN, counted).attributes == "homonym"


def _decided(key: Any, staff: Any, choice: "Choice", what: str, took: dict[str, Took]) -> "Arrival":
    """One decision: the whole of it, and its transaction, from its beginning until it is on the disk."""
    from kiosk.console.identities import deciding

    with took.setdefault(what, Took()).one(), _held(took.setdefault(f"{what}, what it holds", Took())):
        return deciding.decide(key, staff, choice)


@contextmanager
def _held(took: Took) -> Iterator[None]:
    """Measure the one transaction of the console's database; that of the keys is over before it begins."""
    from kiosk.console.identities import refusing

    begun, many = refusing.transaction.atomic, len(took.wall)

    @contextmanager
    def measured() -> Iterator[None]:
        with took.one(), begun():
            yield

    with mock.patch.object(refusing, "transaction", SimpleNamespace(atomic=measured)):
        yield
    assert len(took.wall) == many + 1


def _tell(what: str, before: Took, after: Took, counts: dict[str, int]) -> None:
    times = f"{before.usual:.1f} ms with {counts['few']}, {after.usual:.1f} ms with {counts['many']}"
    most = f"95 in 100: {before.most:.1f}, {after.most:.1f}"
    ours = f"our processor {before.worked:.1f}, {after.worked:.1f} ms: × {after.worked / before.worked:.2f}"
    print(f"{what}: {times}: × {after.usual / before.usual:.2f} ({most}; {ours})", flush=True)


if __name__ == "__main__":
    sys.exit(main())
