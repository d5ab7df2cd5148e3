"""The short things kiosks say: how they are, that somebody calls, that a new one brings its key."""

from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from kiosk.console.intake import place, worlds
from kiosk.console.intake.signed import (
    NotTrusted,
    NotUnderstood,
    Reception,
    SignedRequest,
    instant,
    signed_text,
    trusted_terminal,
    whole,
)
from kiosk.console.models import Call, Terminal
from kiosk.console.records import vault
from kiosk.console.terminals import enrolment, excess
from kiosk.console.terminals.excess import About
from kiosk.console.words import one_line
from kiosk.core.turn.events import CallReason
from kiosk.sealing import BadKey

CLOCK_TOLERANCE = timedelta(minutes=5)
MOST_CALLS, CALLS_WITHIN = 20, timedelta(minutes=30)  # a kiosk keeps twenty, for ten minutes


def take_heartbeat(request: SignedRequest) -> Reception:
    """Note how a kiosk is. NotTrusted for a replay or a clock too far off; NotUnderstood, OtherWorld."""
    terminal = trusted_terminal(request)
    sent_at = instant(request.sent_at)
    now = timezone.now()
    if abs(now - sent_at) > CLOCK_TOLERANCE:
        excess.note(terminal.pk, About.CLOCK)  # else staff would read that it is silent
        raise NotTrusted
    beat = signed_text(request.body)
    devices = beat.get("devices", {})
    if not isinstance(devices, dict) or len(devices) > 20:
        raise NotUnderstood("devices: a table of device names and states")
    state = {one_line(name, 20): "ok" if value == "ok" else "lost" for name, value in devices.items()}
    latest = now + CLOCK_TOLERANCE  # what was sent later than that, was while this console's clock ran ahead
    fresh = Terminal.objects.filter(pk=terminal.pk).exclude(last_sent_at__range=(sent_at, latest))
    updated = fresh.update(
        last_sent_at=sent_at,
        last_seen_at=now,
        version=one_line(beat.get("version", ""), 40),
        place=one_line(beat.get("place", ""), 60),  # a kiosk of before says none of these three
        desk=one_line(beat.get("desk", ""), 20),
        mode=one_line(beat.get("mode", ""), 20),
        devices=state,
        queue=whole(beat, "queue", 0, least=0),
        parked=whole(beat, "parked", None, least=0),  # a kiosk of before does not say it
        certificate_days=whole(beat, "certificate_days", None),
        asked=whole(beat, "asked", None, least=0),
        asked_seconds=whole(beat, "asked_seconds", 0, least=0),
        disk_free_mb=whole(beat, "disk_free_mb", None),
        clock_offset_ms=int((now - sent_at).total_seconds() * 1000),
    )
    if not updated:
        raise NotTrusted
    terminal.mode = one_line(beat.get("mode", ""), 20)
    worlds.hear(terminal)
    return Reception.ALREADY_HERE


def know_desk(request: SignedRequest) -> bytes:
    """Whether this kiosk sends people to a desk of the structure, and of its own; staff are told where it does not."""
    terminal = trusted_terminal(request)
    said = signed_text(request.body).get("desk")
    if not isinstance(said, str):
        raise NotUnderstood("desk: a text")
    return b"known" if place.desk(terminal, said) == one_line(said, 20) else b"unknown"


def take_call(key: UUID, request: SignedRequest) -> Reception:
    """Someone at a kiosk calls. Repeating it is harmless; staff see one line a kiosk, however often it calls."""
    terminal = trusted_terminal(request)
    said = signed_text(request.body)
    reason = said.get("reason")
    if not isinstance(reason, str) or reason not in list(CallReason):
        raise NotUnderstood("reason: " + " or ".join(CallReason))
    if _calls_enough(terminal, key):
        excess.note(terminal.pk, About.CALLS)
        return Reception.ALREADY_HERE  # its line is there, or its alarm
    call, is_new = Call.objects.get_or_create(
        key=key,
        defaults={
            "terminal": terminal,
            "reason": reason,
            "desk": one_line(said.get("desk", ""), 20),
            "called_at": timezone.now(),
        },
    )
    if is_new:
        return Reception.TAKEN_IN
    return Reception.ALREADY_HERE if call.terminal_id == terminal.pk else Reception.ANOTHER_KIOSKS


def _calls_enough(terminal: Terminal, key: UUID) -> bool:
    """It has called as often as staff can answer; a call that is here already is no new one."""
    now = timezone.now()
    lately = Call.objects.filter(terminal=terminal, called_at__range=(now - CALLS_WITHIN, now + CLOCK_TOLERANCE))
    return lately.count() >= MOST_CALLS and not Call.objects.filter(pk=key).exists()


def take_enrolment(body: bytes) -> str:
    """A new kiosk brings its key with the code it was given; gives the structure's public key. NotTrusted otherwise."""
    said = signed_text(body)
    name, code, public_key = (said.get(word) for word in ("kiosk", "code", "public_key"))
    if not isinstance(name, str) or not isinstance(code, str) or not isinstance(public_key, str):
        raise NotUnderstood("kiosk, code and public_key are texts")
    if not (
        name.isprintable() and code.isprintable() and public_key.isascii()
    ):  # half a character, which no base keeps
        raise NotUnderstood("kiosk, code and public_key are plain texts")
    try:
        is_welcome = enrolment.accept_invitation(name[:60], code[:40], public_key)
    except BadKey as trouble:
        raise NotUnderstood(str(trouble)) from None
    if not is_welcome:
        raise NotTrusted
    return vault.keys().current.public_key.to_pem().decode()
