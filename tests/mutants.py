"""Mutation testing of the core: break the code in every small way and see whether a test notices.

    pip install --target build/cosmic-ray cosmic-ray==8.7.0
    PYTHONPATH=build/cosmic-ray python -m tests.mutants [module ...] [--report FILE]

The mutants are Cosmic Ray's; the runner is ours, because a process per mutant would take hours: a fork of one warm
process, which has imported all that does not import the module, imports the mutated module from memory and runs the
module's own tests, then all of ``tests/core`` but the property tests and those marked ``long``, which are slow and
would only raise the figure. No file is ever changed.
Mutants of type annotations, which nothing executes, and mutants that are not Python are left out and counted. Exits
with 1 below the goal.

The register's one writer (``console.register.writer``) has its tests run on SQLite, each on an empty console that is
rolled back, and the register is compared with its facts after each, as in pytest.
"""

import argparse
import ast
import importlib.abc
import importlib.util
import itertools
import json
import os
import shutil
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path
from types import ModuleType

from tests import forks

ROOT = Path(__file__).parents[1]
TESTS = ROOT / "tests" / "core"
CONSOLE = "console."
GOAL = 0.90
SECONDS = 30  # of the processor: on a busy machine what lives takes long
WAITS = 1200  # seconds, whatever it does
NOT_RUN = {"test_properties", "test_rules"}  # slow, and about the documentation

_EDGES = ("turns.test_turn_waits", "turns.test_turn_devices", "turns.test_turn_back")

# The tests that know a module best, run first. Those of ``tests/core`` all follow if a mutant of the identity rules is
# still alive; the patient's turn and what is sent have their tests elsewhere.
MODULES = {
    "identity.names": ("core.test_names",),
    "identity.dates": ("core.test_dates",),
    "identity.matricule": ("core.test_matricule",),
    "identity.places": ("core.test_places", "core.test_coherence_dates"),
    "coherence.name_verdicts": ("core.test_name_verdicts", "core.test_coherence"),
    "coherence.given_names": ("core.test_tolerances", "core.test_coherence"),
    "coherence.issuers": ("core.test_tolerances",),
    "coherence.seen": ("core.test_tolerances",),
    "coherence.correctors": ("core.test_correctors",),
    "coherence.compare": ("core.test_coherence", "core.test_coherence_dates", "core.test_tolerances"),
    "coherence.reasons": ("core.test_coherence", "core.test_coherence_dates", "core.test_tolerances"),
    "status.permissions": ("core.test_status", "core.test_transitions"),
    "status.acceptance": ("core.test_acceptance", "core.test_status"),
    "status.transitions": ("core.test_transitions",),
    "status.standing": ("core.test_standing", "core.test_undone"),
    "status.folding": ("core.test_standing", "core.test_undone"),
    "status.answers": ("core.test_standing", "core.test_migrated"),
    "status.undoing": ("core.test_undoing", "core.test_undone"),
    "status.erasing": ("core.test_erasing", "core.test_standing"),
    "status.fact_codec": ("core.test_fact_codec",),
    "status.adoption": ("core.test_transitions",),
    "status.evidence": ("core.test_evidence",),
    "coherence.duplicates": ("core.test_duplicates",),
    "coherence.blocking": ("core.test_blocking",),
    "coherence.candidates": ("core.test_candidates",),
    "status.returning": ("core.test_returning", "core.test_returning_by_letter"),
    "checkin.claims": ("core.test_returning_by_letter",),
    "checkin.recognition": ("core.test_recognition",),
    "identity.traits": ("core.test_coherence",),
    "confidential": ("core.test_confidential", "core.test_values"),
    "sources.insi": ("core.test_confidential", "core.test_values", "core.test_transitions"),
    "sources.card": ("core.test_confidential", "core.test_values", "core.test_labels"),
    "sources.document": (
        "core.test_confidential",
        "core.test_values",
        "test_checkin_codec",
        "contracts.test_checkin_versions",
    ),
    "checkin.value": (
        "core.test_confidential",
        "core.test_values",
        "test_checkin_codec",
        "contracts.test_checkin_versions",
    ),
    "checkin.stated": ("core.test_stated", "core.test_values"),
    "checkin.codec": ("test_checkin_codec", "contracts.test_checkin_versions", "core.test_status"),
    "turn.labels": ("core.test_labels",),
    "turn.screens": ("turns.test_turn", *_EDGES, "core.test_confidential", "core.test_values"),
    "turn.events": ("turns.test_turn", "core.test_confidential", "core.test_values"),
    "rules.table": ("core.test_rules",),
    "turn.step": ("turns.test_turn", *_EDGES, "core.test_values"),
    "turn.state": ("turns.test_turn", *_EDGES, "core.test_values"),
    "turn.card": ("turns.test_turn", *_EDGES, "core.test_values"),
    "turn.document": ("turns.test_turn", *_EDGES, "core.test_values"),
    "turn.short": ("turns.test_turn_short",),
    "turn.touches": ("turns.test_turn", *_EDGES, "core.test_values"),
    "turn.waits": ("turns.test_turn", *_EDGES, "core.test_values"),
    "console.register.writer": ("console.test_writer", "console.test_held", "console.test_register"),
}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One small break in one place."""

    module: str
    operator: str
    line: int
    before: str
    after: str
    source: str


class Swap(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports one module from a mutated text instead of its file."""

    def __init__(self, name: str, path: Path, source: str) -> None:
        self.name, self.path, self.source = name, path, source

    def find_spec(self, fullname, path=None, target=None):
        return importlib.util.spec_from_loader(fullname, self) if fullname == self.name else None

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(self.source, str(self.path), "exec"), module.__dict__)  # noqa: S102 - the mutant's text is ours


