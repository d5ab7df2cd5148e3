"""Who keeps the database puts tables of before in the place of today's, with people of their own: nothing is updated.

An update of tables of before takes what stands in them for true, and proves it. The trail says which versions have run;
its witness, outside the database, what it has held.
"""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest
from django.db import connection, transaction

from kiosk.console import audit, chain, keyring
from kiosk.console.models import AuditEntry, AuditHead, Person
from kiosk.console.upkeep import lineage, tables
from kiosk.console.upkeep.database import bring_up_to_date
from kiosk.console.witness import heads, kept
from tests.console.arrivals import check_in_of, found
from tests.console.before import QUALIFIED, Before
from tests.console.conftest import before, postgres
from tests.console.rewritten import unguarded
from tests.console.served import ServedConsole
from tests.people import DOMINIQUE, ZOE

__all__ = ["before", "postgres"]  # fixtures
pytestmark = [pytest.mark.starts, pytest.mark.timeout(300)]


def _later_act(_before: Before) -> None:
    audit.record(audit.Act.TABLES_UPDATED, who="update", about="tables", version="0031_visits_proven")


def _taken_over(_before: Before) -> None:
    audit.record(audit.Act.ROWS_PROVEN, who="update", console_staff=1)


def _begun_by_a_later_version(_before: Before) -> None:
    """The trail of a site that a version of today began."""
    _emptied(_before)
    audit.record(audit.Act.OPENED, who="lea")


def _emptied(_before: Before) -> None:
    with unguarded(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM console_auditentry")
        cursor.execute("DELETE FROM console_audithead")


def _an_act_altered(_before: Before) -> None:
    with unguarded(), connection.cursor() as cursor:
        cursor.execute("UPDATE console_auditentry SET who = 'marc' WHERE number = 2")


def _told_to_the_file() -> None:
    """As a version of then did it."""
    head = heads.current()
    assert head is not None
    kept._append(kept.place(), head.text)


def _cut_with_the_head_of_then(_before: Before) -> None:
    """As it stood in a copy of then: by itself it is whole, but the file beside the console has seen more."""
    _told_to_the_file()
    first = AuditEntry.objects.get(pk=1)
    head = AuditHead(pk=1, last_number=1, chained=first.chained)
    head.proof = chain.proof(head, keyring.key(keyring.CHAIN))
    head.save()
    with unguarded(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM console_auditentry WHERE number > 1")


@pytest.mark.parametrize(
    "puts_back",
    [_later_act, _taken_over, _begun_by_a_later_version, _emptied, _an_act_altered, _cut_with_the_head_of_then],
)
def test_people_in_tables_of_before_are_not_taken_over(before: Before, puts_back: Callable[[Any], None]) -> None:
    before.visit(DOMINIQUE, found(DOMINIQUE), **QUALIFIED)
    before.visit(ZOE, found(ZOE), **QUALIFIED, acts=())  # the keeper's own: qualified by nobody
    with transaction.atomic():
        puts_back(before)
    with pytest.raises(lineage.PutBack, match="kiosk console restore"):
        bring_up_to_date(before.server)
    there = connection.introspection.table_names()
    assert "console_person" not in there or not Person.objects.exists()


def test_what_an_earlier_version_left_is_updated_and_the_trail_says_to_which(before: Before) -> None:
    before.visit(DOMINIQUE, found(DOMINIQUE), **QUALIFIED)
    _told_to_the_file()
    before.over()
    assert Person.objects.count() == 1
    [act] = AuditEntry.objects.filter(act=audit.Act.TABLES_UPDATED)
    assert (act.about, '"version": "00' in act.details) == ("tables", True)
    assert tables.check("", 0).found == ()  # and what they do of themselves is what a new site's do


def test_a_backup_of_before_that_the_console_itself_put_in_is_updated_once(before: Before) -> None:
    before.visit(DOMINIQUE, found(DOMINIQUE), **QUALIFIED)
    audit.record(audit.Act.OPENED, who="lea")
    with transaction.atomic():
        _cut_with_the_head_of_then(before)  # older than what the file has seen
    lineage.restored()
    place = before.server.data_dir / "restored"
    shown = place.read_text()
    place.write_text("00" * keyring.LENGTH)
    with pytest.raises(lineage.PutBack):
        bring_up_to_date(before.server)
    place.write_text(shown)
    before.over()
    assert not place.exists()


def test_a_console_whose_tables_were_put_back_says_so_and_does_not_start(tmp_path: Any) -> None:
    site = ServedConsole(tmp_path / "console")
    site.start()
    assert site.deliver(check_in_of(ZOE)) == 201
    assert site.stop() == 0
    with closing(sqlite3.connect(site.folder / "data" / "console.sqlite3")) as file:
        file.execute("DELETE FROM django_migrations WHERE app = 'console' AND name > '0014_s'")
        file.commit()
    for words in (("console",), ("worker", "--once"), ("console", "audit", "verify")):
        done = site.run(*words)
        assert (done.returncode, "remises à un état d'avant" in done.stderr) == (2, True), done.stderr
        assert '"register-found"' in done.stderr and "Traceback" not in done.stderr
