"""Wide blocking: somebody is found again although a letter, a digit or a whole field differs."""

from dataclasses import replace

import pytest

from kiosk.core.coherence.blocking import blocking_keys, is_worth_opening, met_under, sound
from kiosk.core.coherence.duplicates import search_keys
from kiosk.core.identity.dates import BirthDate
from kiosk.core.identity.traits import Sex, Source, Traits
from tests.core.examples import CARD, INSI, MRZ


def do_meet(visit: Traits, known: Traits) -> bool:
    blocks, letters = met_under(visit)
    return bool(blocks & blocking_keys(known) or letters & search_keys(known))


def test_the_keys_of_a_person_are_texts_to_be_blinded() -> None:
    assert blocking_keys(INSI) == {
        "date 1975-12-31",
        "given S 1975-12",
        "given MR 1975-12",
        "year ADRN S 1975",
        "day ADRN S 12-31",
        "year ADRN M 1975",
        "day ADRN M 12-31",
    }


@pytest.mark.parametrize(
    "change",
    [
        {"birth_name": "DUPONT"},
        {"birth_name": "ADAM", "given_names": ("LEA",), "given_names_text": "LEA"},
        {"birth_name": "DUPONT", "given_names": ("ZELIE",), "given_names_text": "ZELIE"},
        {"birth_name": "ZOE", "given_names": ("ADRUN",), "given_names_text": "ADRUN"},
        {"birth_date": BirthDate("1975-12-13")},
        {"birth_date": BirthDate("1975-01-31"), "birth_name": "ADRUND"},
        {"birth_date": BirthDate("1957-12-31")},
        {
            "birth_date": BirthDate("1975-12-30"),
            "birth_name": "DUPONT",
            "given_names": ("ZOE",),
            "given_names_text": "",
        },
        {
            "birth_date": BirthDate("1975-12-30"),
            "birth_name": "DUPONT",
            "given_names": ("MARIA",),
            "given_names_text": "",
        },
        {"birth_date": BirthDate("1976-12-31"), "birth_name": "DUPONT", "name_in_use": "ADRUN"},
        {"birth_date": BirthDate("1976-12-31"), "birth_name": "DUPONT-ADRUN"},
        {"birth_date": BirthDate("1976-12-31"), "birth_name": "D'ADRUN"},
        {"birth_date": BirthDate("1975-00-00")},
        {"birth_date": BirthDate("1875-12-31")},
        {"sex": Sex.MALE, "birth_place_code": ""},
    ],
)
def test_a_person_is_found_again_whatever_one_field_says(change: dict[str, object]) -> None:
    assert do_meet(INSI, replace(INSI, **change))
    assert do_meet(replace(INSI, **change), INSI)


@pytest.mark.parametrize(
    "change",
    [
        {"birth_date": BirthDate("1980-06-15")},
        {"birth_date": BirthDate("1975-11-30"), "birth_name": "DUPONT"},
        {"birth_date": BirthDate("1975-11-30"), "given_names": ("LEA",), "given_names_text": "LEA"},
        {"birth_date": None},
        {"birth_name": "DUPONT", "given_names": ("LEA",), "given_names_text": "LEA"},
    ],
)
def test_a_stranger_is_not(change: dict[str, object]) -> None:
    assert not do_meet(INSI, replace(INSI, **change))


def test_a_day_alone_meets_nobody_unless_nothing_else_is_stated() -> None:
    stranger = replace(INSI, birth_name="DUPONT", given_names=("LEA",), given_names_text="LEA")
    nameless = Traits(Source.CARD, birth_date=INSI.birth_date)
    assert not do_meet(stranger, INSI)
    assert do_meet(nameless, INSI)
    assert met_under(Traits(Source.CARD)) == (frozenset(), frozenset())


def test_either_century_of_a_zone_and_a_completed_date_have_keys() -> None:
    assert {"date 1975-12-31", "date 1875-12-31"} <= blocking_keys(MRZ)
    unknown = blocking_keys(replace(INSI, birth_date=BirthDate("1975-06-00")))
    assert {"date 1975-06-00", "date 1975-06-01", "given S 1975-06"} <= unknown
    assert "date 0000-00-00" in blocking_keys(replace(INSI, birth_date=BirthDate("0000-00-00")))


