"""Opens what is sealed, for one page at a time; makes the blind indexes. The keys live in memory only."""

import hmac
from dataclasses import replace
from uuid import UUID

from django.conf import settings

from kiosk.console import keyring
from kiosk.console.models import Arrival, Sealed
from kiosk.console.records import origin, subject_keys
from kiosk.console.records.structure import context_of, keys, open_body, seal_body
from kiosk.core.checkin import codec
from kiosk.core.checkin.value import CheckIn
from kiosk.core.sources.insi import InsAnswer, InsFound, InsUnreachable
from kiosk.sealing import CannotOpen, is_sealed

__all__ = [
    "INSI",
    "REPORTED",
    "answer_body",
    "blind",
    "context_of",
    "is_attested",
    "is_silence",
    "keys",
    "open_arrival",
    "open_as_told",
    "open_body",
    "open_check_in",
    "open_kept",
    "open_part",
    "seal_answer",
    "seal_body",
    "seal_part",
]

INSI = "check_in.insi"  # where the codec read INSi's answer
REPORTED = "reported"  # a kiosk said what INSi answered: that is its word, and the console asks itself
# Why a kiosk has no answer, in its own words: they say nothing of anybody, and are kept as said.
_SILENCES = frozenset({"timeout", "connection", "service", "nonsense", "not-asked", "through-console"})


def open_part(body: bytes, part: str, key: object) -> bytes:
    """Open one part of what is kept of a visit. KeyGone when it was erased; CannotOpen.

    Locked with the visit's own key; what a kiosk sent is sealed for the structure inside. Before there were such keys
    everything was sealed only.
    """
    context = context_of(part, key)
    if not subject_keys.is_locked(body):
        return open_body(body, context)
    inner = subject_keys.unlock(UUID(str(key)), body, context)
    return open_body(inner, context) if is_sealed(inner) else inner


def open_kept(body: bytes, part: str, key: object) -> bytes:
    """The same of what is kept: whoever has a key of their own has nothing that is sealed only. CannotOpen.

    With the structure's public key, which every kiosk has, who writes to the database would else put there what they
    like: INSi's answer, a whole check-in, what staff confirmed.
    """
    if not subject_keys.is_locked(body) and subject_keys.exists(UUID(str(key))):
        raise CannotOpen("sealed only, of somebody who has a key: nothing of ours")
    return open_part(body, part, key)


def seal_part(plain: bytes, part: str, key: object) -> bytes:
    """Lock with the visit's own key; of a visit of before such keys, sealed until the worker has locked it."""
    context = context_of(part, key)
    try:
        return subject_keys.lock_alike(UUID(str(key)), plain, context)
    except subject_keys.KeyGone:
        return seal_body(plain, context)


def open_check_in(body: bytes, key: object) -> CheckIn:
    """Open what a kiosk sent. CannotOpen or BadCheckIn."""
    return codec.from_bytes(open_part(body, "check-in", key))


def open_arrival(arrival: Arrival) -> CheckIn:
    """The whole of what counts: the check-in with INSi's answer, which its kiosk alone does not give.

    CannotOpen where a row does not prove itself, or what is inside is not what its kiosk signed.
    An earlier version kept no other answer where a kiosk had brought one: that one is reported too.
    """
    told = _with_the_last_answer(arrival, codec.from_bytes(origin.opened(arrival)))
    is_believed = settings.KIOSK.believes(arrival.terminal_id) and not is_attested(told)  # a phone's word never is
    if arrival.sealed.answer or is_believed or is_silence(told):
        return told
    return replace(told, insi=InsUnreachable(REPORTED))


def is_attested(check_in: CheckIn) -> bool:
    """What stands for INSi's answer calls itself an appli carte Vitale's: verified, where the console says so."""
    return isinstance(check_in.insi, InsFound) and check_in.insi.is_attested


def is_silence(check_in: CheckIn) -> bool:
    """Nothing was answered, and nothing stands beside that: no call of the kiosk's, nothing that is not understood."""
    said = check_in.insi
    is_whole = not any(where.startswith(INSI) for where in check_in.not_understood)
    return is_whole and isinstance(said, InsUnreachable) and said.reason in _SILENCES and not said.exchanges


def open_as_told(arrival: Arrival) -> CheckIn:
    """The check-in with the last answer that anybody told, its kiosk included. CannotOpen or BadCheckIn.

    As migrations read it, before rows proved themselves: whoever shows it asks ``open_arrival``.
    """
    check_in = codec.from_bytes(open_kept(bytes(arrival.sealed.check_in), "check-in", arrival.key))
    return _with_the_last_answer(arrival, check_in)


def _with_the_last_answer(arrival: Arrival, check_in: CheckIn) -> CheckIn:
    sealed: Sealed = arrival.sealed
    if not sealed.answer:
        return check_in
    later = codec.from_bytes(open_kept(bytes(sealed.answer), "answer", arrival.key))
    missed = tuple(sorted({*check_in.not_understood, *later.not_understood}))
    return replace(check_in, insi=later.insi, not_understood=missed)


def seal_answer(check_in: CheckIn, answer: InsAnswer) -> bytes:
    """The answer that counts from now on, locked for the visit."""
    return seal_part(answer_body(check_in, answer), "answer", check_in.key)


def answer_body(check_in: CheckIn, answer: InsAnswer) -> bytes:
    """The answer that counts, as a check-in without its pictures.

    Where it repeats an answer this version did not understand whole, it says so: a later one must not take it for that.
    """
    lighter = replace(check_in, insi=answer, pictures=())
    is_repeated = replace(answer, exchanges=()) == replace(check_in.insi, exchanges=())
    is_partial = any(where.startswith((INSI, codec.BESIDE)) for where in check_in.not_understood)
    return codec.to_bytes(lighter, left_out=is_repeated and is_partial)


def blind(kind: str, text: str) -> bytes:
    """The keyed fingerprint of one search criterion, already normalised."""
    return hmac.digest(keyring.first_index(), f"{kind}\n{text}".encode(), "sha256")[:16]
