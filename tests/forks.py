"""Forks of a process that has imported what they need, but for one module and what imports it (``tests.mutants``)."""

import ast
import importlib
import os
import sys
import tempfile
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def succeeds(work: Callable[[], object]) -> bool:
    """Do it in a fork: nothing of it is left here."""
    child = os.fork()
    if child == 0:
        try:
            work()
            os._exit(0)
        except BaseException:  # noqa: BLE001 - a fork never returns to what its parent was doing
            traceback.print_exc()
            os._exit(1)
    return os.waitpid(child, 0)[1] == 0


def warm(without: str, wanted: Sequence[str]) -> None:
    """Import what these tests import of ours that does not, however indirectly, import the one to be left out.

    But no test: some import whatever they find, by its name.
    """
    with tempfile.NamedTemporaryFile("r") as file:
        if not succeeds(lambda: _note_imports(wanted, Path(file.name))):
            raise SystemExit(f"{', '.join(wanted)} cannot be imported")
        paths = dict(line.split("\t") for line in file.read().splitlines())
    imports = {name: _imports_of(Path(path)) for name, path in paths.items()}
    touched = {without}
    while more := {name for name, used in imports.items() if used & touched} - touched:
        touched |= more
    for name in imports:
        if name not in touched and not name.rpartition(".")[2].startswith("test_"):
            importlib.import_module(name)
    if without in sys.modules:
        raise SystemExit(f"{without} was imported all the same")


def _note_imports(wanted: Sequence[str], file: Path) -> None:
    for name in wanted:
        importlib.import_module(name)
    ours = [(name, getattr(module, "__file__", None) or "") for name, module in list(sys.modules.items())]
    file.write_text(
        "\n".join(f"{name}\t{path}" for name, path in ours if path.startswith((f"{ROOT}/kiosk", f"{ROOT}/tests")))
    )


def _imports_of(path: Path) -> set[str]:
    """Every module named, inside functions too."""
    names = set[str]()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {one.name for one in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {f"{node.module}", *(f"{node.module}.{one.name}" for one in node.names)}
    return names
