"""Who keeps the database has it do things of itself: a trigger that swallows alarms, a view in place of a table.

Each is found by its name, and an alarm whose row is swallowed is told all the same.
"""

from collections.abc import Iterator
from contextlib import closing

import psycopg
import pytest
from django.db import connection

from kiosk.console import audit
from kiosk.console.config import ServerSettings
from kiosk.console.models import AuditEntry, Finding, Inspection, Witness
from kiosk.console.upkeep import checking, glancing, tables
from kiosk.console.witness import brought, findings, heads, held, kept, words
from tests.console.conftest import console, postgres, postgresql, sqlite
from tests.console.rewritten import behind
from tests.console.served import ServedConsole
from tests.console.staff import add, get, sign_in
from tests.demo.enrolling import sign_in as come_in
from tests.demo.processes import wait_until

pytestmark = [pytest.mark.timeout(400), pytest.mark.tampers]
SWALLOWS = {
    "sqlite": ("CREATE TRIGGER keepers BEFORE INSERT ON {0} BEGIN SELECT RAISE(IGNORE); END",),
    "postgresql": (
        "CREATE FUNCTION keepers() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$",
        "CREATE TRIGGER keepers BEFORE INSERT ON {0} FOR EACH ROW EXECUTE FUNCTION keepers()",
    ),
}
FREES = {"sqlite": "DROP TRIGGER keepers", "postgresql": "DROP TRIGGER keepers ON {0}"}
__all__ = ["console", "postgres", "postgresql", "sqlite"]  # fixtures
FUNCTION = "CREATE FUNCTION {0} LANGUAGE plpgsql AS $$ BEGIN RETURN {1}; END $$"
TRIGGER = FUNCTION.format("mine() RETURNS {}", "NULL")
LETS_GO = FUNCTION.format("console_audit_only_grows() RETURNS trigger", "NULL").replace("CREATE", "CREATE OR REPLACE")
AS_A_VIEW = (
    "ALTER TABLE console_witness RENAME TO kept_away",
    "CREATE VIEW console_witness AS SELECT * FROM kept_away WHERE number = 0",
)
ALIKE = {  # how, and what is found: its kind and its name
    "default": (("ALTER TABLE console_call ADD COLUMN mine text DEFAULT 'x'",), "foreign:default-console_call.mine"),
    "view": (AS_A_VIEW, "foreign:view-console_witness"),
}
DIFFERENT = {
    "sqlite": {
        "trigger": (("CREATE TRIGGER mine AFTER INSERT ON console_call BEGIN DELETE FROM console_call; END",), "mine"),
        "instead": (
            (*AS_A_VIEW, "CREATE TRIGGER mine INSTEAD OF INSERT ON console_witness BEGIN SELECT 1; END"),
            "mine",
        ),
        "removed": (("DROP TRIGGER console_audit_no_delete",), "unmade:trigger-console_audit_no_delete"),
        "changed": (
            (
                "DROP TRIGGER console_audit_no_delete",
                "CREATE TRIGGER console_audit_no_delete BEFORE DELETE ON console_auditentry BEGIN SELECT 1; END",
            ),
            "foreign:trigger-console_audit_no_delete",
        ),
        "computed": (
            ("ALTER TABLE console_call ADD COLUMN mine text GENERATED ALWAYS AS ('x') VIRTUAL",),
            "foreign:computed-console_call.mine",
        ),
        "check": (
            (
                "DROP TABLE console_phoneshown",
                "CREATE TABLE console_phoneshown (mark BLOB PRIMARY KEY, at, [CHECK] CHECK (length(mark) <> 32))",
            ),
            "foreign:check-console_phoneshown.",
        ),
        "unique": (("CREATE UNIQUE INDEX mine ON console_finding (code)",), "foreign:check-console_finding.code"),
        "some unique": (
            ("CREATE UNIQUE INDEX mine ON console_finding (name) WHERE code = 'row'",),
            "foreign:check-console_finding.name",
        ),
        "no longer unique": (("DROP INDEX console_nth_fact",), "unmade:check-console_auditentry.person_nth"),
        "conflict": (
            (
                "DROP TABLE console_phoneshown",
                "CREATE TABLE console_phoneshown (mark BLOB UNIQUE ON CONFLICT IGNORE, at)",
            ),
            "foreign:table-console_phoneshown",
        ),
    },
    "postgresql": {
        "rule": (("CREATE RULE mine AS ON INSERT TO console_call DO INSTEAD NOTHING",), "foreign:rule-mine"),
        "policy": (
            (
                "CREATE POLICY mine ON console_finding USING (code <> 'row')",
                "ALTER TABLE console_finding ENABLE ROW LEVEL SECURITY",
            ),
            "foreign:policy-mine",
        ),
        "secured": (("ALTER TABLE console_finding ENABLE ROW LEVEL SECURITY",), "foreign:policy-console_finding"),
        "disabled": (
            ("ALTER TABLE console_auditentry DISABLE TRIGGER USER",),
            "foreign:trigger-console_audit_no_change",
        ),
        "body": ((LETS_GO,), "foreign:function-console_audit_only_grows"),
        "event": (
            (
                TRIGGER.format("event_trigger").replace("RETURN NULL;", ""),
                "CREATE EVENT TRIGGER mine ON sql_drop EXECUTE FUNCTION mine()",
            ),
            "foreign:event-mine",
        ),
        "deferred": (
            (
                TRIGGER.format("trigger"),
                "CREATE CONSTRAINT TRIGGER late AFTER INSERT ON console_finding DEFERRABLE INITIALLY DEFERRED"
                " FOR EACH ROW EXECUTE FUNCTION mine()",
            ),
            "foreign:trigger-late",
        ),
        "check": (
            (
                FUNCTION.format("mine(text) RETURNS bool", "true"),
                "ALTER TABLE console_finding ADD CONSTRAINT mine CHECK (mine(code))",
            ),
            "foreign:check-mine",
        ),
        "own check": (
            ("ALTER TABLE console_finding ADD CONSTRAINT mine CHECK (code <> 'row')",),
            "foreign:check-console_finding.",
        ),
        "unique": (("CREATE UNIQUE INDEX mine ON console_finding (code)",), "foreign:check-console_finding.code"),
        "some unique": (
            ("CREATE UNIQUE INDEX mine ON console_finding (name) WHERE code = 'row'",),
            "foreign:check-console_finding.name",
        ),
        "no longer unique": (("DROP INDEX console_nth_fact",), "unmade:check-console_auditentry.person_nth"),
        "child": (("CREATE TABLE mine () INHERITS (console_call)",), "foreign:table-mine"),
        "before": (
            (
                "CREATE SCHEMA before",
                "CREATE TABLE before.console_finding (name text)",
                "SET LOCAL search_path = before, public",
            ),
            "foreign:table-console_finding",
        ),
        "computed": (
            ("ALTER TABLE console_call ADD COLUMN mine text GENERATED ALWAYS AS (reason || 'x') STORED",),
            "foreign:computed-console_call.mine",
        ),
    },
}


