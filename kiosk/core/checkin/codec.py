"""A check-in as bytes and back: JSON, versioned, read as hostile input (it crosses a network).

The types themselves say how they are written, in the words of ``words``. What is absent by default is not written: a
kiosk that was updated first is still understood as long as it has nothing new to say. When it has, what is understood
is read and the rest is named in ``CheckIn.not_understood``: whoever decides must not take what was read for the whole.
"""

import base64
import binascii
import json
import types
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import MISSING, Field, is_dataclass, replace
from datetime import datetime
from enum import Enum
from functools import cache
from typing import Any, NamedTuple, Union, cast, get_args, get_origin, get_type_hints

from kiosk.core.checkin.value import CheckIn
from kiosk.core.checkin.words import TAGS, tag_of, written_fields
from kiosk.core.identity.traits import Traits
from kiosk.core.sources.insi import InsFound

VERSION = 1
MAX_BYTES = 8 * 1024 * 1024  # two pictures, INSi's answers, and room to spare
MAX_ITEMS = 200
MAX_TEXT = 100_000
MAX_NEW_FIELDS = 50  # of one record: more is not a newer kiosk
LONGEST_TAG = 60
BESIDE = "message"  # the place where something is said beside a check-in
_OF_EVERY_RECORD = {"is"}
LEFT_OUT = "left_out"  # said there, by who did not understand all of what it repeats: no version takes that for whole


class BadCheckIn(ValueError):
    """The bytes are not a check-in this version understands; says why, never with what was in them."""


class _NewWord(BadCheckIn):
    """A well-formed word this version does not know: what it stands for is left out where it may be absent."""

    def __init__(self, where: str, why: str) -> None:
        super().__init__(f"{where} {why}")
        self.where = where


def to_bytes(check_in: CheckIn, *, left_out: bool = False) -> bytes:
    """Write a check-in as UTF-8 JSON; ``left_out`` when it was read from one that said more."""
    document = {"version": VERSION, "check_in": plain(check_in)} | ({LEFT_OUT: True} if left_out else {})
    return json.dumps(document, ensure_ascii=False).encode()


def from_bytes(data: bytes) -> CheckIn:
    """Read a check-in. BadCheckIn when it is too large, of another version, or not one at all."""
    document, reading = _document(data), _Reading()
    reading.note_new_fields(document.keys() - {"version", "check_in"}, BESIDE)
    check_in = cast(CheckIn, reading.value(CheckIn, document.get("check_in"), "check_in"))
    return replace(check_in, not_understood=tuple(sorted(reading.not_understood)))


def found_in(data: bytes) -> Traits | None:
    """The traits of a check-in's one identity that INSi found; None where it found none.

    For whoever lays many people side by side: nothing else of the check-in is read. BadCheckIn.
    """
    check_in = _document(data).get("check_in")
    answer = check_in.get("insi") if isinstance(check_in, dict) else None
    if not isinstance(answer, dict) or answer.get("is") != tag_of(InsFound):
        return None
    return cast(Traits, _Reading().value(Traits, answer.get("traits"), "check_in.insi.traits"))


def _document(data: bytes) -> dict[str, Any]:
    if len(data) > MAX_BYTES:
        raise BadCheckIn("the check-in is larger than 8 MiB")
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        raise BadCheckIn("the check-in is not JSON") from None
    if not isinstance(document, dict) or document.get("version") != VERSION:
        raise BadCheckIn(f"the check-in is not of version {VERSION}: update the older of kiosk and console")
    return document


def written(value: object) -> bytes:
    """One value of a check-in by itself, as bytes."""
    return json.dumps(plain(value), ensure_ascii=False).encode()


def read_written(kind: Any, data: bytes) -> Any:
    """What ``written`` wrote. BadCheckIn when it is not of this kind, or says more than this version knows."""
    try:
        given = json.loads(data)
    except (ValueError, RecursionError):
        raise BadCheckIn("not JSON") from None
    return read_as(kind, given, "value")


