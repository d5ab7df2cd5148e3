"""Rows of one table that differ from a first one in few columns: written by COPY, or in batches."""

import io
import json
from collections.abc import Sequence
from datetime import UTC, date, datetime

from django.db import connections, models

_PIECE = 1 << 20


class Lines:
    """Gathers rows like ``first`` until they are written."""

    def __init__(self, first: models.Model, differing: Sequence[str], *, database: str = "default") -> None:
        self._connection = connections[database]
        self._is_copied = self._connection.vendor == "postgresql"
        self._table = first._meta.db_table
        fields = [
            field
            for field in first._meta.concrete_fields
            if not isinstance(field, models.AutoField | models.BigAutoField) and not getattr(field, "generated", False)
        ]
        known = {field.name: field for field in fields}
        apart = [known[name] for name in differing]
        same = [field for field in fields if field not in apart]
        self._columns = ", ".join(f'"{field.column}"' for field in (*apart, *same))
        self._keys = [_is_key(field) for field in apart]
        self._count = len(fields)
        self._same = [self._written(field, getattr(first, field.attname)) for field in same]
        self._end = "".join(f"\t{_text(value)}" for value in self._same) + "\n"
        self._rows: list[str] = []
        self._values: list[list[object]] = []

    def add(self, *values: object) -> None:
        """One more row: the differing columns."""
        if self._is_copied:
            self._rows.append("\t".join(map(_text, values)) + self._end)
        else:
            self._values.append([*map(_sqlite, values, self._keys), *self._same])

    def write(self) -> None:
        """All of them, at once."""
        with self._connection.cursor() as cursor:
            if self._is_copied:
                text = io.StringIO("".join(self._rows))
                with cursor.copy(f"COPY {self._table} ({self._columns}) FROM STDIN") as copy:
                    while piece := text.read(_PIECE):
                        copy.write(piece)
            else:
                marks = ", ".join(["%s"] * self._count)
                sql = f"INSERT INTO {self._table} ({self._columns}) VALUES ({marks})"  # noqa: S608 - our own table
                cursor.executemany(sql, self._values)
        self._rows, self._values = [], []

    def _written(self, field: models.Field, value: object) -> object:
        if isinstance(field, models.JSONField):
            return json.dumps(value)
        if not self._is_copied:
            return field.get_db_prep_save(value, self._connection)
        return value


def _text(value: object) -> str:
    """As COPY reads it."""
    if type(value) is str and "\\" not in value:
        return value
    if value is None:
        return "\\N"
    if isinstance(value, bytes | memoryview):
        return "\\\\x" + value.hex()
    if isinstance(value, str):
        return value.replace("\\", "\\\\")
    return value.isoformat() if isinstance(value, datetime | date) else str(value)


def _sqlite(value: object, is_key: bool) -> object:
    if is_key and isinstance(value, str):
        return value.replace("-", "")
    return str(value.astimezone(UTC).replace(tzinfo=None)) if isinstance(value, datetime) else value


def _is_key(field: models.Field) -> bool:
    return isinstance(getattr(field, "target_field", field), models.UUIDField)
