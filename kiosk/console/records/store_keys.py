"""The key of the keys' store: one at a time, sealed for the structure, renewed so that what was destroyed stays so.

A subject's key that was destroyed may linger: in a page the database did not overwrite, in a log, in a copy of the
file. It is wrapped under the store key of its day; when that one is gone, what lingers opens nothing.
"""

import fcntl
import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.db import IntegrityError, connections, transaction

from kiosk.console.keystore.models import StoreKey, SubjectKey
from kiosk.console.keystore.router import KEYS
from kiosk.console.records import structure
from kiosk.sealing import CannotOpen, generate_key, lock, sealed_for, unlock

_KEPT = 4  # opened store keys in memory: two while one is renewed
_opened: dict[int, bytes] = {}


class NoStore(CannotOpen):
    """The keys' store is empty: this console has never had one, or its keys were left behind."""


@dataclass(frozen=True, slots=True, repr=False)
class Wrapper:
    """One store key, opened: wraps and unwraps subjects' keys. A wrapped key opens for its subject only."""

    number: int
    _key: bytes

    def wrap(self, subject: UUID, key: bytes) -> bytes:
        return lock(key, self._key, self._context(subject))

    def unwrap(self, subject: UUID, wrapped: bytes) -> bytes:
        """CannotOpen for another subject's row, an altered one, another store's."""
        return unlock(wrapped, self._key, self._context(subject))

    def _context(self, subject: UUID) -> bytes:
        return b"subject-key:" + self.number.to_bytes(8) + subject.bytes


@contextmanager
def in_turn() -> Iterator[None]:
    """A transaction of the store; on SQLite, one that waited for the others. The kernel opens the door at a death."""
    with ExitStack() as until_done:
        if connections[KEYS].vendor == "sqlite":
            door = until_done.enter_context((settings.KIOSK.keys_folder / "writers").open("ab"))
            fcntl.flock(door, fcntl.LOCK_EX)
        until_done.enter_context(transaction.atomic(using=KEYS))
        yield


def current() -> Wrapper:
    """The store key that new keys are wrapped under. NoStore when there is none."""
    with connections[KEYS].cursor() as cursor:  # by hand: for every question and every check-in
        cursor.execute("SELECT id FROM keys_storekey ORDER BY generation DESC LIMIT 1")
        latest = cursor.fetchone()
    if latest is None:
        raise NoStore("the keys' store is empty")
    if latest[0] in _opened:
        return of(latest[0])
    newest = _newest()
    if newest is None:
        raise CannotOpen("no store key proves itself")
    return of(newest.pk)


def of(number: int) -> Wrapper:
    """The store key of this number; it is opened once in a process. CannotOpen when it is gone or not ours."""
    if number in _opened:
        return Wrapper(number, _opened[number])
    known = StoreKey.objects.filter(pk=number).first()
    if known is None:
        raise CannotOpen("wrapped under a store key that is gone")
    _must_count(known)  # else whoever holds the structure's public key has the keys wrapped under one of theirs
    return _wrapper(known)


class _Before:
    """An update is under way: what an earlier version left has still to be taken over."""

    counts = False


@contextmanager
def as_they_stand() -> Iterator[None]:
    """For as long as tables are brought up to date: store keys of before count though they do not prove themselves."""
    _Before.counts = True
    try:
        yield
    finally:
        _Before.counts = False
        forget_opened()


def _must_count(known: StoreKey) -> None:
    if not _Before.counts:
        known.must_be_proven()


def _newest() -> StoreKey | None:
    """The newest that proves itself: another one is nobody's, and wraps nothing."""
    found = StoreKey.objects.order_by("-generation")
    return next((one for one in found if one.is_proven or _Before.counts), None)


def identity() -> UUID | None:
    """Which store this is; None for an empty one."""
    return StoreKey.objects.order_by("-generation").values_list("store", flat=True).first()


def found(now: datetime) -> UUID:
    """Have a store key, the first one if need be; gives which store this is."""
    try:
        with in_turn():
            return identity() or _make(uuid4(), 1, now).store
    except IntegrityError:  # another console was quicker
        return _make_certain(identity())


def is_due(now: datetime) -> bool:
    """True when the store key has served its days."""
    latest = _newest()
    return latest is not None and latest.made_at <= now - timedelta(days=settings.KIOSK.keys_renewed_days)


