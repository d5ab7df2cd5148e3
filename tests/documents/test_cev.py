"""Seals made with a test authority: genuine, altered, expired, unknown; each gets its own verdict."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.capture.seal import read_seal
from kiosk.core.sources.document import MrzReading, SealVerdict
from kiosk.documents.cev import NotSeal, Seal, Signer, check, parse, reading_of
from kiosk.documents.cev_trust import load_signers, verify
from kiosk.documents.mrz import parse as parse_zone
from kiosk.documents.mrz_format import TD1
from kiosk.training.draw import draw
from kiosk.training.holder import SpecimenPerson
from kiosk.training.seal import public_key, seal_text
from kiosk.training.zone import MrzContent, write
from tests.specimens.photograph import photograph
from tests.specimens.seal import write_certificate

PERSON = SpecimenPerson("ADRUN", ("ZOE", "LEA"), "1975-12-31", "F")
NUMBER = "X4RTBPFW4"
DAY = f"{(date(2023, 5, 2) - date(2000, 1, 1)).days:04X}"  # as a header says it


def genuine(**more: object) -> Seal:
    seal = parse(seal_text(PERSON, NUMBER, **more))
    assert isinstance(seal, Seal)
    return seal


@pytest.fixture
def trusted(tmp_path: Path) -> Path:
    write_certificate(tmp_path, date(2021, 3, 8), date(2024, 3, 8))
    return tmp_path


def test_a_seal_says_full_names_and_number_but_no_birth_date() -> None:
    seal = genuine()
    assert seal.value("given_names") == "ZOE/LEA"
    assert seal.value("birth_name") == "ADRUN"
    assert seal.value("number") == NUMBER
    assert seal.value("sex") == "F"
    assert seal.value("birth_date") == ""
    assert seal.signed == date(2023, 5, 2)


def test_a_signer_that_expired_since_still_proves_what_it_signed_when_it_was_valid(trusted: Path) -> None:
    assert check(genuine(), load_signers(trusted), verify) is SealVerdict.GENUINE


def test_a_signature_made_after_the_signer_expired_is_told(trusted: Path) -> None:
    late = genuine(signed=date(2025, 1, 1))
    assert check(late, load_signers(trusted), verify) is SealVerdict.SIGNER_EXPIRED


def test_an_unknown_signer_is_not_a_false_seal(trusted: Path) -> None:
    assert check(genuine(authority="FR99"), load_signers(trusted), verify) is SealVerdict.UNKNOWN_SIGNER


def test_a_site_without_certificates_verifies_nothing(trusted: Path) -> None:
    assert check(genuine(), load_signers(trusted / "nowhere"), verify) is SealVerdict.NOT_VERIFIED


@pytest.mark.parametrize(
    ("before", "after"),
    [("ZOE", "ZOA"), ("/LEA", "/LEO"), ("ADRUN", "ADRON"), (NUMBER, "X4RTBPFW5"), ("68F", "68M"), ("67FR", "67BE"),
     ("6CFR", "6CBE"), ("65ID", "65IR"), ("0701FR", "0801FR"), ("0701FR", "0702FR"), ("0701FR", "0701BE"),
     (DAY + DAY, DAY + "2137"), (DAY + DAY, "2136" + DAY)],
)  # fmt: skip
def test_a_seal_altered_in_any_field_is_false(trusted: Path, before: str, after: str) -> None:
    altered = genuine(changed=(before, after))
    assert check(altered, load_signers(trusted), verify) is SealVerdict.FALSE


@given(st.data())
def test_no_character_of_a_seal_can_be_changed_unseen(data: st.DataObject) -> None:
    signers = {("FRZZ", "0001"): Signer(public_key(), date(2021, 3, 8), date(2024, 3, 8))}
    text = seal_text(PERSON, NUMBER)
    place = data.draw(st.integers(0, len(text) - 2))  # the last one of base32 carries bits that count for nothing
    other = data.draw(st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/\x1d\x1e\x1f").filter(text[place].__ne__))
    changed = parse(text[:place] + other + text[place + 1 :])
    if isinstance(changed, Seal):
        assert check(changed, signers, verify) in (SealVerdict.FALSE, SealVerdict.UNKNOWN_SIGNER)


def test_files_that_are_no_certificates_do_not_hide_the_good_one(trusted: Path) -> None:
    (trusted / "FR05-0001.pem").write_bytes(b"-----BEGIN CERTIFICATE-----\nnothing\n")
    (trusted / "notes.txt").write_text("a note")
    assert set(load_signers(trusted)) == {("FRZZ", "0001")}


def zone(number: str = NUMBER, surname: str = "ADRUN", names: tuple[str, ...] = ("ZOE",), sex: str = "F") -> MrzReading:
    lines = write(TD1, MrzContent(surname, names, number, "751231", sex, "ID", expiry="300101"))
    reading = parse_zone(lines, date(2026, 11, 21), accepted=True)
    assert isinstance(reading, MrzReading)
    return reading


@pytest.mark.parametrize(
    ("mrz", "differing"),
    [
        (zone(), ()),
        (zone(names=("ZOE", "LEA")), ()),
        (zone(number="X4RTBPFW5"), ("number",)),
        (zone(surname="MARTIN", names=("LEO",)), ("birth_name", "given_names")),
        (zone(sex="M"), ("sex",)),
    ],
)
def test_a_seal_that_names_someone_else_than_the_zone_is_told(mrz: MrzReading, differing: tuple[str, ...]) -> None:
    found = reading_of(genuine(), mrz, {}, verify)
    assert found.is_compared
    assert found.contradictions == differing


def test_a_seal_is_not_compared_with_a_zone_that_is_not_certain() -> None:
    unsure = replace(zone(surname="MARTIN"), accepted=False)
    found = reading_of(genuine(), unsure, {}, verify)
    assert (found.is_compared, found.contradictions) == (False, ())


@pytest.mark.parametrize(
    "text",
    ["", "DC04", "DC03FR05000126C826C80701FR\x1fAAAA", "hello\x1fworld", seal_text(PERSON, NUMBER)[:-20],
     seal_text(PERSON, NUMBER).replace("65ID", "65"), "DC04" + "A" * 5000],
)  # fmt: skip
def test_what_is_no_seal_is_told_by_a_value(text: str) -> None:
    result = parse(text)
    assert isinstance(result, NotSeal) or result.value("kind") != "ID"


@given(st.text(max_size=400))
def test_no_text_raises(text: str) -> None:
    assert isinstance(parse(text), Seal | NotSeal)
    assert isinstance(parse("DC04FR05000126C826C80701FR" + text), Seal | NotSeal)


@pytest.mark.parametrize("condition", ["scan", "good", "upside", "perspective"])
def test_the_seal_of_a_photographed_card_is_read(trusted: Path, condition: str) -> None:
    photo = photograph(draw(PERSON, "french-id-2021", "back", 1), condition, 1)
    seal = read_seal(photo.picture)
    assert seal is not None
    assert check(seal, load_signers(trusted), verify) is SealVerdict.GENUINE
    assert seal.value("number") == photo.lines[0][5:14]
