"""Show the identity document (pièce d'identité): one calm instruction at a time; the picture takes itself."""

from kiosk.core.sources.document import Guidance, Side
from kiosk.core.turn.screens import ShowDocument, Touch
from kiosk.ui.page import Action, Page, Picture, foot, main, quiet
from kiosk.ui.words import _


def _instruction(guidance: Guidance, side: Side) -> str:
    if guidance is Guidance.NO_DOCUMENT:
        return _("Montrez votre pièce d'identité") if side is Side.FIRST else _("Montrez l'autre côté de la carte")
    return {
        Guidance.NOTHING_YET: _("Posez votre pièce à plat dans le cadre"),
        Guidance.OTHER_THING: _("Montrez une pièce d'identité, côté photo"),
        Guidance.ONE_ONLY: _("Une seule pièce à la fois"),
        Guidance.COVERED: _("Ôtez vos doigts de la pièce"),
        Guidance.BURNT: _("Trop de lumière : éloignez-la un peu"),
        Guidance.BLURRED: _("Posez-la bien à plat"),
        Guidance.TURN_OVER: _("Retournez la carte"),
        Guidance.CLOSER: _("Approchez un peu"),
        Guidance.FURTHER: _("Reculez un peu"),
        Guidance.CENTER: _("Placez-la au milieu du cadre"),
        Guidance.STRAIGHTEN: _("Tournez-la bien droite"),
        Guidance.GLARE: _("Penchez-la pour éviter le reflet"),
        Guidance.DARK: _("Il fait sombre : ôtez votre main"),
        Guidance.HOLD_STILL: _("Tenez bon…"),
        Guidance.TAKING: _("C'est bien, ne bougez plus"),
    }[guidance]


def _help(screen: ShowDocument) -> str:
    if screen.may_press:
        return _("Ou prenez la photo vous-même.")
    if screen.side is Side.SECOND:
        return _("Nous photographions aussi l'autre côté.")
    return _("Carte d'identité, passeport ou titre de séjour, dans le plateau.")


def _hint(screen: ShowDocument) -> str:
    """An empty tray teaches nothing: an outline slides to where the document belongs."""
    if screen.guidance not in (Guidance.NO_DOCUMENT, Guidance.NOTHING_YET):
        return ""
    return "first-side-here" if screen.side is Side.FIRST else "second-side-here"


def page(screen: ShowDocument) -> Page:
    turning = screen.guidance is Guidance.TURN_OVER
    without = _("Je n'ai pas de pièce") if screen.side is Side.FIRST else _("Continuer sans l'autre côté")
    actions: tuple[Action, ...] = (quiet(Touch.NO_DOCUMENT, without),)
    if screen.may_press:
        actions = (main(Touch.TAKE_PICTURE, _("Prendre la photo")), *actions)
    return Page(
        name=ShowDocument.name,
        title=_instruction(screen.guidance, screen.side),
        help=_help(screen),
        actions=actions,
        foot=foot(),
        step=2,
        picture=Picture.DRAWING if turning else Picture.CAMERA,
        drawing="turn-over" if turning else "place-document",
        hint=_hint(screen),
        progress=min(1.0, max(0.0, screen.steadiness)),
        title_lines=2,
    )
