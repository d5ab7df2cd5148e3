"""Where one person's identity stands: the fold of their facts, by one pure function (identity-register).

``apply`` says what one fact makes of a standing, or why it may not be; nothing else does. What INSi answered before a
barring, a rejection, an edit or a failed verification belongs to an earlier *epoch*: it is kept, and accepted never
again. To ask anew is a new question.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from kiosk.core.confidential import Confidential
from kiosk.core.identity.matricule import Mark
from kiosk.core.status import transitions
from kiosk.core.status.permissions import BARRING, Identity, IdentityRefused, IdentityStatus
from kiosk.core.status.person_events import (
    Erased,
    InsiAnswered,
    InsiAsked,
    InsReplaced,
    Merged,
    Migrated,
    PairProposed,
    PersonEvent,
    PresenceChecked,
    SetApart,
    TraitsStated,
    Undone,
    Unmerged,
    Verified,
    VisitAttached,
    VisitDetached,
)
from kiosk.core.status.transitions import (
    Actor,
    ActorKind,
    AttributeSet,
    EvidenceChecked,
    InsiAccepted,
    InsiRejected,
    Refusal,
    StrictTraitEdited,
    VerificationFailed,
)

UNDO_FOR = timedelta(hours=12)
MOST_ANSWERS = 200  # of one epoch, and open questions: a person is not asked about more often


@dataclass(frozen=True, slots=True, repr=False)
class Answer(Confidential):
    """What is remembered of an answer: the matricule's mark, and in which epoch its question was asked."""

    nth: int
    mark: Mark | None
    epoch: int


@dataclass(frozen=True, slots=True, repr=False)
class Basis(Confidential):
    """What a decision rests on and changes: an undo restores all of it."""

    identity: Identity = field(default_factory=Identity)
    answer: int = 0  # the fact of the accepted answer; 0 without
    evidence_at: int = 0  # the fact that checked the evidence
    evidence_on: str = ""  # its day, ISO 8601
    companion_code: str = ""  # of the document seen with it
    compared: int = 0  # the answer with which the evidence was compared
    epoch: int = 0  # the last fact that made earlier answers worthless
    traits: int = 0  # the fact that last stated the five traits
    verified_at: str = ""  # INSi last confirmed it, ISO 8601
    decided_at: str = ""  # somebody last decided, ISO 8601: retention sees it
    decided_by: str = ""
    decision: int = 0  # the first fact of that decision


@dataclass(frozen=True, slots=True, repr=False)
class Standing(Confidential):
    """Everything about one person that facts have established so far."""

    version: int = 0  # facts so far
    basis: Basis = field(default_factory=Basis)
    before: Basis | None = None  # what the last decision changed; None when there is nothing to undo
    answers: tuple[Answer, ...] = ()  # the latest, whatever their epoch
    questions: tuple[tuple[int, int], ...] = ()  # open ones: the fact, and its epoch
    absorbed_by: str = ""

    @property
    def identity(self) -> Identity:
        return self.basis.identity

    @property
    def status(self) -> IdentityStatus:
        return self.basis.identity.status

    @property
    def held(self) -> Mark | None:
        """The mark of the matricule held."""
        mark = self.basis.identity.matricule
        return mark if isinstance(mark, Mark) else None

    @property
    def latest_answer(self) -> Answer | None:
        """The last answer that may still be accepted; what was found is not lost because other criteria find nobody."""
        mine = [one for one in self.answers if one.epoch == self.basis.epoch]
        found = [one for one in mine if one.mark is not None]
        return next(reversed(found or mine), None)

    def answer(self, nth: int) -> Answer | None:
        return next((one for one in self.answers if one.nth == nth), None)

    @property
    def is_compared(self) -> bool:
        """Evidence and accepted answer were laid side by side, and both still stand."""
        return self.basis.answer > 0 and self.basis.compared == self.basis.answer


@dataclass(frozen=True, slots=True)
class Fact:
    """One event with its place among the person's facts."""

    nth: int
    event: PersonEvent
    by: Actor
    at: datetime  # aware
    cites: int = 0  # the fact it answers, accepts, rejects or undoes
    decision: int = 0  # the first fact of the decision this one belongs to; 0 for what nobody decided


