"""Rows read and written by hand: to have Django write the sentence costs more than the database needs to carry it out.

For what every decision of everybody reads under its lock and writes, whoever may write that table; values are kept as
the models keep them.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from enum import Enum
from functools import cache
from operator import attrgetter
from typing import Any, NamedTuple, TypeVar

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BinaryField, CharField, JSONField, Model, TextField
from django.db.utils import DEFAULT_DB_ALIAS

from kiosk.console.models.fingerprints import ClosedBlock
from kiosk.console.models.places import Closed
from kiosk.console.models.proven import Proven

Row = TypeVar("Row", bound=Model)
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
            values[place] = field.get_db_prep_save(field.pre_save(row, False), database)
        return values


@contextmanager
def at_once() -> Iterator[None]:
    """What is asked or written here is told without waiting for each answer; what is refused is raised by the end."""
    database = connections[DEFAULT_DB_ALIAS]
    if database.vendor != "postgresql":
        yield
        return
    database.ensure_connection()
    with database.wrap_database_errors, database.connection.pipeline():
        yield


class Lock(Enum):
    """What nobody else may do with a row until the transaction ends; SQLite lets nobody else write anything."""

    ALL = " FOR UPDATE"
    CHANGES = " FOR NO KEY UPDATE"  # who only refers to it need not wait
    NOTHING = ""  # it is only read


def locked(model: type[Row], key: object, lock: Lock = Lock.ALL) -> Row | None:
    """The row with this key as it stands once nobody else holds it; None when there is none."""
    return asked(model, key, lock)()


def asked(model: type[Row], key: object, lock: Lock = Lock.ALL) -> Callable[[], Row | None]:
    """The same, asked for now and read when it is called: within ``at_once`` other questions follow meanwhile."""
    database = connections[DEFAULT_DB_ALIAS]
    reading, cursor = _reading(model, database), database.cursor()
    told = [model._meta.pk.get_db_prep_value(key, database)]
    cursor.execute(reading.text + (lock.value if database.features.has_select_for_update else ""), told)

    def read() -> Row | None:
        with cursor:
            found = cursor.fetchone()
        if found is None:
            return None
        values = list(found)
        for place, column, converters in reading.otherwise:
            for convert in converters:
                values[place] = convert(values[place], column, database)
        return model.from_db(DEFAULT_DB_ALIAS, reading.names, values)

    if database.vendor == "postgresql":
        return read
    row = read()  # an open cursor of SQLite's holds its reader, through a rollback too
    return lambda: row


class _Reading(NamedTuple):
    """What is asked, the fields that are answered, and those that the database gives otherwise than the models."""

    text: str
    names: list[str]
    otherwise: tuple[tuple[int, Any, tuple[Callable[..., Any], ...]], ...]


_SELECT = 'SELECT {} FROM "{}" WHERE "{}" = %s'


def _reading(model: type[Model], database: BaseDatabaseWrapper) -> _Reading:
    """Kept with the connection, whose converters it names: no ended thread's stays open for it."""
    kept: dict[type[Model], _Reading] = vars(database).setdefault("kiosk_readings", {})
    return kept.get(model) or kept.setdefault(model, _reading_of(model, database))


def _reading_of(model: type[Model], database: BaseDatabaseWrapper) -> _Reading:
    fields = model._meta.concrete_fields
    columns = ", ".join(f'"{one.column}"' for one in fields)
    text = _SELECT.format(columns, model._meta.db_table, model._meta.pk.column)
    told = [one.get_col(model._meta.db_table) for one in fields]
    converters = [(*database.ops.get_db_converters(one), *one.get_db_converters(database)) for one in told]
    otherwise = tuple((place, told[place], one) for place, one in enumerate(converters) if one)
    return _Reading(text, [one.attname for one in fields], otherwise)


def insert(
    model: type[Model], new: Sequence[Model], *, unless_there: bool = False, using: str = DEFAULT_DB_ALIAS
) -> int:
    """Insert rows, of a table whose own numbers nobody asks for; gives how many.

    ``unless_there``: who is there stays as it is, and is not counted. IntegrityError otherwise.
    """
    database, count = connections[using], 0
    sentence = _inserting(model, database.vendor)
    for row in new:
        if isinstance(row, Proven):
            row.prove()
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
    """Write one row, which is there and held; these columns of it, if any are named. Unproven."""
    if isinstance(row, Proven) and names:
        names = (*names, *row.prove_anew(names))
    elif isinstance(row, Proven):
        row.prove()
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
        if isinstance(field, JSONField | ClosedBlock | Closed)
        or (vendor != "postgresql" and not isinstance(field, is_kept_so))
    )
    return _Sentence(text, attrgetter(*(one.attname for one in told)), tuple(otherwise))
