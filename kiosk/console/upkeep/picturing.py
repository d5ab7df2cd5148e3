"""Copies of documents' pictures, made while their patients wait: who is called is seen at once."""

from typing import ClassVar
from uuid import UUID

from kiosk.console.models import Arrival, Stage
from kiosk.console.pictures import copies, process
from kiosk.console.records import vault
from kiosk.core.checkin.codec import BadCheckIn
from kiosk.sealing import CannotOpen

SIDES = 2  # of a document, before it is called; more are made when they are looked at
_FIRST = 200  # of those who wait, in the order in which they are called


class _Made:
    keys: ClassVar[set[UUID]] = set()  # of those who wait, whose pictures this process has seen to


def once() -> bool:
    """Make those of the next one who waits; False when none is left, or the machine has no room now."""
    waiting = Arrival.objects.filter(stage=Stage.WAITING).order_by("received_at")
    keys = list(waiting.values_list("pk", flat=True)[:_FIRST])
    _Made.keys.intersection_update(keys)
    key = next((one for one in keys if one not in _Made.keys), None)
    if key is None:
        return False
    _Made.keys.add(key)
    try:
        _make(key)
    except (process.Busy, process.NotShut):
        _Made.keys.discard(key)
        return False
    return True


def _make(key: UUID) -> None:
    arrival = Arrival.objects.select_related("sealed").filter(pk=key).first()
    if arrival is None or not arrival.is_proven:
        return
    try:
        pictures = vault.open_arrival(arrival).pictures
    except (CannotOpen, BadCheckIn):  # the pages say so, to who opens it
        return
    for index, picture in enumerate(pictures[:SIDES]):
        try:
            copies.shown(arrival, index, picture, untouched=False)
        except copies.CannotShow:  # kept as such
            continue
