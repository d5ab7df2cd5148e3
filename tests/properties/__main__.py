"""``make properties``: thousands of random sequences, on every core; one in ten on PostgreSQL.

    python -m tests.properties [--sequences N] [--acts N] [--from SEED] [--processes N]

What breaks a property is printed with its seed and the fewest acts that still do; the exit status is 1 then. A process
that dies ends it with an error.
"""

import argparse
import math
import multiprocessing
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed

from tests.console.postgres import WITHOUT_DISK, running
from tests.properties.parts import Part, Told, play

ONE_IN = 10  # sequences on PostgreSQL
OF_A_PART = 20  # sequences at most: few enough for all processes to end together
SAID_EVERY = 30.0  # seconds


def main() -> int:
    said = argparse.ArgumentParser(prog="tests.properties")
    said.add_argument("--sequences", type=int, default=5000)
    said.add_argument("--acts", type=int, default=50)
    said.add_argument("--from", type=int, default=1000, dest="first")
    said.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    chosen = said.parse_args()
    seeds, began = range(chosen.first, chosen.first + chosen.sequences), time.monotonic()
    with running(*WITHOUT_DISK) as server:
        address = server.url().rpartition("/")[0]
        wanted = parts(seeds, chosen.acts, address, chosen.processes)
        told = list(_said(played(wanted, chosen.processes), began))
    broken = [text for one in told for text in one.broken]
    print(f"{_counted(told)}, {len(broken)} broke a property; {time.monotonic() - began:.0f} s")
    return 1 if broken else 0


def parts(seeds: range, acts: int, server: str, processes: int) -> list[Part]:
    """One sequence in ten is played on PostgreSQL; these come first, so that a process changes over once."""
    theirs = [seed for seed in seeds if seed % ONE_IN == 0]
    ours = [seed for seed in seeds if seed % ONE_IN]
    made = []
    for those, where in ((theirs, server), (ours, "")):
        size = min(OF_A_PART, math.ceil(len(those) / processes)) or 1
        made += [Part(those[place : place + size], acts, where) for place in range(0, len(those), size)]
    return made


def played(wanted: Iterable[Part], processes: int, one: Callable[[Part], Told] = play) -> Iterator[Told]:
    """What came of each part, as they end. BrokenProcessPool when a process dies."""
    with ProcessPoolExecutor(processes, multiprocessing.get_context("spawn")) as pool:
        under_way = [pool.submit(one, part) for part in wanted]
        try:
            for done in as_completed(under_way):
                yield done.result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _said(told: Iterable[Told], began: float) -> Iterator[Told]:
    """The same, printed as it comes: what broke at once, how far it is now and then."""
    so_far, next_at = [], began + SAID_EVERY
    for one in told:
        so_far.append(one)
        for text in one.broken:
            print(text, flush=True)
        if time.monotonic() >= next_at:
            next_at = time.monotonic() + SAID_EVERY
            print(f"  {_counted(so_far)} after {next_at - SAID_EVERY - began:.0f} s", flush=True)
        yield one


def _counted(told: list[Told]) -> str:
    return f"{sum(one.sequences for one in told)} sequences, {sum(one.acts for one in told)} acts"


if __name__ == "__main__":
    sys.exit(main())
