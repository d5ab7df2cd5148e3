"""Rows that prove themselves: whoever writes to the database and has not the site's secret puts nothing in their place.

A row's proof binds its table, its key, and the name and value of every column, but those that the model names in
``BESIDE`` with the reason. A new column is proven without anybody thinking of it: a value that is the column's default
is left out, so that what was proven before there was the column still is. What does not prove itself is not used;
writing on never makes it ours.
"""

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import nullcontext
from datetime import UTC, date, datetime
from functools import cache
from typing import Any, ClassVar, NamedTuple, Self, TypeVar
from uuid import UUID

from django.db import connections, models, router, transaction

from kiosk.console import keyring
from kiosk.sealing import CannotOpen

Row = TypeVar("Row", bound="Proven")
_Manager = TypeVar("_Manager", bound=models.Manager[Any])
PURPOSE = "row"
_OWN = "proof"


class Unproven(CannotOpen):
    """A row is not what the console wrote; the message names its table, never what it says."""

    def __init__(self, message: str, about: str = "") -> None:
        """``about``: what a finding calls the row and how it stands."""
        super().__init__(message)
        self.about = about


class ProvenQuerySet(models.QuerySet[Row]):
    """Rows are proven one by one: a sentence that changes many at once changes only what is beside the proof."""

    def update(self, **changes: Any) -> int:
        said = _named(self.model, changes)
        if said:
            raise TypeError(f"{self.model.__name__}.{min(said)} is proven: save the row, or write it by its one writer")
        return super().update(**changes)

    def bulk_create(self, objs: Iterable[Row], *args: Any, **kwargs: Any) -> list[Row]:
        rows = list(objs)
        for row in rows:
            row.prove()
        return super().bulk_create(rows, *args, **kwargs)

    def bulk_update(self, objs: Iterable[Row], fields: Iterable[str], batch_size: int | None = None) -> int:
        rows, names = list(objs), list(fields)
        if _named(self.model, names):
            for row in rows:  # who calls this holds the rows
                row.prove()
            names.append(_OWN)
        return super().bulk_update(rows, names, batch_size)


def proving(manager: _Manager) -> _Manager:
    """This manager, whose rows prove themselves."""
    vars(manager).update(_queryset_class=ProvenQuerySet)  # what a manager of Django's asks with
    return manager


class Proven(models.Model):
    """A row with its proof. ``is_proven``: as it was read, or as this process wrote it."""

    proof = models.BinaryField(max_length=keyring.LENGTH, default=bytes, editable=False)

    BESIDE: ClassVar[Mapping[str, str]] = {}  # names of columns that are not proven, each with the reason
    NAMED_ONLY: ClassVar[frozenset[str]] = frozenset()  # written when named: a row held since before would undo them
    is_proven: bool = True  # a row that is being made is ours

    objects: ClassVar[models.Manager[Self]] = proving(models.Manager())

    class Meta:
        abstract = True

    @classmethod
    def from_db(cls, db: str | None, field_names: Collection[str], values: Collection[Any], **more: Any) -> Self:
        row = super().from_db(db, field_names, values, **more)
        row.is_proven = row._proves_itself()
        return row

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        super().refresh_from_db(*args, **kwargs)
        self.is_proven = self._proves_itself()

    def parts(self) -> list[str | bytes]:
        """What is proven of this row, as it stands in memory."""
        parts: list[str | bytes] = [self._meta.db_table]
        for field in _proven(type(self)):
            value = _written(field.to_python(getattr(self, field.attname)))
            if value != _unsaid(field):
                parts += (field.attname, value)
        return parts

    def prove(self) -> None:
        """Have the row prove what it says now. For who writes it by hand, and holds it. Unproven, TypeError."""
        self.must_be_proven()
        if self.pk is None and self._meta.pk.name not in self.BESIDE:
            raise TypeError(f"{type(self).__name__}: what has no key yet proves nothing; save it")
        self.proof = keyring.proof(PURPOSE, self.parts())

    def prove_anew(self, names: Iterable[str]) -> tuple[str, ...]:
        """Prove the row anew if one of these columns is proven; gives the columns to be written beside them."""
        if not _named(type(self), names):
            return ()
        self.prove()
        return (_OWN,)

    def made_anew(self, *names: str) -> None:
        """Write these columns and have the row prove itself, whatever stood there.

        For who has set all that counts of it from outside the database, in one transaction with the act that says so.
        """
        stands = type(self)._base_manager.select_for_update().get(pk=self.pk)
        stands.is_proven = True
        for field in _proven(type(self)):
            if field.name in names:
                setattr(stands, field.attname, getattr(self, field.attname))
        stands.prove()
        super(Proven, stands).save(update_fields=[*names, _OWN])
        self.proof, self.is_proven = stands.proof, True

    def must_be_proven(self) -> None:
        """Unproven when the row is not what the console wrote."""
        if not self.is_proven:
            raise Unproven(f"a row of {self._meta.db_table} does not prove itself", self.as_found())

    def as_found(self) -> str:
        """What a finding calls this row and how it stands: the same trouble again has the same name."""
        mark = keyring.proof("finding", [*self.parts(), bytes(self.proof)])[-5:].hex()
        return f"{self._meta.model_name}-{str(self.pk)[:20]}-{mark}"

    def save(self, **kwargs: Any) -> None:
        """Write the row with its proof. Unproven when what stands there, or what was read, is not ours."""
        using = kwargs.get("using") or router.db_for_write(type(self), instance=self)
        is_within = connections[using].in_atomic_block
        with nullcontext() if is_within else transaction.atomic(using=using):  # Unproven breaks nobody's transaction
            if self._state.adding or kwargs.get("force_insert"):
                self.must_be_proven()
                self._insert_proven(using, kwargs)
                return
            names = kwargs.get("update_fields")
            names = self._all_but_named_only() if names is None else list(names)
            said = _named(type(self), names)
            if said:  # what is beside the proof is written whatever was read of the row
                self.must_be_proven()
                self.proof = self._proof_with(said, using)
                names.append(_OWN)
            super().save(**{**kwargs, "update_fields": names})

    def _all_but_named_only(self) -> list[str]:
        columns = (one for one in self._meta.concrete_fields if not one.primary_key and not one.generated)
        return [one.name for one in columns if one.name not in self.NAMED_ONLY and one.name != _OWN]

    def _insert_proven(self, using: str, kwargs: dict[str, Any]) -> None:
        is_named = self.pk is not None or self._meta.pk.name in self.BESIDE
        is_whole = is_named and not any(getattr(one, "auto_now_add", False) for one in self._meta.concrete_fields)
        if is_whole:
            self.prove()
        super().save(**kwargs)
        if not is_whole:  # its number is the database's, its hour that of writing
            self.prove()
            models.QuerySet(type(self), using=using).filter(pk=self.pk).update(proof=self.proof)

    def _proof_with(self, names: set[str], using: str) -> bytes:
        """The proof of the row that stands there with these columns as they are here; others may have written more."""
        beside = set(self.BESIDE) - {self._meta.pk.name}
        stands = type(self)._base_manager.using(using).defer(*beside).select_for_update().get(pk=self.pk)
        stands.must_be_proven()
        for field in _proven(type(self)):
            if field.name in names:
                setattr(stands, field.attname, getattr(self, field.attname))
        stands.prove()
        return bytes(stands.proof)

    def _proves_itself(self) -> bool:
        """False also for a row that was not read whole: who needs the proof reads all of it."""
        read = self.__dict__
        try:
            return keyring.proves_whole(PURPOSE, _as_read(type(self), read), bytes(read[_OWN]))
        except KeyError:
            return False


