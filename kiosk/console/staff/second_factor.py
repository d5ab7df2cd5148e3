"""The second factor that is a code: its secret is sealed for the structure's key and opened for one check."""

import secrets
import time
from base64 import b32encode
from urllib.parse import quote, urlencode

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django_otp.oath import TOTP

from kiosk.console.models import Authenticator, Staff
from kiosk.console.records import structure
from kiosk.console.staff import guesses
from kiosk.console.witness import findings
from kiosk.sealing import sealed_for

SECRET_BYTES = 20  # what RFC 4226 asks for


def new_key() -> bytes:
    """A secret nobody has yet."""
    return secrets.token_bytes(SECRET_BYTES)


def keep(staff: Staff, key: bytes, *, name: str = "application") -> Authenticator:
    """Let the authenticator that has this secret sign in."""
    return Authenticator.objects.create(user=staff, name=name, confirmed=True, sealed_key=seal_key(staff.pk, key))


def address_of(staff: Staff, key: bytes) -> str:
    """The otpauth address for the owner's authenticator."""
    issuer = f"Accueil {settings.KIOSK.structure}".replace(":", "")
    asked = {
        "secret": written(key),
        "algorithm": "SHA1",
        "digits": Authenticator.DIGITS,
        "period": Authenticator.STEP,
        "issuer": issuer,
    }
    return f"otpauth://totp/{quote(f'{issuer}: {staff.username}')}?{urlencode(asked, quote_via=quote)}"


def written(key: bytes) -> str:
    """A secret as it is typed where no square can be read."""
    return b32encode(key).decode()


def shows(key: bytes, code: str) -> bool:
    """Whether an authenticator with this secret shows this code now."""
    digits = "".join(character for character in code if character.isdigit())
    if len(digits) != Authenticator.DIGITS:
        return False
    now = TOTP(key, Authenticator.STEP, 0, Authenticator.DIGITS, 0)
    now.time = time.time()
    return bool(now.verify(int(digits), Authenticator.TOLERANCE, 0))


def check_code(staff: Staff, code: str, *, is_own: bool = False) -> Authenticator | None:
    """The authenticator that shows this code now; None for a wrong, used or too quickly repeated one. CannotOpen.

    ``is_own``: from a browser of theirs, or their session, whose tries are counted: others' guesses make nobody wait.
    """
    digits = "".join(character for character in code if character.isdigit())
    if len(digits) != Authenticator.DIGITS:
        return None
    with transaction.atomic():
        theirs = Authenticator.objects.select_for_update().filter(user=staff, confirmed=True).order_by("pk")
        shown = next((one for one in theirs if one.is_of(staff) and _shows(one, int(digits), is_own)), None)
    if shown is not None and not guesses.serves_once("code", f"{shown.pk}:{shown.last_t}"):
        findings.note([findings.Found("older", shown.as_found())])  # its row of before that was put back
        return None
    return shown


def seal_key(staff: int, key: bytes) -> bytes:
    return structure.seal_body(key, _context(staff))


def open_key(device: Authenticator) -> bytes:
    """CannotOpen when it is sealed for another key or was another person's."""
    return structure.open_body(bytes(device.sealed_key), _context(device.user_id))


def reseal() -> int:
    """Seal every secret for the structure's current key; gives how many were not."""
    current = structure.keys().current.public_key.key_id
    changed = 0
    with transaction.atomic():
        for device in Authenticator.objects.select_for_update().order_by("pk"):
            if device.is_proven and sealed_for(bytes(device.sealed_key)) != current:
                device.sealed_key = seal_key(device.user_id, open_key(device))
                device.save(update_fields=["sealed_key"])
                changed += 1
    return changed


def _context(staff: int) -> bytes:
    return structure.context_of("totp", staff)


def _shows(device: Authenticator, code: int, is_own: bool) -> bool:
    if not (is_own or _has_waited(device)):
        return False
    now = _clock_showing(device, code)
    if now is None:
        device.throttle_increment()
        return False
    device.last_t, device.drift = now.t(), now.drift
    device.throttle_reset(commit=False)
    device.set_last_used_timestamp(commit=False)
    device.save()
    return True


def _clock_showing(device: Authenticator, code: int) -> TOTP | None:
    """The owner's clock as it was last seen, or else ours, by which this code is of the moment.

    Who types late looks like who has a slow clock: twice, and a code typed in time would be one of the future.
    """
    key, at = open_key(device), time.time()
    for drift in (device.drift, 0):
        now = TOTP(key, device.STEP, 0, device.DIGITS, drift)
        now.time = at
        if now.verify(code, device.TOLERANCE, device.last_t + 1):
            return now
    return None


def _has_waited(device: Authenticator) -> bool:
    """Since the last wrong code, twice as long after each; one that a clock which ran ahead has seen counts no more."""
    wrong_at, latest = vars(device)["throttling_failure_timestamp"], timezone.now() + guesses.SET_BACK
    return (wrong_at is not None and wrong_at > latest) or bool(device.verify_is_allowed()[0])
