"""Random sequences of fifty acts each, the same ones every time; ``make properties`` plays others."""

import os
from collections.abc import Iterator

import pytest

from tests.properties import games
from tests.properties.acts import written
from tests.properties.ground import Ground, console

ACTS = 50
ON_SQLITE = 190
ON_POSTGRESQL = 10
AT_ONCE = 10  # sequences of one test


@pytest.mark.parametrize("first", range(0, ON_SQLITE, AT_ONCE))
def test_every_property_holds_after_every_act(ground: Ground, first: int) -> None:
    for seed in range(first, first + AT_ONCE):
        _hold(ground, seed)


@pytest.fixture(scope="module")
def on_postgresql() -> Iterator[Ground]:
    from tests.console.postgres import running

    with running() as server, console(server.url(), server.url()) as opened:
        yield opened


@pytest.mark.starts
def test_every_property_holds_on_postgresql_too(on_postgresql: Ground) -> None:
    for seed in range(ON_SQLITE, ON_SQLITE + ON_POSTGRESQL):
        _hold(on_postgresql, seed)


def _hold(ground: Ground, seed: int) -> None:
    game = games.at_random(ground, seed, ACTS)
    if game.broken:
        told = os.linesep.join(written(games.shrunk(ground, game.acts, game.broken[0].name), indent="    "))
        pytest.fail(f"seed {seed}: {game.broken[0].name}: {game.broken[0].what}{os.linesep}{told}")
