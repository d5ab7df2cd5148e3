"""The keys, kept apart: a restore needs them and the database; what was erased opens in no file of the console."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.console import warm
from tests.console.arrivals import check_in_of
from tests.console.postgres import KEY_TABLES, WITHOUT_DISK, Postgres, running
from tests.console.served import COMMAND, ServedConsole
from tests.demo.processes import ROOT
from tests.people import DOMINIQUE, TOUSSAINT, ZOE

pytestmark = pytest.mark.timeout(400)
MISSING = "Les clés de cette base manquent"


class KeptApart:
    """A console with its keys in a database of their own; both can be lost."""

    def __init__(self, folder: Path, postgres: Postgres | None, *, is_new: bool = False) -> None:
        self.postgres = postgres
        urls = ("", "")
        if postgres:
            urls = (
                (postgres.url(), postgres.url())
                if is_new
                else (postgres.with_tables(), postgres.with_tables(KEY_TABLES))
            )
        self.served = ServedConsole(folder / "console", database=urls[0], is_new=is_new)
        self.run = self.served.run
        if postgres:
            self._keys_at(urls[1])

    def ask(self, *words: str) -> Any:
        done = warm.run("tests.console.forensics", str(self.served.config), *words)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def opened(self) -> dict[str, bool]:
        """Every visit that is not removed, and whether it opens."""
        done = warm.run("tests.console.tally", str(self.served.config))
        assert done.returncode == 0, done.stderr
        return {row["key"]: row["opens"] for row in json.loads(done.stdout)}

    def lose_keys(self) -> None:
        if self.postgres:
            self._keys_at(self.postgres.url())
        else:
            shutil.rmtree(self.served.folder / "data" / "keys")

    def lose_database(self) -> None:
        if self.postgres:
            fresh = self.postgres.url()
            text = self.served.config.read_text()
            lines = [
                f"database = {json.dumps(fresh)}" if one.startswith("database") else one for one in text.split("\n")
            ]
            self.served.config.write_text("\n".join(lines))
            self.served.database = fresh
        for path in (self.served.folder / "data").glob("console.sqlite3*"):
            path.unlink()

    def _keys_at(self, url: str) -> None:
        lines = [one for one in self.served.config.read_text().split("\n") if not one.startswith("keys_database")]
        lines.insert(lines.index("port = 0") + 1, f"keys_database = {json.dumps(url)}")
        self.served.config.write_text("\n".join(lines))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=[pytest.mark.starts, pytest.mark.beside])])
def apart(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[KeptApart]:
    if request.param == "sqlite":
        yield KeptApart(tmp_path, None)
        return
    with running(*WITHOUT_DISK) as server:
        yield KeptApart(tmp_path, server)


@pytest.fixture()
def visited(apart: KeptApart) -> tuple[KeptApart, str, str]:
    """Two people came; the console was stopped."""
    apart.served.start()
    zoe, dominique = check_in_of(ZOE), check_in_of(DOMINIQUE)
    assert [apart.served.deliver(one) for one in (zoe, dominique)] == [201, 201]
    assert apart.served.stop() == 0
    return apart, zoe.key, dominique.key


def test_a_restore_needs_both_and_says_what_is_missing(visited: tuple[KeptApart, str, str], tmp_path: Path) -> None:
    apart, zoe, dominique = visited
    base, folder = tmp_path / "base", tmp_path / "copies"
    assert apart.run("console", "backup", str(base)).returncode == 0
    done = apart.run("console", "keys", "backup", str(folder))
    assert done.returncode == 0, done.stderr
    (keys,) = folder.iterdir()
    assert (done.stdout.strip(), keys.stat().st_mode & 0o077, folder.stat().st_mode & 0o077) == (str(keys), 0, 0)
    assert "déjà là" in apart.run("console", "keys", "restore", str(keys)).stderr
    assert apart.run("console", "keys", "check").returncode == 0

    apart.lose_database()
    apart.lose_keys()
    restored = apart.run("console", "restore", str(base))
    assert (restored.returncode, "Base remise" in restored.stdout, MISSING in restored.stderr) == (0, True, True)
    for words in (("console",), ("console", "audit", "verify"), ("worker", "--once"), ("console", "reseal")):
        refused = apart.run(*words)
        assert (refused.returncode, MISSING in refused.stderr) == (2, True), words
    assert apart.run("console", "keys", "check").returncode == 1
    back = apart.run("console", "keys", "restore", str(keys))
    assert (back.returncode, back.stdout, back.stderr) == (0, "Clés remises : 2\n", "")
    assert apart.opened() == {zoe: True, dominique: True}
    apart.served.start()
    assert [apart.served.deliver(check_in_of(ZOE)), apart.served.stop()] == [201, 0]


def test_keys_that_are_put_back_bring_back_nobody_erased_since_and_tell_whom_they_lack(
    visited: tuple[KeptApart, str, str], tmp_path: Path
) -> None:
    apart, zoe, dominique = visited
    folder = tmp_path / "copies"
    apart.run("console", "keys", "backup", str(folder))
    (keys,) = folder.iterdir()
    apart.ask("age", zoe)
    assert apart.run("worker", "--once").returncode == 0
    late = check_in_of(ZOE)
    apart.served.start()
    assert [apart.served.deliver(late), apart.served.stop()] == [201, 0]
    apart.lose_keys()
    back = apart.run("console", "keys", "restore", str(keys))
    assert (back.returncode, back.stdout) == (0, "Clés remises : 1\n")  # not Zoé's
    assert "Dossiers sans clé, arrivés après la sauvegarde des clés : 1" in back.stderr
    assert apart.ask("take", dominique)["subject"] == dominique


def test_the_keys_of_another_console_and_what_is_no_copy_of_keys_are_refused(
    visited: tuple[KeptApart, str, str], tmp_path: Path
) -> None:
    apart, _, dominique = visited
    folder = tmp_path / "copies"
    other = KeptApart(tmp_path / "other", apart.postgres, is_new=True)  # makes all its tables itself
    assert other.run("console", "keys", "backup", str(folder)).returncode == 0
    (foreign,) = folder.iterdir()
    base, noise = tmp_path / "base", tmp_path / "noise"
    apart.run("console", "backup", str(base))
    noise.write_bytes(b"noise" * 1000)
    assert apart.run("console", "keys", "backup", str(tmp_path / "own")).returncode == 0
    (own,) = (tmp_path / "own").iterdir()
    for wrong in (noise, base, foreign):
        apart.lose_keys()
        refused = apart.run("console", "keys", "restore", str(wrong))
        assert (refused.returncode, refused.stdout) == (1, ""), wrong
        assert refused.stderr.startswith(str(wrong))
    apart.lose_keys()
    assert apart.run("console", "keys", "restore", str(own)).stdout == "Clés remises : 2\n"
    assert apart.opened()[dominique]


def test_copies_of_the_keys_go_before_they_are_thirty_days_old(apart: KeptApart, tmp_path: Path) -> None:
    folder = tmp_path / "copies"
    folder.mkdir()
    now = datetime.now(UTC)

    def copy_of(days: float) -> Path:
        return folder / f"keys-{now - timedelta(days=days):%Y%m%dT%H%M%SZ}"

    for path in (*(copy_of(days) for days in (28.9, 29.1, 400)), folder / "notes.txt"):
        path.write_bytes(b"x")
    done = apart.run("console", "keys", "backup", str(folder))
    made = Path(done.stdout.strip())
    assert set(folder.iterdir()) == {made, copy_of(28.9), folder / "notes.txt"}
    old = made.rename(copy_of(31))
    apart.lose_keys()
    assert "plus de 29 jours" in apart.run("console", "keys", "restore", str(old)).stderr


def _files(apart: KeptApart) -> list[Path]:
    places = [apart.served.folder / "data"]
    if apart.postgres:
        with psycopg.connect(apart.served.database, autocommit=True) as database:
            database.execute("CHECKPOINT")  # what was dropped leaves the disk then
        places.append(apart.postgres.folder / "data")
    return [path for place in places for path in place.rglob("*") if path.is_file()]


def _lies_in(files: list[Path], *secrets: bytes) -> list[Path]:
    return [path for path in files for content in [_read(path)] if any(secret in content for secret in secrets)]


def _read(path: Path) -> bytes:
    """What a file holds; a server's own notes come and go."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""


