"""What the databases do of themselves: triggers, rules, views, policies, computed columns, defaults and constraints.

Ours are those that the migrations made, each as it stands here. What anybody else put there may hold back an alarm, or
change what is written, though every row proves itself: it is found by its name, and so is what was ours and has gone.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from django.apps import apps
from django.db import connections, router
from django.db.backends.base.base import BaseDatabaseWrapper

from kiosk.console import keyring
from kiosk.console.keystore.router import KEYS
from kiosk.console.upkeep import constraints
from kiosk.console.witness.checks import Part
from kiosk.console.witness.findings import Found

_LONGEST = 32  # of a name that somebody else chose, as it is told
_TRAIL = "console_auditentry"
_TEXTS = ("kind", "codes", "actor")
_NUMBERS = ("cites", "decision")
_COMPUTED = ("right", "before", "after", "reason")
_GROWS, _STAYS = "the audit trail only grows", "what a fact says never changes"
_CHANGES = "an identity changes by a fact"


_AS_MADE = "".join(
    f""", "{one}" text GENERATED ALWAYS AS (json_extract("details", '$.{one}')) VIRTUAL""" for one in _COMPUTED
)


class Thing(NamedTuple):
    """One thing that a database does of itself, and how it is defined there."""

    kind: str  # as ``witness.words`` knows it
    name: str
    definition: str


def _sqlite(name: str, when: str, what: str) -> Thing:
    return Thing("trigger", name, f"CREATE TRIGGER {name} BEFORE {when} BEGIN SELECT RAISE(ABORT, '{what}'); END")


def _postgresql(name: str, when: str, each: str, function: str) -> Thing:
    return Thing(
        "trigger", name, f"O CREATE TRIGGER {name} BEFORE {when} FOR EACH {each} EXECUTE FUNCTION {function}()"
    )


def _function(name: str, what: str) -> Thing:
    return Thing("function", name, f"plpgsql BEGIN RAISE EXCEPTION '{what}'; END")


def _of_the_trail(kind: str, said: Mapping[str, str]) -> tuple[Thing, ...]:
    return tuple(Thing(kind, f"{_TRAIL}.{name}", definition) for name, definition in said.items())


OURS = {
    "sqlite": (  # a computed column's definition is that of the four, which stand one behind the other
        _sqlite("console_audit_no_update", f"UPDATE ON {_TRAIL}", _GROWS),
        _sqlite("console_audit_no_delete", f"DELETE ON {_TRAIL}", _GROWS),
        _sqlite("console_body_no_update", "UPDATE ON console_factbody", _STAYS),
        _sqlite(
            "console_person_by_fact",
            "UPDATE ON console_person WHEN (NEW.state <> OLD.state OR NEW.status <> OLD.status"
            " OR NEW.attributes <> OLD.attributes OR NEW.evidence <> OLD.evidence) AND NEW.at_fact <= OLD.at_fact",
            _CHANGES,
        ),
        *_of_the_trail("default", {**dict.fromkeys(_TEXTS, "''"), **dict.fromkeys(_NUMBERS, "0"), "digest": "x''"}),
        Thing("default", "console_sealed.proof", "X''"),
        *_of_the_trail("computed", dict.fromkeys(_COMPUTED, _AS_MADE)),
    ),
    "postgresql": (
        _postgresql(
            "console_audit_no_change",
            f"DELETE OR UPDATE OR TRUNCATE ON {_TRAIL}",
            "STATEMENT",
            "console_audit_only_grows",
        ),
        _postgresql("console_body_no_update", "UPDATE ON console_factbody", "STATEMENT", "console_body_stays"),
        _postgresql(
            "console_person_by_fact",
            "UPDATE ON console_person",
            "ROW WHEN ((((new.state <> old.state) OR ((new.status)::text <> (old.status)::text)"
            " OR ((new.attributes)::text <> (old.attributes)::text) OR ((new.evidence)::text <> (old.evidence)::text))"
            " AND (new.at_fact <= old.at_fact)))",
            "console_person_changes",
        ),
        _function("console_audit_only_grows", _GROWS),
        _function("console_body_stays", _STAYS),
        _function("console_person_changes", _CHANGES),
        *_of_the_trail("default", {"kind": "''::character varying", "codes": "''::text", "digest": r"'\x'::bytea"}),
        *_of_the_trail("default", {**dict.fromkeys(_NUMBERS, "0"), "actor": "''::character varying"}),
        *_of_the_trail("computed", {one: f"((details)::jsonb ->> '{one}'::text)" for one in _COMPUTED}),
    ),
}


def check(_position: str, _most: int) -> Part:
    """Both databases: what stands there beside ours, and what of ours does not."""
    stands = {name: _stands(name) for name in ("default", KEYS)}
    ours = {name: frozenset(map(Thing._make, constraints.ours(name))) for name in stands}
    ours["default"] |= frozenset(OURS[connections["default"].vendor])
    foreign = {one for name, things in stands.items() for one in things - ours[name]}
    named = {name: {(one.kind, one.name) for one in things} for name, things in stands.items()}
    gone = {one for name, things in ours.items() for one in things if (one.kind, one.name) not in named[name]}
    found = (*_found("foreign", foreign), *_found("unmade", gone))
    return Part("", sum(map(len, stands.values())), found)


def _found(code: str, things: Iterable[Thing]) -> Iterator[Found]:
    for one in sorted(things):
        mark = keyring.proof("finding", one)[-5:].hex()
        yield Found(code, f"{one.kind}-{re.sub(r'[^A-Za-z0-9_.]', '_', one.name)[:_LONGEST]}-{mark}")


def _stands(name: str) -> frozenset[Thing]:
    connection = connections[name]
    models = [one for one in apps.get_models(include_auto_created=True) if router.allow_migrate_model(name, one)]
    tables = sorted(one._meta.db_table for one in models if one._meta.managed and not one._meta.proxy)
    things = _in_sqlite(connection) if connection.vendor == "sqlite" else _in_postgresql(connection, tables)
    return frozenset(Thing(kind, name, " ".join(str(said).split())) for kind, name, said in things)


_RULED = re.compile(r"\bON\s+(CONFLICT|DELETE|UPDATE)\b|^CREATE\s+VIRTUAL|--|/\*", re.IGNORECASE)
_COLUMNS = (
    "SELECT m.name, x.name, x.dflt_value, x.hidden FROM sqlite_master m, pragma_table_xinfo(m.name) x"
    " WHERE m.type = 'table' AND (x.dflt_value IS NOT NULL OR x.hidden > 1)"
)


def _in_sqlite(connection: BaseDatabaseWrapper) -> Iterator[tuple[str, str, str]]:
    """What the file's own list of its tables says."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT type, name, sql FROM sqlite_master WHERE type <> 'index'")
        made = cursor.fetchall()
        cursor.execute(_COLUMNS)
        columns = cursor.fetchall()
    yield from constraints.in_sqlite(connection)
    yield from (one for one in made if one[0] != "table")
    texts = {name: text or "" for kind, name, text in made if kind == "table"}
    yield from (("table", name, text) for name, text in texts.items() if _RULED.search(text))
    for table, column, default, is_computed in columns:
        said = _computed_as(texts[table]) if is_computed else default
        yield "computed" if is_computed else "default", f"{table}.{column}", said


