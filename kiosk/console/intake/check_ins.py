"""Taking in what kiosks send: whose it is, whether it was here before, what it asks of staff. One transaction each."""

import base64
import binascii
import fcntl
import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from functools import lru_cache
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from kiosk.console import audit
from kiosk.console.identities import comparing
from kiosk.console.intake.turnstile import Turnstile
from kiosk.console.models import Arrival, BlindIndex, Call, CallReason, Sealed, Stage, Terminal
from kiosk.console.records import search, vault
from kiosk.console.terminals import enrolment
from kiosk.core.checkin.codec import BadCheckIn
from kiosk.core.checkin.value import CheckIn
from kiosk.core.status.permissions import IdentityStatus
from kiosk.sealing import BadKey, CannotOpen, KioskKey, intake_message, load_verifier, verify

MAX_BODY = 8 * 1024 * 1024 + 64 * 1024  # a whole check-in and its seal
MAX_SIGNED_TEXT = 16 * 1024
CLOCK_TOLERANCE = timedelta(minutes=5)
NEXT_INSI_TRY = timedelta(seconds=5)  # somebody waits
MAX_PIXELS = 40_000_000


@contextmanager
def _transaction_in_turn() -> Iterator[None]:
    """A transaction; on SQLite, one that waited for those of other processes.

    Who finds SQLite busy would sleep and try again. The kernel opens the door when a process dies.
    """
    with ExitStack() as until_done:
        if connection.vendor == "sqlite":
            door = until_done.enter_context((settings.KIOSK.data_dir / "writers").open("ab"))
            fcntl.flock(door, fcntl.LOCK_EX)
        until_done.enter_context(transaction.atomic())
        yield


class Outcome(IntEnum):
    """What the kiosk is told; the numbers are HTTP's."""

    ALREADY_HERE = 200
    TAKEN_IN = 201
    NOT_TRUSTED = 401
    ANOTHER_KIOSKS = 409
    TOO_LARGE = 413
    NOT_UNDERSTOOD = 422
    TOO_MANY = 429


class NotTrusted(Exception):
    """Unknown or revoked kiosk, bad signature, or a replay: the same answer for all."""


class NotUnderstood(ValueError):
    """The kiosk parks it; the text says why, never with what was inside."""


@dataclass(frozen=True, slots=True)
class Request:
    """One signed request as it came."""

    path: str
    kiosk: str
    sent_at: str
    signature: str
    body: bytes


@dataclass(frozen=True, slots=True)
class _Delivery:
    """What one check-in leaves in the database."""

    arrival: Arrival
    sealed: bytes
    indexes: set[bytes]


def _keep(deliveries: Sequence[_Delivery]) -> None:
    """All of them, or none. IntegrityError when one was here before.

    What is each one's own comes first, in the order of its key, and the trail, which all processes share, last: two
    processes write beside each other for as long as they can, and never each hold what the other needs.
    """
    in_order = sorted(deliveries, key=lambda one: one.arrival.pk)
    with _transaction_in_turn():
        Arrival.objects.bulk_create([one.arrival for one in in_order])
        for one in in_order:
            Sealed(arrival=one.arrival, check_in=one.sealed).save(force_insert=True)
        indexes = ((one.arrival, value) for one in in_order for value in one.indexes)
        BlindIndex.objects.bulk_create(BlindIndex(arrival=arrival, value=value) for arrival, value in indexes)
        audit.record_all([_taken_in(one.arrival) for one in in_order])


def _taken_in(arrival: Arrival) -> audit.Done:
    details = {"need": str(arrival.need), "status": arrival.status}
    return audit.Done(audit.Act.TAKEN_IN, who=arrival.terminal_id, about=str(arrival.pk), details=details)


_TURNSTILE = Turnstile(_keep)


