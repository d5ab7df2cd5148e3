"""Rows written by hand: to have Django write the sentence costs more than the database needs to carry it out.

For what every decision of everybody writes, whoever may write that table; values are kept as the models keep them.
"""

from collections.abc import Callable, Sequence
from functools import cache
from operator import attrgetter
from typing import Any, NamedTuple

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BinaryField, CharField, JSONField, Model, TextField
from django.db.utils import DEFAULT_DB_ALIAS

_AT_ONCE = 500  # rows in one sentence


class _Sentence(NamedTuple):
    """What is told, which of a row's values go with it, and those that the database keeps otherwise than Python."""

    text: str
    values: Callable[[Any], tuple[Any, ...]]
    otherwise: tuple[tuple[int, Any], ...]

    def of(self, row: Model, database: BaseDatabaseWrapper) -> list[Any]:
        """The keys' database may be of another kind than the console's."""
        values = list(self.values(row))
        for place, field in self.otherwise:
            values[place] = field.get_db_prep_save(values[place], database)
        return values


def insert(
    model: type[Model], new: Sequence[Model], *, unless_there: bool = False, using: str = DEFAULT_DB_ALIAS
) -> int:
    """Insert rows, of a table whose own numbers nobody asks for; gives how many.

    ``unless_there``: who is there stays as it is, and is not counted. IntegrityError otherwise.
    """
    database, count = connections[using], 0
    sentence = _inserting(model, database.vendor)
    for first in range(0, len(new), _AT_ONCE):
        told = [sentence.of(row, database) for row in new[first : first + _AT_ONCE]]
        places = ", ".join([f"({', '.join(['%s'] * len(told[0]))})"] * len(told))
        text = sentence.text + places + (" ON CONFLICT DO NOTHING" if unless_there else "")
        with database.cursor() as cursor:
            cursor.execute(text, [value for values in told for value in values])
            count += cursor.rowcount
    for row in new:
        row._state.adding, row._state.db = False, using
    return count


def update(row: Model, *names: str) -> None:
    """Write one row, which is there; these columns of it, if any are named."""
    database = connections[DEFAULT_DB_ALIAS]
    sentence = _updating(type(row), names, database.vendor)
    with database.cursor() as cursor:
        cursor.execute(sentence.text, sentence.of(row, database))


@cache
def _inserting(model: type[Model], vendor: str) -> _Sentence:
    told = [one for one in _told(model) if one is not model._meta.auto_field]
    names = ", ".join(f'"{one.column}"' for one in told)
    return _sentence(f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES ', told, vendor)  # noqa: S608 - our own words


@cache
def _updating(model: type[Model], names: tuple[str, ...], vendor: str) -> _Sentence:
    mine = model._meta.pk
    told = [one for one in _told(model) if one is not mine and (not names or one.name in names)]
    changes = ", ".join(f'"{one.column}" = %s' for one in told)
    text = f'UPDATE "{model._meta.db_table}" SET {changes} WHERE "{mine.column}" = %s'  # noqa: S608 - our own words
    return _sentence(text, [*told, mine], vendor)


def _told(model: type[Model]) -> list[Any]:
    """The columns that the database does not compute itself."""
    return [one for one in model._meta.concrete_fields if not one.generated]


def _sentence(text: str, told: Sequence[Any], vendor: str) -> _Sentence:
    """PostgreSQL's driver takes all that Python knows as it is, but what is to be kept as JSON."""
    is_kept_so = (BinaryField, CharField, TextField)
    otherwise = (
        (place, field)
        for place, field in enumerate(told)
        if isinstance(field, JSONField) or (vendor != "postgresql" and not isinstance(field, is_kept_so))
    )
    return _Sentence(text, attrgetter(*(one.attname for one in told)), tuple(otherwise))
