"""What a member of staff decides about one identity, carried out in one transaction with its line in the audit trail.

Which change is permitted is never decided here: ``kiosk.core.status.transitions`` says it.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kiosk.console import audit
from kiosk.console.arrivals.queue import IN_WORK, is_settled, locked
from kiosk.console.identities import accepting, agreeing, comparing, knowing, original, pieces, seeing, undoing
from kiosk.console.identities.original import Original
from kiosk.console.identities.pieces import Shown
from kiosk.console.identities.reasons import NotAllowed, WhyAside, refused
from kiosk.console.identities.refusing import in_words
from kiosk.console.models import Arrival, Staff, Stage
from kiosk.console.records import notes, search
from kiosk.console.register import visits
from kiosk.console.register.visits import Step
from kiosk.core.checkin.value import CheckIn
from kiosk.core.coherence.seen import EVERYTHING, PLACE_READ, ToSee
from kiosk.core.identity.names import NameRefused, is_coherent_first_name
from kiosk.core.sources.insi import InsFound, InsUnreachable
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
    VerificationFailed,
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
    version: int | None = None  # of the person, as the page showed them; 0 where it showed nobody
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


def offers(arrival: Arrival, check_in: CheckIn, side_by_side: comparing.Compared) -> dict[Action, Offer]:
    """Every action, tried on paper: what is forbidden says why."""
    on_paper = pieces.on_paper()
    is_qualified = arrival.status == IdentityStatus.QUALIFIED.value
    labels = {
        Action.QUALIFY: _("Confirmer l’identité qualifiée") if is_qualified else _("Qualifier l’identité"),
        Action.VALIDATE: _("Valider sans INS"),
        Action.ACCEPT_INS: _("Accepter l’INS") if arrival.evidence else _("Accepter l’INS sans pièce"),
        Action.REFUSE_INS: _("Refuser l’INS"),
        Action.DOUBT: _("Identité douteuse"),
        Action.FICTITIOUS: _("Identité fictive"),
        Action.HOMONYM: _("Homonyme"),
        Action.CLEAR: _("Lever l’attribut"),
    }
    answer: dict[Action, Offer] = {}
    unsaid = knowing.unsaid(arrival, check_in)
    for action, label in labels.items():
        if unsaid:
            answer[action] = Offer(action.value, label, False, unsaid)
            continue
        try:
            _tried(_Laid(action, arrival, check_in, side_by_side, on_paper, ON_PAPER), _nobody())
        except NotAllowed as rule:
            answer[action] = Offer(action.value, label, False, str(rule))
        else:
            answer[action] = Offer(action.value, label, True)
    return answer


def decide(key: UUID, staff: Staff, choice: Choice, *, where: str = "") -> Arrival:
    """Carry out one decision. NotAllowed names the rule; nothing is changed then."""
    with in_words(_ACTS[choice.action], staff.username, key, where):
        arrival = in_hand(key, staff)
        version = choice.version if choice.version is not None else visits.standing_of(arrival).version
        check_in = visits.opened(arrival)
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
        knowing.check_said(arrival, check_in)
        actor = Actor(ActorKind.STAFF, staff.username)
        laid = _Laid(choice.action, arrival, check_in, side_by_side, shown, confirmed)
        identity, facts, events = _tried(laid, actor)
        details: dict[str, audit.Detail] = {
            "before": facts[0].before.value,
            "after": facts[-1].after.value,
            "rules": "+".join(fact.rule for fact in facts),
            "evidence": identity.evidence,
            "tolerated": choice.accepts_tolerated,
            "said": choice.was_said,
            "odd": accepting.written(check_in) if choice.action in _ACCEPTING else "",
            **({"seen": seeing.written(seen)} if seen else {}),
            **(shown.written() if shown is not None else {}),
        }
        before, is_new = undoing.before_of(arrival), arrival.person is None
        person = visits.decided(
            arrival,
            check_in,
            _steps(events, choice),
            staff.username,
            _ACTS[choice.action],
            details=details,
            where=where,
            expected_version=version,
            indexes=original.fingerprints_of(choice.original),
        )
        if choice.original.birth_name:
            search.index(arrival, search.fingerprints_of(choice.original.traits()))
        if choice.action in _SETTING_ASIDE:
            arrival.need = comparing.need_of(visits.opened(arrival))
        stage, reason = _after(choice.action, side_by_side, check_in)
        keep(arrival, staff, stage, reason, undoing.with_decision(before, person, is_new=is_new))
        return arrival


def set_aside(key: UUID, staff: Staff, reason: WhyAside, *, where: str = "") -> Arrival:
    """Leave an identity to the identity-vigilance unit; its status does not change."""
    with transaction.atomic():
        arrival = in_hand(key, staff)
        keep(arrival, staff, Stage.SET_ASIDE, reason.value, undoing.before_of(arrival))
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
        raise refused(fact.refusal)


@dataclass(frozen=True, slots=True)
class _Laid:
    """All that one action is tried on."""

    action: Action
    arrival: Arrival
    check_in: CheckIn
    side_by_side: comparing.Compared
    shown: Shown | None
    confirmed: Confirmed


def _tried(laid: _Laid, actor: Actor) -> tuple[Identity, list[AuditFact], list[Event]]:
    """Apply an action's events one after the other, and give them; the first refusal refuses all."""
    identity, facts = visits.identity_of(laid.arrival, laid.check_in), []
    if laid.action in _ACCEPTING and identity.is_checked:
        agreeing.check_answer(laid.arrival, laid.check_in)
    seeing.check(asked(laid.action, laid.arrival, laid.side_by_side), laid.confirmed.seen)
    events = _events(laid, identity)
    for event in events:
        identity, fact = apply(identity, event, actor, timezone.now())
        if fact.refusal is not None:
            raise refused(fact.refusal)
        facts.append(fact)
    return identity, facts, events


