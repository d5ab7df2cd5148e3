"""Some thousand fictitious people at once, and how the model's texts, marks and locks become theirs at little cost.

What the console does for one person at a time is done here a million times: the same keyed digests and the same locks
(``vault.blind``, ``chain.link``, ``subject_keys.OwnKey``), each key made ready once, the texts of all of them laid out
together. Their words are as long as the model's, so that each stands in the same place. ``reread`` compares.
"""

import hashlib
import os
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache

import numpy as np
import numpy.typing as npt
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from kiosk.console import keyring
from kiosk.console.records.subject_keys import _MARK
from kiosk.console.register import bodies
from kiosk.core.coherence import blocking
from kiosk.core.coherence.duplicates import SearchField
from kiosk.core.identity.matricule import OID_NIR
from tests.benchmarks.columns import Bytes, lines_of
from tests.benchmarks.model import MODEL, VISITS
from tests.people import Person as Fictitious

PAIRS = ("BA", "DU", "FO", "GA", "JU", "LA", "ME", "NO", "PI", "RO", "SA", "TU", "VI", "ZE", "KI", "HA")
TRIPLES = (
    "CLE",
    "DRU",
    "FON",
    "GAL",
    "LAN",
    "MER",
    "PIC",
    "SAR",
    "TOU",
    "HAR",
    "VIN",
    "BEL",
    "COR",
    "DEN",
    "NAT",
    "RIM",
)
NAMES = [one + two + three for one in PAIRS for two in TRIPLES for three in PAIRS]
GIVEN = [two + one + "NE" for one in PAIRS for two in TRIPLES]
OLDEST = date(1935, 1, 1)
BIRTHDAYS = 90 * 365
SAME_KEY = 97  # so far from one number to the next whose key has the same two digits
_BLOCK = 64  # bytes of SHA-256's
_NONCE = 12
_KEY = 32
_DIGITS = np.frombuffer(b"".join(b"%02x" % one for one in range(256)), np.uint8).reshape(256, 2)
_DASHES = [8, 13, 18, 23]
_LETTERS = [place for place in range(36) if place not in _DASHES]

Digest = Callable[[bytes], bytes]


def keyed(key: bytes) -> Digest:
    """HMAC-SHA-256 with one key, whose two beginnings are hashed once."""
    padded = key.ljust(_BLOCK, b"\0")
    begin = hashlib.sha256(bytes(one ^ 0x36 for one in padded)).copy
    end = hashlib.sha256(bytes(one ^ 0x5C for one in padded)).copy

    def digest(text: bytes) -> bytes:
        inner, outer = begin(), end()
        inner.update(text)
        outer.update(inner.digest())
        return outer.digest()

    return digest


class Pattern:
    """A text of the model, and where in it stands what is another's in each copy."""

    def __init__(self, text: bytes, words: Sequence[bytes]) -> None:
        found = re.finditer(b"|".join(map(re.escape, words)), text)
        self._places = [(one.start(), one.end(), words.index(one.group())) for one in found]
        self._text = np.frombuffer(text, np.uint8)

    def by(self, words: Sequence[Bytes]) -> Bytes:
        """The text with each copy's words."""
        laid_out = np.repeat(self._text[np.newaxis], len(words[0]), 0)
        for start, end, word in self._places:
            laid_out[:, start:end] = words[word]
        return laid_out


class Keys:
    """Keys of their own for so many subjects, ready to lock."""

    def __init__(self, subjects: Bytes) -> None:
        self.keys = _pieces(os.urandom(_KEY * len(subjects)), _KEY)
        self._bound = [_MARK + one.tobytes() for one in subjects]
        self._locks = [ChaCha20Poly1305(key).encrypt for key in self.keys]

    def lock(self, plain: Bytes, contexts: Bytes) -> Bytes:
        nonces, width = _pieces(os.urandom(_NONCE * len(plain)), _NONCE), plain.shape[1]
        texts, about = _pieces(plain.tobytes(), width), _pieces(contexts.tobytes(), contexts.shape[1])
        every = zip(self._locks, nonces, texts, self._bound, about, strict=True)
        locked = [
            piece for lock, nonce, text, bound, one in every for piece in (_MARK, nonce, lock(nonce, text, bound + one))
        ]
        return np.frombuffer(b"".join(locked), np.uint8).reshape(len(plain), -1)


class Store:
    """The keys' store's current key, ready to wrap."""

    def __init__(self, number: int, key: bytes) -> None:
        self._lock, self._bound = ChaCha20Poly1305(key).encrypt, b"subject-key:" + number.to_bytes(8)

    def wrap(self, subjects: Bytes, keys: Keys) -> Bytes:
        nonces = _pieces(os.urandom(_NONCE * len(subjects)), _NONCE)
        every = zip(nonces, keys.keys, subjects, strict=True)
        return lines_of([nonce + self._lock(nonce, key, self._bound + one.tobytes()) for nonce, key, one in every])


