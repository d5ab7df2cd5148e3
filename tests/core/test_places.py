"""Birth places: ins-rules 1.6."""

from pathlib import Path

import pytest

from kiosk.core.identity.dates import BirthDate
from kiosk.core.identity.places import (
    CITY_OF_DISTRICT,
    NO_TABLE,
    Place,
    PlaceRelation,
    PlaceTable,
    departement_of,
    is_abroad,
    is_well_formed_place,
)
from kiosk.documents.places import PlacesUnreadable, read_places

TABLE = PlaceTable(
    names={"01033": "Valserhône", "92012": "Boulogne-Billancourt", "2A004": "Ajaccio", "63220": "Mazoires"},
    successors={"01018": "01033", "01126": "01033", "75012": "92012", "20004": "2A004"},
)
SHIPPED = ("communes.tsv", "departements.tsv", "countries.tsv")
COG = Path(__file__).parents[2] / "assets" / "cog" / "communes.tsv"


@pytest.mark.parametrize(
    ("code", "is_right"),
    [
        ("63220", True),
        ("2B020", True),
        ("2b020", True),
        ("99100", True),
        ("6322", False),
        ("632200", False),
        ("", False),
        ("6322é", False),
        ("63220\n", False),
    ],
)
def test_a_place_is_five_letters_or_digits_xsd(code: str, is_right: bool) -> None:
    assert is_well_formed_place(code) is is_right


@pytest.mark.parametrize(
    ("code", "abroad"),
    [("99352", True), ("99100", True), ("99999", False), ("98818", False), ("97611", False), ("75056", False)],
)
def test_a_foreign_birth_is_99_and_the_country_99999_states_nothing_ins_1_6(code: str, abroad: bool) -> None:
    assert is_abroad("".join(list(code))) is abroad


@pytest.mark.parametrize(
    ("district", "city"),
    [
        ("75101", "75056"),
        ("75120", "75056"),
        ("69381", "69123"),
        ("69389", "69123"),
        ("13201", "13055"),
        ("13216", "13055"),
    ],
)
def test_an_arrondissement_and_its_city_are_both_codes_of_one_birth_ins_1_6(district: str, city: str) -> None:
    assert NO_TABLE.relation(district, city) is PlaceRelation.DISTRICT
    assert NO_TABLE.relation(city, district) is PlaceRelation.DISTRICT
    assert NO_TABLE.knows(district)


@pytest.mark.parametrize("other", ["75100", "75121", "75102"])
def test_two_arrondissements_are_two_places_ins_4(other: str) -> None:
    assert NO_TABLE.relation("75101", other) is PlaceRelation.OTHER


@pytest.mark.parametrize("code", ["69380", "69390", "13200", "13217", "75100", "75121"])
def test_only_the_arrondissements_that_exist_are_part_of_the_city_ins_1_6(code: str) -> None:
    assert not NO_TABLE.knows(code)
    assert len(CITY_OF_DISTRICT) == 20 + 9 + 16
    assert all(is_well_formed_place(each) for each in CITY_OF_DISTRICT)
    for city in ("75056", "69123", "13055"):
        assert NO_TABLE.relation(code, city) is PlaceRelation.OTHER


def test_a_merged_or_renumbered_commune_is_the_one_that_took_its_place_ins_4() -> None:
    assert TABLE.relation("01018", "01033") is PlaceRelation.SUCCESSOR
    assert TABLE.relation("01033", "01018") is PlaceRelation.SUCCESSOR
    assert TABLE.relation("75012", "92012") is PlaceRelation.SUCCESSOR
    assert TABLE.relation("20004", "2a004") is PlaceRelation.SUCCESSOR


def test_two_communes_merged_into_one_stay_two_places_of_birth_ins_4() -> None:
    assert TABLE.relation("01018", "01126") is PlaceRelation.OTHER


def test_another_commune_or_country_is_another_place_ins_4() -> None:
    assert TABLE.relation("63220", "01033") is PlaceRelation.OTHER
    assert TABLE.relation("99352", "99350") is PlaceRelation.OTHER
    assert TABLE.relation("63220", "63220") is PlaceRelation.SAME
    assert TABLE.relation("2b020", "2B020") is PlaceRelation.SAME