def trusted_terminal(request: Request) -> Terminal:
    """The enrolled kiosk that signed exactly this. NotTrusted otherwise."""
    enrolled = Terminal.objects.filter(pk=request.kiosk, revoked_at=None).only("name", "public_key")
    terminal = next(iter(enrolled), None)
    if terminal is None or len(request.sent_at) > 40:
        raise NotTrusted
    try:
        signature = base64.b64decode(request.signature, validate=True)
    except (binascii.Error, ValueError):
        raise NotTrusted from None
    message = intake_message(request.path, request.kiosk, request.sent_at, request.body)
    if not verify(message, signature, _verifier(terminal.public_key)):
        raise NotTrusted
    return terminal


@lru_cache(maxsize=256)
def _verifier(pem: str) -> KioskKey:
    return load_verifier(pem.encode())


def take_in(key: UUID, request: Request) -> Outcome:
    """Keep one check-in, once. NotTrusted or NotUnderstood otherwise."""
    if len(request.body) > MAX_BODY:
        return Outcome.TOO_LARGE
    terminal = trusted_terminal(request)
    now = timezone.now()
    known, lately = _known_and_lately(key, terminal, now)
    if known is not None:
        return known
    if lately >= settings.KIOSK.intake_per_minute:
        return Outcome.TOO_MANY
    check_in = _opened(key, request)
    arrived_at = _instant(check_in.arrived_at)
    side_by_side = comparing.compared(check_in)
    need = comparing.need_of(check_in, side_by_side)
    arrival = Arrival(
        key=key,
        terminal=terminal,
        digest=hashlib.sha256(request.body).digest(),
        sent_at=request.sent_at,
        signature=base64.b64decode(request.signature),
        received_at=now,
        arrived_at=min(arrived_at, now),  # a kiosk's clock may run ahead
        ticket=_line(check_in.ticket, 12),
        desk=_line(check_in.desk, 20),
        need=need,
        differences=comparing.difference_codes(check_in, side_by_side),
        stage=Stage.WAITING,
        status=_believable(check_in),
        insi_next_at=now + NEXT_INSI_TRY if comparing.may_be_asked_again(check_in) else None,
    )

    try:
        _TURNSTILE.go_through(_Delivery(arrival, request.body, search.indexes_of(check_in)))
    except IntegrityError:
        known, _ = _known_and_lately(key, terminal, now)  # the same delivery, twice at the same moment
        if known is None:
            raise
        return known
    return Outcome.TAKEN_IN


def take_heartbeat(request: Request) -> Outcome:
    """Note how a kiosk is. NotTrusted for a replay or a clock too far off; NotUnderstood for another shape."""
    terminal = trusted_terminal(request)
    sent_at = _instant(request.sent_at)
    now = timezone.now()
    if abs(now - sent_at) > CLOCK_TOLERANCE:
        raise NotTrusted
    beat = _signed_text(request.body)
    devices = beat.get("devices", {})
    if not isinstance(devices, dict) or len(devices) > 20:
        raise NotUnderstood("devices: a table of device names and states")
    state = {_line(name, 20): "ok" if value == "ok" else "lost" for name, value in devices.items()}
    fresh = Terminal.objects.filter(pk=terminal.pk).exclude(last_sent_at__gte=sent_at)
    updated = fresh.update(
        last_sent_at=sent_at,
        last_seen_at=now,
        version=_line(beat.get("version", ""), 40),
        devices=state,
        queue=_whole(beat, "queue", 0),
        certificate_days=_whole(beat, "certificate_days", None),
        disk_free_mb=_whole(beat, "disk_free_mb", None),
        clock_offset_ms=int((now - sent_at).total_seconds() * 1000),
    )
    if not updated:
        raise NotTrusted
    return Outcome.ALREADY_HERE


def take_call(key: UUID, request: Request) -> Outcome:
    """Someone at a kiosk calls. Repeating it is harmless."""
    terminal = trusted_terminal(request)
    said = _signed_text(request.body)
    reason = said.get("reason")
    if reason not in CallReason.values:
        raise NotUnderstood("reason: help or card-forgotten")
    call, is_new = Call.objects.get_or_create(
        key=key,
        defaults={
            "terminal": terminal,
            "reason": reason,
            "desk": _line(said.get("desk", ""), 20),
            "called_at": timezone.now(),
        },
    )
    if is_new:
        return Outcome.TAKEN_IN
    return Outcome.ALREADY_HERE if call.terminal_id == terminal.pk else Outcome.ANOTHER_KIOSKS


