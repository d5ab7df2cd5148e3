"""Whether the tables are as late as the trail, and its witness outside the database, know that they have been.

An update takes what an earlier version left as it stands, and proves it with our keys. Whoever puts tables of then in
the place of today's, with people of their own in them, would have it prove these. So before anything is brought up to
date the trail is asked which versions have run; and where the tables are of a time when rows did not prove themselves,
the trail must be whole, and hold what the witness file has seen of it.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from kiosk import journal
from kiosk.console import audit, chain, keyring
from kiosk.console.models import Arrival, Terminal
from kiosk.console.witness import kept
from kiosk.console.witness.brought import contradiction
from kiosk.console.witness.findings import Found

_OURS = "console"
_FIRST_PROVEN, _ALL_PROVEN = "0029_accounts_proven", "0031_visits_proven"
_TABLES = "tables"  # what the acts are about that say how late they are
_PURPOSE = "restored"
_LATER = (
    "Les tables de la base sont d'une version antérieure à celle que le journal connaît : elles ont été remises à un "
    "état d'avant et ne sont pas mises à jour. "
)
_NOT_WHOLE = (
    "Le journal de cette base ancienne n'est pas intact, ou son témoin en a vu davantage : ses tables ne sont pas "
    "mises à jour. Si elles servaient encore, relancez la version d'avant et faites voir le constat (page Registre). "
)
_WHAT_TO_DO = (
    "Sinon, gardez cette base à part, prévenez l'identitovigilance et remettez une sauvegarde dans une base vide : "
    "kiosk console restore FICHIER."
)


class PutBack(Exception):
    """The tables are older than what has run on them; says what to do, in French: the technician reads."""


def check() -> None:
    """See that nobody put these tables back, before they are brought up to date. PutBack."""
    executor = MigrationExecutor(connection)
    applied = frozenset(executor.loader.applied_migrations)
    ours = {name for app, name in applied if app == _OURS}
    if not ours or not _left(executor) or _is_as_restored(applied):
        return
    known = applied & executor.loader.graph.nodes.keys()
    acts = _Acts(executor.loader.project_state(sorted(known)).apps.get_model(_OURS, "AuditEntry"))
    if not acts.versions() <= ours:
        _refuse(_LATER)
    if _ALL_PROVEN not in ours and acts.doubted():
        _refuse(_NOT_WHOLE)


def written() -> None:
    """The tables have been brought up to date: the trail says to which version, where there is one."""
    if audit.last_number():
        executor = MigrationExecutor(connection)
        ((_, last),) = executor.loader.graph.leaf_nodes(_OURS)
        audit.record(audit.Act.TABLES_UPDATED, who="update", about=_TABLES, version=last)
    _place().unlink(missing_ok=True)


def restored() -> None:
    """A backup of an earlier version was put in, proven from its first frame to its last: its tables may be updated."""
    executor = MigrationExecutor(connection)
    if _left(executor):
        _place().write_text(keyring.proof(_PURPOSE, _as_it_stands(frozenset(executor.loader.applied_migrations))).hex())


def _refuse(why: str) -> None:
    journal.record(journal.Happening.REGISTER_FOUND, code="tables")
    raise PutBack(why + _WHAT_TO_DO)


def _left(executor: MigrationExecutor) -> bool:
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes(_OURS)))


def _place() -> Path:
    """Beside the witness, on the console's own disk."""
    folder: Path = settings.KIOSK.data_dir
    return folder / "restored"


def _is_as_restored(applied: frozenset[tuple[str, str]]) -> bool:
    try:
        shown = bytes.fromhex(_place().read_text())
    except (FileNotFoundError, ValueError):
        return False
    return keyring.proves(_PURPOSE, _as_it_stands(applied), shown)


def _as_it_stands(applied: frozenset[tuple[str, str]]) -> list[str | bytes]:
    """The trail's end and the tables' version: nothing was done since."""
    head = audit.head()
    end: list[str | bytes] = [str(head.number), head.chained] if head is not None else []
    return [*end, *(".".join(one) for one in sorted(applied))]


class _Acts:
    """The trail in a table of then, which may lack columns of today's."""

    def __init__(self, model: Any) -> None:
        self._rows = model.objects.order_by("number")
        there = {one.attname for one in model._meta.concrete_fields}
        self._names = [one for one in chain.Kept._fields if one in there]

    def versions(self) -> set[str]:
        """What must have run, for the trail to say what it says."""
        updates = self._rows.filter(about=_TABLES, act=audit.Act.TABLES_UPDATED).values_list("details", flat=True)
        said = {str(json.loads(details).get("version")) for details in updates}
        first = next(self._all(), None)
        is_later = first is not None and not chain.is_of_before(first)
        is_taken_over = self._rows.filter(act=audit.Act.ROWS_PROVEN).exists()
        return said | ({_FIRST_PROVEN} if is_later or is_taken_over else set())

    def doubted(self) -> bool:
        """Whether anything in it is not as it was written, but for what an officer saw in those times."""
        walked = chain.read_on(self._noting_seen(), chain.Walked())
        head = audit.head()
        broken = list(walked.broken)
        if head is None or not head.is_proven or (walked.number, walked.chained) != (head.number, head.chained):
            is_new = (
                head is None and not walked.count and not Arrival.objects.exists() and not Terminal.objects.exists()
            )
            broken += [] if is_new else [chain.Broken(walked.number, "cut")]
        last = kept.last()
        found = [Found(one.reason, f"{one.number}-{one.mark[:5].hex()}") for one in broken]
        beyond = contradiction(last, kept.own_name()) if last is not None else None
        return any(one.name not in self._seen for one in (*found, *([beyond] if beyond else ())))

    def _noting_seen(self) -> Iterator[chain.Kept]:
        self._seen: set[str] = set()
        for one in self._all():
            if one.act == audit.Act.REGISTER_SEEN and "proven" not in json.loads(one.details):
                self._seen.add(one.about)
            yield one

    def _all(self) -> Iterator[chain.Kept]:
        for values in self._rows.values_list(*self._names).iterator(chunk_size=2000):
            yield _NOTHING._replace(**dict(zip(self._names, values, strict=True)))


_NOTHING = chain.Kept(
    0, datetime.min.replace(tzinfo=UTC), "", "", "", "", "{}", b"", None, None, "", "", 0, 0, "", None, b""
)