@pytest.mark.parametrize(
    ("left", "right"), [("99999", "63220"), ("63220", "99999"), ("", "63220"), ("63220", ""), ("99999", "99999")]
)
def test_an_unknown_place_is_compared_with_nothing_ins_1_2(left: str, right: str) -> None:
    assert TABLE.relation(left, right) is PlaceRelation.UNKNOWN


@pytest.mark.parametrize(
    ("code", "country", "before", "after"),
    [
        ("91352", "99352", "1962-07-02", "1962-07-03"),
        ("92352", "99352", "1950-01-01", "1962-07-03"),
        ("93352", "99352", "1950-01-01", "1962-07-03"),
        ("94352", "99352", "1950-01-01", "1962-07-03"),
        ("95350", "99350", "1956-03-01", "1956-03-02"),
        ("96351", "99351", "1956-03-19", "1956-03-20"),
    ],
)
def test_91_to_96_are_algeria_morocco_and_tunisia_before_independence_ins_1_6(
    code: str, country: str, before: str, after: str
) -> None:
    for left, right in ((code, country), (country, code)):
        assert TABLE.relation(left, right, BirthDate(before)) is PlaceRelation.COUNTRY
        assert TABLE.relation(left, right, BirthDate(after)) is PlaceRelation.OTHER
        assert TABLE.relation(left, right, None) is PlaceRelation.OTHER
        assert TABLE.relation(left, right, BirthDate("1950-00-00")) is PlaceRelation.OTHER
    for elsewhere in ("99100", "99400"):
        assert TABLE.relation(code, elsewhere, BirthDate(before)) is PlaceRelation.OTHER
        assert TABLE.relation(elsewhere, code, BirthDate(before)) is PlaceRelation.OTHER


def test_a_commune_of_todays_92_is_never_taken_for_algeria_ins_1_6() -> None:
    assert TABLE.relation("92012", "99352", BirthDate("1950-01-01")) is PlaceRelation.OTHER
    assert NO_TABLE.relation("92352", "99352", BirthDate("1950-01-01")) is PlaceRelation.OTHER


def test_closed_communes_stay_in_the_table_ins_1_6() -> None:
    assert TABLE.knows("75012")
    assert TABLE.today("75012") == "92012"
    assert TABLE.today("63220") == "63220"
    assert TABLE.name("92012") == "Boulogne-Billancourt"
    assert TABLE.name("75012") == ""
    assert not TABLE.knows("00000")


@pytest.mark.parametrize(
    ("code", "is_possible"),
    [
        ("63220", True),
        ("2a004", True),
        ("75012", True),  # former
        ("75101", True),  # a district
        ("99999", True),
        ("99109", True),
        ("99501", True),
        ("99000", False),
        ("99600", False),
        ("A0000", False),
        ("9999A", False),
        ("63999", False),
        ("91352", False),
        ("6322", False),
        ("9910", False),
        ("991090", False),
    ],
)
def test_nobody_is_born_under_a_code_that_no_place_ever_had_exi_id_14_15(code: str, is_possible: bool) -> None:
    assert TABLE.is_possible(code) is is_possible
    assert TABLE.is_possible(code, BirthDate("1980-01-21")) is is_possible


def test_a_departement_of_before_independence_is_possible_for_who_was_born_before_ins_1_6() -> None:
    assert TABLE.is_possible("91352", BirthDate("1962-07-02"))
    assert not TABLE.is_possible("91352", BirthDate("1962-07-03"))
    assert not TABLE.is_possible("97352", BirthDate("1950-01-01"))


def test_without_a_table_only_the_writing_of_a_place_is_judged() -> None:
    assert NO_TABLE.is_possible("63999")
    assert not NO_TABLE.is_possible("6399")


def test_a_chain_of_codes_is_followed_and_a_circle_is_left() -> None:
    table = PlaceTable(successors={"00001": "00002", "00002": "00003", "00004": "00005", "00005": "00004"})
    assert table.today("00001") == "00003"
    assert table.relation("00001", "00003") is PlaceRelation.SUCCESSOR
    assert table.today("00004") == "00005"


