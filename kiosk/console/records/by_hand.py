"""What every page, every decision and every kiosk asks, by hand: to have Django write it costs more than to do it.

New rows: ``models.rows``.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.backends.utils import CursorWrapper

from kiosk.console.models import Person

Rows = list[tuple[Any, ...]]


def rows(question: str, *said: Any) -> Rows:
    """What the console's database answers; keys are given, and come back, as ``key`` writes them.

    Of a list every part is asked for: it stands as ``IN (…)``.
    """
    return asked(question, *said)()


def asked(question: str, *said: Any) -> Callable[[], Rows]:
    """The same, asked for now and read when it is called: within ``models.rows.at_once`` others follow meanwhile."""
    if connection.vendor == "postgresql":  # however long the list, one sentence, which is planned once
        question = question.replace("IN (…)", "= ANY(%s)")
    else:
        for among in (one for one in said if isinstance(one, list)):
            question = question.replace("(…)", "(" + ", ".join(["%s"] * len(among)) + ")", 1)
        said = tuple(part for one in said for part in (one if isinstance(one, list) else [one]))
    cursor = connection.cursor()
    cursor.execute(question, said)
    if connection.vendor != "postgresql":  # an open cursor of SQLite's holds its reader, through a rollback too
        answer = _all_of(cursor)
        return lambda: answer
    return lambda: _all_of(cursor)


def _all_of(cursor: CursorWrapper) -> Rows:
    with cursor:
        answer: Rows = cursor.fetchall()
    return answer


def update(statement: str, said: Sequence[Sequence[Any]]) -> None:
    """Do the same to several rows, each with words of its own."""
    with connection.cursor() as cursor:
        cursor.executemany(statement, said)


def key(subject: UUID) -> object:
    """A random key as this database keeps it."""
    written: object = Person._meta.pk.get_db_prep_value(subject, connection)
    return written


def keys(subjects: Iterable[UUID]) -> list[object]:
    """Many of them."""
    return list(subjects) if connection.features.has_native_uuid_field else [one.hex for one in subjects]


def subject(written: object) -> UUID:
    """The random key that this database keeps so."""
    return written if isinstance(written, UUID) else UUID(str(written))
