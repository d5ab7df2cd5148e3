"""Erasing, so that it cannot be half done: asked for beside what it follows from, then the key is destroyed.

The two databases share no transaction. What is asked for stands in the console's, and is carried out again until the
key is gone from the keys' own; it stays written down for as long as a copy of the keys may still hold one.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from kiosk.console.keystore.models import Erasure
from kiosk.console.records import subject_keys

REMEMBERED = timedelta(days=60)  # a copy of the keys lives thirty
_AT_ONCE = 500


def ask(subjects: Iterable[UUID]) -> None:
    """Have these subjects' keys destroyed, in the transaction of what it follows from: both happen, or neither."""
    now = timezone.now()
    Erasure.objects.bulk_create(
        (Erasure(subject=subject, asked_at=now) for subject in subjects), ignore_conflicts=True, batch_size=_AT_ONCE
    )


def carry_out() -> bool:
    """Destroy some of the keys asked for; True when more may be due.

    After a commit, or by the worker: a key destroyed for what is then undone would be lost.
    """
    asked = Erasure.objects.filter(done_at=None).order_by("asked_at")
    due = [one.pk for one in _ours(asked)]
    if not due or not subject_keys.destroy(due):
        return False  # a reader holds the store's log open: another time
    Erasure.objects.filter(pk__in=due).update(done_at=timezone.now())
    return len(due) == _AT_ONCE


def _ours(asked: QuerySet[Erasure]) -> list[Erasure]:
    """Whoever writes to the database asks for nobody's erasing: the first that prove themselves."""
    chosen: list[Erasure] = []
    for one in asked.iterator(_AT_ONCE):
        chosen += [one] if one.is_proven else []
        if len(chosen) == _AT_ONCE:
            break
    return chosen


def again() -> None:
    """Older keys were put back, or may have been: destroy once more all that is written down."""
    Erasure.objects.exclude(done_at=None).update(done_at=None)


def forget(now: datetime) -> None:
    """What no copy of the keys holds any more needs not be remembered."""
    Erasure.objects.filter(done_at__lt=now - REMEMBERED).delete()