def renew(now: datetime) -> bool:
    """Make the next store key; ``rewrap_some`` brings the subjects' keys over, and destroys what came before.

    False when another worker began as well: both go on with the one there is.
    """
    try:
        with in_turn():
            latest, last = _newest(), StoreKey.objects.order_by("-generation").first()
            if latest is None or last is None:
                raise NoStore("the keys' store is empty")
            _make(latest.store, last.generation + 1, now)
    except IntegrityError:
        return False
    return True


def rewrap_some(most: int) -> int:
    """Wrap some of the subjects' keys under the newest store key; gives how many. At the last, the former ones go.

    A key that somebody destroys meanwhile stays destroyed: rows are updated, never written anew.
    """
    newest = current()
    left = SubjectKey.objects.exclude(store_key=newest.number)
    rows = list(left.values_list("subject", "store_key_id", "wrapped")[:most])
    if not rows:
        _destroy_all_but(newest.number)
        return 0
    connection = connections[KEYS]
    again = [
        (
            _rewrapped(newest, number, subject, bytes(wrapped)),
            newest.number,
            SubjectKey._meta.pk.get_db_prep_value(subject, connection),
            number,
        )
        for subject, number, wrapped in rows
    ]
    with in_turn(), connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE keys_subjectkey SET wrapped = %s, store_key_id = %s WHERE subject = %s AND store_key_id = %s", again
        )
    return len(rows)


def reseal() -> int:
    """Seal the store keys for the structure's current key; gives how many were not. The subjects' keys stay."""
    wanted = structure.keys().current.public_key.key_id
    changed = 0
    with in_turn():
        for known in StoreKey.objects.all():
            if known.is_proven and sealed_for(bytes(known.sealed)) != wanted:
                key = structure.open_body(bytes(known.sealed), _sealed_as(known))
                known.sealed = structure.seal_body(key, _sealed_as(known))
                known.save(update_fields=["sealed"])
                changed += 1
    forget_pages()
    return changed


def forget_opened() -> None:
    """Hold no opened store key in memory any more."""
    _opened.clear()


def forget_pages(count: int = 1) -> bool:
    """What was destroyed goes from the store's write-ahead log, and from its page; False: not yet."""
    connection = connections[KEYS]
    if connection.in_atomic_block:
        return False
    with connection.cursor() as cursor:
        if connection.vendor != "sqlite":
            if count:
                cursor.execute("VACUUM keys_subjectkey")
            return True
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        is_busy, *_ = cursor.fetchone()
        return not is_busy


def _rewrapped(newest: Wrapper, number: int, subject: UUID, wrapped: bytes) -> bytes:
    """What a touched row holds opens under no store key of ours: it stays as it is, and holds nobody up."""
    try:
        return newest.wrap(subject, of(number).unwrap(subject, wrapped))
    except CannotOpen:
        return wrapped


def _make(store: UUID, generation: int, now: datetime) -> StoreKey:
    fresh = StoreKey(id=secrets.randbits(63), store=store, generation=generation, made_at=now)
    fresh.sealed = structure.seal_body(generate_key(), _sealed_as(fresh))
    fresh.save(force_insert=True)
    return fresh


def _make_certain(store: UUID | None) -> UUID:
    if store is None:
        raise NoStore("the keys' store is empty")
    return store


def _wrapper(known: StoreKey) -> Wrapper:
    key = structure.open_body(bytes(known.sealed), _sealed_as(known))
    if len(_opened) >= _KEPT:
        _opened.clear()
    _opened[known.pk] = key
    return Wrapper(known.pk, key)


def _sealed_as(known: StoreKey) -> bytes:
    return structure.context_of("store-key", f"{known.store}:{known.pk}")


def _destroy_all_but(number: int) -> None:
    """The former store keys, and with them whatever was still wrapped under one."""
    former = StoreKey.objects.exclude(pk=number)
    if not former.exists():
        return
    try:
        with in_turn():
            former.delete()
    except IntegrityError:  # somebody wrapped one more under it: the next round brings it over
        return
    forget_opened()
    connection = connections[KEYS]
    if connection.vendor == "postgresql" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("VACUUM FULL keys_storekey")  # a few rows: the file that held the former one goes
    forget_pages()
