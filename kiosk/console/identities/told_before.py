"""What kiosks alone had said INSi answered, before that counted for nothing: their visits are asked about anew.

Of visits that nobody decided about, and of those in work whose identity nobody accepted: migration 0020, with the
tables as they were. What the console itself was answered stays.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from kiosk import journal
from kiosk.console import audit
from kiosk.console.arrivals.queue import IN_WORK
from kiosk.console.identities import comparing
from kiosk.console.models import Stage
from kiosk.console.records import search, vault
from kiosk.console.register import inherited
from kiosk.core.checkin.codec import BadCheckIn
from kiosk.core.sources.insi import InsUnreachable
from kiosk.core.status.permissions import IdentityStatus
from kiosk.sealing import CannotOpen

_AT_ONCE = 50  # a visit is half a megabyte


def withdraw(apps: Any) -> int:
    """Have every such answer be reported, but of a kiosk on this machine; gives of how many visits."""
    return sum(_withdraw(apps, row, now) for now in [timezone.now()] for row in _rows(apps))


def _rows(apps: Any) -> Iterator[Any]:
    arrivals = apps.get_model("console", "Arrival").objects.exclude(stage=Stage.REMOVED)
    nobodys = Q(person__status=IdentityStatus.PROVISIONAL.value, stage__in=IN_WORK)
    yield from (
        arrivals.filter(Q(person=None) | nobodys, sealed__isnull=False)
        .select_related("sealed", "person")
        .order_by("pk")
        .iterator(_AT_ONCE)
    )


def _withdraw(apps: Any, row: Any, now: datetime) -> bool:
    try:
        came, told = vault.open_check_in(bytes(row.sealed.check_in), row.key), vault.open_as_told(row)
    except (CannotOpen, BadCheckIn) as trouble:  # no key for it here: no page shows it either
        journal.record_bug(trouble)
        return False
    if not inherited.is_kiosks_word(row, came, told):
        return False
    calls = told.insi.exchanges[len(came.insi.exchanges) :]
    later = replace(came, insi=InsUnreachable(vault.REPORTED, calls))
    row.sealed.answer = vault.seal_answer(came, later.insi)
    row.sealed.save(update_fields=["answer"])
    row.reported, row.likened_at = IdentityStatus.PROVISIONAL.value, None
    row.need, row.differences = comparing.need_of(later), comparing.difference_codes(later)
    is_asked = row.stage != Stage.GONE and not settings.KIOSK.asks_at_desk and comparing.may_be_asked_again(later)
    row.insi_next_at = now if is_asked else row.insi_next_at
    row.save(update_fields=["reported", "likened_at", "need", "differences", "insi_next_at"])
    indexes = apps.get_model("console", "BlindIndex").objects
    indexes.filter(arrival=row).delete()
    indexes.bulk_create(indexes.model(arrival=row, value=value) for value in search.indexes_of(later))
    audit.record(audit.Act.ANSWER_REPORTED, who="migration", about=str(row.pk))
    return True
