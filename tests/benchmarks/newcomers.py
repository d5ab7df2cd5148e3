"""People who come for the first time, each with a name, a day and a number of their own."""

from collections.abc import Iterator
from datetime import date, timedelta

from kiosk.console import audit
from kiosk.core.checkin.value import CheckIn
from kiosk.core.identity.traits import Sex
from tests.console.arrivals import arrive
from tests.people import Person

_LETTERS = "BCDFGLMNPRST"


def arrived(many: int, **changes: object) -> Iterator[CheckIn]:
    """So many, one after the other, each taken in; nobody who came before. ``changes``: of each check-in."""
    first = audit.last_number()  # a visit writes at least one act
    for number in range(first, first + many):
        yield arrive(_somebody(number), **changes)


def _somebody(number: int) -> Person:
    born = date(1950, 3, 2) + timedelta(days=number % 700 * 37)
    first, second = _LETTERS[number % 12], _LETTERS[number // 12 % 12]
    nir = f"2{born:%y%m}63{number % 1_000_000:06d}"
    return Person("new here", f"{first}UVO{second}AIX", (f"{second}ILU{first}E",), Sex.FEMALE, str(born), "63220", nir)
