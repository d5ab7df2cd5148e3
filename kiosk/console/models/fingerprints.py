"""Columns that somebody is found by, closed with a key of the site's current secret: keyed fingerprints, and links.

In memory a fingerprint is what it always was, and a link is the key of the visit that it leads to; what stands in the
database changes with the secret, so that whoever had a former one, and has the database, tries no birth date against
it. Which secret closed a value stands before it: asked for, it is met under every secret that still counts; written,
it is closed with the current one.
"""

from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.lookups import Exact, In

from kiosk.console import keyring
from kiosk.sealing import close_block, open_blocks

BYTES = 16
NOBODYS = UUID(int=0)  # where a link leads that no secret of ours closed
_AT_HAND = 2000  # links: all of a visit's are the same


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
    return kept if key is None else open_blocks(kept[1:], key)


def link_to(visit: UUID) -> bytes:
    """What leads to a visit with the current secret alone."""
    generation = keyring.generation()
    return _linked(visit.bytes, generation, keyring.link_key(generation))


def links_to(visits: Iterable[UUID]) -> list[bytes]:
    """How such links may stand in the database."""
    counted = [(one, keyring.link_key(one)) for one in keyring.generations()]
    return [_linked(visit.bytes, *one) for visit in visits for one in counted]


def visit_of(link: str | bytes | memoryview) -> UUID:
    """Where a link leads."""
    kept = as_bytes(link)
    is_ours = len(kept) == BYTES + 1 and keyring.has_generation(kept[0])
    return _led_to(kept, keyring.link_key(kept[0])) if is_ours else NOBODYS


def visits_of(links: Iterable[str | bytes | memoryview]) -> set[UUID]:
    """Where these lead, however many; what no secret of ours closed leads nowhere."""
    closed: dict[int, list[bytes]] = defaultdict(list)
    for kept in map(as_bytes, links):
        if len(kept) == BYTES + 1:
            closed[kept[0]].append(kept[1:])
    ours = ((keyring.link_key(one), some) for one, some in closed.items() if keyring.has_generation(one))
    opened = [open_blocks(b"".join(some), key) for key, some in ours]
    return {UUID(bytes=keys[at : at + BYTES]) for keys in opened for at in range(0, len(keys), BYTES)}


def as_bytes(value: str | bytes | memoryview) -> bytes:
    """What a database gives: SQLite keeps what it is given, text too."""
    return value.encode() if isinstance(value, str) else bytes(value)


def is_current_link(link: bytes) -> bool:
    """Whether a link needs not be written anew; it is closed under a site's first secret too."""
    return link[:1] == bytes([keyring.generation()]) and len(link) == BYTES + 1


def _under(fingerprint: bytes, generation: int) -> bytes:
    key = keyring.index_key(generation) if generation and len(fingerprint) == BYTES else None
    return fingerprint if key is None else bytes([generation]) + close_block(fingerprint, key)


@lru_cache(_AT_HAND)
def _linked(visit: bytes, generation: int, key: bytes) -> bytes:
    return bytes([generation]) + close_block(visit, key)


@lru_cache(_AT_HAND)
def _led_to(link: bytes, key: bytes) -> UUID:
    return UUID(bytes=open_blocks(link[1:], key))


if TYPE_CHECKING:
    _Binary = models.BinaryField[Any, Any]
    _Number = models.BigIntegerField[Any, Any]
else:
    _Binary = models.BinaryField
    _Number = models.BigIntegerField


class ClosedBlock(_Binary):
    """Sixteen bytes, closed."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**{**more, "max_length": BYTES + 1})

    def deconstruct(self) -> Any:
        name, _path, args, more = super().deconstruct()
        del more["max_length"]
        return name, f"kiosk.console.models.fingerprints.{type(self).__name__}", args, more

    def met_as(self, values: Iterable[Any]) -> list[bytes]:
        """How these may stand in the database."""
        raise NotImplementedError


class Fingerprint(ClosedBlock):
    """A fingerprint."""

    def get_db_prep_value(self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False) -> Any:
        kept = kept_as(bytes(value)) if isinstance(value, bytes | bytearray | memoryview) else value
        return super().get_db_prep_value(kept, connection, prepared)

    def from_db_value(self, value: Any, *_: Any) -> bytes | None:
        return None if value is None else read(value)

    def met_as(self, values: Iterable[Any]) -> list[bytes]:
        return met_as(map(bytes, values))

    def is_current(self, kept: Any) -> bool:
        """Whether what stands there needs not be written anew."""
        value, generation = as_bytes(kept), keyring.generation()
        return value[:1] == bytes([generation]) and len(value) == BYTES + 1 if generation else len(value) == BYTES

    def anew(self, kept: Any) -> bytes | None:
        """What is to be written anew; None where it is nobody's."""
        found = read(kept)
        return found if len(found) == BYTES else None


class Link(ClosedBlock):
    """The random key of a visit, which nobody finds by it without the site's secret."""

    def get_db_prep_value(self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False) -> Any:
        kept = link_to(value) if isinstance(value, UUID) else value
        return super().get_db_prep_value(kept, connection, prepared)

    def from_db_value(self, value: Any, *_: Any) -> UUID | None:
        return None if value is None else visit_of(value)

    def met_as(self, values: Iterable[Any]) -> list[bytes]:
        return links_to(values)


class RandomKey(_Number):
    """A row's own random number: with SQLite also where it stands, so that nothing says in which order rows came."""

    is_random = True  # a backup asks for rows in this order

    def db_type(self, connection: BaseDatabaseWrapper) -> str | None:
        return "integer" if connection.vendor == "sqlite" else super().db_type(connection)


@ClosedBlock.register_lookup
class _Among(In):
    """Met under each secret that still counts."""

    def get_db_prep_lookup(self, value: Any, connection: BaseDatabaseWrapper) -> Any:
        del connection  # both databases take bytes
        return "%s", self.lhs.output_field.met_as(value)


@ClosedBlock.register_lookup
class _Is(Exact):
    def as_sql(self, compiler: Any, connection: BaseDatabaseWrapper) -> Any:
        if hasattr(self.rhs, "as_sql"):  # beside another column: both as they stand
            return super().as_sql(compiler, connection)
        return compiler.compile(_Among(self.lhs, [self.rhs]))
