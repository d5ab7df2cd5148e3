"""A public screen names a person by first name, initial and year of birth, cut to what a button holds."""

import pytest

from kiosk.core.sources.card import Beneficiary
from kiosk.core.turn.labels import label_of
from kiosk.core.turn.screens import PersonLabel


def _label(given_name: str = "ZOE", name: str = "ADRUN", birth_date: str = "1975-12-31") -> PersonLabel:
    return label_of(Beneficiary(name=name, given_name=given_name, birth_date=birth_date))


def test_a_person_is_shown_by_first_name_initial_and_year_and_nothing_more() -> None:
    label = _label("  ZOE   MARIE ", " ADRUN")
    assert (label.given_name, label.initial, label.birth_year) == ("ZOE MARIE", "A", "1975")


@pytest.mark.parametrize(
    ("given_name", "shown"),
    [
        ("A" * 23, "A" * 23),
        ("A" * 24, "A" * 24),
        ("A" * 25, "A" * 23 + "…"),
        ("A" * 60, "A" * 23 + "…"),
        ("A" * 22 + " BCDE", "A" * 22 + "…"),  # no space before the ellipsis
        ("", ""),
    ],
)
def test_a_first_name_too_long_for_a_button_is_cut_with_an_ellipsis(given_name: str, shown: str) -> None:
    assert _label(given_name).given_name == shown


@pytest.mark.parametrize(
    ("birth_date", "shown"),
    [("1975-12-31", "1975"), ("0000-00-00", ""), ("", ""), ("19 5-12-31", ""), ("!!!!-12-31", ""), ("2012", "2012")],
)
def test_a_year_of_birth_that_is_none_is_not_shown(birth_date: str, shown: str) -> None:
    assert _label(birth_date=birth_date).birth_year == shown
