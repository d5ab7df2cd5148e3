"""The rows of one database, out to a backup's file and in again; the tables are made by our own migrations.

What comes in is values for columns that are there. The last frame is the manifest: how many rows each table has, and
with what digest; without it, or with anything behind it, nothing is kept.
"""

import hashlib
import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from django.apps import apps
from django.core.management.color import no_style
from django.db import connections, router, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Model

from kiosk.console.upkeep import frames
from kiosk.console.upkeep.frames import BadBackup

_FRAME = 1024 * 1024  # bytes of rows in one, about
_AT_ONCE = 500
# With the names of our models, or of columns that our migrations have just made.
_SELECT, _ANY = "SELECT {} FROM {}", "SELECT 1 FROM {} LIMIT 1"
_BY = " ORDER BY {}"
_DELETE, _INSERT = "DELETE FROM {}", "INSERT INTO {} ({}) VALUES ({})"


class OfAnother(BadBackup):
    """A backup of the other database, of another kind of database, or of a newer version."""


def write(name: str, file: IO[bytes]) -> None:
    """Every row of a database as it is at one moment, while it is in use."""
    writer, manifest = frames.Writer(file), dict[str, list[object]]()
    with _at_one_moment(name) as ask:
        writer.write(_json(_head(name)))
        for model in tables(name):
            columns = columns_of(model)
            writer.write(_json({"table": model._meta.db_table, "columns": columns}))
            count, digest = 0, hashlib.sha256()
            for many, content in _frames(ask(_select(name, model, columns))):
                writer.write(content)
                digest.update(content)
                count += many
            manifest[model._meta.db_table] = [count, digest.hexdigest()]
    writer.write(_json({"manifest": manifest}))


def read(name: str, file: IO[bytes]) -> None:
    """Make a database's tables as they were, and fill them. BadBackup: then nothing is kept of it."""
    content = frames.read(file)
    head = _said(next(content, b""))
    if (head.get("database"), head.get("kind")) != (name, connections[name].vendor):
        raise OfAnother
    _make_tables(name, head["migrations"])
    with transaction.atomic(using=name):
        _let_rows_come_first(name)
        _fill(name, content)
    with connections[name].cursor() as cursor:
        for statement in connections[name].ops.sequence_reset_sql(no_style(), tables(name)):
            cursor.execute(statement)


def made_at(path: Path) -> datetime:
    """When a backup was made, as it says itself, proven. BadBackup."""
    with path.open("rb") as file:
        return datetime.fromisoformat(_said(next(frames.read(file), b""))["made_at"])


def tables(name: str) -> list[type[Model]]:
    """The models whose rows stand in this database."""
    connection = connections[name]
    there = set(connection.introspection.table_names())
    models = (one for one in apps.get_models(include_auto_created=True) if router.allow_migrate_model(name, one))
    return [one for one in models if one._meta.managed and not one._meta.proxy and one._meta.db_table in there]


def columns_of(model: type[Model]) -> list[str]:
    """The columns that the database does not compute itself."""
    return [str(one.column) for one in model._meta.concrete_fields if not one.generated]


def _head(name: str) -> dict[str, Any]:
    applied = sorted(MigrationRecorder(connections[name]).applied_migrations())
    now = datetime.now(UTC).isoformat()
    return {"database": name, "kind": connections[name].vendor, "made_at": now, "migrations": applied}


@contextmanager
def _at_one_moment(name: str) -> Iterator[Any]:
    """What is asked here is answered as of one moment; nobody who writes waits."""
    connection = connections[name]
    if connection.vendor == "sqlite":
        place = f"{Path(str(connection.settings_dict['NAME'])).resolve().as_uri()}?mode=ro"
        with closing(sqlite3.connect(place, uri=True, isolation_level=None, timeout=60)) as database:
            database.execute("BEGIN")
            yield database.execute
        return

    def ask(question: str) -> Iterator[tuple[Any, ...]]:
        with connection.chunked_cursor() as cursor:
            cursor.execute(question)
            yield from cursor

    with transaction.atomic(using=name):
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield ask


