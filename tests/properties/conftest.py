"""One console for a module's sequences; each sequence finds it as new."""

from collections.abc import Iterator
from importlib import import_module

import pytest

import_module("tests.console.conftest")  # sets Django up

from tests.properties.ground import Ground, console  # noqa: E402 - only then
from tests.properties.story import Story  # noqa: E402 - only then


@pytest.fixture(scope="module")
def ground() -> Iterator[Ground]:
    with console() as opened:
        yield opened


@pytest.fixture
def story(ground: Ground) -> Iterator[Story]:
    told = Story(ground)
    yield told
    told.end()
