"""How the acts of the trail hang together: each link is made with a key that is not in the database.

A trail outlives its keys. What was linked with a former secret's key is read with that key, which the secret after it
inherits; the first act of the new key covers the last link of the old one, so that whoever knows the old key alters
nothing of before. The head says which key goes on.
"""

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

from kiosk.console import keyring
from kiosk.console.models import AuditEntry, AuditHead

START_OF_BEFORE = bytes(32)  # of a trail that a version began whose rows did not prove themselves
BEGINNING = hashlib.sha256(b"console rows prove themselves 1").digest()
MOST_BROKEN = 100  # told of one reading: more would say nothing more


@dataclass(frozen=True, slots=True)
class Broken:
    """Where the trail is not what was written."""

    number: int
    reason: str  # "altered", "missing", "cut", "head"
    mark: bytes = b""  # what stands there now: the same trouble again has the same mark


@dataclass(frozen=True, slots=True)
class Walked:
    """A stretch of the trail, read again: where it ends, how many acts it has, and where it is not what was written."""

    number: int = 0
    chained: bytes = BEGINNING
    count: int = 0
    broken: tuple[Broken, ...] = ()


class Kept(NamedTuple):
    """What is chained of an entry, and its link: all that is read where very many are."""

    number: int
    at: datetime
    who: str
    where: str
    act: str
    about: str
    details: str
    chained: bytes
    person: UUID | None
    nth: int | None
    kind: str
    codes: str
    cites: int
    decision: int
    actor: str
    effective_at: datetime | None
    digest: bytes


def key_of(head: AuditHead) -> bytes | None:
    """The key that goes on from this head, if it still counts; None when somebody else wrote it."""
    shown = bytes(head.proof)
    return next((key for key in keyring.accepted(keyring.CHAIN) if hmac.compare_digest(proof(head, key), shown)), None)


def proof(head: AuditHead, key: bytes) -> bytes:
    return hmac.digest(key, b"head" + head.last_number.to_bytes(8) + bytes(head.chained), hashlib.sha256)


def link(previous: bytes, entry: AuditEntry | Kept, key: bytes) -> bytes:
    return hmac.digest(key, previous + _text(entry), hashlib.sha256)


class Reader:
    """Reads a stretch of the trail again: with the key that made the link before, or one that came after it."""

    def __init__(self) -> None:
        self._keys = list(keyring.chain_keys())

    def made(self, previous: bytes, entry: AuditEntry | Kept) -> bytes:
        """The link that this entry ought to have."""
        for place, key in enumerate(self._keys):
            made = link(previous, entry, key)
            if hmac.compare_digest(made, bytes(entry.chained)):
                del self._keys[:place]
                return made
        return link(previous, entry, self._keys[0])


def read_on(acts: Iterable[tuple[Any, ...]], start: Walked) -> Walked:
    """Read acts again, each as a ``Kept``, from where another stretch ended."""
    broken: list[Broken] = []
    previous, expected, count, reader = start.chained, start.number, 0, Reader()
    for entry in map(Kept._make, acts):
        expected, count = expected + 1, count + 1
        made = reader.made(previous, entry)
        if not start.number and count == 1 and made != bytes(entry.chained):
            made = reader.made(START_OF_BEFORE, entry)
        if entry.number != expected:
            broken.append(Broken(expected, "missing", bytes(entry.chained)))
            expected = entry.number
        elif not hmac.compare_digest(made, bytes(entry.chained)):
            broken.append(Broken(entry.number, "altered", made))
        previous = bytes(entry.chained)
        if len(broken) >= MOST_BROKEN:
            break
    return Walked(expected, previous, count, tuple(broken))


def is_of_before(first: AuditEntry | Kept) -> bool:
    """Whether a version wrote this first act whose rows did not prove themselves."""
    return is_first(first, START_OF_BEFORE)


def is_first(entry: AuditEntry | Kept, start: bytes) -> bool:
    """Whether this entry hangs on this beginning, under whatever key of this site's."""
    made = (link(start, entry, key) for key in keyring.chain_keys())
    return any(hmac.compare_digest(one, bytes(entry.chained)) for one in made)


def is_linked(entry: AuditEntry) -> bool:
    """Whether this act hangs on the one before it as it stands there, under whatever key of this site's."""
    before = AuditEntry.objects.filter(pk=entry.number - 1).values_list("chained", flat=True).first()
    return before is not None and is_first(entry, bytes(before))


def _text(entry: AuditEntry | Kept) -> bytes:
    """What is chained of an entry."""
    parts = (
        str(entry.number),
        _instant(entry.at),
        entry.who,
        entry.where,
        str(entry.act),
        entry.about,
        entry.details,
        *_parts_of_fact(entry),
    )
    return keyring.in_lengths(parts)


def _parts_of_fact(entry: AuditEntry | Kept) -> tuple[str, ...]:
    """What is chained of a person's fact; an act about nobody, which says nothing there, as it always was."""
    said = (entry.kind, entry.codes, entry.cites, entry.decision, entry.actor, entry.digest)
    if entry.person is None and entry.nth is None and entry.effective_at is None and not any(said):
        return ()
    effective = _instant(entry.effective_at) if entry.effective_at is not None else ""
    numbers = (str(entry.nth), str(entry.cites), str(entry.decision))
    return (str(entry.person), *numbers, entry.kind, entry.codes, entry.actor, effective, bytes(entry.digest).hex())


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")
