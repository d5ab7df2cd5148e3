"""Keys are changed without losing a record; a backup comes back whole or not at all."""

import json
import os
from pathlib import Path

import pytest

from kiosk.sealing import generate_recipient, save_recipient
from tests.console.arrivals import check_in_of
from tests.console.served import ServedConsole
from tests.people import DOMINIQUE, ZOE


@pytest.fixture()
def stopped(tmp_path: Path) -> ServedConsole:
    """A console that took in two people and was stopped."""
    console = ServedConsole(tmp_path / "console")
    console.start()
    for person in (ZOE, DOMINIQUE):
        assert console.deliver(check_in_of(person)) == 201
    assert console.stop() == 0
    return console


def _lose_the_database(console: ServedConsole) -> None:
    """The keys, in a folder of their own, stay."""
    for path in (console.folder / "data").glob("console.sqlite3*"):
        path.unlink()


def test_records_sealed_for_a_former_key_open_and_are_sealed_again(stopped: ServedConsole) -> None:
    folder = stopped.folder
    (folder / "structure.key").rename(folder / "former.key")
    save_recipient(generate_recipient(), folder / "structure.key", b"for tests only")
    refused = stopped.run("console", "reseal")  # nobody holds the former key
    assert (refused.returncode, "former_recipient_keys" in refused.stderr) == (2, True)
    text = stopped.config.read_text()
    stopped.config.write_text(text.replace("port = 0", 'port = 0\nformer_recipient_keys = ["former.key"]'))
    assert stopped.run("console", "reseal").stdout == "Dossiers scellés de nouveau : 2\n"
    assert stopped.run("console", "reseal").stdout == "Dossiers scellés de nouveau : 0\n"
    stopped.config.write_text(text)
    (folder / "former.key").unlink()
    assert stopped.run("console", "reseal").stdout == "Dossiers scellés de nouveau : 0\n"
    verified = json.loads(stopped.run("console", "audit", "verify", "--json").stdout)
    assert (verified["intact"], verified["entries"]) == (True, 5)


def test_a_backup_comes_back_whole(stopped: ServedConsole, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    assert stopped.run("console", "backup", str(copy)).returncode == 0
    assert copy.stat().st_mode & 0o077 == 0
    assert "existe déjà" in stopped.run("console", "backup", str(copy)).stderr
    assert "déplacez-la d'abord" in stopped.run("console", "restore", str(copy)).stderr
    _lose_the_database(stopped)
    assert stopped.run("console", "restore", str(copy)).stdout == "Base remise ; actes dans le journal : 3, intact.\n"
    stopped.start()
    assert stopped.deliver(check_in_of(ZOE)) == 201
    assert stopped.stop() == 0


def test_a_touched_or_foreign_backup_is_refused(stopped: ServedConsole, tmp_path: Path) -> None:
    """More of it: ``tests/attacks/test_keeper_backups.py``."""
    copy, noise = tmp_path / "copy", tmp_path / "noise"
    stopped.run("console", "backup", str(copy))
    content = copy.read_bytes()
    copy.write_bytes(content[:-40] + bytes([content[-40] ^ 1]) + content[-39:])
    noise.write_bytes(os.urandom(10_000))
    _lose_the_database(stopped)
    for wrong in (copy, noise):
        assert "pas une sauvegarde de cette console" in stopped.run("console", "restore", str(wrong)).stderr
    assert not (stopped.folder / "data" / "console.sqlite3").exists()