def _steps(events: Sequence[Event], choice: Choice) -> list[Step]:
    """The events as they are recorded, each with what it says, which stays sealed."""
    steps = []
    if choice.first_given_name and choice.action in {Action.QUALIFY, Action.VALIDATE}:
        steps.append(Step(FirstNameChosen(True), json.dumps({"first_given_name": choice.first_given_name}).encode()))
    for event in events:
        is_written = isinstance(event, EvidenceChecked) and choice.action is Action.VALIDATE
        steps.append(Step(event, original.body(choice.original) if is_written else b""))
    return steps


def _events(laid: _Laid, identity: Identity) -> list[Event]:
    check_in, side_by_side, confirmed, shown = laid.check_in, laid.side_by_side, laid.confirmed, laid.shown
    found = check_in.insi if isinstance(check_in.insi, InsFound) else None
    agrees = not side_by_side.blocks
    judged = accepting.acceptance(check_in)
    if laid.action in _ACCEPTING and found is not None:
        _check_may_be_held(laid, identity, found)
    is_usable = judged.permits(confirmed.odd)
    today = timezone.localdate().isoformat()
    match laid.action:
        case Action.QUALIFY:
            if is_settled(laid.arrival):
                raise NotAllowed(_("Cette identité est déjà qualifiée."))
            if isinstance(check_in.insi, InsUnreachable) and check_in.insi.reason == visits.VOID:
                raise NotAllowed(_("La réponse précédente a été écartée : interrogez de nouveau, ou validez sans INS."))
            if found is None and laid.arrival.insi_next_at is not None:
                raise NotAllowed(_("Attendez la réponse du service national, ou validez sans INS."))
            if found is None:
                raise NotAllowed(_("Qualifier demande une réponse du service national : validez sans INS."))
            if shown is None:
                raise NotAllowed(_("Choisissez la pièce présentée."))
            matricule = visits.named(laid.arrival, found.matricule)
            accepted: list[Event] = [] if identity.is_obtained else [InsiAccepted(matricule, agrees, is_usable)]
            return [
                *accepted,
                EvidenceChecked(shown.kind, agrees and confirmed.agrees and is_usable, today, shown.companion),
            ]
        case Action.VALIDATE:
            if shown is None:
                raise NotAllowed(_("Choisissez la pièce présentée."))
            if found is not None and agrees and not side_by_side.is_left_to_staff and not judged.forbids:
                raise NotAllowed(_("Les traits concordent avec la réponse nationale : qualifiez."))
            rejected: list[Event] = [InsiRejected()] if identity.is_obtained else []
            return [
                *rejected,
                EvidenceChecked(shown.kind, confirmed.agrees, today, shown.companion),
            ]  # with the document alone: INSi's is rejected
        case Action.ACCEPT_INS:
            if found is None:
                raise NotAllowed(_("Le service national n’a donné aucune identité."))
            if comparing.is_partly_read(check_in) and not identity.evidence:
                raise NotAllowed(_("La borne a dit plus que ce qui est lu ici : demandez une pièce d’identité."))
            # the card warns beside evidence; where none was seen, it is all there is
            is_forbidden = side_by_side.card_blocks and not identity.is_checked
            return [InsiAccepted(visits.named(laid.arrival, found.matricule), agrees and not is_forbidden, is_usable)]
        case Action.REFUSE_INS:
            is_unconfirmed = identity.is_obtained and knowing.is_unconfirmed(laid.arrival)
            return [VerificationFailed() if is_unconfirmed else InsiRejected()]
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


def _check_may_be_held(laid: _Laid, identity: Identity, found: InsFound) -> None:
    """The answer itself may be accepted, and its number is nobody else's."""
    rule = accepting.why_not(accepting.acceptance(laid.check_in), laid.confirmed.odd)
    if rule:
        raise NotAllowed(rule)
    if laid.arrival.known is None or not identity.is_obtained:
        refusal = visits.why_not_hold(laid.arrival, found.matricule)
        if refusal is not None:
            raise refused(refusal)


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


def keep(arrival: Arrival, staff: Staff, stage: Stage, reason: str, before: undoing.Before) -> None:
    """Keep where a decision left the visit, and where it stood before, to undo it."""
    arrival.before, arrival.stage, arrival.reason = dict(before), stage, reason
    if stage != Stage.CALLED:
        arrival.decided_by, arrival.decided_at = staff, timezone.now()
    if visits.standing_of(arrival).identity.is_barred:
        notes.withdraw_question(arrival)
    arrival.save()


def _nobody() -> Actor:
    return Actor(ActorKind.STAFF, "")


_ACCEPTING = frozenset({Action.QUALIFY, Action.ACCEPT_INS})  # INSi's answer becomes this person's
_SETTING_ASIDE = frozenset(  # what INSi answered so far counts no more
    {Action.REFUSE_INS, Action.DOUBT, Action.FICTITIOUS, Action.CLEAR}
)
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
