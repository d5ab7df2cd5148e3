"""The machine-readable zone as text: printed examples, what each format can carry, and hostile lines."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.core.identity.traits import NameForm, Sex
from kiosk.core.sources.document import DocumentKind, MrzReading
from kiosk.documents.mrz import (
    MrzTrouble,
    NotMrz,
    birth_dates,
    check_digit,
    has_second_side,
    mrz_name,
    parse,
    propose_kind,
)
from kiosk.documents.mrz_format import ALPHABET, FRENCH_ID, TD1, TD2, TD3, MrzFormat
from kiosk.training.zone import MrzContent, write

TODAY = date(2026, 11, 21)

# Examples printed in ICAO Doc 9303 (parts 4 to 6) and public specimens of the French cards.
PASSPORT = ("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10")
CARD = ("I<UTOD231458907<<<<<<<<<<<<<<<", "7408122F1204159UTO<<<<<<<<<<<6", "ERIKSSON<<ANNA<MARIA<<<<<<<<<<")
TWO_LINES = ("I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "D231458907UTO7408122F1204159<<<<<<<6")
FRENCH_OLD = ("IDFRABERTHIER<<<<<<<<<<<<<<<<<<<<<<<", "8806923102858CORINNE<<<<<<<6512068F6")
FRENCH_NEW = ("IDFRAX4RTBPFW46<<<<<<<<<<<<<<<", "9007138F3002119FRA<<<<<<<<<<<6", "MARTIN<<MAELYS<GAELLE<MARIE<<<")
CARD_LONG_NUMBER = (
    "I<UTOD23145890<7349<<<<<<<<<<<",
    "3407127M9507122UTO<<<<<<<<<<<2",
    "STEVENSON<<PETER<JOHN<<<<<<<<<",
)
TWO_LINES_LONG_NUMBER = ("I<UTOSTEVENSON<<PETER<<<<<<<<<<<<<<<", "D23145890<UTO3407127M95071227349<<<8")
VISA_A = ("V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L8988901C4XXX4009078F96121096ZE184226B<<<<<<")
VISA_B = ("V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "L8988901C4XXX4009078F9612109<<<<<<<<")
ALL = [CARD_LONG_NUMBER, TWO_LINES_LONG_NUMBER, PASSPORT, CARD, TWO_LINES, FRENCH_OLD, FRENCH_NEW]


def read(lines: tuple[str, ...], **more: object) -> MrzReading:
    reading = parse(lines, TODAY, **more)
    assert isinstance(reading, MrzReading)
    return reading


@pytest.mark.parametrize("lines", ALL)
def test_every_check_digit_of_the_printed_examples_holds(lines: tuple[str, ...]) -> None:
    reading = read(lines, accepted=True)
    assert all(is_right for _, is_right in reading.checks)
    assert reading.accepted
    assert reading.doubtful == ()


def test_the_passport_of_doc_9303_says_who_anna_is() -> None:
    reading = read(PASSPORT)
    assert reading.format == "TD3"
    assert reading.traits.birth_name == "ERIKSSON"
    assert reading.traits.given_names == ("ANNA", "MARIA")
    assert reading.traits.sex is Sex.FEMALE
    assert reading.traits.birth_date is not None
    assert reading.traits.birth_date.text == "1974-08-12"
    assert reading.document_number == "L898902C3"
    assert reading.expiry == "2012-04-15"
    assert propose_kind(reading) is DocumentKind.PASSPORT


@pytest.mark.parametrize(
    ("covered", "digit"),
    [("520727", "3"), ("AB2134<<<", "5"), ("HA672242<658022549601086<<<<<<<<<<<<<<0", "8")],
)
def test_the_check_digits_worked_out_in_doc_9303_come_out(covered: str, digit: str) -> None:
    assert check_digit(covered) == digit


@pytest.mark.parametrize("lines", [CARD_LONG_NUMBER, TWO_LINES_LONG_NUMBER])
def test_the_long_number_of_doc_9303_is_read_whole(lines: tuple[str, ...]) -> None:
    assert read(lines).document_number == "D23145890734"


@pytest.mark.parametrize(("lines", "name"), [(VISA_A, "MRV-A"), (VISA_B, "MRV-B")])
def test_a_visa_is_named_and_is_no_identity_document(lines: tuple[str, ...], name: str) -> None:
    reading = read(lines)
    assert reading.format == name
    assert all(is_right for _, is_right in reading.checks)
    assert propose_kind(reading) is DocumentKind.UNKNOWN


def test_a_name_too_long_is_cut_as_doc_9303_shows() -> None:
    names = ("CHAYAPA", "DEJTHAMRONG", "KRASUANG")
    lines = write(TD3, MrzContent("NILAVADHANANANDA", names, "L898902C3", "690806", "F", "P<", "UTO", "UTO", "940623"))
    assert lines[0] == "P<UTONILAVADHANANANDA<<CHAYAPA<DEJTHAMRONG<K"
    assert read(lines).traits.given_names_may_be_cut


def test_the_french_card_before_2021_is_never_read_as_td2() -> None:
    reading = read(FRENCH_OLD)
    assert reading.format == "FRENCH-ID"
    assert (reading.traits.birth_name, reading.traits.given_names) == ("BERTHIER", ("CORINNE",))
    assert reading.traits.name_form is NameForm.MRZ_FRENCH_ID
    assert reading.document_number == "880692310285"
    assert reading.expiry == ""
    assert propose_kind(reading) is DocumentKind.FRENCH_ID_1988
    assert not has_second_side(DocumentKind.FRENCH_ID_1988, reading.format)


def test_the_card_of_2021_has_a_second_side() -> None:
    reading = read(FRENCH_NEW)
    assert propose_kind(reading) is DocumentKind.FRENCH_ID_2021
    assert has_second_side(propose_kind(reading), reading.format)


@pytest.mark.parametrize("lines", ALL)
def test_one_changed_character_of_the_numbers_is_noticed(lines: tuple[str, ...]) -> None:
    last = lines[-1] if len(lines) == 2 else lines[1]
    changed = ("3" if check_digit(last[0]) != check_digit("3") else "4") + last[1:]
    altered = (*lines[:-1], changed) if len(lines) == 2 else (lines[0], changed, lines[2])
    assert not read(altered, accepted=True).accepted


def test_only_the_old_french_card_notices_a_changed_name() -> None:
    new = (FRENCH_NEW[0], FRENCH_NEW[1], FRENCH_NEW[2].replace("MARTIN", "MARTEN"))
    assert all(is_right for _, is_right in read(new).checks)
    old = (FRENCH_OLD[0].replace("BERTHIER", "BERTHIES"), FRENCH_OLD[1])
    assert dict(read(old).checks)["composite"] is False


def test_a_doubtful_character_forbids_acceptance() -> None:
    reading = read(FRENCH_NEW, accepted=True, doubtful=[(2, 3)])
    assert not reading.accepted
    assert reading.doubtful == ((2, 3),)


def test_a_two_digit_year_is_never_resolved_in_silence() -> None:
    newborn_or_very_old = birth_dates("250101", TODAY)
    assert [day.text for day in newborn_or_very_old] == ["2025-01-01", "1925-01-01"]
    assert [day.text for day in birth_dates("270101", TODAY)] == ["1927-01-01"]
    assert [day.text for day in birth_dates("75<<<<", TODAY)] == ["1975-00-00"]
    assert birth_dates("<<<<<<", TODAY) == ()


def test_nobody_is_born_after_their_card_was_issued() -> None:
    content = MrzContent("PETIT", ("JEAN",), "050475012345", "200510", "M", code="ID")
    reading = read(write(FRENCH_ID, content))
    assert reading.traits.birth_date is not None
    assert reading.traits.birth_date.text == "1920-05-10"
    assert reading.traits.other_birth_dates == ()


def test_an_american_permit_has_a_digit_in_its_code() -> None:
    lines = write(
        TD1, MrzContent("SPECIMEN", ("TEST", "VOID"), "000000074", "800101", "F", "C1", "USA", "UTO", "300101")
    )
    reading = read(lines, accepted=True)
    assert reading.accepted
    assert lines[0].startswith("C1USA")
    assert propose_kind(reading) is DocumentKind.UNKNOWN


def test_a_long_belgian_number_goes_on_in_the_optional_data() -> None:
    content = MrzContent("JANSSENS", ("EMMA",), "592123456789", "900101", "F", "ID", "BEL", "BEL", "300101")
    lines = write(TD1, content)
    assert lines[0][14] == "<"
    reading = read(lines)
    assert reading.document_number == "592123456789"
    assert all(is_right for _, is_right in reading.checks)


@pytest.mark.parametrize(
    ("civil", "icao", "french"),
    [
        ("D'ARTAGNAN", "DARTAGNAN", "D<ARTAGNAN"),
        ("Jean-Baptiste", "JEAN<BAPTISTE", "JEAN<BAPTISTE"),
        ("François", "FRANCOIS", "FRANCOIS"),
        ("Œuvrard", "OEUVRARD", "OEUVRARD"),
        ("LE  GALL", "LE<GALL", "LE<GALL"),
        ("Müller", "MULLER", "MULLER"),
        ("Wałęsa", "WALESA", "WALESA"),
        ("Đurić", "DURIC", "DURIC"),
        ("Ĳssel", "IJSSEL", "IJSSEL"),
        ("İnan Straße", "INAN<STRASSE", "INAN<STRASSE"),
    ],
)
def test_a_name_is_written_as_the_zone_writes_it(civil: str, icao: str, french: str) -> None:
    assert mrz_name(civil) == icao
    assert mrz_name(civil, NameForm.MRZ_FRENCH_ID) == french


def test_initials_at_the_end_of_a_full_field_cost_the_surname_no_letter() -> None:
    content = MrzContent(
        surname="AAA-AAA-AAAAAAA", given_names=("BBBB", "BBBBBB", "B", "B"), number="000000000", birth="000101", sex="M"
    )
    traits = read(write(TD2, content), accepted=True).traits
    assert (traits.birth_name, traits.given_names_may_be_cut) == ("AAA AAA AAAAAAA", True)


def test_a_cut_name_says_that_it_may_be_cut() -> None:
    short = read(FRENCH_NEW).traits
    assert not short.birth_name_may_be_cut
    assert not short.given_names_may_be_cut
    given = MrzContent("BERNARD", ("ALEXANDRE", "MAXIMILIEN", "THEODORE"), "123456789", "900101", "M", "ID")
    long_given = read(write(TD1, given)).traits
    assert long_given.given_names_may_be_cut
    assert not long_given.birth_name_may_be_cut
    surname = MrzContent("SCHWARZENBERGER-HOHENSTEIN-LANGENBURG", ("ZOE",), "123456789", "900101", "F", "ID")
    long_name = read(write(TD1, surname)).traits
    assert long_name.birth_name_may_be_cut
    assert long_name.given_names == ("ZO",)


def test_a_compound_given_name_stays_one_on_the_old_french_card() -> None:
    content = MrzContent("PETIT", ("JEAN-LUC", "ANNE"), "150475012345", "800510", "M", code="ID")
    assert read(write(FRENCH_ID, content)).traits.given_names == ("JEAN LUC", "ANNE")


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ((), MrzTrouble.SHAPE),
        (("P<FRA",), MrzTrouble.SHAPE),
        (("A" * 30, "A" * 29, "A" * 30), MrzTrouble.SHAPE),
        (("p" * 44, "<" * 44), MrzTrouble.ALPHABET),
        (("É" * 44, "<" * 44), MrzTrouble.ALPHABET),
        (("X" * 44, "<" * 44), MrzTrouble.CODE),
    ],
)
def test_what_is_no_zone_is_told_by_a_value(lines: tuple[str, ...], reason: MrzTrouble) -> None:
    assert parse(lines, TODAY) == NotMrz(reason)


@given(st.lists(st.text(alphabet=ALPHABET + "a é\x00", max_size=60), max_size=6))
def test_no_lines_whatever_raise(lines: list[str]) -> None:
    assert isinstance(parse(lines, TODAY), MrzReading | NotMrz)


@given(
    st.sampled_from([(3, 30), (2, 36), (2, 44)]).flatmap(
        lambda shape: st.lists(
            st.text(alphabet=ALPHABET, min_size=shape[1], max_size=shape[1]), min_size=shape[0], max_size=shape[0]
        )
    )
)
def test_no_zone_of_the_right_size_raises(lines: list[str]) -> None:
    assert isinstance(parse(lines, TODAY, accepted=True), MrzReading | NotMrz)


letters = st.text(alphabet="ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=1, max_size=12)
days = st.dates(date(1930, 1, 1), date(2024, 12, 28))


@settings(max_examples=300)
@given(
    layout=st.sampled_from([TD1, TD2, TD3, FRENCH_ID]),
    surname=st.lists(letters, min_size=1, max_size=3),
    names=st.lists(letters, min_size=1, max_size=4),
    born=days,
    sex=st.sampled_from("MF<"),
    number=st.text(alphabet=ALPHABET[:36], min_size=9, max_size=9),
)
@pytest.mark.long
def test_what_is_written_is_read_again_as_far_as_the_format_can_carry(
    layout: MrzFormat, surname: list[str], names: list[str], born: date, sex: str, number: str
) -> None:
    is_old = layout is FRENCH_ID
    content = MrzContent(
        surname="-".join(surname),
        given_names=tuple(names),
        number="251207512345" if is_old else number,
        birth=born.strftime("%y%m%d"),
        sex=sex,
        code="P<" if layout is TD3 else "I<" if layout is TD2 else "ID",
        expiry="300131",
    )
    traits = read(write(layout, content), accepted=True).traits
    reading = read(write(layout, content), accepted=True)
    assert reading.accepted
    whole = " ".join(surname)
    assert whole == traits.birth_name or (traits.birth_name_may_be_cut and whole.startswith(traits.birth_name))
    if not traits.given_names_may_be_cut:
        assert traits.given_names == tuple(names)
    possible = (traits.birth_date, *traits.other_birth_dates)
    assert born.isoformat() in [day.text for day in possible if day is not None]
    assert traits.sex is {"M": Sex.MALE, "F": Sex.FEMALE, "<": Sex.UNDETERMINED}[sex]
    if not is_old:
        assert reading.document_number == number


@given(st.text(alphabet=ALPHABET, min_size=1, max_size=39), st.data())
def test_a_check_digit_sees_every_change_but_those_it_cannot(text: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.sampled_from(ALPHABET))
    values = {character: index for index, character in enumerate(ALPHABET[:36])} | {"<": 0}
    changed = text[:place] + other + text[place + 1 :]
    is_blind = values[other] % 10 == values[text[place]] % 10
    assert (check_digit(changed) == check_digit(text)) is is_blind
