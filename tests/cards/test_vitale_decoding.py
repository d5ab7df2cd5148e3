"""What the files of a carte Vitale say, and what is said when they are odd."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.cards.card_file import CardDescription, load, parse
from hardware.cards.virtual_card import identity_bytes, numbers_bytes
from hardware.tlv import encode
from kiosk.core.identity.traits import Source
from kiosk.core.sources.card import CardAnomaly, CardContents
from kiosk.documents.vitale import decode, traits_of
from tests.people import EVERYONE, FAMILIES, Person, card_file


def decoded(card: CardDescription) -> CardContents:
    return decode(identity_bytes(card), numbers_bytes(card))


def zoes_card(**changes: object) -> CardDescription:
    return replace(load("zoe"), **changes)


@pytest.mark.parametrize("name", FAMILIES)
def test_everyone_on_a_card_is_read_as_they_are_there(name: str) -> None:
    family = FAMILIES[name]
    contents = decoded(parse(card_file(family)))
    assert [
        (one.name, one.given_name, one.birth_date, one.nir, one.nir_key, one.birth_rank)
        for one in contents.beneficiaries
    ] == [
        (
            person.card_name,
            person.card_given_name,
            person.birth_date,
            person.number if person.card_has_number else "",
            person.key if person.card_has_number else "",
            person.birth_rank,
        )
        for person in family.people
    ]


@pytest.mark.parametrize("name", FAMILIES)
def test_the_sample_cards_are_those_of_the_people(name: str) -> None:
    assert load(name) == parse(card_file(FAMILIES[name]), title=name)


@pytest.mark.parametrize("person", [person for person in EVERYONE if person.number], ids=lambda person: person.why)
def test_the_numbers_of_the_people_have_the_shape_of_a_matricule(person: Person) -> None:
    assert len(person.number) == 13
    assert person.number[0] in {"1", "2"}
    assert int(person.number.replace("2A", "19").replace("2B", "18")) % 97 + int(person.key) == 97


def test_a_plain_card_has_no_anomaly() -> None:
    assert decoded(load("zoe")).anomalies == ()


def test_long_lengths_and_unknown_objects_change_nothing() -> None:
    assert same(decoded(zoes_card(long_lengths=True, unknown_objects=True, certificate=300)), decoded(load("zoe")))


def test_padding_changes_nothing() -> None:
    assert same(decoded(zoes_card(padding=1000, field_width=60)), decoded(load("zoe")))
    assert same(decoded(zoes_card(padding=0, field_width=0)), decoded(load("zoe")))


def test_the_date_of_a_person_born_under_a_lunar_date_is_kept_as_it_is() -> None:
    assert decoded(load("ahmed")).beneficiaries[0].birth_date == "1951-20-00"


def test_twins_are_ranked_in_the_order_of_the_card_and_the_guess_is_named() -> None:
    contents = decoded(load("twins"))
    assert [one.birth_rank for one in contents.beneficiaries] == ["1", "1", "2"]
    assert contents.anomalies == (CardAnomaly.BIRTH_RANK_GUESSED,)


def test_two_people_born_the_same_day_under_other_names_are_not_twins() -> None:
    card = parse(
        '[[beneficiary]]\nname = "ADRUN"\ngiven_name = "ZOE"\nbirth_date = "19751231"\nnumber = "275126322074974"\n'
        '[[beneficiary]]\nname = "TCHITCHI"\ngiven_name = "OLA"\nbirth_date = "19751231"\n'
    )
    assert [one.birth_rank for one in decoded(card).beneficiaries] == ["1", "1"]


def test_a_child_without_a_number_has_none_and_that_is_no_anomaly() -> None:
    card = load("zoe")
    absent = replace(card, beneficiaries=(*card.beneficiaries[:2], replace(card.beneficiaries[2], number_object=False)))
    for contents in (decoded(card), decoded(absent)):
        assert contents.beneficiaries[2].nir == ""
        assert contents.anomalies == ()


def test_an_insured_without_a_number_is_named() -> None:
    assert decoded(load("houilles")).anomalies == (CardAnomaly.NUMBER_MISSING,)


def test_numbers_in_another_order_go_to_those_whose_birth_they_tell() -> None:
    contents = decoded(zoes_card(numbers_order=(1, 0, 2)))
    straight = decoded(load("zoe"))
    assert [one.nir for one in contents.beneficiaries] == [one.nir for one in straight.beneficiaries]
    assert contents.anomalies == (CardAnomaly.NUMBERS_DO_NOT_MATCH,)


def test_too_few_numbers_never_give_one_person_the_number_of_another() -> None:
    contents = decoded(zoes_card(numbers_order=(1,)))
    assert [bool(one.nir) for one in contents.beneficiaries] == [False, True, False]
    assert CardAnomaly.NUMBERS_DO_NOT_MATCH in contents.anomalies


def test_a_number_that_could_be_of_either_twin_is_given_to_neither() -> None:
    card = load("twins")
    with_numbers = replace(
        card,
        beneficiaries=tuple(
            replace(one, number=person.number + person.key)
            for one, person in zip(card.beneficiaries, FAMILIES["twins"].people, strict=True)
        ),
        numbers_order=(0, 1),
    )
    assert [bool(one.nir) for one in decoded(with_numbers).beneficiaries] == [True, False, False]


def test_a_wrong_key_is_named_and_the_number_kept_as_read() -> None:
    card = load("zoe-alone")
    contents = decoded(replace(card, beneficiaries=(replace(card.beneficiaries[0], number="275126322074975"),)))
    assert (contents.beneficiaries[0].nir, contents.beneficiaries[0].nir_key) == ("2751263220749", "75")
    assert contents.anomalies == (CardAnomaly.BAD_KEY,)


@pytest.mark.parametrize("date", ["", "        ", "1975", "19751232", "00000000", "2O120504", "19750230"])
def test_a_date_that_is_none_is_named(date: str) -> None:
    card = load("zoe-alone")
    contents = decoded(replace(card, beneficiaries=(replace(card.beneficiaries[0], birth_date=date),)))
    assert CardAnomaly.BAD_DATE in contents.anomalies
    assert contents.beneficiaries[0].birth_date in {"", "1975-02-30"}


def test_control_characters_are_dropped_and_named() -> None:
    contents = decode(encode(0x65, encode(0x80, b"AD\x1b[2JRUN") + encode(0x82, b"19751231")), b"")
    assert contents.beneficiaries[0].name == "AD[2JRUN"
    assert CardAnomaly.UNREADABLE_TEXT in contents.anomalies


def test_half_a_name_is_nobodys_name() -> None:
    contents = decoded(zoes_card(identity_keep=70 + 10))
    assert [one.given_name for one in contents.beneficiaries] == ["ZOE"]
    assert CardAnomaly.TRUNCATED in contents.anomalies


@pytest.mark.parametrize("keep", range(230))
def test_a_cut_card_gives_only_people_who_are_on_the_whole_one(keep: int) -> None:
    whole = decoded(load("zoe"))
    known = {(one.name, one.given_name) for one in whole.beneficiaries}
    known |= {(name, "") for name, _ in known} | {("", "")}
    for card in (zoes_card(identity_keep=keep), zoes_card(numbers_keep=keep)):
        for one in decoded(card).beneficiaries:
            assert (one.name, one.given_name) in known
            assert one.nir in {"", *(other.nir for other in whole.beneficiaries)}


def test_more_than_nineteen_people_are_cut_and_named() -> None:
    card = load("nineteen")
    contents = decoded(replace(card, beneficiaries=card.beneficiaries + card.beneficiaries[:3]))
    assert len(contents.beneficiaries) == 19
    assert CardAnomaly.TOO_MANY in contents.anomalies


def test_nobody_at_all_is_an_empty_card() -> None:
    assert decode(b"", b"").beneficiaries == ()


def test_a_card_states_neither_sex_nor_place() -> None:
    now = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
    traits = traits_of(decoded(load("zoe")).beneficiaries[0], now)
    assert (traits.source, traits.birth_name, traits.given_names) == (Source.CARD, "ADRUN", ("ZOE",))
    assert traits.birth_date is not None
    assert traits.birth_date.text == "1975-12-31"
    assert traits.sex is None
    assert traits.birth_place_code == ""
    assert traits.collected_at == now


def test_nothing_about_a_person_prints_itself() -> None:
    contents = decoded(load("zoe"))
    assert "ADRUN" not in f"{contents} {contents!r} {contents.beneficiaries[0]!r}"


@given(identity=st.binary(max_size=400), numbers=st.binary(max_size=400))
def test_no_bytes_at_all_raise_anything(identity: bytes, numbers: bytes) -> None:
    contents = decode(identity, numbers)
    assert len(contents.beneficiaries) <= 19


@given(at=st.integers(0, 229), byte=st.integers(0, 255), in_numbers=st.booleans())
def test_one_wrong_byte_never_gives_the_number_of_one_person_to_another(at: int, byte: int, in_numbers: bool) -> None:
    card = load("zoe")
    files = [bytearray(identity_bytes(card)), bytearray(numbers_bytes(card))]
    target = files[1] if in_numbers else files[0]
    target[at % len(target)] = byte
    rightful = {one.given_name: one.nir for one in decoded(card).beneficiaries}
    for one in decode(bytes(files[0]), bytes(files[1])).beneficiaries:
        others = {nir for name, nir in rightful.items() if name != one.given_name and nir}
        if one.given_name in rightful:
            assert one.nir not in others


def same(one: CardContents, other: CardContents) -> bool:
    return one.beneficiaries == other.beneficiaries and one.anomalies == other.anomalies


def person(name: bytes = b"ADRUN", given: bytes = b"ZOE", date: bytes = b"19751231") -> bytes:
    return encode(0x65, encode(0x80, name) + encode(0x81, given) + encode(0x82, date))


def number(digits: bytes) -> bytes:
    return encode(0x65, encode(0x93, digits))


ZOES_NUMBER, LINAS_NUMBER = b"275126322074974", b"212056399000197"


def test_a_person_without_any_name_is_not_shown_but_keeps_their_place_in_the_order_of_the_numbers() -> None:
    nameless = encode(0x65, encode(0x82, b"19751231"))
    contents = decode(nameless + person(b"ADRUN", b"LINA", b"20120504"), number(ZOES_NUMBER) + number(LINAS_NUMBER))
    assert [(one.given_name, one.nir) for one in contents.beneficiaries] == [("LINA", "2120563990001")]
    assert contents.anomalies == (CardAnomaly.TRUNCATED,)


def test_a_name_alone_or_a_given_name_alone_is_somebody() -> None:
    contents = decode(person(given=b"") + person(name=b"", date=b"19761231"), b"")
    assert [(one.name, one.given_name) for one in contents.beneficiaries] == [("ADRUN", ""), ("", "ZOE")]


def test_a_file_cut_after_the_name_is_named() -> None:
    contents = decode(person()[:14], number(ZOES_NUMBER))
    assert contents.beneficiaries[0].name == "ADRUN"
    assert CardAnomaly.TRUNCATED in contents.anomalies


@pytest.mark.parametrize("length", [b"\x80", b"\x85\x00\x00\x00\x00\x10", b"\xff", b"\x82\x01", b""])
def test_a_length_that_makes_no_sense_ends_the_file_and_is_named(length: bytes) -> None:
    contents = decode(person() + b"\x65" + length, number(ZOES_NUMBER))
    assert [one.name for one in contents.beneficiaries] == ["ADRUN"]
    assert CardAnomaly.TRUNCATED in contents.anomalies


def test_an_indefinite_length_is_no_length() -> None:
    assert decode(b"\x65\x80" + person()[2:] + bytes(200), b"").anomalies[0] == CardAnomaly.TRUNCATED


@pytest.mark.parametrize(("size", "is_cut"), [(65_536, False), (65_537, True)])
def test_a_file_longer_than_any_card_is_cut_and_named(size: int, is_cut: bool) -> None:
    contents = decode(person().ljust(size, b"\x00"), number(ZOES_NUMBER))
    assert (CardAnomaly.TRUNCATED in contents.anomalies) is is_cut
    assert len(contents.beneficiaries) == 1


@pytest.mark.parametrize(("others", "is_cut"), [(1022, False), (1024, True)])
def test_more_objects_than_any_card_has_are_cut_and_named(others: int, is_cut: bool) -> None:
    contents = decode(person() + encode(0x66, b"") * others, number(ZOES_NUMBER))
    assert (CardAnomaly.TRUNCATED in contents.anomalies) is is_cut


def test_nineteen_people_are_not_too_many_and_twenty_are() -> None:
    def named_too_many(people: int, numbers: int) -> bool:
        return CardAnomaly.TOO_MANY in decode(person() * people, number(ZOES_NUMBER) * numbers).anomalies

    assert not named_too_many(19, 19)
    assert named_too_many(20, 19)
    assert named_too_many(19, 20)


def test_the_only_number_of_the_only_person_is_theirs_though_the_dates_differ() -> None:
    """A date put right by the registry leaves the number as it was."""
    contents = decode(person(date=b"19761231"), number(ZOES_NUMBER))
    assert contents.beneficiaries[0].nir == "2751263220749"
    assert contents.anomalies == (CardAnomaly.NUMBERS_DO_NOT_MATCH,)


def test_of_two_people_neither_gets_a_number_whose_dates_fit_nobody() -> None:
    contents = decode(person(date=b"19760101") + person(b"ADRUN", b"LEO", b"20190917"), number(ZOES_NUMBER) * 2)
    assert [one.nir for one in contents.beneficiaries] == ["", ""]


@pytest.mark.parametrize("date", [b"19751231", b"19750031", b"19752031"])
def test_an_unknown_or_lunar_month_fits_any_number_of_the_year(date: bytes) -> None:
    contents = decode(person(date=date), number(ZOES_NUMBER))
    assert contents.beneficiaries[0].nir == "2751263220749"
    assert CardAnomaly.NUMBERS_DO_NOT_MATCH not in contents.anomalies


def test_a_text_of_sixty_four_signs_is_whole_and_one_more_is_cut() -> None:
    assert decode(person(b"A" * 64), number(ZOES_NUMBER)).anomalies == ()
    contents = decode(person(b"A" * 65), number(ZOES_NUMBER))
    assert len(contents.beneficiaries[0].name) == 64
    assert contents.anomalies == (CardAnomaly.UNREADABLE_TEXT,)