@dataclass(frozen=True, slots=True, repr=False)
class Applied(Confidential):
    """What a fact makes of a standing; refused, it makes nothing of it."""

    standing: Standing
    rule: str
    before: IdentityStatus
    after: IdentityStatus
    refusal: Refusal | None = None


def apply(standing: Standing, fact: Fact) -> Applied:
    """Say what one fact makes of a standing, or why it may not be: then nothing changes."""
    rule, after = _next(standing, fact)
    if isinstance(after, Refusal):
        return Applied(standing, rule, standing.status, standing.status, after)
    decided = _as_decided(standing, after, fact)
    return Applied(replace(decided, version=fact.nth), rule, standing.status, decided.status)


def fold(facts: Iterable[Fact]) -> Standing:
    """Give the standing that a person's facts come to, oldest first. ValueError for a fact that could not have been."""
    standing = Standing()
    for fact in facts:
        if fact.nth != standing.version + 1:
            raise ValueError("a fact is missing")
        applied = apply(standing, fact)
        if applied.refusal is not None:
            raise ValueError(f"a fact that is excluded: {applied.refusal.value}")
        standing = applied.standing
    return standing


def _as_decided(before: Standing, after: Standing, fact: Fact) -> Standing:
    """Note who decided, and keep what the decision changed from its first fact on."""
    if isinstance(fact.event, Undone):
        return after
    if not fact.decision:
        return replace(after, before=_beside(before.before, before.basis, after.basis))
    basis = replace(after.basis, decided_at=fact.at.isoformat(), decided_by=fact.by.name, decision=fact.decision)
    is_first = fact.decision == fact.nth
    return replace(after, basis=basis, before=before.basis if is_first else after.before)


def _beside(kept: Basis | None, was: Basis, now: Basis) -> Basis | None:
    """What an undo restores, with what came since and is no part of the decision: an attribute, a day, stated traits.

    None where that cannot stand beside it: then there is nothing to undo.
    """
    if kept is None or was == now:
        return kept
    added, removed = (
        now.identity.attributes - was.identity.attributes,
        was.identity.attributes - now.identity.attributes,
    )
    try:
        identity = replace(kept.identity, attributes=(kept.identity.attributes | added) - removed)
    except IdentityRefused:
        return None
    is_same_answer = kept.answer == now.answer and was.verified_at != now.verified_at
    return replace(
        kept,
        identity=identity,
        traits=now.traits if was.traits != now.traits else kept.traits,
        epoch=now.epoch if was.epoch != now.epoch else kept.epoch,
        verified_at=now.verified_at if is_same_answer else kept.verified_at,
    )


def _next(standing: Standing, fact: Fact) -> tuple[str, Standing | Refusal]:
    event = fact.event
    if standing.absorbed_by and not isinstance(event, Unmerged | Erased):
        return _rule(event), Refusal.ABSORBED
    match event:
        case InsiAccepted():
            return _accepted(standing, fact, event)
        case EvidenceChecked():
            return _evidence(standing, fact, event)
        case InsReplaced():
            return "S8", _replaced(standing, fact, event)
        case TraitsStated():
            is_free = not standing.identity.is_obtained and not standing.identity.is_checked
            return "S1", _with(standing, traits=fact.nth) if is_free else Refusal.ESTABLISHED
        case VisitDetached():
            return "S1", _with(standing, epoch=fact.nth)  # what INSi answered for it was not about this person
        case VisitAttached() | PairProposed() | SetApart() | Erased():
            return _rule(event), standing
        case PresenceChecked():
            return "S2", _present(standing, fact.by)
        case InsiAsked():
            return "S3", _asked(standing, fact)
        case InsiAnswered():
            return "S5", _answered(standing, fact, event)
        case Verified():
            return "S6", _verified(standing, fact)
        case Merged():
            return "S7", _merged(standing, fact, event)
        case Unmerged():
            return "S7", _unmerged(standing, fact.by)
        case Undone():
            return "S9", _undone(standing, fact)
        case Migrated():
            return "S10", _migrated(standing, fact, event)
    return _transition(standing, fact, event)


def _rule(event: PersonEvent) -> str:
    return {Erased: "S11", PairProposed: "S7", SetApart: "S7"}.get(type(event), "S1")


