"""What staff may do with an identity, tried on what is known of it before anything is written.

Which change is permitted is never decided here: ``kiosk.core.status.transitions`` says it.
"""

from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from kiosk.console.identities import accepting, agreeing, comparing, knowing, pieces, reserving, seeing
from kiosk.console.identities.choices import ACCEPTING, ON_PAPER, Action, Confirmed
from kiosk.console.identities.original import Original
from kiosk.console.identities.pieces import Shown
from kiosk.console.identities.reasons import NotAllowed, refused
from kiosk.console.identities.reserving import Reserved
from kiosk.console.models import Arrival
from kiosk.console.register import visits
from kiosk.core.checkin.value import CheckIn
from kiosk.core.coherence.seen import PLACE_READ, ToSee
from kiosk.core.confidential import Confidential
from kiosk.core.sources.insi import InsCertificateTrouble, InsFound, InsRefused, InsUnreachable
from kiosk.core.status.attestation import code_of
from kiosk.core.status.notices import DISTRUSTS
from kiosk.core.status.permissions import Attribute, Identity, IdentityStatus
from kiosk.core.status.transitions import (
    Actor,
    ActorKind,
    ApcvRead,
    AttributeRemoved,
    AttributeSet,
    AuditFact,
    Event,
    EvidenceChecked,
    InsiAccepted,
    InsiRejected,
    Refusal,
    VerificationFailed,
    apply,
)


@dataclass(frozen=True, slots=True)
class Offer:
    """An action as the page shows it: possible, or forbidden with its rule."""

    name: str
    label: str
    is_allowed: bool
    rule: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class Laid(Confidential):
    """All that actions are tried on, read once for a page or a decision: ``laid`` reads it."""

    arrival: Arrival
    check_in: CheckIn
    side_by_side: comparing.Compared
    identity: Identity
    written: Original | None  # what staff wrote down with the evidence that counts
    cannot_hold: Refusal | None  # why INSi's number cannot become theirs; looked at again when it is written
    reserved: tuple[Reserved, ...]  # what of it only the unit qualifies
    is_of_unit: bool


def laid(
    arrival: Arrival,
    check_in: CheckIn,
    side_by_side: comparing.Compared,
    written: Original | None,
    *,
    is_of_unit: bool = False,
) -> Laid:
    """Read what actions are tried on; ``is_of_unit``: by somebody of the unit."""
    found = check_in.insi if isinstance(check_in.insi, InsFound) else None
    is_held = arrival.known is not None and visits.standing_of(arrival).identity.is_obtained
    cannot = visits.why_not_hold(arrival, found.matricule) if found is not None and not is_held else None
    identity = visits.identity_of(arrival, check_in, is_free=cannot is None)
    only = reserving.reserved(arrival, check_in)
    return Laid(arrival, check_in, side_by_side, identity, written, cannot, only, is_of_unit)


def offers(laid: Laid, unsaid: str) -> dict[Action, Offer]:
    """Every action, tried on paper: what is forbidden says why. ``unsaid``: the rule that forbids them all, if any."""
    on_paper = pieces.on_paper()
    is_qualified = laid.arrival.status == IdentityStatus.QUALIFIED.value
    labels = {
        Action.QUALIFY: _("Confirmer l’identité qualifiée") if is_qualified else _qualify(laid),
        Action.VALIDATE: _("Valider sans INS"),
        Action.ACCEPT_INS: _("Accepter l’INS") if laid.arrival.evidence else _("Accepter l’INS sans pièce"),
        Action.REFUSE_INS: _("Refuser l’INS"),
        Action.DOUBT: _("Identité douteuse"),
        Action.FICTITIOUS: _("Identité fictive"),
        Action.HOMONYM: _("Homonyme"),
        Action.CLEAR: _("Lever l’attribut"),
    }
    answer: dict[Action, Offer] = {}
    for action, label in labels.items():
        if unsaid:
            answer[action] = Offer(action.value, label, False, unsaid)
            continue
        try:
            tried(action, laid, on_paper, ON_PAPER, nobody())
        except NotAllowed as rule:
            answer[action] = Offer(action.value, label, False, str(rule))
        else:
            answer[action] = Offer(action.value, label, True)
    return answer


