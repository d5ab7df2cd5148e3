"""Candidates for staff: ranked, each with its reasons, and from which on staff must choose."""

from dataclasses import replace

import pytest
from rapidfuzz.distance import JaroWinkler

from kiosk.core.coherence import candidates as core
from kiosk.core.coherence.candidates import MUST_SAY, PROBABLE, Candidate, Likeness, Sign, candidates, comparable
from kiosk.core.identity.dates import BirthDate
from kiosk.core.identity.places import PlaceTable
from kiosk.core.identity.traits import Sex, Source, Traits
from tests.core.examples import CARD, INSI, MRZ

ALIKE = JaroWinkler.normalized_similarity
NOBODY = Traits(Source.STAFF)
SAME = [Sign.NAME_SAME, Sign.GIVEN_SAME, Sign.DATE_SAME, Sign.SEX_SAME, Sign.PLACE_SAME]
STRANGER = Traits(
    Source.STAFF,
    "LEROY",
    given_names=("PAUL",),
    birth_date=BirthDate("2001-06-15"),
    sex=Sex.MALE,
    birth_place_code="75056",
)


def weigh(left: Traits, right: Traits, *how) -> Likeness:
    return core.weigh(comparable(left), comparable(right), *how)


def exactly(left: str, right: str) -> float:
    return 1.0 if left == right else 0.0


def just(value: float):
    return lambda left, right: value


def signs(change: dict[str, object], similarity=exactly, of: Traits = INSI) -> list[Sign]:
    """What is said of a person and of the same with something changed, both ways round."""
    one = weigh(of, replace(of, **change), similarity)
    assert one == weigh(replace(of, **change), of, similarity)
    return list(one.signs)


def given(*names: str) -> dict[str, object]:
    return {"given_names": names, "given_names_text": ""}


def test_the_same_person_and_a_stranger() -> None:
    assert weigh(INSI, INSI, exactly) == Likeness(36.5, tuple(SAME))
    against = [Sign.NAME_OTHER, Sign.GIVEN_OTHER, Sign.DATE_OTHER, Sign.SEX_OTHER, Sign.PLACE_OTHER]
    assert weigh(INSI, STRANGER, exactly) == Likeness(-25.0, tuple(against))
    assert (
        weigh(NOBODY, NOBODY, exactly)
        == weigh(NOBODY, INSI, exactly)
        == weigh(INSI, NOBODY, exactly)
        == Likeness(0, ())
    )


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"birth_name": "ADRÛN"}, Sign.NAME_SAME),
        ({"birth_name": "DUPONT", "name_in_use": "ADRUN"}, Sign.NAME_IN_USE),
        ({"birth_name": "ADRUN-DUPONT"}, Sign.NAME_PART),
        ({"birth_name": "DUPONT ADRUN"}, Sign.NAME_PART),
        ({"birth_name": "ADRUNE"}, Sign.NAME_OTHER),
        ({"birth_name": "4DRUN"}, Sign.NAME_OTHER),
    ],
)
def test_what_is_said_of_two_names(change: dict[str, object], said: Sign) -> None:
    assert signs(change) == [said, *SAME[1:]]


def test_names_in_use_are_names_too() -> None:
    both = replace(INSI, name_in_use="MARTIN")
    assert signs({"birth_name": "LEROY"}, of=both)[0] is Sign.NAME_IN_USE
    assert signs({"birth_name": "LEROY", "name_in_use": "MARTIN-PETIT"}, of=both)[0] is Sign.NAME_PART
    assert signs({"birth_name": "LEROY-DUBOIS", "name_in_use": ""}, of=replace(both, name_in_use="DUBOIS MARTIN"))[
        0
    ] is (Sign.NAME_OTHER)
    nameless = replace(INSI, birth_name="", name_in_use="")
    assert weigh(nameless, nameless, exactly).signs[0] is Sign.GIVEN_SAME
    used_only = replace(nameless, name_in_use="ADRUN")
    assert weigh(used_only, used_only, exactly).signs[0] is Sign.NAME_IN_USE


@pytest.mark.parametrize(
    ("value", "name", "first"),
    [
        (0.92, Sign.NAME_ALIKE, Sign.GIVEN_ALIKE),
        (0.91, Sign.NAME_NEAR, Sign.GIVEN_NEAR),
        (0.84, Sign.NAME_NEAR, Sign.GIVEN_NEAR),
        (0.83, Sign.NAME_OTHER, Sign.GIVEN_OTHER),
    ],
)
def test_two_spellings_are_alike_near_or_other(value: float, name: Sign, first: Sign) -> None:
    assert signs({"birth_name": "ADRUM", **given("ZOA")}, just(value))[:2] == [name, first]


