"""A check-in as bytes and back: JSON, versioned, read as hostile input (it crosses a network).

The types themselves say how they are written, so a field added to one of them needs no line here. What is absent
by default is not written: a kiosk that was updated first is still understood as long as it has nothing new to say.
"""

import base64
import binascii
import json
import types
from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime
from enum import Enum
from functools import cache
from typing import Any, Union, cast, get_args, get_origin, get_type_hints

from kiosk.core.checkin.value import CheckIn

VERSION = 1
MAX_BYTES = 8 * 1024 * 1024  # two pictures, INSi's answers, and room to spare
MAX_ITEMS = 200
MAX_TEXT = 100_000


class BadCheckIn(ValueError):
    """The bytes are not a check-in this version understands; says why, never with what was in them."""


def to_bytes(check_in: CheckIn) -> bytes:
    """Write a check-in as UTF-8 JSON."""
    return json.dumps({"version": VERSION, "check_in": _plain(check_in)}, ensure_ascii=False).encode()


def from_bytes(data: bytes) -> CheckIn:
    """Read a check-in. BadCheckIn when it is too large, of another version, or not one at all."""
    if len(data) > MAX_BYTES:
        raise BadCheckIn("the check-in is larger than 8 MiB")
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        raise BadCheckIn("the check-in is not JSON") from None
    if not isinstance(document, dict) or document.get("version") != VERSION:
        raise BadCheckIn(f"the check-in is not of version {VERSION}: update the older of kiosk and console")
    return cast(CheckIn, _value(CheckIn, document.get("check_in"), "check_in"))


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        said = ((field.name, field.default, getattr(value, field.name)) for field in fields(value))
        written = {name: _plain(now) for name, default, now in said if now is not None or default is not None}
        return {"is": type(value).__name__, **written}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value


def _value(expected: Any, given: Any, where: str) -> Any:
    origin = get_origin(expected)
    if origin in (Union, types.UnionType):
        return _one_of(get_args(expected), given, where)
    if origin is tuple:
        return _tuple(get_args(expected), given, where)
    if is_dataclass(expected):
        return _record(cast(type, expected), given, where)
    reader = _LEAVES.get(expected)
    if reader is not None:
        return reader(given, where)
    if isinstance(expected, type) and issubclass(expected, Enum):
        try:
            return expected(_text(given, where))
        except ValueError:
            raise BadCheckIn(f"{where} has a value this version does not know") from None
    raise TypeError(f"{where}: the codec cannot read {expected}")  # a mistake of ours, found by the round-trip test


def _one_of(choices: tuple[Any, ...], given: Any, where: str) -> Any:
    if given is None and type(None) in choices:
        return None
    kinds = [choice for choice in choices if choice is not type(None)]
    if len(kinds) == 1:
        return _value(kinds[0], given, where)
    name = given.get("is") if isinstance(given, dict) else None
    for kind in kinds:
        if is_dataclass(kind) and cast(type, kind).__name__ == name:
            return _record(cast(type, kind), given, where)
    raise BadCheckIn(f"{where} is of no known kind")


def _tuple(arguments: tuple[Any, ...], given: Any, where: str) -> tuple[Any, ...]:
    if not isinstance(given, list) or len(given) > MAX_ITEMS:
        raise BadCheckIn(f"{where} is not a list of at most {MAX_ITEMS}")
    if len(arguments) == 2 and arguments[1] is Ellipsis:
        return tuple(_value(arguments[0], item, where) for item in given)
    if len(given) != len(arguments):
        raise BadCheckIn(f"{where} has not {len(arguments)} parts")
    return tuple(_value(kind, item, where) for kind, item in zip(arguments, given, strict=True))


@cache
def _types_of(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _record(kind: type, given: Any, where: str) -> Any:
    if not isinstance(given, dict) or given.get("is", kind.__name__) != kind.__name__:
        raise BadCheckIn(f"{where} is not a {kind.__name__}")
    hints = _types_of(kind)
    known = {field.name: field for field in fields(kind)}
    if not given.keys() <= known.keys() | {"is"}:
        raise BadCheckIn(f"{where} has a field this version does not know")
    values: dict[str, Any] = {}
    for name, field in known.items():
        if name in given:
            values[name] = _value(hints[name], given[name], f"{where}.{name}")
        elif field.default is MISSING and field.default_factory is MISSING:
            raise BadCheckIn(f"{where}.{name} is missing")
    try:
        return kind(**values)
    except ValueError:
        raise BadCheckIn(f"{where} is not a well-formed {kind.__name__}") from None


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
