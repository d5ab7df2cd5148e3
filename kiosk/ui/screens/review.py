"""Is the picture just taken readable? The person says so, or takes another."""

from kiosk.core.turn.screens import ReviewPicture, Touch
from kiosk.ui.page import Page, Picture, foot, main, quiet
from kiosk.ui.words import _


def page(_screen: ReviewPicture) -> Page:
    return Page(
        name=ReviewPicture.name,
        title=_("La photo est-elle lisible ?"),
        actions=(main(Touch.YES, _("Oui")), quiet(Touch.RETAKE, _("Recommencer"))),
        foot=foot(),
        step=2,
        picture=Picture.CAMERA,
        drawing="place-document",
    )
