"""Columns that say where somebody was: which kiosk, which desk, and the number and the signature that tell the kiosk.

In memory they say what they always said. In the database they are closed with the key of one of the site's secrets,
each day otherwise: within one day what is equal stands there alike, so that it can be asked for; two days' values tell
nothing of each other. Which secret, and which day, stand before it; all are as long, whatever they say. The day is the
row's own, in UTC, which no setting moves: what is of another day, or in clear, is not the row's.
"""

import base64
import binascii
import secrets
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.lookups import Exact

from kiosk.console import keyring
from kiosk.console.models.fingerprints import as_bytes
from kiosk.console.models.proven import Proven
from kiosk.sealing import CannotOpen, close_alike, open_alike

_DAY = 3  # bytes
_HEAD, _PADDED = 1 + _DAY, 82  # which secret and which day; what is said, behind its length
BYTES = _HEAD + 16 + _PADDED
LETTERS = BYTES * 4 // 3  # of a text
_CACHED = 4096  # a page's, and a day's, read again and again


class Place(str):
    """What a text says that was closed, and how it stands in the database."""

    kept: str
    day: int

    @classmethod
    def of(cls, said: bytes, kept: str, raw: bytes) -> Self:
        one = cls(said.decode())
        one.kept, one.day = kept, _day(raw)
        return one


def day_of(at: datetime) -> int:
    """The day of a moment, by its number."""
    return at.astimezone(UTC).toordinal()


def closed(name: str, said: str, day: int) -> str:
    """How a column of this name says something of one day, under the current secret."""
    return _written(_closed(name, said.encode(), day, keyring.generation()))


def met(name: str, said: str, since: datetime, until: datetime) -> list[str]:
    """How it may stand there, of any day between two moments, under every secret that counts."""
    days, counted = range(day_of(since), day_of(until) + 1), keyring.generations()
    return [_written(_closed(name, said.encode(), day, one)) for day in days for one in counted]


def saying(rows: "models.QuerySet[Any]", column: str, *said: str) -> list[str]:
    """Of what stands in a column of these rows, all that says one of these: whatever their days, and the secrets."""
    found = rows.order_by().values_list(column, flat=True).distinct()
    return [one.kept for one in found if isinstance(one, Place) and one in said]


@lru_cache(maxsize=_CACHED)
def _close(name: str, said: bytes, head: bytes, key: bytes) -> bytes:
    return head + close_alike(bytes([len(said)]) + said.ljust(_PADDED - 1, b"\0"), key, name.encode() + b"\n" + head)


def _closed(name: str, said: bytes, day: int, generation: int) -> bytes:
    key = keyring.place_key(generation)
    if key is None or len(said) >= _PADDED:
        raise ValueError(f"{name}: what is not closed")
    return _close(name, said, bytes([generation]) + day.to_bytes(_DAY), key)


def opened(name: str, kept: str) -> str:
    """What was closed; what no secret of ours closed is as it stands."""
    return _opened_text(name, kept, keyring.all_of_them()) if isinstance(kept, str) and len(kept) == LETTERS else kept


@lru_cache(maxsize=_CACHED)
def _opened_text(name: str, kept: str, secrets_of_then: object) -> str:
    raw = _unwritten(kept)
    said = _opened(name, raw, secrets_of_then)
    return kept if said is None else Place.of(said, kept, raw)


@lru_cache(maxsize=_CACHED)
def _opened(name: str, kept: bytes, _secrets_of_then: object) -> bytes | None:
    key = keyring.place_key(kept[0]) if len(kept) == BYTES else None
    try:
        padded = open_alike(kept[_HEAD:], key, name.encode() + b"\n" + kept[:_HEAD]) if key is not None else b""
    except CannotOpen:
        return None
    return padded[1 : 1 + padded[0]] if padded else None


def _day(raw: bytes) -> int:
    return int.from_bytes(raw[1:_HEAD])


def _written(kept: bytes) -> str:
    return base64.urlsafe_b64encode(kept).decode()


