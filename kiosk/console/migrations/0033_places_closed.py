"""Where visits were is closed as it stood in clear: some rows after the others, and again from the start if killed.

In memory they say what they said, so what is proven of them still is.
"""

from collections.abc import Iterator
from typing import Any, ClassVar

from django.db import migrations, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from kiosk.console import audit
from kiosk.console.models.places import Closed

AT_ONCE = 500
_WRITE = 'UPDATE "{}" SET {} WHERE "{}" = %s'
PLACED = ("arrival", "question", "recognition", "staff")


def close(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    database = schema_editor.connection
    counts = {name: close_all(model := apps.get_model("console", name), closed_of(model), database) for name in PLACED}
    if counts["arrival"]:
        audit.record_all([audit.Done(audit.Act.PLACES_CLOSED, "update", details=counts)])
    for name in PLACED:
        forget(f"console_{name}", database)


def closed_of(model: type[models.Model]) -> list[Any]:
    """Its columns that are closed."""
    return [one for one in model._meta.concrete_fields if isinstance(one, Closed)]


def close_all(model: type[models.Model], columns: list[Any], database: BaseDatabaseWrapper) -> int:
    """Close these columns of every row; of how many."""
    own = model._meta.pk
    statement = _WRITE.format(model._meta.db_table, ", ".join(f'"{one.column}" = %s' for one in columns), own.column)
    count = 0
    for some in _pieces(model, columns):
        told = [
            [*(one.get_db_prep_save(one.pre_save(row, False), database) for one in columns), _key(own, row, database)]
            for row in some
        ]
        with transaction.atomic(using=database.alias), database.cursor() as cursor:
            cursor.executemany(statement, told)
        count += len(some)
    return count


def _key(own: Any, row: models.Model, database: BaseDatabaseWrapper) -> object:
    return own.get_db_prep_value(row.pk, database)


def _pieces(model: type[models.Model], columns: list[Any]) -> Iterator[list[models.Model]]:
    needed = {"pk", *(one.name for one in columns), *(one.since for one in columns if one.since)}
    chosen, last = model._base_manager.order_by("pk").only(*needed), None
    while some := list((chosen if last is None else chosen.filter(pk__gt=last))[:AT_ONCE]):
        yield some
        last = some[-1].pk


def forget(table: str, database: BaseDatabaseWrapper) -> None:
    """What stood there goes from the disk too: PostgreSQL keeps it until somebody cleans up, SQLite in its log.

    Within a transaction tables are being made, for a restore: nothing stood there.
    """
    if database.in_atomic_block:
        return
    with database.cursor() as cursor:
        cursor.execute(f"VACUUM {table}" if database.vendor == "postgresql" else "PRAGMA wal_checkpoint(TRUNCATE)")


class Migration(migrations.Migration):
    atomic = False  # a million visits fill no log

    dependencies: ClassVar = [
        ("console", "0032_places"),
    ]

    operations: ClassVar = [migrations.RunPython(close, migrations.RunPython.noop)]
