"""Opens what is sealed, for one page at a time; makes the blind indexes. The keys live in memory only."""

import hmac
from dataclasses import dataclass, replace
from functools import cache

from django.conf import settings

from kiosk.console.config import ServerSettings
from kiosk.console.models import Arrival, Sealed
from kiosk.core.checkin import codec
from kiosk.core.checkin.value import CheckIn
from kiosk.core.sources.insi import InsAnswer
from kiosk.sealing import CannotOpen, RecipientPrivateKey, load_recipient, open_sealed, seal, sealed_for

_INSI = "check_in.insi"  # where the codec read INSi's answer


@dataclass(frozen=True, slots=True, repr=False)
class Keys:
    """The structure's key, and those it replaced."""

    current: RecipientPrivateKey
    by_id: dict[str, RecipientPrivateKey]


@cache
def keys() -> Keys:
    """The keys of this process, read once from their files."""
    server: ServerSettings = settings.KIOSK
    passphrase = server.passphrase_file.read_bytes().strip()
    current = load_recipient(server.recipient_key, passphrase)
    former = [load_recipient(path, passphrase) for path in server.former_recipient_keys]
    return Keys(current, {key.public_key.key_id: key for key in (current, *former)})


def open_body(body: bytes, context: bytes) -> bytes:
    """Open with the key the record is sealed for. CannotOpen when it is none of ours."""
    key = keys().by_id.get(sealed_for(body))
    if key is None:
        raise CannotOpen("sealed for a key this console does not hold")
    return open_sealed(body, key, context)


def seal_body(plain: bytes, context: bytes) -> bytes:
    """Seal for ourselves, with the current key."""
    return seal(plain, keys().current.public_key, context)


def context_of(part: str, key: object) -> bytes:
    return f"{part}:{key}".encode()


def open_check_in(body: bytes, key: object) -> CheckIn:
    """Open what a kiosk sent. CannotOpen or BadCheckIn."""
    return codec.from_bytes(open_body(body, context_of("check-in", key)))


def open_arrival(arrival: Arrival) -> CheckIn:
    """The whole of what is known: the check-in, with INSi's later answer when there is one."""
    sealed: Sealed = arrival.sealed
    check_in = open_check_in(bytes(sealed.check_in), arrival.key)
    if not sealed.answer:
        return check_in
    later = codec.from_bytes(open_body(bytes(sealed.answer), context_of("answer", arrival.key)))
    missed = tuple(sorted({*check_in.not_understood, *later.not_understood}))
    return replace(check_in, insi=later.insi, not_understood=missed)


def seal_answer(check_in: CheckIn, answer: InsAnswer) -> bytes:
    """INSi's later answer, as a check-in without its pictures.

    Where it repeats an answer this version did not understand whole, it says so: a later one must not take it for that.
    """
    lighter = replace(check_in, insi=answer, pictures=())
    is_repeated = replace(answer, exchanges=()) == replace(check_in.insi, exchanges=())
    is_partial = any(where.startswith((_INSI, codec.BESIDE)) for where in check_in.not_understood)
    written = codec.to_bytes(lighter, left_out=is_repeated and is_partial)
    return seal_body(written, context_of("answer", check_in.key))


def seal_observed(check_in: CheckIn, answer: InsAnswer) -> bytes:
    """An answer on which nothing rests, kept beside; as a check-in without its pictures."""
    lighter = replace(check_in, insi=answer, pictures=())
    return seal_body(codec.to_bytes(lighter), context_of("observed", check_in.key))


def open_observed(arrival: Arrival) -> InsAnswer | None:
    """The answer kept beside the one a decision rests on; None when there is none."""
    body = bytes(arrival.sealed.observed)
    return codec.from_bytes(open_body(body, context_of("observed", arrival.key))).insi if body else None


def blind(kind: str, text: str) -> bytes:
    """The keyed fingerprint of one search criterion, already normalised."""
    return hmac.digest(_blind_key(settings.SECRET_KEY), f"{kind}\n{text}".encode(), "sha256")[:16]


@cache
def _blind_key(secret: str) -> bytes:
    return hmac.digest(bytes.fromhex(secret), b"console blind index 1", "sha256")
