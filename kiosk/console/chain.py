"""How the acts of the trail hang together: each link is made with a key that is not in the database.

A trail outlives its keys. What was linked with a former secret's key is read with that key, which the secret after it
inherits; the first act of the new key covers the last link of the old one, so that whoever knows the old key alters
nothing of before. The head says which key goes on.
"""

import hashlib
import hmac
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

from kiosk.console import keyring
from kiosk.console.models import AuditEntry, AuditHead


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


def is_first(entry: AuditEntry, start: bytes) -> bool:
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
