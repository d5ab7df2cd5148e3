"""The order of the searches by traits, without a service: who answers what decides what comes next."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.core.identity.dates import BirthDate
from kiosk.core.identity.names import is_valid_birth_name
from kiosk.core.identity.traits import NameForm, Source, Traits
from kiosk.core.sources.card import Beneficiary
from kiosk.insi.lexical import spellings
from kiosk.insi.search import (
    MOST,
    Answered,
    Asked,
    Search,
    Wanted,
    goes_on_by_traits,
    is_for,
    is_secondary,
    may_be_the_same,
    next_search,
)

ONE = Wanted("ADRUN", ("ZOE",), "F", "1975-12-31")
THREE = Wanted("HOUILLES", ("PIERRE", "PAUL", "JACQUES"), "M", "1984-03-02", "63220")


def walk(wanted: Wanted, *said: Answered, most: int = 6) -> list[tuple[str, str]]:
    """Ask until there is nothing more to ask; the last answer repeats itself."""
    asked: list[Asked] = []
    answers = itertools.chain(said, itertools.repeat(said[-1]))
    while (search := next_search(wanted, asked, most)) is not None:
        asked.append((search, next(answers)))
    return [(search.given_name, search.place) for search, _ in asked]


def test_one_name_is_asked_once() -> None:
    assert walk(ONE, Answered.NONE) == [("ZOE", "")]


def test_each_name_is_asked_alone_then_all_of_them_together() -> None:
    assert walk(THREE, Answered.NONE) == [("PIERRE", ""), ("PAUL", ""), ("JACQUES", ""), ("PIERRE PAUL JACQUES", "")]


def test_the_first_answer_found_ends_the_search() -> None:
    assert walk(THREE, Answered.NONE, Answered.FOUND) == [("PIERRE", ""), ("PAUL", "")]


def test_technical_trouble_ends_the_search() -> None:
    assert walk(THREE, Answered.STOP) == [("PIERRE", "")]


def test_several_people_are_asked_for_with_all_names_then_with_the_place() -> None:
    assert walk(THREE, Answered.SEVERAL) == [
        ("PIERRE", ""),
        ("PIERRE PAUL JACQUES", ""),
        ("PIERRE PAUL JACQUES", "63220"),
        ("PIERRE", "63220"),
    ]


def test_when_all_names_together_find_nobody_the_place_is_added_to_the_first_alone() -> None:
    asked = walk(THREE, Answered.SEVERAL, Answered.NONE, Answered.NONE)
    assert asked == [("PIERRE", ""), ("PIERRE PAUL JACQUES", ""), ("PIERRE", "63220")]


def test_several_people_with_a_second_name_are_told_apart_by_the_place() -> None:
    asked = walk(THREE, Answered.NONE, Answered.SEVERAL, Answered.FOUND)
    assert asked == [("PIERRE", ""), ("PAUL", ""), ("PAUL", "63220")]


def test_a_place_sent_first_is_dropped_when_nobody_is_found() -> None:
    wanted = Wanted("ADRUN", ("ZOE",), "F", "1975-12-31", "63220", place_first=True)
    assert walk(wanted, Answered.NONE) == [("ZOE", "63220"), ("ZOE", "")]


def test_the_last_call_is_kept_for_all_names_together() -> None:
    many = Wanted("ADRUN", ("A", "B", "C", "D", "E", "F", "G", "H"), "F", "1975-12-31")
    asked = walk(many, Answered.NONE, most=6)
    assert [name for name, _ in asked] == ["A", "B", "C", "D", "E", "A B C D E F G H"]


def test_where_hyphens_are_lost_other_writings_are_tried_at_the_end() -> None:
    read = Wanted(
        *("LE GOFF", ("JEAN", "MARC", "PAUL"), "M", "1963-07-06"),
        hyphens_are_lost=True,
        spellings=("LE-GOFF", "LE--GOFF"),
    )
    asked: list[Asked] = []
    while (search := next_search(read, asked)) is not None:
        asked.append((search, Answered.NONE))
    assert [(search.birth_name, search.given_name) for search, _ in asked] == [
        ("LE GOFF", "JEAN"),
        ("LE GOFF", "MARC"),
        ("LE GOFF", "PAUL"),
        ("LE GOFF", "JEAN MARC PAUL"),
        ("LE GOFF", "JEAN-MARC"),
        ("LE-GOFF", "JEAN"),
        ("LE--GOFF", "JEAN"),
        ("LE-GOFF", "JEAN-MARC"),
        ("LE--GOFF", "JEAN-MARC"),
        ("LE-GOFF", "MARC"),
        ("LE--GOFF", "MARC"),
        ("LE-GOFF", "PAUL"),
    ]
    assert not is_secondary(read, asked[4][0])
    assert all(is_for(read, search) for search, _ in asked)
    assert not is_for(read, Search("LE GOFF", "JEANNE", "M", "1963-07-06"))


def test_many_given_names_leave_room_for_the_other_writings() -> None:
    read = Wanted(
        *("LE GOFF", ("A", "B", "C", "D", "E", "F", "G", "H"), "M", "1963-07-06"),
        hyphens_are_lost=True,
        spellings=("LE-GOFF", "LE--GOFF"),
    )
    asked: list[Asked] = []
    while (search := next_search(read, asked)) is not None:
        asked.append((search, Answered.NONE))
    names = [(search.birth_name, search.given_name) for search, _ in asked]
    assert len(names) == MOST
    assert {("LE-GOFF", "A"), ("LE--GOFF", "A"), ("LE GOFF", "A-B"), ("LE--GOFF", "A-B")} <= set(names)


@pytest.mark.parametrize(
    ("by_card", "goes_on"),
    [
        *((Answered.NONE, True), (Answered.SEVERAL, True), (Answered.REFUSED, True)),
        *((Answered.FOUND, False), (Answered.STOP, False)),
    ],
)
def test_the_document_comes_after_a_card_that_led_to_nobody_and_never_in_trouble(
    by_card: Answered, goes_on: bool
) -> None:
    assert goes_on_by_traits(by_card) is goes_on


@pytest.mark.parametrize(
    ("name", "form", "others"),
    [
        ("ADRUN", NameForm.MRZ, ()),
        ("LE GOFF", NameForm.MRZ, ("LE-GOFF", "LE--GOFF")),
        ("LE GOFF", NameForm.CIVIL, ("LE-GOFF", "LE--GOFF")),
        ("LE-GOFF", NameForm.CIVIL, ("LE GOFF", "LE--GOFF")),
        ("LE--GOFF", NameForm.CIVIL, ("LE-GOFF", "LE GOFF")),
        ("DARTAGNAN", NameForm.MRZ, ("D'ARTAGNAN",)),
        ("DARTAGNAN", NameForm.CIVIL, ()),
        ("OBRIEN", NameForm.MRZ, ("O'BRIEN",)),
        ("D ARTAGNAN", NameForm.MRZ_FRENCH_ID, ("D'ARTAGNAN", "D-ARTAGNAN", "D--ARTAGNAN")),
        ("D'ARTAGNAN", NameForm.CIVIL, ("D ARTAGNAN", "DARTAGNAN", "D-ARTAGNAN")),
    ],
)
def test_a_birth_name_has_other_writings_the_likeliest_first(
    name: str, form: NameForm, others: tuple[str, ...]
) -> None:
    assert spellings(name, form) == others


@given(st.lists(st.sampled_from(["LE", "D", "O", "GOFF", "ARTAGNAN", "OBRIEN"]), min_size=1, max_size=30))
def test_the_other_writings_of_any_name_are_valid_differ_and_are_not_too_many(words: list[str]) -> None:
    name = " ".join(words)[:100].strip()
    others = spellings(name, NameForm.MRZ)
    assert name not in others
    assert len(set(others)) == len(others) <= 256
    assert all(is_valid_birth_name(other) for other in others)


BORN = BirthDate("2016-02-29")


@pytest.mark.parametrize(
    ("card", "date", "names", "same"),
    [
        (("CHLOE", "2016-02-29"), BORN, ("CHLOE", "MARIE"), True),
        (("MARIE", "2016-02-29"), BORN, ("CHLOE", "MARIE"), True),
        (("Chloé", "2016-02-29"), BORN, ("CHLOE",), True),
        (("CHLO", "2016-02-29"), BORN, ("CHLOE",), True),
        (("JEAN", "2016-02-29"), BORN, ("JEAN-MARC",), True),
        (("", "2016-02-29"), BORN, ("CHLOE",), True),
        (("CLARA", "2016-02-29"), BORN, ("CHLOE",), False),
        (("C", "2016-02-29"), BORN, ("CHLOE",), False),
        (("CHLOE", "2016-02-28"), BORN, ("CHLOE",), False),
        (("CHLOE", ""), BORN, ("CHLOE",), False),
        (("CHLOE", "2016-02-29"), None, ("CHLOE",), False),
        (("CHLØE", "2016-02-29"), BORN, ("CHLOE",), False),
        (("AHMED", "1951-20-00"), BirthDate("1951-12-31"), ("AHMED",), True),
    ],
)
def test_a_document_is_asked_with_after_a_card_only_if_it_can_be_the_same_persons(
    card: tuple[str, str], date: BirthDate | None, names: tuple[str, ...], same: bool
) -> None:
    traits = Traits(Source.DOCUMENT, "GEMEAUX", given_names=names, birth_date=date)
    assert may_be_the_same(Beneficiary("GEMEAUX", *card), traits) is same


def test_a_second_name_is_secondary_the_first_and_the_whole_list_are_not() -> None:
    def found(name: str) -> Search:
        return Search("HOUILLES", name, "M", "1984-03-02")

    assert is_secondary(THREE, found("PAUL"))
    assert not is_secondary(THREE, found("PIERRE"))
    assert not is_secondary(THREE, found("PIERRE PAUL JACQUES"))


names = st.lists(st.sampled_from(["A", "B", "C", "D", "E", "F", "G"]), min_size=1, max_size=7, unique=True).map(tuple)
several = st.lists(st.sampled_from(Answered), min_size=1, max_size=12)


@given(names, st.sampled_from(["", "63220"]), st.booleans(), several, st.integers(1, 8))
def test_nothing_is_asked_twice_and_never_more_than_allowed(
    given_names: tuple[str, ...], place: str, place_first: bool, said: list[Answered], most: int
) -> None:
    more = {"hyphens_are_lost": place_first, "spellings": ("ADR-UN", "ADR--UN") if place_first else ()}
    wanted = Wanted("ADR UN", given_names, "F", "1975-12-31", place, place_first, **more)
    asked: list[Asked] = []
    answers = itertools.chain(said, itertools.repeat(said[-1]))
    while (search := next_search(wanted, asked, most)) is not None:
        asked.append((search, next(answers)))
    assert 1 <= len(asked) <= most
    assert len({search for search, _ in asked}) == len(asked)
