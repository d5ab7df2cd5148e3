"""A console as it stood before persons were known: visits with their identity in columns, put in row by row.

The tables are those of migration 0013; ``over`` brings them up to date, as a console does when it starts.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from hashlib import sha256
from typing import Any
from uuid import UUID

import psycopg
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from kiosk.console import audit, chain, keyring
from kiosk.console.config import ServerSettings
from kiosk.console.keystore.router import KEYS
from kiosk.console.models import AuditHead
from kiosk.console.records import search, vault
from kiosk.console.upkeep.database import bring_up_to_date
from kiosk.core.checkin import codec
from kiosk.core.checkin.value import CheckIn
from kiosk.core.identity.traits import Traits
from kiosk.core.sources.insi import InsAnswer
from tests.console.arrivals import check_in_of, found
from tests.console.remembered import states_remembered
from tests.people import Person

BEFORE = "0013_companion"
SINCE = datetime(2026, 11, 20, 9, tzinfo=UTC)
QUALIFIED = {"status": "QUALIFIED", "evidence": "CN", "evidence_on": date(2026, 11, 20), "stage": "done"}
VALIDATED = {"status": "VALIDATED", "evidence": "PA", "evidence_on": date(2026, 11, 20), "stage": "done"}
DOUBTED = {"status": "PROVISIONAL", "attributes": "doubtful", "stage": "set-aside"}
ACTS = {"QUALIFIED": "qualified", "VALIDATED": "validated", "RETRIEVED": "ins-accepted"}


class Before:
    """The console, and what kiosks and staff left in it."""

    def __init__(self, server: ServerSettings) -> None:
        from kiosk.console.upkeep import checking

        self.server = server
        checking.begin_anew()  # this process may have served another
        server.keys_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _tables_of_before(server)
        self.apps = _apps()
        _begin_trail_of_before()
        self.staff = self.of("Staff").create(username="lea", role="host", password="!")
        self.terminal = self.of("Terminal").create(name="borne-1", public_key="-")
        self._count = 0

    def of(self, name: str) -> Any:
        return self.apps.get_model("console", name).objects

    def visit(
        self,
        person: Person,
        answer: InsAnswer | None = None,
        *,
        later: InsAnswer | None = None,
        observed: InsAnswer | None = None,
        written: Mapping[str, object] | None = None,
        acts: tuple[tuple[str, dict[str, object]], ...] | None = None,
        check_in: Mapping[str, object] | None = None,
        body: bytes | None = None,
        **columns: Any,
    ) -> UUID:
        """Somebody came, and this is what was decided; each visit an hour after the one before."""
        self._count += 1
        at = SINCE + timedelta(hours=self._count)
        sent = check_in_of(person, answer, arrived_at=at.isoformat(), **(check_in or {}))
        key = UUID(sent.key)
        said = {"status": sent.status.value, "stage": "waiting", "need": "ready"} | columns
        if said["stage"] in {"done", "set-aside"}:
            said = {"decided_by": self.staff, "decided_at": at + timedelta(minutes=5)} | said
        if body is None:
            body = vault.seal_body(codec.to_bytes(sent), vault.context_of("check-in", sent.key))
        row = self.of("Arrival").create(
            key=key,
            terminal=self.terminal,
            digest=sha256(body).digest(),
            sent_at=at.isoformat(),
            signature=bytes(64),
            received_at=at,
            arrived_at=at,
            ticket=f"A{self._count}",
            desk="3",
            **said,
        )
        self._seal(row, sent, body, later, observed, written)
        if acts is None:
            word = "doubted" if "doubtful" in str(said.get("attributes", "")) else ACTS.get(str(said["status"]), "")
            decided = word if said["stage"] in {"done", "set-aside"} else ""
            acts = ((decided, {"before": "PROVISIONAL", "after": said["status"]}),) if decided else ()
        audit.record(audit.Act.TAKEN_IN, who=self.terminal.pk, about=str(key), status=sent.status.value)
        for act, details in acts:
            audit.record(audit.Act(act), who="lea", about=str(key), **details)
        return key

    def _seal(
        self,
        row: Any,
        sent: CheckIn,
        body: bytes,
        later: InsAnswer | None,
        observed: InsAnswer | None,
        written: Mapping[str, object] | None,
    ) -> None:
        def sealed(part: str, plain: bytes) -> bytes:
            return vault.seal_body(plain, vault.context_of(part, sent.key))

        def answered(answer: InsAnswer) -> bytes:
            return codec.to_bytes(replace(sent, insi=answer, pictures=()))

        self.of("Sealed").create(
            arrival=row,
            check_in=body,
            answer=sealed("answer", answered(later)) if later is not None else b"",
            observed=sealed("observed", answered(observed)) if observed is not None else b"",
            accepted=sealed("accepted", json.dumps(written).encode()) if written else b"",
        )
        fingerprints = search.indexes_of(sent)
        self.of("BlindIndex").bulk_create(self.of("BlindIndex").model(arrival=row, value=one) for one in fingerprints)

    def over(self) -> None:
        """Start today's console on it."""
        with states_remembered():
            bring_up_to_date(self.server)


def _begin_trail_of_before() -> None:
    """As a version began it whose rows did not prove themselves."""
    head = AuditHead(pk=1, last_number=0, chained=chain.START_OF_BEFORE)
    head.proof = chain.proof(head, keyring.key(keyring.CHAIN))
    head.save()


_EMPTY: dict[str, bytes] = {}


def _tables_of_before(server: ServerSettings) -> None:
    """The tables of then, empty; made once for SQLite, and once on a server of PostgreSQL: then copied."""
    if connection.vendor != "sqlite":
        _tables_on_the_server()
        return
    if not _EMPTY:
        _make_tables()
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        _EMPTY["file"] = (server.data_dir / "console.sqlite3").read_bytes()
        return
    connection.close()
    (server.data_dir / "console.sqlite3").write_bytes(_EMPTY["file"])


def _make_tables() -> None:
    """Of the console as they were, of Django and of the libraries as they are: those have not changed since."""
    executor = MigrationExecutor(connection)
    theirs = [leaf for leaf in executor.loader.graph.leaf_nodes() if leaf[0] not in {"console", KEYS}]
    executor.migrate([("console", BEFORE), *theirs])


def _tables_on_the_server() -> None:
    said = connection.settings_dict
    ours, kept = f'"{said["NAME"]}"', "tables_of_before"
    where = {"host": said["HOST"], "port": said["PORT"], "user": said["USER"], "dbname": "postgres"}
    with psycopg.connect(**where, autocommit=True) as server:
        is_kept = server.execute("SELECT 1 FROM pg_database WHERE datname = %s", (kept,)).fetchone()
        if not is_kept:
            _make_tables()
        connection.close()  # a template has no other users
        if is_kept:
            server.execute(f"DROP DATABASE {ours}")
        new, template = (ours, kept) if is_kept else (kept, ours)
        server.execute(f"CREATE DATABASE {new} TEMPLATE {template}")


@cache
def _apps() -> Any:
    return MigrationExecutor(connection).loader.project_state([("console", BEFORE)]).apps


def differing(person: Person, **traits: object) -> InsAnswer:
    """INSi gives this person's number with other traits."""
    answer = found(person)
    changed: Traits = replace(answer.traits, **traits)
    return replace(answer, traits=changed)
