"""A visit and whose it is: what counts for it, and what a decision about it makes of the person.

Before anybody decided, a visit is nobody's: what its sources come to is a machine's word. The first decision opens the
person, or attaches the visit to one who is known.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from kiosk.console import audit
from kiosk.console.models import Arrival, AuditEntry, Person, Stage
from kiosk.console.records import notes, vault
from kiosk.console.register import bodies, prior, reading, writer
from kiosk.console.register.writer import Told
from kiosk.core.checkin import codec
from kiosk.core.checkin.value import CheckIn
from kiosk.core.identity.matricule import Mark, Matricule
from kiosk.core.sources.insi import InsAnswer, InsFound, InsNotFound, InsSeveral, InsUnreachable
from kiosk.core.status.permissions import Identity, IdentityStatus
from kiosk.core.status.person_events import (
    InsiAnswered,
    InsiAsked,
    InsReplaced,
    PersonEvent,
    TraitsStated,
    VisitAttached,
    VisitDetached,
)
from kiosk.core.status.standing import Answer, Standing
from kiosk.core.status.transitions import (
    Actor,
    ActorKind,
    AttributeRemoved,
    AttributeSet,
    ComplementaryTraitEdited,
    Created,
    EvidenceChecked,
    FirstNameChosen,
    InsiAccepted,
    InsiRejected,
    Refusal,
)

ASKED = "asked"  # nothing has answered yet
VOID = "void"  # why nothing answers: what did was set aside with a decision


@dataclass(frozen=True, slots=True)
class Step:
    """One event of a decision about a visit, before it is known whose it is."""

    event: PersonEvent
    body: bytes = b""


def standing_of(arrival: Arrival) -> Standing:
    """Where whose visit it is stands; nothing is established about somebody unknown."""
    known = arrival.known
    return reading.standing_of(known) if known is not None else Standing()


def identity_of(arrival: Arrival, check_in: CheckIn) -> Identity:
    """The identity as it stands: the person's; before that, the matricule that a machine took for theirs."""
    known = arrival.known
    if known is not None:
        return reading.standing_of(known).identity
    found = check_in.insi if isinstance(check_in.insi, InsFound) else None
    is_taken = arrival.reported == IdentityStatus.RETRIEVED.value
    if found is None or not is_taken or writer.held_elsewhere(None, found.matricule) is not None:
        return Identity()  # what another holds was taken for nobody
    return Identity(matricule=found.matricule)


def named(arrival: Arrival, matricule: Matricule) -> Matricule | Mark:
    """A matricule as the events about this visit's identity name it."""
    known = arrival.known
    return matricule if known is None else bodies.mark_of(known.pk, matricule)


def named_mark(arrival: Arrival, matricule: Matricule) -> Mark:
    """The mark of a matricule among the facts of whose visit it is. ValueError for somebody unknown."""
    known = arrival.known
    if known is None:
        raise ValueError("nobody is known yet")
    return bodies.mark_of(known.pk, matricule)


def opened(arrival: Arrival) -> CheckIn:
    """All that counts for this visit: what the kiosk sent, with the answer of INSi that counts for whose visit it is.

    That is the accepted one; else the last one that may still be accepted. What was set aside with a decision answers
    no more. CannotOpen, BadCheckIn, or ``reading.Tampered``.
    """
    check_in, known = vault.open_arrival(arrival), arrival.known
    if known is None:
        return check_in
    standing = reading.standing_of(known)
    nth = standing.basis.answer or (standing.latest_answer.nth if standing.latest_answer is not None else 0)
    answer = answer_of(known.pk, nth) if nth else None
    return replace(check_in, insi=answer) if answer is not None else _unanswered(arrival, check_in)


def _unanswered(arrival: Arrival, check_in: CheckIn) -> CheckIn:
    """Nothing that INSi said counts: it is being asked, or could not answer, or what it answered was set aside."""
    if arrival.insi_next_at is not None:
        return replace(check_in, insi=InsUnreachable(ASKED, check_in.insi.exchanges))
    if isinstance(check_in.insi, InsFound | InsNotFound | InsSeveral):
        return replace(check_in, insi=InsUnreachable(VOID, check_in.insi.exchanges))
    return check_in


def answer_of(person: UUID, nth: int) -> InsAnswer | None:
    """What INSi answered, by the person's fact; None when its body is erased."""
    body = reading.body_of(person, nth)
    return codec.from_bytes(body).insi if body is not None else None