def _do(*statements: str) -> None:
    with connection.cursor() as cursor:
        for one in statements:
            cursor.execute(one)


def _swallow(table: str) -> None:
    _do(*(one.format(table) for one in SWALLOWS[connection.vendor]))


def _free(table: str) -> None:
    _do(FREES[connection.vendor].format(table))


def _names() -> set[str]:
    return {one.name.rpartition("-")[0] for one in tables.check("", 0).found}


def _cases(vendor: str) -> list[object]:
    marks = [pytest.mark.starts] if vendor == "postgresql" else []
    return [pytest.param(vendor, how, id=f"{vendor}-{how}", marks=marks) for how in ALIKE | DIFFERENT[vendor]]


@pytest.mark.parametrize(("console", "how"), [*_cases("sqlite"), *_cases("postgresql")], indirect=["console"])
def test_what_the_keeper_has_the_database_do_is_found_by_its_name_and_nothing_before(
    console: ServerSettings, how: str
) -> None:
    assert _names() == set()
    statements, expected = (ALIKE | DIFFERENT[connection.vendor])[how]
    _do(*statements)
    assert any(expected in name for name in _names()), _names()
    for one in tables.check("", 0).found:
        said = words.told(one.code, one.about)
        assert "(" in said and one.code not in said


def test_an_alarm_whose_row_is_swallowed_is_told_on_pages_seen_in_the_trail_and_kept_once_it_can_be(
    console: ServerSettings,
) -> None:
    add("olivia", "officer")
    _swallow("console_finding")
    for _ in range(3):
        findings.note([findings.Found("row", "staff-1-0a"), findings.Found("command", "1-9")])
    assert not Finding.objects.exists()
    assert AuditEntry.objects.filter(act=audit.Act.REGISTER_FOUND).count() == 2  # each once
    assert findings.standing() == findings.Standing(in_doubt=True, alarms=1)
    assert findings.in_doubt() and findings.count_unseen() == 2
    officer = sign_in("olivia")
    assert "Registre à vérifier" in get(officer, "/file/").content.decode()
    assert "n’a pas été écrite par la console (compte 1)" in get(officer, "/registre/").content.decode()
    answer = officer.post("/registre/vu/", {"name": ["row:staff-1-0a"]}, secure=True)
    assert (answer.status_code, findings.in_doubt(), findings.standing().alarms) == (302, False, 1)
    _free("console_finding")
    findings.tell_again()
    assert ([one.name for one in findings.unseen()], held.rows()) == (["command:1-9"], [])