def _name(module: str) -> str:
    return f"kiosk.{module}" if module.startswith(CONSOLE) else f"kiosk.core.{module}"


def _file(module: str) -> Path:
    return ROOT.joinpath(*_name(module).split(".")).with_suffix(".py")


def mutants_of(module: str) -> Iterator[Mutant | str]:
    """Yield the mutants of a module, or why one is left out."""
    source = _file(module).read_text(encoding="utf-8")
    lines = source.splitlines(keepends=True)
    for node in ast.parse(source).body:  # one statement after the other: to parse all of it each time takes minutes
        first = min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", []))]) - 1
        text = "".join(lines[first : node.end_lineno])
        for operator, mutated, why in _of_statement(text):
            if why:
                yield why
                continue
            pairs = zip(text.splitlines(), mutated.splitlines(), strict=False)
            line, before, after = next((n, a, b) for n, (a, b) in enumerate(pairs, start=first + 1) if a != b)
            whole = "".join((*lines[:first], mutated, *lines[node.end_lineno :]))
            yield Mutant(module, operator, line, before.strip(), after.strip(), whole)


def _of_statement(text: str) -> Iterator[tuple[str, str, str]]:
    """Each operator's mutants of a statement: its name, the mutated text, and why that one is left out, if it is."""
    import cosmic_ray.plugins
    from cosmic_ray.ast import ast_nodes, get_ast
    from cosmic_ray.mutating import mutate_code

    annotations, original = list(_annotations(ast.parse(text))), ast.dump(ast.parse(text))
    nodes = list(ast_nodes(get_ast(text)))
    for name in cosmic_ray.plugins.operator_names():
        if cosmic_ray.plugins.get_operator(name).arguments():
            continue
        operator = cosmic_ray.plugins.get_operator(name)()
        starts = [start for node in nodes for start, _ in operator.mutation_positions(node)]
        for occurrence, start in enumerate(starts):
            if any(first <= start < last for first, last in annotations):
                yield name, "", "annotation"
                continue
            try:
                mutated = mutate_code(text, operator, occurrence)
                is_same = mutated is None or ast.dump(ast.parse(mutated)) == original
            except AttributeError:  # Cosmic Ray 8.7 cannot replace an exception written ``module.Error``
                yield name, "", "not made"
            except SyntaxError:
                yield name, "", "not Python"
            else:
                yield name, mutated or "", "no change" if is_same else ""


def _annotations(tree: ast.AST) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    for node in ast.walk(tree):
        fields = [getattr(node, name, None) for name in ("annotation", "returns")]
        is_alias = isinstance(node, ast.Assign) and isinstance(node.value, ast.BinOp) and _is_union(node.value)
        for found in [*fields, node.value if is_alias else None]:
            if isinstance(found, ast.AST):
                yield (found.lineno, found.col_offset), (found.end_lineno, found.end_col_offset)