def _qualify(laid: Laid) -> str:
    is_attested = laid.side_by_side.is_attested
    return str(_("Qualifier avec l’appli carte Vitale") if is_attested else _("Qualifier l’identité"))


def tried(
    action: Action, laid: Laid, shown: Shown | None, confirmed: Confirmed, actor: Actor
) -> tuple[Identity, list[AuditFact], list[Event]]:
    """Apply an action's events one after the other, and give them; the first refusal refuses all. NotAllowed."""
    identity, facts = laid.identity, []
    if action in ACCEPTING and identity.is_checked:
        agreeing.check_answer(laid.written, laid.check_in)
    seeing.check(asked(action, laid), confirmed.seen)
    events = _events(action, laid, shown, confirmed)
    for event in events:
        identity, fact = apply(identity, event, actor, timezone.now())
        if fact.refusal is not None:
            raise refused(fact.refusal)
        facts.append(fact)
    return identity, facts, events


def asked(action: Action, laid: Laid) -> tuple[ToSee, ...]:
    """What staff must say to have seen before INSi's answer is taken for this person's.

    The place is read when there is an original to read it on, once: when it was written down from there, it is known.
    """
    if action not in ACCEPTING:
        return ()
    is_validated = bool(laid.arrival.evidence) and laid.written is None  # by a version that wrote nothing down
    is_place_asked = action is Action.QUALIFY or is_validated
    return tuple(one for one in laid.side_by_side.to_see if is_place_asked or one != PLACE_READ)


def _why_no_answer(check_in: CheckIn) -> str:
    """Nobody can be qualified without INSi's answer: what staff can do. Asking again mends no refusal."""
    is_refused = isinstance(check_in.insi, InsRefused | InsCertificateTrouble) and not comparing.is_unasked(
        check_in.insi
    )
    if is_refused or settings.KIOSK.insi is None:
        return "Qualifier demande une réponse du service national : validez sans INS."
    return "Qualifier demande une réponse du service national : interrogez de nouveau, ou validez sans INS."


def _events(action: Action, laid: Laid, shown: Shown | None, confirmed: Confirmed) -> list[Event]:
    check_in, side_by_side, identity = laid.check_in, laid.side_by_side, laid.identity
    found = check_in.insi if isinstance(check_in.insi, InsFound) else None
    agrees = not side_by_side.blocks
    judged = accepting.acceptance(check_in)
    if action in ACCEPTING and found is not None:
        _check_may_be_held(laid, confirmed)
    is_usable = judged.permits(confirmed.odd)
    today = timezone.localdate().isoformat()
    match action:
        case Action.QUALIFY:
            if laid.arrival.is_settled:
                raise NotAllowed(_("Cette identité est déjà qualifiée."))
            reserving.check_may(laid.reserved, is_of_unit=laid.is_of_unit)
            if found is None and settings.KIOSK.insi is not None and laid.arrival.insi_next_at is not None:
                raise NotAllowed(_("Attendez la réponse du service national, ou validez sans INS."))
            if isinstance(check_in.insi, InsUnreachable) and check_in.insi.reason == visits.VOID:
                raise NotAllowed(_("La réponse précédente a été écartée : interrogez de nouveau, ou validez sans INS."))
            distrust = code_of(check_in.insi.reason) if isinstance(check_in.insi, InsUnreachable) else None
            if distrust is not None:
                raise NotAllowed(_(DISTRUSTS[distrust]))
            if found is None:
                raise NotAllowed(_(_why_no_answer(check_in)))
            if found.is_attested:
                return [ApcvRead(visits.named(laid.arrival, found.matricule), agrees and confirmed.agrees, today)]
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
            if found.is_attested:
                raise NotAllowed(_("L’appli carte Vitale qualifie l’identité : qualifiez."))
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


def _check_may_be_held(laid: Laid, confirmed: Confirmed) -> None:
    """The answer itself may be accepted, and its number is nobody else's."""
    rule = accepting.why_not(accepting.acceptance(laid.check_in), confirmed.odd)
    if rule:
        raise NotAllowed(rule)
    if laid.cannot_hold is not None:
        raise refused(laid.cannot_hold)


def nobody() -> Actor:
    """Who tries what a page offers."""
    return Actor(ActorKind.STAFF, "")
