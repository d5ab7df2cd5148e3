"""A key of its own for each visit and each person: what it locks opens with it and nowhere else.

The keys stand in a database apart (``kiosk.console.keystore``), which the console's backups do not hold. Erasing what
is known of a visit or a person is destroying its key: in the database, in its log and in every backup of it, what the
key locked stays closed. A key is never given twice, and one that was made is never replaced.
"""

import hmac
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, connections
from django.utils import timezone

from kiosk.console.keystore.models import SubjectKey
from kiosk.console.keystore.router import KEYS
from kiosk.console.models import rows
from kiosk.console.records import store_keys
from kiosk.sealing import CannotOpen, generate_key
from kiosk.sealing import lock as _lock
from kiosk.sealing import unlock as _unlock

_MARK, _ALIKE = b"KIOSK-OWN-1\n", b"KIOSK-OWN-2\n"
MARK_BYTES = len(_MARK)  # enough of a body to tell whether it is locked
_LEAST, _STEP, _SAID = 4096, 16384, 4  # bytes: how long what is locked alike is, and what says how long it was
_AT_ONCE = 500  # subjects in one question


class KeyGone(CannotOpen):
    """The subject has no key: it was destroyed, or never made."""


@dataclass(frozen=True, slots=True, repr=False)
class OwnKey:
    """One subject's key, opened: for as long as one page or one check-in needs it, never kept."""

    subject: UUID
    _key: bytes

    def lock(self, plain: bytes, context: bytes) -> bytes:
        """Lock for this subject; ``context`` says what it is (``vault.context_of``)."""
        return _MARK + _lock(plain, self._key, self._bound(_MARK, context))

    def lock_alike(self, plain: bytes, context: bytes) -> bytes:
        """The same, as long as others are: what is said of somebody has the same length each time, which would tell."""
        whole = len(plain) + _SAID
        longest = _LEAST if whole <= _LEAST else -(-whole // _STEP) * _STEP
        padded = (len(plain).to_bytes(_SAID) + plain).ljust(longest, b"\0")
        return _ALIKE + _lock(padded, self._key, self._bound(_ALIKE, context))

    def unlock(self, body: bytes, context: bytes) -> bytes:
        """CannotOpen: another subject's, another context's, or altered."""
        if not is_locked(body):
            raise CannotOpen("this is not locked with a key of its own")
        mark = body[:MARK_BYTES]
        plain = _unlock(body[MARK_BYTES:], self._key, self._bound(mark, context))
        return plain if mark == _MARK else plain[_SAID : _SAID + int.from_bytes(plain[:_SAID])]

    def mark(self, value: bytes) -> bytes:
        """A mark of this value that nobody makes again once the key is destroyed."""
        return hmac.digest(self._key, b"KIOSK-MARK-1\n" + value, "sha256")[:16]

    def wrapped(self, wrapper: store_keys.Wrapper) -> bytes:
        """As the store keeps it."""
        return wrapper.wrap(self.subject, self._key)

    def _bound(self, mark: bytes, context: bytes) -> bytes:
        return mark + self.subject.bytes + context


def create(subjects: Iterable[UUID], *, pending: bool = False) -> dict[UUID, OwnKey]:
    """Make a key for each that has none; gives all of theirs. Kept when this returns, whatever comes after.

    ``pending``: the worker destroys it after a day, unless by then it knows of something that the key locks.
    """
    wanted = sorted(set(subjects))
    since = timezone.now() if pending else None
    try:
        made = _make(wanted, since)
    except IntegrityError:  # the store key was renewed at this very moment
        made = _make(wanted, since)
    return made if made is not None else of(wanted)


def create_first(subject: UUID) -> OwnKey:
    """Make a key for somebody new, pending; it is not read again, as ``create`` does: nobody else can have made one."""
    own = OwnKey(subject, generate_key())
    try:
        _keep([own], timezone.now())
    except IntegrityError:  # the store key was renewed at this very moment
        _keep([own], timezone.now())
    return own


def of(subjects: Iterable[UUID]) -> dict[UUID, OwnKey]:
    """The keys of those who have one. CannotOpen when a row is not what was written."""
    connection = connections[KEYS]
    keys: dict[UUID, OwnKey] = {}
    for some in _in_pieces(subjects):
        theirs = [SubjectKey._meta.pk.get_db_prep_value(subject, connection) for subject in some]
        with connection.cursor() as cursor:  # by hand: of everybody met, for one page
            if connection.vendor == "postgresql":  # however many, one sentence, which is planned once
                cursor.execute(f"{_OF} = ANY(%s)", [theirs])
            else:
                cursor.execute(f"{_OF} IN ({', '.join(['%s'] * len(theirs))})", theirs)
            for written, number, wrapped in cursor.fetchall():
                subject = written if isinstance(written, UUID) else UUID(str(written))
                keys[subject] = OwnKey(subject, store_keys.of(number).unwrap(subject, bytes(wrapped)))
    return keys


_OF = "SELECT subject, store_key_id, wrapped FROM keys_subjectkey WHERE subject"


def one(subject: UUID) -> OwnKey:
    """A subject's key. KeyGone when it has none."""
    connection = connections[KEYS]
    mine = SubjectKey._meta.pk.get_db_prep_value(subject, connection)
    with connection.cursor() as cursor:  # by hand: one row, for every part of every page
        cursor.execute("SELECT store_key_id, wrapped FROM keys_subjectkey WHERE subject = %s", [mine])
        row = cursor.fetchone()
    if row is None:
        raise KeyGone("the key is gone: what it locked is erased")
    return OwnKey(subject, store_keys.of(row[0]).unwrap(subject, bytes(row[1])))


def lock(subject: UUID, plain: bytes, context: bytes) -> bytes:
    """Lock for a subject that has a key. KeyGone when it has none."""
    return one(subject).lock(plain, context)


def lock_alike(subject: UUID, plain: bytes, context: bytes) -> bytes:
    """The same, as long as others are. KeyGone when it has none."""
    return one(subject).lock_alike(plain, context)


def unlock(subject: UUID, body: bytes, context: bytes) -> bytes:
    """Open what ``lock`` closed. KeyGone when the key was destroyed; CannotOpen for anything else than was locked."""
    return one(subject).unlock(body, context)


def is_locked(body: bytes) -> bool:
    """True for what a key of its own closed; what was kept before there were such keys is sealed only."""
    return body.startswith((_MARK, _ALIKE))


def exists(subject: UUID) -> bool:
    return SubjectKey.objects.filter(pk=subject).exists()


def destroy(subjects: Iterable[UUID]) -> bool:
    """Erase all that these keys lock. Doing it again is harmless.

    False when a reader still holds the store's log open: ``store_keys.forget_pages`` is then to be tried again.
    """
    count = 0
    for some in _in_pieces(subjects):
        with store_keys.in_turn():
            count += SubjectKey.objects.filter(pk__in=some).delete()[0]
    return store_keys.forget_pages(count)


def _make(subjects: list[UUID], since: datetime | None) -> dict[UUID, OwnKey] | None:
    """Everybody's key, where none had one before."""
    keys = [OwnKey(subject, generate_key()) for subject in subjects]
    are_all_new = _keep(keys, since, may_have_one=True) == len(keys)
    return {own.subject: own for own in keys} if are_all_new else None


def _keep(keys: list[OwnKey], since: datetime | None, *, may_have_one: bool = False) -> int:
    """Write them under the store key of today; who has one keeps the former. Gives how many were written."""
    with store_keys.in_turn():
        wrapper = store_keys.current()
        made = [
            SubjectKey(
                subject=own.subject, store_key_id=wrapper.number, wrapped=own.wrapped(wrapper), pending_since=since
            )
            for own in keys
        ]
        return rows.insert(SubjectKey, made, unless_there=may_have_one, using=KEYS)


def _in_pieces(subjects: Iterable[UUID]) -> Iterator[list[UUID]]:
    everyone = list(subjects)
    for start in range(0, len(everyone), _AT_ONCE):
        yield everyone[start : start + _AT_ONCE]
