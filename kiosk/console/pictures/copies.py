"""The copy of a document's picture that staff see: made anew once, before it is first shown, and kept with our proof.

What the kiosk signed stays sealed and is opened by no page. A copy says of which original it is; one that does not
prove itself, or is of another, is made again. Of what no copy can be made that is written down, and staff read it.
"""

import hashlib

from django.db import IntegrityError, transaction

from kiosk.console.models import Arrival, Copy
from kiosk.console.pictures import process
from kiosk.console.records import subject_keys, vault
from kiosk.console.terminals import excess
from kiosk.console.terminals.excess import About
from kiosk.core.sources.document import DocumentPicture


class CannotShow(ValueError):
    """No copy can be made: the picture is opened nowhere."""


def shown(arrival: Arrival, index: int, picture: DocumentPicture, *, untouched: bool) -> bytes:
    """A plain JPEG of one picture. CannotShow; ``process.Busy`` and ``process.NotShut`` as they come."""
    original, place = (picture.untouched if untouched else picture.jpeg), 2 * index + untouched
    digest = hashlib.sha256(original).digest()
    kept = Copy.objects.filter(arrival=arrival, place=place).first()
    if kept is not None and kept.is_proven and bytes(kept.digest) == digest:
        made = vault.open_part(bytes(kept.body), _part(place), arrival.pk) if kept.body else b""
    else:
        made = process.made_anew(original)
        _keep(arrival, place, digest, made)
    if not made:
        raise CannotShow
    return made


def unreadable(arrival: Arrival) -> set[int]:
    """Of which of its pictures, by their place in the check-in, no copy can be made."""
    places = Copy.objects.filter(arrival=arrival, body=b"").values_list("place", flat=True)
    return {place // 2 for place in places if place % 2 == 0}


def _keep(arrival: Arrival, place: int, digest: bytes, made: bytes) -> None:
    try:
        body = subject_keys.lock(arrival.pk, made, vault.context_of(_part(place), arrival.pk)) if made else b""
        with transaction.atomic():
            Copy.objects.filter(arrival=arrival, place=place).delete()
            Copy(arrival=arrival, place=place, digest=digest, body=body).save(force_insert=True)
    except subject_keys.KeyGone:
        return  # of before there were keys for each: made again each time
    except IntegrityError:
        return  # two looked at the same moment
    if not made:
        excess.note(arrival.terminal_id, About.PICTURES)


def _part(place: int) -> str:
    return f"copy-{place}"
