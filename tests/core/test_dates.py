"""Birth dates: ins-rules 1.5."""

from datetime import date

import pytest

from kiosk.core.identity.dates import BirthDate, DateOddity


def interpreted(text: str, year: str = "") -> str | None:
    completed = BirthDate(text).interpretation("".join(list(year)))  # equal texts need not be the same object
    return None if completed is None else completed.text


def test_an_unknown_day_becomes_the_first_exi_id_11_exi_pp_19() -> None:
    assert interpreted("1980-05-00") == "1980-05-01"


def test_an_unknown_month_becomes_january_exi_id_11_exi_pp_19() -> None:
    assert interpreted("1980-00-12") == "1980-01-12"
    assert interpreted("1980-00-31") == "1980-01-31"


def test_an_unknown_day_and_month_become_31_december_exi_id_11_exi_pp_19() -> None:
    assert interpreted("1980-00-00") == "1980-12-31"


def test_an_interpreted_date_is_flagged_exi_id_11() -> None:
    completed = BirthDate("1980-00-00").interpretation()
    assert completed == BirthDate("1980-12-31", is_interpreted=True)


def test_a_calendar_date_is_its_own_interpretation_and_is_not_flagged_exi_id_11() -> None:
    born = BirthDate("1975-12-31")
    assert born.interpretation() is born
    assert not born.is_interpreted


def test_an_unknown_year_is_never_guessed_ins_1_5() -> None:
    assert interpreted("0000-00-00") is None
    assert interpreted("0000-05-12") is None
    assert interpreted("0000-00-00", "0000") is None
    assert interpreted("0000-00-00", "70") is None
    assert interpreted("0000-00-00", "1970x") is None
    assert interpreted("0000-00-00", "1970") == "1970-12-31"
    assert interpreted("1980-00-00", "1970") == "1980-12-31"


@pytest.mark.parametrize(
    ("text", "is_calendar", "is_incomplete", "is_lunar"),
    [
        ("1975-12-31", True, False, False),
        ("2000-02-29", True, False, False),
        ("1980-00-00", False, True, False),
        ("1980-05-00", False, True, False),
        ("1980-00-12", False, True, False),
        ("0000-05-12", False, True, False),
        ("1980-13-01", False, False, True),
        ("1980-12-31", True, False, False),
        ("1980-13-00", False, True, True),
        ("1951-20-00", False, True, True),
        ("1980-05-32", False, False, True),
        ("1980-00-32", False, True, True),
        ("1980-00-31", False, True, False),
        ("1980-04-31", False, False, True),
        ("1980-06-31", False, False, True),
        ("1980-09-31", False, False, True),
        ("1980-11-31", False, False, True),
        ("1980-11-30", True, False, False),
        ("1980-12-00", False, True, False),
        ("1980-12-32", False, False, True),
        ("1980-01-00", False, True, False),
        ("0000-04-31", False, True, True),
        ("0000-04-30", False, True, False),
        ("2000-02-30", False, False, True),
        ("1981-02-29", False, False, True),
        ("1900-02-29", False, False, True),
        ("1980-02-30", False, False, True),
        ("0000-02-29", False, True, False),
        ("0000-02-30", False, True, True),
    ],
)
def test_insi_dates_are_text_that_need_not_be_a_calendar_day_xsd_datelunaire(
    text: str, is_calendar: bool, is_incomplete: bool, is_lunar: bool
) -> None:
    born = BirthDate(text)
    assert (born.is_calendar, born.is_lunar) == (is_calendar, is_lunar)
    assert any(one.startswith("unknown") for one in born.oddities) is is_incomplete
    assert born.text == text


@pytest.mark.parametrize(
    "text", ["1980-5-12", "12/05/1980", "", "1980-05-12 ", "1980-05-12\n", "١٩٨٠-٠٥-١٢", "1980-05-1A"]
)
def test_a_birth_date_on_the_wire_is_four_two_and_two_digits_xsd(text: str) -> None:
    with pytest.raises(ValueError, match="YYYY-MM-DD"):
        BirthDate(text)


def test_an_incomplete_date_is_no_calendar_date_for_the_health_identity_exi_id_12() -> None:
    assert BirthDate("1980-05-00").as_date() is None
    assert BirthDate("1980-05-12").as_date() == date(1980, 5, 12)


@pytest.mark.parametrize(
    ("lunar", "health"),
    [
        ("1951-20-00", "1951-12-31"),
        ("1951-13-20", "1951-01-20"),
        ("1951-13-32", "1951-12-31"),
        ("1951-02-30", "1951-02-01"),
        ("1951-04-31", "1951-04-01"),
        ("1951-12-32", "1951-12-01"),
        ("1951-99-01", "1951-01-01"),
        ("1952-02-00", "1952-02-01"),
        ("1951-01-32", "1951-01-01"),
        ("1951-00-32", "1951-12-31"),
        ("1900-02-29", "1900-02-01"),
    ],
)
def test_a_lunar_date_is_kept_for_billing_and_interpreted_for_the_health_identity_exi_id_12(
    lunar: str, health: str
) -> None:
    born = BirthDate(lunar)
    assert interpreted(lunar) == health
    assert born.text == lunar


def test_29_february_of_an_unknown_year_waits_for_a_year_that_has_it_ins_1_5() -> None:
    assert interpreted("0000-02-29", "1972") == "1972-02-29"
    assert interpreted("0000-02-29", "1971") == "1971-02-01"
    assert interpreted("0000-02-29") is None


def test_the_parts_of_a_date_are_read_as_text() -> None:
    born = BirthDate("1980-05-12")
    assert (born.year, born.month, born.day) == ("1980", "05", "12")


@pytest.mark.parametrize(
    ("text", "oddities"),
    [
        ("1980-01-21", ()),
        ("1980-01-00", (DateOddity.UNKNOWN_DAY,)),
        ("1980-00-21", (DateOddity.UNKNOWN_MONTH,)),
        ("1980-00-00", (DateOddity.UNKNOWN_DAY, DateOddity.UNKNOWN_MONTH)),
        ("0000-01-21", (DateOddity.UNKNOWN_YEAR,)),
        ("1951-20-00", (DateOddity.UNKNOWN_DAY, DateOddity.LUNAR)),
        ("1951-13-29", (DateOddity.LUNAR,)),
        ("1951-02-30", (DateOddity.LUNAR,)),
    ],
)
def test_what_no_calendar_has_is_named_exi_id_11(text: str, oddities: tuple[DateOddity, ...]) -> None:
    assert BirthDate(text).oddities == oddities
    completed = BirthDate(text).interpretation("1980")
    assert completed is not None
    assert completed.oddities == (() if not oddities else (DateOddity.INTERPRETED,))
