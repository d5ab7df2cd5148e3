"""Whether an account, and what it signs in with, is as the console wrote it, and as the trail last left it."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest
from django_otp.middleware import OTPMiddleware
from django_otp.models import Device

from kiosk.console import audit
from kiosk.console.models import AuditEntry, Staff
from kiosk.console.models.second_factor import Factor
from kiosk.console.witness import findings


def is_latest(staff: Staff) -> bool:
    """Whether this is the account as its last act left it: a proven row of before shows here.

    Also where that act was altered too, as long as this process remembers that there was one.
    """
    known = audit.remembered(audit.Act.ACCOUNT_CHANGED, staff.username)
    last = last_act(staff.username)
    if last < known:
        findings.note([findings.Found("altered", f"{known}-said")])
    return staff.is_proven and staff.at_act == last and last >= known


def last_act(name: str) -> int:
    """The number of the trail's last act that changed this account; 0 when there is none."""
    acts = AuditEntry.objects.filter(about=name, act__in=audit.OF_AN_ACCOUNT).order_by("-number")
    return acts.values_list("number", flat=True).first() or 0


_ALTERED = "altered_account"


class ProvenAccounts(ModelBackend):
    """Who signs in, and whose session goes on: an account that does not prove itself is nobody's."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **more: Any
    ) -> Staff | None:
        found = super().authenticate(request, username, password, **more)
        if isinstance(found, Staff) and not is_latest(found):
            if request is not None:
                vars(request)[_ALTERED] = found
            return None
        return found

    def get_user(self, user_id: int) -> Staff | None:
        found = super().get_user(user_id)
        return found if isinstance(found, Staff) and found.is_proven else None


def altered(request: HttpRequest) -> Staff | None:
    """The account whose password was just shown, and which is refused because its row is not what the console left."""
    found = vars(request).get(_ALTERED)
    return found if isinstance(found, Staff) else None


def is_altered(user_id: object) -> bool:
    """Whether the account of a session that no longer goes on is there, open, and not what the console left."""
    number = str(user_id)
    found = Staff.objects.filter(pk=int(number)).first() if number.isdecimal() and len(number) < 19 else None
    return found is not None and not is_latest(found)


class ProvenFactors(OTPMiddleware):
    """A session goes on only while the factor that opened it proves itself and is the account's."""

    @staticmethod
    def _finalize_device(request: HttpRequest, user: Staff, device: Device | None) -> Device | None:
        is_theirs = isinstance(device, Factor) and isinstance(user, Staff) and device.is_of(user)
        return OTPMiddleware._finalize_device(request, user, device if is_theirs else None)
