"""An outbox whose file is damaged is set aside under a name that says so, and read as far as it still can be."""

import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

START = ""  # the day of no day: the number after which the next new day's numbers begin
_FAR = 500  # more numbers than a kiosk gives in a day: none is given twice where it is not known how far it had come
_DAMAGED = "outbox-damaged-"
_SIGNS = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


@dataclass(frozen=True, slots=True)
class Readable:
    """What is taken over: sealed check-ins (key, sealed, stored at), and how far the numbers had come (day, last)."""

    check_ins: list[tuple[str, bytes, str]]
    tickets: list[tuple[str, int]]


def is_damage(trouble: Exception) -> bool:
    """Whether an error says that the file is not what was written to it."""
    code = getattr(trouble, "sqlite_errorcode", None)
    return code is not None and code & 0xFF in _SIGNS


def set_aside(path: Path) -> Path:
    """Rename the file and what SQLite keeps beside it; answers where it is now."""
    number = 1 + max((int(one.stem.removeprefix(_DAMAGED)) for one in files_set_aside(path.parent)), default=0)
    aside = path.with_name(f"{_DAMAGED}{number}.db")
    path.rename(aside)
    for end in ("-wal", "-shm"):
        with suppress(FileNotFoundError):
            path.with_name(path.name + end).rename(aside.with_name(aside.name + end))
    return aside


def files_set_aside(folder: Path) -> list[Path]:
    """The damaged files in this folder: a technician looks at them and removes them."""
    found = folder.glob(f"{_DAMAGED}*.db")
    return sorted(one for one in found if one.stem.removeprefix(_DAMAGED).isdecimal())


def readable(aside: Path) -> Readable:
    """Read what can be read. Numbers that cannot be go on from one that was surely never given."""
    check_ins: list[tuple[str, bytes, str]] = []
    with closing(sqlite3.connect(aside)) as database:
        said = _rows(database, "SELECT day, last FROM tickets")
        tickets = [(day, last) for day, last in said if isinstance(day, str) and isinstance(last, int)]
        for (number,) in _rows(database, "SELECT number FROM outgoing ORDER BY number"):
            for key, sealed, at in _rows(
                database, "SELECT key, sealed, stored_at FROM outgoing WHERE number = ?", number
            ):
                if isinstance(key, str) and key and isinstance(sealed, bytes):
                    check_ins.append((key, sealed, str(at)))
    return Readable(check_ins, tickets or [(START, _FAR * int(aside.stem.removeprefix(_DAMAGED)))])


def _rows(database: sqlite3.Connection, asked: str, *values: object) -> list[tuple[Any, ...]]:
    """The rows up to the first that cannot be read."""
    rows: list[tuple[Any, ...]] = []
    with suppress(sqlite3.Error):
        for row in database.execute(asked, values):
            rows.append(row)
    return rows
