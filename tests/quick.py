"""Which tests are quick (``make quick``): those that start no process, so no browser, no database, no card service.

Nobody keeps a list. What a test and its fixtures call is followed through the tests' own code; it is quick unless that
leads to what starts processes. What cannot be seen this way is marked ``starts``; what takes over a second, or plays
page after page, is marked ``long`` and left to ``make test``. A quick test that starts a process all the same fails,
in every run: it is named, and so the marks stay true.
"""

import _posixsubprocess
import functools
import inspect
import sys
from collections.abc import Callable, Generator, Iterator
from importlib import import_module
from types import CodeType, FunctionType, ModuleType

import pytest

STARTERS = {"subprocess", "multiprocessing", "playwright"}
SPAWN = "_posixsubprocess.fork_exec"  # how multiprocessing spawns: Python has no audit event for it, so we tell it
STARTING = {
    "subprocess.Popen",
    "os.fork",
    "os.forkpty",
    "os.posix_spawn",
    "os.exec",
    "os.system",
    SPAWN,
}  # audit events


def is_quick(item: pytest.Item) -> bool:
    if not isinstance(item, pytest.Function) or any(
        item.get_closest_marker(name) for name in ("starts", "long", "long_attack")
    ):
        return False
    fixtures = item._fixtureinfo.name2fixturedefs.values()
    return not any(_leads_to_a_start(one) for one in (item.function, *(one.func for kin in fixtures for one in kin)))


@functools.cache
def _leads_to_a_start(called: object) -> bool:
    return _starts(called, set())


def _starts(called: object, seen: set[object]) -> bool:
    """Whether this function, class or module leads to what starts a process."""
    if isinstance(called, ModuleType):
        return called.__name__.split(".")[0] in STARTERS
    if not isinstance(called, FunctionType | type) or called in seen:
        return False
    seen.add(called)
    match called.__module__.split(".")[0]:
        case "kiosk" | "hardware":  # of the product its modules are enough
            return any(
                _starts(value, seen) for value in vars(sys.modules[called.__module__]).values() if _is_module(value)
            )
        case "tests":
            return any(_starts(further, seen) for further in _reached(called))
    return False


def _is_module(value: object) -> bool:
    return isinstance(value, ModuleType)


def _reached(called: FunctionType | type) -> Iterator[object]:
    """What the body of a function, or any method of a class, names."""
    if isinstance(called, type):
        yield from called.__bases__
        for part in vars(called).values():
            yield getattr(part, "__func__", getattr(part, "fget", part))
        return
    function = inspect.unwrap(called)
    names = set(_names(function.__code__))
    found = [function.__globals__[name] for name in names if name in function.__globals__]
    found += [import_module(name) for name in names if name in sys.modules or name.startswith("tests.")]
    for value in found:
        yield value
        if isinstance(value, ModuleType):
            yield from (vars(value)[name] for name in names if name in vars(value))


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)


def _audited(fork_exec: Callable[..., int]) -> Callable[..., int]:
    @functools.wraps(fork_exec)
    def told(*arguments: object) -> int:
        sys.audit(SPAWN)
        return fork_exec(*arguments)

    return told


_posixsubprocess.fork_exec = _audited(_posixsubprocess.fork_exec)


class Guard:
    """Fails a quick test in the moment when it starts a process; once more at its end, if that was in a thread."""

    def __init__(self) -> None:
        self._running = ""
        self._told = ""
        sys.addaudithook(self._heard)  # for as long as this process lives: hooks cannot be removed

    def _heard(self, event: str, _told: tuple[object, ...]) -> None:
        if self._running and event in STARTING:
            self._told = f"{self._running} starts a process ({event}): mark it with pytest.mark.starts"
            pytest.fail(self._told)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        self._running = item.nodeid if item.get_closest_marker("quick") else ""
        self._told = ""

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self) -> Generator[None, None, None]:
        yield
        if self._told:  # nobody saw the failure: it was raised in another thread, or caught
            pytest.fail(self._told)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_teardown(self) -> None:
        self._running = ""  # what other tests began may end now
