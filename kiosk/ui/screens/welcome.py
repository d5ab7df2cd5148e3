"""Welcome (accueil): the screen at rest; touching it anywhere begins."""

from kiosk.core.turn.screens import Touch, Welcome
from kiosk.ui.page import Page, comfort, foot, main
from kiosk.ui.words import _


def page(_screen: Welcome) -> Page:
    return Page(
        name=Welcome.name,
        title=_("Bienvenue"),
        help=_("Touchez l'écran pour signaler votre arrivée."),
        actions=(main(Touch.START, _("Commencer")),),
        foot=(*foot(back=False, stop=False), *comfort()),
        drawing="welcome",
    )
