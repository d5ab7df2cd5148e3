"""Whether every row proves itself, and whether accounts, kiosks and factors are as the trail last left them."""

import json
from itertools import starmap

from django.db import connection

from kiosk.console import audit
from kiosk.console.models import AuditEntry, Copy, Finding, Sealed, Staff, Terminal
from kiosk.console.models.proven import Proven
from kiosk.console.models.second_factor import Factor
from kiosk.console.upkeep.taking_over import proven_tables
from kiosk.console.witness import findings
from kiosk.console.witness.checks import Part
from kiosk.console.witness.findings import Found

_HEAVY = 20
_LEFT_BY = {Staff: audit.OF_AN_ACCOUNT, Terminal: audit.OF_A_KIOSK}


def rows(position: str, most: int) -> Part:
    """Each row of each table that proves itself; the position is a table and the last key that was read of it."""
    tables = {one._meta.model_name or "": one for one in proven_tables()}
    name, _colon, last = position.partition(":")
    names = list(tables)
    place = names.index(name) if name in tables else 0
    found: list[Found] = []
    count = 0
    while place < len(names) and count < most:
        model, weight = tables[names[place]], _weight(tables[names[place]])
        some = _after(model, last if names[place] == name else "", max(1, (most - count) // weight))
        found += [_found(one, why) for one in some if (why := _wrong(one))]
        count += len(some) * weight
        if some and count >= most:
            return Part(f"{names[place]}:{some[-1].pk}", count, tuple(found))
        place, name = place + 1, ""
    return Part("", count, tuple(found))


def gone(position: str, most: int) -> Part:
    """Each account, kiosk and finding that the trail knows of is still there, whoever took its row out."""
    last = int(position) if position.isdigit() else 0
    first = [audit.Act.ACCOUNT_ADDED, audit.Act.KIOSK_ENROLLED, audit.Act.REGISTER_FOUND]
    acts = AuditEntry.objects.filter(number__gt=last, act__in=first).order_by("number")
    some = list(acts.values_list("number", "act", "about", "details")[:most])
    missing = [one for one in some if not _is_there(one[1], one[2])]
    return Part("" if len(some) < most else str(some[-1][0]), len(some), tuple(starmap(_missed, missing)))


def _missed(number: int, act: str, about: str, details: str) -> Found:
    """What is found; a finding that was taken out is found once more as it was, and so told again."""
    if act != audit.Act.REGISTER_FOUND:
        return Found("gone", f"{number}")
    code, _colon, what = about.partition(":")
    return Found(code, what, str(json.loads(details).get("by", "")))


def _is_there(act: str, about: str) -> bool:
    if act == audit.Act.REGISTER_FOUND:
        return Finding.objects.filter(pk=about).exists() or findings.is_seen(about)
    if act == audit.Act.ACCOUNT_ADDED:
        return Staff.objects.filter(username=about).exists()
    return Terminal.objects.filter(pk=about).exists()


def _weight(model: type[Proven]) -> int:
    """As how many rows one counts: SQLite reads half a megabyte for the columns that stand behind it."""
    return _HEAVY if model is Copy or (model is Sealed and connection.vendor == "sqlite") else 1


def _after(model: type[Proven], last: str, most: int) -> list[Proven]:
    chosen = model._base_manager.order_by("pk").defer(*(set(model.BESIDE) - {model._meta.pk.name}))
    return list((chosen.filter(pk__gt=last) if last else chosen)[:most])


def _wrong(row: Proven) -> str:
    """The code of what is wrong with a row; empty when nothing is."""
    if not row.is_proven:
        return "row"
    if isinstance(row, Factor):
        owner = Staff.objects.filter(pk=row.user_id).first()  # whose row may be gone, or another's by now
        return "" if owner is not None and row.is_of(owner) else "older"
    acts = _LEFT_BY.get(type(row))
    if acts is None or not isinstance(row, Staff | Terminal):
        return ""
    if _last(row, acts) != row.at_act:
        row.refresh_from_db()  # an act was written between the two readings
    return "" if _last(row, acts) == row.at_act else "older"


def _last(row: Staff | Terminal, acts: tuple[audit.Act, ...]) -> int:
    name = row.username if isinstance(row, Staff) else row.name
    left = AuditEntry.objects.filter(about=name, act__in=acts).order_by("-number").values_list("number", flat=True)
    return left.first() or 0


def _found(row: Proven, code: str) -> Found:
    return Found(code, row.as_found())
