"""What an earlier version left to lead from fingerprints to visits in clear is closed, some visits at a time.

The console serves meanwhile, and meets both. Whoever is killed goes on where it was; the act comes with the last ones.
"""

from django.db import transaction

from kiosk.console import audit
from kiosk.console.models import Arrival, BlindIndex, rows
from kiosk.console.records import indexes
from kiosk.console.upkeep.retention import forget_free_pages

AT_ONCE = 50  # some two thousand rows
_LEFT = (BlindIndex._meta.db_table,)


def once() -> bool:
    """Close some of what is left; False when nothing was."""
    some = list(BlindIndex.objects.order_by("arrival").values_list("arrival", flat=True).distinct()[:AT_ONCE])
    if not some:
        return False
    with transaction.atomic():
        held = list(Arrival.objects.select_for_update(of=("self",)).filter(pk__in=some).order_by("pk"))
        noted = {one.pk: bytes(one.indexed) for one in held}
        closed = indexes.close(held)
        for one in held:
            if one.is_proven and one.indexed != noted[one.pk]:  # else it is found, and nothing is written in it
                rows.update(one, "indexed")
        is_last = closed > 0 and not BlindIndex.objects.exists()
        if is_last:
            audit.record_all([audit.Done(audit.Act.INDEXES_CLOSED, "worker")])
    if is_last:
        transaction.on_commit(lambda: forget_free_pages(_LEFT))
    return True
