"""People who come for the first time, each with a name, a day and a number of their own."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import count

from kiosk.core.checkin.value import CheckIn
from kiosk.core.identity.traits import Sex
from tests.console.arrivals import arrive
from tests.people import Person

_NEXT = count(1)
_LETTERS = "BCDFGLMNPRST"


def arrived(many: int) -> Iterator[CheckIn]:
    """So many, one after the other, each taken in by the console."""
    for _ in range(many):
        yield arrive(_somebody(next(_NEXT)))


def _somebody(number: int) -> Person:
    born = date(1950, 3, 2) + timedelta(days=number * 37)
    first, second = _LETTERS[number % 12], _LETTERS[number // 12 % 12]
    nir = f"2{born:%y%m}63990{number % 1000:03d}"
    return Person("new here", f"{first}UVO{second}AIX", (f"{second}ILU{first}E",), Sex.FEMALE, str(born), "63220", nir)
