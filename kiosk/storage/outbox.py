"""The kiosk's outbox: what must leave is here, sealed, before anybody is told so, and leaves once.

SQLite, write-ahead log, ``synchronous=FULL``: a commit that returned survives the plug being pulled. Every check-in has
a key made once; delivering it again under that key is harmless, so it is only removed when the console said it has it.
What a console refused is parked, with that console's version: another version may understand it. A file that is
damaged is set aside (``damage``), with all that can still be read of it taken over.
"""

import sqlite3
import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from kiosk import journal
from kiosk.journal import Happening
from kiosk.storage import damage

_SCHEMA = """
CREATE TABLE IF NOT EXISTS outgoing (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,
    sealed BLOB NOT NULL,
    stored_at TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    parked TEXT NOT NULL DEFAULT ''
);
CREATE TABLE IF NOT EXISTS tickets (day TEXT PRIMARY KEY, last INTEGER NOT NULL);
"""
# Later versions add columns that have a default, and indexes, nothing else: an earlier one still opens the file.
_ADDED = (
    "ALTER TABLE outgoing ADD COLUMN refused_by TEXT NOT NULL DEFAULT ''",
    # what is asked every second is answered without walking through what is sealed, however much is parked
    "CREATE INDEX outgoing_by_state ON outgoing (parked, attempts, number, key, refused_by)",
)
UNSAID = "?"  # the version of a console that did not say its own
_BUSY_SECONDS = 5.0
_MOST_TICKETS = 999
_MOST_REFUSALS = 20  # by as many versions: then only a technician has it tried again


class OutboxFull(Exception):
    """Nothing more can be kept: the disk is full, broken or read-only. The patient is sent to the desk."""


class OutboxBusy(OutboxFull):
    """Another program has held the file for too long: it may be as it was, and so may the disk."""


class OutboxDamaged(OutboxFull):
    """The file is not what was written to it."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One sealed check-in as the technician sees it: nothing in it leads to a person."""

    key: str
    stored_at: str
    size: int
    attempts: int
    parked: str  # why it is parked; "" while it waits
    refused_by: tuple[str, ...]  # versions of the console; "?" for one that did not say its own


