"""What a member of staff proves themself with beside the password: nothing that could be copied stands in clear.

The account names its factors: a row that was taken out and is put back is nobody's.
"""

from datetime import datetime
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models.signals import post_delete, post_save
from django_otp.models import Device, DeviceManager, ThrottlingMixin, TimestampMixin

from kiosk.console.models.fingerprints import Fingerprint
from kiosk.console.models.proven import Proven, proving
from kiosk.console.models.staff import Staff


class Factor(Proven, TimestampMixin, Device):
    """One of somebody's second factors."""

    used_before: datetime | None = None  # than now: when it was last used until then

    objects: ClassVar[DeviceManager[Self]] = proving(DeviceManager())

    class Meta:
        abstract = True

    def set_last_used_timestamp(self, commit: bool = True) -> None:
        self.used_before = self.last_used_at
        super().set_last_used_timestamp(commit)

    @property
    def listed_as(self) -> str:
        """What its owner's account calls it."""
        return f"{self._meta.model_name}:{self.pk}"

    def is_of(self, staff: Staff) -> bool:
        """Whether it proves itself, and this account names it."""
        return (
            self.is_proven and self.confirmed and self.user_id == staff.pk and self.listed_as in staff.factors.split()
        )


class Authenticator(ThrottlingMixin, Factor):
    """An application that shows a code of the moment (TOTP, RFC 6238); its secret is sealed."""

    STEP = 30  # seconds
    DIGITS = 6
    TOLERANCE = 1  # steps before and after: clocks differ

    sealed_key = models.BinaryField()
    drift = models.SmallIntegerField(default=0)
    last_t = models.BigIntegerField(default=-1)  # a code serves once

    def get_throttle_factor(self) -> int:
        return 1  # seconds, doubled after each wrong code


class SecurityKey(Factor):
    """A key to touch (WebAuthn): only its public half is here."""

    credential_id = models.BinaryField(max_length=1023, unique=True)
    credential = models.BinaryField()  # attested credential data, as the key gave it
    sign_count = models.BigIntegerField(default=0)


class NationalIdentity(Factor):
    """The link to Pro Santé Connect: a keyed fingerprint of the national identifier (identifiant national PP)."""

    fingerprint = Fingerprint(unique=True)


def _added(instance: Factor, created: bool, **_: Any) -> None:
    if created:
        _list(instance, lambda names: [*names, instance.listed_as])


def _taken_out(instance: Factor, **_: Any) -> None:
    _list(instance, lambda names: [one for one in names if one != instance.listed_as])


def _list(factor: Factor, change: Any) -> None:
    """Have the owner's account name it, or no longer. Unproven when that account is not ours."""
    owner = Staff.objects.select_for_update().filter(pk=factor.user_id).first()
    if owner is not None:
        owner.factors = " ".join(change(owner.factors.split()))
        owner.save(update_fields=["factors"])


for _kind in (Authenticator, SecurityKey, NationalIdentity):
    post_save.connect(_added, sender=_kind, dispatch_uid=f"console.factor.added.{_kind.__name__}")
    post_delete.connect(_taken_out, sender=_kind, dispatch_uid=f"console.factor.out.{_kind.__name__}")
