"""Prior search and look-alikes: GI3 EXI ID 17, ins-rules 2.3 and 3.4."""

from dataclasses import replace

import pytest
from rapidfuzz.distance import JaroWinkler

from kiosk.core.coherence.duplicates import (
    SearchField,
    SearchKey,
    first_letters,
    search_for,
    search_keys,
)
from kiosk.core.identity.dates import BirthDate
from kiosk.core.identity.traits import Source, Traits
from tests.core.examples import INSI, MRZ

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


def test_what_is_searched_never_prints_itself() -> None:
    assert "ADR" not in f"{search_keys(INSI)}"
