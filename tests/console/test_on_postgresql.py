"""What only PostgreSQL shows: twenty desks at once, several consoles on one database, its files, its backup.

Everything else of the console is tried on both databases by its own tests (``console`` in ``conftest.py``).
"""

import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from tests.console import warm
from tests.console.arrivals import TINY_JPEG, check_in_of
from tests.console.inherited import InheritedConsole, check_that_it_takes_over
from tests.console.postgres import WITHOUT_DISK, Postgres, running
from tests.console.served import ServedConsole, writings
from tests.console.site import Site, judge
from tests.demo.processes import ROOT, wait_until
from tests.people import DOMINIQUE, ZOE

AGENTS, PATIENTS = 20, 1000


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with running(*WITHOUT_DISK) as server:
        yield server


@pytest.mark.timeout(600)
def test_twenty_desks_call_a_thousand_patients_each_once(postgres: Postgres, tmp_path: Path) -> None:
    console = ServedConsole(tmp_path / "console", database=postgres.with_tables())
    assert console.run("console", "audit", "verify").returncode == 0
    done = warm.run("tests.console.crowd", str(console.config), str(PATIENTS), str(AGENTS), seconds=200)
    assert done.returncode == 0, done.stderr
    waiting, names = json.loads(done.stdout)
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.console.agents", str(console.config), *names[start::4]],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for start in range(4)
    ]
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    called = [process.communicate(timeout=300)[0].split() for process in processes]
    assert sorted(key for keys in called for key in keys) == sorted(waiting)
    verified = json.loads(console.run("console", "audit", "verify", "--json").stdout)
    assert (verified["intact"], verified["entries"]) == (True, PATIENTS + 1)


@pytest.mark.timeout(300)
def test_two_consoles_on_one_database_take_in_every_delivery_once(postgres: Postgres, tmp_path: Path) -> None:
    first = ServedConsole(tmp_path / "one", database=postgres.url())
    first.start()
    second = ServedConsole.beside(first)
    second.start()
    sent = [check_in_of((ZOE, DOMINIQUE)[n % 2], ticket=f"D{n}") for n in range(30)]
    with ThreadPoolExecutor(8) as kiosks:
        answers = list(
            kiosks.map(lambda pair: pair[0].deliver(pair[1]), [(c, s) for s in sent for c in (first, second)])
        )
    assert answers.count(201) == len(sent)
    assert answers.count(200) == len(sent)
    second.kill()
    assert first.deliver(sent[0]) == 200
    assert first.stop() == 0
    verified = json.loads(first.run("console", "audit", "verify", "--json").stdout)
    assert (verified["intact"], verified["entries"]) == (True, len(sent) + 1)


def test_a_console_takes_over_what_an_earlier_version_left(postgres: Postgres, tmp_path: Path) -> None:
    check_that_it_takes_over(InheritedConsole(tmp_path / "console", database=postgres.url()), tmp_path)


def test_a_backup_of_postgresql_comes_back(postgres: Postgres, tmp_path: Path) -> None:
    console = ServedConsole(tmp_path / "console", database=postgres.with_tables())
    console.start()
    assert console.deliver(check_in_of(ZOE)) == 201
    assert console.run("console", "backup", str(tmp_path / "copy")).returncode == 0
    assert console.stop() == 0
    again = postgres.url()
    console.config.write_text(console.config.read_text().replace(console.database, again))
    assert (
        console.run("console", "restore", str(tmp_path / "copy")).stdout
        == "Base remise ; actes dans le journal : 2, intact.\n"
    )


@pytest.mark.timeout(400)
def test_after_a_whole_life_no_file_of_database_backup_log_or_scratch_holds_anything_about_anybody(
    postgres: Postgres, tmp_path: Path
) -> None:
    site = Site(tmp_path / "site", postgres)
    console, copy = site.console, tmp_path / "copy"
    try:
        site.start()
        ines = console.add_staff("ines", "officer")
        wait_until(lambda: len(site.told.shown_qualified) > 3, 90, "decisions")
        with psycopg.connect(
            console.database, autocommit=True
        ) as database:  # the site is at work: no process beside it
            wait_until(lambda: _is_answered(database), 90, "an answer of INSi that came later")
        assert "ADRUN" in site.search(ines, "31/12/1975", "ADR", of="ADRUN")
        site.end()
    finally:
        site.close()
    counted = judge(site)
    assert counted["qualified"] >= 4 and counted["answered later"] >= 1
    assert console.run("console", "backup", str(copy)).returncode == 0
    before = console.config.read_text()
    console.config.write_text(before.replace(console.database, postgres.url()))
    assert "intact" in console.run("console", "restore", str(copy)).stdout
    console.config.write_text(before)
    postgres.crash()  # what was in memory only is in the files now
    places = [postgres.folder, console.folder, tmp_path / "site", copy]
    seen: set[bytes] = set()
    assert _traces(places, seen) == []
    assert warm.run("tests.console.forensics", str(console.config), "age-all").returncode == 0
    assert console.run("worker", "--once").returncode == 0
    with psycopg.connect(console.database) as database:
        for table in ("console_sealed", "console_visitindex"):
            counting = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))
            assert database.execute(counting).fetchone() == (0,)
        assert database.execute("SELECT DISTINCT stage FROM console_arrival").fetchall() == [("removed",)]
    postgres.crash()
    assert _traces(places, seen) == []


def _is_answered(database: psycopg.Connection) -> bool:
    counted = database.execute("SELECT count(*) FROM console_sealed WHERE length(answer) > 0").fetchone()
    return counted is not None and counted[0] > 0


def _traces(places: list[Path], seen: set[bytes]) -> list[str]:
    """Which files hold a trait or a picture of somebody of these tests, however written; the same bytes once only."""
    traits = (ZOE.birth_name, ZOE.number, ZOE.birth_date, DOMINIQUE.birth_name)
    wanted = {writing for trait in traits for writing in writings(trait)} | {TINY_JPEG[20:60], b"31/12/1975"}
    files = [path for place in places for path in ([place] if place.is_file() else place.rglob("*")) if path.is_file()]
    assert len(files) > 500 and any("pg_wal" in str(path) for path in files)
    found = []
    for path in files:
        content = path.read_bytes().replace(bytes(512), b"\0")  # a log not filled yet
        digest = hashlib.sha256(content).digest()
        if digest not in seen:
            seen.add(digest)
            found += [path.name for writing in wanted if writing in content]
    return found
