"""The same console on PostgreSQL: the same tests, twenty desks at once, several consoles on one database."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.console.arrivals import check_in_of
from tests.console.postgres import Postgres
from tests.console.served import ServedConsole, writings
from tests.demo.processes import ROOT
from tests.people import DOMINIQUE, ZOE

AGENTS, PATIENTS = 20, 1000
SAME_TESTS = ("intake", "deciding", "audit", "worker", "search", "changing", "work_lists", "oversight")


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with tempfile.TemporaryDirectory(prefix="console-pg-") as folder:
        Path(folder).chmod(0o755)
        server = Postgres(Path(folder) / "server")
        server.start()
        yield server
        server.stop()


@pytest.mark.timeout(900)
def test_every_test_of_the_console_holds_on_postgresql_too(postgres: Postgres) -> None:
    files = [f"tests/console/test_{name}.py" for name in SAME_TESTS]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-x", "-p", "no:cacheprovider", *files],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        env={**os.environ, "CONSOLE_TEST_DATABASE": postgres.url()},
        capture_output=True,
        text=True,
        timeout=880,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:]
    assert " passed" in done.stdout and "skipped" not in done.stdout


@pytest.mark.timeout(600)
def test_twenty_desks_call_a_thousand_patients_each_once(postgres: Postgres, tmp_path: Path) -> None:
    console = ServedConsole(tmp_path / "console", database=postgres.url())
    assert console.run("console", "audit", "verify").returncode == 0
    done = subprocess.run(
        [sys.executable, "-m", "tests.console.crowd", str(console.config), str(PATIENTS), str(AGENTS)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
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


def test_a_backup_of_postgresql_comes_back(postgres: Postgres, tmp_path: Path) -> None:
    console = ServedConsole(tmp_path / "console", database=postgres.url())
    console.start()
    assert console.deliver(check_in_of(ZOE)) == 201
    assert console.run("console", "backup", str(tmp_path / "copy")).returncode == 0
    assert console.stop() == 0
    again = postgres.url()
    console.config.write_text(console.config.read_text().replace(console.database, again))
    assert console.run("console", "restore", str(tmp_path / "copy")).stdout == "restored; 2 acts in the trail, intact\n"


@pytest.mark.timeout(300)
def test_no_file_of_postgresql_nor_of_its_backup_holds_anything_about_anybody(
    postgres: Postgres, tmp_path: Path
) -> None:
    console = ServedConsole(tmp_path / "console", database=postgres.url())
    console.start()
    for person in (ZOE, DOMINIQUE):
        assert console.deliver(check_in_of(person)) == 201
    assert console.run("console", "backup", str(tmp_path / "copy")).returncode == 0
    assert console.stop() == 0
    postgres.crash()  # what was in memory only is in the files now
    traits = ["ADRUN", "ADRTROIS", "DOMINIQUE", "1975-12-31", "1997-02-26", "2751263220749", "31/12/1975"]
    wanted = {writing for trait in traits for writing in writings(trait)}
    for path in (*postgres.folder.rglob("*"), *console.folder.rglob("*"), tmp_path / "copy"):
        if path.is_file():
            content = path.read_bytes()
            assert [writing for writing in wanted if writing in content] == [], path.name
