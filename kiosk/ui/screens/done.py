"""The arrival is told; staff will compare the face with the document (validation is never the kiosk's)."""

from kiosk.core.turn.screens import Done
from kiosk.ui.page import Page, foot
from kiosk.ui.words import _


def page(_screen: Done) -> Page:
    return Page(
        name=Done.name,
        title=_("C'est fait"),
        help=_("Un agent vérifiera votre identité avec vous."),
        foot=foot(back=False, stop=False),
        step=3,
        drawing="done",
    )
