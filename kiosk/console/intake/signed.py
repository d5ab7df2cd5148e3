"""A signed request of a kiosk: whose it is, and what it says, read as hostile."""

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum
from functools import lru_cache

from kiosk.console.models import Terminal, rows
from kiosk.console.terminals import enrolment
from kiosk.sealing import KioskKey, intake_message, load_verifier, raw_verifier, verify

MAX_SIGNED_TEXT = 16 * 1024


class Reception(IntEnum):
    """What the kiosk is told; the numbers are HTTP's."""

    ALREADY_HERE = 200
    TAKEN_IN = 201
    RECEIVED = 202
    NOT_TRUSTED = 401
    NOT_IN_PRODUCTION = 403  # invented people
    ANOTHER_KIOSKS = 409
    TOO_LARGE = 413
    NOT_UNDERSTOOD = 422
    TOO_MANY = 429
    NO_ROOM = 507  # the disk is nearly full: the kiosk keeps what it has


class NotTrusted(Exception):
    """Unknown or revoked kiosk, bad signature, or a replay: the same answer for all."""


class NotUnderstood(ValueError):
    """The kiosk parks it; the text says why, never with what was inside."""


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """One signed request as it came."""

    path: str
    kiosk: str
    sent_at: str
    signature: str
    body: bytes
    address: str = ""  # where it came from
    is_forwarded: bool = False  # a proxy says that it is not who asked


def trusted_terminal(request: SignedRequest) -> Terminal:
    """The enrolled kiosk that signed exactly this. NotTrusted otherwise."""
    terminal = rows.locked(Terminal, request.kiosk, rows.Lock.NOTHING)
    if terminal is None or terminal.revoked_at is not None or not terminal.is_proven or len(request.sent_at) > 40:
        raise NotTrusted
    try:
        signature = base64.b64decode(request.signature, validate=True)
    except (binascii.Error, ValueError):
        raise NotTrusted from None
    message = intake_message(request.path, request.kiosk, request.sent_at, request.body)
    if not verify(message, signature, _verifier(terminal.public_key)) or not enrolment.is_latest(terminal):
        raise NotTrusted
    return terminal


def signer_of(terminal: Terminal) -> bytes:
    """The public key by which a kiosk's signature is looked at again, years later."""
    return raw_verifier(_verifier(terminal.public_key))


@lru_cache(maxsize=256)
def _verifier(pem: str) -> KioskKey:
    return load_verifier(pem.encode())


def instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise NotUnderstood("a time is not written in ISO 8601") from None
    if instant.tzinfo is None:
        raise NotUnderstood("a time has no offset")
    try:
        return instant.astimezone(UTC)
    except OverflowError:
        raise NotUnderstood("a time is out of range") from None


def signed_text(body: bytes) -> dict[str, object]:
    if len(body) > MAX_SIGNED_TEXT:
        raise NotUnderstood("too long")
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        raise NotUnderstood("not JSON") from None
    if not isinstance(said, dict):
        raise NotUnderstood("not a JSON object")
    return said


def whole(said: dict[str, object], name: str, default: int | None, least: int = -(2**31)) -> int | None:
    value = said.get(name)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**31:
        return max(value, least)
    return default
