"""Whether an account, and what it signs in with, is as the console wrote it, and as the trail last left it."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django_otp.middleware import OTPMiddleware
from django_otp.models import Device

from kiosk.console import audit
from kiosk.console.models import AuditEntry, Staff
from kiosk.console.models.second_factor import Factor


def is_latest(staff: Staff) -> bool:
    """Whether this is the account as its last act left it: a proven row of before shows here."""
    return staff.is_proven and staff.at_act == last_act(staff.username)


def last_act(name: str) -> int:
    """The number of the trail's last act that changed this account; 0 when there is none."""
    acts = AuditEntry.objects.filter(about=name, act__in=audit.OF_AN_ACCOUNT).order_by("-number")
    return acts.values_list("number", flat=True).first() or 0


class ProvenAccounts(ModelBackend):
    """Who signs in, and whose session goes on: an account that does not prove itself is nobody's."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **more: Any
    ) -> Staff | None:
        found = super().authenticate(request, username, password, **more)
        return found if found is not None and is_latest(found) else None

    def user_can_authenticate(self, user: Staff | AnonymousUser | None) -> bool:
        return super().user_can_authenticate(user) and isinstance(user, Staff) and user.is_proven


class ProvenFactors(OTPMiddleware):
    """A session goes on only while the factor that opened it proves itself and is the account's."""

    @staticmethod
    def _finalize_device(request: HttpRequest, user: Staff, device: Device | None) -> Device | None:
        is_theirs = isinstance(device, Factor) and isinstance(user, Staff) and device.is_of(user)
        return OTPMiddleware._finalize_device(request, user, device if is_theirs else None)
