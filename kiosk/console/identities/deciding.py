"""What a member of staff decides about one identity, carried out in one transaction with its line in the audit trail.

Which change is permitted is never decided here: ``kiosk.core.status.transitions`` says it.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kiosk.console import audit
from kiosk.console.arrivals.queue import IN_WORK, locked
from kiosk.console.identities import accepting, agreeing, comparing, original, pieces, seeing, undoing
from kiosk.console.identities.original import Original
from kiosk.console.identities.pieces import Shown
from kiosk.console.identities.reasons import REFUSALS, NotAllowed, WhyAside
from kiosk.console.models import Arrival, Staff, Stage
from kiosk.console.records import notes, vault
from kiosk.core.checkin.value import CheckIn
from kiosk.core.coherence.seen import EVERYTHING, PLACE_READ, ToSee
from kiosk.core.identity.names import NameRefused, is_coherent_first_name
from kiosk.core.sources.insi import InsFound
from kiosk.core.status.acceptance import AnswerOddity
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
    apply,
)


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
    companion: str = ""  # what was seen beside evidence that does not stand alone
    first_given_name: str = ""
    accepts_tolerated: bool = False
    was_said: bool = False  # the person said name, given names, date and place of birth unprompted
    odd: frozenset[AnswerOddity] = frozenset()  # oddities of INSi's answer, each confirmed by its name
    original: Original = field(default_factory=Original)  # what staff reads there: an identity without INS rests on it
    seen: frozenset[ToSee] = frozenset()  # differences, each confirmed by its name
    answer_shown: str = ""  # the mark of INSi's answer as the page showed it


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What staff established with the person and the original before them: without it, evidence agrees with nothing."""

    was_said: bool  # the person said who they are, unprompted
    is_compared: bool  # nothing was left to the eye, or staff compared each trait with the original
    odd: frozenset[AnswerOddity] = frozenset()  # of INSi's answer
    seen: frozenset[ToSee] = frozenset()  # what staff say to have seen, by its name

    @property
    def agrees(self) -> bool:
        return self.was_said and self.is_compared


ON_PAPER = Confirmed(True, True, frozenset(AnswerOddity), EVERYTHING)  # what a page offers: as if staff had done it all


def identity_of(arrival: Arrival, check_in: CheckIn) -> Identity:
    """The identity as it stands: I and C from the arrival's status, the matricule from INSi's answer."""
    obtained = arrival.status in {IdentityStatus.RETRIEVED.value, IdentityStatus.QUALIFIED.value}
    matricule = check_in.insi.matricule if obtained and isinstance(check_in.insi, InsFound) else None
    attributes = frozenset(Attribute(word) for word in arrival.attributes.split() if word)
    return Identity(matricule=matricule, evidence=arrival.evidence, attributes=attributes)


def offers(arrival: Arrival, check_in: CheckIn, side_by_side: comparing.Compared) -> dict[Action, Offer]:
    """Every action, tried on paper: what is forbidden says why."""
    on_paper = pieces.on_paper()
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
            _tried(action, arrival, check_in, side_by_side, on_paper, ON_PAPER, _nobody())
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
        agreeing.check_is_as_shown(choice.answer_shown, check_in)
        side_by_side = comparing.compared(check_in)
        shown = _shown(choice, check_in)
        confirmed = _confirmed(choice, check_in, side_by_side)
        if choice.action in {Action.QUALIFY, Action.VALIDATE}:
            _check_confirmed(confirmed)
            if choice.action is Action.VALIDATE:
                agreeing.check_original(choice.original, choice.first_given_name, check_in)
                agreeing.check_it_differs(choice.original, check_in, side_by_side)
            else:
                agreeing.check_it_agrees(choice.original, check_in, side_by_side)
            _check_first_name(choice, check_in)
        seen = asked(choice.action, arrival, side_by_side)
        actor = Actor(ActorKind.STAFF, staff.username)
        identity, facts = _tried(choice.action, arrival, check_in, side_by_side, shown, confirmed, actor)
        if choice.first_given_name:
            notes.keep(arrival, first_given_name=choice.first_given_name)
        if choice.action is Action.VALIDATE:
            original.keep(arrival, choice.original)
        stage, reason = _after(choice.action, side_by_side, check_in)
        keep(arrival, identity, staff, stage, reason, shown)
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
            odd=accepting.written(check_in) if choice.action in _ACCEPTING else "",
            **({"seen": seeing.written(seen)} if seen else {}),
            **(shown.written() if shown is not None else {}),
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


def is_in_hand(arrival: Arrival, staff: Staff) -> bool:
    """This member of staff called or holds this patient."""
    return arrival.stage in {Stage.CALLED, Stage.HELD} and arrival.assigned_to_id == staff.pk


def in_hand(key: UUID, staff: Staff) -> Arrival:
    """This patient, called or held by this member of staff, locked. NotAllowed otherwise."""
    arrival = locked(key)
    if arrival.stage not in IN_WORK or not is_in_hand(arrival, staff):
        raise NotAllowed(_("Ce dossier n’est pas ouvert à votre nom : prenez d’abord ce patient."))
    return arrival


def _shown(choice: Choice, check_in: CheckIn) -> Shown | None:
    if choice.action not in {Action.QUALIFY, Action.VALIDATE}:
        return None
    offered = comparing.evidence_offered(check_in, timezone.localdate())
    return pieces.chosen(offered, choice.evidence, choice.companion)