def observed_of(arrival: Arrival) -> InsAnswer | None:
    """The last answer that came after the accepted one and says otherwise: nothing rests on it."""
    known = arrival.known
    if known is None:
        return None
    standing = reading.standing_of(known)
    taken, latest = standing.answer(standing.basis.answer), standing.latest_answer
    if taken is None or latest is None or latest.nth <= taken.nth:
        return None
    ours, theirs = answer_of(known.pk, taken.nth), answer_of(known.pk, latest.nth)
    return theirs if ours is not None and theirs is not None and says_otherwise(ours, theirs) else None


def says_otherwise(standing: InsAnswer, answer: InsAnswer) -> bool:
    """Another matricule, or other traits of this one."""
    if not isinstance(standing, InsFound) or not isinstance(answer, InsFound):
        return isinstance(answer, InsFound)
    ours, theirs = standing.matricule, answer.matricule
    is_same = (ours.number, ours.oid) == (theirs.number, theirs.oid) and standing.traits == answer.traits
    return not is_same


def why_not_hold(arrival: Arrival, matricule: Matricule) -> Refusal | None:
    """Why this matricule cannot become whose visit it is; looked at again, under lock, when it is written."""
    return writer.held_elsewhere(arrival.known, matricule)


def decided(
    arrival: Arrival,
    check_in: CheckIn,
    steps: Sequence[Step],
    staff: str,
    act: audit.Act,
    *,
    details: Mapping[str, audit.Detail],
    where: str = "",
    expected_version: int | None = None,
    indexes: frozenset[bytes] = frozenset(),
) -> Person:
    """Record a decision about a visit; whose it is becomes known with it. The caller saves the arrival.


    ``writer.Refused`` and ``writer.Conflict`` as the writer says.
    """
    by, known = Actor(ActorKind.STAFF, staff), arrival.known
    told: list[Told] = []
    if known is None:
        known = arrival.person = writer.open_person()
        told, standing = _opening(arrival, check_in, known), Standing()
        indexes |= prior.indexes_of(check_in)
    else:
        standing = reading.standing_of(known)
    for place, step in enumerate(steps):
        is_last = place == len(steps) - 1
        told.append(_told(known, standing, told, check_in, step, act if is_last else None, details if is_last else {}))
    return _recorded(
        arrival,
        known,
        told,
        by,
        expected_version=expected_version,
        where=where,
        is_decision=True,
        indexes=indexes,
    )


def latest_of(person: Person, *, held: bool = False) -> Arrival | None:
    """When they last came, of what is still kept; ``held`` until the transaction ends, before the person is."""
    mine = Arrival.objects.filter(person=person).exclude(stage=Stage.REMOVED)
    mine = mine.select_for_update(of=("self",)) if held else mine
    return mine.select_related("person__absorbed_by", "sealed").order_by("-arrived_at").first()


def decision_of(person: Person) -> int:
    """The fact that began the last decision about a person."""
    return reading.standing_of(person).basis.decision


def attach(arrival: Arrival, check_in: CheckIn, person: Person, by: Actor, *, where: str = "") -> None:
    """Say whose visit it is; what INSi answered for it is one answer more. The caller saves the arrival.

    What was asked before this person's identity was last taken back answers no more: to ask anew is a new question.
    """
    standing = reading.standing_of(person)
    counts = arrival.arrived_at >= reading.counts_since(
        person.pk, standing
    )  # INSi was asked after that, for all we know
    answer = _answer(person, check_in, 0) if counts else None
    told = [Told(VisitAttached(), audit.Act.VISIT_ATTACHED), *([answer] if answer is not None else [])]
    if standing.identity.is_barred:
        notes.withdraw_question(arrival)
    elif arrival.insi_next_at is not None:
        told.append(Told(InsiAsked(), audit.Act.INSI_REQUESTED))
    row = writer.record(person.pk, told, by, visit=arrival.pk, where=where, indexes=prior.indexes_of(check_in))
    arrival.person, arrival.question = row, row.version if isinstance(told[-1].event, InsiAsked) else 0


def _called_at(arrival: Arrival, answer: InsAnswer) -> datetime:
    """When INSi was last called for an answer that the worker brought; without its calls, when the visit came."""
    return datetime.fromisoformat(answer.exchanges[-1].started_at) if answer.exchanges else arrival.received_at


