"""Insert the carte Vitale, again if need be: what to do, never what went wrong. Or show it on a phone."""

from kiosk.core.turn.screens import OF_PHONE, CardProblem, InsertCard, Touch
from kiosk.ui.page import Page, foot, main, quiet
from kiosk.ui.words import _


def page(screen: InsertCard) -> Page:
    if screen.problem is CardProblem.READER:
        return _without_reader(screen.phone)
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
        CardProblem.PHONE: (
            _("Montrez votre téléphone encore une fois"),
            _("Ouvrez l'appli carte Vitale, puis gardez l'écran devant le lecteur."),
        ),
        CardProblem.PHONE_REMOVED: (
            _("Montrez votre téléphone encore une fois"),
            _("Gardez-le devant le lecteur jusqu'à la fin."),
        ),
    }[screen.problem]
    is_of_phone = screen.problem in OF_PHONE
    without = _("Continuer sans téléphone") if is_of_phone else _("Je n'ai pas ma carte")
    if screen.phone and not is_of_phone:
        help_ = f"{help_}\n{_('Ou montrez au lecteur votre appli carte Vitale.')}"
    return Page(
        name=InsertCard.name,
        title=title,
        help=help_,
        actions=(quiet(Touch.NO_CARD, without),),
        foot=foot(),
        step=1,
        drawing="show-phone" if is_of_phone else "insert-card",
    )


def _without_reader(has_phone: bool) -> Page:
    if has_phone:
        title, without = _("Montrez votre téléphone"), _("Continuer sans téléphone")
        help_ = _(
            "Ouvrez l'appli carte Vitale, puis montrez l'écran au lecteur.\n"
            "Sans téléphone, gardez votre carte : un agent la lira au guichet."
        )
    else:
        without = _("Continuer sans ma carte")
        title = _("Continuons sans votre carte")
        help_ = _("Gardez votre carte Vitale avec vous. Un agent la lira au guichet.")
    return Page(
        name=InsertCard.name,
        title=title,
        help=help_,
        actions=(main(Touch.NO_CARD, without),),
        foot=foot(),
        step=1,
        drawing="show-phone" if has_phone else "go-on",
    )
