"""Looks into the console's tables after each act, as nobody who works there can."""

import json
from collections.abc import Mapping, Set
from dataclasses import replace
from typing import Any

from tests.properties.playing import Played
from tests.properties.seen import FactSeen, HoldingSeen, PersonSeen, Seen, Trail, VisitSeen

OF_PERSONS = ("console_person", "console_arrival", "console_holding", "console_personpair", "console_outbox")
EVERYTHING = frozenset({*OF_PERSONS, "console_auditentry"})


class Eyes:
    """Sees one console; names persons in the order in which they became known."""

    def __init__(self, played: Played) -> None:
        self._played = played
        self.trail = Trail()

    def look(self, before: Seen, touched: Set[str] = EVERYTHING) -> Seen:
        """As it is now; what is in none of the tables touched since is as it was before."""
        changes: dict[str, Any] = {}
        rows = self._rows() if "console_person" in touched else None
        names = {key: name for name, key in self._played.keys.items()}
        if rows is not None:
            changes["persons"] = {names[str(row.pk)]: _person(row, names) for row in rows}
        if "console_arrival" in touched:
            changes["visits"] = _visits(names)
        if "console_holding" in touched:
            changes["holdings"] = _holdings(names)
        if "console_personpair" in touched:
            changes["pairs"] = _pairs(names)
        if "console_outbox" in touched:
            changes["outbox"] = _outbox(names)
        if "console_auditentry" in touched:
            changes["last"] = self._follow(before.last, names)
        return replace(before, **changes) if changes else before

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

        said = ("number", "act", "who", "about", "details", "at", "effective_at", "person", "nth", "kind", "codes")
        entries = AuditEntry.objects.filter(number__gt=last).order_by("number")
        for number, act, who, about, details, at, effective_at, person, nth, kind, codes, *rest in entries.values_list(
            *said, "cites", "decision", "actor"
        ):
            whose, told = names[str(person)] if person else "", json.loads(codes) if codes else {}
            named = names.get(about, about)
            self.trail.add(
                FactSeen(
                    number, act, who, named, json.loads(details), effective_at or at, whose, nth or 0, kind, told, *rest
                )
            )
            last = number
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


def _holdings(names: Mapping[str, str]) -> tuple[HoldingSeen, ...]:
    from kiosk.console.models import Holding

    held = Holding.objects.order_by("pk").values_list("person", "value", "mark", "since", "until")
    return tuple(HoldingSeen(names[str(key)], bytes(value), *rest) for key, value, *rest in held)


def _pairs(names: Mapping[str, str]) -> dict[tuple[str, str], str]:
    from kiosk.console.models import PersonPair

    pairs = PersonPair.objects.order_by("pk").values_list("first", "second", "state")
    return {(names[str(one)], names[str(other)]): state for one, other, state in pairs}


def _outbox(names: Mapping[str, str]) -> tuple[tuple[int, str, str], ...]:
    from kiosk.console.models import Outbox

    told = Outbox.objects.order_by("pk").values_list("fact", "person", "kind")
    return tuple((fact, names[str(person)], kind) for fact, person, kind in told)


def _instant(at: Any) -> str:
    return at.isoformat() if at is not None else ""
