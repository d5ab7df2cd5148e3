"""What was sealed for a former key, sealed again for the structure's current one."""

from django.db import transaction

from kiosk.console import audit
from kiosk.console.models import Sealed, rows
from kiosk.console.records import store_keys, structure
from kiosk.console.staff import emergencies, second_factor
from kiosk.console.upkeep import keys

BATCH = 50


def reseal() -> int:
    """Seal everything for the current key; gives how many records were not. Interrupted, it goes on where it stopped.

    The keys of visits and people need one seal, that of their store. The kiosk's signature stays, with the digest of
    what it signed; the trail says which key replaced which.
    """
    current = structure.keys().current.public_key.key_id
    store_keys.reseal()
    changed, last = second_factor.reseal() + emergencies.reseal(), None
    while True:
        left = Sealed.objects.order_by("pk")
        these = list((left if last is None else left.filter(pk__gt=last)).values_list("pk", flat=True)[:BATCH])
        if not these:
            break
        last = these[-1]
        with transaction.atomic():
            for sealed in Sealed.objects.select_for_update().filter(pk__in=these):
                if not sealed.is_proven:
                    continue
                is_fresh = keys.lock_parts(sealed)
                if keys.reseal_parts(sealed, current):
                    audit.record(audit.Act.RESEALED, who="command", about=str(sealed.pk), key=current)
                    changed += 1
                elif not is_fresh:
                    continue
                rows.update(sealed)
    return changed
