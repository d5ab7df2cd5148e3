"""A console of its own for these tests: a structure's keys, Django set up once, and each test on both databases."""

import atexit
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings as django_settings

from kiosk.console.config import ServerSettings
from kiosk.console.site.django_settings import build, configure
from kiosk.sealing import generate_recipient, save_recipient

FOLDER = Path(tempfile.mkdtemp(prefix="console-tests-"))
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)


def _server() -> ServerSettings:
    (FOLDER / "passphrase").write_bytes(b"for tests only\n")
    (FOLDER / "secret").write_bytes(secrets.token_bytes(64))
    save_recipient(generate_recipient(), FOLDER / "structure.key", b"for tests only")
    return ServerSettings(
        mode="demo",
        structure="Centre hospitalier de Saint-Exemple",
        data_dir=FOLDER,
        names=("testserver",),
        desks=("3", "4"),
        certificate=FOLDER / "console.pem",
        key=FOLDER / "console.key",
        recipient_key=FOLDER / "structure.key",
        passphrase_file=FOLDER / "passphrase",
        secret_key_file=FOLDER / "secret",
    ).model_copy(
        update={"trust_kiosk_answers": True}  # most tests bring an answer with the check-in: else see test_reported
    )


configure(_server())
django_settings.PASSWORD_HASHERS = ["tests.console.staff.QuickArgon2"]  # the real cost: test_accounts, served consoles


def take(server: ServerSettings) -> None:
    """From here on, this process's console is the one of these settings, whatever its database."""
    from django.db import connections

    databases = build(server)["DATABASES"]
    for name in databases:
        connections[name].close()
        del connections[name]  # the next question opens one of the other kind
    connections.settings.update(connections.configure_settings(databases))
    django_settings.KIOSK = server


def settings_with(database: str, keys_database: str = "") -> ServerSettings:
    return django_settings.KIOSK.model_copy(update={"database": database, "keys_database": keys_database})


def _with_tables(database: str, keys_database: str = "") -> ServerSettings:
    from kiosk.console.upkeep import checking
    from kiosk.console.upkeep.database import bring_up_to_date

    server = settings_with(database, keys_database).model_copy(update={"data_dir": FOLDER})  # another test had its own
    take(server)
    checking.begin_anew()  # whom this process remembers is somebody else's "lea"
    bring_up_to_date(server)
    return server


def make_sqlite() -> ServerSettings:
    lay_files(FOLDER)
    return _with_tables("")


def lay_files(data: Path) -> None:
    """Both files of SQLite in a console's data, their tables empty; made by this process where none has made them."""
    from tests.console.files import copied, migrate_both

    def make(folder: Path) -> None:
        (folder / "data" / "keys").mkdir(parents=True)
        take(
            django_settings.KIOSK.model_copy(update={"data_dir": folder / "data", "database": "", "keys_database": ""})
        )
        migrate_both()

    copied(data, make)


@pytest.fixture(scope="session")
def sqlite() -> ServerSettings:
    return make_sqlite()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[ServerSettings]:
    from tests.console.postgres import KEY_TABLES, WITHOUT_DISK, running

    with running(*WITHOUT_DISK) as server:
        yield _with_tables(server.with_tables(), server.with_tables(KEY_TABLES))


def _not_as_written() -> list[object]:
    """What the register's own checks find after a test: every person's row is what their facts fold to, every body."""
    from kiosk.console.register import checks

    return [one for check in (checks.persons, checks.facts) for one in check("", 100_000).found]


@contextmanager
def empty(server: ServerSettings, is_compared: bool = True) -> Iterator[None]:
    """An empty console; what is written meanwhile is rolled back, and compared with its facts before that."""
    from django.db import connections, transaction

    from kiosk.console.upkeep import checking

    take(server)
    checking.begin_anew()
    (server.data_dir / "witness").unlink(missing_ok=True)  # of a trail that was rolled back
    with transaction.atomic(), transaction.atomic(using="keys"):
        yield
        found = _not_as_written() if is_compared else []
        transaction.set_rollback(True)
        transaction.set_rollback(True, using="keys")
    connections.close_all()
    assert found == []


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.starts)])
def console(request: pytest.FixtureRequest) -> Iterator[ServerSettings]:
    """An empty console, on one database and then on the other; what a test writes is rolled back."""
    server: ServerSettings = request.getfixturevalue(request.param)
    with empty(server, is_compared=not request.node.get_closest_marker("tampers")):
        yield server


# For tests of what pages say and who may open them, and of the many values that one rule names or refuses: another
# database would answer the same, and that it does is shown by a value or two beside them.
ON_SQLITE = pytest.mark.parametrize("console", ["sqlite"], indirect=True)


@pytest.fixture()
def asks_insi(console: ServerSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    """The console hears its kiosk and has somebody to ask: INSi's answers are the test's."""
    from tests.console.arrivals import enrol

    enrol()
    monkeypatch.setattr(django_settings, "KIOSK", console.model_copy(update={"insi": object()}))


@pytest.fixture()
def in_production(console: ServerSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    """A console in production, with INSi, that hears its kiosk."""
    from tests.console.arrivals import enrol

    enrol()
    section = SimpleNamespace(verifier="", desk_caller="certificate")
    monkeypatch.setattr(django_settings, "KIOSK", console.model_copy(update={"mode": "production", "insi": section}))


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Debian's Chromium, for one module's pages."""
    from tests.console.browsing import chromium

    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def postgres() -> Iterator[Any]:
    """A PostgreSQL of one module's own, for tests that migrate databases."""
    from tests.console.postgres import WITHOUT_DISK, running

    with running(*WITHOUT_DISK) as server:
        yield server


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.beside)])
def before(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
    """A console of before persons were known, on one database and then on the other."""
    from django.db import connections

    from tests.console.before import Before

    databases = ("", "")
    if request.param == "postgresql":
        server = request.getfixturevalue("postgres")
        databases = (server.url(), server.url())
    take(settings_with(*databases).model_copy(update={"data_dir": tmp_path / "data"}))
    yield Before(django_settings.KIOSK)
    connections.close_all()
