"""What is done before serving: the database brought up to date, kiosks of the configuration enrolled."""

import hashlib
import hmac
import secrets
from datetime import timedelta

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from kiosk.console import audit
from kiosk.console.config import ServerSettings
from kiosk.console.models import Invitation, NationalIdentity, Role, Staff, Terminal
from kiosk.console.records import vault
from kiosk.console.staff import psc, second_factor
from kiosk.sealing import load_verifier

CODE_LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ23456789"  # none that is mistaken for another
INVITED_FOR = timedelta(hours=1)
MAX_FAILURES = 5


class Unknown(ValueError):
    """A name nobody has."""


def bring_up_to_date(server: ServerSettings) -> None:
    """Create or migrate the tables; enrol the kiosks the configuration names."""
    call_command("migrate", interactive=False, verbosity=0)
    for name, path in server.kiosks.items():
        enrol(name, path.read_text(), who="configuration")
    connection.close()


def enrol(name: str, public_key: str, *, who: str) -> bool:
    """Register a kiosk's public key; False when it was there already. BadKey when it is not one."""
    load_verifier(public_key.encode())
    with transaction.atomic():
        terminal, is_new = Terminal.objects.get_or_create(pk=name, defaults={"public_key": public_key})
        if not is_new and terminal.public_key.strip() == public_key.strip():
            return False
        terminal.public_key, terminal.revoked_at = public_key, None
        terminal.save(update_fields=["public_key", "revoked_at"])
        audit.record(audit.Act.KIOSK_ENROLLED, who=who, about=name)
        return True


def new_secrets(staff: Staff, *, who: str, where: str = "") -> tuple[str, str]:
    """Give a member of staff a new password, to be changed at once, and a new second factor; all sessions end."""
    password = secrets.token_urlsafe(12)
    with transaction.atomic():
        staff.set_password(password)  # sessions are bound to the password: the old ones are worth nothing now
        staff.must_change_password = True
        staff.save(update_fields=["password", "must_change_password"])
        staff.authenticator_set.all().delete()
        staff.securitykey_set.all().delete()  # lost, or somebody else's
        address = second_factor.new_authenticator(staff)
        audit.record(audit.Act.ACCOUNT_CHANGED, who=who, where=where, about=staff.username, secrets="new")
    return password, address


def link(staff: Staff, national_id: str, *, who: str, where: str = "") -> bool:
    """Let Pro Santé Connect sign this person in, or no longer (empty); False when it is somebody else's."""
    with transaction.atomic():
        staff.nationalidentity_set.all().delete()
        if national_id:
            fingerprint = vault.blind("national identity", psc.normalised(national_id))
            if NationalIdentity.objects.filter(fingerprint=fingerprint).exists():
                transaction.set_rollback(True)
                return False
            staff.nationalidentity_set.create(name="psc", fingerprint=fingerprint, confirmed=True)
        audit.record(audit.Act.ACCOUNT_CHANGED, who=who, where=where, about=staff.username, psc=bool(national_id))
    return True


def set_active(staff: Staff, *, active: bool, who: str, where: str = "") -> None:
    """Close an account, or open it again; what it signed for stays."""
    with transaction.atomic():
        staff.is_active = active
        staff.save(update_fields=["is_active"])
        audit.record(audit.Act.ACCOUNT_CHANGED, who=who, where=where, about=staff.username, active=active)


def invite(name: str, *, who: str) -> str:
    """Give a code with which a kiosk of this name may bring its key, once, within the hour."""
    code = "".join(secrets.choice(CODE_LETTERS) for _ in range(12))
    with transaction.atomic():
        Invitation.objects.update_or_create(
            terminal=name,
            defaults={"code": _fingerprint(name, code), "expires_at": timezone.now() + INVITED_FOR, "failures": 0},
        )
        audit.record(audit.Act.KIOSK_INVITED, who=who, about=name)
    return "-".join((code[:4], code[4:8], code[8:]))


def accept_invitation(name: str, code: str, public_key: str) -> bool:
    """Enrol the kiosk that shows the code; False for a wrong, used, expired or worn-out one. BadKey for another key."""
    load_verifier(public_key.encode())
    given = _fingerprint(name, code.replace("-", "").strip().upper())
    with transaction.atomic():
        invitation = Invitation.objects.select_for_update().filter(pk=name, expires_at__gt=timezone.now()).first()
        if invitation is None or invitation.failures >= MAX_FAILURES:
            return False
        if not hmac.compare_digest(bytes(invitation.code), given):
            invitation.failures += 1
            invitation.save(update_fields=["failures"])
            return False
        invitation.delete()
        enrol(name, public_key, who="invitation")
    return True


def _fingerprint(name: str, code: str) -> bytes:
    key = hmac.digest(bytes.fromhex(settings.SECRET_KEY), b"console invitation 1", hashlib.sha256)
    return hmac.digest(key, f"{name}\n{code}".encode(), hashlib.sha256)


def revoke(name: str, *, who: str) -> None:
    """Stop listening to a kiosk. Unknown when there is none of that name."""
    with transaction.atomic():
        if not Terminal.objects.filter(pk=name, revoked_at=None).update(revoked_at=timezone.now()):
            raise Unknown(name)
        audit.record(audit.Act.KIOSK_REVOKED, who=who, about=name)


def add_staff(username: str, role: str, password: str, *, who: str, desk: str = "") -> str:
    """Create an account with its second factor; gives the otpauth address to put into the authenticator."""
    with transaction.atomic():
        staff = Staff.objects.create_user(username, password, Role(role))
        if desk:
            staff.desk = desk
            staff.save(update_fields=["desk"])
        address = second_factor.new_authenticator(staff)
        audit.record(audit.Act.ACCOUNT_ADDED, who=who, about=username, role=role)
    return address
