"""The kiosk cannot serve: where to go instead."""

from kiosk.core.turn.screens import OutOfOrder
from kiosk.ui.page import Page
from kiosk.ui.words import _


def page(_screen: OutOfOrder) -> Page:
    return Page(
        name=OutOfOrder.name,
        title=_("Cette borne ne marche pas"),
        help=_("Allez à l'accueil."),
        drawing="resting",
    )
