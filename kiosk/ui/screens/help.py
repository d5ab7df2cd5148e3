"""Help was called: somebody comes; the person may go on meanwhile."""

from kiosk.core.turn.screens import HelpCalled, Touch
from kiosk.ui.page import Page, comfort, main
from kiosk.ui.words import _


def page(screen: HelpCalled) -> Page:
    place = _("au guichet {desk}").format(desk=screen.desk) if screen.desk else _("à l'accueil")
    return Page(
        name=HelpCalled.name,
        title=_("Quelqu'un est prévenu"),
        help=_("Un agent vient vous aider. Vous pouvez aussi vous présenter {place}.").format(place=place),
        actions=(main(Touch.GO_ON, _("Continuer")),),
        foot=comfort(),
        drawing="person-helping",
    )
