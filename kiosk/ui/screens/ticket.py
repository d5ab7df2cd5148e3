"""The number to wait with: a number and a desk, no name."""

from kiosk.core.turn.screens import Ticket, Touch
from kiosk.ui.page import Page, Picture, foot, main
from kiosk.ui.words import _


def page(screen: Ticket) -> Page:
    return Page(
        name=Ticket.name,
        title=_("Votre numéro"),
        help=_("Patientez en salle d'attente. N'oubliez pas votre pièce d'identité."),
        actions=(main(Touch.FINISH, _("Terminer")),),
        foot=foot(back=False, stop=False),
        step=4,
        picture=Picture.CARD,
        figure=screen.number,
        caption=_("Guichet {desk}").format(desk=screen.desk) if screen.desk else "",
        said=_(
            "Votre numéro : {number}. Patientez en salle d'attente, puis guichet {desk}. "
            "N'oubliez pas votre pièce d'identité."
        ).format(number=screen.number, desk=screen.desk),
    )
