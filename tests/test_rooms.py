"""Who may import whom: the table of the README, read from the code itself.

A rule that nothing checks becomes a wish. Every import of ours in every module of ``kiosk`` and ``hardware`` is read,
also those inside functions.
"""

import ast
import functools
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

# A room, and the rooms it may import from. A room is the longest prefix named here; its own modules it always may.
CORE = "kiosk.core."
CONSOLE = "kiosk.console."
# What every room of the console stands on: its tables, its settings, the trail, how things are written, the core.
GROUND = {
    *(CONSOLE + name for name in ("models", "keystore", "config", "keyring", "chain", "audit", "said", "words")),
    CONSOLE + "threads",
    *("kiosk.core", "kiosk.documents", "kiosk.sealing", "kiosk.journal", "kiosk.heads"),
}


def _of_the_core(*rooms: str) -> set[str]:
    return {CORE + name for name in ("confidential", *rooms)}


def _of_the_console(*rooms: str) -> set[str]:
    return {*GROUND, *(CONSOLE + name for name in rooms)}


MAY_IMPORT: dict[str, set[str]] = {
    "hardware.tlv": set(),
    "hardware.cards": {"hardware.tlv"},
    "hardware.appli": {"hardware.cards.base"},
    "hardware.camera": set(),
    "kiosk.core.confidential": set(),
    "kiosk.core.languages": set(),
    "kiosk.core.identity": _of_the_core(),
    "kiosk.core.sources": _of_the_core("identity"),
    "kiosk.core.coherence": _of_the_core("sources", "identity"),
    "kiosk.core.status": _of_the_core("coherence", "sources", "identity"),
    "kiosk.core.checkin": _of_the_core("status", "coherence", "sources", "identity"),
    "kiosk.core.turn": _of_the_core("sources", "identity"),
    "kiosk.core.rules": set(),
    "kiosk.documents": {"kiosk.core", "hardware.tlv"},
    "kiosk.capture": {"kiosk.core", "kiosk.documents"},
    "kiosk.insi": {
        *("kiosk.core", "kiosk.journal", "kiosk.bounded", "kiosk.deadline", "kiosk.plug_ins", "kiosk.__version__"),
        "kiosk.pkcs11",
    },
    "kiosk.insi.approval": {
        "kiosk.insi",
        "kiosk.core",
        "kiosk.documents",
        "kiosk.sealing",
        "kiosk.settings",
        "kiosk.__version__",
    },
    "kiosk.insi.simulated": {"kiosk.insi", "kiosk.core", "kiosk.journal"},
    "kiosk.training": {
        *("kiosk.core", "kiosk.documents", "kiosk.capture", "kiosk.app", "kiosk.insi.simulated", "kiosk.storage"),
        "kiosk.settings",
    },
    "kiosk.appli": {"kiosk.core", "kiosk.sealing", "kiosk.plug_ins"},
    "kiosk.sealing": {"kiosk.core"},
    "kiosk.heads": {"kiosk.sealing"},
    "kiosk.storage": {
        *("kiosk.core", "kiosk.journal", "kiosk.bounded", "kiosk.deadline", "kiosk.exchange", "kiosk.heads"),
        "kiosk.sealing",
    },
    "kiosk.ui": {"kiosk.core", "kiosk.journal"},
    "kiosk.console.models": {"kiosk.core", "kiosk.sealing", "kiosk.console.keyring"},
    "kiosk.console.keystore": {"kiosk.console.models"},
    "kiosk.console.evidence": {"kiosk.core"},
    "kiosk.console.config": {"kiosk.console.evidence", "kiosk.core", "kiosk.settings"},
    "kiosk.console.keyring": {"kiosk.console.config"},
    "kiosk.console.chain": {"kiosk.console.models", "kiosk.console.keyring"},
    "kiosk.console.said": set(),
    "kiosk.console.audit": {*(CONSOLE + name for name in ("models", "keyring", "chain", "said"))},
    "kiosk.console.words": {"kiosk.core"},
    "kiosk.console.threads": {"kiosk.journal"},
    "kiosk.console.apps": {"kiosk.journal"},
    "kiosk.console.migrations": _of_the_console("identities", "register", "records", "staff"),
    "kiosk.console.records": _of_the_console() | {"kiosk.pkcs11"},
    "kiosk.console.staff": _of_the_console("records", "witness")
    | {"kiosk.bounded", "kiosk.deadline", "kiosk.exchange"},
    "kiosk.console.witness": _of_the_console("records") | {"kiosk.bounded", "kiosk.deadline", "kiosk.exchange"},
    "kiosk.console.terminals": _of_the_console("staff", "records"),
    "kiosk.console.register": _of_the_console("records", "witness"),
    "kiosk.console.arrivals": _of_the_console("register", "records", "witness"),
    "kiosk.console.pictures": _of_the_console("records", "terminals") | {"kiosk.apart"},
    "kiosk.console.printing": {"kiosk.closed", "kiosk.apart"},
    "kiosk.console.identities": _of_the_console("arrivals", "register", "records", "witness") | {"kiosk.insi"},
    "kiosk.console.vigilance": _of_the_console("identities", "arrivals", "register", "records", "witness")
    | {"kiosk.insi"},
    "kiosk.console.questions": _of_the_console("identities", "register", "records") | {"kiosk.insi"},
    "kiosk.console.intake": _of_the_console(
        *("questions", "identities", "arrivals", "terminals", "register", "records", "witness")
    )
    | {"kiosk.appli", "kiosk.__version__"},
    "kiosk.console.upkeep": _of_the_console(
        *("vigilance", "questions", "identities", "pictures", "arrivals", "terminals", "staff", "register", "records"),
        "witness",
    )
    | {"kiosk.insi", "kiosk.settings"},
    "kiosk.console.site": _of_the_console(
        *("upkeep", "questions", "identities", "arrivals", "terminals", "staff", "register", "records", "witness")
    )
    | {"kiosk.lean", "kiosk.settings"},
    "kiosk.console.templatetags": _of_the_console("identities", "register"),
    "kiosk.console.views": _of_the_console(
        *("register", "records", "staff", "terminals", "arrivals", "identities", "vigilance", "upkeep", "site"),
        *("pictures", "printing", "templatetags", "witness"),
    )
    | {"kiosk.__version__"},
    "kiosk.console.urls": {"kiosk.console.views", "kiosk.console.intake"},
    "kiosk.journal": {"kiosk.core"},
    "kiosk.settings": {"kiosk.mistakes"},
    "kiosk.mistakes": set(),
    "kiosk.bounded": set(),
    "kiosk.apart": set(),
    "kiosk.closed": set(),
    "kiosk.deadline": set(),
    "kiosk.exchange": {"kiosk.deadline"},
    "kiosk.lean": set(),
    "kiosk.plug_ins": set(),
    "kiosk.pkcs11": set(),
    "kiosk.control": {"kiosk.core"},
    "kiosk.darkroom": {"kiosk.core", "kiosk.documents", "kiosk.capture", "kiosk.closed", "hardware.camera"},
    "kiosk.app": {
        "kiosk.core",
        "kiosk.documents",
        "kiosk.darkroom.reading",
        "kiosk.darkroom.wire",
        "kiosk.journal",
        "kiosk.storage",
        "hardware.appli.base",
        "hardware.cards.base",
        "hardware.camera.base",
    },
}
HOUSES = {"kiosk", "hardware", "kiosk.core", "kiosk.console"}  # what stands around the rooms: a docstring, no code
# The one place that picks concrete classes, the commands, and the technician's examination of all of it.
MAY_IMPORT_ALL = {"kiosk.wiring", "kiosk.preflight", "kiosk.contact", "kiosk.cli", "kiosk.commands", "kiosk.doctor"}
# The one handler, and the thread that hands what it caught to its caller, who raises it.
HANDLERS = {"guard.py", "patience.py"}
# Who alone may know a library, so that it can be replaced in one place.
KNOWN_ONLY_TO = {
    "zeep": {"kiosk.insi"},
    "signxml": {"kiosk.insi"},
    "smartcard": {"hardware.cards"},
    "kivy": {"kiosk.ui"},
    "weasyprint": {"kiosk.console.printing"},
    "django": {"kiosk.console", "kiosk.commands"},
    "cv2": {"kiosk.capture", "kiosk.training", "hardware.camera"},
    "cryptography": {"kiosk.sealing", "kiosk.insi", "kiosk.documents", "kiosk.training"},
    "sqlite3": {"kiosk.storage", "kiosk.console.upkeep.dump"},  # the backup of the console on SQLite
}


