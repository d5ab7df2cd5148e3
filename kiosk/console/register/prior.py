"""Is somebody already known (recherche d'antériorité)? Looked for before a person is opened (GI3 EXI ID 17)."""

from dataclasses import dataclass
from uuid import UUID

from rapidfuzz.distance import JaroWinkler

from kiosk.console.models import Person, PersonIndex
from kiosk.console.records import search
from kiosk.console.register import bodies, reading
from kiosk.core.checkin import codec
from kiosk.core.checkin.stated import LOOKED_FOR, REFERENCE, best, stated
from kiosk.core.checkin.value import CheckIn
from kiosk.core.coherence import duplicates
from kiosk.core.confidential import Confidential
from kiosk.core.identity.traits import Traits
from kiosk.core.sources.insi import InsFound

MOST_COMPARED = 12  # persons opened for one newcomer, the latest of those found


@dataclass(frozen=True, slots=True, repr=False)
class Candidate(Confidential):
    """Somebody known who may be the one who has come."""

    person: Person
    percent: int
    has_same_ins: bool


def candidates(check_in: CheckIn, besides: UUID | None = None) -> tuple[Candidate, ...]:
    """Who may already be known, the likest first: whom INSi gave the same number, and who looks alike."""
    found = check_in.insi
    value = bodies.value_of(found.matricule) if isinstance(found, InsFound) and found.matricule.is_complete else b""
    numbered = set(_known_by([value])) if value else set()
    keys = [key for key in dict.fromkeys([*numbered, *_alike(check_in)]) if key != besides][:MOST_COMPARED]
    persons = list(Person.objects.filter(pk__in=keys).select_related("absorbed_by"))
    percents = _percents(best(check_in, REFERENCE), persons)
    likest = [
        Candidate(person, percents.get(person.pk, 0), person.pk in numbered)
        for person in persons
        if person.pk in numbered or person.pk in percents
    ]
    return tuple(sorted(likest, key=lambda one: (not one.has_same_ins, -one.percent, str(one.person.pk))))


def _percents(ours: Traits | None, persons: list[Person]) -> dict[UUID, int]:
    """How alike those are who look alike."""
    if ours is None:
        return {}
    stated_so = [(person.pk, traits) for person in persons if (traits := traits_of(person)) is not None]
    others = [traits for _key, traits in stated_so]
    found = duplicates.look_alikes(ours, others, JaroWinkler.normalized_similarity)
    return {stated_so[one.index][0]: round(100 * one.likeness) for one in found}


def stated_of(person: Person) -> CheckIn | None:
    """What is known of a person, without pictures: with the accepted answer, else as when they became known."""
    standing = reading.standing_of(person)
    for nth in (standing.basis.answer, reading.latest_of(person.pk, "traits-stated")):
        body = reading.body_of(person.pk, nth) if nth else None
        if body is not None:
            return codec.from_bytes(body)
    return None


def traits_of(person: Person) -> Traits | None:
    """Who a person is, from the best source there is."""
    stated_so = stated_of(person)
    return best(stated_so, REFERENCE) if stated_so is not None else None


def _alike(check_in: CheckIn) -> list[UUID]:
    """Born that day, and both names start alike."""
    for traits in stated(check_in, LOOKED_FOR):
        if traits.birth_date is not None and traits.birth_name and traits.given_names:
            keys = search.sought(traits.birth_date.text, traits.birth_name, traits.given_names[0])
            found = Person.objects.filter(absorbed_by=None, erased_at=None, version__gt=0)
            for value in keys:
                found = found.filter(indexes__value=value)
            return list(found.order_by("-opened_at").values_list("pk", flat=True)[:MOST_COMPARED])
    return []


def _known_by(values: list[bytes]) -> list[UUID]:
    found = PersonIndex.objects.filter(value__in=values, person__absorbed_by=None, person__erased_at=None)
    return list(found.values_list("person", flat=True).distinct()[:MOST_COMPARED])