def detach(arrival: Arrival, by: Actor, *, where: str = "") -> None:
    """It was not theirs, or nobody has decided it any more. The caller saves the arrival."""
    if arrival.person is not None:
        told = [Told(VisitDetached(), audit.Act.VISIT_DETACHED)]
        writer.record(arrival.person.pk, told, by, visit=arrival.pk, where=where)
        arrival.person, arrival.question = None, 0


def was_decided(arrival: Arrival) -> bool:
    """A decision taken with this visit still stands: what it set aside would count again for somebody new."""
    whose = {arrival.person_id, arrival.known.pk} if arrival.known is not None else set()
    told = AuditEntry.objects.filter(about=str(arrival.pk), person__in=whose)
    taken = set(told.exclude(decision=0).values_list("person", "decision"))
    return bool(taken - set(told.filter(kind="undone").values_list("person", "cites")))


def is_asked(arrival: Arrival) -> bool:
    """An answer is awaited, and whose visit it is has not been doubted since."""
    return arrival.insi_next_at is not None and not standing_of(arrival).identity.is_barred


def ask(arrival: Arrival, by: Actor, *, where: str = "", number: int = 1) -> None:
    """Note that INSi is asked for this visit; its answer will cite it. The caller saves the arrival."""
    known = arrival.known
    if known is None:
        audit.record(audit.Act.INSI_REQUESTED, who=by.name, where=where, about=str(arrival.pk), number=number)
        return
    told = [Told(InsiAsked(), audit.Act.INSI_REQUESTED, {"number": number})]
    arrival.question = _recorded(arrival, known, told, by, where=where).version


def answered(arrival: Arrival, check_in: CheckIn, answer: InsAnswer, by: Actor) -> None:
    """Note what INSi answered about a known person: an observation, and nothing more.

    Where it was asked about a record that leads to another one since, or for nobody's question, it is an answer about
    who is known now only if nothing was taken back after the call.
    """
    known = arrival.known
    if known is None:
        return
    question, arrival.question = arrival.question, 0
    standing = reading.standing_of(known)
    if arrival.person_id != known.pk or question not in dict(standing.questions):
        if _called_at(arrival, answer) < reading.counts_since(known.pk, standing):
            return
        question = 0
    told = _answer(known, replace(check_in, insi=answer), question)
    if told is not None:
        _recorded(arrival, known, [told], by, indexes=prior.indexes_of(replace(check_in, insi=answer)))


def verified(arrival: Arrival, check_in: CheckIn, answer: InsAnswer, by: Actor) -> None:
    """Note what INSi answered when what a known person holds was verified: a question of its own, and its answer."""
    known = arrival.known
    told = _answer(known, replace(check_in, insi=answer), -1) if known is not None else None
    if known is not None and told is not None:
        asked = Told(InsiAsked(), audit.Act.INSI_REQUESTED)
        _recorded(arrival, known, [asked, told], by, indexes=prior.indexes_of(replace(check_in, insi=answer)))


def _recorded(
    arrival: Arrival,
    known: Person,
    told: Sequence[Told],
    by: Actor,
    *,
    expected_version: int | None = None,
    where: str = "",
    is_decision: bool = False,
    indexes: frozenset[bytes] = frozenset(),
) -> Person:
    """Record about whose visit it is; the arrival at hand sees them as they stand then."""
    row = writer.record(
        known.pk,
        told,
        by,
        expected_version=expected_version,
        visit=arrival.pk,
        where=where,
        is_decision=is_decision,
        indexes=indexes,
    )
    if arrival.person_id == row.pk:
        arrival.person = row
    else:
        arrival.person = Person.objects.select_related("absorbed_by").get(visits=arrival)
    return row


def complete(
    arrival: Arrival,
    said: Mapping[str, Mapping[str, str]],
    by: Actor,
    details: Mapping[str, audit.Detail],
    *,
    where: str = "",
) -> None:
    """Note complementary traits about whose visit it is, as they stand from now on."""
    known = arrival.known
    if known is not None:
        told = Told(ComplementaryTraitEdited(), audit.Act.COMPLETED, details, body=complementary(said))
        _recorded(arrival, known, [told], by, where=where)


