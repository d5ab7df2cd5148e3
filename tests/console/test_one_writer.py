"""What is known about persons, and the trail, is written in one place: every other line of the product only reads."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.long  # reads the whole product again and again
ROOT = Path(__file__).resolve().parents[2]
WRITES = {
    *("create", "save", "update", "delete", "bulk_create", "bulk_update", "get_or_create", "update_or_create"),
    *("acreate", "asave", "aupdate", "adelete", "raw", "execute"),
}
BY_HAND = {"rows.insert", "rows.update"}  # kiosk.console.models.rows
OF_PERSONS = {"Person", "FactBody", "Holding", "PersonIndex", "PersonPair", "Outbox"}
OF_THE_TRAIL = {"AuditEntry", "AuditHead"}
TABLES = (
    *("console_person", "console_factbody", "console_holding", "console_personindex", "console_personpair"),
    *("console_outbox", "console_auditentry", "console_audithead"),
)
REGISTER, TRAIL = "kiosk/console/register/", "kiosk/console/audit.py"
MIGRATIONS = "kiosk/console/migrations/"


def _sources() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted((ROOT / "kiosk").rglob("*.py")):
        name = str(path.relative_to(ROOT))
        if not name.startswith(MIGRATIONS):
            yield name, ast.parse(path.read_text())


def _written(tree: ast.Module, models: set[str]) -> Iterator[tuple[int, str]]:
    """Calls that write a table of these models: by its manager, by a row that was made or read from it."""
    rows = set(models)
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None and _names(node.value) & models:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            rows |= {one.id for target in targets for one in ast.walk(target) if isinstance(one, ast.Name)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in BY_HAND:
            told = _names(node.args[0]) & (models | rows)
            yield from ((node.lineno, f"{one} by hand") for one in told)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WRITES:
            first = _first(node.func.value)
            if first in models or (first in rows and node.func.attr in {"save", "delete"}):
                yield node.lineno, f"{first}.{node.func.attr}"


def _names(node: ast.AST) -> set[str]:
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}


def _first(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute | ast.Call | ast.Subscript):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def test_only_the_register_writes_what_is_known_of_persons() -> None:
    found = {
        f"{name}:{line} {what}"
        for name, tree in _sources()
        if not name.startswith(REGISTER)
        for line, what in _written(tree, OF_PERSONS)
    }
    assert found == set()


def test_only_the_trail_writes_the_trail() -> None:
    found = {
        f"{name}:{line} {what}"
        for name, tree in _sources()
        if name != TRAIL
        for line, what in _written(tree, OF_THE_TRAIL)
    }
    assert found == set()


_WRITES = re.compile(r"INSERT |UPDATE (?!ON )|DELETE FROM")  # not what a trigger answers to


def test_no_sentence_of_sql_goes_round_them() -> None:
    said = [
        f"{name}:{node.lineno}"
        for name, tree in _sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        for table in TABLES
        if table in node.value and _WRITES.search(node.value.upper())
    ]
    assert said == []


def test_this_look_finds_what_it_looks_for() -> None:
    tree = ast.parse("Person.objects.filter(pk=1).update(status='x')\nrow = Person.objects.get(pk=1)\nrow.save()\n")
    assert [what for _line, what in _written(tree, OF_PERSONS)] == ["Person.update", "row.save"]
    tree = ast.parse("row = Person()\nrows.insert(Person, [row])\nrows.update(row)\n")
    assert [what for _line, what in _written(tree, OF_PERSONS)] == ["Person by hand", "row by hand"]
    writer = ast.parse((ROOT / REGISTER / "writer.py").read_text())
    assert len(list(_written(writer, OF_PERSONS))) >= 4
