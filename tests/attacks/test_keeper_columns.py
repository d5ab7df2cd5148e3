"""Who writes to the database changes one column of one row: it is found within one reading, or it is said here why not.

Made from the models, of ours and of Django's: a new column is tried without anybody thinking of it.
"""

import uuid
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from tests.attacks.lived_in import lived_in

WORK = "the course of the work: altered, it is done again, sooner or later"
OF_DJANGO = "Django's own, which the console asks nothing"
NUMBER = "a number that nothing else names"

# What is not found, and why it need not be. The columns beside a row's proof stand with theirs in the models.
EXEMPT: dict[str, dict[str, str]] = {
    "console_personpair": {
        "id": NUMBER,
        "likeness": "told in the unit's list: who judges lays both records side by side",
        "found_at": "the order of the unit's list",
        "decided_by": "told beside: the facts of both persons say who judged, and when",
        "decided_at": "the same",
    },
    "console_person": {
        "opened_at": "which of two records is told first: no status follows from it",
        "likened_at": WORK,
    },
    "console_holding": {"id": NUMBER},
    "console_personindex": {"id": NUMBER},
    "console_visitindex": {"id": NUMBER},
    "console_blindindex": {"*": "as earlier versions wrote them, until they are closed: see test_closing.py"},
    "console_phoneshown": {"*": "for a day: the attestation itself is verified, and a visit's own mark is proven"},
    "keys_subjectkey": {
        "pending_since": "what its key locks is looked for before it is destroyed",
    },
    "keys_knownstore": {
        "id": NUMBER,
        "locked_up_to": "what is locked then must prove itself like everything",
        "locked_at": "the same",
    },
    "console_audithead": {"id": "there is one"},
    "django_content_type": {"*": OF_DJANGO},
    "auth_permission": {"*": OF_DJANGO},
    "auth_group": {"*": OF_DJANGO},
    "auth_group_permissions": {"*": OF_DJANGO},
    "django_session": {"*": OF_DJANGO},
    "console_guess": {"*": "a count of a quarter of an hour, which each process that serves keeps itself too"},
}


_UPDATE = 'UPDATE {} SET "{}" = %s WHERE "{}" = %s'


@pytest.fixture(scope="module")
def site() -> Iterator[None]:
    with lived_in():
        yield


def _tables() -> list[tuple[str, type[Any]]]:
    """Every model with the database in which its rows stand."""
    from django.db import connections

    from kiosk.console.upkeep import dump

    return [(name, model) for name in connections for model in dump.tables(name)]


def _found() -> Iterator[str]:
    """What one reading of everything finds; the rows' own proof, which most are found by, first."""
    from kiosk.console.upkeep import checking

    for name in sorted(checking.CHECKS, key=lambda one: one != "rows"):
        for part in checking.whole(checking.CHECKS[name]):
            yield from (one.name for one in part.found)


def _why(model: type[Any], column: str) -> str:
    """Why this column is exempt; empty where it is not."""
    beside = {model._meta.get_field(name).column: why for name, why in getattr(model, "BESIDE", {}).items()}
    mine = EXEMPT.get(model._meta.db_table, {})
    return mine.get("*") or mine.get(column) or beside.get(column, "")


def _is_refused(model: type[Any], subject: Any) -> bool:
    """Whether a subject's key opens no more: whoever wants it is told that, and the page says so."""
    from kiosk.console.keystore.models import SubjectKey
    from kiosk.console.records import subject_keys
    from kiosk.sealing import CannotOpen

    if model is not SubjectKey:
        return False
    try:
        subject_keys.one(subject)
    except CannotOpen:
        return True
    return False


def _otherwise(field: Any, value: Any, name: str) -> Any:
    """Another value that the database takes."""
    kind = field.target_field if field.is_relation else field
    if field.is_relation:
        other = field.related_model._base_manager.using(name).exclude(pk=value).values_list("pk", flat=True).first()
        return other if other is not None or field.null else _otherwise(kind, value, name)
    match value if value is not None else kind.get_internal_type():
        case bool():
            return not value
        case int() | "IntegerField" | "BigIntegerField" | "PositiveIntegerField" | "PositiveSmallIntegerField":
            return (value or 0) + 1
        case datetime():
            return value - timedelta(days=1)
        case date():
            return value - timedelta(days=1)
        case "DateTimeField":
            return datetime.now().astimezone()
        case "DateField":
            return date(2026, 1, 1)
        case uuid.UUID() | "UUIDField":
            return uuid.uuid4()
        case bytes() | memoryview():
            return bytes([bytes(value)[0] ^ 1]) + bytes(value)[1:] if value else b"x"
        case dict():
            return {**value, "x": "y"}
        case "BinaryField":
            return b"x"
        case str() if kind.get_internal_type() in {"CharField", "TextField", "GenericIPAddressField"}:
            return _other_text(kind, value if not isinstance(value, str) or value != kind.get_internal_type() else "")
    raise AssertionError(f"{field}: say how another value of it is made")


def _other_text(field: Any, value: str) -> str:
    chosen = [code for code, _label in field.choices or () if code and code != value]
    if chosen:
        return str(chosen[0])
    return (value[:-1] + ("y" if value.endswith("x") else "x")) if value else "x"


def _is_found(name: str, model: type[Any], field: Any, before: set[str]) -> bool:
    """Whether it is found that this column of the table's first row says something else."""
    from django.db import DatabaseError, connections, transaction

    from kiosk.console.records import store_keys
    from tests.console.rewritten import unguarded

    row = model._base_manager.using(name).order_by("pk").first()
    if row is None:
        return False  # nothing has happened there: have something happen in lived_in.py
    place = connections[name].ops.quote_name(model._meta.db_table)
    column, own = field.column, model._meta.pk
    value = _otherwise(field, getattr(row, field.attname), name)
    told = [field.get_db_prep_save(value, connections[name]), own.get_db_prep_save(row.pk, connections[name])]
    with transaction.atomic(using=name):
        try:
            with unguarded(name), connections[name].cursor() as cursor:
                cursor.execute(_UPDATE.format(place, column, own.column), told)
                assert cursor.rowcount == 1
            store_keys.forget_opened()
            return _is_refused(model, row.pk) or any(one not in before for one in _found())
        except DatabaseError:
            return True  # the database refuses it, or the reading cannot go on
        finally:
            transaction.set_rollback(True, using=name)
            store_keys.forget_opened()


def test_each_column_of_each_table_altered_is_found(site: None) -> None:
    left, before = [], set(_found())
    for name, model in _tables():
        for field in model._meta.concrete_fields:
            is_tried = not field.generated and not _why(model, field.column)
            if is_tried and not _is_found(name, model, field, before):
                left.append(f"{model._meta.db_table}.{field.column}")
    assert not left, " ".join(left)


def test_what_is_exempt_is_there_and_says_why() -> None:
    columns = {model._meta.db_table: {one.column for one in model._meta.concrete_fields} for _name, model in _tables()}
    for table, mine in EXEMPT.items():
        assert {*mine} <= columns[table] | {"*"}, table
        assert all(len(why) > 5 for why in mine.values())
    for _name, model in _tables():
        beside = getattr(model, "BESIDE", {})
        assert {*beside} <= {one.name for one in model._meta.concrete_fields}, model
        assert all(len(why) > 10 for why in beside.values())
