"""The one person whom the console makes itself, of whom the others of a bench are copies."""

from django.utils import timezone

from kiosk.console.arrivals import queue
from kiosk.console.identities import attaching, deciding, presence
from kiosk.console.identities.choices import Action, Choice
from kiosk.console.identities.seeing import seen_in
from kiosk.console.models import Arrival, Person, Staff
from kiosk.core.checkin.value import CheckIn
from kiosk.core.identity.traits import Sex
from kiosk.core.status.accompanying import SaidBy
from tests.console.arrivals import arrive
from tests.console.staff import READ
from tests.people import Person as Fictitious

VISITS = 3
# Words that stand nowhere else in what is kept: each copy has others in their place.
MODEL = Fictitious(
    "copied a million times", "QAWXQUZ", ("YQUWAXZ",), Sex.FEMALE, "1911-10-13", "63220", "2111063990001"
)


def qualify(check_in: CheckIn, staff: Staff) -> Arrival:
    """Called and qualified, the plain case."""
    queue.take(check_in.key, staff)
    return deciding.decide(check_in.key, staff, choice_for(check_in))


def choice_for(check_in: CheckIn) -> Choice:
    """What staff say of the plain case."""
    given = check_in.mrz.traits.given_names[0]
    return Choice(Action.QUALIFY, evidence="CN", first_given_name=given, said_by=SaidBy.PERSON, seen=seen_in([READ]))


def make_model() -> tuple[Person, list[Arrival]]:
    """Qualified at the first visit, known at the two others: presence checked."""
    staff = Staff.objects.get_or_create(username="stored", defaults={"password": "!", "role": "host"})[0]
    came = [arrive(MODEL, pictures=()) for _ in range(VISITS)]
    person = qualify(came[0], staff).person
    assert person is not None
    for check_in in came[1:]:
        queue.take(check_in.key, staff)
        attaching.say_known(check_in.key, staff, str(person.pk))
        presence.confirm(check_in.key, staff, Person.objects.get(pk=person.pk).version)
    Person.objects.filter(pk=person.pk).update(likened_at=timezone.now())
    visits = Arrival.objects.select_related("sealed").filter(person=person).order_by("arrived_at")
    return Person.objects.get(pk=person.pk), list(visits)
