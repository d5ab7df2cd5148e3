"""Who says a person's identity: they themselves, or of a minor the adult who comes with them (adulte accompagnant)."""

from datetime import date
from enum import StrEnum

from kiosk.core.identity.dates import BirthDate

OF_AGE = 18  # years (Code civil, article 388)


class SaidBy(StrEnum):
    """Who stated the identity unprompted; of an adult's role nothing but this is kept."""

    PERSON = "person"
    MOTHER = "mother"  # mère
    FATHER = "father"  # père
    HOLDER = "authority-holder"  # autre titulaire de l'autorité parentale
    GUARDIAN = "guardian"  # tuteur, tutrice
    OTHER_ADULT = "other-adult"  # a relative, a service, an institution
    ALONE = "alone"  # a minor who came by themselves


def is_minor(born: BirthDate, on: date) -> bool | None:
    """Say whether somebody is a minor on a day; an incomplete date counts as completed; None where no year is known."""
    whole = born.interpretation()
    day = whole.as_date() if whole is not None else None
    if day is None:
        return None
    had_birthday = (on.month, on.day) >= (day.month, day.day)
    return on.year - day.year - (0 if had_birthday else 1) < OF_AGE
