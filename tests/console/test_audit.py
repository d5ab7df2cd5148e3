"""The trail only grows, and whoever touched it is found."""

import pytest
from django.db import connection, utils

from kiosk.console import audit
from kiosk.console.models import AuditEntry, AuditHead

pytestmark = pytest.mark.usefixtures("console")


@pytest.fixture(autouse=True)
def _five_acts(console: object) -> None:
    for number in range(5):
        audit.record(audit.Act.OPENED, who="lea", where="127.0.0.1", about=f"dossier-{number}", side="recto")


def _behind_its_back(sql: str) -> None:
    """As somebody with the database's password would."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER console_audit_no_update")
            cursor.execute("DROP TRIGGER console_audit_no_delete")
        else:
            cursor.execute("ALTER TABLE console_auditentry DISABLE TRIGGER USER")
        cursor.execute(sql)


def test_an_untouched_trail_is_intact() -> None:
    assert audit.verify() == (5, ())


@pytest.mark.parametrize("change", ["UPDATE console_auditentry SET who = 'x'", "DELETE FROM console_auditentry"])
def test_the_database_itself_refuses_to_change_or_remove_an_entry(change: str) -> None:
    from django.db import transaction

    with pytest.raises(utils.DatabaseError, match="only grows"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)
    assert AuditEntry.objects.count() == 5


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE console_auditentry SET who = 'marc' WHERE number = 3",
        "UPDATE console_auditentry SET details = '{}' WHERE number = 3",
        "UPDATE console_auditentry SET at = '2020-01-01 00:00:00+00:00' WHERE number = 3",
        "UPDATE console_auditentry SET about = '', who = 'leadossier-2' WHERE number = 3",
        "DELETE FROM console_auditentry WHERE number = 3",
        "DELETE FROM console_auditentry WHERE number = 1",
        "DELETE FROM console_auditentry WHERE number = 5",
        "DELETE FROM console_auditentry",
    ],
)
def test_an_altered_or_removed_entry_is_found(change: str) -> None:
    _behind_its_back(change)
    assert audit.verify()[1]


def test_reordered_entries_are_found() -> None:
    _behind_its_back("UPDATE console_auditentry SET number = 99 WHERE number = 2")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE console_auditentry SET number = 2 WHERE number = 3")
        cursor.execute("UPDATE console_auditentry SET number = 3 WHERE number = 99")
    assert {one.number for one in audit.verify()[1]} >= {2, 3}


def test_a_cut_tail_is_found_even_with_the_head_put_back() -> None:
    _behind_its_back("DELETE FROM console_auditentry WHERE number = 5")
    last = AuditEntry.objects.get(number=4)
    AuditHead.objects.update(last_number=4, chained=last.chained)
    assert [one.reason for one in audit.verify()[1]] == ["head"]


def test_an_act_undone_with_its_transaction_leaves_no_gap() -> None:
    from django.db import transaction

    with pytest.raises(RuntimeError), transaction.atomic():
        audit.record(audit.Act.OPENED, who="lea")
        raise RuntimeError
    audit.record(audit.Act.OPENED, who="lea")
    assert audit.verify() == (6, ())
