"""Columns that somebody is found by: keyed fingerprints, closed once more with a key of the site's current secret.

In memory a fingerprint is what it always was; what stands in the database changes with the secret, so that whoever had
a former one, and has the database, tries no birth date against it. Which secret closed a value stands before it: asked
for, it is met under every secret that still counts; written, it is closed with the current one.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.lookups import Exact, In

from kiosk.console import keyring
from kiosk.sealing import close_block, open_block

BYTES = 16


def kept_as(fingerprint: bytes) -> bytes:
    """How a fingerprint is written today; under a site's first secret, as it is."""
    return _under(fingerprint, keyring.generation())


def met_as(fingerprints: Iterable[bytes]) -> list[bytes]:
    """How these may stand in the database: under the current secret, and under former ones that still count."""
    counted = keyring.generations()
    return [_under(one, generation) for one in fingerprints for generation in counted]


def read(value: str | bytes | memoryview) -> bytes:
    """The fingerprint that stands there; what no secret of ours closed is as it stands, and is nobody's."""
    kept = as_bytes(value)
    key = keyring.index_key(kept[0]) if len(kept) == BYTES + 1 and kept[0] else None
    return kept if key is None else open_block(kept[1:], key)


def as_bytes(value: str | bytes | memoryview) -> bytes:
    """What a database gives: SQLite keeps what it is given, text too."""
    return value.encode() if isinstance(value, str) else bytes(value)


def is_current(value: bytes) -> bool:
    """Whether what stands there needs not be written anew."""
    generation = keyring.generation()
    return value[:1] == bytes([generation]) and len(value) == BYTES + 1 if generation else len(value) == BYTES


def _under(fingerprint: bytes, generation: int) -> bytes:
    key = keyring.index_key(generation) if generation and len(fingerprint) == BYTES else None
    return fingerprint if key is None else bytes([generation]) + close_block(fingerprint, key)


if TYPE_CHECKING:
    _Binary = models.BinaryField[Any, Any]
else:
    _Binary = models.BinaryField


class Fingerprint(_Binary):
    """A fingerprint of sixteen bytes."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**{**more, "max_length": BYTES + 1})

    def deconstruct(self) -> Any:
        name, _path, args, more = super().deconstruct()
        del more["max_length"]
        return name, "kiosk.console.models.fingerprints.Fingerprint", args, more

    def get_db_prep_value(self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False) -> Any:
        kept = kept_as(bytes(value)) if isinstance(value, bytes | bytearray | memoryview) else value
        return super().get_db_prep_value(kept, connection, prepared)

    def from_db_value(self, value: Any, *_: Any) -> bytes | None:
        return None if value is None else read(value)

    def is_current(self, kept: Any) -> bool:
        """Whether what stands there needs not be written anew."""
        return is_current(as_bytes(kept))

    def anew(self, kept: Any) -> bytes | None:
        """What is to be written anew; None where it is nobody's."""
        found = read(kept)
        return found if len(found) == BYTES else None


@Fingerprint.register_lookup
class _Among(In):
    """Met under each secret that still counts."""

    def get_db_prep_lookup(self, value: Any, connection: BaseDatabaseWrapper) -> Any:
        del connection  # both databases take bytes
        return "%s", met_as(map(bytes, value))


@Fingerprint.register_lookup
class _Is(Exact):
    def as_sql(self, compiler: Any, connection: BaseDatabaseWrapper) -> Any:
        if hasattr(self.rhs, "as_sql"):  # beside another column: both as they stand
            return super().as_sql(compiler, connection)
        return compiler.compile(_Among(self.lhs, [self.rhs]))