class Outbox:
    """What waits to be delivered. Safe to use from several threads; OutboxFull from whatever writes."""

    def __init__(self, path: Path, *, mends: bool = False) -> None:
        """Open the file, or make it. ``mends``: one that is damaged is set aside; for the kiosk at work."""
        self._lock = threading.Lock()
        self._path = path
        self._held: set[str] = set()  # kept, and not shown to anybody yet: not to be delivered
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            self._open()
        except OutboxDamaged:
            if not mends:
                raise
            self._set_aside()

    def mend(self) -> None:
        """Set the file aside that was found to be damaged, and go on with another."""
        with self._lock:
            self._database.close()
            self._set_aside()

    def _open(self) -> None:
        if damage.is_no_file(self._path):
            raise OutboxDamaged
        try:
            self._path.touch(mode=0o600)
            self._database = sqlite3.connect(
                self._path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
            )
            self._database.execute("PRAGMA journal_mode = WAL")
            self._database.execute("PRAGMA synchronous = FULL")
            self._database.execute("PRAGMA secure_delete = ON")
            self._database.executescript(_SCHEMA)
            with self._transaction():
                self._bring_up_to_date()
        except (OSError, sqlite3.Error) as trouble:
            raise _meaning(trouble) from None

    def _set_aside(self) -> None:
        try:
            aside = damage.set_aside(self._path)
            self._open()
            left = damage.readable(aside)
            with self._transaction():
                self._database.executemany(
                    "INSERT INTO outgoing (key, sealed, stored_at) VALUES (?, ?, ?) ON CONFLICT (key) DO NOTHING",
                    left.check_ins,
                )
                self._database.executemany("INSERT OR REPLACE INTO tickets VALUES (?, ?)", left.tickets)
        except (OSError, sqlite3.Error) as trouble:
            raise _meaning(trouble) from None
        journal.record(Happening.OUTBOX_SET_ASIDE, file=aside.name, taken_over=len(left.check_ins))

    def close(self) -> None:
        with self._lock:
            self._database.close()

    def next_ticket(self, day: str, letter: str) -> str:
        """Give the next number, such as "A12": counted on the disk, so never twice, also after a crash.

        After 999 comes 1, and nothing else begins anew: no clock that is wrong, or put right, gives a number twice.
        """
        with self._writing():
            last = self._database.execute("SELECT last FROM tickets ORDER BY rowid DESC LIMIT 1").fetchone()
            if last is not None and not isinstance(last[0], int):
                raise OutboxDamaged
            number = last[0] % _MOST_TICKETS + 1 if last is not None else 1
            self._database.execute("DELETE FROM tickets")
            self._database.execute("INSERT INTO tickets VALUES (?, ?)", (day, number))
            return f"{letter}{number}"

    def put(self, key: str, sealed: bytes, stored_at: str, *, held: bool = False) -> None:
        """Keep a sealed check-in. When this returns it is on the disk; putting the same key again changes nothing.

        ``held``: it does not leave before ``release``, as long as this process lives.
        """
        if held:
            self._held.add(key)
        with self._writing():
            self._database.execute(
                "INSERT INTO outgoing (key, sealed, stored_at) VALUES (?, ?, ?) ON CONFLICT (key) DO NOTHING",
                (key, sealed, stored_at),
            )

    def release(self, key: str) -> None:
        """Its number was shown: it may leave."""
        self._held.discard(key)

    def waiting(self, limit: int = 100, last: Collection[str] = ()) -> list[str]:
        """List the keys of what is to be delivered, oldest first, but for those that are to come behind all others."""
        with self._reading():
            rows = self._database.execute(
                "SELECT key FROM outgoing WHERE parked = '' ORDER BY number LIMIT ?",
                (limit + len(self._held) + len(last),),
            ).fetchall()
        return sorted((key for (key,) in rows if key not in self._held), key=last.__contains__)[:limit]

    def refused_by_others(self, version: str, limit: int = 10) -> list[str]:
        """List the keys of what is parked and no console of this version refused, the least tried and oldest first."""
        with self._reading():
            rows = self._database.execute(
                "SELECT key, refused_by FROM outgoing WHERE parked <> '' ORDER BY attempts, number"
            ).fetchall()
        known = ((key, refused.split()) for key, refused in rows)
        return [key for key, versions in known if version not in versions and len(versions) < _MOST_REFUSALS][:limit]

    def everything(self) -> list[Waiting]:
        """All that is here, oldest first."""
        with self._reading():
            rows = self._database.execute(
                "SELECT key, stored_at, length(sealed), attempts, parked, refused_by FROM outgoing ORDER BY number"
            ).fetchall()
        return [
            Waiting(key, stored_at, size, attempts, parked, tuple(refused_by.split()))
            for key, stored_at, size, attempts, parked, refused_by in rows
        ]

    def sealed(self, key: str) -> bytes | None:
        """Read one sealed check-in; None when it has left."""
        with self._reading():
            row = self._database.execute("SELECT sealed FROM outgoing WHERE key = ?", (key,)).fetchone()
        if row is not None and not isinstance(row[0], bytes):
            raise OutboxDamaged
        return None if row is None else bytes(row[0])

    def delivered(self, key: str) -> None:
        """The console has it: nothing of it stays here."""
        with self._writing():
            self._database.execute("DELETE FROM outgoing WHERE key = ?", (key,))
        self._held.discard(key)

    def tried(self, key: str) -> None:
        """One attempt more, in vain."""
        with self._writing():
            self._database.execute("UPDATE outgoing SET attempts = attempts + 1 WHERE key = ?", (key,))

    def park(self, key: str, reason: str, version: str = "") -> None:
        """A console of this version will not take it as it is: kept, told to staff, and in nobody's way."""
        with self._writing():
            self._database.execute(
                "UPDATE outgoing SET parked = :reason, attempts = attempts + 1, refused_by ="
                " CASE WHEN instr(' ' || refused_by || ' ', ' ' || :version || ' ') THEN refused_by"
                " ELSE trim(refused_by || ' ' || :version) END WHERE key = :key",
                {"reason": reason, "version": version or UNSAID, "key": key},
            )

    def unpark(self, key: str = "") -> int:
        """Have the parked ones tried again, or the one of this key: a technician's order. Answers how many."""
        with self._writing():
            return self._database.execute(
                "UPDATE outgoing SET parked = '', refused_by = '' WHERE parked <> '' AND ? IN ('', key)", (key,)
            ).rowcount

    def counts(self) -> tuple[int, int]:
        """How many wait, and how many are parked."""
        with self._reading():
            row = self._database.execute(
                "SELECT count(*) FILTER (WHERE parked = ''), count(*) FILTER (WHERE parked <> '') FROM outgoing"
            ).fetchone()
        return int(row[0]), int(row[1])

    def _bring_up_to_date(self) -> None:
        """A file of an earlier version gets the columns it lacks."""
        version = self._database.execute("PRAGMA user_version").fetchone()[0]
        for number, change in enumerate(_ADDED[version:], version + 1):
            self._database.execute(change)
            self._database.execute(f"PRAGMA user_version = {number}")

    def prove_writable(self) -> None:
        """Write and take back one page. OutboxFull when the disk does not let us."""
        with self._writing():
            self._database.execute("INSERT INTO outgoing (key, sealed, stored_at) VALUES ('', zeroblob(65536), '')")
            self._database.execute("DELETE FROM outgoing WHERE key = ''")

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with self._lock:
            try:
                with self._transaction():
                    yield
            except (sqlite3.Error, OSError) as trouble:
                raise _meaning(trouble) from None

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._database.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._database.execute("COMMIT")
        except BaseException:
            if self._database.in_transaction:
                self._database.execute("ROLLBACK")
            raise

    @contextmanager
    def _reading(self) -> Iterator[None]:
        with self._lock:
            try:
                yield
            except sqlite3.Error as trouble:
                raise _meaning(trouble) from None


def _meaning(trouble: Exception) -> OutboxFull:
    if damage.is_damage(trouble):
        return OutboxDamaged()
    return OutboxBusy() if damage.is_held_elsewhere(trouble) else OutboxFull()
