"""The format of check-ins outlives the code: old bytes are read, and no renaming changes what is written.

``fixtures/ae92b1a/check_ins`` are bytes an earlier version wrote; they are never made again. ``check_in_format.json``
says all words of the format; whoever adds one adds it there, and nobody alters one.
"""

import dataclasses
import json
import types
from collections.abc import Iterator
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest

from kiosk.core.checkin import codec, words
from kiosk.core.checkin.codec import from_bytes, to_bytes
from kiosk.core.checkin.value import CheckIn
from kiosk.core.confidential import Confidential
from kiosk.core.sources.document import SealReading, SealVerdict
from tests.fixtures.check_ins import CHECK_INS

FIXTURES = Path(__file__).parent / "fixtures"
GOLDEN = FIXTURES / "ae92b1a" / "check_ins"
LEAVES = {str: "text", bytes: "base64", bool: "true or false", int: "whole number", datetime: "date and time"}


def test_every_golden_file_is_of_a_check_in_we_know() -> None:
    assert {path.stem for path in GOLDEN.glob("*.json")} == CHECK_INS.keys()


@pytest.mark.parametrize("name", CHECK_INS)
def test_what_an_earlier_version_wrote_is_read_as_it_was_meant(name: str) -> None:
    read = from_bytes((GOLDEN / f"{name}.json").read_bytes())
    assert read == CHECK_INS[name]
    assert read.not_understood == ()


@pytest.mark.parametrize("name", CHECK_INS)
def test_what_is_written_today_says_all_that_an_earlier_version_wrote(name: str) -> None:
    """A kiosk that is updated first is understood by an older console: nothing went, nothing is said otherwise."""
    before = json.loads((GOLDEN / f"{name}.json").read_bytes())
    assert _says_otherwise(before, json.loads(to_bytes(CHECK_INS[name])), "") == []


def _says_otherwise(before: Any, now: Any, where: str) -> list[str]:
    if isinstance(before, dict) and isinstance(now, dict):
        return [
            place
            for word, value in before.items()
            for place in (
                [f"{where}.{word}"] if word not in now else _says_otherwise(value, now[word], f"{where}.{word}")
            )
        ]
    if isinstance(before, list) and isinstance(now, list) and len(before) == len(now):
        return [place for one, other in zip(before, now, strict=True) for place in _says_otherwise(one, other, where)]
    return [] if before == now and type(before) is type(now) else [where]


def test_the_words_of_the_format_are_those_that_were_written_down() -> None:
    """Fails where a word would change: keep the old one (``kiosk/core/checkin/words.py``); a new one is added there."""
    assert _format() == json.loads((FIXTURES / "check_in_format.json").read_text())


def test_every_class_of_a_check_in_has_a_word_of_its_own_and_no_word_is_idle() -> None:
    reached = {kind for kind in _reached(CheckIn) if dataclasses.is_dataclass(kind)}
    without = sorted(kind.__name__ for kind in reached - words.TAGS.keys())
    assert without == [], "give each a word in kiosk/core/checkin/words.py, and add it to check_in_format.json"
    assert words.TAGS.keys() == reached
    assert len(set(words.TAGS.values())) == len(words.TAGS)


def test_a_class_without_a_word_is_not_written_under_its_name() -> None:
    @dataclasses.dataclass(frozen=True)
    class Stranger:
        why: str = ""

    stranger = dataclasses.replace(CHECK_INS["several"], card=Stranger())
    with pytest.raises(TypeError, match="Stranger has no word in the format of check-ins: give it one in TAGS"):
        to_bytes(stranger)


@dataclasses.dataclass(frozen=True, slots=True, repr=False)
class CachetLu(Confidential):
    """A visible seal under another class name and other field names, as if somebody had renamed them."""

    verdict: SealVerdict
    signataire: str = dataclasses.field(metadata={"wire": "signer"})
    signed: str
    fields: tuple[tuple[str, str], ...]
    coupes: tuple[str, ...] = dataclasses.field(default=(), metadata={"wire": "cut"})
    is_compared: bool = False
    contradictions: tuple[str, ...] = ()


def test_a_class_or_a_field_that_is_renamed_writes_and_reads_the_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    check_in = CHECK_INS["found-whole"]
    before, seal = to_bytes(check_in), check_in.seal
    assert isinstance(seal, SealReading)
    again = CachetLu(
        seal.verdict, seal.signer, seal.signed, seal.fields, seal.cut, seal.is_compared, seal.contradictions
    )
    monkeypatch.delitem(words.TAGS, SealReading)
    monkeypatch.setitem(words.TAGS, CachetLu, "SealReading")
    assert to_bytes(dataclasses.replace(check_in, seal=again)) == before
    hints = {**get_type_hints(CheckIn), "seal": CachetLu | None}
    monkeypatch.setattr("kiosk.core.checkin.codec._places", codec._places.__wrapped__)  # what is remembered of a class
    monkeypatch.setattr(
        "kiosk.core.checkin.codec._types_of", lambda kind: hints if kind is CheckIn else get_type_hints(kind)
    )
    assert from_bytes(before).seal == again


# --- the format, told from the types ----------------------------------------------------------------------------------


def _format() -> dict[str, Any]:
    """Every word: records with their fields, what a field holds, and which may be left out."""
    return {words.tag_of(kind): _record(kind) for kind in _reached(CheckIn) if dataclasses.is_dataclass(kind)}


def _record(kind: type) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {
        word: {"holds": _holds(hints[field.name]), "may be left out": field.default is not dataclasses.MISSING}
        for word, field in words.written_fields(kind).items()
    }


def _holds(kind: Any) -> Any:
    if kind in LEAVES:
        return LEAVES[kind]
    if dataclasses.is_dataclass(kind):
        return f"a {words.tag_of(kind)}"
    if isinstance(kind, type) and issubclass(kind, Enum):
        return {"one of": [member.value for member in kind]}
    inner = [one for one in get_args(kind) if one is not Ellipsis]
    if get_origin(kind) is tuple:
        return (
            {"a list of": _holds(inner[0])} if Ellipsis in get_args(kind) else {"these": [_holds(one) for one in inner]}
        )
    assert get_origin(kind) in (Union, types.UnionType)
    return {"either": ["null" if one is type(None) else _holds(one) for one in inner]}


def _reached(kind: Any) -> Iterator[Any]:
    """All types a check-in is made of, each once."""
    seen: dict[Any, None] = {}
    left = [kind]
    while left:
        one = left.pop(0)
        if one in seen:
            continue
        seen[one] = None
        left += get_args(one)
        if dataclasses.is_dataclass(one):
            hints = get_type_hints(one)
            left += [hints[field.name] for field in words.written_fields(one).values()]
    return iter(seen)
