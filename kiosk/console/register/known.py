"""Who is known and qualified, found by what a carte Vitale says: a candidate, whom only staff's look makes more.

A kiosk may ask so (short path), and a visit that came so is shown beside the candidate. Whatever is in doubt, finds
nobody: two people under one card, a pair nobody has judged, a doubt, a row that is not as it was written.
"""

from uuid import UUID

from django.conf import settings
from django.db.models import Q

from kiosk.console.models import Holding, IdentifierKind, PairState, Person, PersonIndex, PersonPair
from kiosk.console.records import search
from kiosk.console.register import bodies, reading
from kiosk.console.witness import findings
from kiosk.core.identity.matricule import OID_NIR, OID_NIR_DEMO, OID_NIR_TEST, Matricule
from kiosk.core.status.permissions import IdentityStatus

_OIDS_OF_THE_REAL = (OID_NIR,)
_OIDS_OF_THE_TRIED = (OID_NIR, OID_NIR_TEST, OID_NIR_DEMO)


def is_known(card_nir: str, birth_rank: str, birth_date: str) -> bool:
    """Whether a card's person is known here and qualified, as far as a card can tell."""
    return candidate(card_nir, birth_rank, birth_date) is not None


def candidate(card_nir: str, birth_rank: str, birth_date: str) -> UUID | None:
    """The one person qualified with this number, and seen with this rank and date on a card; None when in any doubt."""
    found = PersonIndex.objects.filter(value=search.card_fingerprint(card_nir, birth_rank, birth_date))
    people = list(Person.objects.filter(pk__in=found.values("person"), absorbed_by=None, erased_at=None)[:2])
    if len(people) != 1:
        return None
    [person] = people
    return person.pk if is_sound(person) and _holds(person, card_nir) else None


def is_sound(person: Person) -> bool:
    """Qualified, as the register wrote it; neither doubtful, fictitious, homonym, nor perhaps one with another.

    What is kept may have been put back to an earlier day: until an officer has looked, nobody is known by it.
    """
    if findings.in_doubt():
        return False
    if person.absorbed_by_id is not None or person.erased_at is not None or has_open_pair(person):
        return False
    if person.status != IdentityStatus.QUALIFIED.value or person.attributes:
        return False
    try:
        standing = reading.standing_of(person)
    except reading.Tampered:
        return False
    return standing.status is IdentityStatus.QUALIFIED and not standing.identity.attributes


def _holds(person: Person, card_nir: str) -> bool:
    """The card's number is the one the person was qualified with: a card that was borrowed once names nobody."""
    oids = _OIDS_OF_THE_REAL if settings.KIOSK.is_production else _OIDS_OF_THE_TRIED
    values = [bodies.value_of(Matricule(card_nir[:13], "", oid)) for oid in oids]
    held = Holding.objects.filter(person=person, kind=IdentifierKind.INS, until=None, value__in=values)
    return held.exists()


def has_open_pair(person: Person) -> bool:
    """Somebody may be one with another record that stands for itself: what leads to another is asked about there."""
    pairs = PersonPair.objects.filter(Q(first=person) | Q(second=person), state=PairState.POSSIBLE)
    return pairs.filter(first__absorbed_by=None, second__absorbed_by=None).exists()