def _known(apart: KeptApart) -> tuple[str, dict[str, Any]]:
    """Somebody qualified at their visit, and an officer who may have them erased."""
    check_in = check_in_of(TOUSSAINT)
    apart.served.start()
    assert [apart.served.deliver(check_in), apart.served.stop()] == [201, 0]
    added = apart.run("console", "user", "add", "marc", "--role", "officer")
    assert added.returncode == 0, added.stderr
    return check_in.key, apart.ask("person", check_in.key)


def _erased(apart: KeptApart, key: str, command: Sequence[str] = COMMAND) -> subprocess.CompletedProcess[str]:
    words = ("console", "register", "erase", key, "--reason", "request", "--by", "marc")
    return apart.run(*words, said="effacer\n", command=command)


def _sound(apart: KeptApart) -> bool:
    verified = json.loads(apart.run("console", "audit", "verify", "--json").stdout)
    checked = json.loads(apart.run("console", "register", "check", "--json").stdout)
    return bool(verified["intact"] and checked["intact"])


def test_what_was_erased_opens_in_no_file_and_the_chain_verifies(
    visited: tuple[KeptApart, str, str], tmp_path: Path
) -> None:
    """A visit by the purge, a person by the command, with theirs: database, log, backup, with all the keys left."""
    apart, zoe, dominique = visited
    theirs, person = _known(apart)
    base = tmp_path / "base"
    taken = {"visit": apart.ask("take", zoe), "theirs": apart.ask("take", theirs), "person": person}
    for name, one in taken.items():
        (tmp_path / name).write_text(json.dumps(one))
        assert apart.ask("try", str(tmp_path / name))["opened"] > 0  # as long as the key is there
    assert apart.run("console", "backup", str(base)).returncode == 0
    apart.served.start()  # readers hold the files open
    done = _erased(apart, theirs)
    assert (done.returncode, done.stdout.endswith("Dossier effacé.\n")) == (0, True), done.stderr
    assert "identité qualifiée" in done.stdout
    apart.ask("age", zoe)
    assert apart.run("worker", "--once").returncode == 0
    files = [*_files(apart), base]
    for name, one in taken.items():
        tried = apart.ask("try", str(tmp_path / name))
        assert (tried["opened"], tried["tried"] >= 6) == (0, True)
        inside = bytes.fromhex(one["inside"])
        pieces = [inside[at : at + 40] for at in range(0, len(inside) - 40, 400)]
        assert _lies_in(files, bytes.fromhex(one["key"]), *pieces) == []  # neither the key nor what was locked with it
        if not apart.postgres:
            assert _lies_in(files, bytes.fromhex(one["wrapped"])) == []
            assert _lies_in(_files(apart), bytes.fromhex(one["body"])[20:80]) == []
    if not apart.postgres:
        assert person["found_by"]
        assert _lies_in(_files(apart), *(bytes.fromhex(value) for value in person["found_by"])) == []
    apart.ask("renew")  # who copied the row of the key: PostgreSQL keeps it in its pages
    for name in taken:
        assert apart.ask("try", str(tmp_path / name))["copied_key_opens"] is False
    everywhere = [path for path in _files(apart) if "pg_wal" not in path.parts]
    assert _lies_in(everywhere, bytes.fromhex(taken["visit"]["store_key"])[200:260]) == []
    assert apart.served.deliver(check_in_of(TOUSSAINT)) == 201  # who was erased comes again
    assert apart.served.stop() == 0
    assert apart.ask("take", dominique)["subject"] == dominique
    assert _sound(apart)


