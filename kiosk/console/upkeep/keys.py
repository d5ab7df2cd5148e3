"""The keys' store looked after: keys destroyed, renewed, given to what is older than they are, found missing."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connections, transaction
from django.db.models import QuerySet

from kiosk import journal
from kiosk.console import audit
from kiosk.console.keystore.models import KnownStore, StoreKey, SubjectKey
from kiosk.console.keystore.router import KEYS
from kiosk.console.models import Person, Sealed, rows
from kiosk.console.questions import keeping
from kiosk.console.records import erasing, store_keys, structure, subject_keys
from kiosk.console.upkeep.retention import forget_free_pages
from kiosk.sealing import CannotOpen, is_sealed, sealed_for

EVERY = timedelta(seconds=10)
UNUSED_AFTER = timedelta(days=1)
PARTS = (
    ("check_in", "check-in"),
    ("answer", "answer"),
    ("accepted", "accepted"),
    ("criteria", "criteria"),
)
_SETTLE_AFTER = timedelta(minutes=1)  # longer than any check-in takes from its key to its row
_KEYS_AT_ONCE = 500
_RECORDS_AT_ONCE = 20  # a record is half a megabyte


class KeysMissing(Exception):
    """The keys' store is not the one of this database; says so in French: the technician reads it."""


def once(now: datetime) -> bool:
    """Do some of what is due; True when there is more."""
    more = erasing.carry_out()
    erasing.forget(now)
    settle(now)
    try:
        if store_keys.is_due(now) and store_keys.renew(now):
            audit.record(audit.Act.KEYS_RENEWED, who="worker")
        return any((more, store_keys.rewrap_some(_KEYS_AT_ONCE) > 0, lock_some(now)))
    except CannotOpen as trouble:  # a store key that was touched: the rest of the work goes on
        journal.record_bug(trouble)
        return more


def known_store(now: datetime) -> None:
    """Found the store for a database that knows of none; see that the keys of any other open. KeysMissing."""
    if not KnownStore.objects.exists():
        KnownStore.objects.bulk_create([KnownStore(pk=1, store=store_keys.found(now))], ignore_conflicts=True)
    check_store()
    try:
        store_keys.current()
    except CannotOpen:
        raise KeysMissing(
            "Les clés des dossiers sont scellées pour une autre clé de la structure : nommez l'ancienne dans "
            "former_recipient_keys, puis lancez kiosk console reseal."
        ) from None


def check_store() -> None:
    """See that the keys that are there are those of this database. KeysMissing."""
    known = KnownStore.objects.values_list("store", flat=True).first()
    if known is not None and (not _has_tables() or store_keys.identity() != known):
        raise KeysMissing(
            "Les clés de cette base manquent (keys_dir ou keys_database) : sans elles, aucun dossier ne s'ouvre. "
            "Remettez leur sauvegarde : kiosk console keys restore FICHIER."
        )


def settle(now: datetime) -> None:
    """Keys made for check-ins and persons that came: kept. Those of which nothing came, after a day: destroyed."""
    pending = SubjectKey.objects.filter(pending_since__lt=now - _SETTLE_AFTER).order_by("pending_since")
    since = dict(pending.values_list("subject", "pending_since")[:_KEYS_AT_ONCE])
    if not since:
        return
    used = set(Sealed.objects.filter(pk__in=since).values_list("pk", flat=True))
    used |= set(Person.objects.filter(pk__in=since, version__gt=0).values_list("pk", flat=True))
    with store_keys.in_turn():
        SubjectKey.objects.filter(pk__in=used).update(pending_since=None)
    unused = [one for one, at in since.items() if one not in used and at is not None and at < now - UNUSED_AFTER]
    if unused:
        subject_keys.destroy(set(unused) - keeping.subjects())


def lock_some(now: datetime) -> bool:
    """Give their own keys to some of the records that are older than such keys; True when there may be more."""
    known = KnownStore.objects.first()
    if known is None or known.locked_at is not None:
        return False
    left = Sealed.objects.order_by("pk")
    if known.locked_up_to is not None:
        left = left.filter(pk__gt=known.locked_up_to)
    these = list(left.values_list("pk", flat=True)[:_RECORDS_AT_ONCE])
    if not these:
        KnownStore.objects.update(locked_at=now)
        if not connections["default"].in_atomic_block:
            forget_free_pages()
        return False
    with transaction.atomic():
        for sealed in Sealed.objects.select_for_update().filter(pk__in=these):
            if sealed.is_proven and lock_parts(sealed):
                rows.update(sealed)
        KnownStore.objects.update(locked_up_to=these[-1])
    return True


def lock_parts(sealed: Sealed) -> bool:
    """Lock what is only sealed, as it stands; True when there was something. Its key is made if need be."""
    loose = [
        one for one in PARTS if getattr(sealed, one[0]) and not subject_keys.is_locked(bytes(getattr(sealed, one[0])))
    ]
    if not loose:
        return False
    own = subject_keys.create((sealed.pk,), pending=True)[sealed.pk]
    for part, name in loose:
        setattr(sealed, part, own.lock_alike(bytes(getattr(sealed, part)), structure.context_of(name, sealed.pk)))
    return True


def reseal_parts(sealed: Sealed, current: str) -> bool:
    """Seal for the structure's key of this name what is sealed for a former one inside the lock; True when some was."""
    own = subject_keys.of((sealed.pk,)).get(sealed.pk)
    if own is None:
        return False  # erased, or its key was left behind: nothing to be done here
    changed = False
    for part, name in PARTS:
        body, context = bytes(getattr(sealed, part)), structure.context_of(name, sealed.pk)
        inner = own.unlock(body, context) if body else b""
        if is_sealed(inner) and sealed_for(inner) != current:
            sealed_anew = structure.seal_body(structure.open_body(inner, context), context)
            setattr(sealed, part, own.lock_alike(sealed_anew, context))
            changed = True
    return changed


def without_key() -> int:
    """How many visits and persons no key opens any more though nobody erased them: they came after the keys' backup."""
    return sum(
        len(these) - SubjectKey.objects.filter(pk__in=these).count()
        for kept in (Sealed.objects.all(), Person.objects.filter(version__gt=0, erased_at=None))
        for these in _in_pieces(kept)
    )


def _in_pieces(kept: QuerySet[Any]) -> Iterator[list[UUID]]:
    last = UUID(int=0)
    while these := list(kept.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:_KEYS_AT_ONCE]):
        yield these
        last = these[-1]


def _has_tables() -> bool:
    return StoreKey._meta.db_table in connections[KEYS].introspection.table_names()
