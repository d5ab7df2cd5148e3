"""Two recognisers' likelihoods become one text; what no check digit tells apart is certain only when both are sure."""

import numpy as np
import pytest

from kiosk.capture.decide import decide
from kiosk.capture.recognise import Cells
from kiosk.capture.strips import MARGIN
from kiosk.documents.mrz_format import ALPHABET

# A fictitious card whose number may be written with two zeros or two letters O: both have right check digits.
ZEROS = ("IDFRA0KKGAYM0R7<<<<<<<<<<<<<<<", "8106207M2907170FRA<<<<<<<<<<<2", "ETIENNE<<THEODORE<CHLOE<OSCAR<")
LETTERS = (ZEROS[0].replace("0", "O"), *ZEROS[1:])


def _seen(lines: tuple[str, ...], twins: float) -> list[Cells]:
    """What a recogniser sure of everything but the two twins would say."""
    rows = []
    for row, line in enumerate(lines):
        cells = np.zeros((len(line) + 2 * MARGIN, len(ALPHABET)), np.float32)
        for column, character in enumerate(line):
            is_twin = row == 0 and column in (5, 12)
            cells[MARGIN + column, ALPHABET.index(character)] = twins if is_twin else 0.99
            if is_twin:
                cells[MARGIN + column, ALPHABET.index("O" if character == "0" else "0")] = 1 - twins
        rows.append(cells)
    return rows


@pytest.mark.parametrize("lines", [ZEROS, LETTERS])
def test_twins_whose_mistakes_would_hide_each_other_are_certain_only_when_both_recognisers_are_sure(
    lines: tuple[str, ...],
) -> None:
    sure = decide(_seen(lines, 0.97), _seen(lines, 0.95))
    assert sure is not None
    assert (sure.lines, sure.accepted, sure.doubtful) == (lines, True, ())
    unsure = decide(_seen(lines, 0.97), _seen(lines, 0.8))
    assert unsure is not None
    assert (unsure.lines, unsure.accepted, unsure.doubtful) == (lines, False, ((0, 5), (0, 12)))


@pytest.mark.parametrize(
    ("row", "column", "also", "is_certain"),
    [
        (0, 8, "6", False),  # a G of the number: 6 weighs the same
        (0, 8, "C", True),  # the check digit tells a C from a G
        (2, 0, "F", False),  # no check digit covers a name
        (2, 29, "L", False),
    ],
)
def test_a_second_character_is_no_matter_only_where_a_check_digit_tells_it_apart(
    row: int, column: int, also: str, is_certain: bool
) -> None:
    first, second = _seen(ZEROS, 0.99), _seen(ZEROS, 0.99)
    first[row][MARGIN + column, ALPHABET.index(also)] = 0.26
    decided = decide(first, second)
    assert decided is not None
    assert (decided.lines, decided.accepted, decided.rivalled) == (ZEROS, is_certain, not is_certain)
    assert decided.doubtful == (() if is_certain else ((row, column),))
