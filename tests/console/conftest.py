"""A console of its own for these tests: a structure's keys, a database in a temporary folder, Django set up once."""

import os
import secrets
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings

from kiosk.console.config import ServerSettings
from kiosk.console.site.django_settings import configure
from kiosk.sealing import generate_recipient, save_recipient

FOLDER = Path(tempfile.mkdtemp(prefix="console-tests-"))


def _server() -> ServerSettings:
    (FOLDER / "passphrase").write_bytes(b"for tests only\n")
    (FOLDER / "secret").write_bytes(secrets.token_bytes(64))
    save_recipient(generate_recipient(), FOLDER / "structure.key", b"for tests only")
    return ServerSettings(
        mode="demo",
        structure="Centre hospitalier de Saint-Exemple",
        data_dir=FOLDER,
        database=os.environ.get("CONSOLE_TEST_DATABASE", ""),  # the same tests on PostgreSQL
        names=("testserver",),
        desks=("3", "4"),
        certificate=FOLDER / "console.pem",
        key=FOLDER / "console.key",
        recipient_key=FOLDER / "structure.key",
        passphrase_file=FOLDER / "passphrase",
        secret_key_file=FOLDER / "secret",
    )


configure(_server())
django_settings.PASSWORD_HASHERS = ["tests.console.staff.QuickArgon2"]  # the real cost: test_accounts, served consoles


@pytest.fixture(scope="session")
def _tables() -> None:
    from kiosk.console.upkeep.database import bring_up_to_date

    bring_up_to_date(_settings())


def _settings() -> ServerSettings:
    from django.conf import settings

    return settings.KIOSK


@pytest.fixture()
def console(_tables: None) -> Iterator[ServerSettings]:
    """An empty console; what a test writes is rolled back."""
    from django.db import connection, transaction

    with transaction.atomic():
        yield _settings()
        transaction.set_rollback(True)
    connection.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Debian's Chromium, for one module's pages."""
    from tests.console.browsing import chromium

    with chromium() as opened:
        yield opened
