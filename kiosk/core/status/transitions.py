"""How an identity changes: the transitions T1 to T12 as one pure function, each with its audit fact (ins-rules 2.2).

A change that the rules exclude changes nothing and is an audit fact too, with its refusal.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from kiosk.core.confidential import Confidential
from kiosk.core.identity.matricule import Mark, Matricule
from kiosk.core.status.evidence import EvidenceType
from kiosk.core.status.permissions import BARRING, MAY_STAND_TOGETHER, Attribute, Identity, IdentityStatus

APCV = "AV"  # evidence code of the application carte Vitale


class ActorKind(StrEnum):
    """Who acts: only a member of staff decides (RNIV1; ins-rules 4 and 6)."""

    STAFF = "staff"
    KIOSK = "kiosk"
    WORKER = "worker"  # background work: INSi asked again, verification


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it: a member of staff's account, a kiosk's name, a worker's."""

    kind: ActorKind
    name: str


@dataclass(frozen=True, slots=True)
class Created:
    """A record was opened by a kiosk, by staff or by a flow (T1)."""


@dataclass(frozen=True, slots=True, repr=False)
class InsiAccepted(Confidential):
    """INSi answered 00 and its traits were accepted as this person's (T2, T5).

    ``traits_agree``: nothing blocks in the comparison with the local identity and with the evidence already checked.
    ``is_usable``: nothing forbids the answer itself, and what is odd in it was confirmed (``acceptance.permits``).
    """

    matricule: Matricule | Mark
    traits_agree: bool
    is_usable: bool


@dataclass(frozen=True, slots=True)
class InsiRejected:
    """Staff rejects what INSi returned: a blocking difference (ins-rules 4). The matricule goes."""


@dataclass(frozen=True, slots=True)
class EvidenceChecked:
    """Staff held the evidence, saw the person and compared (T3, T4)."""

    evidence: EvidenceType
    traits_agree: bool  # no blocking difference between the evidence and the identity
    on: str = ""  # the day, ISO 8601, where the structure is
    companion_code: str = ""  # of the document seen with it (RNIV1 §3.3.3)


@dataclass(frozen=True, slots=True, repr=False)
class ApcvRead(Confidential):
    """The application carte Vitale was read, of the holder or a dependant (T6, RNIV1 §4.3.4)."""

    matricule: Matricule | Mark
    is_this_person: bool  # matched to the right local record
    on: str = ""  # the day, ISO 8601, where the structure is


@dataclass(frozen=True, slots=True)
class AttributeSet:
    """Homonym, doubtful or fictitious was set (T7)."""

    attribute: Attribute


@dataclass(frozen=True, slots=True)
class AttributeRemoved:
    """An attribute was removed (T8)."""

    attribute: Attribute


@dataclass(frozen=True, slots=True)
class StrictTraitEdited:
    """A trait of the INS was edited: name, given names, date, sex or place (T9, T10)."""


@dataclass(frozen=True, slots=True)
class VerificationFailed:
    """INSi says that this matricule with these traits is not confirmed (T11)."""


@dataclass(frozen=True, slots=True)
class FirstNameChosen:
    """The first given name was chosen (T12): ``is_coherent`` by GI3 EXI ID 10."""

    is_coherent: bool


@dataclass(frozen=True, slots=True)
class ComplementaryTraitEdited:
    """A trait that is not the INS's was edited: name in use, address, telephone (T12)."""


Event = (
    Created
    | InsiAccepted
    | InsiRejected
    | EvidenceChecked
    | ApcvRead
    | AttributeSet
    | AttributeRemoved
    | StrictTraitEdited
    | VerificationFailed
    | FirstNameChosen
    | ComplementaryTraitEdited
)


