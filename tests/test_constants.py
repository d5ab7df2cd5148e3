"""Patterns and sentences with places are written by us: none is made of what somebody sends (ASVS 1.2.9, 1.3.10)."""

import ast
import string
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# Where a sentence is looked up in a table of ours, or handed over by who wrote it, before its places are filled.
LOOKED_UP = {
    "kiosk/console/identities/rows.py",  # what tells two dates apart, from the core's table
    *("kiosk/mistakes.py", "kiosk/console/evidence.py", "kiosk/console/identities/agreeing.py"),
    *("kiosk/console/identities/noticing.py", "kiosk/console/vigilance/told.py"),
}
_TRANSLATED = {"_", "gettext", "gettext_lazy", "ngettext", "pgettext"}


def _calls() -> Iterator[tuple[str, ast.Call, ast.Attribute]]:
    for room in ("kiosk", "hardware"):
        for path in sorted((ROOT / room).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                    yield str(path.relative_to(ROOT)), node, node.func


def _is_ours(node: ast.expr) -> bool:
    """A text written in the code, or put together of such texts."""
    match node:
        case ast.Constant():
            return True
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name.lstrip("_").isupper()
        case ast.JoinedStr(values=parts):
            return all(_is_ours(part.value if isinstance(part, ast.FormattedValue) else part) for part in parts)
        case ast.BinOp(left=left, right=right):
            return _is_ours(left) and _is_ours(right)
        case ast.Call(func=ast.Name(id=name), args=[first, *_]):
            return name in _TRANSLATED and _is_ours(first)
    return False


def test_no_pattern_is_made_of_what_comes_from_outside() -> None:
    patterns = [
        (path, call.lineno, call.args[0])
        for path, call, function in _calls()
        if isinstance(function.value, ast.Name) and function.value.id == "re" and function.attr != "escape"
    ]
    assert len(patterns) > 50
    assert [(path, line) for path, line, pattern in patterns if not _is_ours(pattern)] == []


def test_what_is_filled_in_was_written_by_us() -> None:
    filled = [(path, call.lineno, function.value) for path, call, function in _calls() if function.attr == "format"]
    assert len(filled) > 50
    others = [(path, line) for path, line, text in filled if not _is_ours(text)]
    assert {path for path, _line in others} == LOOKED_UP, others


def test_what_is_filled_in_reaches_no_attribute() -> None:
    """Of every text of ours that has places: a place is a name, never a path through what is put there."""
    texts = [
        node.value
        for room in ("kiosk", "hardware")
        for path in (ROOT / room).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and "{" in node.value
    ]
    places = [name for text in texts for name in _places(text)]
    assert len(places) > 50
    assert [name for name in places if "." in name or "[" in name] == []


def _places(text: str) -> list[str]:
    try:
        return [name for _before, name, _how, _as in string.Formatter().parse(text) if name]
    except ValueError:
        return []  # a brace of another language: no text with places
