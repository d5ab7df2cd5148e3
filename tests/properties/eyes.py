"""Looks into the console's tables after each act, as nobody who works there can."""

import json
from collections.abc import Mapping
from typing import Any

from tests.properties.playing import Played
from tests.properties.seen import FactSeen, HoldingSeen, PersonSeen, Seen, Trail, VisitSeen


class Eyes:
    """Sees one console; names persons in the order in which they became known."""

    def __init__(self, played: Played) -> None:
        self._played = played
        self.trail = Trail()

    def look(self, before: Seen) -> Seen:
        from kiosk.console.models import Holding, Outbox, PersonPair

        rows = self._rows()
        names = {key: name for name, key in self._played.keys.items()}
        held = Holding.objects.order_by("pk").values_list("person", "value", "mark", "since", "until")
        pairs = PersonPair.objects.order_by("pk").values_list("first", "second", "state")
        told = Outbox.objects.order_by("pk").values_list("fact", "person", "kind")
        return Seen(
            persons={names[str(row.pk)]: _person(row, names) for row in rows},
            visits=_visits(names),
            holdings=tuple(HoldingSeen(names[str(key)], bytes(value), *rest) for key, value, *rest in held),
            pairs={(names[str(one)], names[str(other)]): state for one, other, state in pairs},
            outbox=tuple((fact, names[str(person)], kind) for fact, person, kind in told),
            last=self._follow(before.last, names),
        )

    def _rows(self) -> list[Any]:
        """All persons; whoever is new gets a name."""
        from kiosk.console.models import Person

        known = set(self._played.keys.values())
        rows = list(Person.objects.order_by("opened_at"))
        for row in rows:
            if str(row.pk) not in known:
                count = sum(name.startswith("p") for name in self._played.keys)
                self._played.keys[f"p{count + 1}"] = str(row.pk)
        return rows

    def _follow(self, last: int, names: Mapping[str, str]) -> int:
        from kiosk.console.models import AuditEntry

        for row in AuditEntry.objects.filter(number__gt=last).order_by("number"):
            last = row.number
            self.trail.add(
                FactSeen(
                    number=row.number,
                    act=row.act,
                    who=row.who,
                    about=names.get(row.about, row.about),
                    details=json.loads(row.details),
                    at=row.effective_at or row.at,
                    person=names[str(row.person)] if row.person else "",
                    nth=row.nth or 0,
                    kind=row.kind,
                    codes=json.loads(row.codes) if row.codes else {},
                    cites=row.cites,
                    decision=row.decision,
                    actor=row.actor,
                )
            )
        return last


def _person(row: Any, names: Mapping[str, str]) -> PersonSeen:
    basis = json.loads(row.state)["basis"] if row.state else {}
    return PersonSeen(
        name=names[str(row.pk)],
        version=row.version,
        status=row.status,
        mark=(basis["mark"], basis["oid"]) if basis.get("mark") else None,
        evidence=row.evidence,
        evidence_on=str(row.evidence_on or ""),
        companion=row.seen_with,
        attributes=frozenset(row.attributes.split()),
        verified_at=_instant(row.verified_at),
        decided_at=_instant(row.decided_at),
        decided_by=row.decided_by,
        absorbed_by=names[str(row.absorbed_by_id)] if row.absorbed_by_id else "",
        is_erased=row.erased_at is not None,
        state=row.state,
    )


def _visits(names: Mapping[str, str]) -> dict[str, VisitSeen]:
    from kiosk.console.models import Arrival

    said = ("pk", "stage", "person", "assigned_to__username", "decided_at", "reported", "presence_at")
    visits = {}
    for key, stage, person, who, decided_at, reported, presence_at in Arrival.objects.values_list(*said):
        name = names[str(key)]
        times = (_instant(decided_at), reported, _instant(presence_at))
        visits[name] = VisitSeen(name, stage, names[str(person)] if person else "", who or "", *times)
    return visits


def _instant(at: Any) -> str:
    return at.isoformat() if at is not None else ""