def test_the_shipped_table_holds_todays_and_former_communes_exi_id_14_15() -> None:
    table = read_places(COG.read_text(encoding="utf-8"))
    assert len(table.successors) == 4240
    for code, name in (
        ("75056", "Paris"),
        ("75101", "Paris 1er Arrondissement"),
        ("2A004", "Ajaccio"),
        ("97611", "Mamoudzou"),
        ("97701", "Saint-Barthélemy"),
        ("98818", "Nouméa"),
    ):
        assert table.name(code) == name
    assert table.today("75012") == "92012"
    assert table.today("20004") == "2A004"
    assert table.today("01018") == "01033"
    assert table.relation("92352", "99352", BirthDate("1950-01-01")) is PlaceRelation.COUNTRY


def test_a_place_is_told_by_its_name_its_departement_and_what_it_is_today_exi_id_14_15() -> None:
    table = PlaceTable(TABLE.names, TABLE.successors, {"63": "Puy-de-Dôme", "01": "Ain"}, {"01126": "1973-12-31"})
    assert table.described("63220") == Place("63220", "Mazoires", "63", "Puy-de-Dôme")
    assert table.described("01126") == Place("01126", "", "01", "Ain", "1973-12-31", "01033")
    assert table.described("99352") == Place("99352")
    assert table.described("91352", BirthDate("1950-01-01")) == Place("91352", today="99352")
    assert table.described("91352", BirthDate("1980-01-01")) == Place("91352")


@pytest.mark.parametrize(
    ("code", "place"),
    [
        ("75012", Place("75012", "Boulogne-Billancourt", "75", "Seine", "1967-12-31", "92012")),
        ("20004", Place("20004", "Ajaccio", "20", "Corse", "1975-12-31", "2A004")),
    ],
)
def test_a_commune_of_a_divided_departement_is_told_with_the_one_of_before_ins_1_6(code: str, place: Place) -> None:
    assert TABLE.described(code) == place


@pytest.mark.parametrize(
    ("code", "number"), [("63220", "63"), ("2A004", "2A"), ("97411", "974"), ("98818", "988"), ("99352", "")]
)
def test_a_code_begins_with_its_departement_ins_1_6(code: str, number: str) -> None:
    assert departement_of(code) == number


def test_every_departement_and_country_shipped_has_a_name_exi_id_14_15() -> None:
    table = read_places(*((COG.parent / name).read_text(encoding="utf-8") for name in SHIPPED))
    assert {departement_of(code) for code in table.names} - {""} <= set(table.departements)
    assert table.name("99352") == "Algérie" and table.ends["99115"] == "1992-12-31"
    assert table.described("02285").today == "59545" and table.described("99139") == Place("99139", "Portugal")
    assert len([code for code in table.names if code.startswith("99")]) == 216


@pytest.mark.parametrize(
    ("communes", "departements", "countries"),
    [
        ("63220\tMazoires\t\t31/12/1967", "", ""),
        ("63220\tMazoires", "63", ""),
        ("63220\tMazoires", "6\tAin", ""),
        ("63220\tMazoires", "", "63220\tFrance"),
        ("63220\tMazoires", "", "99352"),
        ("63220\tMazoires", "", "99115\tTchécoslovaquie\t1992"),
    ],
)
def test_a_table_of_places_that_is_not_one_is_refused_too(communes: str, departements: str, countries: str) -> None:
    with pytest.raises(PlacesUnreadable, match="line 1"):
        read_places(communes, departements, countries)


@pytest.mark.parametrize("text", ["", "6322\tMazoires", "63220\tMazoires\t6322", "63220\tMazoires\nMazoires"])
def test_a_table_that_is_not_one_is_refused_by_its_line(text: str) -> None:
    with pytest.raises(PlacesUnreadable, match=r"line|empty"):
        read_places(text)


def test_a_table_far_too_long_is_refused() -> None:
    with pytest.raises(PlacesUnreadable, match="far too long"):
        read_places("63220\n" * 200_001)
