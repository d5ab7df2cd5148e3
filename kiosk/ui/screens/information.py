"""Notice on the use of the INS before the card is read (RGPD art. 13): the structure informs, nobody may object."""

from kiosk.core.screens import Information, Touch
from kiosk.ui.page import Page, Picture, foot, main, quiet
from kiosk.ui.words import _


def page(screen: Information) -> Page:
    if screen.more:
        return Page(
            name=Information.name,
            title=_("Vos données et vos droits"),
            help=_(
                "L'établissement utilise vos traits d'identité et votre numéro de sécurité sociale, comme la loi "
                "l'y oblige, pour votre prise en charge seulement.\n\n"
                "La photo de votre pièce d'identité est protégée. Seuls les agents autorisés la voient.\n\n"
                "Vous pouvez demander à lire et à corriger vos données : à l'accueil, au délégué à la protection "
                "des données, ou à la CNIL."
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
        drawing="safety",
    )
