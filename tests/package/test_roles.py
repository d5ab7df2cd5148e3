"""What each role's modules import is declared for that role, and a command of the other role says what it needs."""

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.package.declared import ROLES, ROOT, declared, locked, plain

# Rooms that only one role uses; the others serve in both and may know the common libraries only.
ROOMS = {
    "terminal": (
        *("hardware/", "kiosk/app/", "kiosk/capture/", "kiosk/ui/"),
        *("kiosk/training/draw.py", "kiosk/training/papers.py", "kiosk/training/seal.py"),  # documents are drawn
    ),
    "console": ("kiosk/console/", "kiosk/commands/console.py", "kiosk/commands/worker.py"),
}
OURS = {"assets", "hardware", "kiosk", "tests"}
APART = {"cosmic_ray", "fastmrz", "passporteye"}  # make mutants, make bench: in environments of their own
COMMANDS = {
    "terminal": ("run", "doctor", "card read", "card watch", "document read", "document watch", "outbox list"),
    "console": ("console", "console user add", "console audit verify", "worker"),
    "": ("insi search", "insi check", "insi verify", "keys structure", "keys enrol", "simulate insi"),
}
# Runs commands where some libraries are not installed: they are on the disk, and nothing finds them.
_WITHOUT = """
import contextlib, io, json, sys
from importlib.machinery import PathFinder

absent, commands = json.load(sys.stdin)

class Rest:
    @staticmethod
    def find_spec(name, path=None, target=None):
        return None if name.split(".")[0] in absent else PathFinder.find_spec(name, path, target)

sys.meta_path[:] = [Rest if finder is PathFinder else finder for finder in sys.meta_path]
from kiosk.cli import main

for command in commands:
    sys.argv, code, out, err = ["kiosk", *command.split()], 0, io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main()
        except SystemExit as ended:
            code = ended.code
    print(json.dumps([code, out.getvalue(), err.getvalue()]))
"""


@dataclass(frozen=True)
class Said:
    """How a command ended."""

    command: str
    code: int
    out: str
    err: str


def _modules() -> Iterator[tuple[str, Path]]:
    for path in sorted([*ROOT.glob("kiosk/**/*.py"), *ROOT.glob("hardware/**/*.py"), *ROOT.glob("assets/*.py")]):
        place = path.relative_to(ROOT).as_posix()
        yield next((role for role, rooms in ROOMS.items() if place.startswith(rooms)), ""), path


def _foreign(path: Path) -> set[str]:
    """The libraries this module imports, anywhere in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.split(".")[0])
    return names - OURS - set(sys.stdlib_module_names)


@cache
def _absent_without(role: str) -> list[str]:
    """The modules of every library here that the role's lock does not hold (no role: that the locks do not share)."""
    held = set(locked(role)) if role else set(locked("terminal")) & set(locked("console"))
    return [name for name, sources in packages_distributions().items() if not {plain(each) for each in sources} & held]


def kiosk(role: str, *commands: str) -> list[Said]:
    """Run commands, one after the other, where only this role is installed."""
    done = subprocess.run(
        [sys.executable, "-c", _WITHOUT],
        input=json.dumps([_absent_without(role), commands]), capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return [Said(name, *json.loads(line)) for name, line in zip(commands, done.stdout.splitlines(), strict=True)]


@pytest.mark.long
def test_every_library_a_role_imports_is_declared_for_it() -> None:
    sources = packages_distributions()
    undeclared = []
    for role, path in _modules():
        for name in _foreign(path):
            if not {plain(each) for each in sources.get(name, ())} & declared(role):
                undeclared.append(f"{path.relative_to(ROOT)} imports {name}: not declared for {role or 'both roles'}")
    assert undeclared == []


@pytest.mark.long
def test_every_library_the_tests_import_is_declared() -> None:
    sources = packages_distributions()
    modules = list(ROOT.glob("tests/**/*.py"))
    foreign = {name for path in modules for name in _foreign(path)} - APART - {path.stem for path in modules}
    assert {name for name in foreign if not {plain(each) for each in sources.get(name, ())} & declared("dev")} == set()


@pytest.mark.parametrize("role", [*ROLES, ""])
def test_the_whole_list_is_shown_in_either_role(role: str) -> None:
    (listed,) = kiosk(role, "--help")
    assert listed.code == 0, listed.err
    for command in ("run", "console", "worker", "doctor", "card", "document", "insi", "keys", "simulate", "version"):
        assert f" {command} " in listed.out


@pytest.mark.parametrize("role", ROLES)
def test_a_role_has_its_commands_and_the_common_ones(role: str) -> None:
    for explained in kiosk(role, *(f"{command} --help" for command in (*COMMANDS[role], *COMMANDS[""]))):
        assert (explained.code, explained.err) == (0, ""), explained.command
        assert "Usage: kiosk" in explained.out


@pytest.mark.parametrize(("role", "other"), [("terminal", "console"), ("console", "terminal"), ("", "terminal")])
def test_a_command_of_the_other_role_says_what_it_needs(role: str, other: str) -> None:
    for refused in kiosk(role, *COMMANDS[other], *(f"{command} --help" for command in COMMANDS[other])):
        assert (refused.code, refused.out) == (2, "")
        assert refused.err == (
            f"« kiosk {refused.command.split()[0]} » demande la partie « {other} », qui n'est pas installée sur cette "
            f"machine : pip install 'kiosk[{other}]'\n"
        )


def test_a_console_asked_to_read_a_card_says_what_it_needs() -> None:
    access = "--endpoint https://127.0.0.1:9/lps --certificate none.p12 --ca none.pem --idam X"
    (refused,) = kiosk("console", f"insi search --card {access}")
    assert (refused.code, refused.out) == (2, "")
    assert "pip install 'kiosk[terminal]'" in refused.err
