"""The console is killed while it carries persons over, at any point of it: started again, all is there, once."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.console.inherited import CARRIED_OVER, IN_ALL, InheritedConsole
from tests.console.postgres import WITHOUT_DISK, Postgres, running
from tests.console.served import COMMAND
from tests.demo.processes import ROOT

pytestmark = pytest.mark.starts
DIES = """
import os, signal, sys
import kiosk.commands.console as commands

prepare = commands.set_up

def set_up(config):
    server = prepare(config)
    from django.db.migrations import operations
    from kiosk.console.register import bulk, carried_over, links
    holder, name = {place}
    setattr(holder, name, lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL))
    return server

commands.set_up = set_up
from kiosk.cli import main
main()
"""
PLACES = {  # what is done next when it dies
    "a person's indexes": 'bulk.PersonIndex.objects, "bulk_create"',
    "links": 'links.Links, "carry"',
    "the report": 'carried_over, "tell"',
    "dropping what was carried over": 'operations.DeleteModel, "database_forwards"',
}


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with running(*WITHOUT_DISK) as server:
        yield server


@pytest.fixture(params=[pytest.param("sqlite", marks=pytest.mark.beside), "postgresql"])
def console(request: pytest.FixtureRequest, tmp_path: Path) -> InheritedConsole:
    is_postgresql = request.param == "postgresql"
    return InheritedConsole(tmp_path / "console", request.getfixturevalue("postgres").url() if is_postgresql else "")


def test_killed_at_any_point_it_begins_again_and_ends_well(console: InheritedConsole) -> None:
    for place in PLACES.values():
        words = ("console", "audit", "verify", "--config", str(console.config))
        command = [sys.executable, "-c", DIES.format(place=place), *words]
        died = subprocess.run(command, cwd=ROOT, capture_output=True, timeout=120, check=False)
        assert died.returncode == -9, died.stderr
    checked = json.loads(console.run("console", "register", "check", "--json").stdout)
    assert checked["intact"], checked["found"]
    told = json.loads((console.folder / "data" / "carried-over.json").read_text())
    assert CARRIED_OVER.items() <= told["counts"].items() and told["unexplained"] == 0


def test_two_that_start_together_carry_over_once(console: InheritedConsole) -> None:
    """Console and worker, or two consoles on one database: one carries over, the others wait."""
    command = [*COMMAND, "console", "audit", "verify", "--json", "--config", str(console.config)]
    started = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    told = [json.loads(one.communicate(timeout=120)[0]) for one in started]
    assert [one.returncode for one in started] == [0, 0, 0]
    assert {(one["intact"], one["entries"]) for one in told} == {(True, IN_ALL)}
