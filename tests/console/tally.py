"""``python -m tests.console.tally CONFIG``: every arrival as the database holds it, whole or not; JSON, no trait."""

import json
import sys
from collections import Counter
from pathlib import Path


def main(config: Path) -> None:
    from kiosk.console.config import read_server_settings
    from kiosk.console.site.django_settings import configure

    configure(read_server_settings(config))
    from kiosk.console.models import Arrival, AuditEntry
    from kiosk.console.records import indexes, vault
    from kiosk.console.register import reading

    acts = Counter(AuditEntry.objects.values_list("about", "act"))
    found = {}
    for about, details in AuditEntry.objects.filter(act="insi-asked").values_list("about", "details"):
        found.setdefault(about, []).append(json.loads(details)["answer"])
    rows = []
    everyone = Arrival.objects.select_related("sealed", "person__absorbed_by")
    for arrival in everyone.iterator(500):
        key, known = str(arrival.pk), arrival.known
        confirmed = reading.latest_of(known.pk, "first-name-chosen") if known is not None else 0
        rows.append(
            {
                "key": key,
                "opens": vault.open_arrival(arrival).key == key,
                "stage": arrival.stage,
                "status": arrival.status,
                "evidence": arrival.evidence,
                "fingerprints": len(indexes.of([arrival.pk])[arrival.pk]),
                "taken_in": acts[key, "taken-in"],
                "qualified": acts[key, "qualified"],
                "accepted": bool(confirmed and reading.body_of(known.pk, confirmed)),
                "answered": bool(bytes(arrival.sealed.answer)),
                "answers": [one for one in found.get(key, []) if one != "InsUnreachable"],
            }
        )
    print(json.dumps(rows))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
