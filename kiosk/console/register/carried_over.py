"""Whether what earlier versions kept is what persons now say: column by column, before anything is dropped.

Counts and codes, of nobody: they go to the journal, to standard output and to a file beside the data.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from kiosk import journal
from kiosk.console.models import Person
from kiosk.console.register import reading
from kiosk.console.register.bulk import pieces
from kiosk.console.register.inherited import OBTAINED

FILE = "carried-over.json"
UNEXPLAINED = "unexplained"
REASONS = {  # for the technician: why a visit's columns are not what its person says
    "later-decision": "Décidé de nouveau à une venue plus récente de la même personne",
    "several-visits": "Plusieurs venues de la même personne",
    "same-number-disagree": "Même INS, traits ou pièces qui se contredisent : aucun dossier ne le porte plus",
    "same-number-not-filed": "Même INS, homonyme ou doublon à juger : seul le dernier dossier le porte",
    "barred-elsewhere": "INS donné pour une identité douteuse ou fictive : aucun dossier ne le porte plus",
    "unusable-answer": "Réponse nationale que personne ne peut accepter",
    "reported": "Réponse nationale donnée par la borne seule, que personne n’avait acceptée",
    "no-answer": "INS sans réponse nationale conservée",
    "answer-withdrawn": "Réponse nationale écartée par une décision, puis reprise",
    "late-answer": "Réponse nationale arrivée après la qualification, à sa place",
    "never-compared": "Réponse nationale jamais comparée avec la pièce",
    "unopened": "Dossier qu’aucune clé n’ouvre",
    "copies-erased": "Copies déjà effacées",
    "merge-not-kept": "Fusion que les règles refusent : reproposée",
    UNEXPLAINED: "Inexpliqué : à signaler",
}
COLUMNS = ("status", "evidence", "evidence_on", "companion", "attributes", "verified_at", "decided_at", "merged_into")


@dataclass(slots=True)
class Report:
    """What the migration came to."""

    counts: Counter[str] = field(default_factory=Counter)
    differences: dict[str, Counter[str]] = field(default_factory=dict)  # by why: how many of each column

    @property
    def unexplained(self) -> int:
        return sum(self.differences.get(UNEXPLAINED, Counter()).values())


def compared(tables: Any, why: Mapping[UUID, str], counts: Counter[str]) -> Report:
    """Lay each visit's columns beside its person's, as they are proven."""
    report = Report(Counter(counts))
    report.counts["persons"] = Person.objects.count()
    rows = tables.arrivals.select_related("merged_into").order_by("pk")
    for some in pieces(rows.iterator(500), 500):
        people = Person.objects.in_bulk({row.person_id for row in some if row.person_id is not None})
        if any(reading.proof_of(one) != bytes(one.proof) for one in people.values()):
            raise reading.Tampered("a person's row does not prove itself")
        for row in some:
            _count(report, row, people.get(row.person_id), why.get(row.pk, UNEXPLAINED))
    return report


def _count(report: Report, row: Any, person: Person | None, its: str) -> None:
    report.counts["visits"] += 1
    if person is None:
        report.counts["visits-nobody-decided"] += 1
        return
    report.counts["visits-of-persons"] += 1
    differ = _differences(row, person)
    if differ:
        report.counts["visits-that-differ"] += 1
        report.differences.setdefault(its, Counter()).update(differ)


def _differences(row: Any, person: Person) -> list[str]:
    """The columns that say otherwise now; decided by nobody known any more is no difference."""
    ours = {
        "status": person.status,
        "evidence": person.evidence,
        "evidence_on": person.evidence_on,
        "companion": person.seen_with,
        "attributes": person.attributes,
        "verified_at": person.verified_at,
        "decided_at": person.decided_at,
        "merged_into": person.absorbed_by_id,
    }
    theirs = {name: getattr(row, name) for name in COLUMNS if name != "status"} | {"status": row.reported}
    into = row.merged_into.person_id if row.merged_into is not None else None
    theirs["merged_into"] = into if into != row.person_id else None
    if not theirs["evidence"]:
        theirs |= {"evidence_on": None, "companion": ""}
    if row.reported not in OBTAINED:
        theirs["verified_at"] = None  # of a matricule that had gone
    return [name for name in COLUMNS if ours[name] != theirs[name]]


def tell(report: Report) -> None:
    """Say it where a technician looks: the journal, and a file that ``register check`` shows."""
    counts = {name.replace("-", "_"): count for name, count in report.counts.items()}
    journal.record(journal.Happening.PEOPLE_CARRIED_OVER, unexplained=report.unexplained, **counts)
    path = file()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    said = {
        "at": timezone.now().isoformat(timespec="seconds"),
        "counts": report.counts,
        "differences": report.differences,
        "unexplained": report.unexplained,
    }
    fresh.write_text(json.dumps(said, indent=1))
    fresh.replace(path)


def told() -> dict[str, Any] | None:
    """What the migration came to on this machine; None where nothing was carried over."""
    path = file()
    return json.loads(path.read_text()) if path.is_file() else None


def in_words() -> Iterator[str]:
    """The same for the technician, who reads it once."""
    said = told()
    if said is None:
        return
    counts = said["counts"]
    yield (
        f"Reprise de la version précédente ({said['at'][:10]}) : {counts['visits']} venues, dont "
        f"{counts['visits-of-persons']} de {counts['persons']} personnes ; écarts inexpliqués : {said['unexplained']}"
    )
    for why, columns in said["differences"].items():
        yield f"  {REASONS.get(why, why)} : " + ", ".join(f"{name} {count}" for name, count in columns.items())


def file() -> Path:
    return Path(settings.KIOSK.data_dir) / FILE
