"""Console, worker and database are killed in the middle of intake and decision; the hundred times stand beside CI."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.console.postgres import Postgres, running
from tests.console.site import Site, judge

KILLS = 3  # of each kind of database; tests.benchmarks.bench_kills does a hundred of each

pytestmark = pytest.mark.timeout(400)


@contextmanager
def at_work(folder: Path, postgres: Postgres | None = None) -> Iterator[Site]:
    site = Site(folder, postgres)
    try:
        site.start()
        yield site
    finally:
        site.close()


def killed(site: Site, kills: int) -> dict[str, int]:
    """Kill each in turn; gives what was there at the end."""
    chance = random.Random(2026)
    for number in range(kills):
        site.kill(site.victims()[number % len(site.victims())], chance)
    site.end()
    return judge(site)


def test_killed_at_any_moment_nothing_acknowledged_is_lost_and_nothing_half_decided(tmp_path: Path) -> None:
    with at_work(tmp_path) as site:
        counted = killed(site, KILLS)
    assert (counted["acknowledged"] >= KILLS * 3, counted["qualified"] >= KILLS) == (True, True)


@pytest.fixture()
def postgres() -> Iterator[Postgres]:
    with running() as server:
        yield server


def test_neither_when_the_database_itself_is_killed(tmp_path: Path, postgres: Postgres) -> None:
    with at_work(tmp_path, postgres) as site:
        counted = killed(site, KILLS)
    assert (counted["acknowledged"] >= KILLS * 3, counted["qualified"] >= KILLS) == (True, True)
