"""What a member of staff decides about one identity, carried out in one transaction with its line in the audit trail.

Which change is permitted is never decided here: ``kiosk.core.status.transitions`` says it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kiosk.console import audit
from kiosk.console.arrivals.queue import IN_WORK, locked
from kiosk.console.identities import comparing
from kiosk.console.identities.reasons import REFUSALS, NotAllowed, WhyAside, WhyDown
from kiosk.console.models import Arrival, Staff, Stage
from kiosk.console.records import notes, vault
from kiosk.core.checkin.value import CheckIn
from kiosk.core.identity.names import NameRefused, is_coherent_first_name
from kiosk.core.sources.insi import InsFound
from kiosk.core.status.evidence import EvidenceType
from kiosk.core.status.permissions import Attribute, Identity, IdentityStatus
from kiosk.core.status.transitions import (
    Actor,
    ActorKind,
    AttributeRemoved,
    AttributeSet,
    AuditFact,
    Event,
    EvidenceChecked,
    FirstNameChosen,
    InsiAccepted,
    InsiRejected,
    StrictTraitEdited,
    apply,
)

UNDO_FOR = timedelta(hours=12)


class Action(StrEnum):
    """What staff may do with an identity in front of them; the order is the page's."""

    QUALIFY = "qualify"  # qualifier
    VALIDATE = "validate"  # valider sans INS
    ACCEPT_INS = "accept-ins"  # accepter l'INS sans pièce: récupérée
    REFUSE_INS = "refuse-ins"  # refuser l'INS
    DOUBT = "doubt"  # douteux
    FICTITIOUS = "fictitious"  # fictif
    HOMONYM = "homonym"  # homonyme
    CLEAR = "clear"  # lever douteux, fictif ou homonyme: both steps are done again (T8)


