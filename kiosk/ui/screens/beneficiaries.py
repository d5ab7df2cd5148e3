"""Who of the card's people (bénéficiaires) is here: never a whole name on a public screen."""

from kiosk.core.turn.screens import PERSON_TOUCHES, Beneficiaries, Touch
from kiosk.ui.page import Action, Page, Picture, Weight, foot, quiet
from kiosk.ui.people import short_name, spoken_name
from kiosk.ui.words import _


def page(screen: Beneficiaries) -> Page:
    if len(screen.people) > len(PERSON_TOUCHES):
        raise ValueError("a page of beneficiaries holds at most five people")
    people = tuple(
        Action(touch, short_name(person), spoken_name(person), Weight.CHOICE, detail=person.birth_year)
        for touch, person in zip(PERSON_TOUCHES, screen.people, strict=False)
    )
    others: tuple[Action, ...] = (quiet(Touch.NOT_LISTED, _("Aucune de ces personnes")),)
    if screen.has_more:
        others = (quiet(Touch.NEXT_PAGE, _("Voir la suite")), *others)
    return Page(
        name=Beneficiaries.name,
        title=_("Qui vient aujourd'hui ?"),
        help=_("Choisissez la personne qui a rendez-vous."),
        actions=(*people, *others),
        foot=foot(),
        step=1,
        picture=Picture.NONE,
    )
