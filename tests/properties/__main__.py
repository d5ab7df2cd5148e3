"""``make properties``: thousands of random sequences, on every core; one in ten on PostgreSQL.

    python -m tests.properties [--sequences N] [--acts N] [--from SEED] [--processes N]

What breaks a property is printed with its seed and the fewest acts that still do; the exit status is 1 then.
"""

import argparse
import multiprocessing
import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

ONE_IN = 10  # sequences on PostgreSQL
SHRUNK_AT_MOST = 3  # of one property and process: the others are told with their seed


@dataclass(frozen=True, slots=True)
class Part:
    """What one process plays."""

    seeds: Sequence[int]
    acts: int
    on_postgresql: bool


@dataclass(frozen=True, slots=True)
class Told:
    """What came of it."""

    sequences: int
    acts: int
    broken: tuple[str, ...]


def main() -> int:
    said = argparse.ArgumentParser(prog="tests.properties")
    said.add_argument("--sequences", type=int, default=5000)
    said.add_argument("--acts", type=int, default=50)
    said.add_argument("--from", type=int, default=1000, dest="first")
    said.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    chosen = said.parse_args()
    seeds = range(chosen.first, chosen.first + chosen.sequences)
    began = time.monotonic()
    with multiprocessing.get_context("spawn").Pool(chosen.processes) as pool:
        told = list(pool.imap_unordered(_play, _parts(seeds, chosen.acts, chosen.processes)))
    sequences, acts = sum(one.sequences for one in told), sum(one.acts for one in told)
    broken = [text for one in told for text in one.broken]
    took = time.monotonic() - began
    print(f"{sequences} sequences, {acts} acts, {len(broken)} broke a property; {took:.0f} s")
    return 1 if broken else 0


def _parts(seeds: range, acts: int, processes: int) -> Iterator[Part]:
    """One part in ten is played on PostgreSQL, which begins first: its server takes a moment."""
    theirs = [seed for seed in seeds if seed % ONE_IN == 0]
    ours = [seed for seed in seeds if seed % ONE_IN]
    yield Part(theirs, acts, True)
    count = max(processes * 4, 1)
    for place in range(count):
        yield Part(ours[place::count], acts, False)


def _play(part: Part) -> Told:
    from tests.properties import games
    from tests.properties.acts import written

    broken: list[str] = []
    shrunk: dict[str, int] = {}
    acts = 0
    with _ground(on_postgresql=part.on_postgresql) as ground:
        for seed in part.seeds:
            game = games.at_random(ground, seed, part.acts, short_path=seed % 2 == 1)
            acts += len(game.acts)
            if not game.broken:
                continue
            first = game.broken[0]
            lines = [f"seed {seed}, act {len(game.acts)}: {first.name}: {first.what}"]
            shrunk[first.name] = shrunk.get(first.name, 0) + 1
            if shrunk[first.name] <= SHRUNK_AT_MOST:
                lines += written(games.shrunk(ground, game.acts, first.name), indent="    ")
            broken.append("\n".join(lines))
            print(broken[-1], flush=True)
    return Told(len(part.seeds), acts, tuple(broken))


@contextmanager
def _ground(*, on_postgresql: bool) -> "Iterator[object]":
    from tests.console.postgres import running
    from tests.properties.ground import console

    if not on_postgresql:
        with console() as opened:
            yield opened
        return
    with running() as server, console(server.url(), server.url()) as opened:
        yield opened


if __name__ == "__main__":
    sys.exit(main())
