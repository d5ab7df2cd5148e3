"""The trail only grows, and whoever touched it is found."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection, utils
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kiosk.console import audit
from kiosk.console.models import AuditEntry, AuditHead, Emergency, Staff
from kiosk.console.staff import emergencies
from kiosk.console.vigilance import indicators
from tests.console.rewritten import unguarded
from tests.console.staff import add

pytestmark = pytest.mark.usefixtures("console")


@pytest.fixture(autouse=True)
def _five_acts(console: object) -> None:
    for number in range(5):
        audit.record(audit.Act.OPENED, who="lea", where="127.0.0.1", about=f"dossier-{number}", side="recto")


def _behind_its_back(sql: str) -> None:
    """As somebody with the database's password would."""
    with unguarded(), connection.cursor() as cursor:
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
    _behind_its_back("UPDATE console_auditentry SET number = 2 WHERE number = 3")
    _behind_its_back("UPDATE console_auditentry SET number = 3 WHERE number = 99")
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


def _qualification_lost(number: int) -> audit.Done:
    details = {"before": "QUALIFIED", "after": "PROVISIONAL", "reason": "wrong-person"}
    return audit.Done(audit.Act.DOWNGRADED, who="lea", about=f"dossier-{number}", details=details)


def test_what_is_looked_for_has_columns_that_say_what_the_chained_text_says() -> None:
    audit.record_all([_qualification_lost(1)])
    last, other = AuditEntry.objects.order_by("-number")[:2]
    assert (last.before, last.after, last.reason, last.right) == ("QUALIFIED", "PROVISIONAL", "wrong-person", None)
    assert (other.before, other.after, other.reason, other.right) == (None,) * 4


def test_not_even_with_the_database_s_password_do_the_columns_say_something_else() -> None:
    from django.db import transaction

    with pytest.raises(utils.DatabaseError), transaction.atomic():
        _behind_its_back("UPDATE console_auditentry SET \"right\" = 'work' WHERE number = 3")
    assert audit.verify() == (5, ())


def _plans(look: Callable[[], object]) -> str:
    """How the database goes about what is asked of the trail."""
    with CaptureQueriesContext(connection) as asked:
        look()
    plans = []
    for query in (one["sql"] for one in asked.captured_queries if "console_auditentry" in one["sql"]):
        assert "LIKE" not in query
        with connection.cursor() as cursor:
            cursor.execute(("EXPLAIN QUERY PLAN " if connection.vendor == "sqlite" else "EXPLAIN ") + query)
            plans += [str(row) for row in cursor.fetchall()]
    return "\n".join(plans)


@pytest.mark.long
def test_a_long_trail_is_asked_through_its_columns() -> None:
    """The pages that an emergency opened, and the qualifications lost in a period."""
    acts = [
        audit.Done(audit.Act.OPENED, who=f"agent-{number % 40}", details={"side": "recto"}) for number in range(6000)
    ]
    acts[100:100] = [_qualification_lost(number) for number in range(3)]
    audit.record_all(acts)
    add("lea", "officer")
    lea = Staff.objects.get(username="lea")
    taken = Emergency(staff=lea, right="work", opened_at=timezone.now(), until=timezone.now() + timedelta(hours=1))
    for page in ("identity", "picture"):
        emergencies.note_use(lea, "work", page, where="")
        emergencies.note_use(lea, "vigilance", "work", where="")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE console_auditentry")
    assert emergencies.pages_of(taken) == 2
    assert "console_by_right" in _plans(lambda: emergencies.pages_of(taken))
    period = indicators.period_of("", "", timezone.localdate())
    assert [one.count for one in indicators.of(period) if one.code in ("downgrades", "collisions")] == [3, 3]
    assert "console_by_before" in _plans(lambda: indicators.of(period))
