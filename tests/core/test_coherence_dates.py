"""The coherence check of dates, sex and place: ins-rules 4."""

from dataclasses import replace

import pytest

from kiosk.core.coherence.compare import Outcome, Reason, Trait
from kiosk.core.coherence.date_details import date_detail
from kiosk.core.coherence.reasons import DATE_DETAILS
from kiosk.core.identity.dates import BirthDate
from kiosk.core.identity.places import PlaceTable
from kiosk.core.identity.traits import Sex
from tests.core.comparing import DOCUMENT, NOT_STATED, SAME, blocking, tolerated, verdict
from tests.core.examples import INSI

# --- dates --------------------------------------------------------------------------------------------------------


def born(left: str, right: str, *others: str) -> tuple[Outcome, Reason | None]:
    left = "".join(list(left))  # equal, and not the same object
    alternatives = tuple(BirthDate("".join(list(other))) for other in others)
    one = replace(DOCUMENT, birth_date=BirthDate(left), other_birth_dates=alternatives)
    return verdict(one, replace(INSI, birth_date=BirthDate(right)), Trait.BIRTH_DATE)


@pytest.mark.parametrize(
    ("incomplete", "held"),
    [
        ("1980-00-00", "1980-12-31"),
        ("1980-05-00", "1980-05-01"),
        ("1980-00-12", "1980-01-12"),
        ("1951-20-00", "1951-12-31"),
    ],
)
def test_an_incomplete_date_against_its_interpreted_form_is_tolerated_exi_id_11_ins_4(
    incomplete: str, held: str
) -> None:
    assert born(incomplete, held) == tolerated(Reason.INTERPRETED_DATE)
    assert born(held, incomplete) == tolerated(Reason.INTERPRETED_DATE)


def test_an_incomplete_date_against_any_other_blocks_ins_4() -> None:
    assert born("1980-00-00", "1980-05-12") == blocking(Reason.INCOMPLETE_DATE)
    assert born("1980-05-00", "1980-05-12") == blocking(Reason.INCOMPLETE_DATE)
    assert born("0000-00-00", "1980-12-31") == blocking(Reason.INCOMPLETE_DATE)
    assert born("1980-05-00", "1980-00-12") == blocking(Reason.INCOMPLETE_DATE)


def test_the_same_incomplete_date_on_both_sides_is_the_same_ins_4() -> None:
    assert born("1980-00-00", "1980-00-00") == SAME
    assert born("1951-20-00", "1951-20-00") == SAME


def test_any_other_difference_of_dates_blocks_ins_4() -> None:
    assert born("1975-12-31", "1980-06-15") == blocking(Reason.OTHER_DATE)
    assert born("1975-12-31", "1975-12-30") == blocking(Reason.ONE_DIGIT_APART)
    assert born("1975-12-31", "1974-11-30") == blocking(Reason.OTHER_DATE)
    assert born("1975-05-12", "1975-12-05") == blocking(Reason.DAY_AND_MONTH_SWAPPED)
    assert born("1975-01-02", "1975-02-01") == blocking(Reason.DAY_AND_MONTH_SWAPPED)
    assert born("1975-01-02", "1976-02-01") == blocking(Reason.OTHER_DATE)


def test_a_two_digit_year_may_be_either_century_doc_9303() -> None:
    assert born("2025-05-12", "1925-05-12", "1925-05-12") == tolerated(Reason.TWO_DIGIT_YEAR)
    assert born("1925-05-12", "2025-05-12", "2025-05-12") == tolerated(Reason.TWO_DIGIT_YEAR)
    assert born("2025-05-12", "1925-05-12") == blocking(Reason.OTHER_DATE)
    assert born("2025-12-05", "1925-05-12", "1925-12-05") == blocking(Reason.DAY_AND_MONTH_SWAPPED)
    assert born("2025-05-00", "1925-05-01", "1925-05-00") == tolerated(Reason.INTERPRETED_DATE)
    assert born("2025-05-13", "1925-05-12", "1925-05-13") == blocking(Reason.ONE_DIGIT_APART)


# --- sex and place ------------------------------------------------------------------------------------------------


def test_any_difference_of_sex_blocks_ins_4() -> None:
    assert verdict(DOCUMENT, INSI, Trait.SEX) == SAME
    assert verdict(replace(DOCUMENT, sex=Sex.MALE), INSI, Trait.SEX) == blocking(Reason.OTHER_SEX)
    assert verdict(replace(DOCUMENT, sex=Sex.UNDETERMINED), INSI, Trait.SEX) == blocking(Reason.OTHER_SEX)
    assert verdict(replace(DOCUMENT, sex=None), INSI, Trait.SEX) == NOT_STATED


