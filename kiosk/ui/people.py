"""People as a public screen may show and say them: first name, initial of the name, year of birth."""

from kiosk.core.turn.screens import PersonLabel
from kiosk.ui.words import _

_HARD_SPACE = "\N{NO-BREAK SPACE}"


def short_name(person: PersonLabel) -> str:
    """Write MARINE L.; the initial never stands alone on a line."""
    return f"{person.given_name}{_HARD_SPACE}{person.initial}." if person.initial else person.given_name


def birth_year(person: PersonLabel) -> str:
    """Write the year of birth without a gender: the card knows none."""
    return _("Année de naissance : {year}").format(year=person.birth_year) if person.birth_year else ""


def spoken_name(person: PersonLabel) -> str:
    """Say the same thing as the screen, and nothing more."""
    if not person.birth_year:
        return f"{person.given_name} {person.initial}."
    return _("{name} {initial}, année de naissance {year}").format(
        name=person.given_name, initial=person.initial, year=person.birth_year
    )