class Refusal(StrEnum):
    """Why a change was not made."""

    BARRED = "barred"  # doubtful or fictitious: nothing but removing that (GI3 EXI ID 26)
    ONLY_STAFF = "only-staff"  # a kiosk or a worker decides nothing
    TRAITS_DISAGREE = "traits-disagree"  # a blocking difference (ins-rules 4)
    ANSWER_UNUSABLE = "answer-unusable"  # something forbids it, or what is odd was not confirmed (property 23)
    EVIDENCE_TOO_WEAK = "evidence-too-weak"  # not of high confidence (RNIV1 §3.3.2)
    COMPANION_MISSING = "companion-missing"  # it does not stand alone (RNIV1 §3.3.3)
    OTHER_MATRICULE = "other-matricule"  # one is kept: reject it first (ins-rules 3.4)
    EXCLUSIVE = "exclusive"  # attributes that may not stand together (GI3 EXI ID 24)
    MATRICULE_INCOMPLETE = "matricule-incomplete"  # a number without its OID, or the reverse (ins-rules 1.1)
    NO_MATRICULE = "no-matricule"  # nothing to verify, nothing to reject
    NOT_COHERENT = "not-coherent"  # the first given name does not open the list (GI3 EXI ID 10)
    WITHOUT_CHANGE = "without-change"  # the attribute was there, or was not
    ABSORBED = "absorbed"  # its record leads to another one: un-merge first (identity-register, property 12)
    ESTABLISHED = "established"  # something is obtained or checked: edit instead
    ANSWER_VOID = "answer-void"  # asked before something that made it worthless: ask anew (property 4)
    ANOTHER_ANSWER = "another-answer"  # not the one that was cited
    NO_QUESTION = "no-question"  # an answer to nothing that was asked
    NOT_QUALIFIED = "not-qualified"  # presence is checked of a qualified identity only
    KEEP_THE_OTHER = "keep-the-other"  # the record with the matricule is the one that is kept
    NOTHING_TO_UNDO = "nothing-to-undo"
    NOT_YOURS = "not-yours"  # who decided undoes
    TOO_LATE = "too-late"  # the same day
    HELD_BY_ANOTHER = "held-by-another"  # another person holds this matricule (property 2)
    ERASED = "erased"  # nothing is ever said of this person again (property 19)
    BARRED_ELSEWHERE = "barred-elsewhere"  # it was taken from somebody doubtful or fictitious (property 5)


@dataclass(frozen=True, slots=True)
class AuditFact:
    """What the audit trail keeps of a change (traçabilité): who, when, what, from what to what; no trait."""

    rule: str  # "T4"
    event: str
    by: Actor
    at: datetime  # aware
    before: IdentityStatus
    after: IdentityStatus
    evidence: str = ""  # code
    matricule_dropped: bool = False
    evidence_dropped: bool = False
    needs_staff: bool = False  # a task for staff follows
    refusal: Refusal | None = None


def apply(identity: Identity, event: Event, by: Actor, at: datetime) -> tuple[Identity, AuditFact]:
    """Say what an event makes of an identity and the fact to write down; a refused event changes nothing."""
    rule, after = _next(identity, event, by)
    refusal = after if isinstance(after, Refusal) else None
    changed = identity if isinstance(after, Refusal) else after
    return changed, AuditFact(
        rule=rule,
        event=type(event).__name__,
        by=by,
        at=at,
        before=identity.status,
        after=changed.status,
        evidence=changed.evidence,
        matricule_dropped=identity.is_obtained and not changed.is_obtained,
        evidence_dropped=identity.is_checked and not changed.is_checked,
        needs_staff=refusal in _FOR_STAFF or (isinstance(event, VerificationFailed) and refusal is None),
        refusal=refusal,
    )


_FOR_STAFF = {
    Refusal.MATRICULE_INCOMPLETE,
    Refusal.ANSWER_UNUSABLE,
    Refusal.TRAITS_DISAGREE,
    Refusal.OTHER_MATRICULE,
    Refusal.NOT_COHERENT,
}


def _next(identity: Identity, event: Event, by: Actor) -> tuple[str, Identity | Refusal]:
    match event:
        case Created():
            return "T1", identity
        case InsiAccepted():
            return "T5" if identity.is_checked else "T2", _insi_accepted(identity, event, by)
        case InsiRejected():
            return "S4", _insi_rejected(identity, by)
        case EvidenceChecked():
            return "T4" if identity.is_obtained else "T3", _evidence_checked(identity, event, by)
        case ApcvRead():
            return "T6", _apcv_read(identity, event, by)
        case AttributeSet():
            return "T7", _attribute_set(identity, event.attribute, by)
        case AttributeRemoved():
            return "T8", _attribute_removed(identity, event.attribute, by)
        case StrictTraitEdited():
            return "T9" if identity.is_obtained else "T10", _strict_trait_edited(identity, by)
        case VerificationFailed():
            return "T11", _without_number(identity) if identity.is_obtained else Refusal.NO_MATRICULE
        case FirstNameChosen():
            return "T12", identity if event.is_coherent else Refusal.NOT_COHERENT
        case ComplementaryTraitEdited():
            return "T12", identity


