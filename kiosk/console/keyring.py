"""The console's own keys: one for each purpose, made from the site's secret, which itself opens and proves nothing.

What a former secret has proven or marked is still believed until the day that the settings state; everything new is
made with the current one. The trail's chain and the blind indexes know the current one only: no command renews them
yet, so the secret is not to be replaced before there is one. A purpose is a word: what is made for one
says nothing for another, and whoever learns one purpose's key learns no other.
"""

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache

from django.conf import settings
from django.utils import timezone

from kiosk.console.config import ServerSettings

SHORTEST = 32  # random bytes
VERSION = b"\x01"  # of a proof: what it is made of, and how
_TAG = 4  # bytes that say which key made it
_MARK = len(VERSION) + _TAG
LENGTH = _MARK + 32  # of a proof


@dataclass(frozen=True, slots=True, repr=False)
class Secret:
    """A secret of this site; a former one is believed up to a day, that one included."""

    secret: bytes
    until: date | None = None  # None: the current one

    @property
    def name(self) -> str:
        """What tells it from the others, and nothing else."""
        return hmac.digest(self.secret, b"console secret name 1", hashlib.sha256)[:_TAG].hex()


def read(server: ServerSettings) -> tuple[Secret, ...]:
    """The secrets that the settings name, the current one first. ValueError for a file that holds too little."""
    named = [(server.secret_key_file, None), *((one.file, one.until) for one in server.former_secrets)]
    found = [Secret(path.read_bytes(), until) for path, until in named]
    for (path, _until), one in zip(named, found, strict=True):
        if len(one.secret) < SHORTEST:
            raise ValueError(f"{path}: at least {SHORTEST} random bytes are needed")
    return tuple(found)


def believed() -> tuple[Secret, ...]:
    """The secrets that count today, the current one first."""
    secrets: tuple[Secret, ...] = settings.KEYRING
    if len(secrets) == 1:
        return secrets
    today = timezone.localdate()
    return tuple(one for one in secrets if one.until is None or today <= one.until)


def key(purpose: str) -> bytes:
    """The current key of a purpose: 32 bytes."""
    return derived(settings.KEYRING[0].secret, purpose)


def accepted(purpose: str) -> tuple[bytes, ...]:
    """The keys of a purpose that count today, the current one first."""
    return tuple(derived(one.secret, purpose) for one in believed())


@cache
def derived(secret: bytes, purpose: str) -> bytes:
    """A purpose's key under one secret; the words are those of the first version, whose databases are still read."""
    return hmac.digest(secret, f"console {purpose} 1".encode(), hashlib.sha256)


def proof(purpose: str, parts: Iterable[str | bytes]) -> bytes:
    """Prove these parts, in this order, for this purpose; bound to the key that made it."""
    mine = key(purpose)
    return _marked(mine) + hmac.digest(mine, in_lengths(parts), hashlib.sha256)


def proves(purpose: str, parts: Iterable[str | bytes], shown: bytes) -> bool:
    """Whether a proof is ours, of these very parts, under a key that still counts."""
    if len(shown) != LENGTH:
        return False
    for mine in accepted(purpose):
        if hmac.compare_digest(_marked(mine), shown[:_MARK]):
            return hmac.compare_digest(hmac.digest(mine, in_lengths(parts), hashlib.sha256), shown[_MARK:])
    return False


def mark(purpose: str) -> bytes:
    """How every proof begins that was made with the current key: what begins otherwise is to be proven anew."""
    return _marked(key(purpose))


def in_lengths(parts: Iterable[str | bytes]) -> bytes:
    """Parts one behind the other, each after its length: no other list of parts reads the same."""
    written = [part.encode() if isinstance(part, str) else bytes(part) for part in parts]
    return b"".join([len(part).to_bytes(4) + part for part in written])


@cache
def _marked(mine: bytes) -> bytes:
    return VERSION + hmac.digest(mine, b"which key", hashlib.sha256)[:_TAG]
