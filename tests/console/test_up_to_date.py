"""A start with nothing to migrate asks nothing of Django's migrations; keys that are missing are found all the same."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor

from kiosk.console.config import ServerSettings
from kiosk.console.keystore.models import KnownStore
from kiosk.console.upkeep import database
from kiosk.console.upkeep.keys import KeysMissing
from tests.console.conftest import settings_with, take
from tests.console.tables import copy_files

pytestmark = pytest.mark.starts


@pytest.fixture()
def made(tmp_path: Path) -> Iterator[ServerSettings]:
    """A console whose tables are made, before its first start."""
    copy_files(tmp_path)
    server = settings_with("").model_copy(update={"data_dir": tmp_path})
    take(server)
    yield server
    connections.close_all()


@pytest.fixture()
def migrated(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """What Django is told to migrate."""
    told: list[tuple[str, ...]] = []
    monkeypatch.setattr(database, "call_command", lambda _migrate, *words, **_said: told.append(words))
    return told


def test_nothing_left_nothing_migrated(made: ServerSettings, migrated: list[tuple[str, ...]]) -> None:
    database.bring_up_to_date(made)
    assert (migrated, KnownStore.objects.count()) == ([], 1)


def test_one_migration_left_and_all_is_gone_through(made: ServerSettings, migrated: list[tuple[str, ...]]) -> None:
    database.bring_up_to_date(made)
    executor = MigrationExecutor(connection)
    ((_, last),) = executor.loader.graph.leaf_nodes("console")
    executor.recorder.record_unapplied("console", last)
    database.bring_up_to_date(made)
    assert migrated == [("keys",), ("keys",), ()]


def test_an_up_to_date_console_without_its_keys_is_refused(
    made: ServerSettings, migrated: list[tuple[str, ...]]
) -> None:
    database.bring_up_to_date(made)
    shutil.rmtree(made.keys_folder)
    made.keys_folder.mkdir()
    with pytest.raises(KeysMissing):
        database.bring_up_to_date(made)
    assert migrated == [("keys",)]  # and no table was made where keys are to be put back