def _opening(arrival: Arrival, check_in: CheckIn, person: Person) -> list[Told]:
    """What makes somebody a person: this visit, what its sources state, INSi's answer, and what a machine took."""
    told = [
        Told(Created(), audit.Act.PERSON_OPENED),
        Told(VisitAttached(), audit.Act.VISIT_ATTACHED),
        Told(TraitsStated(), audit.Act.TRAITS_STATED, body=_written(check_in)),
    ]
    answer = _answer(person, check_in, 0)
    if answer is not None:
        told.append(answer)
    found = check_in.insi
    is_taken = arrival.reported == IdentityStatus.RETRIEVED.value and isinstance(found, InsFound)
    if is_taken and isinstance(found, InsFound) and writer.held_elsewhere(person, found.matricule) is None:
        taken = InsiAccepted(bodies.mark_of(person.pk, found.matricule), traits_agree=True, is_usable=True)
        kiosk = Actor(ActorKind.KIOSK, arrival.terminal_id)
        told.append(Told(taken, audit.Act.ANSWER_TAKEN, cites=-1, matricule=found.matricule, by=kiosk))
    written = notes.opened(arrival).get("complementary")
    if written:
        told.append(Told(ComplementaryTraitEdited(), audit.Act.COMPLETED, body=complementary(written)))
    if arrival.insi_next_at is not None:
        told.append(Told(InsiAsked(), audit.Act.INSI_REQUESTED, by=Actor(ActorKind.WORKER, "worker")))
        arrival.question = len(told)
    return told


def _answer(person: Person, check_in: CheckIn, question: int) -> Told | None:
    """INSi's answer as a fact; None where it has not answered."""
    answer = check_in.insi
    if not isinstance(answer, InsFound | InsNotFound | InsSeveral):
        return None
    matricule = answer.matricule if isinstance(answer, InsFound) and answer.matricule.is_complete else None
    mark = bodies.mark_of(person.pk, matricule) if matricule is not None else None
    return Told(
        InsiAnswered(mark),
        audit.Act.INSI_ANSWERED,
        body=_written(check_in),
        cites=question,
        matricule=matricule,
    )


def _told(
    person: Person,
    standing: Standing,
    before: Sequence[Told],
    check_in: CheckIn,
    step: Step,
    act: audit.Act | None,
    details: Mapping[str, audit.Detail],
) -> Told:
    """A step as it is written: a matricule by its mark, an acceptance with the answer it saw."""
    event, cites, matricule = step.event, 0, None
    if isinstance(event, InsiAccepted | InsReplaced) and isinstance(check_in.insi, InsFound):
        matricule = check_in.insi.matricule
        event = replace(event, matricule=bodies.mark_of(person.pk, matricule))
        cites = _cited(standing, before, event.matricule)
    return Told(event, act or _ACTS[type(event)], details, body=step.body, cites=cites, matricule=matricule)


def _cited(standing: Standing, before: Sequence[Told], mark: object) -> int:
    """The fact of the answer that is accepted: told just now, or the last one that says the same."""
    for place, told in enumerate(before):
        if isinstance(told.event, InsiAnswered) and told.event.mark == mark:
            return standing.version + place + 1
    shown = standing.answer(standing.basis.answer) or standing.latest_answer  # what ``opened`` gave staff to read
    if shown is not None and shown.mark == mark:
        return shown.nth
    same: list[Answer] = [one for one in standing.answers if one.mark == mark and one.epoch == standing.basis.epoch]
    return same[-1].nth if same else 0


def complementary(said: Mapping[str, Mapping[str, str]]) -> bytes:
    """Complementary traits as a fact says them."""
    return json.dumps({"complementary": said}).encode()


def read_complementary(body: bytes) -> dict[str, dict[str, str]]:
    """Read them again."""
    said: dict[str, dict[str, str]] = json.loads(body)["complementary"]
    return said


def _written(check_in: CheckIn) -> bytes:
    """What a fact says: the check-in without its pictures."""
    return codec.to_bytes(replace(check_in, pictures=()))


_ACTS = {
    InsiAccepted: audit.Act.ANSWER_TAKEN,
    InsReplaced: audit.Act.INS_REPLACED,
    InsiRejected: audit.Act.INS_REFUSED,
    EvidenceChecked: audit.Act.EVIDENCE_SEEN,
    FirstNameChosen: audit.Act.FIRST_NAME,
    AttributeSet: audit.Act.DOUBTED,
    AttributeRemoved: audit.Act.CLEARED,
}
