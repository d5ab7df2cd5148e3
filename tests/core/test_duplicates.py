"""Prior search and look-alikes: GI3 EXI ID 17, ins-rules 2.3 and 3.4."""

from dataclasses import replace

import pytest
from rapidfuzz.distance import JaroWinkler

from kiosk.core.coherence.duplicates import (
    LOOKS_ALIKE,
    LookAlike,
    SearchField,
    SearchKey,
    first_letters,
    likeness,
    look_alikes,
    search_for,
    search_keys,
)
from kiosk.core.identity.dates import BirthDate
from kiosk.core.identity.traits import Sex, Source, Traits
from tests.core.examples import CARD, INSI, MRZ

ALIKE = JaroWinkler.normalized_similarity
NOBODY = Traits(Source.STAFF)


def exactly(left: str, right: str) -> float:
    """The plainest similarity, for sums that can be done by hand."""
    return 1.0 if left == right else 0.0


@pytest.mark.parametrize(
    ("name", "letters"),
    [("ADRUN", "ADR"), ("d’Estrées", "DES"), ("Œuvré", "OEU"), ("LY", "LY"), ("", ""), ("4DRUN", ""), ("A-B C", "ABC")],
)
def test_a_search_uses_at_most_three_letters_whatever_the_spelling_exi_id_17(name: str, letters: str) -> None:
    assert first_letters(name) == letters


def test_the_prior_search_has_separate_criteria_and_always_a_birth_date_exi_id_17() -> None:
    born = BirthDate("1975-12-31")
    date_only = {SearchKey(SearchField.BIRTH_DATE, "1975-12-31")}
    name = SearchKey(SearchField.NAME, "1975-12-31 ADR")
    given = SearchKey(SearchField.GIVEN_NAME, "1975-12-31 ZO")
    assert search_for(born) == date_only
    assert search_for(born, "Adrun") == {*date_only, name}
    assert search_for(born, given_name="Zo") == {*date_only, given}
    assert search_for(born, "ADRUN", "ZO") == {*date_only, name, given}


def test_who_is_stored_is_found_by_one_two_or_three_letters_of_each_name_exi_id_17() -> None:
    keys = search_keys(replace(INSI, name_in_use="Martin"))
    for name in ("A", "AD", "ADR", "ADRUN", "M", "MAR", "MARTIN"):
        assert search_for(BirthDate("1975-12-31"), name) <= keys
    for given in ("Z", "ZO", "Zoé", "M", "MARIE"):
        assert search_for(BirthDate("1975-12-31"), "ADR", given) <= keys
    assert not search_for(BirthDate("1975-12-31"), "DUP") <= keys
    assert not search_for(BirthDate("1975-12-30"), "ADR") <= keys
    assert not search_for(BirthDate("1975-12-31"), "ZOE") <= keys


def test_every_possible_date_and_its_interpretation_is_a_key_exi_id_11_exi_id_17() -> None:
    assert search_for(BirthDate("1875-12-31"), "ADR") <= search_keys(MRZ)
    incomplete = search_keys(replace(INSI, birth_date=BirthDate("1975-00-00")))
    assert search_for(BirthDate("1975-12-31"), "ADR") <= incomplete
    assert search_for(BirthDate("1975-00-00"), "ADR") <= incomplete
    yearless = search_keys(replace(INSI, birth_date=BirthDate("0000-00-00")))
    assert search_for(BirthDate("0000-00-00")) <= yearless


def test_a_list_without_separate_names_is_searched_by_its_first_exi_id_10_exi_id_17() -> None:
    listed = replace(INSI, given_names=())
    assert search_for(BirthDate("1975-12-31"), given_name="ZOE") <= search_keys(listed)


def test_without_a_birth_date_there_is_no_key_exi_id_17() -> None:
    assert search_keys(replace(INSI, birth_date=None)) == frozenset()
    assert search_keys(Traits(Source.CARD, birth_date=BirthDate("1975-12-31"))) == search_for(BirthDate("1975-12-31"))


