"""What a kiosk asks INSi through the console: a card's person or a document's traits, as bytes of one size.

Nothing comes back but "received": who asks learns nothing of what INSi says. The check-in that follows names its
question (``CheckIn.question``). Like check-ins, questions have a version; what traits are written with are a
check-in's words.
"""

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from kiosk.core.checkin import codec
from kiosk.core.confidential import Confidential
from kiosk.core.identity.traits import Traits
from kiosk.core.sources.card import Beneficiary

VERSION = 1
QUESTION_BYTES = 2560
RECEIVED = b'{"outcome": "received"}'  # the whole of the console's answer, whoever it is about

_NUMBER = re.compile(r"[0-9]{13}|[0-9]{5}2[AB][0-9]{6}|", re.ASCII)  # a child may have none of its own
_KEY = re.compile(r"[0-9]{0,2}", re.ASCII)
_RANK = re.compile(r"[0-9]?", re.ASCII)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}|", re.ASCII)  # lunar dates as they are on the card
_FORMS = {
    "name": re.compile(r"[^\x00-\x1f]{0,80}"),
    "given_name": re.compile(r"[^\x00-\x1f]{0,80}"),
    "birth_date": _DATE,
    "birth_rank": _RANK,
    "nir": _NUMBER,
    "nir_key": _KEY,
    "birth_name": re.compile(r"[^\x00-\x1f]{0,80}"),
}
_WORDS = {"version", "key", "beneficiary", "insured", "traits", "read_at"}


class BadQuestion(ValueError):
    """The bytes are no question this version understands; never says what was in them."""


@dataclass(frozen=True, slots=True, repr=False)
class Question(Confidential):
    """Who is this? Asked with a card's person or with a document's traits. ValueError when it is neither, or both."""

    key: str  # UUID4, made once: asking again is always safe
    beneficiary: Beneficiary | None
    insured: Beneficiary | None  # the card's first person, when another one came
    traits: Traits | None
    read_at: str  # ISO 8601 with offset: when the card or the document was read

    def __post_init__(self) -> None:
        if (self.beneficiary is None) == (self.traits is None) or (self.traits is not None and self.insured):
            raise ValueError("a question is about a card's person or about a document's traits")
        if not _is_key(self.key):
            raise ValueError("a question's key is a random UUID")
        _check_moment(self.read_at)
        if self.beneficiary is not None:
            _check_card(self.beneficiary, self.insured)

    def to_bytes(self) -> bytes:
        """Write the question; always as long. ValueError when it says more than a question can."""
        said = {
            "version": VERSION,
            "key": self.key,
            "beneficiary": _written(self.beneficiary),
            "insured": _written(self.insured),
            "traits": codec.plain(self.traits),
            "read_at": self.read_at,
        }
        data = json.dumps(said, ensure_ascii=False).encode()
        if len(data) > QUESTION_BYTES:
            raise ValueError("longer than a question can be")
        return data.ljust(QUESTION_BYTES)


def question_by_card(key: str, person: Beneficiary, insured: Beneficiary | None, read_at: str) -> Question | None:
    """The question about this person of a card; None when the card does not say enough of them."""
    return _askable(key, person, insured, None, read_at)


def question_by_document(key: str, traits: Traits, read_at: str) -> Question | None:
    """The question with what a document says; None when INSi could not be asked with it (two possible dates, no sex).

    That it was read with certainty is the caller's to know.
    """
    if traits.birth_date is None or traits.other_birth_dates or not traits.birth_name or not traits.given_names:
        return None
    return _askable(key, None, None, traits, read_at)


def read_question(data: bytes) -> Question:
    """Read a question. BadQuestion when it is not one."""
    said = _read(data)
    try:
        if said.keys() != _WORDS:
            raise ValueError
        return Question(
            _text(said["key"]),
            _person(said["beneficiary"]),
            _person(said["insured"]),
            None if said["traits"] is None else cast(Traits, codec.read_as(Traits, said["traits"], "question.traits")),
            _text(said["read_at"]),
        )
    except (ValueError, TypeError):
        raise BadQuestion("a part of the question is missing or not well-formed") from None


def _askable(
    key: str, person: Beneficiary | None, insured: Beneficiary | None, traits: Traits | None, read_at: str
) -> Question | None:
    try:
        question = Question(key, person, insured, traits, read_at)
        question.to_bytes()
    except ValueError:
        return None
    return question


def _check_card(person: Beneficiary, insured: Beneficiary | None) -> None:
    people = [person] if insured is None else [person, insured]
    for one in people:
        for word, form in _FORMS.items():
            if not form.fullmatch(getattr(one, word)):
                raise ValueError("a part of the card is not well-formed")
    if not person.birth_date or not any(one.nir for one in people):
        raise ValueError("the card does not say enough of the person")


def _check_moment(text: str) -> None:
    if len(text) > 40 or datetime.fromisoformat(text).tzinfo is None:
        raise ValueError("a moment has an offset")


def _is_key(text: str) -> bool:
    try:
        key = UUID(text)
    except ValueError:
        return False
    return str(key) == text and key.version == 4


def _written(person: Beneficiary | None) -> dict[str, str] | None:
    return None if person is None else {word: getattr(person, word) for word in _FORMS}


def _person(said: object) -> Beneficiary | None:
    if said is None:
        return None
    if not isinstance(said, dict) or said.keys() != _FORMS.keys():
        raise ValueError
    return Beneficiary(**{word: _text(text) for word, text in said.items()})


def _read(data: bytes) -> dict[str, object]:
    try:
        said = json.loads(data) if len(data) == QUESTION_BYTES else None
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict) or said.get("version") != VERSION:
        raise BadQuestion("not a question of this version")
    return said


def _text(given: object) -> str:
    if not isinstance(given, str):
        raise ValueError
    given.encode()  # a lone surrogate is none
    return given
