"""Who may import whom: the table of the README, read from the code itself.

A rule that nothing checks becomes a wish. Every import of ours in every module of ``kiosk`` and ``hardware`` is read,
also those inside functions.
"""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

# A room, and the rooms it may import from. A room is the longest prefix named here.
MAY_IMPORT: dict[str, set[str]] = {
    "hardware.cards": {"hardware.cards"},
    "hardware.camera": {"hardware.camera"},
    "kiosk.core": {"kiosk.core"},
    "kiosk.documents": {"kiosk.documents", "kiosk.core"},
    "kiosk.capture": {"kiosk.capture", "kiosk.core", "kiosk.documents"},
    "kiosk.insi": {"kiosk.insi", "kiosk.core", "kiosk.journal", "kiosk.__version__"},
    "kiosk.sealing": {"kiosk.core"},
    "kiosk.storage": {"kiosk.storage", "kiosk.core", "kiosk.journal"},
    "kiosk.ui": {"kiosk.ui", "kiosk.core", "kiosk.journal"},
    "kiosk.console": {
        "kiosk.console",
        "kiosk.core",
        "kiosk.documents",
        "kiosk.insi",
        "kiosk.interop",
        "kiosk.sealing",
        "kiosk.journal",
        "kiosk.settings",
        "kiosk.__version__",
    },
    "kiosk.journal": {"kiosk.core"},
    "kiosk.settings": set(),
    "kiosk.control": {"kiosk.core"},
    "kiosk.app": {
        "kiosk.app",
        "kiosk.core",
        "kiosk.documents",
        "kiosk.capture",
        "kiosk.journal",
        "kiosk.storage",
        "hardware.cards.base",
        "hardware.camera.base",
    },
}
# The one place that picks concrete classes, the commands, and the technician's examination of all of it.
MAY_IMPORT_ALL = {"kiosk.wiring", "kiosk.cli", "kiosk.commands", "kiosk.doctor"}
# The one handler, and the thread that hands what it caught to its caller, who raises it.
HANDLERS = {"guard.py", "patience.py"}
# Who alone may know a library, so that it can be replaced in one place.
KNOWN_ONLY_TO = {
    "zeep": {"kiosk.insi"},
    "smartcard": {"hardware.cards"},
    "kivy": {"kiosk.ui"},
    "django": {"kiosk.console", "kiosk.commands"},
    "cv2": {"kiosk.capture", "hardware.camera"},
    "cryptography": {"kiosk.sealing", "kiosk.insi", "kiosk.documents"},
    "sqlite3": {"kiosk.storage", "kiosk.console.upkeep.backup"},  # the backup of the console on SQLite
}


def _modules() -> list[Path]:
    found = [*ROOT.glob("kiosk/**/*.py"), *ROOT.glob("hardware/**/*.py")]
    assert len(found) > 50
    return sorted(found)


def _name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def _imports(path: Path) -> list[str]:
    names: list[str] = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative imports hide who imports whom"
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    return names


def _room(name: str, rooms: set[str]) -> str | None:
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        if ".".join(parts[:length]) in rooms:
            return ".".join(parts[:length])
    return None


@pytest.mark.parametrize("path", _modules(), ids=_name)
def test_a_room_imports_only_what_its_line_of_the_table_allows(path: Path) -> None:
    module = _name(path)
    if module in ("kiosk", "hardware") or _room(module, MAY_IMPORT_ALL):
        return
    room = _room(module, set(MAY_IMPORT))
    assert room is not None, f"{module}: a new room needs its line in the table"
    for imported in _imports(path):
        if imported.split(".")[0] in ("kiosk", "hardware"):
            assert _room(imported, MAY_IMPORT[room]), f"{module} imports {imported}: not in the line of {room}"


@pytest.mark.parametrize("path", _modules(), ids=_name)
def test_a_library_is_known_only_where_it_is_meant_to_be(path: Path) -> None:
    module = _name(path)
    for imported in _imports(path):
        rooms = KNOWN_ONLY_TO.get(imported.split(".")[0])
        assert rooms is None or _room(module, rooms), f"{module} imports {imported}: only {sorted(rooms or ())} may"


def test_the_core_knows_the_standard_library_only() -> None:
    import sys

    for path in ROOT.glob("kiosk/core/**/*.py"):
        for imported in _imports(path):
            top = imported.split(".")[0]
            assert top in sys.stdlib_module_names or imported.startswith("kiosk.core"), f"{path.name}: {imported}"


def test_nothing_passes_over_what_it_did_not_foresee() -> None:
    """No bare ``except``, none of Exception but in the one handler, none whose body is ``pass``."""
    for path in _modules():
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.ExceptHandler):
                continue
            where = f"{path.relative_to(ROOT)}:{node.lineno}"
            assert node.type is not None, f"{where}: a bare except"
            assert not (len(node.body) == 1 and isinstance(node.body[0], ast.Pass)), f"{where}: except … pass"
            if isinstance(node.type, ast.Name) and node.type.id in ("Exception", "BaseException"):
                reraises = any(isinstance(inner, ast.Raise) for inner in ast.walk(node))
                assert reraises or path.name in HANDLERS, f"{where}: only the one handler catches everything"
