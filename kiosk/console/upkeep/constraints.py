"""What a table of SQLite's refuses (UNIQUE, CHECK), as it stands and as the models have it.

A constraint of somebody else's refuses a row, or has one be passed over where the same is written again.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from django.apps import apps
from django.db import connections, router
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Model

Said = tuple[str, str, str]  # its kind, what it is called, what it says
_UNIQUE = """SELECT m.name, l.name, l.partial, COALESCE(x.sql, ''), group_concat(COALESCE(i.name, '?'))
FROM sqlite_master m JOIN pragma_index_list(m.name) l JOIN pragma_index_info(l.name) i
LEFT JOIN sqlite_master x ON x.name = l.name WHERE m.type = 'table' AND l."unique" GROUP BY m.name, l.name"""
_TABLES = "SELECT name, sql FROM sqlite_master WHERE type = 'table'"
_PART = re.compile(r""""(?:[^"]|"")*"|'(?:[^']|'')*'|`[^`]*`|\[[^\]]*\]|\w+|\S""")

_NEVER_MADE = {  # columns that were added to the trail, which no migration makes anew
    ("check", f"console_auditentry.( {one} > = 0 )", f"( {one} > = 0 )") for one in ("nth", "cites", "decision")
}


def standing(connection: BaseDatabaseWrapper) -> Iterator[Said]:
    """What stands there."""
    with connection.cursor() as cursor:
        yield from _read(cursor)


def ours(name: str) -> frozenset[Said]:
    """What the models have; of another database nothing is compared."""
    return _ours(name) if connections[name].vendor == "sqlite" else frozenset()


@cache
def _ours(name: str) -> frozenset[Said]:
    """The same sentences as migrations make them with, carried out in memory and read as what stands."""
    connection = connections[name]
    models: list[type[Model]] = [*apps.get_models(), MigrationRecorder.Migration]
    editor = connection.SchemaEditorClass(connection, collect_sql=True, atomic=False)
    editor.deferred_sql = []
    for model in models:
        if router.allow_migrate_model(name, model) and model._meta.managed and not model._meta.proxy:
            editor.create_model(model)
    made = connection.get_new_connection({"database": ":memory:"})
    for sentence in (*editor.collected_sql, *editor.deferred_sql):
        made.execute(str(sentence))
    found = frozenset(_read(made.cursor()))
    made.close()
    return found - _NEVER_MADE


def _read(cursor: Any) -> Iterator[Said]:
    cursor.execute(_UNIQUE)
    for table, _index, is_partial, text, columns in cursor.fetchall():
        yield "check", f"{table}.{columns}", " ".join(_parts(text)) if is_partial or "?" in columns else "unique"
    cursor.execute(_TABLES)
    for table, text in cursor.fetchall():
        yield from (("check", f"{table}.{said}", said) for said in _checks(_parts(text or "")))


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
