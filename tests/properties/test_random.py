"""Random sequences of fifty acts each, the same ones every time; ``make properties`` plays others."""

import os

import pytest

from tests.properties import games
from tests.properties.acts import written
from tests.properties.ground import Ground

ACTS = 50
SEQUENCES = 30
AT_ONCE = 5  # sequences of one test

pytestmark = pytest.mark.long


@pytest.mark.parametrize("first", range(0, SEQUENCES, AT_ONCE))
def test_every_property_holds_after_every_act(ground: Ground, first: int) -> None:
    for seed in range(first, first + AT_ONCE):
        _hold(ground, seed)


def _hold(ground: Ground, seed: int) -> None:
    game = games.at_random(ground, seed, ACTS)
    if game.broken:
        told = os.linesep.join(written(games.shrunk(ground, game.acts, game.broken[0].name), indent="    "))
        pytest.fail(f"seed {seed}: {game.broken[0].name}: {game.broken[0].what}{os.linesep}{told}")
