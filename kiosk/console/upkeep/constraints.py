"""What tables refuse (UNIQUE, CHECK), as it stands and as the models have it.

A constraint of somebody else's refuses a row, or has one be passed over where the same is written again.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache

from django.apps import apps
from django.db import connections, router
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import AutoField, Model
from django.db.utils import ConnectionHandler

Said = tuple[str, str, str]  # its kind, what it is called, what it says
_UNIQUE = """SELECT m.name, l.partial, COALESCE(x.sql, ''), group_concat(COALESCE(i.name, '?'))
FROM sqlite_master m JOIN pragma_index_list(m.name) l JOIN pragma_index_info(l.name) i
LEFT JOIN sqlite_master x ON x.name = l.name WHERE m.type = 'table' AND l."unique" GROUP BY m.name, l.name"""
_TABLES = "SELECT name, sql FROM sqlite_master WHERE type = 'table'"
_IN_POSTGRESQL = """SELECT c.relname, COALESCE(' WHERE ' || pg_get_expr(indpred, indrelid), ''),
string_agg(pg_get_indexdef(indexrelid, k, true), ',' ORDER BY k)
FROM pg_index CROSS JOIN generate_series(1, indnkeyatts) k JOIN pg_class c ON c.oid = indrelid
WHERE indisunique AND relname = ANY(%s) AND relnamespace = %s GROUP BY c.relname, indexrelid, indpred, indrelid
UNION ALL SELECT c.relname, pg_get_constraintdef(o.oid), ''
FROM pg_constraint o JOIN pg_class c ON c.oid = conrelid
WHERE contype IN ('c', 'x') AND relname = ANY(%s) AND relnamespace = %s"""
_PART = re.compile(r""""(?:[^"]|"")*"|'(?:[^']|'')*'|`[^`]*`|\[[^\]]*\]|\w+|\S""")
_CAST = re.compile(r"::(character varying|\w+)")
_NEVER_MADE = {  # columns that were added to the trail, which no migration makes anew
    ("check", f"console_auditentry.( {one} > = 0 )", f"( {one} > = 0 )") for one in ("nth", "cites", "decision")
}
_JSON = "( ( JSON_VALID ("  # on SQLite alone


def in_sqlite(connection: BaseDatabaseWrapper) -> Iterator[Said]:
    """What stands there."""
    with connection.cursor() as cursor:
        cursor.execute(_UNIQUE)
        for table, is_partial, text, columns in cursor.fetchall():
            yield _unique(table, columns, text.partition(" WHERE ")[2] if is_partial else "")
        cursor.execute(_TABLES)
        for table, text in cursor.fetchall():
            yield from (("check", f"{table}.{said}", said) for said in _checks(_parts(text or "")))


def in_postgresql(connection: BaseDatabaseWrapper, schema: int, tables: list[str]) -> Iterator[Said]:
    """What stands there, in the words of SQLite."""
    with connection.cursor() as cursor:
        known = [*tables, MigrationRecorder.Migration._meta.db_table]
        cursor.execute(_IN_POSTGRESQL, [known, schema, known, schema])
        for table, text, columns in cursor.fetchall():
            if columns:
                yield _unique(table, ",".join(map(_bare, columns.split(","))), text.partition(" WHERE ")[2])
                continue
            said = " ".join(_parts(text)).removeprefix("CHECK ")
            said = f"( {said[4:-4]} )" if said.startswith("( ( ") else said
            yield "check", f"{table}.{said}", said


def ours(name: str) -> frozenset[Said]:
    """What the models have."""
    made = _made(name) - _NEVER_MADE
    if connections[name].vendor == "sqlite":
        return made
    return frozenset(one for one in made if not one[2].startswith(_JSON)) | _keys(name)


@cache
def _made(name: str) -> frozenset[Said]:
    """The tables of one database made anew in memory, and read as those that stand."""
    memory = ConnectionHandler({"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}})["default"]
    with memory.schema_editor() as editor:
        for model in (one for one in _models(name) if not one._meta.auto_created):  # these come with the others
            editor.create_model(model)
    found = frozenset(in_sqlite(memory))
    memory.close()
    return found


def _keys(name: str) -> frozenset[Said]:
    """Numbers that are keys: with SQLite where a row stands, and no constraint."""
    keys = (model._meta.pk for model in _models(name))
    numbered = (one for one in keys if isinstance(one, AutoField) or one.get_internal_type().endswith("IntegerField"))
    return frozenset(_unique(one.model._meta.db_table, str(one.column), "") for one in numbered)


def _models(name: str) -> list[type[Model]]:
    known = (one for one in apps.get_models(include_auto_created=True) if router.allow_migrate_model(name, one))
    return [*(one for one in known if one._meta.managed and not one._meta.proxy), MigrationRecorder.Migration]


def _unique(table: str, columns: str, where: str) -> Said:
    """``where``: of which rows; PostgreSQL writes it in an order, and with types, of its own."""
    of = (" ".join(one for one in _parts(part) if one not in "()") for part in _CAST.sub("", where).split(" AND "))
    return "check", f"{table}.{columns}", " AND ".join(["unique", *sorted(filter(None, of))])


def _bare(column: str) -> str:
    return column.strip().strip('"')


def _parts(text: str) -> list[str]:
    """A sentence, word by word, however its names are written."""
    return [part[1:-1] if part[0] in '"`[' else part for part in _PART.findall(text)]


def _checks(parts: Iterable[str]) -> Iterator[str]:
    """What stands within the brackets of each CHECK."""
    depth, said, is_check = 0, list[str](), False
    for part in parts:
        if not said and not is_check:
            is_check = part.upper() == "CHECK"
            continue
        depth += {"(": 1, ")": -1}.get(part, 0)
        said.append(part)
        if depth == 0:
            yield " ".join(said)
            said, is_check = [], False
