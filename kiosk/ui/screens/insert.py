"""Insert the carte Vitale, again if need be: what to do, never what went wrong."""

from kiosk.core.turn.screens import CardProblem, InsertCard, Touch
from kiosk.ui.page import Page, foot, main, quiet
from kiosk.ui.words import _


def page(screen: InsertCard) -> Page:
    no_card = _("Je n'ai pas ma carte")
    if screen.problem is CardProblem.READER:
        return Page(
            name=InsertCard.name,
            title=_("Continuons sans votre carte"),
            help=_("Gardez votre carte Vitale avec vous. Un agent la lira au guichet."),
            actions=(main(Touch.NO_CARD, _("Continuer sans ma carte")),),
            foot=foot(),
            step=1,
            drawing="go-on",
        )
    title, help_ = {
        CardProblem.NONE: (_("Insérez votre carte Vitale"), _("Puce vers le haut, jusqu'au bout.")),
        CardProblem.NOT_VITALE: (
            _("Insérez votre carte Vitale"),
            _("Retirez cette carte. La carte Vitale est verte et porte une puce."),
        ),
        CardProblem.UNREADABLE: (
            _("Insérez votre carte encore une fois"),
            _("Retirez-la, essuyez la puce, puis insérez-la puce vers le haut."),
        ),
        CardProblem.REMOVED: (
            _("Remettez votre carte Vitale"),
            _("Laissez-la dans le lecteur jusqu'à la fin. Puce vers le haut."),
        ),
    }[screen.problem]
    return Page(
        name=InsertCard.name,
        title=title,
        help=help_,
        actions=(quiet(Touch.NO_CARD, no_card),),
        foot=foot(),
        step=1,
        drawing="insert-card",
    )