def _select(name: str, model: type[Model], columns: Sequence[str]) -> str:
    quote = connections[name].ops.quote_name
    names = ", ".join(quote(one) for one in columns)
    own = model._meta.pk  # PostgreSQL would give rows in the order in which they came
    in_order = _BY.format(quote(str(own.column))) if getattr(own, "is_random", False) else ""
    return _SELECT.format(names, quote(model._meta.db_table)) + in_order


def _frames(rows: Iterator[tuple[Any, ...]]) -> Iterator[tuple[int, bytes]]:
    """Rows in frames of some size, and how many are in each."""
    some: list[bytes] = []
    size = 0
    for row in rows:
        some.append(frames.row_to_bytes(row))
        size += len(some[-1])
        if size >= _FRAME:
            yield len(some), b"".join(some)
            some, size = [], 0
    if some:
        yield len(some), b"".join(some)


def _make_tables(name: str, applied: Sequence[Sequence[str]]) -> None:
    """As they were then: a later version brings them up to date when it starts."""
    executor = MigrationExecutor(connections[name])
    graph, wanted = executor.loader.graph, {(app, migration) for app, migration in applied}
    if not wanted <= graph.nodes.keys():
        raise OfAnother
    executor.migrate([one for one in wanted if wanted.isdisjoint(node.key for node in graph.node_map[one].children)])


def _let_rows_come_first(name: str) -> None:
    """In whatever order: what hangs on another is looked for at the end. Who has just migrated finds it otherwise."""
    if connections[name].vendor == "postgresql":
        with connections[name].cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def _fill(name: str, content: Iterator[bytes]) -> None:
    """Frame by frame, to the manifest and no further."""
    counted: dict[str, list[object]] = {}
    table, columns, many, digest = "", list[str](), 0, hashlib.sha256()
    for frame in content:
        if not frame.startswith(b"{"):
            digest.update(frame)
            many += _insert(name, table, columns, frame)
            continue
        if table:
            counted[table] = [many, digest.hexdigest()]
        said = _said(frame)
        if "manifest" in said:
            if said["manifest"] != counted or next(content, None) is not None:
                raise BadBackup
            return
        table, columns, many, digest = said["table"], said["columns"], 0, hashlib.sha256()
        _empty(name, table, columns)
    raise BadBackup  # it ends before its manifest


def _empty(name: str, table: str, columns: Sequence[str]) -> None:
    """The table is there with these columns, and what its migrations wrote in it goes."""
    connection = connections[name]
    with connection.cursor() as cursor:
        if table not in connection.introspection.table_names(cursor):
            raise BadBackup
        there = {one.name for one in connection.introspection.get_table_description(cursor, table)}
        if not {*columns} <= there:
            raise BadBackup
        place = connection.ops.quote_name(table)
        cursor.execute(_ANY.format(place))
        if cursor.fetchone() is not None:
            cursor.execute(_DELETE.format(place))


def _insert(name: str, table: str, columns: Sequence[str], frame: bytes) -> int:
    connection, count = connections[name], 0
    quote = connection.ops.quote_name
    names, places = ", ".join(map(quote, columns)), ", ".join(["%s"] * len(columns))
    text = _INSERT.format(quote(table), names, places)
    rows = list(frames.rows_of(frame, len(columns)))
    with connection.cursor() as cursor:
        for first in range(0, len(rows), _AT_ONCE):
            some = rows[first : first + _AT_ONCE]
            cursor.executemany(text, some)
            count += len(some)
    return count


def _json(said: dict[str, Any]) -> bytes:
    return json.dumps(said).encode()


def _said(frame: bytes) -> dict[str, Any]:
    if not frame.startswith(b"{"):
        raise BadBackup
    said: dict[str, Any] = json.loads(frame)
    return said
