"""The table of rules: complete, true to the code and to the tests, and the documentation says what it says."""

import ast
import functools
import importlib
import re
from pathlib import Path

import pytest

from kiosk.core.rules.rule import Certainty, Rule
from kiosk.core.rules.table import ALIASES, TITLES, all_rules, page
from tests.reached import Reached, read

HERE = Path(__file__).parent
ROOT = Path(__file__).parents[2]
PAGE = ROOT / "kiosk" / "core" / "RULES.md"
CLAUSE = re.compile(r"_(exi_|ins_\d|sel|xsd|csp|rniv1|gi3|doc_9303|pam_|decret)")


def _tests() -> dict[str, list[str]]:
    return {
        path.stem.removeprefix("test_"): [
            node.name.removeprefix("test_")
            for node in ast.parse(path.read_text(encoding="utf-8")).body
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
        ]
        for path in HERE.glob("test_*.py")
    }


TESTS = _tests()


def _meant(reference: str) -> list[str]:
    file, _, beginning = reference.partition(": ")
    return [name for name in TESTS[file] if name.startswith(beginning)]


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: f"{rule.section} {rule.says[:40]}")
def test_each_rule_is_carried_by_code_and_by_tests_that_exist(rule: Rule) -> None:
    assert rule.tests
    assert {*rule.code, *rule.needed_by}
    assert not {*rule.code} & {*rule.needed_by}
    assert rule.says.endswith(".")
    assert rule.source
    assert rule.section in TITLES
    for reference in rule.tests:
        assert len(_meant(reference)) == 1, reference
    for name in (*rule.code, *rule.needed_by):
        room, module, path = name.split(".", 2)
        found: object = importlib.import_module(f"kiosk.core.{room}.{module}")
        for part in path.split("."):
            found = getattr(found, part)


@functools.cache
def _product() -> Reached:
    return read(ROOT)


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: f"{rule.section} {rule.says[:40]}")
@pytest.mark.long
def test_the_product_leads_to_what_carries_a_rule_or_the_rule_says_who_needs_it(rule: Rule) -> None:
    """From what a person or Django starts; a test calls nothing."""
    for name in rule.code:
        assert _product().has(f"kiosk.core.{name}"), f"{name}: nobody calls it; put it under needed_by, or take it out"
    for name, issue in rule.needed_by.items():
        assert not _product().has(f"kiosk.core.{name}"), f"{name}: it is called, no longer needed by {issue}: to code"


@pytest.mark.long
def test_what_nobody_calls_in_the_core_stands_in_the_table_with_the_issue_that_needs_it() -> None:
    waiting = {f"kiosk.core.{name}" for rule in all_rules() for name in rule.needed_by}
    found = set(_product().unused("kiosk.core."))
    assert {name for name in found if not name.startswith("kiosk.core.rules.")} == waiting


def test_every_test_that_names_a_clause_belongs_to_a_rule() -> None:
    referred = {(reference.partition(":")[0], _meant(reference)[0]) for rule in all_rules() for reference in rule.tests}
    named = {(file, name) for file, names in TESTS.items() for name in names if CLAUSE.search(name)}
    assert named - referred == set()


def test_a_certain_rule_is_proved_by_a_test_that_names_a_clause() -> None:
    for rule in all_rules():
        if rule.certainty is Certainty.CERTAIN:
            assert any(
                CLAUSE.search(_meant(reference)[0]) or "zfd" in reference or "t1" in reference
                for reference in rule.tests
            ), rule.says


def test_the_page_of_the_documentation_is_what_the_table_says() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(all_rules()), (
        "python -m kiosk.core.rules.table > kiosk/core/RULES.md"
    )


def test_the_page_lists_every_rule_with_its_source_and_its_tests() -> None:
    written = page(all_rules())
    for rule in all_rules():
        row = next(line for line in written.splitlines() if line.startswith(f"| {rule.says} |"))
        assert rule.source in row
        assert all(reference in row for reference in rule.tests)
        assert all(f"`{name}`" in row for name in rule.code)
        assert all(f"`{name}`: nobody yet, *{issue}* needs it" in row for name, issue in rule.needed_by.items())
        assert row.count("|") == 6
    for alias in ALIASES:
        assert f"**{alias}**" in written
