"""Whether who has come is already known: staff say so before an identity is created (GI3 EXI ID 17)."""

from django.utils.translation import gettext as _

from kiosk.console.identities.reasons import NotAllowed
from kiosk.console.models import UNCONFIRMED, VERIFIED, Arrival, Verification
from kiosk.console.register import prior, visits
from kiosk.console.register.prior import Candidate
from kiosk.core.checkin.value import CheckIn


def candidates_of(arrival: Arrival, check_in: CheckIn) -> tuple[Candidate, ...]:
    """Who may be the one who has come; nobody where it is known, or was said, whose visit it is."""
    return prior.candidates(check_in) if _is_open(arrival) else ()


def _is_open(arrival: Arrival) -> bool:
    """Nobody has said whose visit it is, or that it is nobody's who is known."""
    return arrival.person is None and not arrival.is_new


def keys_of(arrival: Arrival, check_in: CheckIn) -> list[bytes]:
    """Under which it is looked for who may be the one who has come; nothing where it is known, or was said."""
    return prior.keys_of(check_in) if _is_open(arrival) else []


def unsaid(candidates: tuple[Candidate, ...]) -> str:
    """The rule that forbids deciding about somebody who may be known, as long as nobody has said; else empty."""
    if not candidates:
        return ""
    return _("Cette personne est peut-être déjà connue : dites d’abord si c’est elle.")


def check_said(arrival: Arrival, check_in: CheckIn) -> None:
    """NotAllowed as long as it is open whether this person is known."""
    rule = unsaid(candidates_of(arrival, check_in))
    if rule:
        raise NotAllowed(rule)


def is_unconfirmed(arrival: Arrival) -> bool:
    """A verification did not confirm what is held, and nobody has decided about it since."""
    known = arrival.known
    if known is None:
        return False
    told = Verification.objects.filter(person=known, done_at__isnull=False, verdict__in=VERIFIED)
    last = told.order_by("-done_at").first()
    if last is None or last.verdict not in UNCONFIRMED or last.done_at is None:
        return False
    return visits.standing_of(arrival).held is not None and (
        known.decided_at is None or known.decided_at < last.done_at
    )