def _with(standing: Standing, **changes: Any) -> Standing:
    return replace(standing, basis=replace(standing.basis, **changes))


def _transition(standing: Standing, fact: Fact, event: transitions.Event) -> tuple[str, Standing | Refusal]:
    """T1 to T12 on the identity; what they take away takes its basis along, and earlier answers with it."""
    if isinstance(event, VerificationFailed) and fact.by.kind is not ActorKind.STAFF:
        return "T11", Refusal.ONLY_STAFF  # a worker asks and tells; staff decides
    identity, audit = transitions.apply(standing.identity, event, fact.by, fact.at)
    if audit.refusal is not None:
        return audit.rule, audit.refusal
    after = _with(standing, identity=identity)
    if audit.matricule_dropped:
        after = _with(after, answer=0, compared=0, verified_at="")
    if audit.evidence_dropped:
        after = _with(after, evidence_at=0, evidence_on="", companion_code="", compared=0)
    if _closes(event):
        after = _with(after, epoch=fact.nth)
    if isinstance(event, StrictTraitEdited):
        after = _with(after, traits=fact.nth)
    return audit.rule, after


def _closes(event: transitions.Event) -> bool:
    """From here on no earlier answer counts (ins-rules 2.2: both steps are done again)."""
    is_bar = isinstance(event, AttributeSet) and event.attribute in BARRING
    return is_bar or isinstance(event, InsiRejected | StrictTraitEdited | VerificationFailed)


def _accepted(standing: Standing, fact: Fact, event: InsiAccepted) -> tuple[str, Standing | Refusal]:
    """T2, T5: an answer of this epoch, the very one cited, with the traits as they were when it was asked."""
    identity, audit = transitions.apply(standing.identity, event, fact.by, fact.at)
    if audit.refusal is not None:
        return audit.rule, audit.refusal
    refusal = _stale(standing, fact.cites, event.matricule)
    if refusal is not None:
        return audit.rule, refusal
    compared = fact.cites if standing.identity.is_checked else 0
    return audit.rule, _with(standing, identity=identity, answer=fact.cites, compared=compared)


def _stale(standing: Standing, cites: int, matricule: object) -> Refusal | None:
    answer = standing.answer(cites)
    if answer is None or answer.epoch != standing.basis.epoch:
        return Refusal.ANSWER_VOID
    return None if answer.mark == matricule else Refusal.ANOTHER_ANSWER


def _evidence(standing: Standing, fact: Fact, event: EvidenceChecked) -> tuple[str, Standing | Refusal]:
    """T3, T4: with the answer that stands, which staff compared with the evidence."""
    identity, audit = transitions.apply(standing.identity, event, fact.by, fact.at)
    if audit.refusal is not None:
        return audit.rule, audit.refusal
    return audit.rule, _with(
        standing,
        identity=identity,
        evidence_at=fact.nth,
        evidence_on=event.on,
        companion_code=event.companion_code,
        compared=standing.basis.answer,
    )


def _replaced(standing: Standing, fact: Fact, event: InsReplaced) -> Standing | Refusal:
    if fact.by.kind is not ActorKind.STAFF:
        return Refusal.ONLY_STAFF
    if standing.held is None:
        return Refusal.NO_MATRICULE
    if standing.held == event.matricule:
        return Refusal.WITHOUT_CHANGE
    if not event.traits_agree:
        return Refusal.TRAITS_DISAGREE
    if not event.is_usable:
        return Refusal.ANSWER_UNUSABLE
    refusal = _stale(standing, fact.cites, event.matricule)
    if refusal is not None:
        return refusal
    identity = replace(standing.identity, matricule=event.matricule)
    compared = fact.cites if standing.identity.is_checked else 0
    return _with(standing, identity=identity, answer=fact.cites, compared=compared, verified_at="")


def _present(standing: Standing, by: Actor) -> Standing | Refusal:
    if by.kind is not ActorKind.STAFF:
        return Refusal.ONLY_STAFF
    return standing if standing.status is IdentityStatus.QUALIFIED else Refusal.NOT_QUALIFIED


