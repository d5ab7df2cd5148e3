"""Who was qualified stands at the desk: a fact of the person, said of one visit, by staff alone (PresenceChecked)."""

from dataclasses import replace

from kiosk.console import audit
from kiosk.console.models import Arrival, Person
from kiosk.console.records import search
from kiosk.console.register import known, reading, visits, writer
from kiosk.console.register.writer import Told
from kiosk.core.checkin.value import CheckIn
from kiosk.core.status.person_events import PresenceChecked, VisitAttached
from kiosk.core.status.transitions import Actor


def expected(arrival: Arrival) -> Person | None:
    """Whom staff expect to see, known and qualified, as long as nobody has looked or decided; None otherwise.

    That is whose visit it is, or the candidate of the short path, who is looked for again: what made one of them may
    be gone since.
    """
    if arrival.presence_at is not None or arrival.decided_at is not None:
        return None
    person = arrival.known or arrival.candidate
    if person is None or not known.is_sound(person):
        return None
    return person


def beside(check_in: CheckIn, person: Person) -> CheckIn:
    """The visit's own sources beside what the person was qualified with, which INSi answered then."""
    nth = reading.as_read(person).basis.answer
    answer = visits.answer_of(person.pk, nth) if nth else None
    return replace(check_in, insi=answer) if answer is not None else check_in


def checked(
    arrival: Arrival,
    check_in: CheckIn,
    person: Person,
    by: Actor,
    *,
    expected_version: int,
    body: bytes = b"",
    where: str = "",
) -> None:
    """Record that it is them; a candidate's visit is theirs from now on. The caller saves the arrival.

    ``body``: who said their identity, where they are a minor; sealed.
    """
    told = Told(PresenceChecked(), audit.Act.PRESENCE_CHECKED, body=body)
    if arrival.person is not None:
        visits.recorded(arrival, person, [told], by, expected_version=expected_version, where=where)
        return
    attached, indexes = Told(VisitAttached(), audit.Act.VISIT_ATTACHED), frozenset(search.indexes_of(check_in))
    arrival.person = writer.record(
        person.pk,
        [attached, told],
        by,
        visit=arrival.pk,
        where=where,
        expected_version=expected_version,
        indexes=indexes,
    )
    arrival.candidate = None