def _computed_as(text: str) -> str:
    """As ours, where no literal before it only looks so; else the table's whole text."""
    begin, made, _rest = text.partition(_AS_MADE)
    is_ours = begin.startswith(f'CREATE TABLE "{_TRAIL}" (') and not {*"'`["} & {*begin}
    return made if is_ours and made else text


# Of the schema that the tables stand in (%(schema)s), but for what an extension brought that is not called as a table.
_QUESTIONS = (
    # a table that is none, or stands before ours; rows that are another table's
    """SELECT CASE relkind WHEN 'v' THEN 'view' ELSE 'table' END, relname, relkind FROM pg_class c
       WHERE relnamespace = %(schema)s AND relkind IN ('v', 'm', 'f', 'p')
       AND (relname = ANY(%(tables)s::text[]) OR NOT EXISTS
       (SELECT 1 FROM pg_depend WHERE objid = c.oid AND classid = 'pg_class'::regclass AND deptype = 'e'))""",
    """SELECT 'table', one, COALESCE(c.relkind::text, '') FROM unnest(%(tables)s::text[]) one
       LEFT JOIN pg_class c ON c.oid = to_regclass(quote_ident(one))
       WHERE c.relnamespace IS DISTINCT FROM %(schema)s""",
    """SELECT 'table', c.relname, i.inhparent::regclass FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
       JOIN pg_class p ON p.oid = i.inhparent WHERE p.relnamespace = %(schema)s""",
    """SELECT 'trigger', tgname, tgenabled::text || ' ' || pg_get_triggerdef(t.oid) FROM pg_trigger t
       JOIN pg_class c ON c.oid = tgrelid WHERE relnamespace = %(schema)s AND (NOT tgisinternal OR tgconstraint = 0)""",
    """SELECT 'function', proname, l.lanname || ' ' || prosrc FROM pg_proc p JOIN pg_language l ON l.oid = prolang
       WHERE pronamespace = %(schema)s AND NOT EXISTS
       (SELECT 1 FROM pg_depend WHERE objid = p.oid AND classid = 'pg_proc'::regclass AND deptype = 'e')""",
    """SELECT 'rule', rulename, pg_get_ruledef(r.oid) FROM pg_rewrite r JOIN pg_class c ON c.oid = ev_class
       WHERE relnamespace = %(schema)s AND rulename <> '_RETURN'""",
    """SELECT 'policy', polname, c.relname || COALESCE(pg_get_expr(polqual, polrelid), '') FROM pg_policy
       JOIN pg_class c ON c.oid = polrelid WHERE relnamespace = %(schema)s""",
    """SELECT 'policy', relname, '' FROM pg_class
       WHERE relnamespace = %(schema)s AND (relrowsecurity OR relforcerowsecurity)""",
    """SELECT CASE attgenerated WHEN '' THEN 'default' ELSE 'computed' END, c.relname || '.' || attname,
       pg_get_expr(adbin, adrelid) FROM pg_attrdef JOIN pg_class c ON c.oid = adrelid
       JOIN pg_attribute ON attrelid = adrelid AND attnum = adnum WHERE relnamespace = %(schema)s""",
    # what is not PostgreSQL's own in a column's type, a constraint, an index
    """SELECT 'column', c.relname || '.' || attname, format_type(atttypid, atttypmod) FROM pg_attribute
       JOIN pg_class c ON c.oid = attrelid WHERE relname = ANY(%(tables)s::text[]) AND relnamespace = %(schema)s
       AND atttypid >= 16384 AND NOT attisdropped""",
    """SELECT 'check', conname, pg_get_constraintdef(o.oid) FROM pg_constraint o
       JOIN pg_depend d ON d.classid = 'pg_constraint'::regclass AND d.objid = o.oid
       WHERE connamespace = %(schema)s AND refclassid = 'pg_proc'::regclass AND refobjid >= 16384""",
    """SELECT 'check', relname, pg_get_indexdef(c.oid) FROM pg_class c
       JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid
       WHERE relnamespace = %(schema)s AND relkind = 'i' AND refclassid = 'pg_proc'::regclass AND refobjid >= 16384""",
    # and what happens when anybody signs in or changes a table
    "SELECT 'event', evtname, evtevent || ' ' || evtfoid::regprocedure FROM pg_event_trigger",
)


def _in_postgresql(connection: BaseDatabaseWrapper, tables: list[str]) -> Iterator[tuple[str, str, str]]:
    """What its catalogues say, which everybody may read."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT n.oid, quote_ident(nspname) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace"
            " WHERE c.oid = to_regclass(quote_ident(%s))",
            [tables[0]],
        )
        schema, name = cursor.fetchone()
        yield from constraints.in_postgresql(connection, schema, tables)
        asked: dict[str, Any] = {"schema": schema, "tables": tables}
        for question in _QUESTIONS:
            cursor.execute(question, asked)
            for kind, thing, said in cursor.fetchall():
                yield kind, thing, str(said).replace(f"{name}.", "")
