"""The matricule INS: ins-rules 1.1 and 1.7."""

import pytest

from kiosk.core.identity.matricule import (
    OID_NIA,
    OID_NIR,
    OID_NIR_DEMO,
    OID_NIR_TEST,
    Matricule,
    MatriculeKind,
    MatriculeRefused,
    group,
    is_well_formed,
    key_of,
    parse_typed_nir,
)

VECTORS = [
    ("180032B020401", "23"),
    ("1090763220834", "89"),
    ("2090763220834", "39"),
    ("2090663220123", "55"),
    ("2751263220749", "74"),
    ("1100863220830", "60"),
    ("180032A020401", "93"),
    ("297022A020778", "78"),
    ("160012B020777", "13"),
    ("2360663220836", "56"),
    ("1090763220888", "35"),
    ("2800175056016", "35"),
]


@pytest.mark.parametrize(("number", "key"), VECTORS)
def test_the_key_is_97_minus_the_number_modulo_97_with_2a_as_19_and_2b_as_18_ins_1_7(number: str, key: str) -> None:
    assert key_of(number) == key
    assert key_of(number.lower()) == key
    assert Matricule(number, key, OID_NIR).key_is_right


def test_the_key_lies_between_01_and_97_ins_1_7() -> None:
    assert key_of("0000000000000") == "97"
    assert key_of("0000000000096") == "01"
    assert key_of("0000000000097") == "97"


def test_a_wrong_key_on_a_return_is_kept_and_flagged_ins_1_7() -> None:
    hermann = Matricule("1810363220456", "60", OID_NIR)
    assert key_of(hermann.number) == "76"
    assert not hermann.key_is_right
    assert hermann.key == "60"
    sample = Matricule("2800175056016", "18", OID_NIR)
    assert not sample.key_is_right


def test_a_return_without_a_key_or_with_an_odd_letter_has_no_right_key_ins_1_7() -> None:
    assert not Matricule("2751263220749", "", OID_NIR).key_is_right
    assert not Matricule("275126A220749", "74", OID_NIR).key_is_right


@pytest.mark.parametrize(
    "number",
    [
        "",
        "275126322074",
        "27512632207490",
        "27512C3220749",
        "2A51263220749",
        "27A1263220749",
        "٢751263220749",
        "2751263220_49",
        "180032C020401",
        "180033A020401",
    ],
)
def test_only_thirteen_characters_with_at_most_corsicas_letter_have_a_key_ins_1_7(number: str) -> None:
    with pytest.raises(MatriculeRefused) as caught:
        key_of(number)
    assert isinstance(caught.value, ValueError)
    assert not number or number not in str(caught.value)


@pytest.mark.parametrize(
    ("number", "is_right"),
    [
        ("2751263220749", True),
        ("180032B020401", True),
        ("180032b020401", True),
        ("180032Z020401", True),
        ("18003Z2020401", False),
        ("1800322Z20401", False),
        ("275126322074", False),
        ("27512632207490", False),
        ("2751263220749\n", False),
        ("٢751263220749", False),
    ],
)
def test_only_the_seventh_character_may_be_a_letter_xsd(number: str, is_right: bool) -> None:
    assert is_well_formed(number) is is_right


@pytest.mark.parametrize("month", ["00", "13", "20", "30", "42", "50", "99"])
@pytest.mark.parametrize("first", "1234780569")
def test_no_month_and_no_first_digit_is_ever_refused_ins_1_7(first: str, month: str) -> None:
    number = f"{first}75{month}63220749"
    assert is_well_formed(number)
    assert Matricule(number, key_of(number), OID_NIR).key_is_right


