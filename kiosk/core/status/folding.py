"""What one fact makes of a person's standing, or why it may not be: one pure function, and nothing else, says it.

Each event has its rule: those of INSi's answers stand in ``status.answers``, what a decision changes and its undoing in
``status.undoing``, erasing in ``status.erasing``, those of the identity alone in ``status.transitions``.
"""

from collections.abc import Iterable
from dataclasses import replace

from kiosk.core.status import answers, erasing, transitions, undoing
from kiosk.core.status.permissions import BARRING, IdentityStatus
from kiosk.core.status.person_events import (
    ApcvAttested,
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
from kiosk.core.status.standing import Applied, Fact, Standing
from kiosk.core.status.transitions import (
    Actor,
    ActorKind,
    ApcvRead,
    AttributeSet,
    EvidenceChecked,
    InsiAccepted,
    InsiRejected,
    Refusal,
    StrictTraitEdited,
    VerificationFailed,
)


def apply(standing: Standing, fact: Fact) -> Applied:
    """Say what one fact makes of a standing, or why it may not be: then nothing changes."""
    rule, after = _next(standing, fact)
    if isinstance(after, Refusal):
        return Applied(standing, rule, standing.status, standing.status, after)
    decided = undoing.as_decided(standing, after, fact)
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


def _next(standing: Standing, fact: Fact) -> tuple[str, Standing | Refusal]:
    event = fact.event
    if standing.erased_at:
        return _rule(event), Refusal.ERASED
    if standing.absorbed_by and not isinstance(event, Unmerged | Erased):
        return _rule(event), Refusal.ABSORBED
    match event:
        case InsiAccepted():
            return answers.accepted(standing, fact, event)
        case EvidenceChecked():
            return answers.checked(standing, fact, event)
        case ApcvRead():
            return answers.by_apcv(standing, fact, event)
        case InsReplaced():
            return "S8", answers.replaced(standing, fact, event)
        case TraitsStated():
            is_free = not standing.identity.is_obtained and not standing.identity.is_checked
            return "S1", standing.with_basis(traits=fact.nth) if is_free else Refusal.ESTABLISHED
        case VisitDetached():
            return "S1", standing.with_basis(epoch=fact.nth)  # what INSi answered for it was not about this person
        case VisitAttached() | PairProposed() | SetApart():
            return _rule(event), standing
        case Erased():
            return _rule(event), erasing.erased(standing, fact, event)
        case PresenceChecked():
            return "S2", _present(standing, fact.by)
        case InsiAsked():
            return "S3", answers.asked(standing, fact)
        case InsiAnswered() | ApcvAttested():
            return "S5", answers.answered(standing, fact, event)
        case Verified():
            return "S6", answers.verified(standing, fact)
        case Merged():
            return "S7", _merged(standing, fact, event)
        case Unmerged():
            return "S7", _unmerged(standing, fact.by)
        case Undone():
            return "S9", undoing.undone(standing, fact)
        case Migrated():
            return "S10", answers.migrated(standing, fact, event)
    return _transition(standing, fact, event)


def _rule(event: PersonEvent) -> str:
    return {Erased: "S11", PairProposed: "S7", SetApart: "S7"}.get(type(event), "S1")


def _transition(standing: Standing, fact: Fact, event: transitions.Event) -> tuple[str, Standing | Refusal]:
    """T1 to T12 on the identity; what they take away takes its basis along, and earlier answers with it."""
    if isinstance(event, VerificationFailed) and fact.by.kind is not ActorKind.STAFF:
        return "T11", Refusal.ONLY_STAFF  # a worker asks and tells; staff decides
    identity, audit = transitions.apply(standing.identity, event, fact.by, fact.at)
    if audit.refusal is not None:
        return audit.rule, audit.refusal
    after = standing.with_basis(identity=identity)
    if audit.matricule_dropped:
        after = after.with_basis(answer=0, compared=0, verified_at="")
    if audit.evidence_dropped:
        after = after.with_basis(evidence_at=0, evidence_on="", companion_code="", compared=0)
    if _closes(event):
        after = after.with_basis(epoch=fact.nth)
    if isinstance(event, StrictTraitEdited):
        after = after.with_basis(traits=fact.nth)
    return audit.rule, after


def _closes(event: transitions.Event) -> bool:
    """From here on no earlier answer counts (ins-rules 2.2: both steps are done again)."""
    is_bar = isinstance(event, AttributeSet) and event.attribute in BARRING
    return is_bar or isinstance(event, InsiRejected | StrictTraitEdited | VerificationFailed)


def _present(standing: Standing, by: Actor) -> Standing | Refusal:
    if by.kind is not ActorKind.STAFF:
        return Refusal.ONLY_STAFF
    return standing if standing.status is IdentityStatus.QUALIFIED else Refusal.NOT_QUALIFIED


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
