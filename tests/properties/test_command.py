"""``make properties`` itself: a handful of sequences on both databases, and a process that dies."""

import os
import re
import subprocess
import sys
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import pytest

from tests.properties.__main__ import ONE_IN, parts, played
from tests.properties.parts import Part, Told

WITHIN = 280  # seconds, of a machine that has much else to do
OURS = Path(__file__).parents[2]


@pytest.mark.starts
@pytest.mark.timeout(300)
def test_a_handful_is_played_on_both_databases_and_counted() -> None:
    words = ["--sequences", str(ONE_IN + 1), "--acts", "2", "--processes", "2", "--from", "0"]  # two on PostgreSQL
    command = [sys.executable, "-m", "tests.properties", *words]
    done = subprocess.run(command, cwd=OURS, capture_output=True, text=True, timeout=WITHIN, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert re.fullmatch(r"11 sequences, 22 acts, 0 broke a property; \d+ s", done.stdout.splitlines()[-1])


@pytest.mark.starts
def test_a_process_that_dies_ends_it_with_an_error() -> None:
    with pytest.raises(BrokenProcessPool):
        list(played([Part(range(1), 1)], 1, _dies))


def test_every_sequence_is_in_one_part() -> None:
    made = parts(range(1000, 1500), 50, "postgresql://somewhere", 2)
    assert sorted(seed for one in made for seed in one.seeds) == list(range(1000, 1500))
    assert {seed % ONE_IN == 0 for one in made if one.server for seed in one.seeds} == {True}
    assert [bool(one.server) for one in made] == sorted((bool(one.server) for one in made), reverse=True)


def _dies(_part: Part) -> Told:
    os._exit(1)
