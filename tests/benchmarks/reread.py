"""What a bulk loader wrote, read again as ``register check`` reads it: some persons, with their facts and visits."""

from uuid import UUID, uuid4

from kiosk.console import audit, chain
from kiosk.console.models import Arrival, Person, PersonIndex
from kiosk.console.records import indexes, search
from kiosk.console.register import checks, prior, visits


def sample(many: int) -> str:
    """What is not as it would have been written by the console; empty when all is."""
    start = str(uuid4()).replace("-", "")
    trouble = [found.name for found in checks.persons(start, many * checks.FACTS_EACH).found]
    number = audit.last_number()
    first = max(1, number - 2000)
    trouble += [found.name for found in checks.facts(str(first), 2000).found]
    walked = audit.walk(chain.Walked(first, audit.chained_at(first) or b""), number)
    trouble += [f"trail:{one.reason}" for one in walked.broken]
    for row in Person.objects.filter(pk__gt=UUID(start)).order_by("pk")[:many]:
        trouble += [f"visit:{one.pk}" for one in Arrival.objects.filter(person=row) if not _is_as_taken_in(one)]
    return " ".join(trouble)


def _is_as_taken_in(visit: Arrival) -> bool:
    check_in = visits.opened(visit)
    assert visit.person is not None
    of_visit = set(indexes.of([visit.pk])[visit.pk])
    of_person = {bytes(one) for one in PersonIndex.objects.filter(person=visit.person).values_list("value", flat=True)}
    is_found = visit.person.pk in [one.person.pk for one in prior.candidates(check_in)]
    is_indexed = of_visit == search.indexes_of(check_in) and prior.indexes_of(check_in) <= of_person
    return is_indexed and is_found and check_in.key == str(visit.pk)
