"""The order of the searches by traits, without a service: who answers what decides what comes next."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from kiosk.insi.search import Answered, Asked, Search, Wanted, is_secondary, next_search

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
    asked = walk(many, Answered.NONE)
    assert [name for name, _ in asked] == ["A", "B", "C", "D", "E", "A B C D E F G H"]


def test_where_hyphens_are_lost_a_space_is_tried_as_one_at_the_end() -> None:
    read = Wanted("ECET INSI", ("PIERRE", "ALAIN", "MURIEL"), "M", "2009-07-14", hyphens_are_lost=True)
    asked: list[Asked] = []
    while (search := next_search(read, asked)) is not None:
        asked.append((search, Answered.NONE))
    assert [(search.birth_name, search.given_name) for search, _ in asked] == [
        ("ECET INSI", "PIERRE"),
        ("ECET INSI", "ALAIN"),
        ("ECET INSI", "MURIEL"),
        ("ECET INSI", "PIERRE ALAIN MURIEL"),
        ("ECET INSI", "PIERRE-ALAIN"),
        ("ECET-INSI", "PIERRE"),
    ]
    assert not is_secondary(read, asked[4][0])


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
    wanted = Wanted("ADR UN", given_names, "F", "1975-12-31", place, place_first, hyphens_are_lost=place_first)
    asked: list[Asked] = []
    answers = itertools.chain(said, itertools.repeat(said[-1]))
    while (search := next_search(wanted, asked, most)) is not None:
        asked.append((search, next(answers)))
    assert 1 <= len(asked) <= most
    assert len({search for search, _ in asked}) == len(asked)