def _is_union(node: ast.AST) -> bool:
    """A type alias such as ``Event = Created | InsiAccepted``."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return _is_union(node.left) and _is_union(node.right)
    return isinstance(node, ast.Name) and node.id[:1].isupper()


def outcome_of(module: str, mutant: Mutant | None) -> str:
    """Run the tests against a mutant: ``killed``, ``timeout`` or ``survived``; None runs them on the code as it is."""
    child = os.fork()
    if child == 0:
        _child(module, mutant)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return "timeout" if os.WTERMSIG(status) in {signal.SIGPROF, signal.SIGALRM} else "killed"
    return "survived" if os.WEXITSTATUS(status) == 0 else "killed"


def _child(module: str, mutant: Mutant | None) -> None:
    code = 1
    try:
        signal.setitimer(signal.ITIMER_PROF, SECONDS)  # an endless loop is noticed too: the signal ends this process
        signal.alarm(WAITS)
        if mutant is not None:
            sys.meta_path.insert(0, Swap(_name(module), _file(module), mutant.source))
        _run_tests(module)
        code = 0
    except BaseException:  # noqa: BLE001 - whatever a mutant does, the test run noticed it
        if mutant is None:
            traceback.print_exc()
    finally:
        os._exit(code)


def _run_tests(module: str) -> None:
    """Call every test of the module, then of ``tests/core``; the first failure ends it.

    Plain calls instead of pytest, which costs a second a run: these tests use parameters and no fixture.
    """
    for name in _tests_of(module):
        tests = vars(importlib.import_module(name))
        for test in [value for key, value in tests.items() if key.startswith("test_")]:
            marks = {mark.name for mark in getattr(test, "pytestmark", [])}
            for arguments in _parameters(test) if "long" not in marks else ():
                with _empty_console("tampers" not in marks) if module.startswith(CONSOLE) else nullcontext():
                    test(**arguments)


def _tests_of(module: str) -> list[str]:
    first = MODULES[module]
    core = sorted(f"core.{path.stem}" for path in TESTS.glob("test_*.py") if path.stem not in NOT_RUN)
    others = [name for name in core if name not in first] if first[0].startswith("core.") else []
    return [f"tests.{name}" for name in (*first, *others)]


def _parameters(test: Callable[..., None]) -> Iterator[dict[str, object]]:
    """Expand ``pytest.mark.parametrize`` as pytest would."""
    axes = []
    for mark in getattr(test, "pytestmark", []):
        if mark.name != "parametrize":
            continue
        names, values = mark.args
        keys = [name.strip() for name in names.split(",")] if isinstance(names, str) else list(names)
        rows = [value if len(keys) > 1 else (value,) for value in values]
        axes.append([dict(zip(keys, row, strict=True)) for row in rows])
    for combination in itertools.product(*axes):
        yield {key: value for part in combination for key, value in part.items()}


def _empty_console(is_compared: bool) -> AbstractContextManager[None]:
    from tests.console.conftest import empty, settings_with

    return empty(settings_with(""), is_compared)


def _measured(module: str, mutants: Sequence[Mutant], workers: int) -> list[str]:
    """Each mutant's outcome; in a process of its own: what it imports first would hide another module's mutants."""
    sys.dont_write_bytecode = False  # every fork imports the tests: compiled once
    for name in ("pytest", "random", "rapidfuzz.distance"):
        importlib.import_module(name)
    with ExitStack() as left:
        if module.startswith(CONSOLE):
            left.callback(shutil.rmtree, _console_with_tables(), ignore_errors=True)
        forks.warm(_name(module), _tests_of(module))
        if outcome_of(module, None) != "survived":
            raise SystemExit(f"the tests of {module} do not pass on the code as it is")
        return list(left.enter_context(ThreadPoolExecutor(workers)).map(_told, mutants))


def _console_with_tables() -> Path:
    """Django is set up here; the tables are made in a fork, which imports what writes them."""
    from tests.console import conftest

    if not forks.succeeds(conftest.make_sqlite):
        raise SystemExit("no tables")
    return conftest.FOLDER


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("modules", nargs="*", default=[])
    parser.add_argument("--report", type=Path, default=ROOT / "build" / "mutants.json")
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    os.chdir(ROOT)
    modules = options.modules or list(MODULES)
    left_out: Counter[str] = Counter()
    mutants: list[Mutant] = []
    for module in modules:
        for found in mutants_of(module):
            if isinstance(found, str):
                left_out[found] += 1
            else:
                mutants.append(found)
    began = time.monotonic()
    outcomes: list[str] = []
    for module in modules:
        mine = [each for each in mutants if each.module == module]
        with ProcessPoolExecutor(1, get_context("fork")) as process:
            outcomes += process.submit(_measured, module, mine, options.workers).result()
    counts = Counter(outcomes)
    survivors = [
        asdict(each) | {"source": ""} for each, how in zip(mutants, outcomes, strict=True) if how == "survived"
    ]
    killed = 1 - len(survivors) / len(mutants)
    per_module = {
        module: [sum(each.module == module for each in mutants), sum(each["module"] == module for each in survivors)]
        for module in modules
    }
    report = {
        "mutants": len(mutants),
        "killed": round(killed, 4),
        "outcomes": dict(counts),
        "left_out": dict(left_out),
        "seconds": round(time.monotonic() - began),
        "mutants_and_survivors": per_module,
        "survivors": survivors,
    }
    options.report.parent.mkdir(parents=True, exist_ok=True)
    options.report.write_text(json.dumps(report, indent=1, ensure_ascii=False), encoding="utf-8")
    sys.stdout.write(f"{len(mutants)} mutants, {killed:.1%} killed, {dict(left_out)} left out; {options.report}\n")
    return 0 if killed >= GOAL else 1


def _told(mutant: Mutant) -> str:
    outcome = outcome_of(mutant.module, mutant)
    mark = {"killed": ".", "timeout": "t"}.get(outcome)
    if mark is None:
        mark = f"\n{mutant.module}.py:{mutant.line} {mutant.operator}\n  - {mutant.before}\n  + {mutant.after}\n"
    sys.stdout.write(mark)
    sys.stdout.flush()
    return outcome


if __name__ == "__main__":
    raise SystemExit(main())