def _that_dies_at(where: str) -> list[str]:
    """The command, killed as it comes to this function."""
    module, name = where.rsplit(".", 1)
    dies = "lambda *_, **__: __import__('os').kill(__import__('os').getpid(), 9)"
    begin = "import kiosk.commands.erase as erase; before = erase.carry_out"
    set_up = f"import importlib; setattr(importlib.import_module('{module}'), '{name}', {dies})"
    hook = f"def carry_out(*words):\n    {set_up}\n    before(*words)\nerase.carry_out = carry_out"
    return [sys.executable, "-c", f"{begin}\n{hook}\nfrom kiosk.cli import main; main()"]


def test_an_erasing_that_was_killed_before_its_keys_were_gone_is_finished_by_the_worker(apart: KeptApart) -> None:
    theirs, person = _known(apart)
    subjects = (person["subject"], theirs)
    before_the_fact = _erased(apart, theirs, _that_dies_at("kiosk.console.records.erasing.ask"))
    assert before_the_fact.returncode == -9
    assert [apart.ask("has", one) for one in subjects] == [True, True]
    assert _sound(apart)  # nothing was done: not half of it
    assert _erased(apart, theirs, _that_dies_at("kiosk.console.upkeep.retention.finish")).returncode == -9
    assert [apart.ask("has", one) for one in subjects] == [True, True]
    assert _sound(apart)
    again = _erased(apart, theirs)
    assert (again.returncode, "déjà effacé" in again.stderr) == (3, True)
    assert apart.run("worker", "--once").returncode == 0
    assert [apart.ask("has", one) for one in subjects] == [False, False]
    assert _sound(apart)


def test_two_processes_that_make_the_same_keys_while_the_store_key_is_renewed_have_the_same(apart: KeptApart) -> None:
    assert apart.run("console", "audit", "verify").returncode == 0
    command = [sys.executable, "-m", "tests.console.forensics", str(apart.served.config), "create", "200"]
    both = [
        subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(2)
    ]
    for one in both:
        assert one.stdout.readline() == "ready\n"
    for one in both:
        one.stdin.write("go\n")
        one.stdin.flush()
    brought = [apart.ask("renew") for _ in range(2)]
    made = [json.loads(one.communicate(timeout=120)[0]) for one in both]
    assert [one.returncode for one in both] == [0, 0]
    assert made[0] == made[1]
    brought.append(apart.ask("renew"))
    assert brought[-1] == len(made[0]) == 200
