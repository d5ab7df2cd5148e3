"""The database brought up to date before serving, and the kiosks of the configuration enrolled."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management import call_command
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from kiosk.console.config import ServerSettings
from kiosk.console.keystore.router import KEYS
from kiosk.console.records import store_keys, world
from kiosk.console.terminals.enrolment import CONFIGURATION, enrol
from kiosk.console.upkeep import keys, lineage, taking_over

_DOOR = 0x6B696F736B  # PostgreSQL's name for it: any number that is ours


class NotTheOwner(Exception):
    """The tables are of another version, and who asks may not change them; says so in French: the technician reads."""


def bring_up_to_date(server: ServerSettings) -> None:
    """Create or migrate the tables, found the keys' store; enrol the kiosks the configuration names.

    KeysMissing; NotTheOwner where PostgreSQL's roles are separate and the tables are still of another version; PutBack
    where somebody put tables of before in the place of later ones; OtherWorld where its people are not this mode's.

    The keys' store comes first: whom an earlier version knew has a key from the migration on.
    """
    with _one_at_a_time(server):
        if not _is_up_to_date():
            lineage.check()
            with store_keys.as_they_stand():
                _migrate()
            lineage.written()
            taking_over.take_over()
        elif taking_over.left_to_take():  # killed at an update, before that
            with store_keys.as_they_stand():
                keys.known_store(timezone.now())
            taking_over.take_over()
        else:  # as at nearly every start: Django's command would take a second to find that out
            keys.known_store(timezone.now())
        world.check(server.mode)
    enrol_named(server)
    connections.close_all()


def enrol_named(server: ServerSettings) -> None:
    """The kiosks that the settings name, each with the key of its file."""
    for name, path in server.kiosks.items():
        enrol(name, path.read_text(), who=CONFIGURATION)


def _migrate() -> None:
    if not (_may_change(connection) and _may_change(connections[KEYS])):
        raise NotTheOwner(
            "Les tables sont d'une autre version et ce rôle de PostgreSQL ne peut pas les changer : lancez "
            "kiosk console upgrade --owner-file FICHIER, puis deploy/console/roles.sql."
        )
    call_command("migrate", KEYS, interactive=False, verbosity=0)  # what the console's own database knows of it
    keys.check_store()  # before any table is made: keys that are put back need an empty place
    call_command("migrate", KEYS, database=KEYS, interactive=False, verbosity=0)
    keys.known_store(timezone.now())
    call_command("migrate", interactive=False, verbosity=0)


def _may_change(database: BaseDatabaseWrapper) -> bool:
    if database.vendor != "postgresql":
        return True
    with database.cursor() as cursor:
        cursor.execute("SELECT has_schema_privilege(current_schema(), 'CREATE')")
        return bool(cursor.fetchone()[0])


def _is_up_to_date() -> bool:
    """Whether no migration is left to either database; a store whose keys are missing has its own left."""
    ours, theirs = MigrationExecutor(connection), MigrationExecutor(connections[KEYS])
    left = ours.migration_plan(ours.loader.graph.leaf_nodes())
    return not left and not theirs.migration_plan(theirs.loader.graph.leaf_nodes(KEYS))


@contextmanager
def _one_at_a_time(server: ServerSettings) -> Iterator[None]:
    """Console and worker start together: one migrates, the others wait. A killed one's lock goes with it."""
    if connection.vendor == "sqlite":
        with (server.data_dir / "migrating").open("ab") as door:
            fcntl.flock(door, fcntl.LOCK_EX)
            yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", (_DOOR,))
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", (_DOOR,))
