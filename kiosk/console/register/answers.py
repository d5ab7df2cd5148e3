"""Questions to INSi and their answers, as facts of whose visit it is: observations, and nothing more.

An answer becomes a fact in one way, whatever brought it: with the check-in, by the worker, by a verification, with a
visit that is attached.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from kiosk.console import audit
from kiosk.console.models import Arrival, Person
from kiosk.console.register import bodies, prior, reading, visits
from kiosk.console.register.writer import Told
from kiosk.core.checkin import codec
from kiosk.core.checkin.value import CheckIn
from kiosk.core.sources.insi import InsAnswer, InsFound, InsNotFound, InsSeveral
from kiosk.core.status.person_events import ApcvAttested, InsiAnswered, InsiAsked
from kiosk.core.status.transitions import Actor


def as_fact(person: Person, check_in: CheckIn, question: int = 0) -> Told | None:
    """INSi's answer as a fact that cites its question, or an appli carte Vitale's; None where nothing has answered."""
    answer = check_in.insi
    if not isinstance(answer, InsFound | InsNotFound | InsSeveral):
        return None
    matricule = answer.matricule if isinstance(answer, InsFound) and answer.matricule.is_complete else None
    mark = bodies.mark_of(person.pk, matricule) if matricule is not None else None
    if isinstance(answer, InsFound) and answer.is_attested:
        return Told(ApcvAttested(mark), audit.Act.APPLI_ATTESTED, body=written(check_in), matricule=matricule)
    return Told(
        InsiAnswered(mark),
        audit.Act.INSI_ANSWERED,
        body=written(check_in),
        cites=question,
        matricule=matricule,
    )


def written(check_in: CheckIn) -> bytes:
    """What a fact says: the check-in without its pictures."""
    return codec.to_bytes(replace(check_in, pictures=()))


def is_asked(arrival: Arrival) -> bool:
    """An answer is awaited, and whose visit it is has not been doubted since."""
    return arrival.insi_next_at is not None and not visits.standing_of(arrival).identity.is_barred


def ask(arrival: Arrival, by: Actor, *, where: str = "", number: int = 1, **more: audit.Detail) -> None:
    """Note that INSi is asked for this visit; its answer will cite it. The caller saves the arrival."""
    known = arrival.known
    if known is None:
        audit.record(audit.Act.INSI_REQUESTED, who=by.name, where=where, about=str(arrival.pk), number=number, **more)
        return
    told = [Told(InsiAsked(), audit.Act.INSI_REQUESTED, {"number": number, **more})]
    arrival.question = visits.recorded(arrival, known, told, by, where=where).version


def answered(arrival: Arrival, check_in: CheckIn, answer: InsAnswer, by: Actor) -> None:
    """Note what INSi answered about a known person.

    Where it was asked about a record that leads to another one since, or for nobody's question, it is an answer about
    who is known now only if nothing was taken back after the call.
    """
    known = arrival.known
    if known is None:
        return
    question, arrival.question = arrival.question, 0
    standing = visits.standing_of(arrival)
    if arrival.person_id != known.pk or question not in dict(standing.questions):
        if _called_at(arrival, answer) < reading.counts_since(known.pk, standing):
            return
        question = 0
    _observe(arrival, known, replace(check_in, insi=answer), question, by)


def verified(arrival: Arrival, check_in: CheckIn, answer: InsAnswer, by: Actor) -> None:
    """Note what INSi answered when what a known person holds was verified: a question of its own, and its answer."""
    if arrival.known is not None:
        asked = Told(InsiAsked(), audit.Act.INSI_REQUESTED)
        _observe(arrival, arrival.known, replace(check_in, insi=answer), -1, by, after=[asked])


def _observe(
    arrival: Arrival, known: Person, later: CheckIn, question: int, by: Actor, *, after: Sequence[Told] = ()
) -> None:
    told = as_fact(known, later, question)
    if told is not None:
        visits.recorded(arrival, known, [*after, told], by, indexes=prior.indexes_of(later))


def _called_at(arrival: Arrival, answer: InsAnswer) -> datetime:
    """When INSi was last called for an answer that the worker brought; without its calls, when the visit came."""
    return datetime.fromisoformat(answer.exchanges[-1].started_at) if answer.exchanges else arrival.received_at
