"""A backup's file: frames one behind the other, each proven before anybody reads what is in it.

A frame's proof holds which backup it is of and which place it has there: none can be left out, put elsewhere, taken
from another backup or changed. Nothing in the file is ever carried out: it holds values, and names of columns.
"""

import secrets
from collections.abc import Iterator
from datetime import date, datetime
from typing import IO, Any
from uuid import UUID

from kiosk.console import keyring

MAGIC = b"KIOSK-BACKUP-1\n"
PURPOSE = "backup"
LONGEST = 256 * 1024 * 1024  # bytes in one frame: a row is eight million at most
_ID = 16
_LENGTH = 4


class BadBackup(ValueError):
    """Not a backup of this console's, or not as it was written; says neither what was in it nor where."""


class Writer:
    """Frames on their way to a file."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._id, self._count = file, secrets.token_bytes(_ID), 0
        file.write(MAGIC + self._id)

    def write(self, content: bytes) -> None:
        proof = keyring.proof(PURPOSE, _place(self._id, self._count, content))
        for part in (content, proof):
            self._file.write(len(part).to_bytes(_LENGTH) + part)
        self._count += 1


def read(file: IO[bytes]) -> Iterator[bytes]:
    """Every frame in its order, proven. BadBackup at the first that is not."""
    if file.read(len(MAGIC)) != MAGIC:
        raise BadBackup
    name, count = _exactly(file, _ID), 0
    while head := file.read(_LENGTH):
        content = _part(file, head)
        proof = _part(file, _exactly(file, _LENGTH))
        if not keyring.proves(PURPOSE, _place(name, count, content), proof):
            raise BadBackup
        count += 1
        yield content


def _place(name: bytes, count: int, content: bytes) -> tuple[bytes, ...]:
    return (name, count.to_bytes(8), content)


def _part(file: IO[bytes], head: bytes) -> bytes:
    length = int.from_bytes(head)
    if len(head) != _LENGTH or length > LONGEST:
        raise BadBackup
    return _exactly(file, length)


def _exactly(file: IO[bytes], length: int) -> bytes:
    content = file.read(length)
    if len(content) != length:
        raise BadBackup
    return content


def row_to_bytes(row: tuple[Any, ...]) -> bytes:
    """A row's values as the database gave them, each by its kind and its length."""
    return b"".join(map(_value, row))


def rows_of(content: bytes, width: int) -> Iterator[tuple[Any, ...]]:
    """The rows of a proven frame, of so many columns each."""
    row: list[Any] = []
    at = 0
    while at < len(content):
        kind, length = content[at : at + 1], int.from_bytes(content[at + 1 : at + 5])
        row.append(_READ[kind](content[at + 5 : at + 5 + length]))
        at += 5 + length
        if len(row) == width:
            yield tuple(row)
            row = []


def _value(value: Any) -> bytes:
    kind, written = _written(value)
    return kind + len(written).to_bytes(4) + written


def _written(value: Any) -> tuple[bytes, bytes]:
    match value:
        case None:
            return b"0", b""
        case bool():
            return b"t", b"1" if value else b""
        case int():
            return b"i", str(value).encode()
        case float():
            return b"f", repr(value).encode()
        case str():
            return b"s", value.encode("utf-8", "surrogatepass")
        case bytes() | bytearray() | memoryview():
            return b"b", bytes(value)
        case datetime():
            return b"m", value.isoformat().encode()
        case date():
            return b"d", value.isoformat().encode()
        case UUID():
            return b"u", value.bytes
    raise TypeError(f"a column keeps {type(value).__name__}: say how a backup writes it")


_READ: dict[bytes, Any] = {
    b"0": lambda _: None,
    b"t": bool,
    b"i": lambda text: int(text.decode()),
    b"f": lambda text: float(text.decode()),
    b"s": lambda text: text.decode("utf-8", "surrogatepass"),
    b"b": bytes,
    b"m": lambda text: datetime.fromisoformat(text.decode()),
    b"d": lambda text: date.fromisoformat(text.decode()),
    b"u": lambda raw: UUID(bytes=raw),
}
