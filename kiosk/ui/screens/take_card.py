"""The card must not stay in the reader."""

from kiosk.core.turn.screens import TakeCard
from kiosk.ui.page import Page, foot
from kiosk.ui.words import _


def page(_screen: TakeCard) -> Page:
    return Page(
        name=TakeCard.name,
        title=_("Reprenez votre carte Vitale"),
        help=_("Ce n'est pas la vôtre ? Donnez-la à l'accueil."),
        foot=foot(back=False, stop=False),
        step=4,
        drawing="take-card",
    )