@dataclass(frozen=True, slots=True)
class Offer:
    """An action as the page shows it: possible, or forbidden with its rule."""

    name: str
    label: str
    is_allowed: bool
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """What the form says."""

    action: Action
    evidence: str = ""
    first_given_name: str = ""
    accepts_tolerated: bool = False
    was_said: bool = False  # the person said name, given names, date and place of birth unprompted


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What staff established with the person and the original before them: without it, evidence agrees with nothing."""

    was_said: bool  # the person said who they are, unprompted
    is_compared: bool  # nothing was left to the eye, or staff compared each trait with the original

    @property
    def agrees(self) -> bool:
        return self.was_said and self.is_compared


ON_PAPER = Confirmed(was_said=True, is_compared=True)  # what a page offers: as if staff had done both


def identity_of(arrival: Arrival, check_in: CheckIn) -> Identity:
    """The identity as it stands: I and C from the arrival's status, the matricule from INSi's answer."""
    obtained = arrival.status in {IdentityStatus.RETRIEVED.value, IdentityStatus.QUALIFIED.value}
    matricule = check_in.insi.matricule if obtained and isinstance(check_in.insi, InsFound) else None
    attributes = frozenset(Attribute(word) for word in arrival.attributes.split() if word)
    return Identity(matricule=matricule, evidence=arrival.evidence, attributes=attributes)


def offers(arrival: Arrival, check_in: CheckIn, side_by_side: comparing.Compared) -> dict[Action, Offer]:
    """Every action, tried on paper: what is forbidden says why."""
    evidence = next(kind for kind in comparing.EVIDENCE.types if kind.may_validate)
    labels = {
        Action.QUALIFY: _("Qualifier l’identité"),
        Action.VALIDATE: _("Valider sans INS"),
        Action.ACCEPT_INS: _("Accepter l’INS") if arrival.evidence else _("Accepter l’INS sans pièce"),
        Action.REFUSE_INS: _("Refuser l’INS"),
        Action.DOUBT: _("Identité douteuse"),
        Action.FICTITIOUS: _("Identité fictive"),
        Action.HOMONYM: _("Homonyme"),
        Action.CLEAR: _("Lever l’attribut"),
    }
    answer: dict[Action, Offer] = {}
    for action, label in labels.items():
        try:
            _tried(action, arrival, check_in, side_by_side, evidence, ON_PAPER, _nobody())
        except NotAllowed as rule:
            answer[action] = Offer(action.value, label, False, str(rule))
        else:
            answer[action] = Offer(action.value, label, True)
    return answer


def decide(key: UUID, staff: Staff, choice: Choice, *, where: str = "") -> Arrival:
    """Carry out one decision. NotAllowed names the rule; nothing is changed then."""
    with transaction.atomic():
        arrival = in_hand(key, staff)
        check_in = vault.open_arrival(arrival)
        side_by_side = comparing.compared(check_in)
        evidence = _chosen_evidence(choice, check_in)
        confirmed = _confirmed(choice, check_in, side_by_side)
        if choice.action in {Action.QUALIFY, Action.VALIDATE}:
            _check_confirmed(choice, confirmed, check_in)
        actor = Actor(ActorKind.STAFF, staff.username)
        identity, facts = _tried(choice.action, arrival, check_in, side_by_side, evidence, confirmed, actor)
        if choice.first_given_name:
            notes.keep(arrival, first_given_name=choice.first_given_name)
        keep(arrival, identity, staff, _stage_after(choice.action, side_by_side))
        audit.record(
            _ACTS[choice.action],
            who=staff.username,
            where=where,
            about=str(key),
            before=facts[0].before.value,
            after=facts[-1].after.value,
            rules="+".join(fact.rule for fact in facts),
            evidence=identity.evidence,
            tolerated=choice.accepts_tolerated,
            said=choice.was_said,
        )
        return arrival


def set_aside(key: UUID, staff: Staff, reason: WhyAside, *, where: str = "") -> Arrival:
    """Leave an identity to the identity-vigilance unit; its status does not change."""
    with transaction.atomic():
        arrival = in_hand(key, staff)
        identity = identity_of(arrival, vault.open_arrival(arrival))
        keep(arrival, identity, staff, Stage.SET_ASIDE, reason.value)
        audit.record(
            audit.Act.SET_ASIDE,
            who=staff.username,
            where=where,
            about=str(key),
            reason=reason.value,
            status=arrival.status,
        )
        return arrival


def undo(key: UUID, staff: Staff, *, where: str = "") -> Arrival:
    """Take one's last decision back: the identity stands as before it, in the hands of who decided."""
    with transaction.atomic():
        arrival = locked(key)
        if not may_undo(arrival, staff, timezone.now()):
            raise NotAllowed(_("Seule la personne qui a décidé peut annuler, le jour même."))
        before, lost = arrival.before, arrival.status
        arrival.status, arrival.evidence = before["status"], before["evidence"]
        arrival.attributes, arrival.stage = before["attributes"], Stage.CALLED
        arrival.assigned_to, arrival.decided_by, arrival.decided_at = staff, None, None
        arrival.assigned_at = timezone.now()
        arrival.evidence_on, arrival.reason, arrival.before = None, "", {}
        arrival.save()
        audit.record(
            audit.Act.UNDONE, who=staff.username, where=where, about=str(key), before=lost, after=arrival.status
        )
        return arrival


def may_undo(arrival: Arrival, staff: Staff, now: datetime) -> bool:
    if arrival.stage not in {Stage.DONE, Stage.SET_ASIDE} or arrival.decided_at is None or not arrival.before:
        return False
    return arrival.decided_by_id == staff.pk and now - arrival.decided_at < UNDO_FOR


def is_in_hand(arrival: Arrival, staff: Staff) -> bool:
    """This member of staff called or holds this patient."""
    return arrival.stage in {Stage.CALLED, Stage.HELD} and arrival.assigned_to_id == staff.pk


