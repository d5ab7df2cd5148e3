"""The console's own keys: one for each purpose, made from the site's secret, which itself opens and proves nothing.

What a former secret has proven or marked is still believed until the day that the settings state; everything new is
made with the current one (``upkeep.renewing`` proves the rest anew). Of two purposes a secret inherits the keys of
those before it: the trail is read with the key that each act was linked with, and fingerprints are what they were. A
purpose is a word: what is made for one says nothing for another, and whoever learns one purpose's key learns no other.
"""

import hashlib
import hmac
import re
import secrets as random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from kiosk.console.config import ServerSettings

SHORTEST = 32  # random bytes
VERSION = b"\x01"  # of a proof: what it is made of, and how
_TAG = 4  # bytes that say which key made it
_MARK = len(VERSION) + _TAG
LENGTH = _MARK + 32  # of a proof


CHAIN, INDEX = "audit chain", "blind index"
_LINK = "visit link"
_WRITTEN = "kiosk-secret-2"
_LEFT = re.compile("before ([0-9a-f]{64}) ([0-9a-f]{64})", re.ASCII)


@dataclass(frozen=True, slots=True, repr=False)
class Left:
    """What a secret leaves to those after it: keys of two purposes, and of no other."""

    chain: bytes
    index: bytes


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Secret:
    """A secret of this site; a former one is believed up to a day, that one included. Itself alone is its equal: what
    is remembered under it is asked for hundreds of times a page."""

    secret: bytes
    until: date | None = None  # None: the current one
    before: tuple[Left, ...] = ()  # what those before it left, the first one's first

    @property
    def leaves(self) -> tuple[Left, ...]:
        """What the next one inherits."""
        return (*self.before, Left(derived(self.secret, CHAIN), derived(self.secret, INDEX)))

    def is_left_to(self, later: "Secret") -> bool:
        """Whether that one comes after this one, and can read what it wrote."""
        return self.leaves == later.before[: len(self.leaves)]

    @property
    def name(self) -> str:
        """What tells it from the others, and nothing else."""
        return hmac.digest(self.secret, b"console secret name 1", hashlib.sha256)[:_TAG].hex()


def read(server: ServerSettings) -> tuple[Secret, ...]:
    """The secrets that the settings name, the current one first. ValueError for a file that holds too little."""
    named = [(server.secret_key_file, None), *((one.file, one.until) for one in server.former_secrets)]
    found = tuple(_read(path, until) for path, until in named)
    for (path, _until), one in zip(named[1:], found[1:], strict=True):
        if not one.is_left_to(found[0]) and not found[0].is_left_to(one):  # not yet the current one here, of several
            raise ValueError(
                f"server.secret_key_file: {server.secret_key_file} ne vient pas après {path}, et ne lirait pas le "
                "journal : refaites-le avec kiosk console secret new"
            )
    return found


def new(current: Secret) -> bytes:
    """A new secret, as its file says it, with what it inherits from the one that it is to replace."""
    left = [f"before {one.chain.hex()} {one.index.hex()}" for one in current.leaves]
    return "\n".join([_WRITTEN, random.token_bytes(SHORTEST).hex(), *left, ""]).encode("ascii")


def _cut(path: Path) -> str:
    return f"server.secret_key_file: {path} n'est pas entier : reprenez-le de sa copie"


def _read(path: Path, until: date | None) -> Secret:
    data = path.read_bytes()
    if not data.startswith(_WRITTEN.encode()):
        secret, before = data, tuple[Left, ...]()
    else:
        try:
            _word, own, *lines = data.decode("ascii").split()
            before = tuple(Left(*map(bytes.fromhex, pair)) for pair in _LEFT.findall(data.decode("ascii")))
            secret = bytes.fromhex(own)
        except ValueError:
            raise ValueError(_cut(path)) from None
        if len(lines) != 3 * len(before) or not before:
            raise ValueError(_cut(path))
    if len(secret) < SHORTEST:
        raise ValueError(
            f"server.secret_key_file: {path} est trop court : écrivez-y au moins {SHORTEST} octets au hasard"
        )
    return Secret(secret, until, before)


def believed() -> tuple[Secret, ...]:
    """The secrets that count today, the current one first."""
    secrets: tuple[Secret, ...] = settings.KEYRING
    if len(secrets) == 1:
        return secrets
    today = timezone.localdate()
    return tuple(one for one in secrets if one.until is None or today <= one.until)


def all_of_them() -> tuple[Secret, ...]:
    """Every secret that the settings name: what was read under others is read anew."""
    secrets: tuple[Secret, ...] = settings.KEYRING
    return secrets


def key(purpose: str) -> bytes:
    """The current key of a purpose: 32 bytes."""
    return derived(settings.KEYRING[0].secret, purpose)


def accepted(purpose: str) -> tuple[bytes, ...]:
    """The keys of a purpose that count today, the current one first."""
    return tuple(derived(one.secret, purpose) for one in believed())


def chain_keys() -> tuple[bytes, ...]:
    """Every key that the trail was ever linked with, the latest last."""
    return tuple(one.chain for one in _all_left())


def first_index() -> bytes:
    """The key that fingerprints are made with, whatever secret came after the first."""
    current = _current()
    return current.before[0].index if current.before else derived(current.secret, INDEX)


def generation() -> int:
    """How many secrets came before the current one."""
    return len(_current().before)


def generations() -> tuple[int, ...]:
    """The same of each secret that counts today, the current one first."""
    return tuple(len(one.before) for one in believed())


def index_key(number: int) -> bytes | None:
    """What fingerprints are closed with under one secret; none under a site's first, or one that is not ours."""
    left = _all_left()
    return left[number].index if 0 < number < len(left) else None


def place_key(number: int) -> bytes | None:
    """What says where somebody was is closed with under one secret (64 bytes); later ones inherit it with its index."""
    left = _all_left()
    return _of_places(left[number].index) if number < len(left) else None


@cache
def _of_places(index: bytes) -> bytes:
    return hmac.digest(index, b"console place 1", hashlib.sha512)


def has_generation(number: int) -> bool:
    """Whether a secret that came after so many others is known here."""
    return number < len(_all_left())


def link_key(number: int) -> bytes:
    """What leads from fingerprints to visits is closed with, under one secret."""
    return derived(_all_left()[number].index, _LINK)


def _all_left() -> tuple[Left, ...]:
    """The keys of the chain and of the indexes, also of a secret that is not the current one yet."""
    return _left_by(settings.KEYRING)


@cache
def _left_by(secrets: tuple[Secret, ...]) -> tuple[Left, ...]:
    return max((one.leaves for one in secrets), key=len)


def _current() -> Secret:
    secret: Secret = settings.KEYRING[0]
    return secret


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
    return len(shown) == LENGTH and proves_whole(purpose, in_lengths(parts), shown)


def proves_whole(purpose: str, whole: bytes, shown: bytes) -> bool:
    """The same, of parts that are written in their lengths already."""
    for one in believed():
        mine = derived(one.secret, purpose)
        if _marked(mine) == shown[:_MARK]:  # says which key, and nothing that is secret
            return hmac.compare_digest(hmac.digest(mine, whole, hashlib.sha256), shown[_MARK:])
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
