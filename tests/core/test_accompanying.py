"""Who says the identity of a minor: the adult who comes with them."""

from datetime import date

import pytest

from kiosk.core.identity.dates import BirthDate
from kiosk.core.status.accompanying import is_minor


@pytest.mark.parametrize(
    ("born", "on", "minor"),
    [
        ("2008-11-30", "2026-11-29", True),
        ("2008-11-30", "2026-11-30", False),  # of age on the birthday
        ("2008-02-29", "2026-02-28", True),
        ("2008-02-29", "2026-03-01", False),
        ("2008-00-00", "2026-12-30", True),  # the rule completes it: 31 December
        ("2008-00-00", "2026-12-31", False),
        ("2009-13-01", "2026-11-30", True),
        ("0000-01-01", "2026-11-30", None),
        ("1950-01-01", "2026-11-30", False),
    ],
)
def test_somebody_is_a_minor_until_the_day_they_are_eighteen_rniv1(born: str, on: str, minor: bool | None) -> None:
    assert is_minor(BirthDate(born), date.fromisoformat(on)) is minor
