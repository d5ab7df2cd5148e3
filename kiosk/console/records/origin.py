"""What a visit's kiosk sent is what it signed: looked at again at every opening, whatever it is sealed for since.

The kiosk signs what it sealed. What is inside is noted when it comes in, in the visit's own row, which proves itself:
so the signature speaks for the inside too, also once the structure's key was renewed and the seal is another one.
"""

import hashlib
import hmac

from django.conf import settings

from kiosk.console import audit
from kiosk.console.models import Arrival, AuditEntry, Sealed
from kiosk.console.models.proven import Unproven
from kiosk.console.records import structure, subject_keys
from kiosk.sealing import CannotOpen, intake_message_of, is_sealed, load_raw_verifier, verify

# Where a kiosk brings it, part of what it signs; production knows nobody who came as an invented person.
PATH = "/intake/check-ins/{}"
INVENTED_PATH = "/intake/invented/{}"


def opened(arrival: Arrival) -> bytes:
    """What the kiosk sent, opened. CannotOpen; Unproven where it is not what it signed, or a row is not ours."""
    sealed: Sealed = arrival.sealed
    arrival.must_be_proven()
    sealed.must_be_proven()
    context = structure.context_of("check-in", arrival.key)
    inner = _unlocked(sealed, context)
    plain = structure.open_body(inner, context) if is_sealed(inner) else inner
    if not (_is_what_came(arrival, inner, plain) and is_signed(arrival)):
        raise _altered(sealed)
    return plain


def _unlocked(sealed: Sealed, context: bytes) -> bytes:
    """Whoever has a key of their own has nothing that is sealed only: that, everybody could have put there."""
    body = bytes(sealed.check_in)
    if not subject_keys.is_locked(body):
        if subject_keys.exists(sealed.pk):
            raise _altered(sealed)
        return body
    own = subject_keys.one(sealed.pk)
    try:
        return own.unlock(body, context)
    except CannotOpen:
        raise _altered(sealed) from None


def _altered(sealed: Sealed) -> Unproven:
    return Unproven("a check-in is not what its kiosk signed", sealed.as_found())


def is_signed(arrival: Arrival) -> bool:
    """Whether the kiosk's key of then signed the digest of what came; of a visit of before, that key is not known."""
    signer = bytes(arrival.signer)
    if not signer:
        return True
    came = PATH.format(arrival.key), INVENTED_PATH.format(arrival.key)
    paths = came[:1] if settings.KIOSK.is_production else came
    digest, key = bytes(arrival.digest), load_raw_verifier(signer)
    messages = (intake_message_of(path, arrival.terminal_id, arrival.sent_at, digest) for path in paths)
    return any(verify(message, bytes(arrival.signature), key) for message in messages)


def digest_of(plain: bytes) -> bytes:
    """By what the inside is known."""
    return hashlib.sha256(plain).digest()


def _is_what_came(arrival: Arrival, inner: bytes, plain: bytes) -> bool:
    """By its inside; of a visit of before, by its seal, unless that was made anew since."""
    if arrival.plain:
        return hmac.compare_digest(bytes(arrival.plain), digest_of(plain))
    resealed = AuditEntry.objects.filter(about=str(arrival.key), act=audit.Act.RESEALED)
    return digest_of(inner) == bytes(arrival.digest) or resealed.exists()
