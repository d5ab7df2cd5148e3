"""What is asked through the console: of one size whoever it is about, read back whole, and read as hostile."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.core.checkin.question import (
    QUESTION_BYTES,
    RECEIVED,
    BadQuestion,
    Question,
    question_by_card,
    question_by_document,
    read_question,
)
from kiosk.core.identity.dates import BirthDate
from kiosk.core.identity.traits import NameForm, Source, Traits
from tests.people import DOMINIQUE, FAMILIES, LEO, PIERRE_ALAIN, ZOE

KEY = "0b9d3a4e-52c5-4d6e-9a58-9d1f4a7e6b10"
READ_AT = "2026-11-29T10:00:00+01:00"
PRINTED = replace(PIERRE_ALAIN.traits(Source.DOCUMENT), name_form=NameForm.MRZ)


def _by_card() -> Question:
    question = question_by_card(KEY, LEO.beneficiary(), ZOE.beneficiary(), READ_AT)
    assert question is not None
    return question


def _by_document() -> Question:
    question = question_by_document(KEY, PRINTED, READ_AT)
    assert question is not None
    return question


@pytest.mark.parametrize("asked", [_by_card, _by_document])
def test_a_question_is_read_back_as_it_was_asked(asked: Callable[[], Question]) -> None:
    question = asked()
    assert read_question(question.to_bytes()) == question


def test_whoever_it_is_about_a_question_is_as_long() -> None:
    people = [person for family in FAMILIES.values() for person in family.people]
    by_card = [question_by_card(KEY, one.beneficiary(), people[0].beneficiary(), READ_AT) for one in people]
    by_document = [question_by_document(KEY, one.traits(Source.DOCUMENT), READ_AT) for one in people]
    questions = [one for one in (*by_card, *by_document) if one is not None]
    assert {len(one.to_bytes()) for one in questions} == {QUESTION_BYTES}
    assert len(questions) > 40


def test_the_answer_is_always_the_same() -> None:
    assert RECEIVED == b'{"outcome": "received"}'


def test_the_longest_names_a_card_bears_fit_and_longer_ones_are_asked_about_elsewhere() -> None:
    long = replace(DOMINIQUE.beneficiary(), name="É" * 80, given_name="É" * 80, birth_name="É" * 80)
    question = question_by_card(KEY, long, long, READ_AT)
    assert question is not None and len(question.to_bytes()) == QUESTION_BYTES
    assert question_by_card(KEY, replace(long, name="E" * 81), None, READ_AT) is None
    endless = replace(PRINTED, given_names=("MURIEL-ALEXANDRA",) * 190)
    assert question_by_document(KEY, endless, READ_AT) is None


@pytest.mark.parametrize(
    "changes",
    [{"nir": ""}, {"nir": "275126322074"}, {"birth_date": ""}, {"birth_date": "31/12/1975"}, {"birth_rank": "10"}],
    ids=["no number", "short number", "no date", "another date", "rank"],
)
def test_nobody_is_asked_about_whom_the_card_does_not_name_well_enough(changes: dict[str, str]) -> None:
    assert question_by_card(KEY, replace(ZOE.beneficiary(), **changes), None, READ_AT) is None


def test_a_child_without_a_number_is_asked_about_with_their_insureds() -> None:
    child = LEO.beneficiary()
    assert child.nir == ""
    assert question_by_card(KEY, child, None, READ_AT) is None
    assert _by_card().insured == ZOE.beneficiary()


@pytest.mark.parametrize(
    "traits",
    [
        replace(PRINTED, birth_date=None),
        replace(PRINTED, birth_name=""),
        replace(PRINTED, given_names=()),
        replace(PRINTED, other_birth_dates=(BirthDate("1880-01-01"),)),
    ],
    ids=["no date", "no name", "no given name", "two dates"],
)
def test_a_document_that_does_not_say_enough_is_not_asked_with(traits: Traits) -> None:
    assert question_by_document(KEY, traits, READ_AT) is None


def test_a_question_is_about_a_card_or_about_a_document() -> None:
    card, read = ZOE.beneficiary(), ZOE.traits(Source.DOCUMENT)
    for beneficiary, insured, traits in (
        (None, None, None),
        (card, None, read),
        (None, card, read),
        (None, card, None),
    ):
        with pytest.raises(ValueError, match="about a card's person or about a document"):
            Question(KEY, beneficiary, insured, traits, READ_AT)


@pytest.mark.parametrize("key", ["", "k", KEY.upper(), "0b9d3a4e-52c5-1d6e-9a58-9d1f4a7e6b10", KEY + "\n"])
def test_a_key_is_a_random_uuid_written_one_way(key: str) -> None:
    assert question_by_card(key, ZOE.beneficiary(), None, READ_AT) is None


@pytest.mark.parametrize("moment", ["", "2026-11-29T10:00:00", "yesterday", READ_AT + " " * 40])
def test_a_moment_has_an_offset(moment: str) -> None:
    assert question_by_card(KEY, ZOE.beneficiary(), None, moment) is None


def test_a_question_never_prints_itself() -> None:
    for question in (_by_card(), _by_document()):
        assert repr(question) == "<Question: confidential>"


def _said(question: Question, **changes: object) -> bytes:
    said = json.loads(question.to_bytes()) | changes
    kept = {word: value for word, value in said.items() if value != "left out"}
    return json.dumps(kept).encode().ljust(QUESTION_BYTES)


CARD = {"name": "ADRUN", "given_name": "ZOE", "birth_date": "1975-12-31", "birth_rank": "1"}
CARD |= {"nir": "2751263220749", "nir_key": "74", "birth_name": ""}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b" " * QUESTION_BYTES,
        b"[" * QUESTION_BYTES,
        b"[]".ljust(QUESTION_BYTES),
        _by_card().to_bytes() + b" ",
        _by_card().to_bytes()[:-1],
        _said(_by_card(), version=0),
        _said(_by_card(), version=2),
        _said(_by_card(), more=1),
        _said(_by_card(), key="left out"),
        _said(_by_card(), key=3),
        _said(_by_card(), read_at=None),
        _said(_by_card(), read_at="2026-11-29T10:00:00"),
        _said(_by_card(), beneficiary=None),
        _said(_by_card(), beneficiary=[]),
        _said(_by_card(), beneficiary=CARD | {"more": ""}),
        _said(_by_card(), beneficiary={word: text for word, text in CARD.items() if word != "nir_key"}),
        _said(_by_card(), beneficiary=CARD | {"nir": 2751263220749}),
        _said(_by_card(), beneficiary=CARD | {"nir": "٢٧٥١٢٦٣٢٢٠٧٤٩"}),
        _said(_by_card(), beneficiary=CARD | {"name": "ADR\x00UN"}),
        _said(_by_card(), beneficiary=CARD | {"name": "\ud800"}),
        _said(_by_card(), beneficiary=CARD | {"nir": ""}, insured=None),
        _said(_by_card(), insured={"name": "ADRUN"}),
        _said(_by_document(), traits=None),
        _said(_by_document(), traits={}),
        _said(_by_document(), traits={"is": "Traits", "source": "document", "iris": "blue"}),
        _said(_by_document(), traits={"is": "Traits", "source": "spirit"}),
        _said(_by_document(), beneficiary=CARD),
        _said(_by_document(), insured=CARD),
    ],
)
def test_what_is_no_question_is_refused_without_being_repeated(data: bytes) -> None:
    with pytest.raises(BadQuestion) as refused:
        read_question(data)
    assert "275" not in str(refused.value) and "ADRUN" not in str(refused.value)


@given(st.binary(max_size=60))
def test_any_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(BadQuestion):
        read_question(data.ljust(QUESTION_BYTES))


GOLDEN_CARD = (
    b'{"version": 1, "key": "0b9d3a4e-52c5-4d6e-9a58-9d1f4a7e6b10", "beneficiary": {"name": "ADRUN", "given_name":'
    b' "ZOE", "birth_date": "1975-12-31", "birth_rank": "1", "nir": "2751263220749", "nir_key": "74", "birth_name":'
    b' ""}, "insured": null, "traits": null, "read_at": "2026-11-29T10:00:00+01:00"}'
)
GOLDEN_DOCUMENT = (
    b'{"version": 1, "key": "0b9d3a4e-52c5-4d6e-9a58-9d1f4a7e6b10", "beneficiary": null, "insured": null, "traits":'
    b' {"is": "Traits", "source": "document", "birth_name": "ADRUN", "name_in_use": "", "given_names": ["ZOE"],'
    b' "given_names_text": "ZOE", "birth_date": {"is": "BirthDate", "text": "1975-12-31", "is_interpreted": false},'
    b' "other_birth_dates": [], "sex": "F", "birth_place_code": "63220", "name_form": "civil",'
    b' "birth_name_may_be_cut": false, "given_names_may_be_cut": false}, "read_at": "2026-11-29T10:00:00+01:00"}'
)


def test_kiosks_and_consoles_of_different_days_speak_of_the_same_bytes() -> None:
    """Whoever alters one word of these makes them another version."""
    by_card = question_by_card(KEY, ZOE.beneficiary(), None, READ_AT)
    by_document = question_by_document(KEY, ZOE.traits(Source.DOCUMENT), READ_AT)
    assert by_card is not None and by_document is not None
    assert by_card.to_bytes() == GOLDEN_CARD.ljust(QUESTION_BYTES)
    assert by_document.to_bytes() == GOLDEN_DOCUMENT.ljust(QUESTION_BYTES)
    assert read_question(GOLDEN_CARD.ljust(QUESTION_BYTES)) == by_card
    assert read_question(GOLDEN_DOCUMENT.ljust(QUESTION_BYTES)) == by_document
