"""Fifty times SIGKILL, console or worker, while kiosks ask through the console and check in: no stored question lost.

What the console received is on its disk, is answered in the end, and is its visit's where the check-in named it.
``python -m tests.benchmarks.bench_question_kills [sqlite|postgresql] [how often]``.
"""

import random
import secrets
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

from kiosk.core.sources.insi import InsUnreachable
from tests.benchmarks.questioned import (
    DATABASES,
    PEOPLE,
    Questioned,
    Row,
    Sender,
    question_about,
    questioned,
    sealed,
)
from tests.console.arrivals import check_in_of
from tests.demo.processes import wait_until

KILLS, KIOSKS = 50, 4
THROUGH = InsUnreachable("through-console")
PROGRESS_WITHIN = 90.0
SETTLES_WITHIN = 240.0  # leases of what was killed end first


@dataclass(slots=True)
class Told:
    """What the kiosks were told; each thread writes its own keys."""

    received: set[str] = field(default_factory=set)
    taken_in: dict[str, str] = field(default_factory=dict)  # a check-in, and the question it names


def main() -> int:
    words = sys.argv[1:]
    kills = next((int(word) for word in words if word.isdigit()), KILLS)
    for kind in [word for word in words if word in DATABASES] or DATABASES:
        _killed(kind, kills, secrets.randbelow(10**6))
    return 0


def _killed(kind: str, kills: int, seed: int) -> None:
    chance, began = random.Random(seed), time.monotonic()
    killed: Counter[str] = Counter()
    told, stop = Told(), threading.Event()
    with questioned(kind, KIOSKS, insi_seconds=0.3, processes=1) as site:
        threads = [threading.Thread(target=_kiosk, args=(site, one, told, stop)) for one in range(KIOSKS)]
        try:
            for thread in threads:
                thread.start()
            for _ in range(kills):
                killed[_kill(site, told, chance)] += 1
        finally:
            stop.set()
            for thread in threads:
                thread.join(PROGRESS_WITHIN)
        wait_until(lambda: not _open(site), SETTLES_WITHIN, "every question answered")
        counted = _judge(site, told)
    took = f"{time.monotonic() - began:.0f} s (seed {seed})"
    print(f"questions on {kind}: killed {dict(killed)} in {took}; none lost: {counted}", flush=True)


def _kiosk(site: Questioned, number: int, told: Told, stop: threading.Event) -> None:
    """Ask, then check in: again and again until each is told."""
    sender, count = Sender(site.console, site.kiosks[number]), number
    while not stop.is_set():
        person = PEOPLE[count % len(PEOPLE)]
        count += 1
        question = question_about(person)
        body = sealed(site.console, question)
        while not sender.send(question, body):
            time.sleep(0.05)
            if stop.is_set():
                return
        told.received.add(question.key)
        if count % 3 == 0:
            continue  # nobody checks in: it is kept until the hour is over
        check_in = check_in_of(person, THROUGH, kiosk=site.kiosks[number], question=question.key)
        while site.console.deliver(check_in, site.kiosks[number]) not in {200, 201}:
            time.sleep(0.05)
            if stop.is_set():
                return
        told.taken_in[check_in.key] = question.key


def _kill(site: Questioned, told: Told, chance: random.Random) -> str:
    before = len(told.received)
    wait_until(lambda: len(told.received) > before + 3, PROGRESS_WITHIN, "questions received")
    time.sleep(chance.random() * 0.4)  # anywhere: before, while and after INSi is asked
    if chance.random() < 0.7:
        site.console.kill()
        site.console.start()
        return "console"
    site.kill_worker()
    return "worker"


def _open(site: Questioned) -> list[str]:
    """Questions that wait for INSi, or whose answer waits for its visit."""
    return [key for key, row in site.rows().items() if row["state"] == "waiting" or _is_unbrought(row)]


def _is_unbrought(row: Row) -> bool:
    return row["state"] == "answered" and row["visit_id"] is not None


def _judge(site: Questioned, told: Told) -> dict[str, int]:
    rows, visits = site.rows(), site.visits()
    assert told.received <= rows.keys(), "received and lost"
    states = Counter(str(rows[key]["state"]) for key in told.received)
    assert states.keys() <= {"answered", "taken"}, states
    for check_in, question in told.taken_in.items():
        assert rows[question]["state"] == "taken", (question, rows[question])
        assert visits[check_in] == "RETRIEVED", (check_in, visits[check_in])
    return {"received": len(told.received), "visits with their answer": len(told.taken_in), **states}


if __name__ == "__main__":
    sys.exit(main())
