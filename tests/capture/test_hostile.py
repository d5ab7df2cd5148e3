"""A sized-down run of the fuzz: hostile pictures, zones and seals are answered by values."""

import pytest

from tests.fuzz.fuzz_capture import run


@pytest.mark.parametrize("first", range(0, 1200, 300))
def test_hostile_pictures_zones_and_seals_are_answered_by_values(first: int) -> None:
    for case in range(first, first + 300):
        run(case)