def test_the_oid_alone_tells_nir_from_nia_ins_1_1() -> None:
    assert Matricule("1090763220888", "35", OID_NIA).kind is MatriculeKind.NIA
    assert Matricule("1090763220888", "35", OID_NIR).kind is MatriculeKind.NIR
    assert Matricule("1090763220888", "35", OID_NIR_TEST).kind is MatriculeKind.NIR_TEST
    assert Matricule("1090763220888", "35", OID_NIR_DEMO).kind is MatriculeKind.NIR_DEMO
    assert Matricule("1090763220888", "35", "1.2.3").kind is None


def test_the_four_authorities_have_their_oids_ins_1_1() -> None:
    assert OID_NIR == "1.2.250.1.213.1.4.8"
    assert OID_NIA == "1.2.250.1.213.1.4.9"
    assert OID_NIR_TEST == "1.2.250.1.213.1.4.10"
    assert OID_NIR_DEMO == "1.2.250.1.213.1.4.11"
    assert [len(oid) for oid in (OID_NIR, OID_NIA, OID_NIR_TEST, OID_NIR_DEMO)] == [19, 19, 20, 20]


@pytest.mark.parametrize(
    ("oid", "is_real"),
    [(OID_NIR, True), (OID_NIA, True), (OID_NIR_TEST, False), (OID_NIR_DEMO, False), ("1.2.3", False)],
)
def test_test_and_demonstration_oids_are_no_real_person_ins_1_1(oid: str, is_real: bool) -> None:
    assert Matricule("2751263220749", "74", oid).is_for_real_people is is_real


@pytest.mark.parametrize(
    ("number", "oid", "is_complete"),
    [("2751263220749", OID_NIR, True), ("2751263220749", "", False), ("", OID_NIR, False), ("", "", False)],
)
def test_a_matricule_is_complete_only_with_its_oid_ins_1_1(number: str, oid: str, is_complete: bool) -> None:
    assert Matricule(number, "74", oid).is_complete is is_complete


def test_a_matricule_has_thirteen_characters_and_a_key_of_two_csp_r_1111_8_1() -> None:
    number, key = parse_typed_nir("2751263220749 74")
    assert (len(number), len(key)) == (13, 2)


@pytest.mark.parametrize("key", ["75", "73", "00", "99", "47"])
def test_a_wrong_key_on_typed_data_is_an_error_ins_1_7(key: str) -> None:
    with pytest.raises(MatriculeRefused, match="the key does not belong to the number"):
        parse_typed_nir(f"2 75 12 63 220 749 {key}")
    assert not Matricule("2751263220749", key, OID_NIR).key_is_right


def test_a_typed_nir_is_read_with_or_without_spaces_in_capitals_ins_1_7() -> None:
    assert parse_typed_nir(" 2 75 12 63 220 749 74\n") == ("2751263220749", "74")
    assert parse_typed_nir("180032b02040123") == ("180032B020401", "23")
    assert parse_typed_nir("275126322074974" + " " * 25) == ("2751263220749", "74")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2751263220749",
        "275126322074974 0",
        "2 75 12 63 220 749 7A",
        "x" * 50,
        "180032Z02040123",
        "275126322074974" + " " * 26,
    ],
)
def test_what_is_not_written_as_a_nir_is_refused_ins_1_7(text: str) -> None:
    with pytest.raises(MatriculeRefused, match="13 characters and a key of 2 digits"):
        parse_typed_nir(text)


def test_a_typed_nir_never_becomes_a_matricule_by_itself_ins_1_1() -> None:
    assert isinstance(parse_typed_nir("275126322074974"), tuple)


def test_a_number_is_grouped_as_people_read_it() -> None:
    assert group("2800175056016", "35") == "2 80 01 75 056 016 35"
    assert group("180032B020401") == "1 80 03 2B 020 401"
    assert Matricule("2751263220749", "74", OID_NIR).grouped == "2 75 12 63 220 749 74"


def test_nothing_of_the_person_is_read_from_the_digits_ins_1_7() -> None:
    derived = {"sex", "year", "month", "birth_date", "place", "country", "department"}
    assert not derived & set(dir(Matricule))