def test_the_same_traits_are_wholly_alike_and_nobody_is_like_nobody() -> None:
    assert likeness(INSI, INSI, ALIKE) == pytest.approx(1.0)
    assert likeness(NOBODY, NOBODY, exactly) == 0.0  # what nobody states counts for nothing
    assert likeness(NOBODY, INSI, lambda left, right: 1.0) == 0.0
    assert likeness(INSI, replace(INSI, birth_name=""), lambda left, right: 1.0) == pytest.approx(0.6)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"birth_name": "DUPONT"}, 0.6),
        ({"given_names": ("LEA",), "given_names_text": "LEA"}, 0.65),
        ({"birth_date": BirthDate("1975-12-30")}, 0.95),
        ({"birth_date": BirthDate("1980-06-15")}, 0.75),
        ({"birth_date": BirthDate("1975-06-15")}, 0.85),
        ({"birth_date": None}, 0.75),
        ({"birth_date": BirthDate("1975-11-30")}, 0.85),
        ({"birth_date": BirthDate("1974-12-30")}, 0.75),
        ({"birth_date": BirthDate("1975-00-00")}, 1.0),
        ({"sex": Sex.MALE}, 0.9),
        ({"sex": None}, 1.0),
        ({"birth_name": "DUPONT", "name_in_use": "ADRUN"}, 1.0),
        ({"given_names": (), "given_names_text": ""}, 0.65),
        ({"birth_name": ""}, 0.6),
        ({"birth_name": "ZOE", "given_names": ("ADRUN",), "given_names_text": "ADRUN"}, 1.0),
        ({"given_names": ("ZOE MARIE",)}, 1.0),
        ({"given_names_text": "ZOE"}, 1.0),
    ],
)
def test_each_trait_weighs_in_a_likeness_and_a_wrong_field_is_seen(change: dict[str, object], expected: float) -> None:
    other = replace(INSI, **change)
    assert likeness(INSI, other, exactly) == pytest.approx(expected)
    assert likeness(other, INSI, exactly) == pytest.approx(expected)


def test_day_and_month_swapped_still_look_alike() -> None:
    one = replace(INSI, birth_date=BirthDate("1975-05-12"))
    assert likeness(one, replace(INSI, birth_date=BirthDate("1975-12-05")), exactly) == pytest.approx(0.95)
    assert likeness(one, replace(INSI, birth_date=BirthDate("1976-12-05")), exactly) == pytest.approx(0.75)


def test_an_mrz_may_be_of_either_century() -> None:
    assert likeness(MRZ, replace(INSI, birth_date=BirthDate("1875-12-31")), exactly) == pytest.approx(1.0)


def test_a_likeness_is_never_below_nothing() -> None:
    stranger = Traits(Source.STAFF, "LEROY", given_names=("PAUL",), birth_date=BirthDate("2001-01-01"), sex=Sex.MALE)
    assert likeness(INSI, stranger, exactly) == 0.0


def test_a_name_that_cannot_be_written_still_has_a_likeness() -> None:
    assert likeness(replace(INSI, birth_name="4drun"), replace(INSI, birth_name="4DRUN"), exactly) == pytest.approx(1.0)


def test_look_alikes_warn_of_homonyms_the_likest_first_exi_id_24() -> None:
    twin = replace(INSI, given_names=("ZOA",), given_names_text="ZOA")
    typo = replace(INSI, birth_name="ADRUM")
    stranger = replace(INSI, birth_name="LEROY", given_names=("PAUL",), given_names_text="PAUL", sex=Sex.MALE)
    found = look_alikes(INSI, (stranger, twin, CARD, typo), ALIKE)
    assert [each.index for each in found] == [2, 3, 1]
    assert all(LOOKS_ALIKE <= each.likeness <= 1.0 for each in found)
    assert look_alikes(INSI, (stranger,), ALIKE, at_least=0.0)[0].index == 0
    assert look_alikes(INSI, (), ALIKE) == ()


def test_equally_alike_keep_the_order_they_came_in() -> None:
    assert look_alikes(INSI, (INSI, INSI), exactly) == (LookAlike(0, 1.0), LookAlike(1, 1.0))
    assert look_alikes(INSI, (replace(INSI, birth_name=""),), exactly, at_least=0.6) != ()
    assert LOOKS_ALIKE == 0.85


def test_what_is_searched_never_prints_itself() -> None:
    assert "ADR" not in f"{search_keys(INSI)}"
