"""What facts say of a person, sealed under the person's own key; and the marks by which facts name a matricule."""

import hashlib
from uuid import UUID

from kiosk.console.records import subject_keys, vault
from kiosk.core.identity.matricule import Mark, Matricule

MATRICULE = "matricule"


def sealed_with(own: subject_keys.OwnKey, nth: int, plain: bytes) -> bytes:
    """Seal what the person's ``nth`` fact says, with the person's own key."""
    return own.lock(plain, _context(own.subject, nth))


def opened(person: UUID, nth: int, body: bytes) -> bytes:
    """Open it again. CannotOpen when the key is destroyed, or when it is not this fact's body."""
    return subject_keys.unlock(person, body, _context(person, nth))


def opened_with(own: subject_keys.OwnKey, nth: int, body: bytes) -> bytes:
    """The same with the person's key at hand."""
    return own.unlock(body, _context(own.subject, nth))


def digest_of(body: bytes) -> bytes:
    """What the chain covers of a body: it may be erased, and the chain still holds."""
    return hashlib.sha256(body).digest() if body else b""


def mark_of(person: UUID, matricule: Matricule) -> Mark:
    """How this person's facts name a matricule; another person's name the same one otherwise."""
    return Mark(vault.blind(f"mark {person}", matricule.number.upper()).hex(), matricule.oid)


def value_of(matricule: Matricule) -> bytes:
    """A matricule's fingerprint, the same whoever holds it; the key's two digits do not count."""
    return vault.blind(MATRICULE, f"{matricule.oid} {matricule.number.upper()}")


def _context(person: UUID, nth: int) -> bytes:
    return vault.context_of(f"fact {nth}", person)