def test_an_alarm_whose_row_the_database_refuses_or_alters_is_told_all_the_same(console: ServerSettings) -> None:
    if connection.vendor == "sqlite":
        _do("CREATE TRIGGER keepers BEFORE INSERT ON console_finding BEGIN SELECT RAISE(ABORT, 'no'); END")
    else:
        _do("ALTER TABLE console_finding ADD CONSTRAINT keepers CHECK (code <> 'row')")
    assert findings.note([findings.Found("row", "staff-1-0a")]) == 1
    _do("DROP TRIGGER keepers") if connection.vendor == "sqlite" else _do(
        "ALTER TABLE console_finding DROP CONSTRAINT keepers"
    )
    assert [one.name for one in held.rows()] == ["row:staff-1-0a"]
    findings.tell_again()
    behind(Finding.objects.all(), code="reading")  # so that it puts nothing in doubt
    findings.note([findings.Found("row", "staff-1-0a")])
    assert findings.in_doubt()


def test_an_alarm_that_another_process_could_not_keep_is_heard_from_the_trail(console: ServerSettings) -> None:
    _swallow("console_finding")
    findings.note([findings.Found("row", "staff-1-0a")])
    findings.forget()  # another process
    assert not findings.in_doubt()
    glancing.once()
    assert {"row:staff-1-0a"} < {one.name for one in held.rows()}
    assert any("trigger-keepers" in one.name for one in held.rows())


def test_witnesses_and_places_that_are_swallowed_are_told(console: ServerSettings) -> None:
    from django.utils import timezone

    audit.record(audit.Act.OPENED, who="lea")
    head = heads.current()
    assert head is not None
    _swallow("console_witness")
    brought.remember("kiosk:borne-1", head)
    assert kept.keep() and not Witness.objects.exists()
    assert [one.name for one in findings.unseen()] == ["unkept:witness-"]
    _free("console_witness")
    if connection.vendor == "sqlite":
        _swallow("console_inspection")
    else:
        _do("CREATE TRIGGER keepers BEFORE INSERT ON console_inspection FOR EACH ROW EXECUTE FUNCTION keepers()")
    checking.take_turns(timezone.now())
    assert not Inspection.objects.exists()
    assert "unkept:inspection-" in [one.name for one in findings.unseen()]


@pytest.fixture(params=[pytest.param("sqlite", marks=pytest.mark.beside), "postgresql"])
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedConsole]:
    database = request.getfixturevalue("postgres").with_tables() if request.param == "postgresql" else ""
    console = ServedConsole(tmp_path_factory.mktemp("site") / "console", database=database)
    yield console
    if console.child is not None and console.child.is_running:
        assert console.stop() == 0


def _at(console: ServedConsole, *statements: str) -> None:
    """As whoever has the database's file, or its owner's password."""
    if console.database:
        with psycopg.connect(console.database) as server:
            for one in statements:
                server.execute(one.encode())
        return
    import sqlite3

    with closing(sqlite3.connect(console.folder / "data" / "console.sqlite3", timeout=30)) as file:
        for one in statements:
            file.execute(one)
        file.commit()


@pytest.mark.starts
def test_a_trigger_that_swallows_alarms_keeps_none_from_the_pages_of_a_console_that_serves(site: ServedConsole) -> None:
    """Put there while it serves; then an account is altered, and a worker of its own looks."""
    site.start()
    olivia, _lea = site.add_staff("olivia", "officer"), site.add_staff("lea")
    kind = "postgresql" if site.database else "sqlite"
    _at(site, *(one.format("console_finding") for one in SWALLOWS[kind]))
    _at(site, "UPDATE console_staff SET role = 'administrator' WHERE username = 'lea'")
    assert '"register-found"' in site.run("worker", "--once").stderr
    visitor = site.visitor()
    come_in(visitor, olivia)

    def told() -> bool:
        page = visitor.get("/registre/")
        return "déclencheur keepers" in page and "compte 2" in page and "Registre à vérifier" in page

    wait_until(told, 90, "the trigger and the account are told")
    done = site.run("console", "register", "check")
    assert (done.returncode, "déclencheur keepers" in done.stdout) == (1, True)
    assert site.stop() == 0
    site.start()  # and at the start, before any worker
    come_in(visitor := site.visitor(), olivia)
    assert "déclencheur keepers" in visitor.get("/registre/")
    _at(site, FREES[kind].format("console_finding"))
    assert site.run("worker", "--once").returncode == 0
    assert site.stop() == 0
    with_rows = ServedConsole.beside(site)
    with_rows.start()
    come_in(visitor := with_rows.visitor(), olivia)
    assert "compte 2" in visitor.get("/registre/")  # what was swallowed stands there now
    assert with_rows.stop() == 0
