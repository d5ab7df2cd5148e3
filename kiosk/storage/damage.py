"""An outbox whose file is damaged is set aside under a name that says so, and read as far as it still can be."""

import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

START = ""  # the day of no day: the number after which the next new day's numbers begin
_FAR = 500  # more numbers than a kiosk gives in a day: none is given twice where it is not known how far it had come
_DAMAGED = "outbox-damaged-"
_OF_THE_DISK = {  # or of somebody else's at work: the file may be as it was written
    *(sqlite3.SQLITE_PERM, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_READONLY),
    *(
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_INTERRUPT,
    ),
    *(sqlite3.SQLITE_ABORT, sqlite3.SQLITE_MISUSE),
}
_BESIDE = ("", "-wal", "-shm", "-journal")  # the file, and what SQLite keeps beside it


@dataclass(frozen=True, slots=True)
class Readable:
    """What is taken over: sealed check-ins (key, sealed, stored at), and how far the numbers had come (day, last)."""

    check_ins: list[tuple[str, bytes, str]]
    tickets: list[tuple[str, int]]


def is_damage(trouble: Exception) -> bool:
    """Whether an error says that the file is not what was written to it: other tables, other values, or none at all."""
    code = getattr(trouble, "sqlite_errorcode", None)
    if code is None:
        return isinstance(trouble, sqlite3.OperationalError)  # a text that is none: the module's own words
    return code & 0xFF not in _OF_THE_DISK


def is_held_elsewhere(trouble: Exception) -> bool:
    """Whether an error says that another program has the file locked."""
    return getattr(trouble, "sqlite_errorcode", 0) & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


def is_no_file(path: Path) -> bool:
    """Whether something else stands where the file is to be, or what SQLite keeps beside it: a folder, a dead link."""
    places = (path.with_name(path.name + end) for end in _BESIDE)
    return any((one.exists() or one.is_symlink()) and not one.is_file() for one in places)


def set_aside(path: Path) -> Path:
    """Rename the file and what SQLite keeps beside it; answers where it is now."""
    number = 1 + max((int(one.stem.removeprefix(_DAMAGED)) for one in files_set_aside(path.parent)), default=0)
    aside = path.with_name(f"{_DAMAGED}{number}.db")
    for end in _BESIDE:
        one = path.with_name(path.name + end)
        odd = ".odd" if end and not one.is_file() else ""  # the file itself may be read without it
        with suppress(FileNotFoundError):
            one.rename(aside.with_name(f"{aside.name}{odd}{end}"))
    return aside


def files_set_aside(folder: Path) -> list[Path]:
    """The damaged files in this folder: a technician looks at them and removes them."""
    found = folder.glob(f"{_DAMAGED}*.db")
    return sorted(one for one in found if one.stem.removeprefix(_DAMAGED).isdecimal())


def readable(aside: Path) -> Readable:
    """Read what can be read. Numbers that cannot be go on from one that was surely never given."""
    check_ins: list[tuple[str, bytes, str]] = []
    unknown = [(START, _FAR * min(int(aside.stem.removeprefix(_DAMAGED)), _FAR))]
    if is_no_file(aside):
        return Readable(check_ins, unknown)
    with closing(sqlite3.connect(aside)) as database:
        said = _rows(database, "SELECT day, last FROM tickets")
        tickets = [(day, last) for day, last in said if isinstance(day, str) and isinstance(last, int)]
        for (number,) in _rows(database, "SELECT number FROM outgoing ORDER BY number"):
            for key, sealed, at in _rows(
                database, "SELECT key, sealed, stored_at FROM outgoing WHERE number = ?", number
            ):
                if isinstance(key, str) and key and isinstance(sealed, bytes):
                    check_ins.append((key, sealed, str(at)))
    return Readable(check_ins, tickets or unknown)


def _rows(database: sqlite3.Connection, asked: str, *values: object) -> list[tuple[Any, ...]]:
    """The rows up to the first that cannot be read."""
    rows: list[tuple[Any, ...]] = []
    with suppress(sqlite3.Error):
        for row in database.execute(asked, values):
            rows.append(row)
    return rows
