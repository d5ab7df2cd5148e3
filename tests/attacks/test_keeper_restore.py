"""A restore is killed midway, at any of its steps: no base is left that a console would take for a new site's."""

import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from tests.console.arrivals import check_in_of
from tests.console.postgres import WITHOUT_DISK, Postgres, running
from tests.console.served import ServedConsole
from tests.people import DOMINIQUE, ZOE

pytestmark = [pytest.mark.starts, pytest.mark.timeout(400)]
STEPS = {  # where the process kills itself: the function, and at which of its calls
    "before-any-table": ("dump._make_tables", 1),
    "tables-made": ("dump._fill", 1),
    "half-filled": ("dump._insert", 5),
    "before-the-manifest": ("dump._said", 20),
    "all-rows-there": ("dump.no_style", 1),
    "being-verified": ("audit.verify", 1),
}


@dataclass(frozen=True)
class Site:
    """A console of which there is a backup, and an empty place for it."""

    console: ServedConsole
    base: str  # PostgreSQL's; empty for SQLite

    def tables(self) -> int:
        """How many stand there."""
        if not self.base:
            return len(list((self.console.folder / "data").glob("console.sqlite3")))
        with closing(psycopg.connect(self.base)) as database:
            row = database.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
            assert row is not None
            return int(row[0])


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with running(*WITHOUT_DISK) as server:
        yield server


@pytest.fixture(scope="module", params=[pytest.param("sqlite", marks=pytest.mark.beside), "postgresql"])
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Site:
    postgres = request.getfixturevalue("postgres") if request.param == "postgresql" else None
    base = postgres.with_tables() if postgres is not None else ""
    console = ServedConsole(tmp_path_factory.mktemp("site") / "console", database=base)
    console.start()
    for person in (ZOE, DOMINIQUE):
        assert console.deliver(check_in_of(person)) == 201
    assert console.run("console", "backup", str(console.folder / "copy")).returncode == 0
    assert console.stop() == 0
    _remove(console.folder / "data")
    empty = postgres.url() if postgres is not None else ""
    console.config.write_text(console.config.read_text().replace(base, empty) if base else console.config.read_text())
    return Site(console, empty)


def _remove(data: Path) -> None:
    for path in data.glob("console.sqlite3*"):
        path.unlink()


def _killed_at(function: str, call: int) -> list[str]:
    """The command, killed as it comes to this call of this function."""
    module, name = function.split(".")
    lines = (
        "import os, signal",
        "from kiosk.console.upkeep import dump",
        "import kiosk.commands.console as console",
        "left = [" + str(call) + "]",
        "def dying(real):",
        "    def counted(*words, **more):",
        "        left[0] -= 1",
        "        return real(*words, **more) if left[0] else os.kill(os.getpid(), signal.SIGKILL)",
        "    return counted",
        "before = console.set_up",
        "def set_up(*words, **more):",
        "    server = before(*words, **more)",
        "    from kiosk.console import audit",
        f"    {module}.{name} = dying({module}.{name})",
        "    return server",
        "console.set_up = set_up",
        "from kiosk.cli import main; main()",
    )
    return [sys.executable, "-c", "\n".join(lines)]


@pytest.mark.parametrize("step", STEPS)
def test_a_restore_that_is_killed_leaves_nothing_that_a_console_would_start_with(site: Site, step: str) -> None:
    copy = str(site.console.folder / "copy")
    killed = site.console.run("console", "restore", copy, command=_killed_at(*STEPS[step]))
    assert (killed.returncode, killed.stdout) == (-9, ""), killed.stderr
    assert site.tables() == 0


def test_after_all_that_the_restore_is_done_and_the_register_is_intact(site: Site) -> None:
    done = site.console.run("console", "restore", str(site.console.folder / "copy"))
    assert "intact" in done.stdout, done.stderr
    assert site.console.run("console", "register", "check").returncode == 0