def read_as(kind: Any, given: object, where: str) -> Any:
    """Read one record by itself, which ``plain`` wrote. BadCheckIn also when it says more than this version knows."""
    reading = _Reading()
    value = reading.value(kind, given, where)
    if reading.not_understood:
        raise BadCheckIn(f"{where} says more than this version knows")
    return value


def plain(value: Any) -> Any:
    """A value of a check-in as JSON has it, in the words of ``words``."""
    if is_dataclass(value) and not isinstance(value, type):
        kind = type(value)
        said = ((word, field, getattr(value, field.name)) for word, field in written_fields(kind).items())
        written = {word: plain(now) for word, field, now in said if not _is_left_out(field, now)}
        return {"is": tag_of(kind), **written}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    return value


def _is_left_out(field: Field[Any], now: Any) -> bool:
    """What an older console does not know is not said to it as long as there is nothing to say."""
    return bool(now == field.default) if "quiet" in field.metadata else now is None and field.default is None


class _Reading:
    """One check-in being read; remembers at which of our own places something was not understood."""

    def __init__(self) -> None:
        self.not_understood: set[str] = set()

    def value(self, expected: Any, given: Any, where: str) -> Any:
        if expected in _LEAVES:
            return _LEAVES[expected](given, where)
        origin, arguments, is_record = _shape(expected)
        if origin in (Union, types.UnionType):
            return self._one_of(arguments, given, where)
        if origin is tuple:
            return self._tuple(arguments, given, where)
        if is_record:
            return self._record(expected, given, where)
        if isinstance(expected, type) and issubclass(expected, Enum):
            return _member(expected, given, where)
        raise TypeError(f"{where}: the codec cannot read {expected}")  # a mistake of ours, found by the round-trip test

    def _one_of(self, choices: tuple[Any, ...], given: Any, where: str) -> Any:
        if type(None) in choices:
            return None if given is None else self._or_nothing(choices, given, where)
        name = given.get("is") if isinstance(given, dict) else None
        for kind in choices:
            if tag_of(kind) == name:
                return self._record(kind, given, where)
        if _is_new(name):
            raise _NewWord(where, "is of a kind this version does not know")
        raise BadCheckIn(f"{where} is of no known kind")

    def _or_nothing(self, choices: tuple[Any, ...], given: Any, where: str) -> Any:
        """What may be absent is, when it is said in a word this version does not know."""
        kinds = tuple(choice for choice in choices if choice is not type(None))
        try:
            return self.value(kinds[0], given, where) if len(kinds) == 1 else self._one_of(kinds, given, where)
        except _NewWord as word:
            self.not_understood.add(word.where)
            return None

    def _tuple(self, arguments: tuple[Any, ...], given: Any, where: str) -> tuple[Any, ...]:
        if not isinstance(given, list) or len(given) > MAX_ITEMS:
            raise BadCheckIn(f"{where} is not a list of at most {MAX_ITEMS}")
        if len(arguments) == 2 and arguments[1] is Ellipsis:
            return tuple(self._items(arguments[0], given, where))
        if len(given) != len(arguments):
            raise BadCheckIn(f"{where} has not {len(arguments)} parts")
        return tuple(self.value(kind, item, where) for kind, item in zip(arguments, given, strict=True))

    def _items(self, kind: Any, given: list[Any], where: str) -> Iterator[Any]:
        for item in given:
            try:
                yield self.value(kind, item, where)
            except _NewWord as word:
                self.not_understood.add(word.where)

    def _record(self, kind: type, given: Any, where: str) -> Any:
        tag = tag_of(kind)
        name = given.get("is", tag) if isinstance(given, dict) else None
        if name != tag and _is_new(name):
            raise _NewWord(where, f"is not a {tag}")
        if name != tag:
            raise BadCheckIn(f"{where} is not a {tag}")
        known = _places(kind)
        self.note_new_fields(given.keys() - known.keys() - _OF_EVERY_RECORD, where)
        values: dict[str, Any] = {}
        for word, place in known.items():
            if word in given and place.leaf is not None:
                values[place.name] = place.leaf(given[word], f"{where}.{word}")
            elif word in given:
                self._field(place, given[word], f"{where}.{word}", values)
            elif place.is_needed:
                raise BadCheckIn(f"{where}.{word} is missing")
        try:
            return kind(**values)
        except ValueError:
            raise BadCheckIn(f"{where} is not a well-formed {tag}") from None

    def note_new_fields(self, new: Collection[str], where: str) -> None:
        """A newer kiosk has more to say here. What its fields are called is its own word: it is not repeated."""
        if len(new) > MAX_NEW_FIELDS:
            raise BadCheckIn(f"{where} has more than {MAX_NEW_FIELDS} fields this version does not know")
        if new:
            self.not_understood.add(where)

    def _field(self, place: "_Place", given: Any, where: str, values: dict[str, Any]) -> None:
        """Lay the value under the field's name; nothing, which is its default, when its word is new."""
        try:
            values[place.name] = self.value(place.kind, given, where)
        except _NewWord as word:
            if place.is_needed:
                raise
            self.not_understood.add(word.where)


