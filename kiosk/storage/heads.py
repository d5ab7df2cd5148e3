"""The kiosk as a witness: it keeps the highest head of the console's trail it was ever given, and brings it back.

Should the console's database be cut, emptied or put back to an earlier day, its trail no longer holds that head. A
kiosk never takes a lower head for a higher one, nor another hash for the same number.
"""

import os
import threading
from enum import Enum
from pathlib import Path

from kiosk import journal
from kiosk.heads import LONGEST, SignedHead, read_head, read_key, written_key
from kiosk.journal import Happening
from kiosk.sealing import KioskKey


class Heard(Enum):
    """What a head is beside the highest one kept."""

    HIGHER = "higher"
    SAME = "same"
    BEHIND = "behind"  # the trail is shorter than it was
    FORKED = "forked"  # as long, and another one


def weigh(kept: SignedHead | None, heard: SignedHead) -> Heard:
    """Compare by number first, then by hash; the time counts for nothing."""
    if kept is None or heard.number > kept.number:
        return Heard.HIGHER
    if heard.number < kept.number:
        return Heard.BEHIND
    return Heard.SAME if heard.chained == kept.chained else Heard.FORKED


class HeadKeeper:
    """The highest head and the console's key, in a small file: what it says survives the plug being pulled.

    The key is the one the kiosk was enrolled with, or the first that a console under its certificate showed.
    """

    def __init__(self, path: Path, key: KioskKey | None = None) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._key = key
        self._kept: SignedHead | None = None
        self._trouble = ""
        self._read()

    def brought(self) -> str:
        """What goes along with the next request; "" when no head was ever heard."""
        kept = self._kept
        return "" if kept is None else kept.text

    def hear(self, said: str, key: str) -> None:
        """Take up what the console said of its head; what it cannot have said in good faith is journalled, once."""
        with self._lock:
            known = self._key or read_key(key)
            head = read_head(said)
            if known is None or head is None or not head.is_signed_by(known):
                self._refuse("another-key" if known is not None and written_key(known) != key else "not-signed", 0)
                return
            match weigh(self._kept, head):
                case Heard.HIGHER:
                    self._keep(head, known)
                case Heard.SAME:
                    self._trouble = ""
                case Heard.BEHIND | Heard.FORKED as what:
                    self._refuse(what.value, head.number)

    def _keep(self, head: SignedHead, key: KioskKey) -> None:
        self._kept, self._key = head, key
        try:
            self._write(f"{written_key(key)}\n{head.text}\n")
        except OSError:  # the watch over the disk tells staff; the head is known as long as this kiosk runs
            self._refuse("not-kept", head.number)
            return
        self._trouble = ""

    def _refuse(self, reason: str, number: int) -> None:
        if reason != self._trouble:
            journal.record(Happening.HEAD_REFUSED, reason=reason, number=number)
        self._trouble = reason

    def _read(self) -> None:
        try:
            with self._path.open(encoding="ascii", errors="replace") as file:
                key, head = (file.readline(LONGEST).strip() for _ in range(2))
        except FileNotFoundError:
            return
        except OSError:
            self._refuse("not-read", 0)
            return
        known, kept = self._key or read_key(key), read_head(head)
        if known is None or kept is None or not kept.is_signed_by(known):
            self._refuse("not-read", 0)
            return
        self._key, self._kept = known, kept

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
