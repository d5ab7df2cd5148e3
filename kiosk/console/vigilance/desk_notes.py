"""The unit's note to the desk (note de l'identitovigilance): sealed with the visit, shown to whoever opens its dossier.

It comes back with the person: once it is known whose visit it is, it stands on their other visits too.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from kiosk.console import audit
from kiosk.console.arrivals import queue
from kiosk.console.identities.reasons import NotAllowed
from kiosk.console.identities.refusing import in_words
from kiosk.console.models import Arrival, Staff, Stage, rows
from kiosk.console.records import notes
from kiosk.console.witness import findings
from kiosk.console.words import one_line
from kiosk.core.confidential import Confidential

LONGEST = 500
OTHERS = 5  # a person's latest notes: more of them nobody reads in a queue


@dataclass(frozen=True, slots=True, repr=False)
class DeskNote(Confidential):
    """What the unit wrote, who of it and when; ``visit`` where it stands on another one of the same person."""

    text: str
    by: str
    at: datetime
    visit: Arrival | None = None


def write(key: UUID, staff: Staff, text: str, *, where: str = "") -> Arrival:
    """Leave a note, or another one in its place; an empty one takes it away. The trail has no word of it."""
    if len(text.strip()) > LONGEST:
        raise NotAllowed(_("Une note a {n} caractères au plus : raccourcissez-la.").format(n=LONGEST))
    said, now = one_line(text, LONGEST), timezone.now()
    act = audit.Act.NOTED if said else audit.Act.NOTE_REMOVED
    with in_words(act, staff.username, key, where):
        arrival = queue.locked(key)
        if arrival.stage == Stage.REMOVED:
            raise queue.NotPossible
        if said == notes.opened(arrival).get("note", {}).get("text", ""):
            raise NotAllowed(_("Rien n’a changé."))
        notes.keep(arrival, note={"text": said, "by": staff.username, "at": now.isoformat()} if said else {})
        arrival.noted_at = now if said else None
        rows.update(arrival, "noted_at")
        audit.record(act, who=staff.username, where=where, about=str(key))
        return arrival


def of(arrival: Arrival) -> DeskNote | None:
    """The note of this visit; none where nobody left one."""
    return _opened(arrival) if arrival.noted_at is not None else None


def of_others(arrival: Arrival) -> tuple[DeskNote, ...]:
    """Those of the same person's other visits, the latest first; none before it is known whose visit this is."""
    known = arrival.known
    if known is None:
        return ()
    theirs = Arrival.objects.filter(Q(person=known) | Q(person__absorbed_by=known), noted_at__isnull=False)
    noted = theirs.exclude(pk=arrival.pk).exclude(stage=Stage.REMOVED).select_related("sealed")
    found = list(noted.defer("sealed__check_in").order_by("-noted_at")[:OTHERS])
    findings.meet(one.as_found() for visit in found for one in (visit, visit.sealed) if not one.is_proven)
    opened = [_opened(one, one) for one in found if one.is_proven and one.sealed.is_proven]
    return tuple(one for one in opened if one is not None)


def _opened(arrival: Arrival, visit: Arrival | None = None) -> DeskNote | None:
    said = notes.opened(arrival).get("note")
    return DeskNote(said["text"], said["by"], datetime.fromisoformat(said["at"]), visit) if said else None
