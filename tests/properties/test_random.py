"""Two hundred random sequences of fifty acts each, the same ones every time; ``make properties`` plays others."""

import os

import pytest

from tests.properties import games
from tests.properties.acts import written
from tests.properties.ground import Ground

ACTS = 50
SEQUENCES = 200
AT_ONCE = 5  # sequences of one test

pytestmark = pytest.mark.long


@pytest.mark.parametrize("first", range(0, SEQUENCES // 2, AT_ONCE))
@pytest.mark.parametrize("half", ["one-half", "other-half"])  # each process of make test plays one: tests/conftest.py
def test_every_property_holds_after_every_act(ground: Ground, half: str, first: int) -> None:
    begin = first + (SEQUENCES // 2 if half == "other-half" else 0)
    for seed in range(begin, begin + AT_ONCE):
        _hold(ground, seed)


def _hold(ground: Ground, seed: int) -> None:
    game = games.at_random(ground, seed, ACTS, short_path=seed % 2 == 1)
    if game.broken:
        told = os.linesep.join(written(games.shrunk(ground, game.acts, game.broken[0].name), indent="    "))
        pytest.fail(f"seed {seed}: {game.broken[0].name}: {game.broken[0].what}{os.linesep}{told}")