def _unwritten(kept: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(kept)
    except (binascii.Error, ValueError):
        return b""


if TYPE_CHECKING:
    _Column = models.Field[Any, Any]
    _Text = models.CharField[Any, Any]
    _Binary = models.BinaryField[Any, Any]
else:
    _Column, _Text, _Binary = object, models.CharField, models.BinaryField


class Closed(_Column):
    """``since``: the column that says of which day a row is; none: it is of no day, and nothing stands there alike."""

    LENGTH: int

    def __init__(self, *, since: str = "", **more: Any) -> None:
        self.since = since
        super().__init__(**{**more, "max_length": self.LENGTH})

    def deconstruct(self) -> Any:
        name, _path, args, more = super().deconstruct()
        del more["max_length"]
        return name, f"{__name__}.{type(self).__name__}", args, {**more, "since": self.since}

    def day_of(self, row: Any) -> int:
        return day_of(getattr(row, self.since)) if self.since else secrets.randbits(8 * _DAY)

    def pre_save(self, model_instance: Any, add: bool) -> Any:
        return self.close(super().pre_save(model_instance, add), self.day_of(model_instance))

    def get_db_prep_save(self, value: Any, connection: BaseDatabaseWrapper) -> Any:
        """Where no row was known it is closed too, of no day: found by nobody, and told to nobody."""
        is_said = isinstance(value, str | bytes) and len(value) != self.LENGTH
        kept = self.close(value, secrets.randbits(8 * _DAY)) if is_said else value
        return super().get_db_prep_save(kept, connection)

    def from_db_value(self, value: Any, *_: Any) -> Any:
        return None if value is None else self.open(value)

    def is_current(self, kept: Any) -> bool:
        """Whether what stands there needs not be written anew."""
        return len(kept) == self.LENGTH and self.raw(kept)[:1] == bytes([keyring.generation()])

    def anew(self, kept: Any) -> Any:
        """The same under the current secret; None where it is not ours."""
        raw = self.raw(kept)
        is_ours = _opened(self.name, raw, keyring.all_of_them()) is not None
        return self.close(self.open(kept), _day(raw)) if is_ours else None

    def open(self, kept: Any) -> Any:
        raise NotImplementedError

    def close(self, said: Any, day: int) -> Any:
        raise NotImplementedError

    def raw(self, kept: Any) -> bytes:
        raise NotImplementedError


class ClosedText(Closed, _Text):
    """A text of 81 bytes at most."""

    LENGTH = LETTERS

    def open(self, kept: str) -> str:
        return opened(self.name, kept)

    def close(self, said: str, day: int) -> str:
        return closed(self.name, said, day)

    def raw(self, kept: str) -> bytes:
        return _unwritten(kept) if len(kept) == LETTERS else b""


@ClosedText.register_lookup
class _Never(Exact):
    def __init__(self, *_: Any) -> None:
        """In clear nothing stands there."""
        raise TypeError("of a closed column it is asked what is in places.met, or in places.saying")


class ClosedBytes(Closed, _Binary):
    """Bytes, 81 at most."""

    LENGTH = BYTES

    def open(self, kept: bytes) -> bytes:
        said = _opened(self.name, raw := self.raw(kept), keyring.all_of_them())
        return raw if said is None else said

    def close(self, said: bytes, day: int) -> bytes:
        return _closed(self.name, bytes(said), day, keyring.generation())

    def raw(self, kept: str | bytes) -> bytes:
        return as_bytes(kept)


class Placed(Proven):
    """A row that says where somebody was: ours only where each text that does is closed, of the row's own day."""

    class Meta:
        abstract = True

    def as_kept(self, name: str) -> str:
        """How a column stands in the database: the trail says no more than that."""
        [column] = (one for one in _dated(type(self)) if one.name == name)
        return column.close(getattr(self, name), column.day_of(self))

    def leave_what_is_not_closed(self) -> None:
        """What somebody else wrote there is no place, and may be longer than one: it keeps nobody from being erased."""
        for column in self._meta.concrete_fields:
            said = getattr(self, column.attname) if isinstance(column, Closed) else b""
            if len(said.encode() if isinstance(said, str) else said) >= _PADDED:
                setattr(self, column.attname, said[:0])

    def _proves_itself(self) -> bool:
        if not super()._proves_itself():
            return False
        read, days = self.__dict__, dict[str, int]()
        for name, since in _days_of(type(self)):
            if since not in days:
                days[since] = day_of(read[since])
            said = read[name]
            if not isinstance(said, Place) or said.day != days[since]:
                return False
        return True


@cache
def _days_of(model: type[models.Model]) -> list[tuple[str, str]]:
    """The texts that are closed, each with the column that says of which day."""
    return [(one.attname, one.since) for one in _dated(model)]


@cache
def _dated(model: type[models.Model]) -> list[ClosedText]:
    return [one for one in model._meta.concrete_fields if isinstance(one, ClosedText) and one.since]
