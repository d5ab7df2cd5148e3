"""The card is being read: leave it in. Or what a phone shows."""

from kiosk.core.turn.screens import ReadingCard
from kiosk.ui.page import Page, foot
from kiosk.ui.words import _


def page(screen: ReadingCard) -> Page:
    return Page(
        name=ReadingCard.name,
        title=_("Lecture de votre appli carte Vitale") if screen.phone else _("Lecture de votre carte"),
        help=_("Gardez votre téléphone devant le lecteur.") if screen.phone else _("Laissez-la dans le lecteur."),
        foot=foot(back=False),
        step=1,
        drawing="show-phone" if screen.phone else "card-in",
        progress=min(1.0, max(0.0, screen.progress)),
    )