def take_enrolment(body: bytes) -> str:
    """A new kiosk brings its key with the code it was given; gives the structure's public key. NotTrusted otherwise."""
    said = _signed_text(body)
    name, code, public_key = (said.get(word) for word in ("kiosk", "code", "public_key"))
    if not isinstance(name, str) or not isinstance(code, str) or not isinstance(public_key, str):
        raise NotUnderstood("kiosk, code and public_key are texts")
    try:
        is_welcome = enrolment.accept_invitation(name[:60], code[:40], public_key)
    except BadKey as trouble:
        raise NotUnderstood(str(trouble)) from None
    if not is_welcome:
        raise NotTrusted
    return vault.keys().current.public_key.to_pem().decode()


def _known_and_lately(key: UUID, terminal: Terminal, now: datetime) -> tuple[Outcome | None, int]:
    """Whose check-in this is already, and how many this kiosk brought within the minute."""
    since = connection.ops.adapt_datetimefield_value(now - timedelta(minutes=1))
    mine = Arrival._meta.pk.get_db_prep_value(key, connection)
    with connection.cursor() as cursor:  # by hand: two numbers out of two indexes, for every check-in
        cursor.execute(
            "SELECT (SELECT terminal_id FROM console_arrival WHERE key = %s),"
            " (SELECT COUNT(*) FROM console_arrival WHERE terminal_id = %s AND received_at >= %s)",
            [mine, terminal.pk, since],
        )
        owner, lately = cursor.fetchone()
    if owner is None:
        return None, int(lately)
    return Outcome.ALREADY_HERE if owner == terminal.pk else Outcome.ANOTHER_KIOSKS, int(lately)


def _opened(key: UUID, request: Request) -> CheckIn:
    try:
        check_in = vault.open_check_in(request.body, key)
    except (CannotOpen, BadCheckIn) as trouble:
        raise NotUnderstood(str(trouble)) from None
    if check_in.key != str(key) or check_in.kiosk != request.kiosk:
        raise NotUnderstood("the check-in inside is not the one announced")
    for picture in check_in.pictures:
        if not _is_modest_jpeg(picture.jpeg) or (picture.untouched and not _is_modest_jpeg(picture.untouched)):
            raise NotUnderstood("a picture is not a JPEG of a reasonable size")
    return check_in


def _believable(check_in: CheckIn) -> str:
    """A kiosk may at most say RETRIEVED, and only where the rules give it: computed again, never believed."""
    if check_in.status.value != IdentityStatus.RETRIEVED.value:
        return IdentityStatus.PROVISIONAL.value
    return comparing.automatic_status(check_in)


def _instant(text: str) -> datetime:
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


def _signed_text(body: bytes) -> dict[str, object]:
    if len(body) > MAX_SIGNED_TEXT:
        raise NotUnderstood("too long")
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        raise NotUnderstood("not JSON") from None
    if not isinstance(said, dict):
        raise NotUnderstood("not a JSON object")
    return said


def _line(value: object, longest: int) -> str:
    """One short line for staff's eyes: no control, no change of direction, nothing a database refuses."""
    return "".join(character for character in str(value)[:200] if character.isprintable())[:longest]


def _whole(said: dict[str, object], name: str, default: int | None) -> int | None:
    value = said.get(name)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**31:
        return max(value, 0) if default == 0 else value
    return default


def _is_modest_jpeg(data: bytes) -> bool:
    """Read the frame header only: a picture that would unfold into gigabytes is refused before anyone looks at it."""
    if not data.startswith(b"\xff\xd8\xff") or len(data) > 2 * 1024 * 1024:
        return False
    at = 2
    while at + 9 <= len(data):
        if data[at] != 0xFF:
            return False
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:
            height = int.from_bytes(data[at + 5 : at + 7])
            width = int.from_bytes(data[at + 7 : at + 9])
            return 0 < height * width <= MAX_PIXELS
        at += 2 + int.from_bytes(data[at + 2 : at + 4])
    return False
