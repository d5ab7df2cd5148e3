"""A visit is filed by itself under who is already known, where the one rule lets it; else staff say whose it is.

Nothing is established by it: until staff see the face and say so, the visit is somebody's on the word of a card.
"""

from django.conf import settings
from django.db import transaction

from kiosk.console.models import Arrival, Holding, IdentifierKind, Need, Person, Stage
from kiosk.console.models.fingerprints import met_as
from kiosk.console.records import by_hand
from kiosk.console.register import attaching, bodies, known, prior, reading, writer
from kiosk.console.witness import findings
from kiosk.core.checkin.claims import said_by
from kiosk.core.checkin.codec import BadCheckIn
from kiosk.core.checkin.value import CheckIn
from kiosk.core.identity.places import PlaceTable
from kiosk.core.sources.insi import InsAnswer, InsFound
from kiosk.core.status.permissions import BARRING, Attribute
from kiosk.core.status.returning import Known, filed_under
from kiosk.core.status.transitions import Actor
from kiosk.sealing import CannotOpen


def file(arrival: Arrival, check_in: CheckIn, places: PlaceTable, by: Actor) -> bool:
    """Say whose visit it is, if the sources alone do; nobody is at it yet. The arrival is saved."""
    person = _named(check_in, places)
    if person is None:
        return False
    try:
        with transaction.atomic():
            mine = Arrival.objects.select_for_update().filter(pk=arrival.pk, person=None, stage=Stage.WAITING)
            if not mine.exists():
                return False
            attaching.attach(arrival, check_in, person, by)
            if known.is_sound(person):
                arrival.need = Need.PRESENCE
            arrival.save(update_fields=["person", "question", "need"])
    except (writer.Refused, writer.Conflict, reading.Tampered) as trouble:
        arrival.person = None
        if isinstance(trouble, writer.Refused):
            trouble.remember()
        return False  # what has become of the person meanwhile is staff's to see
    return True


def names_somebody(answer: InsAnswer) -> bool:
    """INSi gave a number, today's or a former one, by which somebody is known."""
    values = prior.values_of(answer)
    return Person.objects.filter(absorbed_by=None, erased_at=None, indexes__value__in=values).exists()


_HELD = "SELECT 1 FROM console_holding WHERE kind = %s AND until IS NULL AND value IN (…) LIMIT 1"


def _named(check_in: CheckIn, places: PlaceTable) -> Person | None:
    """The one person whom this visit's sources name."""
    found = check_in.insi
    if not isinstance(found, InsFound) or not found.matricule.is_complete:
        return None
    value = bodies.value_of(found.matricule)
    if not by_hand.rows(_HELD, IdentifierKind.INS.value, met_as([value])):
        return None  # most who come for the first time: asked by hand
    held = Holding.objects.filter(kind=IdentifierKind.INS, until=None, value=value)
    people = list(Person.objects.filter(pk__in=held.values("person"), absorbed_by=None, erased_at=None)[:2])
    if not people or findings.in_doubt():
        return None
    candidates = [one for person in people if (one := _as_known(person)) is not None]
    if len(candidates) != 1:
        return None
    said = said_by(check_in, bodies.mark_of(people[0].pk, found.matricule))
    at, _filing = filed_under(said, candidates, in_production=settings.KIOSK.is_production, places=places)
    return people[0] if at is not None else None


def _as_known(person: Person) -> Known | None:
    """What the rule asks of a person; None when nothing of theirs can be read, or it is not as it was written."""
    try:
        standing, traits = reading.standing_of(person), prior.traits_of(person)
    except (reading.Tampered, CannotOpen, BadCheckIn):
        return None
    if traits is None:
        return None
    attributes = standing.identity.attributes
    return Known(
        traits=traits,
        mark=standing.held,
        is_barred=not attributes.isdisjoint(BARRING),
        has_open_pair=known.has_open_pair(person),
        is_homonym=Attribute.HOMONYM in attributes,
    )
