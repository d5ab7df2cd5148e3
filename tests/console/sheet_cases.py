"""One invented visit for each cause of a patient's sheet, each different in one thing from a visit without any."""

from dataclasses import replace

from kiosk.console.identities.sheet_due import Cause
from kiosk.core.checkin.value import CheckIn
from kiosk.core.identity.dates import BirthDate
from kiosk.core.sources.document import MrzReading
from kiosk.core.sources.insi import InsNotFound, InsSeveral
from tests.console.arrivals import card_of, check_in_of, mrz_of
from tests.people import ZOE


def shown(**changes: object) -> MrzReading:
    """ZOE's document, read with certainty, but for this."""
    reading = mrz_of(ZOE)
    return replace(reading, traits=replace(reading.traits, **changes))


def one_letter(name: str) -> str:
    """The name with its last letter replaced."""
    return name[:-1] + ("N" if name[-1] != "N" else "M")


def other_year(born: str) -> BirthDate:
    """The date with the last digit of its year replaced."""
    return BirthDate(f"{born[:3]}{(int(born[3]) + 3) % 10}{born[4:]}")


OTHERWISE = {"birth_name": one_letter(ZOE.birth_name), "birth_date": other_year(ZOE.birth_date)}
CASES: dict[Cause, dict[str, object]] = {
    Cause.DOCUMENT: {"mrz": shown(**OTHERWISE)},
    Cause.REFERENCE: {"mrz": shown(**OTHERWISE), "card": replace(card_of(ZOE), **OTHERWISE)},
    Cause.CARD: {"card": replace(card_of(ZOE), **OTHERWISE), "mrz": None, "pictures": ()},
    Cause.NOBODY: {"insi": InsNotFound()},
    Cause.SEVERAL: {"insi": InsSeveral()},
}


def visit(cause: Cause, **changes: object) -> CheckIn:
    """A visit after which this sheet is due."""
    said = CASES[cause] | changes
    insi = said.pop("insi", None)
    return check_in_of(ZOE, insi, **said)
