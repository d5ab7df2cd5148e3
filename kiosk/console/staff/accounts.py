"""The accounts of members of staff: added, given new secrets, linked to Pro Santé Connect, closed."""

import secrets

from django.db import transaction

from kiosk.console import audit
from kiosk.console.models import NationalIdentity, Role, Staff
from kiosk.console.records import vault
from kiosk.console.staff import psc, second_factor


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
