"""What a member of staff proves themself with beside the password: nothing that could be copied stands in clear."""

from django.db import models
from django_otp.models import Device, ThrottlingMixin, TimestampMixin


class Authenticator(TimestampMixin, ThrottlingMixin, Device):
    """An application that shows a code of the moment (TOTP, RFC 6238); its secret is sealed."""

    STEP = 30  # seconds
    DIGITS = 6
    TOLERANCE = 1  # steps before and after: clocks differ

    sealed_key = models.BinaryField()
    drift = models.SmallIntegerField(default=0)
    last_t = models.BigIntegerField(default=-1)  # a code serves once

    def get_throttle_factor(self) -> int:
        return 1  # seconds, doubled after each wrong code


class SecurityKey(TimestampMixin, Device):
    """A key to touch (WebAuthn): only its public half is here."""

    credential_id = models.BinaryField(max_length=1023, unique=True)
    credential = models.BinaryField()  # attested credential data, as the key gave it
    sign_count = models.BigIntegerField(default=0)


class NationalIdentity(TimestampMixin, Device):
    """The link to Pro Santé Connect: a keyed fingerprint of the national identifier (identifiant national PP)."""

    fingerprint = models.BinaryField(max_length=16, unique=True)