def _insi_accepted(identity: Identity, event: InsiAccepted, by: Actor) -> Identity | Refusal:
    """T2, T5: the traits must agree; that they agree with the evidence already checked (T5) is for staff to say."""
    if identity.is_barred:
        return Refusal.BARRED
    if identity.is_checked and by.kind is not ActorKind.STAFF:
        return Refusal.ONLY_STAFF
    if not event.traits_agree:
        return Refusal.TRAITS_DISAGREE
    if not event.matricule.is_complete:
        return Refusal.MATRICULE_INCOMPLETE
    if not event.is_usable:
        return Refusal.ANSWER_UNUSABLE
    if _has_another(identity, event.matricule):
        return Refusal.OTHER_MATRICULE
    return replace(identity, matricule=event.matricule)


def _has_another(identity: Identity, matricule: Matricule | Mark) -> bool:
    """A matricule is never silently replaced by another: it is first rejected, or not confirmed (ins-rules 3.4)."""
    held = identity.matricule
    return held is not None and (held.number, held.oid) != (matricule.number, matricule.oid)


def _insi_rejected(identity: Identity, by: Actor) -> Identity | Refusal:
    if by.kind is not ActorKind.STAFF:
        return Refusal.ONLY_STAFF
    if not identity.is_obtained:
        return Refusal.NO_MATRICULE
    return _without_number(identity)


def _without_number(identity: Identity) -> Identity:
    """The evidence stands, unless it was the very appli carte Vitale that brought the number: both go (T6)."""
    return replace(identity, matricule=None, evidence="" if identity.evidence == APCV else identity.evidence)


def _evidence_checked(identity: Identity, event: EvidenceChecked, by: Actor) -> Identity | Refusal:
    """T3, T4: a member of staff, high confidence, and agreement with what INSi returned if it did."""
    if by.kind is not ActorKind.STAFF:
        return Refusal.ONLY_STAFF
    if identity.is_barred:
        return Refusal.BARRED
    if not event.evidence.may_validate or not event.evidence.code:
        return Refusal.EVIDENCE_TOO_WEAK
    if not event.evidence.is_complete_with(event.companion_code):
        return Refusal.COMPANION_MISSING
    if not event.traits_agree:
        return Refusal.TRAITS_DISAGREE
    return replace(identity, evidence=event.evidence.code)


def _apcv_read(identity: Identity, event: ApcvRead, by: Actor) -> Identity | Refusal:
    """T6: at a desk only; whether it holds at an unattended kiosk is an open question, so it does not."""
    if by.kind is not ActorKind.STAFF:
        return Refusal.ONLY_STAFF
    if identity.is_barred:
        return Refusal.BARRED
    if not event.is_this_person:
        return Refusal.TRAITS_DISAGREE
    if not event.matricule.is_complete:
        return Refusal.MATRICULE_INCOMPLETE
    if _has_another(identity, event.matricule):
        return Refusal.OTHER_MATRICULE
    return replace(identity, matricule=event.matricule, evidence=identity.evidence or APCV)


def _attribute_set(identity: Identity, attribute: Attribute, by: Actor) -> Identity | Refusal:
    """T7: doubtful and fictitious make an identity provisional and take both facts away; homonym only warns."""
    if by.kind is not ActorKind.STAFF and attribute is not Attribute.HOMONYM:
        return Refusal.ONLY_STAFF
    if attribute in identity.attributes:
        return Refusal.WITHOUT_CHANGE
    together = identity.attributes | {attribute}
    if len(together) > 1 and together != MAY_STAND_TOGETHER:
        return Refusal.EXCLUSIVE
    if attribute in BARRING:
        return Identity(attributes=together)
    return replace(identity, attributes=together)


def _attribute_removed(identity: Identity, attribute: Attribute, by: Actor) -> Identity | Refusal:
    """T8: what was dropped does not come back; both steps are done again."""
    if by.kind is not ActorKind.STAFF:
        return Refusal.ONLY_STAFF
    if attribute not in identity.attributes:
        return Refusal.WITHOUT_CHANGE
    return replace(identity, attributes=identity.attributes - {attribute})


def _strict_trait_edited(identity: Identity, by: Actor) -> Identity | Refusal:
    """T9, T10, safe reading: an edited trait was neither obtained nor checked, so both facts go."""
    if by.kind is not ActorKind.STAFF:
        return Refusal.ONLY_STAFF
    return replace(identity, matricule=None, evidence="")
