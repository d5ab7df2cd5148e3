"""Which tests share a process when two run at once (``make test``): those of one file, and all on the card service.

The console's tests are run on both databases (``tests/console/conftest.py``): on each they are a group of their own.
"""

import gc
import os
from collections.abc import Iterable

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

from tests.quick import Guard, is_quick

CARD_SERVICE = "card service"  # a machine has one: these wait for each other in any case
USERS_OF_IT = (
    "tests/cards/test_real_stack.py",
    "tests/cards/test_card_commands.py",
    "tests/contracts/test_card_reader.py",
    "tests/walks/",
)
gc.set_threshold(200_000, 50, 1000)  # what tests leave behind hardly matters, looking for it takes a processor's tenth
OTHER_HALF = "the other half"
LONGEST = (  # a minute each, or more: begun first, so that neither process waits at the end
    *(CARD_SERVICE, "tests/console/test_on_postgresql.py", "tests/console/test_accessible.py"),
    *("tests/properties/test_random.py", f"tests/properties/test_random.py, {OTHER_HALF}"),
    *("tests/screens/test_window.py", "tests/screens/test_every_screen.py", "tests/outside/test_outside.py"),
)


def together_with(nodeid: str) -> str:
    """The name of the tests that run one after the other with this one."""
    file, _, test = nodeid.partition("::")
    if file.startswith(USERS_OF_IT):
        return CARD_SERVICE
    if "[other-half" in test:
        return f"{file}, {OTHER_HALF}"
    return f"{file} on PostgreSQL" if "[postgresql" in test else file


class Groups(LoadFileScheduling):
    """Gives each process whole groups of tests."""

    def _split_scope(self, nodeid: str) -> str:
        return together_with(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Groups:
    return Groups(config, log)


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Guard())
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # as the kiosk says it; test_habits loads the library without the kiosk


@pytest.hookimpl(tryfirst=True)  # before pytest chooses by -m
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if is_quick(item):
            item.add_marker("quick")
    _keep_apart(items)
    items.sort(key=lambda item: together_with(item.nodeid) not in LONGEST)


def pytest_collection_finish() -> None:
    """Eight thousand tests and all their modules stay: the collector need not look through them again and again."""
    gc.collect()
    gc.freeze()


def _keep_apart(items: Iterable[pytest.Item]) -> None:
    """A module's browser runs a loop on its thread until the module ends: Django writes nothing beside it."""
    browsing = {str(item.path) for item in items if "browser" in getattr(item, "fixturenames", ())}
    writing = {str(item.path) for item in items if "[postgresql" in item.nodeid}
    if both := browsing & writing:
        raise pytest.UsageError(f"give the tests with a browser a file of their own: {', '.join(sorted(both))}")
