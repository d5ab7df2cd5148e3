"""The head of the console's trail as it travels: number, hash and time, signed by the console.

Who holds one can show later how long the trail was and what its last link was: files and system logs keep them. The
text is the same everywhere, so that it is found in any log. A kiosk is given a mark: a head that the console alone
can read. From how the trail grows whoever has a kiosk's key would learn when INSi answered, and whom the console knows.

When the console's secret is replaced its key is another one: the former endorses it, up to a day, and kiosks follow.
"""

import base64
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime

from kiosk.sealing import (
    CannotOpen,
    KioskKey,
    SigningKey,
    load_raw_verifier,
    lock,
    raw_verifier,
    sign,
    unlock,
    verify,
)

LONGEST = 300  # characters of a head, in any spelling
LONGEST_MARK = 600  # of a mark, all of which are as long
_WORD = "kiosk-head-1"
_HEAD = re.compile(
    _WORD + r" (?P<number>[1-9]\d{0,17}) (?P<chained>[0-9a-f]{64})"
    r" (?P<at>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ) (?P<signature>[A-Za-z0-9_-]{86})(?![A-Za-z0-9_-])",
    re.ASCII,
)
_MARK_WORD = "kiosk-mark-1"
_MARK = re.compile(_MARK_WORD + r" (?P<closed>[A-Za-z0-9_-]{438}) (?P<signature>[A-Za-z0-9_-]{86})", re.ASCII)
_CONTEXT = b"console mark 1"
LONGEST_ENDORSED = 2000  # characters of all that are said at once
_ENDORSED_WORD = "kiosk-key-1"
_ENDORSEMENT = re.compile(
    _ENDORSED_WORD + r" (?P<key>[A-Za-z0-9_-]{43}) (?P<former>[A-Za-z0-9_-]{43}) (?P<until>\d{4}-\d\d-\d\d)"
    r" (?P<signature>[A-Za-z0-9_-]{86})(?![A-Za-z0-9_-])",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class SignedHead:
    """So long was the trail then, and this its last link."""

    number: int
    chained: bytes
    at: str  # in UTC, to the second
    signature: bytes

    @property
    def text(self) -> str:
        return f"{_said(self.number, self.chained, self.at)} {_written(self.signature)}"

    def is_signed_by(self, key: KioskKey) -> bool:
        return verify(_said(self.number, self.chained, self.at).encode(), self.signature, key)


def sign_head(number: int, chained: bytes, at: datetime, key: SigningKey) -> SignedHead:
    """Sign what the trail is at this moment."""
    instant = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return SignedHead(number, chained, instant, sign(_said(number, chained, instant).encode(), key))


def read_head(text: str) -> SignedHead | None:
    """The head a text is, whoever signed it; None when it is none."""
    found = _HEAD.fullmatch(text[: LONGEST + 1].strip())
    return None if found is None else _read(found)


def heads_in(text: str) -> Iterator[SignedHead]:
    """Every head within a text, whatever a log wrote around it."""
    return map(_read, _HEAD.finditer(text))


@dataclass(frozen=True, slots=True)
class SignedMark:
    """A head that was closed by the console; which one, and whether it is another than the last, only it can tell."""

    closed: bytes
    signature: bytes

    @property
    def text(self) -> str:
        return f"{_marked(self.closed)} {_written(self.signature)}"

    def is_signed_by(self, key: KioskKey) -> bool:
        return verify(_marked(self.closed).encode(), self.signature, key)

    def opened(self, secret: bytes) -> SignedHead | None:
        """The head in it; None when it was closed with another secret."""
        try:
            return read_head(unlock(self.closed, secret, _CONTEXT).decode())
        except CannotOpen:
            return None


def sign_mark(head: SignedHead, secret: bytes, key: SigningKey) -> SignedMark:
    """Close a head with a secret of 32 bytes; as long, and another one each time, whatever it is."""
    closed = lock(head.text.ljust(LONGEST).encode(), secret, _CONTEXT)
    return SignedMark(closed, sign(_marked(closed).encode(), key))


def read_mark(text: str) -> SignedMark | None:
    """The mark a text is, whoever signed it; None when it is none."""
    found = _MARK.fullmatch(text[: LONGEST_MARK + 1].strip())
    return None if found is None else SignedMark(_bytes(found["closed"]), _bytes(found["signature"]))


@dataclass(frozen=True, slots=True)
class Endorsement:
    """The console's former key says which one comes after it, up to a day, that one included."""

    key: str
    former: str
    until: date
    signature: bytes

    @property
    def text(self) -> str:
        return f"{_endorsed(self.key, self.former, self.until)} {_written(self.signature)}"

    def is_signed_by(self, key: KioskKey) -> bool:
        said = _endorsed(self.key, self.former, self.until).encode()
        return self.former == written_key(key) and verify(said, self.signature, key)


def endorse(key: KioskKey, until: date, former: SigningKey) -> Endorsement:
    """Say with the former key that this one comes after it."""
    after, before = written_key(key), written_key(former.public_key())
    return Endorsement(after, before, until, sign(_endorsed(after, before, until).encode(), former))


def endorsements_in(text: str) -> Iterator[Endorsement]:
    """Every endorsement within a text, whoever signed it."""
    for found in _ENDORSEMENT.finditer(text[:LONGEST_ENDORSED]):
        with suppress(ValueError):  # a day that is none
            yield Endorsement(
                found["key"], found["former"], date.fromisoformat(found["until"]), _bytes(found["signature"])
            )


def written_key(key: KioskKey) -> str:
    """The console's public key as it travels."""
    return _written(raw_verifier(key))


def read_key(text: str) -> KioskKey | None:
    """The key a text is; None when it is none."""
    if not re.fullmatch(r"[A-Za-z0-9_-]{43}", text, re.ASCII):
        return None
    return load_raw_verifier(_bytes(text))


def _read(found: re.Match[str]) -> SignedHead:
    return SignedHead(int(found["number"]), bytes.fromhex(found["chained"]), found["at"], _bytes(found["signature"]))


def _said(number: int, chained: bytes, at: str) -> str:
    return f"{_WORD} {number} {chained.hex()} {at}"


def _marked(closed: bytes) -> str:
    return f"{_MARK_WORD} {_written(closed)}"


def _endorsed(key: str, former: str, until: date) -> str:
    return f"{_ENDORSED_WORD} {key} {former} {until.isoformat()}"


def _written(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
