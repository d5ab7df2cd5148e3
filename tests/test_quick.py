"""A quick test that starts a process fails, whichever way it starts it."""

import multiprocessing
import subprocess
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest

from tests.quick import Guard

pytestmark = pytest.mark.starts


def _nothing() -> None:
    """What a process of its own does here."""


def _runs() -> None:
    subprocess.run(["true"], check=True)


def _spawns() -> None:
    multiprocessing.get_context("spawn").Process(target=_nothing).start()


def _runs_in_a_thread() -> None:
    with ThreadPoolExecutor(1) as other:
        assert other.submit(_runs).exception() is not None


@pytest.mark.parametrize("start", [_runs, _spawns, _runs_in_a_thread])
def test_a_quick_test_that_starts_a_process_is_named(start: Callable[[], None]) -> None:
    guard = Guard()
    guard.pytest_runtest_setup(SimpleNamespace(nodeid="this one", get_closest_marker=lambda _name: True))
    try:
        with pytest.raises(pytest.fail.Exception, match="this one starts a process"):
            _as_pytest_calls_it(guard, start)
    finally:
        guard.pytest_runtest_teardown()


def _as_pytest_calls_it(guard: Guard, test: Callable[[], None]) -> None:
    around = guard.pytest_runtest_call()
    next(around)
    test()
    next(around, None)


def test_what_starts_none_goes_through() -> None:
    guard = Guard()
    guard.pytest_runtest_setup(SimpleNamespace(nodeid="this one", get_closest_marker=lambda _name: True))
    try:
        thread = threading.Thread(target=_nothing)
        _as_pytest_calls_it(guard, thread.start)
        thread.join()
    finally:
        guard.pytest_runtest_teardown()
