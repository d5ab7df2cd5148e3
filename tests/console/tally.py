"""``python -m tests.console.tally CONFIG``: every arrival as the database holds it, whole or not; JSON, no trait."""

import json
import sys
from collections import Counter
from pathlib import Path


def main(config: Path) -> None:
    from kiosk.console.config import read_server_settings
    from kiosk.console.site.django_settings import configure

    configure(read_server_settings(config))
    from django.db.models import Count

    from kiosk.console.models import Arrival, AuditEntry
    from kiosk.console.records import vault

    acts = Counter(AuditEntry.objects.values_list("about", "act"))
    found = {}
    for about, details in AuditEntry.objects.filter(act="insi-asked").values_list("about", "details"):
        found.setdefault(about, []).append(json.loads(details)["answer"])
    rows = []
    for arrival in Arrival.objects.select_related("sealed").annotate(fingerprints=Count("indexes")).iterator(500):
        key = str(arrival.pk)
        accepted = bytes(arrival.sealed.accepted)
        if accepted:
            vault.open_part(accepted, "accepted", arrival.pk)
        rows.append(
            {
                "key": key,
                "opens": vault.open_arrival(arrival).key == key,
                "stage": arrival.stage,
                "status": arrival.status,
                "evidence": arrival.evidence,
                "fingerprints": arrival.fingerprints,
                "taken_in": acts[key, "taken-in"],
                "qualified": acts[key, "qualified"],
                "accepted": bool(accepted),
                "answered": bool(bytes(arrival.sealed.answer)),
                "answers": [one for one in found.get(key, []) if one != "InsUnreachable"],
            }
        )
    print(json.dumps(rows))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