class _Place(NamedTuple):
    """Where one word of a record goes, and how it is read."""

    name: str
    kind: Any
    leaf: Callable[[Any, str], Any] | None
    is_needed: bool


@cache
def _places(kind: type) -> Mapping[str, _Place]:
    """The places of a record by their words; asked once a type."""
    hints = _types_of(kind)
    return {
        word: _Place(field.name, hints[field.name], _LEAVES.get(hints[field.name]), not _has_default(field))
        for word, field in written_fields(kind).items()
    }


@cache
def _shape(expected: Any) -> tuple[Any, tuple[Any, ...], bool]:
    """Of what a type is made, and whether it is one of our records; asked once a type, not once a value."""
    return get_origin(expected), get_args(expected), is_dataclass(expected)


def _types_of(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _has_default(field: Field[Any]) -> bool:
    return field.default is not MISSING or field.default_factory is not MISSING


def _is_new(name: object) -> bool:
    """The name of a kind of record, as far as one can tell, but none of ours."""
    return isinstance(name, str) and name.isidentifier() and len(name) <= LONGEST_TAG and name not in TAGS.values()


def _member(kind: type[Enum], given: Any, where: str) -> Enum:
    text = _text(given, where)
    try:
        return kind(text)
    except ValueError:
        raise _NewWord(where, "has a value this version does not know") from None


def _text(given: Any, where: str) -> str:
    if not isinstance(given, str) or len(given) > MAX_TEXT:
        raise BadCheckIn(f"{where} is not a text of at most {MAX_TEXT} characters")
    try:
        given.encode()
    except UnicodeEncodeError:
        raise BadCheckIn(f"{where} is not well-formed text") from None
    return given


def _bytes(given: Any, where: str) -> bytes:
    if not isinstance(given, str):
        raise BadCheckIn(f"{where} is not base64")
    try:
        return base64.b64decode(given, validate=True)
    except (binascii.Error, ValueError):
        raise BadCheckIn(f"{where} is not base64") from None


def _bool(given: Any, where: str) -> bool:
    if not isinstance(given, bool):
        raise BadCheckIn(f"{where} is not true or false")
    return given


def _int(given: Any, where: str) -> int:
    if not isinstance(given, int) or isinstance(given, bool) or abs(given) > 2**53:
        raise BadCheckIn(f"{where} is not a whole number")
    return given


def _moment(given: Any, where: str) -> datetime:
    try:
        return datetime.fromisoformat(_text(given, where))
    except ValueError:
        raise BadCheckIn(f"{where} is not a date and time") from None


_LEAVES: dict[Any, Callable[[Any, str], Any]] = {
    str: _text,
    bytes: _bytes,
    bool: _bool,
    int: _int,
    datetime: _moment,
}
