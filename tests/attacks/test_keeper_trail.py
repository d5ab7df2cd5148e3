"""Who keeps the database empties the trail, or puts a whole older database back: the worker finds it by itself."""

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.attacks.witness_afar import Afar, witness
from tests.console.arrivals import check_in_of
from tests.console.served import ServedConsole
from tests.people import DOMINIQUE, ZOE


@pytest.fixture(scope="module")
def afar(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[ServedConsole, Afar]]:
    """A console that is at rest, and its witness on another machine; one person came, and it was told."""
    console = ServedConsole(tmp_path_factory.mktemp("site") / "console")
    with witness(console.folder) as known:
        told = f'port = 0\nwitness_url = "{known.url}"\nwitness_ca = "console.pem"'
        console.config.write_text(console.config.read_text().replace("port = 0", told))
        console.start()
        assert console.deliver(check_in_of(ZOE)) == 201
        assert console.run("worker", "--once").returncode == 0
        older = console.folder / "older"
        shutil.copytree(console.folder / "data", older / "data")
        assert console.deliver(check_in_of(DOMINIQUE)) == 201
        assert console.run("worker", "--once").returncode == 0
        assert console.stop() == 0
        shutil.copytree(console.folder / "data", older / "today")
        yield console, known


@pytest.fixture()
def at_rest(afar: tuple[ServedConsole, Afar]) -> Iterator[ServedConsole]:
    console, _known = afar
    yield console
    _put_back(console, "today")


def _put_back(console: ServedConsole, name: str) -> None:
    """The whole of what the console keeps on its disk, its own witness file included."""
    shutil.rmtree(console.folder / "data")
    shutil.copytree(console.folder / "older" / name, console.folder / "data")


def _file(console: ServedConsole) -> Path:
    return console.folder / "data" / "console.sqlite3"


def _verified(console: ServedConsole) -> tuple[int, bool]:
    done = console.run("console", "audit", "verify", "--json")
    return done.returncode, json.loads(done.stdout)["intact"]


def test_it_is_told_each_head_and_nothing_is_found_of_what_nobody_touched(
    afar: tuple[ServedConsole, Afar], at_rest: ServedConsole
) -> None:
    assert [line.split()[:2] for line in afar[1].lines][:2] == [["kiosk-head-1", "2"], ["kiosk-head-1", "3"]]
    assert at_rest.run("worker", "--once").stderr.count("register-found") == 0
    assert _verified(at_rest) == (0, True)


def test_a_whole_older_disk_put_back_is_found_by_the_witness_on_another_machine(at_rest: ServedConsole) -> None:
    _put_back(at_rest, "data")
    assert _verified(at_rest) == (0, True)  # nothing on this machine knows of it
    assert at_rest.run("worker", "--once").stderr.count('"register-found"') == 1
    assert _verified(at_rest) == (1, False)
    done = at_rest.run("console", "register", "check")
    assert (done.returncode, "l’acte 3 du journal ; la base ne le contient plus" in done.stdout) == (1, True)


@pytest.mark.parametrize("takes_the_file_along", [False, True])
def test_an_emptied_trail_is_not_intact(at_rest: ServedConsole, takes_the_file_along: bool) -> None:
    with closing(sqlite3.connect(_file(at_rest))) as file:
        file.execute("DROP TRIGGER console_audit_no_delete")
        file.execute("DELETE FROM console_auditentry")
        file.execute("DELETE FROM console_audithead")
        file.execute("DELETE FROM console_witness")
        file.execute("DELETE FROM console_inspection")
        file.commit()
    if takes_the_file_along:
        (at_rest.folder / "data" / "witness").unlink()
    done = at_rest.run("console", "audit", "verify")
    assert (done.returncode, "NON intact" in done.stdout) == (1, True)
    assert '"register-found"' in at_rest.run("worker", "--once").stderr


def test_a_visit_that_was_written_in_by_hand_without_its_act_is_found(at_rest: ServedConsole) -> None:
    with closing(sqlite3.connect(_file(at_rest))) as file:
        columns = [
            row[1] for row in file.execute("PRAGMA table_info(console_arrival)") if row[1] not in {"key", "ticket_mark"}
        ]
        names = ", ".join(columns)
        words = "INSERT INTO console_arrival (key, {0}) SELECT ?, {0} FROM console_arrival LIMIT 1"
        file.execute(words.format(names), ["0" * 32])
        file.commit()
    assert '"register-found"' in at_rest.run("worker", "--once").stderr
    assert at_rest.run("console", "register", "check").returncode == 1
