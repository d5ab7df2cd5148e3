"""The accounts of members of staff: added, enrolled by their owners, linked to Pro Santé Connect, closed, repaired."""

import json
import secrets

from django.db import transaction

from kiosk.console import audit
from kiosk.console.models import AuditEntry, NationalIdentity, Role, Staff
from kiosk.console.records import vault
from kiosk.console.staff import guesses, psc, second_factor, standing


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


class NotRepairable(ValueError):
    """There is nothing to repair, or nothing to repair it from; says so in French: the technician reads it."""


def repair(name: str, *, who: str) -> Staff:
    """Make an account anew that is not as the console left it, from what the trail alone says of it.

    Nothing of its row is believed: no password, no second factor, no role. Its owner enrols anew; who was closed stays
    closed. NotRepairable.
    """
    with transaction.atomic():
        staff = Staff.objects.select_for_update().filter(username=name).first()
        if staff is None:
            raise NotRepairable("Aucun compte de ce nom.")
        if standing.is_latest(staff):
            raise NotRepairable(
                "Ce compte est tel que la console l’a écrit : pour refaire son accès, kiosk console user renew."
            )
        _as_the_trail_says(staff)
        staff.made_anew(*_OF_A_ROW)
        staff.authenticator_set.all().delete()
        staff.securitykey_set.all().delete()
        staff.nationalidentity_set.all().delete()
        guesses.forget(name)
        audit.record(
            audit.Act.ACCOUNT_REPAIRED, who=who, about=name, role=staff.role, active=not staff.has_usable_password()
        )
    return Staff.objects.get(pk=staff.pk)


_OF_A_ROW = ("password", "last_login", "role", "is_active", "created_at", "must_change_password", "desk", "factors")


def _as_the_trail_says(staff: Staff) -> None:
    """Set all that counts of an account; a closed one gets a password that nobody knows. NotRepairable."""
    acts = list(AuditEntry.objects.filter(about=staff.username, act__in=audit.OF_AN_ACCOUNT).order_by("number"))
    if not acts:
        raise NotRepairable(
            "Le journal ne connaît aucun compte de ce nom : cette ligne n’est à personne, n’ouvre rien."
        )
    said = {name: value for act in acts for name, value in json.loads(act.details).items()}
    _count, broken = audit.verify()
    reasons = {one.reason for one in broken}
    if {one.number for one in broken} & {act.number for act in acts} or reasons & {"head", "cut"}:
        raise NotRepairable("Le journal n’est pas intact (audit verify) : ce compte ne peut être refait d’après lui.")
    staff.role, staff.created_at = Role(said["role"]), acts[0].at
    staff.is_active, staff.must_change_password = False, False
    staff.desk, staff.factors, staff.last_login = "", "", None
    if said.get("active", True) and "missing" not in reasons:  # an act that is gone may have closed it
        staff.set_unusable_password()  # as one that was never used: a link lets its owner enrol
    else:
        staff.set_password(secrets.token_urlsafe())
