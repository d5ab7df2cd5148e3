"""An older database put in the place of today's: found by the next word of any kiosk, by a file, by both commands.

A served console, the kiosk's own outbox and its file of the last mark, a worker that works: as at a site.
"""

import json
import os
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from importlib import import_module
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from kiosk.console import keyring
from kiosk.heads import read_mark
from kiosk.storage.delivery import ConsoleLink, Reply, deliver_waiting
from kiosk.storage.heads import HeadKeeper
from kiosk.storage.outbox import Outbox
from tests.console.arrivals import check_in_of
from tests.console.paper_kiosk import PLACE, _now, _signed
from tests.console.postgres import WITHOUT_DISK, Postgres, running
from tests.console.served import ServedConsole
from tests.console.test_versions_meet import _put
from tests.demo.processes import wait_until
from tests.people import DOMINIQUE, ZOE

pytestmark = pytest.mark.timeout(400)
FOUND_WITHIN = 120.0  # a busy machine; the promise is ten minutes


class Hall:
    """One kiosk as it stands in a hall: its outbox and the last mark it was given, on its own disk."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.folder = folder
        self.outbox = Outbox(folder / "outbox.db")

    def link(self, console: ServedConsole) -> ConsoleLink:
        """As after a restart: what it knows is what its disk says."""
        ca = console.folder / "console.pem"
        return ConsoleLink(console.url, ca, PLACE.kiosk, _signed, _now, HeadKeeper(self.folder / "head"))

    def deliver(self, console: ServedConsole, *people: object) -> None:
        for person in people:
            _put(self.outbox, check_in_of(person), console.recipient)
        link = self.link(console)
        happened, trouble = deliver_waiting(self.outbox, link, time.monotonic, lambda: False)
        assert (len(happened), trouble) == (len(people), "")

    def beat(self, console: ServedConsole) -> None:
        assert self.link(console).put_heartbeat({"version": "x"})[0] is Reply.TAKEN

    def seen(self, console: ServedConsole) -> int:
        """How far it knows the trail, as the console alone can tell."""
        mark = read_mark((self.folder / "head").read_text().splitlines()[1])
        assert mark is not None
        head = mark.opened(keyring.derived((console.folder / "secret").read_bytes(), "mark"))
        assert head is not None
        return head.number


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with running(*WITHOUT_DISK) as server:
        yield server


@pytest.fixture(params=[pytest.param("sqlite", marks=pytest.mark.beside), "postgresql"])
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ServedConsole]:
    database = request.getfixturevalue("postgres").with_tables() if request.param == "postgresql" else ""
    console = ServedConsole(tmp_path / "console", database=database)
    yield console
    if console.child is not None and console.child.is_running:
        console.stop()


def copy_of(console: ServedConsole, to: Path) -> Callable[[], None]:
    """A copy of now; gives what puts it back, the console being stopped, as somebody with the disk's rights would."""
    data = console.folder / "data"
    if console.database:
        words = ["pg_dump", "--format=custom", f"--file={to}", f"--dbname={console.database}"]
        subprocess.run(words, check=True, timeout=120)
    else:
        with closing(sqlite3.connect(data / "console.sqlite3")) as file, closing(sqlite3.connect(to)) as copy:
            file.backup(copy)

    def put_back() -> None:
        if not console.database:
            for name in ("console.sqlite3-wal", "console.sqlite3-shm"):
                (data / name).unlink(missing_ok=True)
            shutil.copy(to, data / "console.sqlite3")
            return
        name = urlsplit(console.database)
        server = name._replace(path="/postgres").geturl()
        words = ["-v", "ON_ERROR_STOP=1", "-q", server]
        old = name.path.lstrip("/")
        for statement in (f'DROP DATABASE "{old}" WITH (FORCE)', f'CREATE DATABASE "{old}"'):
            subprocess.run(["psql", *words, "-c", statement], check=True, timeout=120)
        subprocess.run(["pg_restore", "--no-owner", f"--dbname={console.database}", str(to)], check=True, timeout=120)

    return put_back


def checked(console: ServedConsole, *more: str) -> tuple[int, list[str]]:
    done = console.run("console", "register", "check", "--json", *more)
    return done.returncode, [one["code"] for one in json.loads(done.stdout)["found"]]


def figures(console: ServedConsole) -> str:
    """The log of its process: what the journal says."""
    return (console.folder / "console.log").read_text()


