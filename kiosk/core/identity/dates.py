"""Birth dates as they are: calendar, incomplete, lunar, interpreted (GI3 EXI ID 11-12)."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kiosk.core.confidential import Confidential

_WIRE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
UNKNOWN = "00"


class DateOddity(StrEnum):
    """What sets a birth date apart from a day of the calendar; the order is that of speech."""

    UNKNOWN_DAY = "unknown-day"
    UNKNOWN_MONTH = "unknown-month"
    UNKNOWN_YEAR = "unknown-year"
    LUNAR = "lunar"  # date lunaire: a month or a day that no calendar has
    INTERPRETED = "interpreted"  # completed by the rules of GI3 EXI ID 11


@dataclass(frozen=True, slots=True, repr=False)
class BirthDate(Confidential):
    """A date of birth (date de naissance), text ``YYYY-MM-DD`` that need not be a calendar date.

    Month or day ``00`` is unknown, a month above 12 is lunar (INSi's DateLunaire). ValueError when the text has another
    shape.
    """

    text: str
    is_interpreted: bool = False  # completed by the rules of GI3 EXI ID 11

    def __post_init__(self) -> None:
        if not _WIRE.fullmatch(self.text):
            raise ValueError("a birth date is written YYYY-MM-DD")

    @property
    def year(self) -> str:
        return self.text[:4]

    @property
    def month(self) -> str:
        return self.text[5:7]

    @property
    def day(self) -> str:
        return self.text[8:]

    @property
    def is_calendar(self) -> bool:
        """It is a day of the calendar: what a health identity must hold (GI3 EXI ID 12)."""
        return self.as_date() is not None

    @property
    def is_lunar(self) -> bool:
        """The month or the day exists in no calendar month (date lunaire): kept for billing, interpreted for health."""
        return not self.is_calendar and (int(self.month) > 12 or int(self.day) > _longest(self.year, self.month))

    @property
    def oddities(self) -> tuple[DateOddity, ...]:
        """What must be said in words beside the figures; nothing of a day of the calendar."""
        said = {
            DateOddity.UNKNOWN_DAY: self.day == UNKNOWN,
            DateOddity.UNKNOWN_MONTH: self.month == UNKNOWN,
            DateOddity.UNKNOWN_YEAR: self.year == "0000",
            DateOddity.LUNAR: self.is_lunar,
            DateOddity.INTERPRETED: self.is_interpreted,
        }
        return tuple(oddity for oddity, is_so in said.items() if is_so)

    def as_date(self) -> date | None:
        """Give the calendar day; None when it is not one."""
        try:
            return date.fromisoformat(self.text)
        except ValueError:
            return None

    def interpretation(self, year_if_unknown: str = "") -> "BirthDate | None":
        """Complete the date as GI3 EXI ID 11 and RNIV1 EXI PP 19 say; a calendar date is its own interpretation.

        Unknown day: the 1st. Unknown month: January. Both: 31 December. A lunar month or day is unknown too
        (EXI ID 12). The year is never guessed: None without ``year_if_unknown``, which staff gives from the stated or
        apparent age.
        """
        if self.is_calendar:
            return self
        year = year_if_unknown if self.year == "0000" else self.year
        if not re.fullmatch(r"\d{4}", year, re.ASCII) or year == "0000":
            return None
        month = self.month if 1 <= int(self.month) <= 12 else UNKNOWN
        day = self.day if 1 <= int(self.day) <= _longest(year, month) else UNKNOWN
        if month == UNKNOWN and day == UNKNOWN:
            month, day = "12", "31"
        elif month == UNKNOWN:
            month = "01"
        elif day == UNKNOWN:
            day = "01"
        return BirthDate(f"{year}-{month}-{day}", is_interpreted=True)


def _longest(year: str, month: str) -> int:
    """Give the days of a month: 31 where the month cannot tell; the year 0000, which is unknown, counts as leap."""
    return monthrange(int(year), int(month))[1] if "01" <= month <= "12" else 31
