"""Notice on the use of the INS before the card is read (RGPD art. 13): the structure informs, nobody may object."""

from kiosk.core.turn.screens import Information, Touch
from kiosk.ui.page import Page, Picture, foot, main, quiet
from kiosk.ui.words import _


def page(screen: Information) -> Page:
    if screen.more:
        return Page(
            name=Information.name,
            title=_("Vos données et vos droits"),
            help=_(
                "L'établissement utilise votre identité nationale de santé pour vos soins. La loi l'y oblige.\n\n"
                "Seuls des agents autorisés voient vos données et la photo de votre pièce d'identité.\n\n"
                "Pour les lire ou les corriger : l'accueil, le délégué à la protection des données ou la CNIL. "
                "La notice complète est à l'accueil."
            ),
            actions=(main(Touch.UNDERSTOOD, _("J'ai compris")),),
            foot=foot(),
            picture=Picture.NONE,
        )
    return Page(
        name=Information.name,
        title=_("Avant de commencer"),
        help=_(
            "Nous utilisons votre identité nationale de santé pour ne pas vous confondre avec une autre personne. "
            "C'est obligatoire, et c'est pour votre sécurité."
        ),
        actions=(main(Touch.UNDERSTOOD, _("J'ai compris")), quiet(Touch.MORE, _("En savoir plus"))),
        foot=foot(),
        picture=Picture.ORNAMENT,
        drawing="safety",
    )