@cache
def _proven(model: type[Proven]) -> tuple[Any, ...]:
    """The columns that are proven, in an order that adding one does not change."""
    fields = (one for one in model._meta.concrete_fields if not one.generated and one.name != _OWN)
    return tuple(sorted((one for one in fields if one.name not in model.BESIDE), key=lambda one: one.attname))


@cache
def _unsaid(field: Any) -> bytes | None:
    """How a column's default is written; none where every value is said."""
    return _written(field.to_python(field.get_default())) if field.has_default() or field.null else None


class _Column(NamedTuple):
    """What is needed of a column to write it as it is proven."""

    attname: str
    name: bytes  # as it is proven
    default: Any  # and its kind: what is left out, however it is written
    kind: type | None
    unsaid: bytes | None
    to_python: Callable[[Any], Any]


@cache
def _columns(model: type[Proven]) -> tuple[bytes, tuple[_Column, ...]]:
    return keyring.in_lengths([model._meta.db_table]), tuple(map(_column, _proven(model)))


def _column(field: Any) -> _Column:
    unsaid = _unsaid(field)
    default = field.to_python(field.get_default()) if unsaid is not None else None
    kind = type(default) if unsaid is not None else None
    return _Column(field.attname, keyring.in_lengths([field.attname]), default, kind, unsaid, field.to_python)


def _as_read(model: type[Proven], read: Mapping[str, Any]) -> bytes:
    """The same as ``parts``, in their lengths, for values as a database gave them: forty rows stand on one page.

    KeyError when not all of them were read.
    """
    table, columns = _columns(model)
    said = [table]
    for attname, name, default, unsaid_kind, unsaid, to_python in columns:
        value = read[attname]
        kind = type(value)
        if kind is unsaid_kind and value == default:
            continue
        if isinstance(value, str):
            written = b"=" + value.encode()
        elif kind is bytes:
            written = b"=" + value
        elif kind is UUID:
            written = b"=" + str(value).encode()
        else:
            written = _written(to_python(value))
        if written != unsaid:
            said += (name, len(written).to_bytes(4), written)
    return b"".join(said)


def _named(model: type[Proven], names: Iterable[str]) -> set[str]:
    """Which of these columns are proven, whether called by field or by column."""
    among = set(names)
    return {one.name for one in _proven(model) if one.name in among or one.attname in among}


def _written(value: object) -> bytes:
    """A value as it is proven: the same in memory as both databases give it back; nothing is not an empty text."""
    if value is None:
        return b"-"
    if isinstance(value, bytes | bytearray | memoryview):
        return b"=" + bytes(value)
    if isinstance(value, datetime):
        return b"=" + value.astimezone(UTC).isoformat(timespec="microseconds").encode()
    if isinstance(value, date):
        return b"=" + value.isoformat().encode()
    if isinstance(value, dict | list):
        return b"=" + json.dumps(value, sort_keys=True).encode()
    return b"=" + str(value).encode()
