"""The kiosk as a witness: it keeps the last mark of the console's trail that it was given, and brings it back.

Should the console's database be cut, emptied or put back to an earlier day, its trail no longer holds the head in that
mark: the console finds it, and gives no other until an officer has seen that. The kiosk can read no mark, nor weigh
one against another.
"""

import os
import threading
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from kiosk import journal
from kiosk.heads import (
    LONGEST_ENDORSED,
    LONGEST_MARK,
    Endorsement,
    SignedHead,
    SignedMark,
    endorsements_in,
    read_head,
    read_key,
    read_mark,
    written_key,
)
from kiosk.journal import Happening
from kiosk.sealing import KioskKey

WRITES_EVERY = 300.0  # seconds: each mark is another one, and a memory card is worn by writing


class HeadKeeper:
    """The last mark and the console's key, in a small file: what it says survives the plug being pulled.

    The key is the one the kiosk was enrolled with, or the first that a console under its certificate showed; or what
    that key endorsed since, which is kept with it: another key is never taken up on its own word. The head
    that an earlier version kept is brought back as it is until there is a mark. After a power cut it may be a mark of
    five minutes before.
    """

    def __init__(
        self,
        path: Path,
        key: KioskKey | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        today: Callable[[], date] = date.today,
    ) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._key = key
        self._followed: tuple[Endorsement, ...] = ()  # how the key of today comes after the one of the enrolment
        self._monotonic = monotonic
        self._today = today
        self._kept: SignedMark | SignedHead | None = None
        self._write_at = 0.0
        self._trouble = ""
        self._read()

    def brought(self) -> str:
        """What goes along with the next request; "" when no mark was ever heard."""
        kept = self._kept
        return "" if kept is None else kept.text

    def hear(self, said: str, key: str, endorsed: str = "") -> None:
        """Take up the mark the console gave; what it cannot have said in good faith is journalled, once."""
        with self._lock:
            known = self._key or read_key(key)
            mark = read_mark(said)
            if known is not None and mark is not None and not mark.is_signed_by(known):
                known = self._follow(known, mark, key, endorsed)
            if known is None or mark is None or not mark.is_signed_by(known):
                self._refuse("another-key" if known is not None and written_key(known) != key else "not-signed")
                return
            self._keep(mark, known)

    def _follow(self, known: KioskKey, mark: SignedMark, key: str, endorsed: str) -> KioskKey:
        """The key that this one says comes after it, and that signed the mark; itself where it says nothing of it."""
        later = read_key(key)
        for one in endorsements_in(endorsed):
            is_said = one.key == key and one.until >= self._today() and one.is_signed_by(known)
            if is_said and later is not None and mark.is_signed_by(later):
                self._followed, self._write_at = (*self._followed[-5:], one), 0.0  # on the disk at once
                return later
        return known

    def _keep(self, mark: SignedMark, key: KioskKey) -> None:
        self._kept, self._key = mark, key
        if self._monotonic() >= self._write_at:
            try:
                self._write("\n".join([written_key(key), mark.text, *(one.text for one in self._followed), ""]))
            except OSError:  # the watch over the disk tells staff; the mark is known as long as this kiosk runs
                self._refuse("not-kept")
                return
            self._write_at = self._monotonic() + WRITES_EVERY
        self._trouble = ""

    def _refuse(self, reason: str) -> None:
        if reason != self._trouble:
            journal.record(Happening.HEAD_REFUSED, reason=reason)
        self._trouble = reason

    def _read(self) -> None:
        try:
            with self._path.open(encoding="ascii", errors="replace") as file:
                key, said = (file.readline(LONGEST_MARK + 1).strip() for _ in range(2))
                self._followed = tuple(endorsements_in(file.read(LONGEST_ENDORSED)))
        except FileNotFoundError:
            return
        except OSError:
            self._refuse("not-read")
            return
        known, kept = self._from(self._key, key) or read_key(key), read_mark(said) or read_head(said)
        if known is None or kept is None or not kept.is_signed_by(known):
            self._refuse("not-read")
            return
        self._key, self._kept = known, kept

    def _from(self, first: KioskKey | None, last: str) -> KioskKey | None:
        """The key of the file, if endorsements lead to it from the one of the enrolment; else that one."""
        known = first
        for one in self._followed:
            if known is not None and written_key(known) != last and one.is_signed_by(known):
                known = read_key(one.key)
        return known if known is not None and written_key(known) == last else first

    def _write(self, text: str) -> None:
        """Whole or not at all, whenever the plug is pulled."""
        part = self._path.with_name(self._path.name + ".part")
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        part.replace(self._path)
        folder = os.open(self._path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
