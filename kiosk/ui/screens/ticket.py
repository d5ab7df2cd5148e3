"""The number to wait with: a number and a desk, no name; and what must not be left behind."""

from kiosk.core.turn.screens import Ticket, Touch
from kiosk.ui.page import Page, Picture, foot, main
from kiosk.ui.words import _


def page(screen: Ticket) -> Page:
    waiting, left = _("Patientez en salle d'attente."), _not_to_leave(screen)
    to_desk = _("Patientez en salle d'attente, puis guichet {desk}.").format(desk=screen.desk)
    heard = to_desk if screen.desk else waiting
    return Page(
        name=Ticket.name,
        title=_("Votre numéro"),
        help=f"{waiting} {left}".strip(),
        actions=(main(Touch.FINISH, _("Terminer")),),
        foot=foot(back=False, stop=False),
        step=4,
        picture=Picture.CARD,
        figure=screen.number,
        caption=_("Guichet {desk}").format(desk=screen.desk) if screen.desk else "",
        said=_("Votre numéro : {number}.").format(number=screen.number) + f" {heard} {left}".rstrip(),
    )


def _not_to_leave(screen: Ticket) -> str:
    """Only what this person has put down here: who showed no document is not sent looking for it."""
    match screen.has_card, screen.has_document:
        case True, True:
            return _("N'oubliez ni votre carte Vitale ni votre pièce d'identité.")
        case True, False:
            return _("N'oubliez pas votre carte Vitale.")
        case False, True:
            return _("N'oubliez pas votre pièce d'identité.")
    return ""