class Copies:
    """The people of these numbers, under random keys; ``words`` in the order of ``words_of``."""

    def __init__(self, numbers: Sequence[int], later: npt.NDArray[np.int64]) -> None:
        self.later, self._blind = later, blinding()  # microseconds after the model
        blind = self._blind
        self.person, *self.visits = (_random_keys(len(numbers)) for _ in range(1 + VISITS))
        self.names, self.given = [name_of(one) for one in numbers], [given_of(one) for one in numbers]
        self.born, self.nirs = [born_of(one) for one in numbers], [nir_of(one) for one in numbers]
        keys = [written_keys(one) for one in (self.person, *self.visits)]
        persons = _pieces(keys[0].tobytes(), 36)
        marks = [blind(b"mark %b\n%b" % each) for each in zip(persons, map(str.encode, self.nirs), strict=True)]
        self.values = lines_of([blind(f"{bodies.MATRICULE}\n{OID_NIR} {nir}".encode()) for nir in self.nirs])
        texts = (self.names, self.given, self.born, self.nirs)
        written = [lines_of([one.encode() for one in some]) for some in texts]
        self.words = [*keys, hexadecimal(lines_of(marks)), *written, hexadecimal(self.person)]

    def fingerprints(self) -> list[Bytes]:
        """As ``search.indexes_of`` lists them for somebody with one date, one name and one first name, and a card."""
        born, names, given, blind = self.born, self.names, self.given, self._blind
        found = [[blind(f"{SearchField.BIRTH_DATE.value}\n{day}".encode()) for day in born]]
        found += [[blind(f"card\n{nir} 1 {day}".encode()) for nir, day in zip(self.nirs, born, strict=True)]]
        for kind, texts in ((SearchField.NAME.value, names), (SearchField.GIVEN_NAME.value, given)):
            for length in (1, 2, 3):
                pairs = zip(born, texts, strict=True)
                found += [[blind(f"{kind}\n{day} {text[:length]}".encode()) for day, text in pairs]]
        return [lines_of(some) for some in found]

    def blocks(self) -> list[Bytes]:
        """Under which ``register.prior`` looks for them."""
        each = zip(self.born, map(_sound, self.names), map(_sound, self.given), strict=True)
        found = [[self._blind(f"block\n{key}".encode()) for key in blocking._keys(*one)] for one in each]
        return [lines_of(some) for some in zip(*found, strict=True)]


def words_of(person: str, visits: Sequence[str], mark: str) -> list[bytes]:
    """The model's own words, each to be another's."""
    own = (MODEL.birth_name, MODEL.given_names[0], MODEL.birth_date, MODEL.number)
    return [one.encode() for one in (person, *visits, mark, *own, person.replace("-", ""))]


def found_with(number: int) -> tuple[str, str]:
    """What somebody of those put in would be looked for with: birth date and name."""
    return "/".join(reversed(born_of(number).split("-"))), name_of(number)


def as_person(number: int) -> Fictitious:
    """Who that is, as if they came once more."""
    given = (given_of(number),)
    return replace(
        MODEL, birth_name=name_of(number), given_names=given, birth_date=born_of(number), number=nir_of(number)
    )


def blinding() -> Digest:
    """As ``vault.blind`` does it, with this console's key; the kind stands on a line before."""
    digest = keyed(keyring.key("blind index"))
    return lambda text: digest(text)[:16]


def hexadecimal(many: Bytes) -> Bytes:
    return _DIGITS[many].reshape(len(many), -1)


def written_keys(keys: Bytes) -> Bytes:
    """With dashes."""
    written = np.full((len(keys), 36), ord("-"), np.uint8)
    written[:, _LETTERS] = hexadecimal(keys)
    return written


def written_at(at: datetime | None) -> bytes:
    """As the trail chains it, and as a row proves it."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").encode() if at is not None else b""


def name_of(number: int) -> str:
    return NAMES[number * 31 % len(NAMES)]


def given_of(number: int) -> str:
    return GIVEN[number * 17 % len(GIVEN)]


def born_of(number: int) -> str:
    return _day(number * 7919 % BIRTHDAYS)


def nir_of(number: int) -> str:
    return str(int(MODEL.number) + SAME_KEY * (number + 1))


@cache
def _day(number: int) -> str:
    return (OLDEST + timedelta(days=number)).isoformat()


@cache
def _sound(word: str) -> frozenset[str]:
    return frozenset({blocking.sound(word)})


def _random_keys(count: int) -> Bytes:
    """As uuid4 makes them."""
    keys = np.frombuffer(os.urandom(16 * count), np.uint8).reshape(count, 16).copy()
    keys[:, 6] = keys[:, 6] & 0x0F | 0x40
    keys[:, 8] = keys[:, 8] & 0x3F | 0x80
    return keys


def _pieces(data: bytes, width: int) -> list[bytes]:
    return [data[start : start + width] for start in range(0, len(data), width)]
