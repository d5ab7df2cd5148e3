"""How a person is named on a public screen: never whole (first name, initial of the name, year of birth)."""

from kiosk.core.sources.card import Beneficiary
from kiosk.core.turn.screens import PersonLabel

_LONGEST = 24  # letters of a first name that fit a button; more is cut with an ellipsis


def label_of(person: Beneficiary) -> PersonLabel:
    """Mask a beneficiary for a screen that others can see."""
    given = " ".join(person.given_name.split())
    if len(given) > _LONGEST:
        given = given[: _LONGEST - 1].rstrip() + "…"
    year = person.birth_date[:4]
    return PersonLabel(
        given_name=given,
        initial=person.name.strip()[:1],
        birth_year=year if year.isdigit() and year != "0000" else "",
    )
