"""A member of staff takes over: where to go, never why."""

from kiosk.core.turn.screens import Desk, Touch
from kiosk.ui.page import Page, Picture, foot, main
from kiosk.ui.words import _


def page(screen: Desk) -> Page:
    title = _("Un agent va vous aider")
    place = _("au guichet {desk}").format(desk=screen.desk) if screen.desk else _("à l'accueil")
    if screen.number:
        said = _("Présentez-vous {place} avec le numéro {number}.").format(place=place, number=screen.number)
        help_ = _("Présentez-vous {place} avec ce numéro.").format(place=place)
    else:
        said = help_ = _("Présentez-vous {place}.").format(place=place)
    return Page(
        name=Desk.name,
        title=title,
        help=help_,
        actions=(main(Touch.FINISH, _("Terminer")),),
        foot=foot(back=False, stop=False),
        picture=Picture.CARD if screen.number else Picture.DRAWING,
        drawing="person-helping",
        figure=screen.number,
        caption=_("Guichet {desk}").format(desk=screen.desk) if screen.number and screen.desk else "",
        said=f"{title}. {said}",
    )
