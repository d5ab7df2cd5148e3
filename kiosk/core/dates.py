"""Birth dates as they are: calendar, incomplete, lunar, interpreted (GI3 EXI ID 11-12)."""

import re
from dataclasses import dataclass

from kiosk.core.confidential import Confidential

_WIRE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@dataclass(frozen=True, slots=True, repr=False)
class BirthDate(Confidential):
    """A date of birth (date de naissance), text ``YYYY-MM-DD`` that need not be a calendar date.

    Month or day ``00`` is unknown, a month above 12 is lunar (INSi's DateLunaire).
    ValueError when the text has another shape.
    """

    text: str
    is_interpreted: bool = False  # completed by the rules of GI3 EXI ID 11

    def __post_init__(self) -> None:
        if not _WIRE.fullmatch(self.text):
            raise ValueError("a birth date is written YYYY-MM-DD")
