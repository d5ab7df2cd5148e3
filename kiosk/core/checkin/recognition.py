"""A kiosk's question whether a card's person is known, and the answer: as bytes of one size, whoever it is about.

The question bears what makes an answer possible and nothing more; the answer is a yes or a no. Neither's length says
anything to who listens. Like check-ins, both have a version: a console that does not know it is one that says no.
"""

import json
import re
from base64 import b64decode, b64encode
from dataclasses import dataclass

from kiosk.core.confidential import Confidential
from kiosk.core.sources.card import Beneficiary

VERSION = 1
QUESTION_BYTES = 256
ANSWER_BYTES = 32
ANSWER_SECONDS = 0.4  # after the question came; when that was not enough, a multiple of it, and always a no
NONCE_BYTES = 16
KEY_BYTES = 32

_NUMBER = re.compile(r"[0-9]{13}|[0-9]{5}2[AB][0-9]{6}", re.ASCII)
_RANK = re.compile(r"[1-9]", re.ASCII)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)  # lunar dates as they are on the card


class BadQuestion(ValueError):
    """The bytes are no question this version understands; never says what was in them."""


class BadAnswer(ValueError):
    """The bytes are no answer this version understands."""


@dataclass(frozen=True, slots=True, repr=False)
class Recognition(Confidential):
    """Is the person of this number, rank and birth date known? Asked once: ``nonce`` and ``key`` serve no other."""

    nir: str  # 13 characters, as on the card; never a matricule INS
    birth_rank: str
    birth_date: str
    nonce: bytes
    key: bytes  # with which the answer is closed: nobody else reads it

    def to_bytes(self) -> bytes:
        """Write the question; always as long."""
        said = {
            "version": VERSION,
            "nir": self.nir,
            "rank": self.birth_rank,
            "born": self.birth_date,
            "nonce": b64encode(self.nonce).decode("ascii"),
            "key": b64encode(self.key).decode("ascii"),
        }
        return _padded(said, QUESTION_BYTES)


def question_about(person: Beneficiary, nonce: bytes, key: bytes) -> Recognition | None:
    """The question about this person of a card; None when the card does not say enough of them."""
    rank = person.birth_rank or "1"
    if not (_NUMBER.fullmatch(person.nir) and _RANK.fullmatch(rank) and _DATE.fullmatch(person.birth_date)):
        return None
    return Recognition(person.nir, rank, person.birth_date, nonce, key)


def read_question(data: bytes) -> Recognition:
    """Read a question. BadQuestion when it is not one."""
    said = _read(data, QUESTION_BYTES)
    if said is None:
        raise BadQuestion("not a question of this version")
    try:
        nir, rank, born = (
            _text(said[word], form) for word, form in (("nir", _NUMBER), ("rank", _RANK), ("born", _DATE))
        )
        nonce, key = (_bytes(said[word], length) for word, length in (("nonce", NONCE_BYTES), ("key", KEY_BYTES)))
    except (KeyError, ValueError):
        raise BadQuestion("a part of the question is missing or not well-formed") from None
    return Recognition(nir, rank, born, nonce, key)


def answer_to_bytes(is_known: bool) -> bytes:
    """Write the answer; always as long."""
    return _padded({"version": VERSION, "known": int(is_known)}, ANSWER_BYTES)  # "true" and "false" differ in length


def read_answer(data: bytes) -> bool:
    """Read an answer. BadAnswer when it is not one."""
    said = _read(data, ANSWER_BYTES)
    if said is None or said.get("known") not in (0, 1):
        raise BadAnswer("not an answer of this version")
    return bool(said["known"])


def _padded(said: dict[str, object], length: int) -> bytes:
    return json.dumps(said).encode("ascii").ljust(length)


def _read(data: bytes, length: int) -> dict[str, object] | None:
    if len(data) != length:
        return None
    try:
        said = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) and said.get("version") == VERSION else None


def _text(given: object, form: re.Pattern[str]) -> str:
    if not isinstance(given, str) or not form.fullmatch(given):
        raise ValueError
    return given


def _bytes(given: object, length: int) -> bytes:
    data = b64decode(given, validate=True) if isinstance(given, str) else b""
    if len(data) != length:
        raise ValueError
    return data
