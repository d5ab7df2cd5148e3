"""Whether a card's person is known: question and answer, of one size whoever they are about, read as hostile."""

import json
from dataclasses import replace

import pytest

from kiosk.core.checkin.recognition import (
    ANSWER_BYTES,
    ANSWER_SECONDS,
    QUESTION_BYTES,
    BadAnswer,
    BadQuestion,
    Recognition,
    answer_to_bytes,
    question_about,
    read_answer,
    read_question,
)
from kiosk.core.turn.state import Manners
from tests.people import DOMINIQUE, FAMILIES, LEO, ZOE

NONCE, KEY = b"n" * 16, b"k" * 32


def _question() -> Recognition:
    question = question_about(ZOE.beneficiary(), NONCE, KEY)
    assert question is not None
    return question


def test_a_question_is_read_back_as_it_was_asked() -> None:
    question = _question()
    assert read_question(question.to_bytes()) == question
    assert (question.nir, question.birth_rank, question.birth_date) == (ZOE.number, "1", ZOE.birth_date)


def test_whoever_it_is_about_a_question_is_as_long() -> None:
    people = [person for family in FAMILIES.values() for person in family.people]
    asked = [question_about(person.beneficiary(), NONCE, KEY) for person in people]
    lengths = {len(question.to_bytes()) for question in asked if question is not None}
    assert lengths == {QUESTION_BYTES}
    assert len(people) > 20


def test_a_yes_and_a_no_are_as_long() -> None:
    assert len(answer_to_bytes(True)) == len(answer_to_bytes(False)) == ANSWER_BYTES
    assert read_answer(answer_to_bytes(True)) is True
    assert read_answer(answer_to_bytes(False)) is False


def test_a_person_of_corsica_is_asked_about_too() -> None:
    assert question_about(DOMINIQUE.beneficiary(), NONCE, KEY) is not None


@pytest.mark.parametrize(
    "changes",
    [{"nir": ""}, {"nir": "275126322074"}, {"birth_date": ""}, {"birth_date": "31/12/1975"}, {"birth_rank": "10"}],
    ids=["no number", "short number", "no date", "another date", "rank"],
)
def test_nobody_is_asked_about_whom_the_card_does_not_name_well_enough(changes: dict[str, str]) -> None:
    assert question_about(replace(ZOE.beneficiary(), **changes), NONCE, KEY) is None
    assert question_about(LEO.beneficiary(), NONCE, KEY) is None  # a child without a number


def test_a_question_never_prints_itself() -> None:
    assert ZOE.number not in repr(_question())


def _said(**changes: object) -> bytes:
    said = json.loads(_question().to_bytes()) | changes
    kept = {word: value for word, value in said.items() if value is not None}
    return json.dumps(kept).encode().ljust(QUESTION_BYTES)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b" " * QUESTION_BYTES,
        b"[" * QUESTION_BYTES,
        _question().to_bytes() + b" ",
        _question().to_bytes()[:-1],
        _said(version=0),
        _said(version=2),
        _said(nir=None),
        _said(nir=2751263220749),
        _said(nir="2751263220749x"),
        _said(nir="٢٧٥١٢٦٣٢٢٠٧٤٩"),
        _said(rank="0"),
        _said(born=["1975-12-31"]),
        _said(nonce="bm4="),
        _said(nonce="bm5ubm5ubm5ubm5ubm5ubm4="),
        _said(nonce="é"),
        _said(key="a2s="),
        _said(key=None),
    ],
)
def test_what_is_no_question_is_refused_without_being_repeated(data: bytes) -> None:
    with pytest.raises(BadQuestion) as refused:
        read_question(data)
    assert "275" not in str(refused.value)


@pytest.mark.parametrize(
    "said", ["", "[]", "{", '{"version": 1}', '{"version": 1, "known": 2}', '{"version": 2, "known": 1}', "1" * 32]
)
def test_what_is_no_answer_is_not_taken_for_one(said: str) -> None:
    with pytest.raises(BadAnswer):
        read_answer(said.encode().ljust(ANSWER_BYTES))
    with pytest.raises(BadAnswer):
        read_answer(answer_to_bytes(True)[:-1])


GOLDEN = (
    b'{"version": 1, "nir": "2751263220749", "rank": "1", "born": "1975-12-31", "nonce": "bm5ubm5ubm5ubm5ubm5ubg==",'
    b' "key": "a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s="}'
)


def test_kiosks_and_consoles_of_different_days_speak_of_the_same_bytes() -> None:
    """Whoever alters one word of these makes them another version."""
    assert _question().to_bytes() == GOLDEN.ljust(256)
    assert read_question(GOLDEN.ljust(256)) == _question()
    assert answer_to_bytes(True) == b'{"version": 1, "known": 1}'.ljust(32)
    assert answer_to_bytes(False) == b'{"version": 1, "known": 0}'.ljust(32)


def test_an_answer_in_its_time_leaves_the_kiosk_time_to_hear_it() -> None:
    assert ANSWER_SECONDS == 0.4
    assert Manners().console > 3 * ANSWER_SECONDS


@pytest.mark.parametrize("word", ["nonce", "key"])
def test_what_is_not_strictly_base64_is_refused(word: str) -> None:
    said = json.loads(GOLDEN)[word]
    for other in (f"{said[:4]}\n{said[4:]}", f"{said[:4]} {said[4:]}", f"!{said}"):
        with pytest.raises(BadQuestion):
            read_question(_said(**{word: other}))


def test_a_card_that_writes_no_rank_bears_the_first() -> None:
    question = question_about(replace(ZOE.beneficiary(), birth_rank=""), NONCE, KEY)
    assert question is not None and question.birth_rank == "1"
