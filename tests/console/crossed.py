"""``python -m tests.console.crossed CONFIG``: what a site left in its database, beside what it was told; no trait.

On standard input: the visits acknowledged, and the acts whose pages were shown.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path


def main(config: Path) -> None:
    from kiosk.console.config import read_server_settings
    from kiosk.console.site.django_settings import configure

    configure(read_server_settings(config))
    from django.db import connection

    from kiosk.console.models import Arrival, AuditEntry, Holding, Person, PersonPair

    said = json.load(sys.stdin)
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(sum(deadlocks), 0) FROM pg_stat_database")
        deadlocks = int(cursor.fetchone()[0])
    trouble = [*_of_register(), *_of_acts(said), *_of_visits(), *_of_holders()]
    if deadlocks:
        trouble.append(f"{deadlocks} deadlocks")
    counted = {
        "visits": Arrival.objects.count(),
        "persons": Person.objects.count(),
        "pairs": PersonPair.objects.count(),
        "held": Holding.objects.filter(until=None).count(),
        "acts": AuditEntry.objects.count(),
        "refused": AuditEntry.objects.filter(act="refused").count(),
        "decided": len(said["decided"]),
        "deadlocks": deadlocks,
    }
    print(json.dumps({"trouble": trouble[:20], **counted}))


def _of_register() -> Iterator[str]:
    """What ``register check`` would find."""
    from kiosk.console.upkeep import checking

    for name, check in checking.CHECKS.items():
        for part in checking.whole(check):
            yield from (f"{name}: {found.name}" for found in part.found)


def _of_acts(said: dict[str, list[object]]) -> Iterator[str]:
    """Acknowledged, and not there; shown, and not written."""
    from kiosk.console.models import AuditEntry

    written = Counter((about, act) for about, act in AuditEntry.objects.values_list("about", "act"))
    yield from (f"lost: {key}" for key in said["acknowledged"] if written[str(key), "taken-in"] != 1)
    shown = Counter((str(key), str(act)) for key, act in said["decided"])
    for (key, act), n in shown.items():
        if written[key, act] < n:
            acts = AuditEntry.objects.filter(about=key).order_by("number").values_list("act", flat=True)
            yield f"shown and lost: {key} {act} among {' '.join(acts)}"


def _of_visits() -> Iterator[str]:
    """Half decided: the visit says one thing, the facts about it another."""
    from kiosk.console.models import Arrival, AuditEntry

    facts: dict[str, list[AuditEntry]] = {}
    for entry in AuditEntry.objects.exclude(person=None).order_by("number"):
        facts.setdefault(entry.about, []).append(entry)
    for visit in Arrival.objects.all():
        mine = facts.get(str(visit.pk), [])
        whose = None
        for entry in mine:
            if entry.kind == "visit-attached":
                whose = entry.person
            elif entry.kind == "visit-detached":
                whose = None
        if whose != visit.person_id:
            yield f"visit {visit.pk} is another's than its facts say"
        if (visit.stage in {"done", "set-aside"}) != (visit.decided_at is not None) and visit.reason == "":
            yield f"visit {visit.pk}: {visit.stage}, decided: {visit.decided_at is not None}"
        if visit.stage == "done" and not mine:
            yield f"visit {visit.pk} is done, and nobody's"


def _of_holders() -> Iterator[str]:
    from kiosk.console.models import Holding

    held = Counter(Holding.objects.filter(until=None).values_list("kind", "domain", "value"))
    yield from (f"a number of {n} holders" for n in held.values() if n > 1)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
