"""``python -m tests.console.opened CONFIG``: all that a console's database keeps sealed, opened; JSON.

For databases of fictional people only: whoever reads the output reads everything.
"""

import json
import sys
from base64 import b32encode, b64encode
from pathlib import Path


def main(config: Path) -> None:
    from kiosk.console.config import read_server_settings
    from kiosk.console.site.django_settings import configure

    configure(read_server_settings(config))
    from kiosk.console.models import AuditEntry, Authenticator, BlindIndex, Emergency, Sealed
    from kiosk.console.records import notes, vault
    from kiosk.console.staff import emergencies, second_factor
    from kiosk.core.checkin.codec import to_bytes

    arrivals = {}
    for sealed in Sealed.objects.select_related("arrival__person__absorbed_by"):
        arrival = sealed.arrival
        arrivals[str(arrival.pk)] = {
            "stage": arrival.stage,
            "status": arrival.status,
            "person": str(arrival.known.pk) if arrival.known is not None else "",
            "need": arrival.need,
            "check_in": b64encode(to_bytes(vault.open_arrival(arrival))).decode(),
            "answered": bool(sealed.answer),
            "accepted": notes.opened(arrival, "accepted"),
            "criteria": notes.opened(arrival, "criteria"),
        }
    secrets = {
        one.user.username: b32encode(second_factor.open_key(one)).decode() for one in Authenticator.objects.all()
    }
    reasons = [emergencies.reason_of(one) for one in Emergency.objects.order_by("pk")]
    acts = list(AuditEntry.objects.values("details", "right", "before", "after", "reason"))
    said = {"arrivals": arrivals, "secrets": secrets, "reasons": reasons, "acts": acts}
    print(json.dumps(said | {"in clear": BlindIndex.objects.count()}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