def in_hand(key: UUID, staff: Staff) -> Arrival:
    """This patient, called or held by this member of staff, locked. NotAllowed otherwise."""
    arrival = locked(key)
    if arrival.stage not in IN_WORK or not is_in_hand(arrival, staff):
        raise NotAllowed(_("Ce dossier n’est pas ouvert à votre nom : prenez d’abord ce patient."))
    return arrival


def _chosen_evidence(choice: Choice, check_in: CheckIn) -> EvidenceType | None:
    if choice.action not in {Action.QUALIFY, Action.VALIDATE}:
        return None
    offered = comparing.evidence_offered(check_in, timezone.localdate())
    evidence = next((kind for kind in offered if kind.code == choice.evidence), None)
    if evidence is None:
        raise NotAllowed(_("Choisissez la pièce que vous tenez en main."))
    return evidence


def _confirmed(choice: Choice, check_in: CheckIn, side_by_side: comparing.Compared) -> Confirmed:
    is_for_the_eye = side_by_side.asks_confirmation or comparing.is_compared_by_hand(check_in)
    return Confirmed(choice.was_said, choice.accepts_tolerated or not is_for_the_eye)


def _check_confirmed(choice: Choice, confirmed: Confirmed, check_in: CheckIn) -> None:
    """Say what is missing before the core refuses it without knowing why."""
    if not confirmed.was_said:
        raise NotAllowed(_("Faites dire au patient son identité : nom, prénoms, date et lieu de naissance."))
    if not confirmed.is_compared:
        raise NotAllowed(_("Confirmez que vous avez comparé les traits avec l’original."))
    listed = comparing.listed_given_names(check_in, with_ins=choice.action is Action.QUALIFY)
    try:
        is_coherent = not listed or is_coherent_first_name(choice.first_given_name, listed)
    except NameRefused:
        is_coherent = False
    _identity, fact = apply(Identity(), FirstNameChosen(is_coherent), _nobody(), timezone.now())
    if fact.refusal is not None:
        raise NotAllowed(_(REFUSALS[fact.refusal]))


def _tried(
    action: Action,
    arrival: Arrival,
    check_in: CheckIn,
    side_by_side: comparing.Compared,
    evidence: EvidenceType | None,
    confirmed: Confirmed,
    actor: Actor,
) -> tuple[Identity, list[AuditFact]]:
    """Apply an action's events one after the other; the first refusal refuses all."""
    identity, facts = identity_of(arrival, check_in), []
    for event in _events(action, identity, check_in, side_by_side, evidence, confirmed):
        identity, fact = apply(identity, event, actor, timezone.now())
        if fact.refusal is not None:
            raise NotAllowed(_(REFUSALS[fact.refusal]))
        facts.append(fact)
    return identity, facts


def _events(
    action: Action,
    identity: Identity,
    check_in: CheckIn,
    side_by_side: comparing.Compared,
    evidence: EvidenceType | None,
    confirmed: Confirmed,
) -> list[Event]:
    found = check_in.insi if isinstance(check_in.insi, InsFound) else None
    agrees = not side_by_side.blocks
    match action:
        case Action.QUALIFY:
            if found is None:
                raise NotAllowed(_("Qualifier demande une réponse du service national : validez sans INS."))
            if evidence is None:
                raise NotAllowed(_("Choisissez la pièce que vous tenez en main."))
            accepted: list[Event] = [] if identity.is_obtained else [InsiAccepted(found.matricule, agrees)]
            return [*accepted, EvidenceChecked(evidence, agrees and confirmed.agrees)]
        case Action.VALIDATE:
            if evidence is None:
                raise NotAllowed(_("Choisissez la pièce que vous tenez en main."))
            if found is not None and agrees:
                raise NotAllowed(_("Les traits concordent avec la réponse nationale : qualifiez."))
            rejected: list[Event] = [InsiRejected()] if identity.is_obtained else []
            return [
                *rejected,
                EvidenceChecked(evidence, confirmed.agrees),
            ]  # with the document alone: INSi's is rejected
        case Action.ACCEPT_INS:
            if found is None:
                raise NotAllowed(_("Le service national n’a donné aucune identité."))
            if comparing.is_partly_read(check_in) and not identity.evidence:
                raise NotAllowed(_("La borne a dit plus que ce qui est lu ici : demandez une pièce d’identité."))
            return [InsiAccepted(found.matricule, agrees)]
        case Action.REFUSE_INS:
            return [InsiRejected()]
        case Action.DOUBT:
            return [AttributeSet(Attribute.DOUBTFUL)]
        case Action.FICTITIOUS:
            return [AttributeSet(Attribute.FICTITIOUS)]
        case Action.HOMONYM:
            return [AttributeSet(Attribute.HOMONYM)]
        case Action.CLEAR:
            if not identity.attributes:
                raise NotAllowed(_("Cette identité ne porte aucun attribut."))
            return [AttributeRemoved(one) for one in sorted(identity.attributes)]


