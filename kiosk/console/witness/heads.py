"""The head of the trail, signed for whoever may later be a witness; and whether the trail still holds one."""

import hmac
from enum import Enum
from functools import cache

from django.utils import timezone

from kiosk.console import audit, keyring
from kiosk.heads import SignedHead, SignedMark, endorse, read_head, read_mark, sign_head, sign_mark, written_key
from kiosk.sealing import SigningKey, signer_of_seed


class Held(Enum):
    """What the trail says of a head that was once its own."""

    HELD = "held"
    BEYOND = "beyond"  # the trail is shorter than it was
    FORKED = "forked"  # at that number stands another act


def current() -> SignedHead | None:
    """The head as it is now; None before the first act, and when somebody else wrote the head: that is not signed."""
    head = audit.head()
    if head is None or not head.is_proven or not head.number:
        return None
    return sign_head(head.number, head.chained, timezone.now(), _signer())


def marked(head: SignedHead) -> str:
    """This head for a kiosk, which learns nothing from it and brings it back."""
    return sign_mark(head, keyring.key("mark"), _signer()).text


def brought_as(text: str) -> SignedHead | None:
    """The head of ours that a kiosk brings: as a mark, or as kiosks of before kept it. None when it is neither."""
    mark = read_mark(text)
    head = read_head(text) if mark is None else _opened(mark)
    return head if head is not None and is_ours(head) else None


def public_key() -> str:
    """What kiosks know this console's marks by: the same on every console of a site, for it comes of their secret."""
    return written_key(_signer().public_key())


def endorsements() -> str:
    """What kiosks that know this console by a former key are told: that the current one comes after it."""
    former = (one for one in keyring.believed() if one.until is not None)
    key = _signer().public_key()
    return ", ".join(
        endorse(key, one.until, _signer_of(keyring.derived(one.secret, "head"))).text for one in former if one.until
    )


def is_ours(head: SignedHead) -> bool:
    """Only what a console of this site signed is a witness: nobody else can make one up."""
    return any(head.is_signed_by(_signer_of(seed).public_key()) for seed in keyring.accepted("head"))


def held(head: SignedHead) -> Held:
    """Whether the trail still holds this head. The trail grows only: asked while others write, it is right."""
    chained = audit.chained_at(head.number)
    if chained is None:
        return Held.BEYOND
    return Held.HELD if hmac.compare_digest(chained, head.chained) else Held.FORKED


def _opened(mark: SignedMark) -> SignedHead | None:
    """With today's key, or a former one that is still believed."""
    return next(filter(None, map(mark.opened, keyring.accepted("mark"))), None)


def _signer() -> SigningKey:
    return _signer_of(keyring.key("head"))


@cache
def _signer_of(seed: bytes) -> SigningKey:
    return signer_of_seed(seed)
