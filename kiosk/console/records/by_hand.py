"""What every page, every decision and every kiosk asks, by hand: to have Django write it costs more than to do it.

Of what is written only the statement is ours: each part is prepared by the column of its model.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import connection, connections
from django.db.models import Model

from kiosk.console.models import Person


def rows(question: str, *said: Any) -> list[tuple[Any, ...]]:
    """What the console's database answers; keys are given, and come back, as ``key`` writes them.

    Of a list every part is asked for: it stands as ``IN (…)``.
    """
    for among in (one for one in said if isinstance(one, list)):
        question = question.replace("(…)", "(" + ", ".join(["%s"] * len(among)) + ")", 1)
    said = tuple(part for one in said for part in (one if isinstance(one, list) else [one]))
    with connection.cursor() as cursor:
        cursor.execute(question, said)
        answer: list[tuple[Any, ...]] = cursor.fetchall()
    return answer


def insert(new: Sequence[Model], *, unless_there: bool = False, database: str = "default") -> int:
    """Write new rows of one table in one statement; gives how many.

    ``unless_there``: who is there stays as it is, and is not counted. IntegrityError otherwise.
    """
    made, columns = connections[database], new[0]._meta.concrete_fields
    said = [column.get_db_prep_save(getattr(row, column.attname), made) for row in new for column in columns]
    with made.cursor() as cursor:
        cursor.execute(_insertion(type(new[0]), len(new), unless_there), said)
        return int(cursor.rowcount)


@lru_cache(maxsize=64)
def _insertion(model: type[Model], many: int, unless_there: bool) -> str:
    names = [str(column.column) for column in model._meta.concrete_fields]
    row = "(" + ", ".join(["%s"] * len(names)) + ")"
    rows = f"{model._meta.db_table} ({', '.join(names)}) VALUES {', '.join([row] * many)}"
    return f"INSERT INTO {rows}" + (" ON CONFLICT DO NOTHING" if unless_there else "")


def update(statement: str, said: Sequence[Sequence[Any]]) -> None:
    """Do the same to several rows, each with words of its own."""
    with connection.cursor() as cursor:
        cursor.executemany(statement, said)


def key(subject: UUID) -> object:
    """A random key as this database keeps it."""
    written: object = Person._meta.pk.get_db_prep_value(subject, connection)
    return written


def subject(written: object) -> UUID:
    """The random key that this database keeps so."""
    return written if isinstance(written, UUID) else UUID(str(written))