@pytest.mark.parametrize(
    ("ours", "theirs", "said"),
    [
        (("ZOE",), ("ZOÉ",), Sign.GIVEN_SAME),
        (("ZOE", "MARIE"), ("ZOÉ",), Sign.GIVEN_SAME),
        (("MARIE", "ANNE"), ("MARIE-ANNE",), Sign.GIVEN_SAME),
        (("MARIE",), ("MARIE-ANNE",), Sign.GIVEN_PART),
        (("MARIE", "CLAIRE"), ("MARIE ANNE", "LEA"), Sign.GIVEN_PART),
        (("ANNE",), ("MARIE-ANNE",), Sign.GIVEN_PART),
        (("MARIE-ANNE",), ("MARIE", "ANNE", "LEA"), Sign.GIVEN_PART),
        (("ZOE", "MARIE"), ("MARIE",), Sign.GIVEN_LATER),
        (("ZOE", "MARIE"), ("LEA", "MARIE"), Sign.GIVEN_OTHER),
        (("ZOE",), ("LEA", "ZO"), Sign.GIVEN_OTHER),
    ],
)
def test_what_is_said_of_two_first_names(ours: tuple[str, ...], theirs: tuple[str, ...], said: Sign) -> None:
    born = {"birth_date": None, "birth_name": ""}
    assert signs(given(*theirs), of=replace(INSI, **born, **given(*ours)))[0] is said


def test_name_and_first_name_in_each_other_s_field() -> None:
    turned = signs({"birth_name": "ZOE", **given("ADRUN")})
    assert turned == [Sign.SWAPPED, *SAME[2:]]
    assert signs({"birth_name": "ZOE", **given("LEROY")})[:2] == [Sign.NAME_OTHER, Sign.GIVEN_OTHER]
    assert signs({"birth_name": "LEROY", **given("ADRUN")})[:2] == [Sign.NAME_OTHER, Sign.GIVEN_OTHER]


@pytest.mark.parametrize(
    ("date", "said"),
    [
        ("1975-12-30", Sign.DATE_SLIP),
        ("1965-12-31", Sign.DATE_SLIP),
        ("1975-31-12", Sign.DATE_SLIP),
        ("1975-00-00", Sign.DATE_COMPLETED),
        ("1975-06-15", Sign.DATE_YEAR),
        ("1975-11-30", Sign.DATE_YEAR),
        ("1986-12-31", Sign.DATE_OTHER),
        ("0000-00-00", Sign.DATE_OTHER),
    ],
)
def test_what_is_said_of_two_dates(date: str, said: Sign) -> None:
    assert signs({"birth_date": BirthDate(date)}) == [*SAME[:2], said, *SAME[3:]]


def test_day_and_month_in_each_other_s_place() -> None:
    assert Sign.DATE_SLIP in signs(
        {"birth_date": BirthDate("1975-05-12")}, of=replace(INSI, birth_date=BirthDate("1975-12-05"))
    )
    assert Sign.DATE_OTHER in signs(
        {"birth_date": BirthDate("1964-05-12")}, of=replace(INSI, birth_date=BirthDate("1975-12-05"))
    )


def test_a_zone_may_be_of_either_century_and_the_nearest_date_counts() -> None:
    assert Sign.DATE_SAME in weigh(MRZ, replace(INSI, birth_date=BirthDate("1875-12-31")), exactly).signs
    assert Sign.DATE_SLIP in weigh(MRZ, replace(INSI, birth_date=BirthDate("1875-12-30")), exactly).signs
    assert Sign.DATE_YEAR in weigh(MRZ, replace(INSI, birth_date=BirthDate("1875-01-01")), exactly).signs
    assert Sign.DATE_COMPLETED in weigh(MRZ, replace(INSI, birth_date=BirthDate("1875-00-00")), exactly).signs


def test_sex_and_place() -> None:
    assert signs({"sex": Sex.MALE}) == [*SAME[:3], Sign.SEX_OTHER, SAME[4]]
    assert signs({"sex": None}) == [*SAME[:3], SAME[4]]
    assert signs({"birth_place_code": "75056"}) == [*SAME[:4], Sign.PLACE_OTHER]
    assert signs({"birth_place_code": ""}) == signs({"birth_place_code": "99999"}) == SAME[:4]
    assert signs({"birth_place_code": "75056"}, of=replace(INSI, birth_place_code="75101"))[-1] is Sign.PLACE_RELATED
    joined = PlaceTable({"63113": "Clermont"}, {"63220": "63113"})
    moved = replace(INSI, birth_place_code="63113")
    assert weigh(INSI, moved, exactly, joined).signs[-1] is Sign.PLACE_RELATED
    assert weigh(INSI, moved, exactly).signs[-1] is Sign.PLACE_OTHER
    algerian = replace(INSI, birth_place_code="91352", birth_date=BirthDate("1950-01-01"))
    country = replace(algerian, birth_place_code="99352")
    assert weigh(algerian, country, exactly, joined).signs[-1] is Sign.PLACE_RELATED


