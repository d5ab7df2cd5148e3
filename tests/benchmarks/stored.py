"""A database as it is after years: very many fictitious people, decided, sealed, with every fingerprint of a search.

Rows go in by COPY (PostgreSQL) or in batches (SQLite), their secondary indexes made afterwards: a million in minutes.
What is sealed is noise of the size of a light record; the fingerprints and the columns are what the intake writes.
"""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

from django.db import connection, models, transaction
from django.utils import timezone

from kiosk.console.models import Arrival, AuditEntry, AuditHead, BlindIndex, Sealed
from kiosk.console.records import vault
from kiosk.core.coherence.duplicates import SearchField

BATCH = 20_000
SEALED = 700  # bytes
ACTS = ("taken-in", "qualified")
SYLLABLES = ("BA", "CLE", "DRU", "FON", "GAL", "JU", "LAN", "MER", "NO", "PIC", "RO", "SAR", "TOU", "VI", "ZE", "HAR")
NAMES = [one + two + three for one in SYLLABLES for two in SYLLABLES for three in SYLLABLES]
GIVEN = [one + two for one in SYLLABLES for two in SYLLABLES]
OLDEST = date(1935, 1, 1)
BIRTHDAYS = 90 * 365


def store(first: int, count: int) -> None:
    """Put in the people numbered ``first`` and on; PostgreSQL then counts what it has, as it does by itself."""
    with transaction.atomic(), _without_indexes(Arrival, BlindIndex, AuditEntry):
        for start in range(first, first + count, BATCH):
            _batch(range(start, min(start + BATCH, first + count)))
    if connection.vendor != "sqlite":  # the console never has SQLite do so
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


def _batch(numbers: range) -> None:
    now = timezone.now()
    keys = [uuid.uuid4() for _ in numbers]
    template = Arrival(
        terminal_id="borne-1",
        digest=bytes(32),
        sent_at=now.isoformat(),
        signature=bytes(64),
        need="ready",
        stage="done",
        status="QUALIFIED",
        evidence="CN",
        likened_at=now,
    )

    def arrival_of(number: int, key: uuid.UUID) -> dict[str, object]:
        came = now - timedelta(minutes=number + 1)
        times = {"received_at": came, "arrived_at": came, "decided_at": came + timedelta(minutes=4)}
        return {"key": key, **times, "ticket": f"A{number % 100}"}

    _write(Arrival, template, (arrival_of(number, key) for number, key in zip(numbers, keys, strict=True)))
    _write(Sealed, Sealed(), ({"arrival": key, "check_in": os.urandom(SEALED)} for key in keys))
    _write(
        BlindIndex,
        BlindIndex(),
        (
            {"arrival": key, "value": value}
            for number, key in zip(numbers, keys, strict=True)
            for value in _fingerprints(number)
        ),
    )
    head = AuditHead.objects.filter(pk=1).first()
    before = head.last_number if head else 0
    entries = (
        {"number": before + 1 + place, "at": now, "who": "borne-1", "act": act, "about": str(key)}
        for place, (key, act) in enumerate((key, act) for key in keys for act in ACTS)
    )
    _write(AuditEntry, AuditEntry(chained=bytes(32)), entries)
    AuditHead.objects.filter(pk=1).update(last_number=before + len(keys) * len(ACTS))


def _fingerprints(number: int) -> Iterator[bytes]:
    """As ``coherence.duplicates.search_keys`` lists them for somebody with one date, one name and one first name."""
    born = (OLDEST + timedelta(days=number * 7919 % BIRTHDAYS)).isoformat()
    name, given = NAMES[number * 31 % len(NAMES)], GIVEN[number * 17 % len(GIVEN)]
    yield vault.blind(SearchField.BIRTH_DATE.value, born)
    for field, text in ((SearchField.NAME, name), (SearchField.GIVEN_NAME, given)):
        for length in (1, 2, 3):
            yield vault.blind(field.value, f"{born} {text[:length]}")


def _write(model: type[models.Model], template: models.Model, rows: Iterator[dict[str, object]]) -> None:
    """Write rows that differ from the template in the columns named."""
    fields = [field for field in model._meta.concrete_fields if not isinstance(field, models.AutoField)]
    constant = [field.get_db_prep_save(getattr(template, field.attname), connection) for field in fields]
    places = {field.name: place for place, field in enumerate(fields)}
    is_native = connection.vendor == "postgresql"  # it takes keys, instants and bytes as they are

    def columns(row: dict[str, object]) -> list[object]:
        written = constant.copy()
        for name, value in row.items():
            place = places[name]
            written[place] = value if is_native else fields[place].get_db_prep_save(value, connection)
        return written

    names = ", ".join(f'"{field.column}"' for field in fields)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            marks = ", ".join("%s" for _ in fields)
            cursor.executemany(f"INSERT INTO {model._meta.db_table} ({names}) VALUES ({marks})", map(columns, rows))  # noqa: S608 - our own table
            return
        with cursor.copy(f"COPY {model._meta.db_table} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(columns(row))


@contextmanager
def _without_indexes(*tables: type[models.Model]) -> Iterator[None]:
    """PostgreSQL makes an index of millions of rows at once much faster than row by row."""
    if connection.vendor == "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = ANY(%s) AND indexdef NOT LIKE '%%UNIQUE%%'",
            [[table._meta.db_table for table in tables]],
        )
        removed = cursor.fetchall()
        for name, _ in removed:
            cursor.execute(f'DROP INDEX "{name}"')
        cursor.execute("SET LOCAL session_replication_role = replica")  # no look at each foreign key
        cursor.execute("SET LOCAL maintenance_work_mem = '512MB'")
        yield
        for _, definition in removed:
            cursor.execute(definition)


def found_with(number: int) -> tuple[str, str]:
    """What somebody of those put in would be looked for with: birth date and name."""
    born = OLDEST + timedelta(days=number * 7919 % BIRTHDAYS)
    return f"{born:%d/%m/%Y}", NAMES[number * 31 % len(NAMES)]