def test_the_card_alone_finds_whom_insi_knows() -> None:
    assert len(blocking_keys(CARD) & blocking_keys(INSI)) == 4


def test_who_states_only_a_date_has_one_key_and_without_a_date_there_is_none() -> None:
    assert blocking_keys(Traits(Source.CARD, birth_date=BirthDate("1975-12-31"))) == {"date 1975-12-31"}
    assert blocking_keys(replace(INSI, birth_date=None)) == frozenset()
    other = (BirthDate("1975-12-31"),)
    assert blocking_keys(Traits(Source.CARD, other_birth_dates=other)) == {"date 1975-12-31"}


def test_particles_of_a_name_come_and_go_and_a_first_name_that_looks_like_one_stays() -> None:
    assert do_meet(
        replace(INSI, birth_name="DE LA TOUR"), replace(INSI, birth_name="TOUR", birth_date=BirthDate("1957-12-31"))
    )
    assert "year L S 1975" in blocking_keys(replace(INSI, birth_name="LE"))
    assert "year TR S 1975" in blocking_keys(replace(INSI, birth_name="DE LA TOUR"))
    assert "year L S 1975" not in blocking_keys(replace(INSI, birth_name="DE LA TOUR"))
    assert "given VN 1975-12" in blocking_keys(replace(INSI, given_names=("VAN", "MINH"), given_names_text=""))


def test_three_words_of_a_name_have_keys_and_hostile_input_stays_small() -> None:
    long = replace(INSI, birth_name="BER COU DUR FON", given_names=("LEA", "ZOE", "EVE", "MARIE"), given_names_text="")
    keys = blocking_keys(long)
    assert "year DR L 1975" in keys
    assert not any(" FN " in key for key in keys)
    assert "given EV 1975-12" in keys
    assert "given MR 1975-12" not in keys
    huge = replace(INSI, birth_name="A " * 199, given_names=tuple("BCDFGHJKLM"), given_names_text="")
    assert len(blocking_keys(huge)) <= 10


def test_a_name_that_no_key_can_hold_leaves_the_date() -> None:
    nameless = replace(INSI, birth_name="4DRUN", given_names=("2OE",), given_names_text="")
    assert blocking_keys(nameless) == {"date 1975-12-31"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("DUPONT", "DUPOND"),
        ("MATHIEU", "MATTHIEU"),
        ("LEFEVRE", "LEFEBVRE"),
        ("GAUTHIER", "GAUTIER"),
        ("PHILIPPE", "FILIPPE"),
        ("YVES", "IVES"),
        ("MARIE", "MARIA"),
        ("KATHERINE", "CATHERINE"),
        ("JOSEPH", "GIOSEF"),
        ("HELENE", "ELENE"),
        ("WALTER", "VALTER"),
        ("MOREAU", "MOREAUX"),
        ("ALLAIN", "ALAIN"),
    ],
)
def test_what_sounds_alike_is_one_key(one: str, other: str) -> None:
    assert sound(one) == sound(other)


@pytest.mark.parametrize(
    ("word", "heard"),
    [
        ("MARTIN", "MRTN"),
        ("BERTRANDON", "BRTR"),
        ("EVE", "EV"),
        ("ES", "E"),
        ("H", "H"),
        ("TT", "T"),
        ("HH", "H"),
        ("BABA", "B"),
        ("SET", "S"),
    ],
)
def test_of_how_a_word_sounds_four_letters_are_kept_and_one_at_least(word: str, heard: str) -> None:
    assert sound(word) == heard


@pytest.mark.parametrize(
    ("shared", "most", "is_opened"), [(1, 1, True), (1, 5, True), (1, 6, False), (2, 6, True), (2, 30, True)]
)
def test_one_key_alone_is_chance_beside_somebody_who_has_many(shared: int, most: int, is_opened: bool) -> None:
    assert is_worth_opening(shared, most) is is_opened