def test_a_twin_is_named_and_staff_choose() -> None:
    twin = weigh(INSI, replace(INSI, **given("LEA")), exactly)
    assert twin.signs[-1] is Sign.MAY_BE_TWIN
    assert MUST_SAY <= twin.bits < PROBABLE
    for change in ({"birth_name": "LEROY"}, given("ZOE"), {"birth_date": BirthDate("1975-12-30")}):
        assert Sign.MAY_BE_TWIN not in signs({**given("LEA"), **change})


@pytest.mark.parametrize(
    ("change", "bits"),
    [
        ({}, 36.5),
        ({"birth_name": "MARTIN", "name_in_use": "ADRUN"}, 35.5),
        ({"birth_name": "MARTIN"}, 22.5),
        ({"birth_name": "ADRUN-MARTIN"}, 33.5),
        ({"birth_name": "MARTIN", "birth_place_code": "", "sex": None}, 15.5),
        (given("MARIE"), 33.5),
        (given("ZOE-ANNE"), 34.5),
        (given("LEA"), 24.5),
        ({"birth_name": "ZOE", **given("ADRUN")}, 34.5),
        ({"birth_date": BirthDate("1975-12-30")}, 30.0),
        ({"birth_date": BirthDate("1975-00-00")}, 32.0),
        ({"birth_date": BirthDate("1975-06-15")}, 22.0),
        ({"birth_date": BirthDate("1986-06-15")}, 16.0),
        ({"sex": Sex.MALE}, 30.5),
        ({"birth_place_code": "75056"}, 27.5),
    ],
)
def test_each_sign_weighs_what_was_measured(change: dict[str, object], bits: float) -> None:
    assert weigh(INSI, replace(INSI, **change), exactly).bits == pytest.approx(bits)


def test_spellings_and_districts_weigh_what_was_measured() -> None:
    both = replace(INSI, birth_name="ADRUM", **given("ZOA"))
    assert weigh(INSI, both, just(0.95)).bits == pytest.approx(32.0)
    assert weigh(INSI, both, just(0.85)).bits == pytest.approx(26.0)
    district = replace(INSI, birth_place_code="75101")
    assert weigh(district, replace(INSI, birth_place_code="75056"), exactly).bits == pytest.approx(35.5)


def test_candidates_are_ranked_and_strangers_are_none() -> None:
    twin, typo = replace(INSI, **given("LEA")), replace(INSI, birth_name="ADRUM")
    found = candidates((CARD,), (STRANGER, twin, INSI, typo), ALIKE)
    assert [one.index for one in found] == [2, 3, 1]
    assert [one.is_probable for one in found] == [True, True, False]
    found = candidates((INSI,), (STRANGER, twin, INSI, typo), ALIKE)
    assert [one.index for one in found] == [2, 3, 1]
    assert [one.is_probable for one in found] == [True, True, False]


def test_the_source_that_speaks_most_counts() -> None:
    used = replace(CARD, birth_name="MARTIN")
    [alone] = candidates((used,), (INSI,), exactly)
    [both] = candidates((used, INSI), (INSI,), exactly)
    assert alone.likeness.bits == 15.5
    assert both == Candidate(0, weigh(INSI, INSI, exactly)) == candidates((INSI, used), (INSI,), exactly)[0]
    assert candidates((), (INSI,), exactly) == ()
    assert candidates((INSI,), (), exactly) == ()


def test_from_where_on_staff_must_say_and_from_where_it_is_probable() -> None:
    assert (MUST_SAY, PROBABLE) == (12.0, 26.0)
    edge = replace(
        INSI, birth_name="", sex=None, **given("ANNE-ZOE"), birth_date=BirthDate("1975-12-30"), birth_place_code=""
    )
    assert weigh(INSI, edge, exactly).bits == 12.0
    assert len(candidates((INSI,), (edge,), exactly)) == 1
    assert candidates((INSI,), (replace(edge, birth_date=BirthDate("1986-06-15")),), exactly) == ()
    assert Candidate(0, Likeness(26.0, ())).is_probable
    assert not Candidate(0, Likeness(25.9, ())).is_probable


def test_equally_likely_keep_the_order_they_came_in() -> None:
    assert [one.index for one in candidates((INSI,), (INSI, INSI, INSI), exactly)] == [0, 1, 2]


def test_places_reach_the_candidates() -> None:
    joined = PlaceTable({"63113": "Clermont"}, {"63220": "63113"})
    [found] = candidates((INSI,), (replace(INSI, birth_place_code="63113"),), exactly, joined)
    assert found.likeness.signs[-1] is Sign.PLACE_RELATED


def test_every_sign_has_its_weight() -> None:
    from kiosk.core.coherence import candidates as module

    assert set(module._BITS) == set(Sign)
