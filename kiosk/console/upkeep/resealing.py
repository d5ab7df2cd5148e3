"""What was sealed for a former key, sealed again for the structure's current one."""

from django.db import transaction

from kiosk.console import audit
from kiosk.console.models import Sealed
from kiosk.console.records import vault
from kiosk.console.staff import emergencies, second_factor
from kiosk.sealing import sealed_for

BATCH = 50
PARTS = (
    ("check_in", "check-in"),
    ("answer", "answer"),
    ("observed", "observed"),
    ("accepted", "accepted"),
    ("criteria", "criteria"),
)


def reseal() -> int:
    """Seal every record for the current key; gives how many were not. Interrupted, it goes on where it stopped.

    The kiosk's signature stays, with the digest of what it signed; the trail says which key replaced which.
    """
    current = vault.keys().current.public_key.key_id
    changed, last = second_factor.reseal() + emergencies.reseal(), None
    while True:
        rows = Sealed.objects.order_by("pk")
        keys = list((rows if last is None else rows.filter(pk__gt=last)).values_list("pk", flat=True)[:BATCH])
        if not keys:
            break
        last = keys[-1]
        with transaction.atomic():
            for sealed in Sealed.objects.select_for_update().filter(pk__in=keys):
                former = {sealed_for(bytes(getattr(sealed, part))) for part, _ in PARTS if getattr(sealed, part)}
                if former <= {current}:
                    continue
                for part, name in PARTS:
                    body = bytes(getattr(sealed, part))
                    if body:
                        context = vault.context_of(name, sealed.pk)
                        setattr(sealed, part, vault.seal_body(vault.open_body(body, context), context))
                sealed.save()
                audit.record(audit.Act.RESEALED, who="command", about=str(sealed.pk), key=current)
                changed += 1
    return changed
