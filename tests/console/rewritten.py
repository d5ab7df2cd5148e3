"""Rows written otherwise by the console itself, for a test: they still prove themselves."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connections
from django.db.models import Model, QuerySet


def rewrite(rows: QuerySet[Any], **columns: object) -> None:
    """Write these columns of each row, as the console would."""
    for row in rows:
        for name, value in columns.items():
            setattr(row, name if value is None or isinstance(value, Model) else _column(row, name), value)
        row.save(update_fields=[*columns, *_of_that_day(row, columns)])


def _of_that_day(row: Model, columns: Collection[str]) -> list[str]:
    """What says where somebody was is closed for the row's own day."""
    return [one.name for one in row._meta.concrete_fields if getattr(one, "since", "") in columns]


def _column(row: Model, name: str) -> str:
    """A row may be named by its key."""
    column: str = row._meta.get_field(name).attname
    return column


def behind(rows: QuerySet[Any], **columns: object) -> int:
    """Write these columns behind the console's back, as who has the database's password does."""
    return QuerySet(rows.model, query=rows.query).update(**columns)


@contextmanager
def unguarded(using: str = "default") -> Iterator[None]:
    """As who owns the database, and hides it: no trigger fires meanwhile, and each stands there afterwards."""
    triggers: list[tuple[str, str]] = []
    with connections[using].cursor() as cursor:
        if connections[using].vendor == "sqlite":
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            triggers = cursor.fetchall()
            for name, _sql in triggers:
                cursor.execute(f'DROP TRIGGER "{name}"')
        else:
            cursor.execute("SET LOCAL session_replication_role = replica")
        yield
        for _name, sql in triggers:
            cursor.execute(sql)
        if connections[using].vendor != "sqlite":
            cursor.execute("SET LOCAL session_replication_role = origin")