def test_an_old_dump_put_back_is_found_by_the_next_word_of_a_kiosk(site: ServedConsole, tmp_path: Path) -> None:
    hall = Hall(tmp_path / "hall")
    site.start()
    hall.deliver(site, ZOE)
    put_back = copy_of(site, tmp_path / "old")
    hall.deliver(site, DOMINIQUE, ZOE)
    hall.beat(site)
    assert hall.seen(site) == 4
    site.stop()
    assert checked(site) == (0, [])
    put_back()
    assert checked(site) == (0, [])  # the database alone knows nothing of it
    verified = site.run("console", "audit", "verify")
    assert verified.returncode == 0
    site.start()
    hall.beat(site)  # the kiosk has been switched off and on: its disk knows
    assert hall.seen(site) == 4
    assert '"register-found"' in figures(site)
    assert site.stop() == 0
    assert checked(site)[0] == 1
    done = site.run("console", "register", "check")
    assert "Un témoin a vu l’acte 4 du journal ; la base ne le contient plus." in done.stdout
    assert "Registre NON intact." in done.stdout


def test_a_worker_s_file_finds_an_old_dump_before_any_kiosk_speaks(site: ServedConsole, tmp_path: Path) -> None:
    site.start()
    assert site.deliver(check_in_of(ZOE)) == 201
    put_back = copy_of(site, tmp_path / "old")
    assert site.deliver(check_in_of(DOMINIQUE)) == 201
    assert site.run("worker", "--once").returncode == 0
    extract = tmp_path / "extract"
    shutil.copy(site.folder / "data" / "witness", extract)
    site.stop()
    put_back()
    assert checked(site) == (1, ["witness"])
    site.start()  # it looks back before it serves
    assert '"register-found"' in figures(site)
    assert site.stop() == 0
    (site.folder / "data" / "witness").unlink()  # whoever put the dump back took the file along
    assert checked(site, "--witness", str(extract)) == (1, ["witness"])


def test_an_emptied_database_is_found_by_a_kiosk_and_patients_are_taken_in_all_the_same(
    site: ServedConsole, tmp_path: Path
) -> None:
    hall = Hall(tmp_path / "hall")
    site.start()
    put_back = copy_of(site, tmp_path / "empty")
    hall.deliver(site, ZOE, DOMINIQUE)
    hall.beat(site)
    site.stop()
    put_back()
    site.start()
    hall.deliver(site, DOMINIQUE)  # with its check-in comes what it has seen
    assert '"register-found"' in figures(site)
    assert checked(site)[0] == 1
    assert site.stop() == 0


GUARD = import_module("kiosk.console.migrations.0002_append_only").SQLITE[0]
ALTERED = {
    "sqlite": (
        "DROP TRIGGER console_audit_no_update",
        "UPDATE console_auditentry SET about = '' WHERE number = 2",
        GUARD,
    ),
    "postgresql": (
        "SET session_replication_role = replica",  # no trigger fires
        "UPDATE console_auditentry SET about = '' WHERE number = 2",
    ),
}


def test_one_act_altered_while_all_are_at_work_is_found_by_the_worker(site: ServedConsole) -> None:
    site.start()
    for person in (ZOE, DOMINIQUE):
        assert site.deliver(check_in_of(person)) == 201
    worker = site.worker()
    log = site.folder / "worker.log"
    time.sleep(1)
    assert "register-found" not in log.read_text()
    if site.database:
        with psycopg.connect(site.database, autocommit=True) as database:
            for statement in ALTERED["postgresql"]:
                database.execute(statement)
    else:
        with closing(sqlite3.connect(site.folder / "data" / "console.sqlite3", timeout=30)) as file:
            for statement in ALTERED["sqlite"]:
                file.execute(statement)
            file.commit()
    try:
        wait_until(lambda: '"altered"' in log.read_text(), FOUND_WITHIN, "the altered act found")
    finally:
        assert worker.end(60) == 0
    assert checked(site) in ((1, ["altered"]), (1, ["altered", "visit"]))  # with it, that somebody was taken in


def test_two_consoles_of_a_site_give_one_head_and_each_finds_what_the_other_gave(
    postgres: Postgres, tmp_path: Path
) -> None:
    hall = Hall(tmp_path / "hall")
    first = ServedConsole(tmp_path / "console", database=postgres.with_tables())
    first.start()
    second = ServedConsole.beside(first)
    second.start()
    for console in (first, second) * 3:
        hall.deliver(console, ZOE)
        hall.beat(console)
    assert hall.seen(first) == 7
    assert first.stop() == 0 and second.stop() == 0
    assert checked(first) == (0, [])


def test_a_restore_says_what_is_missing_beside_the_file(tmp_path: Path) -> None:
    console = ServedConsole(tmp_path / "console")
    console.start()
    assert console.deliver(check_in_of(ZOE)) == 201
    assert console.run("console", "backup", str(tmp_path / "old")).returncode == 0
    assert console.deliver(check_in_of(DOMINIQUE)) == 201
    assert console.run("worker", "--once").returncode == 0
    console.stop()
    for name in os.listdir(console.folder / "data"):  # noqa: PTH208 - names are enough
        if name.startswith("console.sqlite3"):
            (console.folder / "data" / name).unlink()
    done = console.run("console", "restore", str(tmp_path / "old"))
    assert done.returncode == 0
    assert "Attention : Un témoin a vu l’acte 3 du journal ; la base ne le contient plus." in done.stderr