def _modules() -> list[Path]:
    found = [*ROOT.glob("kiosk/**/*.py"), *ROOT.glob("hardware/**/*.py")]
    assert len(found) > 50
    return sorted(found)


def _name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


@functools.cache
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


def _is_allowed(imported: str, room: str) -> bool:
    """Its own modules, and what its line names; a room inside a room is another one, which its line must name."""
    inner, named = _room(imported, set(MAY_IMPORT)), _room(imported, MAY_IMPORT[room])
    if inner == room:
        return True
    return named is not None and (named in HOUSES or inner is None or len(inner) <= len(named))


@pytest.mark.parametrize("path", _modules(), ids=_name)
def test_a_room_imports_only_what_its_line_of_the_table_allows(path: Path) -> None:
    module = _name(path)
    if module in HOUSES or _room(module, MAY_IMPORT_ALL):
        return
    room = _room(module, set(MAY_IMPORT))
    assert room is not None, f"{module}: a new room needs its line in the table"
    for imported in _imports(path):
        if imported.split(".")[0] in ("kiosk", "hardware"):
            assert _is_allowed(imported, room), f"{module} imports {imported}: not in the line of {room}"


@pytest.mark.parametrize(
    ("imported", "room", "allowed"),
    [
        ("kiosk.insi.client.InsiClient", "kiosk.console.upkeep", True),
        ("kiosk.insi.simulated.simulator.Simulator", "kiosk.console.upkeep", False),  # a room inside: not in its line
        ("kiosk.core.turn.step.step", "kiosk.ui", True),  # of a house any room
        ("hardware.cards.base.CardReader", "kiosk.app", True),
        ("hardware.cards.pcsc.PcscReader", "kiosk.app", False),
        ("kiosk.console", "kiosk.ui", False),
    ],
)
def test_a_line_allows_what_it_names_and_no_more(imported: str, room: str, allowed: bool) -> None:
    assert _is_allowed(imported, room) is allowed


