"""Staff say whose visit it is: somebody known, or somebody new."""

from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from kiosk.console import audit
from kiosk.console.identities import comparing, deciding
from kiosk.console.identities.knowing import candidates_of
from kiosk.console.identities.reasons import NotAllowed, Stopped, refused
from kiosk.console.identities.refusing import in_words
from kiosk.console.models import Arrival, Need, Staff
from kiosk.console.records import vault
from kiosk.console.register import attaching as register
from kiosk.console.register import visits
from kiosk.console.register.known import is_sound
from kiosk.core.status.transitions import Actor, ActorKind


def say_known(key: UUID, staff: Staff, person: str, *, where: str = "") -> Arrival:
    """Staff say that this visit is a known person's."""
    with in_words(audit.Act.VISIT_ATTACHED, staff.username, key, where):
        arrival = deciding.in_hand(key, staff)
        check_in = visits.opened(arrival)
        by = Actor(ActorKind.STAFF, staff.username)
        for candidate in candidates_of(arrival, check_in):
            if str(candidate.person.pk) == person:
                register.attach(arrival, check_in, candidate.person, by, where=where)
                arrival.candidate = None  # the card's guess has no say beside staff's
                if is_sound(candidate.person):
                    arrival.need = Need.PRESENCE
                arrival.save(update_fields=["person", "candidate", "question", "insi_next_at", "need"])
                return arrival
        raise refused(Stopped.STALE)


def say_new(key: UUID, staff: Staff, *, where: str = "") -> Arrival:
    """Staff say that this is none of those who look alike; if it was attached to one, it is theirs no more."""
    with in_words(audit.Act.VISIT_DETACHED, staff.username, key, where):
        arrival = deciding.in_hand(key, staff)
        if arrival.person is not None:
            if register.was_decided(arrival):
                raise NotAllowed(_("Une décision a été prise avec cette visite : annulez-la d’abord."))
            register.detach(arrival, Actor(ActorKind.STAFF, staff.username), where=where)
        else:
            audit.record(audit.Act.SAID_NEW, who=staff.username, where=where, about=str(key))
        if arrival.candidate is not None and comparing.may_be_asked_again(vault.open_arrival(arrival)):
            arrival.insi_next_at = timezone.now()  # as long as there was a candidate nobody asked
        arrival.is_new, arrival.candidate = True, None
        seen = ("presence_at", "presence_by")
        arrival.save(update_fields=["person", "candidate", "question", "insi_next_at", "is_new", *seen])
        return arrival