def place(left: str, right: str, date: str = "1950-01-01") -> tuple[Outcome, Reason | None]:
    table = PlaceTable({"01033": "Valserhône", "63220": "Mazoires"}, {"01018": "01033"})
    one = replace(DOCUMENT, birth_place_code=left, birth_date=BirthDate(date))
    other = replace(INSI, birth_place_code=right, birth_date=BirthDate(date))
    return verdict(one, other, Trait.BIRTH_PLACE, table)


def test_a_merged_commune_and_an_arrondissement_are_tolerated_another_commune_blocks_ins_4() -> None:
    assert place("63220", "63220") == SAME
    assert place("01018", "01033") == tolerated(Reason.COMMUNE_MERGED)
    assert place("75101", "75056") == tolerated(Reason.ARRONDISSEMENT)
    assert place("63220", "01033") == blocking(Reason.OTHER_PLACE)
    assert place("99352", "99350") == blocking(Reason.OTHER_PLACE)
    assert place("99999", "63220") == NOT_STATED
    assert place("", "63220") == NOT_STATED


def test_a_place_of_before_independence_against_the_country_is_tolerated_ins_4() -> None:
    assert place("92352", "99352") == tolerated(Reason.FOREIGN_PLACE)
    assert place("92352", "99352", "1950-00-00") == tolerated(Reason.FOREIGN_PLACE)
    assert place("92352", "99352", "1970-01-01") == blocking(Reason.OTHER_PLACE)
    assert place("92352", "99352", "0000-00-00") == blocking(Reason.OTHER_PLACE)


def test_before_independence_means_by_both_dates_and_needs_one_ins_1_6() -> None:
    table = PlaceTable({"63220": "Mazoires"})
    one = replace(DOCUMENT, birth_place_code="92352", birth_date=BirthDate("1950-01-01"))
    other = replace(INSI, birth_place_code="99352", birth_date=BirthDate("1970-01-01"))
    assert verdict(one, other, Trait.BIRTH_PLACE, table) == blocking(Reason.OTHER_PLACE)
    dateless = replace(other, birth_date=None)
    assert verdict(one, dateless, Trait.BIRTH_PLACE, table) == tolerated(Reason.FOREIGN_PLACE)
    assert verdict(replace(one, birth_date=None), dateless, Trait.BIRTH_PLACE, table) == blocking(Reason.OTHER_PLACE)


# --- told with both dates -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("left", "others", "right", "detail"),
    [
        ("1926-03-12", ("2026-03-12",), "2026-03-12", ("1926-03-12", "2026-03-12", "2026-03-12", "")),
        ("1980-00-00", (), "1980-12-31", ("1980-00-00", "1980-12-31", "", "1980-12-31")),
        ("1951-20-00", (), "1952-01-01", ("1951-20-00", "1952-01-01", "", "1951-12-31")),
        ("0000-01-21", (), "1980-01-21", ("0000-01-21", "1980-01-21", "", "")),
        ("1980-04-03", (), "1980-03-04", ("1980-04-03", "1980-03-04", "", "")),
        ("1980-04-03", ("1880-04-03",), "1880-03-04", ("1880-04-03", "1880-03-04", "", "")),
        ("1980-04-03", ("1880-04-03",), "1881-04-03", ("1880-04-03", "1881-04-03", "", "")),
    ],
)
def test_of_two_readings_both_dates_are_told_and_what_the_rule_makes_of_one_exi_id_11(
    left: str, others: tuple[str, ...], right: str, detail: tuple[str, str, str, str]
) -> None:
    one = replace(DOCUMENT, birth_date=BirthDate(left), other_birth_dates=tuple(map(BirthDate, others)))
    other = replace(INSI, birth_date=BirthDate(right))
    reason = verdict(one, other, Trait.BIRTH_DATE)[1]
    found = date_detail(one, other, reason)
    assert found is not None and reason in DATE_DETAILS
    told = (found.shown, found.other, found.also, found.completed)
    assert tuple(date.text if date is not None else "" for date in told) == detail
    turned = date_detail(other, one, reason)
    assert turned is not None and {turned.shown.text, turned.other.text} >= {found.other.text} - {""}


def test_a_difference_that_two_dates_explain_alone_is_told_without_more_exi_id_11() -> None:
    other = replace(INSI, birth_date=BirthDate("1971-11-30"))
    assert date_detail(DOCUMENT, other, Reason.OTHER_DATE) is None
    assert date_detail(DOCUMENT, other, None) is None
    assert date_detail(replace(DOCUMENT, birth_date=None), other, Reason.TWO_DIGIT_YEAR) is None
