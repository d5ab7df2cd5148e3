"""The accounts of members of staff: added, enrolled by their owners, linked to Pro Santé Connect, closed."""

from django.db import transaction

from kiosk.console import audit
from kiosk.console.models import NationalIdentity, Role, Staff
from kiosk.console.records import vault
from kiosk.console.staff import guesses, psc, second_factor


def add(username: str, role: str, *, who: str, where: str = "", desk: str = "") -> Staff:
    """An account that nobody can use yet: its owner enrols (``admissions``)."""
    with transaction.atomic():
        staff = Staff(username=username, role=Role(role), desk=desk, is_active=False)
        staff.set_unusable_password()
        staff.save()
        audit.record(audit.Act.ACCOUNT_ADDED, who=who, where=where, about=username, role=role)
    return staff


def allow(staff: Staff) -> None:
    """Let an account that was never used be used; one that was closed stays closed."""
    if not staff.has_usable_password():
        staff.is_active = True
        staff.save(update_fields=["is_active"])


def enrol(staff: Staff, password: str, key: bytes, *, where: str = "") -> None:
    """Give an account what its owner has chosen; what signed in before is worth nothing any more, sessions end."""
    with transaction.atomic():
        staff.set_password(password)  # sessions are bound to the password
        staff.must_change_password = False
        staff.save(update_fields=["password", "must_change_password"])
        staff.authenticator_set.all().delete()
        staff.securitykey_set.all().delete()  # lost, or somebody else's
        second_factor.keep(staff, key)
        guesses.forget(staff.username)
        audit.record(audit.Act.ACCOUNT_ENROLLED, who=staff.username, where=where, about=staff.username)


def is_founded() -> bool:
    """Whether two people are here who can agree to an account: from then on the server's command is an exception."""
    able = Staff.objects.filter(is_active=True, last_login__isnull=False)
    administrators = able.filter(role=Role.ADMINISTRATOR).count()
    return administrators > 0 and administrators + able.filter(role=Role.OFFICER).count() > 1


def national_fingerprint(national_id: str) -> bytes:
    """A national identifier as it is kept."""
    return vault.blind("national identity", psc.normalised(national_id))


def link(staff: Staff, fingerprint: bytes, *, who: str, where: str = "") -> None:
    """Let Pro Santé Connect sign this person in with this identity, and no other."""
    with transaction.atomic():
        staff.nationalidentity_set.all().delete()
        staff.nationalidentity_set.create(name="psc", fingerprint=fingerprint, confirmed=True)
        allow(staff)
        audit.record(audit.Act.ACCOUNT_CHANGED, who=who, where=where, about=staff.username, psc=True)


def unlink(staff: Staff, *, who: str, where: str = "") -> None:
    """Pro Santé Connect no longer signs this person in."""
    with transaction.atomic():
        NationalIdentity.objects.filter(user=staff).delete()
        audit.record(audit.Act.ACCOUNT_CHANGED, who=who, where=where, about=staff.username, psc=False)


def set_active(staff: Staff, *, active: bool, who: str, where: str = "") -> None:
    """Close an account, or open it again; what it signed for stays."""
    with transaction.atomic():
        staff.is_active = active
        staff.save(update_fields=["is_active"])
        audit.record(audit.Act.ACCOUNT_CHANGED, who=who, where=where, about=staff.username, active=active)