def _asked(standing: Standing, fact: Fact) -> Standing | Refusal:
    if standing.identity.is_barred:
        return Refusal.BARRED
    questions = (*standing.questions, (fact.nth, standing.basis.epoch))[-MOST_ANSWERS:]
    return replace(standing, questions=questions)


def _answered(standing: Standing, fact: Fact, event: InsiAnswered) -> Standing | Refusal:
    """Kept, whatever it says; it counts only where nothing closed the epoch of its question meanwhile."""
    epochs = dict(standing.questions)
    if fact.cites and fact.cites not in epochs:
        return Refusal.NO_QUESTION
    epoch = epochs.get(fact.cites, standing.basis.epoch)
    answers = (*standing.answers, Answer(fact.nth, event.mark, epoch))[-MOST_ANSWERS:]
    left = tuple(one for one in standing.questions if one[0] != fact.cites)
    return replace(standing, answers=answers, questions=left)


def _verified(standing: Standing, fact: Fact) -> Standing | Refusal:
    if not standing.identity.is_obtained:
        return Refusal.NO_MATRICULE
    return _with(standing, verified_at=fact.at.isoformat())


def _merged(standing: Standing, fact: Fact, event: Merged) -> Standing | Refusal:
    """Two matricules, or a barred side, are two people until staff has said otherwise by other acts."""
    if fact.by.kind is not ActorKind.STAFF:
        return Refusal.ONLY_STAFF
    if event.into.is_absorbed:
        return Refusal.ABSORBED
    if standing.identity.is_barred or event.into.is_barred:
        return Refusal.BARRED
    if standing.held is not None:
        return Refusal.OTHER_MATRICULE if event.into.mark is not None else Refusal.KEEP_THE_OTHER
    return replace(standing, absorbed_by=event.into.key)


def _unmerged(standing: Standing, by: Actor) -> Standing | Refusal:
    if by.kind is not ActorKind.STAFF:
        return Refusal.ONLY_STAFF
    return replace(standing, absorbed_by="") if standing.absorbed_by else Refusal.WITHOUT_CHANGE


def _undone(standing: Standing, fact: Fact) -> Standing | Refusal:
    """Everything as before the decision; but what a doubt took away does not come back: both steps are done again."""
    if fact.by.kind is not ActorKind.STAFF:
        return Refusal.ONLY_STAFF
    basis = standing.basis
    if standing.before is None or not basis.decision or fact.cites != basis.decision:
        return Refusal.NOTHING_TO_UNDO
    if basis.decided_by != fact.by.name:
        return Refusal.NOT_YOURS
    if not timedelta(0) <= fact.at - datetime.fromisoformat(basis.decided_at) < UNDO_FOR:
        return Refusal.TOO_LATE
    restored = standing.before
    if standing.identity.is_barred and not restored.identity.is_barred:
        restored = replace(
            Basis(identity=Identity(attributes=restored.identity.attributes)),
            epoch=basis.epoch,
            traits=restored.traits,
            decided_at=restored.decided_at,
            decided_by=restored.decided_by,
            decision=restored.decision,
        )
    return replace(standing, basis=restored, before=None)


def _migrated(standing: Standing, fact: Fact, event: Migrated) -> Standing | Refusal:
    """The first state of an identity that an earlier version decided; its answer is the fact cited."""
    if standing.basis != Basis(traits=standing.basis.traits):
        return Refusal.ESTABLISHED
    if event.identity.is_obtained and event.voids_answers:
        return Refusal.ANSWER_VOID
    if event.identity.is_obtained:
        refusal = _stale(standing, fact.cites, event.identity.matricule)
        if refusal is not None:
            return refusal
    answer = fact.cites if event.identity.is_obtained else 0
    after = _with(
        standing,
        identity=event.identity,
        answer=answer,
        evidence_at=fact.nth if event.identity.is_checked else 0,
        evidence_on=event.evidence_on,
        companion_code=event.companion_code,
        compared=answer if event.identity.is_checked else 0,
        verified_at=event.verified_at,
        decided_at=fact.at.isoformat() if event.is_decided else "",
        decided_by=fact.by.name if event.is_decided else "",
    )
    if event.identity.is_barred or event.voids_answers:
        return _with(after, epoch=fact.nth)
    return after
