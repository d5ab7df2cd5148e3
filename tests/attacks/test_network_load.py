"""All of it at once, in short; ``make attacks`` and ``tests.benchmarks.bench_load`` play it for five minutes."""

from pathlib import Path

import pytest

from tests.attacks.load import Fared, Offered, made, play


def _played(folder: Path, offered: Offered) -> Fared:
    console = made(folder / "console")
    console.start()
    try:
        return play(console, offered)
    finally:
        console.stop()


@pytest.mark.long_attack
def test_everybody_else_is_served_while_it_is_attacked(tmp_path: Path) -> None:
    """What a busy machine adds to each time is not held against it here: nobody is refused, nobody waits for long."""
    fared = _played(tmp_path, Offered(seconds=8, sockets=150, guesses=20))
    assert fared.refused == 0
    assert max(fared.health) < 10 and max(fared.intake) < 10
    assert fared.guessed.keys() <= {403, 429} and 429 in fared.guessed
    assert fared.memory < 400


@pytest.mark.long_attack
@pytest.mark.timeout(600)
def test_everybody_else_is_served_as_fast_as_promised_for_five_minutes(tmp_path: Path) -> None:
    fared = _played(tmp_path, Offered(seconds=300, sockets=1000, guesses=50))
    assert fared.missed == [], str(fared)
