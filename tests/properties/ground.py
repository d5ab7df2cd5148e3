"""One console in this process, as new for each sequence: its databases are copies of what was just set up."""

import importlib
import random
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from kiosk.settings import InsiSection
from tests.console.nation import NOWHERE
from tests.properties.clock import Clock, running
from tests.properties.touched import Refusals, Touched

STAFF = {"lea": "host", "marc": "host", "nora": "officer", "omar": "officer"}
MEMORY = Path("/dev/shm")  # noqa: S108 - what is made there is a folder of our own
PLAYED = "played"  # what a copy is called


class Copies(Protocol):
    """The console's databases, soon made anew."""

    def ready(self, databases: dict[str, dict[str, Any]]) -> None:
        """Let them be written to without waiting for a disk."""

    def keep(self) -> None:
        """As they are now, every later one begins."""

    def renew(self) -> None:
        """Others, as they were kept."""


class OnSqlite:
    """Files that are copied."""

    def __init__(self) -> None:
        self._files: list[Path] = []

    def ready(self, databases: dict[str, dict[str, Any]]) -> None:
        for database in databases.values():
            options = database["OPTIONS"]
            options["init_command"] = options["init_command"].replace("synchronous=FULL", "synchronous=OFF")
            Path(database["NAME"]).parent.mkdir(exist_ok=True)
            self._files.append(Path(database["NAME"]))

    def keep(self) -> None:
        for file in self._files:
            file.rename(_kept(file))

    def renew(self) -> None:
        for file in self._files:
            for left in file.parent.glob(file.name + "*"):
                left.unlink()
            shutil.copyfile(_kept(file), file)


class OnPostgresql:
    """Databases that the server makes of templates."""

    def __init__(self) -> None:
        self._templates: dict[str, str] = {}

    def ready(self, databases: dict[str, dict[str, Any]]) -> None:
        for alias, database in databases.items():
            database["OPTIONS"]["options"] = "-c synchronous_commit=off"
            self._templates[alias] = database["NAME"]

    def keep(self) -> None:
        """They are templates now: nobody writes to them any more."""
        self.renew()

    def renew(self) -> None:
        import psycopg
        from django.db import connections

        for alias, template in self._templates.items():
            said = connections[alias].settings_dict
            where = {"host": said["HOST"], "port": said["PORT"], "user": said["USER"], "dbname": "postgres"}
            with psycopg.connect(**where, autocommit=True) as server:
                server.execute(f'DROP DATABASE IF EXISTS "{PLAYED}_{template}"')
                server.execute(f'CREATE DATABASE "{PLAYED}_{template}" TEMPLATE "{template}"')
            said["NAME"] = f"{PLAYED}_{template}"  # others may play on the same server


class Ground:
    """A console, its staff signed in, its time; ``renew`` before each sequence."""

    def __init__(self, copies: Copies, clients: dict[str, Any], clock: Clock, touched: Touched) -> None:
        self._copies, self.clients, self.clock, self.touched = copies, clients, clock, touched
        self.refused = Refusals()

    def put_back(self) -> None:
        """The databases as they were at the beginning, and nothing else."""
        from django.db import connections

        connections.close_all()
        self._copies.renew()

    def renew(self) -> None:
        from django.conf import settings

        from kiosk.console.register import writer
        from kiosk.console.upkeep import checking

        self.put_back()
        checking.begin_anew()  # what this process remembers is of another sequence's trail
        self.clock.begin()
        dice = random.Random(0)
        writer.uuid4 = lambda: uuid.UUID(int=dice.getrandbits(128), version=4)  # the same persons, played again
        (settings.KIOSK.data_dir / "witness").unlink(missing_ok=True)  # of another sequence's trail
        for client in self.clients.values():
            session = client.session
            session.pop("_messages", None)  # what the last sequence left to be said
            session.save()


@contextmanager
def console(url: str = "", keys_url: str = "") -> Iterator[Ground]:
    """A console on SQLite, or on two empty databases of PostgreSQL."""
    tests = importlib.import_module("tests.console.conftest")  # sets Django up
    from django.conf import settings
    from django.db import connections
    from django.test import override_settings

    from kiosk.console.register import writer

    before, clock, make = settings.KIOSK, Clock(), writer.uuid4
    where = str(MEMORY) if MEMORY.is_dir() else None
    sessions = "django.contrib.sessions.backends.cache"  # years pass in a sequence, and nobody signs in again
    with tempfile.TemporaryDirectory(prefix="properties-", dir=where) as folder, running(clock):
        insi = InsiSection(**NOWHERE, verifier="played")  # by the sequence: nobody calls anybody
        said = {
            "mode": "production",
            "insi": insi,
            "data_dir": Path(folder),
            "intake_per_minute": 100_000,
            "intake_per_hour": 1_000_000,
        }
        server = before.model_copy(update={**said, "database": url, "keys_database": keys_url})
        if not url:
            tests.lay_files(Path(folder))
        with override_settings(KIOSK=server, SESSION_ENGINE=sessions):
            copies = OnPostgresql() if url else OnSqlite()
            _point_at(copies)
            clients = _opened()
            connections.close_all()
            copies.keep()
            touched = Touched()
            ground = Ground(copies, clients, clock, touched)
            with touched.heard(), ground.refused.heard():
                yield ground
            connections.close_all()
    writer.uuid4 = make
    tests.take(before)


def _opened() -> dict[str, Any]:
    """The tables, one kiosk, and everybody signed in."""
    from django.conf import settings
    from django.test import Client

    from kiosk.console.upkeep import checking
    from kiosk.console.upkeep.database import bring_up_to_date
    from tests.console import staff
    from tests.console.arrivals import enrol

    checking.begin_anew()  # whose people the database before this one held
    bring_up_to_date(settings.KIOSK)
    enrol()
    clients = {}
    first = Client(enforce_csrf_checks=False)
    for name, role in STAFF.items():
        staff.add(name, role)
        client = Client(enforce_csrf_checks=False)
        client.handler = first.handler  # reads the static files once
        clients[name] = staff.sign_in(name, client=client)
    return clients


def _point_at(copies: Copies) -> None:
    from django.conf import settings
    from django.db import connections

    from kiosk.console.site.django_settings import build

    databases = build(settings.KIOSK)["DATABASES"]
    copies.ready(databases)
    for alias in databases:
        connections[alias].close()
        del connections[alias]
    connections.settings.update(connections.configure_settings(databases))


def _kept(file: Path) -> Path:
    return file.with_name("kept-" + file.name)
