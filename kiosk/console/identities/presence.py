"""Somebody known and qualified has come: staff look at the person, and one key says that it is them, or is not."""

import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from kiosk.console import audit
from kiosk.console.identities import attaching, comparing, deciding, knowing, pieces, saying, undoing
from kiosk.console.identities.reasons import NotAllowed, Stopped, refused
from kiosk.console.identities.refusing import in_words
from kiosk.console.models import Arrival, Person, Staff, Stage
from kiosk.console.records import vault
from kiosk.console.register import presence, visits
from kiosk.core.checkin.value import CheckIn
from kiosk.core.status.accompanying import SaidBy
from kiosk.core.status.transitions import Actor, ActorKind


@dataclass(frozen=True, slots=True)
class Expected:
    """Who is expected to stand there: when they were qualified, and by whom; nothing of who they are."""

    person: Person
    qualified_at: datetime | None
    qualified_by: str
    evidence: str  # the document seen then
    times: int  # they came before
    latest: Arrival | None  # the visit before, with its pictures
    is_candidate: bool  # by the card alone: the visit is nobody's until staff have looked


def laid(arrival: Arrival, check_in: CheckIn) -> tuple[CheckIn, Expected | None]:
    """What a page shows of a visit: beside the card, what the person expected was qualified with; and whom it expects.

    One key confirms them; nobody where the document shown says otherwise: then it is looked at as ever, without them.
    """
    person = presence.expected(arrival)
    if person is None:
        return check_in, None
    beside = presence.beside(check_in, person)
    return (check_in, None) if comparing.compared(beside).blocks else (beside, _expected(arrival, person))


def _expected(arrival: Arrival, person: Person) -> Expected:
    before = Arrival.objects.filter(person=person).exclude(pk=arrival.pk).exclude(stage=Stage.REMOVED)
    return Expected(
        person=person,
        qualified_at=person.decided_at,
        qualified_by=person.decided_by,
        evidence=pieces.label_of(person.evidence, person.seen_with),
        times=visits.times_come(person, arrival),
        latest=before.order_by("-received_at").first(),
        is_candidate=arrival.person is None,
    )


def confirm(key: UUID, staff: Staff, version: int, said_by: SaidBy | None = None, *, where: str = "") -> Arrival:
    """It is them: said of the visit, which is done with it; the identity stays what it was. NotAllowed names a rule.

    ``said_by``: of a minor, which adult said the identity.
    """
    with in_words(audit.Act.PRESENCE_CHECKED, staff.username, key, where):
        arrival = deciding.in_hand(key, staff)
        check_in = visits.opened(arrival)
        expected = laid(arrival, check_in)[1]
        if expected is None:
            raise refused(Stopped.STALE)
        is_minor = saying.is_of_a_minor(arrival, check_in)
        body = saying.body(said_by) if is_minor else {}
        if is_minor and not body:
            raise NotAllowed(_("Pour un mineur, dites qui l’accompagne et a énoncé son identité."))
        before: undoing.Before = {
            **undoing.before_of(arrival),
            "presence": "candidate" if expected.is_candidate else "visit",
        }
        by = Actor(ActorKind.STAFF, staff.username)
        said = json.dumps(body).encode() if body else b""
        presence.checked(arrival, check_in, expected.person, by, expected_version=version, body=said, where=where)
        arrival.presence_at, arrival.presence_by = timezone.now(), staff
        deciding.keep(arrival, staff, Stage.DONE, "", before)
        return arrival


def deny(key: UUID, staff: Staff, *, where: str = "") -> Arrival:
    """It is not them: the visit is nobody's again, and INSi is asked as for anybody whom nobody knows."""
    with in_words(audit.Act.VISIT_DETACHED, staff.username, key, where):
        arrival = deciding.in_hand(key, staff)
        check_in = vault.open_arrival(arrival)
        if arrival.candidate is None:
            arrival = attaching.say_new(key, staff, where=where)
            arrival.need = comparing.need_of(check_in)
            arrival.save(update_fields=["need"])
            return arrival
        denied, arrival.candidate, arrival.need = arrival.candidate, None, comparing.need_of(check_in)
        if comparing.may_be_asked_again(check_in):
            arrival.insi_next_at = timezone.now()
        # where nobody else looks alike, staff have said so already
        arrival.is_new = {one.person for one in knowing.candidates_of(arrival, check_in)} <= {denied}
        arrival.save(update_fields=["candidate", "need", "insi_next_at", "is_new"])
        audit.record(audit.Act.SAID_NEW, who=staff.username, where=where, about=str(key))
        return arrival