def _confirmed(choice: Choice, check_in: CheckIn, side_by_side: comparing.Compared) -> Confirmed:
    is_for_the_eye = side_by_side.asks_confirmation or comparing.is_compared_by_hand(check_in)
    return Confirmed(choice.was_said, choice.accepts_tolerated or not is_for_the_eye, choice.odd, choice.seen)


def asked(action: Action, arrival: Arrival, side_by_side: comparing.Compared) -> tuple[ToSee, ...]:
    """What staff must say to have seen before INSi's answer is taken for this person's.

    The place is read when there is an original to read it on, once: when it was written down from there, it is known.
    """
    if action not in _ACCEPTING:
        return ()
    is_validated = bool(arrival.evidence) and original.kept(arrival) is None  # by a version that wrote nothing down
    is_place_asked = action is Action.QUALIFY or is_validated
    return tuple(one for one in side_by_side.to_see if is_place_asked or one != PLACE_READ)


def _check_confirmed(confirmed: Confirmed) -> None:
    """Say what is missing before the core refuses it without knowing why."""
    if not confirmed.was_said:
        raise NotAllowed(_("Faites dire au patient son identité : nom, prénoms, date et lieu de naissance."))
    if not confirmed.is_compared:
        raise NotAllowed(_("Confirmez que vous avez comparé les traits avec l’original."))


def _check_first_name(choice: Choice, check_in: CheckIn) -> None:
    """The first given name opens the list: INSi's, or the original's where there is no INS (GI3 EXI ID 10)."""
    is_qualified = choice.action is Action.QUALIFY
    listed = comparing.listed_given_names(check_in, with_ins=True) if is_qualified else choice.original.given_names
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
    shown: Shown | None,
    confirmed: Confirmed,
    actor: Actor,
) -> tuple[Identity, list[AuditFact]]:
    """Apply an action's events one after the other; the first refusal refuses all."""
    identity, facts = identity_of(arrival, check_in), []
    if action in _ACCEPTING and identity.is_checked:
        agreeing.check_answer(arrival, check_in)
    seeing.check(asked(action, arrival, side_by_side), confirmed.seen)
    for event in _events(action, identity, check_in, side_by_side, shown, confirmed):
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
    shown: Shown | None,
    confirmed: Confirmed,
) -> list[Event]:
    found = check_in.insi if isinstance(check_in.insi, InsFound) else None
    agrees = not side_by_side.blocks
    judged = accepting.acceptance(check_in)
    if action in _ACCEPTING and found is not None and (rule := accepting.why_not(judged, confirmed.odd)):
        raise NotAllowed(rule)
    is_usable = judged.permits(confirmed.odd)
    match action:
        case Action.QUALIFY:
            if found is None:
                raise NotAllowed(_("Qualifier demande une réponse du service national : validez sans INS."))
            if shown is None:
                raise NotAllowed(_("Choisissez la pièce présentée."))
            accepted: list[Event] = [] if identity.is_obtained else [InsiAccepted(found.matricule, agrees, is_usable)]
            return [
                *accepted,
                EvidenceChecked(shown.kind, agrees and confirmed.agrees and is_usable, companion_code=shown.companion),
            ]
        case Action.VALIDATE:
            if shown is None:
                raise NotAllowed(_("Choisissez la pièce présentée."))
            if found is not None and agrees and not side_by_side.is_left_to_staff and not judged.forbids:
                raise NotAllowed(_("Les traits concordent avec la réponse nationale : qualifiez."))
            rejected: list[Event] = [InsiRejected()] if identity.is_obtained else []
            return [
                *rejected,
                EvidenceChecked(shown.kind, confirmed.agrees, companion_code=shown.companion),
            ]  # with the document alone: INSi's is rejected
        case Action.ACCEPT_INS:
            if found is None:
                raise NotAllowed(_("Le service national n’a donné aucune identité."))
            if comparing.is_partly_read(check_in) and not identity.evidence:
                raise NotAllowed(_("La borne a dit plus que ce qui est lu ici : demandez une pièce d’identité."))
            # the card warns beside evidence; where none was seen, it is all there is
            is_forbidden = side_by_side.card_blocks and not identity.is_checked
            return [InsiAccepted(found.matricule, agrees and not is_forbidden, is_usable)]
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


def _after(action: Action, side_by_side: comparing.Compared, check_in: CheckIn) -> tuple[Stage, str]:
    """Where the arrival stands after a decision, and why the unit gets it if it does."""
    if action in {Action.HOMONYM, Action.CLEAR}:
        return Stage.CALLED, ""  # the patient is still in front of us
    if action is Action.VALIDATE and accepting.acceptance(check_in).forbids:
        return Stage.SET_ASIDE, WhyAside.UNUSABLE_ANSWER.value
    differs = side_by_side.answer is not None or side_by_side.card_blocks  # an answer there is, and is not taken
    if action in {Action.REFUSE_INS, Action.DOUBT} or (action is Action.VALIDATE and differs):
        return Stage.SET_ASIDE, ""
    return Stage.DONE, ""


def keep(
    arrival: Arrival, identity: Identity, staff: Staff, stage: Stage, reason: str = "", shown: Shown | None = None
) -> None:
    """Keep what a decision made of the identity, and what it was before, to undo it."""
    arrival.before = undoing.before_of(arrival)
    now = timezone.now()
    if identity.evidence and identity.evidence != arrival.evidence:
        arrival.evidence_on = timezone.localdate()
    if not identity.evidence:
        arrival.evidence_on, arrival.companion = None, ""
    elif shown is not None:
        arrival.companion = shown.companion
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


_ACCEPTING = frozenset({Action.QUALIFY, Action.ACCEPT_INS})  # INSi's answer becomes this person's
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
