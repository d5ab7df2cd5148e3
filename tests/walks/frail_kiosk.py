"""The real kiosk, made to break at one exact point: killed inside a write or a delivery, or its disk full; or hasty.

``python -m tests.walks.frail_kiosk CONFIG WHERE``. It kills itself with SIGKILL: no clean-up, like a power cut.
"""

import os
import signal
import sqlite3
import sys
from contextlib import suppress
from functools import partial
from pathlib import Path

from kiosk import journal, wiring
from kiosk.core.turn.step import Manners
from kiosk.settings import load
from kiosk.storage.outbox import Outbox

POINTS = ("before-ticket", "inside-write", "after-commit", "before-delivery", "after-delivery")


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class FrailOutbox(Outbox):
    """Dies at one point of its life; or has a disk that fills on SIGUSR1 and empties on SIGUSR2."""

    def __init__(self, path: Path, where: str) -> None:
        super().__init__(path)
        self._where = where

    def next_ticket(self, day: str, letter: str) -> str:
        if self._where == "before-ticket":
            die()
        return super().next_ticket(day, letter)

    def put(self, key: str, sealed: bytes, stored_at: str, *, held: bool = False) -> None:
        if self._where == "inside-write":
            with self._writing():
                self._database.execute(
                    "INSERT INTO outgoing (key, sealed, stored_at) VALUES (?, ?, ?)", (key, sealed, stored_at)
                )
                die()
        super().put(key, sealed, stored_at, held=held)
        if self._where == "after-commit":
            die()

    def sealed(self, key: str) -> bytes | None:
        if self._where == "before-delivery":
            die()
        return super().sealed(key)

    def delivered(self, key: str) -> None:
        if self._where == "after-delivery":  # the console has it, the kiosk does not know yet
            die()
        super().delivered(key)

    def fill(self, *_: object) -> None:
        """Let the file grow no more, and use up what is free in it."""
        with self._lock:
            pages = self._database.execute("PRAGMA page_count").fetchone()[0]
            self._database.execute("CREATE TABLE ballast (data BLOB)")
            self._database.execute(f"PRAGMA max_page_count = {pages + 2}")
            for size in (65536, 3000, 500, 50):
                with suppress(sqlite3.OperationalError):  # full, at last
                    while True:
                        self._database.execute("INSERT INTO ballast VALUES (zeroblob(?))", (size,))

    def empty(self, *_: object) -> None:
        with self._lock:
            self._database.execute("PRAGMA max_page_count = 1073741823")
            self._database.execute("DROP TABLE ballast")


def main() -> None:
    settings = load(Path(sys.argv[1]))
    settings.kiosk.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    journal.write_to(path=settings.kiosk.data_dir / "journal.jsonl")
    if sys.argv[2] == "hasty":  # silence is soon noticed: thousands of turns end by it
        kept = settings.kiosk.model_copy(update={"quiet_seconds": 2.0, "still_there_seconds": 1.0})
        settings = settings.model_copy(update={"kiosk": kept})
        wiring.Manners = partial(Manners, done=0.3, ticket=1.0)
    outbox = FrailOutbox(settings.kiosk.data_dir / "outbox.db", sys.argv[2])
    kiosk = wiring.Kiosk(settings, with_window=False, outbox=outbox)
    signal.signal(signal.SIGTERM, lambda *_: kiosk.stop())
    signal.signal(signal.SIGUSR1, outbox.fill)
    signal.signal(signal.SIGUSR2, outbox.empty)
    kiosk.run()


if __name__ == "__main__":
    main()
