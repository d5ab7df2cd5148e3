"""Rows of one table that differ from a first one in few columns, many at a time: written by COPY, or in batches.

Each column comes as one array of bytes, a line for each row, as PostgreSQL's binary form has them: key, moment, number,
text and bytes, each as long in every row. Rows are then one array too, and nobody goes through them one by one.
"""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import repeat
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db import connections, models

Bytes = npt.NDArray[np.uint8]

EPOCH = datetime(2000, 1, 1, tzinfo=UTC)  # PostgreSQL's
_PIECE = 1 << 20
_START = b"PGCOPY\n\xff\r\n\x00" + bytes(8)  # neither flags nor more of a header
_END = b"\xff\xff"
_NULL = b"\xff\xff\xff\xff"


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
        self._kinds = [_kind(field) for field in apart]
        self._count = len(fields)
        self._rows: list[Any] = []
        if self._is_copied:
            self._end = b"".join(_written(field, field.pre_save(first, False)) for field in same)
        else:
            self._same = [field.get_db_prep_save(field.pre_save(first, False), self._connection) for field in same]

    def add(self, *columns: Bytes | None) -> None:
        """More rows: the differing columns, None where they are empty."""
        if self._is_copied:
            self._rows.append(self._laid_out(columns))
            return
        read = [
            repeat(None) if one is None else _READ[kind](one) for one, kind in zip(columns, self._kinds, strict=True)
        ]
        self._rows += [(*row, *self._same) for row in zip(*read, strict=False)]

    def taken(self) -> Callable[[str], None]:
        """What writes all of them, at once; they are gathered no longer. Its word: how COPY is to do it."""
        rows, self._rows = self._rows, []
        return lambda how: self._write(rows, how)

    def _laid_out(self, columns: Sequence[Bytes | None]) -> Bytes:
        lengths = [_NULL if one is None else one.shape[1].to_bytes(4) for one in columns]
        pieces = [(length, one) for length, one in zip(lengths, columns, strict=True)]
        width = 2 + sum(4 + (0 if one is None else one.shape[1]) for one in columns) + len(self._end)
        rows = np.empty((max(len(one) for one in columns if one is not None), width), np.uint8)
        rows[:, :2], place = np.frombuffer(self._count.to_bytes(2), np.uint8), 2
        for length, one in pieces:
            rows[:, place : place + 4], place = np.frombuffer(length, np.uint8), place + 4
            if one is not None:
                rows[:, place : place + one.shape[1]], place = one, place + one.shape[1]
        rows[:, place:] = np.frombuffer(self._end, np.uint8)
        return rows

    def _write(self, rows: list[Any], how: str) -> None:
        cursor = self._connection.connection.cursor()
        if self._is_copied:
            with cursor.copy(f"COPY {self._table} ({self._columns}) FROM STDIN (FORMAT binary{how})") as copy:
                copy.write(_START)
                for some in rows:
                    everything = memoryview(some.reshape(-1))
                    for start in range(0, len(everything), _PIECE):
                        copy.write(everything[start : start + _PIECE])
                copy.write(_END)
        else:
            marks = ", ".join("?" * self._count)
            sql = f"INSERT INTO {self._table} ({self._columns}) VALUES ({marks})"  # noqa: S608 - our own table
            cursor.executemany(sql, rows)
        cursor.close()


def lines_of(many: Sequence[bytes]) -> Bytes:
    """Pieces of bytes, all as long, as one array."""
    return np.frombuffer(b"".join(many), np.uint8).reshape(len(many), -1)


def numbers(many: npt.NDArray[np.int64]) -> Bytes:
    """Whole numbers as PostgreSQL's bigint; moments are such, in microseconds."""
    return many.astype(">i8").view(np.uint8).reshape(-1, 8)


def micros(at: datetime) -> int:
    return (at - EPOCH) // timedelta(microseconds=1)


def _kind(field: models.Field) -> str:
    return getattr(field, "target_field", field).get_internal_type()


def _written(field: models.Field, value: object) -> bytes:
    if value is None:
        return _NULL
    written = _ENCODED[_kind(field)](value)
    return len(written).to_bytes(4) + written


_ENCODED: dict[str, Callable[[Any], bytes]] = {
    "UUIDField": lambda value: value.bytes,
    "DateTimeField": lambda value: micros(value).to_bytes(8, signed=True),
    "DateField": lambda value: (value - date(2000, 1, 1)).days.to_bytes(4, signed=True),
    "CharField": str.encode,
    "TextField": str.encode,
    "JSONField": lambda value: b"\x01" + json.dumps(value).encode(),
    "BinaryField": bytes,
    "BooleanField": lambda value: value.to_bytes(1),
    "BigIntegerField": lambda value: value.to_bytes(8, signed=True),
    "BigAutoField": lambda value: value.to_bytes(8, signed=True),
    "PositiveIntegerField": lambda value: value.to_bytes(4),
    "PositiveSmallIntegerField": lambda value: value.to_bytes(2),
}


def _moments(column: Bytes) -> list[str]:
    return [str((EPOCH + timedelta(microseconds=one)).replace(tzinfo=None)) for one in _longs(column)]


def _longs(column: Bytes) -> list[int]:
    return np.ascontiguousarray(column).view(">i8").reshape(-1).tolist()


_READ: dict[str, Callable[[Bytes], list[Any]]] = {  # as SQLite keeps them
    "UUIDField": lambda column: [one.tobytes().hex() for one in column],
    "DateTimeField": _moments,
    "CharField": lambda column: [one.tobytes().decode() for one in column],
    "TextField": lambda column: [one.tobytes().decode() for one in column],
    "BinaryField": lambda column: [one.tobytes() for one in column],
    "BigIntegerField": _longs,
}
