"""What a decision about a visit makes of the person: they are opened with the first one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from kiosk.console import audit
from kiosk.console.models import Arrival, Person
from kiosk.console.records import notes
from kiosk.console.register import answers, bodies, complements, prior, visits, writer
from kiosk.console.register.writer import Told
from kiosk.core.checkin.value import CheckIn
from kiosk.core.identity.matricule import Mark, Matricule
from kiosk.core.sources.insi import InsFound
from kiosk.core.status.permissions import Identity
from kiosk.core.status.person_events import (
    ApcvAttested,
    InsiAnswered,
    InsiAsked,
    InsReplaced,
    PersonEvent,
    TraitsStated,
    VisitAttached,
)
from kiosk.core.status.standing import Answer, Standing
from kiosk.core.status.transitions import (
    Actor,
    ActorKind,
    ApcvRead,
    AttributeRemoved,
    AttributeSet,
    Created,
    EvidenceChecked,
    FirstNameChosen,
    InsiAccepted,
    InsiRejected,
)


@dataclass(frozen=True, slots=True)
class Step:
    """One event of a decision about a visit, before it is known whose it is."""

    event: PersonEvent
    body: bytes = b""


def written_down(
    arrival: Arrival,
    check_in: CheckIn,
    steps: Sequence[Step],
    staff: str,
    act: audit.Act,
    *,
    details: Mapping[str, audit.Detail],
    stood: Identity,
    where: str = "",
    expected_version: int | None = None,
    indexes: frozenset[bytes] = frozenset(),
) -> Callable[[], Person]:
    """A decision about a visit, ready to be recorded: to call what is given here records it, and says about whom.

    Whose it is becomes known with it; the caller saves the arrival. ``stood``: the identity before it; of somebody whom
    nobody knows yet it may hold what a machine took for theirs. ``writer.Refused`` and ``writer.Conflict``, here or
    then, as the writer says.
    """
    by, known, standing = Actor(ActorKind.STAFF, staff), arrival.known, visits.standing_of(arrival)
    if known is not None:
        if expected_version not in {None, standing.version}:  # a page of before, or of nobody's making
            raise writer.Conflict
        told = _told(known, standing, [], check_in, steps, act, details)
        return partial(
            visits.recorded,
            *(arrival, known, told, by),
            expected_version=standing.version,  # what the steps cite
            where=where,
            is_decision=True,
            indexes=indexes,
        )
    if expected_version:
        raise writer.Conflict
    somebody = writer.newcomer()
    opening = _opening(arrival, check_in, somebody.row, stood.matricule)
    told = _told(somebody.row, standing, opening, check_in, steps, act, details)
    indexes |= prior.indexes_of(check_in)
    written = writer.write_down(somebody, told, by, visit=arrival.pk, where=where, is_decision=True, indexes=indexes)
    return partial(_opened, arrival, written, _question(opening))


def _opened(arrival: Arrival, written: writer.Written, question: int) -> Person:
    arrival.person = writer.open_person(written)
    arrival.question = question or arrival.question
    return arrival.person


def _question(opening: Sequence[Told]) -> int:
    """The fact by which INSi is being asked; 0 where nobody awaits its answer."""
    return len(opening) if isinstance(opening[-1].event, InsiAsked) else 0


def _opening(arrival: Arrival, check_in: CheckIn, person: Person, taken: Matricule | Mark | None) -> list[Told]:
    """What makes somebody a person: this visit, what its sources state, INSi's answer, and what a machine took."""
    told = [
        Told(Created(), audit.Act.PERSON_OPENED),
        Told(VisitAttached(), audit.Act.VISIT_ATTACHED),
        Told(TraitsStated(), audit.Act.TRAITS_STATED, body=answers.written(check_in)),
    ]
    answer = answers.as_fact(person, check_in)
    if answer is not None:
        told.append(answer)
    if isinstance(taken, Matricule):
        event = InsiAccepted(bodies.mark_of(person.pk, taken), traits_agree=True, is_usable=True)
        kiosk = Actor(ActorKind.KIOSK, audit.A_KIOSK)
        told.append(Told(event, audit.Act.ANSWER_TAKEN, cites=-1, matricule=taken, by=kiosk))
    written = notes.opened(arrival).get("complementary")
    if written:
        told.append(complements.as_fact(written))
    if arrival.insi_next_at is not None:
        told.append(Told(InsiAsked(), audit.Act.INSI_REQUESTED, by=Actor(ActorKind.WORKER, "worker")))
    return told


def _told(
    person: Person,
    standing: Standing,
    before: Sequence[Told],
    check_in: CheckIn,
    steps: Sequence[Step],
    act: audit.Act,
    details: Mapping[str, audit.Detail],
) -> list[Told]:
    """All that is told: what comes before, and the steps, the last of which is the act that staff did."""
    told = list(before)
    for place, step in enumerate(steps):
        is_last = place == len(steps) - 1
        of_step = Told(step.event, act, details) if is_last else Told(step.event, _ACTS[type(step.event)])
        told.append(_as_written(person, standing, told, check_in, replace(of_step, body=step.body)))
    return told


def _as_written(
    person: Person,
    standing: Standing,
    before: Sequence[Told],
    check_in: CheckIn,
    step: Told,
) -> Told:
    """A step as it is written: a matricule by its mark, an acceptance with the answer it saw."""
    if not isinstance(step.event, InsiAccepted | InsReplaced | ApcvRead) or not isinstance(check_in.insi, InsFound):
        return step
    matricule = check_in.insi.matricule
    mark = bodies.mark_of(person.pk, matricule)
    cites = _cited(standing, before, mark, is_attested=check_in.insi.is_attested)
    return replace(step, event=replace(step.event, matricule=mark), cites=cites, matricule=matricule)


def _cited(standing: Standing, before: Sequence[Told], mark: object, *, is_attested: bool) -> int:
    """The fact of the answer that is accepted: told just now, or the last one that says the same."""
    for place, told in enumerate(before):
        if isinstance(told.event, InsiAnswered | ApcvAttested) and told.event.mark == mark:
            return standing.version + place + 1
    shown = standing.answer(standing.basis.answer) or standing.latest_answer  # what ``opened`` gave staff to read
    if shown is not None and (shown.mark, shown.is_attested) == (mark, is_attested):
        return shown.nth
    mine = [one for one in standing.answers if one.epoch == standing.basis.epoch]
    same: list[Answer] = [one for one in mine if (one.mark, one.is_attested) == (mark, is_attested)]
    return same[-1].nth if same else 0


_ACTS = {
    ApcvRead: audit.Act.APPLI_READ,
    InsiAccepted: audit.Act.ANSWER_TAKEN,
    InsReplaced: audit.Act.INS_REPLACED,
    InsiRejected: audit.Act.INS_REFUSED,
    EvidenceChecked: audit.Act.EVIDENCE_SEEN,
    FirstNameChosen: audit.Act.FIRST_NAME,
    AttributeSet: audit.Act.DOUBTED,
    AttributeRemoved: audit.Act.CLEARED,
}