def test_no_import_goes_in_a_circle() -> None:
    """Neither between modules, imports inside functions included, nor between the rooms of the table."""
    names = {_name(path) for path in _modules()}
    arrows = {
        _name(path): {_room(imported, names) for imported in _imports(path)} - {None, _name(path)} - HOUSES
        for path in _modules()
    }
    assert list(TopologicalSorter(arrows).static_order())
    lines = {room: {_room(name, set(MAY_IMPORT)) for name in may} - {None, room} for room, may in MAY_IMPORT.items()}
    assert list(TopologicalSorter(lines).static_order())


def test_every_room_of_the_table_is_there() -> None:
    found = {_room(_name(path), set(MAY_IMPORT)) for path in _modules()}
    assert found >= set(MAY_IMPORT)


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


@functools.cache
def _classes() -> tuple[tuple[str, str], ...]:
    """The name of every class of ours, and of its module."""
    return tuple(
        (node.name, _name(path))
        for path in _modules()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ClassDef)
    )


@pytest.mark.parametrize("word", ["Staff", "Verdict", "Outcome", "Request"])
def test_a_word_names_one_thing(word: str) -> None:
    """Words so handy that each was the name of several classes."""
    modules = [module for name, module in _classes() if name == word]
    assert len(modules) == 1, modules