def _stage_after(action: Action, side_by_side: comparing.Compared) -> Stage:
    if action in {Action.HOMONYM, Action.CLEAR}:
        return Stage.CALLED  # the patient is still in front of us
    if action in {Action.REFUSE_INS, Action.DOUBT} or (action is Action.VALIDATE and side_by_side.blocks):
        return Stage.SET_ASIDE
    return Stage.DONE


def keep(arrival: Arrival, identity: Identity, staff: Staff, stage: Stage, reason: str = "") -> None:
    """Keep what a decision made of the identity, and what it was before, to undo it."""
    arrival.before = {
        "status": arrival.status,
        "evidence": arrival.evidence,
        "attributes": arrival.attributes,
    }
    now = timezone.now()
    if identity.evidence and identity.evidence != arrival.evidence:
        arrival.evidence_on = timezone.localdate()
    if not identity.evidence:
        arrival.evidence_on = None
    arrival.status, arrival.evidence = identity.status.value, identity.evidence
    arrival.attributes = written(identity.attributes)
    arrival.stage, arrival.reason = stage, reason
    if stage != Stage.CALLED:
        arrival.decided_by, arrival.decided_at = staff, now
    if identity.is_barred:
        arrival.insi_next_at = None
    arrival.save()


def written(attributes: frozenset[Attribute]) -> str:
    """The attributes as the column keeps them."""
    return " ".join(sorted(attribute.value for attribute in attributes))


def _nobody() -> Actor:
    return Actor(ActorKind.STAFF, "")


_ACTS = {
    Action.QUALIFY: audit.Act.QUALIFIED,
    Action.VALIDATE: audit.Act.VALIDATED,
    Action.ACCEPT_INS: audit.Act.INS_ACCEPTED,
    Action.REFUSE_INS: audit.Act.INS_REFUSED,
    Action.DOUBT: audit.Act.DOUBTED,
    Action.FICTITIOUS: audit.Act.DOUBTED,
    Action.HOMONYM: audit.Act.DOUBTED,
    Action.CLEAR: audit.Act.CLEARED,
}


def downgrade(key: UUID, staff: Staff, why: WhyDown, *, where: str = "") -> Arrival:
    """Take back what was established, with a reason: provisional again, matricule and evidence gone (T9, T10)."""
    with transaction.atomic():
        arrival = in_hand(key, staff)
        identity = identity_of(arrival, vault.open_arrival(arrival))
        if identity.status is IdentityStatus.PROVISIONAL:
            raise NotAllowed(_("Cette identité est déjà provisoire."))
        after, fact = apply(identity, StrictTraitEdited(), Actor(ActorKind.STAFF, staff.username), timezone.now())
        if fact.refusal is not None:
            raise NotAllowed(_(REFUSALS[fact.refusal]))
        keep(arrival, after, staff, Stage.SET_ASIDE, why.value)
        audit.record(
            audit.Act.DOWNGRADED,
            who=staff.username,
            where=where,
            about=str(key),
            before=fact.before.value,
            after=fact.after.value,
            rules=fact.rule,
            reason=why.value,
        )
        return arrival
