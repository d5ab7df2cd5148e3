"""In whose name a member of staff asks INSi: their Pro Santé Connect session, their card, or the structure's."""

from django.http import HttpRequest
from django.utils.translation import gettext as _

from kiosk.console.identities import reasons
from kiosk.console.models import Staff
from kiosk.console.staff import in_name
from kiosk.console.upkeep import at_the_desk


def means(request: HttpRequest, staff: Staff) -> str:
    """By what this person's questions go in their name: "psc", "cpx", or "" when the certificate asks."""
    if in_name.may_ask(request):
        return "psc"
    return "cpx" if at_the_desk.is_card_holder(staff) else ""


def required(request: HttpRequest, staff: Staff) -> at_the_desk.InName | None:
    """In whose name INSi is asked, when not the structure's. NotAllowed says what to do first."""
    if not in_name.may_ask(request):
        return at_the_desk.by_card(staff)
    try:
        return at_the_desk.by_token(in_name.held(request, staff))
    except in_name.SessionOver:
        raise reasons.NotAllowed(
            _(
                "Votre session Pro Santé Connect est terminée. Quittez, reconnectez-vous avec Pro Santé Connect,"
                " puis posez de nouveau la question."
            )
        ) from None


def at_hand(request: HttpRequest, staff: Staff) -> at_the_desk.InName | None:
    """The same, where nobody was told to do anything first: what is not at hand is asked in the structure's name."""
    try:
        return required(request, staff)
    except reasons.NotAllowed:
        return None
