"""Are you still there? One simple action gives as much time again (WCAG 2.2.1)."""

from kiosk.core.turn.screens import StillThere, Touch
from kiosk.ui.page import Page, Picture, Tone, foot, main
from kiosk.ui.words import _, ngettext


def page(screen: StillThere) -> Page:
    seconds = max(0, screen.seconds_left)
    title = _("Êtes-vous toujours là ?")
    told = ngettext(
        "L'écran s'efface dans {seconds} seconde.", "L'écran s'efface dans {seconds} secondes.", seconds
    ).format(seconds=seconds)
    return Page(
        name=StillThere.name,
        title=title,
        help=told,
        actions=(main(Touch.STILL_HERE, _("Oui, je continue")),),
        foot=foot(back=False, stop=False),
        picture=Picture.CARD,
        figure=str(seconds),
        tone=Tone.ATTENTION,
    )
