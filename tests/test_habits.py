"""What ruff and mypy are told to overlook: little, with a reason each time, and nothing in their configuration."""

import ast
import re
import tokenize
import tomllib
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
STUBS = ROOT / "tests" / "stubs"
MOST = 60
_OVERLOOKS = re.compile(r"#\s*(type:\s*ignore|(ruff: )?no(?=qa))", re.IGNORECASE)
_WITH_REASON = re.compile(r"#\s*(type:\s*ignore\[[a-z, -]+\] #|(ruff: )?no[q]a: [A-Z]+\d+(, [A-Z]+\d+)* -) \w.{3,}")
# Kivy opens its window when it is imported, django-otp wants Django set up.
_LOADED_BY_THEMSELVES = ("cv2", "onnxruntime", "smartcard", "tesserocr", "zeep")


def _overlooked() -> Iterator[tuple[str, str]]:
    for room in ("kiosk", "hardware", "tests"):
        for path in sorted((ROOT / room).rglob("*.py*")):
            if path.suffix not in (".py", ".pyi"):
                continue
            with path.open("rb") as source:
                for token in tokenize.tokenize(source.readline):
                    if token.type == tokenize.COMMENT and _OVERLOOKS.search(token.string):
                        yield f"{path.relative_to(ROOT)}:{token.start[0]}", token.string


@pytest.mark.long
def test_little_is_overlooked_and_each_time_it_says_why() -> None:
    found = list(_overlooked())
    assert len(found) <= MOST
    assert [where for where, comment in found if not _WITH_REASON.search(comment)] == []


def test_all_of_the_house_is_typed_strictly_and_without_exception() -> None:
    mypy = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["mypy"]
    assert mypy["files"] == ["kiosk", "hardware"]
    assert mypy["strict"] and mypy["warn_unused_ignores"]
    assert "overrides" not in mypy


def _stubs() -> list[Path]:
    found = sorted(STUBS.rglob("*.pyi"))
    return [stub for stub in found if _module(stub).split(".")[0] in _LOADED_BY_THEMSELVES]


def _module(stub: Path) -> str:
    return ".".join(stub.relative_to(STUBS).with_suffix("").parts).removesuffix(".__init__")


def _said(stub: Path) -> Iterator[tuple[str, ...]]:
    """Every public name of a stub, and every method of a public class."""
    for part in ast.parse(stub.read_text()).body:
        name = part.target.id if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name) else ""
        name = part.name if isinstance(part, ast.FunctionDef | ast.ClassDef) else name
        if name and not name.startswith("_"):
            yield (name,)
            inside = part.body if isinstance(part, ast.ClassDef) else []
            yield from ((name, one.name) for one in inside if isinstance(one, ast.FunctionDef))


@pytest.mark.parametrize("stub", _stubs(), ids=_module)
def test_what_a_stub_says_of_a_library_is_there(stub: Path) -> None:
    for names in _said(stub):
        found = import_module(_module(stub))
        for name in names:
            assert hasattr(found, name), ".".join(names)
            found = getattr(found, name)


def _names_called(expression: ast.expr) -> Iterator[str]:
    """The methods of one chain of calls, the last first."""
    while isinstance(expression, ast.Call | ast.Attribute):
        if isinstance(expression, ast.Attribute):
            yield expression.attr
        expression = expression.func if isinstance(expression, ast.Call) else expression.value


def test_who_waits_for_a_row_reads_nothing_beside_it() -> None:
    """PostgreSQL gives who waited the row as it is now, and what was joined to it as it was before the wait."""
    chains = [
        (file.name, set(_names_called(node)))
        for file in (ROOT / "kiosk" / "console").rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
    ]
    waiting = [(name, methods) for name, methods in chains if "select_for_update" in methods]
    assert len(waiting) > 20
    assert [name for name, methods in waiting if "select_related" in methods] == []
