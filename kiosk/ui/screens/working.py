"""A short wait: what is being done, in the patient's words."""

from kiosk.core.turn.screens import Working
from kiosk.ui.page import Page, foot
from kiosk.ui.words import _


def page(_screen: Working) -> Page:
    return Page(
        name=Working.name,
        title=_("Un instant"),
        help=_("Nous préparons votre dossier."),
        foot=foot(back=False, stop=False),
        step=3,
        drawing="working",
    )
