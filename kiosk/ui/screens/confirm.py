"""Is it really this person? First name, initial and year; the rest stays on the card."""

from kiosk.core.turn.screens import Confirm, Touch
from kiosk.ui.page import Page, Picture, foot, main, quiet
from kiosk.ui.people import birth_year, short_name, spoken_name
from kiosk.ui.words import _


def page(screen: Confirm) -> Page:
    title = _("Est-ce bien vous ?")
    return Page(
        name=Confirm.name,
        title=title,
        actions=(main(Touch.YES, _("Oui, c'est moi")), quiet(Touch.NO, _("Non"))),
        foot=foot(),
        step=1,
        picture=Picture.CARD,
        drawing="person",
        figure=short_name(screen.person),
        caption=birth_year(screen.person),
        said=f"{title} {spoken_name(screen.person)}",
    )
