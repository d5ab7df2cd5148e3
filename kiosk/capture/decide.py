"""From two recognisers' likelihoods to one honest text: what both say, what the format allows, what is doubtful."""

from dataclasses import dataclass
from functools import cache
from itertools import combinations, product

import numpy as np
from numpy.typing import NDArray

from kiosk.capture.recognise import Cells
from kiosk.capture.strips import MARGIN
from kiosk.core.confidential import Confidential
from kiosk.documents.mrz import check_digit, checks_of, format_of
from kiosk.documents.mrz_format import (
    ALL_FORMATS,
    ALPHABET,
    CLASSES,
    KNOWN_STATES,
    MrzFormat,
)

# What a recogniser says for a character that the column cannot hold, and what it then is.
_AS_LETTER = {"0": "O", "1": "I", "2": "Z", "5": "S", "6": "G", "8": "B", "4": "A", "7": "T"}
_AS_DIGIT = {
    "O": "0",
    "Q": "0",
    "D": "0",
    "I": "1",
    "L": "1",
    "Z": "2",
    "S": "5",
    "G": "6",
    "B": "8",
    "A": "4",
    "T": "7",
}
_TWINS = ({"0", "O"}, {"1", "I"})  # alike in many cuts of OCR-B: a check digit tells them apart
_SURE = 0.3  # likelihood each recogniser must give to a character that no check digit covers
_SURE_TOGETHER = 1.1  # and both in sum
_RIVAL = 0.2  # likelihood of another character, after which neither is certain when no check digit tells them apart
_SURE_OF_TWIN = 0.9  # likelihood for a twin that no check digit tells apart
_MOST_TWINS = 16
_MOST_TRIALS = 256

_INDEX = {character: index for index, character in enumerate(ALPHABET)}
_WEIGHED = np.array([check_digit(character) for character in ALPHABET])  # what a check digit sees of each
_MISTAKES = (*_AS_LETTER.items(), *_AS_DIGIT.items())
_WRONG = np.array([_INDEX[wrong] for wrong, _ in _MISTAKES])
_RIGHT = np.array([_INDEX[right] for _, right in _MISTAKES])


@dataclass(frozen=True, slots=True, repr=False)
class Decided(Confidential):
    """The text of a zone, as far as it could be told."""

    layout: MrzFormat
    lines: tuple[str, ...]
    doubtful: tuple[tuple[int, int], ...]
    accepted: bool
    score: float  # to compare readings of the same zone
    rivalled: bool = False  # some of the doubtful were seen as two characters at once


def decide(first: list[Cells], second: list[Cells] | None) -> Decided | None:
    """Choose the format and the text; ``accepted`` only when both recognisers agree and every check digit holds."""
    shape = (len(first), len(first[0]) - 2 * MARGIN)
    every = [
        _in_layout(layout, *_aligned(layout, first, second))
        for layout in ALL_FORMATS
        if (layout.rows, layout.columns) == shape
    ]
    return max((decided for decided in every if decided is not None), key=lambda v: v.score, default=None)


def _aligned(
    layout: MrzFormat, first: list[Cells], second: list[Cells] | None
) -> tuple[list[Cells], list[Cells] | None]:
    """Cut each line's cells out of its strip: a line whose first glyph was missed stands one cell off."""
    one: list[Cells] = []
    two: list[Cells] = []
    for row in range(layout.rows):
        mask = _mask(layout.name, row)
        others = second[row] if second is not None else first[row]
        scores = []
        for start in range(2 * MARGIN + 1):
            cut = slice(start, start + layout.columns)
            both = np.minimum(_constrained(first[row][cut], mask), 1) + _constrained(others[cut], mask)
            scores.append(float(both.max(axis=1).sum()) - (0.0 if start == MARGIN else 0.8))
        start = int(np.argmax(scores))
        one.append(first[row][start : start + layout.columns])
        two.append(others[start : start + layout.columns])
    return one, two if second is not None else None


@cache
def _mask(layout: str, row: int) -> NDArray[np.bool_]:
    """Say for each column of a line which characters it may hold."""
    grammar = next(one for one in ALL_FORMATS if one.name == layout).grammar[row]
    mask = np.zeros((len(grammar), len(ALPHABET)), bool)
    for column, mark in enumerate(grammar):
        mask[column, [_INDEX[character] for character in CLASSES[mark]]] = True
    return mask


def _constrained(cells: Cells, mask: NDArray[np.bool_]) -> Cells:
    """Give what a column cannot hold to the character it is mistaken for."""
    result = np.where(mask, cells, 0.0)
    moved = np.where(~mask[:, _WRONG] & mask[:, _RIGHT], cells[:, _WRONG] * 0.98, 0.0)
    np.maximum.at(result.T, _RIGHT, moved.T)
    return result


def _in_layout(layout: MrzFormat, first: list[Cells], second: list[Cells] | None) -> Decided | None:
    masks = [_mask(layout.name, row) for row in range(layout.rows)]
    one = [_constrained(cells, mask) for cells, mask in zip(first, masks, strict=True)]
    two = [_constrained(cells, mask) for cells, mask in zip(second, masks, strict=True)] if second else one
    both = [(a + b) / 2 for a, b in zip(one, two, strict=True)]
    texts = [_text(cells) for cells in (one, two, both)]
    if format_of(texts[2]) is not layout:
        return None
    covered = _covered(layout)
    differing = [
        (row, column)
        for row in range(layout.rows)
        for column in range(layout.columns)
        if texts[0][row][column] != texts[1][row][column]
    ]
    lines, failing = _best_text(layout, texts, differing, (one, two))
    doubtful = {
        cell for cell in differing if failing or cell not in covered or not _is_settled(cell, texts, lines, (one, two))
    }
    for row in range(layout.rows):
        for column in range(layout.columns):
            index = _INDEX[lines[row][column]]
            least = min(one[row][column, index], two[row][column, index])
            total = one[row][column, index] + two[row][column, index]
            is_twin = any(lines[row][column] in pair for pair in _TWINS)
            if (row, column) in differing and (row, column) not in doubtful:
                continue
            if (least < _SURE or total < _SURE_TOGETHER) and not (
                (row, column) in covered and (is_twin or least > 0.1)
            ):
                doubtful.add((row, column))
    rivalled = _rivalled(layout, lines, one)
    doubtful |= _implausible(layout, lines) | _out_of_place(first, lines) | _cancelling(layout, lines, (one, two))
    doubtful |= rivalled
    for name in failing:
        spans, (row, column) = layout.checks[name]
        if name != "composite" or len(failing) == 1:
            doubtful.add((row, column))
            doubtful |= {
                (line, place)
                for line, start, end in spans
                for place in range(start, end)
                if both[line][place, _INDEX[lines[line][place]]] < 0.9
            }
    score = sum(float(cells.max(axis=1).mean()) for cells in both) / layout.rows
    score += 0.3 * (len(layout.checks) - len(failing)) - 0.05 * len(_implausible(layout, lines))
    accepted = second is not None and not doubtful and not failing and not layout.name.startswith("MRV")
    return Decided(layout, lines, tuple(sorted(doubtful)), accepted, score, bool(rivalled))


def _text(cells: list[Cells]) -> tuple[str, ...]:
    return tuple("".join(ALPHABET[index] for index in row.argmax(axis=1)) for row in cells)


def _covered(layout: MrzFormat) -> set[tuple[int, int]]:
    """Cells that some check digit covers, the digits themselves included."""
    cells: set[tuple[int, int]] = set()
    for spans, place in layout.checks.values():
        cells.add(place)
        cells |= {(row, column) for row, start, end in spans for column in range(start, end)}
    return cells


def _out_of_place(first: list[Cells], lines: tuple[str, ...]) -> set[tuple[int, int]]:
    """Cells where the recogniser made for this print saw, for sure, what the column cannot hold: it may be printed."""
    return {
        (row, column)
        for row, cells in enumerate(first)
        for column, best in enumerate(cells.argmax(axis=1).tolist())
        if ALPHABET[best] != lines[row][column]
        and cells[column, best] > 0.8
        and {ALPHABET[best], lines[row][column]} not in _TWINS
    }


def _rivalled(layout: MrzFormat, lines: tuple[str, ...], first: list[Cells]) -> set[tuple[int, int]]:
    """Cells where the recogniser made for this print saw two characters, and no check digit tells the two apart.

    G and 6, and any two characters of a name: small or soft pictures make both recognisers take the wrong one alike.
    """
    covered = _covered(layout)
    cells: set[tuple[int, int]] = set()
    for row, line in enumerate(lines):
        for column, other in np.argwhere(first[row] > _RIVAL).tolist():
            chosen = _INDEX[line[column]]
            is_told_apart = (row, column) in covered and _WEIGHED[other] != _WEIGHED[chosen]
            if other != chosen and not is_told_apart:
                cells.add((row, column))
    return cells


def _is_settled(
    cell: tuple[int, int],
    texts: list[tuple[str, ...]],
    lines: tuple[str, ...],
    readers: tuple[list[Cells], list[Cells]],
) -> bool:
    """Two answers that a check digit tells apart, where the failing one was nearly the other, or its twin."""
    row, column = cell
    answers = {texts[0][row][column], texts[1][row][column]}
    chosen = lines[row][column]
    if chosen not in answers or len({check_digit(answer) for answer in answers}) < 2:
        return False
    return answers in _TWINS or min(float(reader[row][column, _INDEX[chosen]]) for reader in readers) > 0.25


def _likelihood(
    lines: tuple[str, ...], cells: list[tuple[int, int]], readers: tuple[list[Cells], list[Cells]]
) -> float:
    """How well a choice in some cells fits what was seen; the general recogniser knows better when it is wrong."""
    total = 0.0
    for row, column in cells:
        index = _INDEX[lines[row][column]]
        seen = 0.35 * readers[0][row][column, index] + 0.65 * readers[1][row][column, index]
        total += float(np.log(max(seen, 1e-4)))
    return total


def _best_text(
    layout: MrzFormat,
    texts: list[tuple[str, ...]],
    differing: list[tuple[int, int]],
    readers: tuple[list[Cells], list[Cells]],
) -> tuple[tuple[str, ...], list[str]]:
    """Where the recognisers differ, let the check digits choose between what they said."""

    def failing(lines: tuple[str, ...]) -> list[str]:
        return [name for name, is_right in checks_of(layout, lines) if not is_right]

    candidates = [texts[2], texts[0], texts[1]]
    covered = _covered(layout)
    open_cells = [cell for cell in differing if cell in covered]
    if open_cells and 2 ** len(open_cells) <= _MOST_TRIALS:
        for choice in product((0, 1), repeat=len(open_cells)):
            grid = [list(line) for line in texts[2]]
            for (row, column), reader in zip(open_cells, choice, strict=True):
                grid[row][column] = texts[reader][row][column]
            candidates.append(tuple("".join(line) for line in grid))
    best = min(candidates, key=lambda lines: (len(failing(lines)), -_likelihood(lines, differing, readers)))
    left = failing(best)
    if left and len(left) <= 2:
        repaired = _with_one_twin(layout, best, left) or _with_one_unseen(layout, best, readers)
        if repaired is not None:
            return repaired, left  # still named as failing: what was repaired is never certain
    return best, left


def _with_one_unseen(
    layout: MrzFormat, lines: tuple[str, ...], readers: tuple[list[Cells], list[Cells]]
) -> tuple[str, ...] | None:
    """Compute the one digit that nobody could see, when every check digit agrees on it."""
    unseen = [
        (row, column)
        for row, column in _covered(layout)
        if max(float(reader[row][column].max()) for reader in readers) < 0.3
    ]
    if len(unseen) != 1:
        return None
    row, column = unseen[0]
    found = []
    for character in layout.allowed(row, column):
        changed = (*lines[:row], lines[row][:column] + character + lines[row][column + 1 :], *lines[row + 1 :])
        if all(is_right for _, is_right in checks_of(layout, changed)):
            found.append(changed)
    digits = [changed for changed in found if changed[row][column].isdigit()]
    return digits[0] if len(digits) == 1 else None


def _with_one_twin(layout: MrzFormat, lines: tuple[str, ...], failing: list[str]) -> tuple[str, ...] | None:
    """Change one 0 to O, or 1 to I, or back, where exactly one such change makes every check digit hold."""
    spans = min((layout.checks[name][0] for name in failing), key=len)
    found: list[tuple[str, ...]] = []
    for row, start, end in spans:
        for column in range(start, end):
            for pair in _TWINS:
                twin = next(iter(pair - {lines[row][column]}))
                if lines[row][column] not in pair or twin not in layout.allowed(row, column):
                    continue
                line = lines[row][:column] + twin + lines[row][column + 1 :]
                changed = (*lines[:row], line, *lines[row + 1 :])
                if all(is_right for _, is_right in checks_of(layout, changed)):
                    found.append(changed)
    return found[0] if len(found) == 1 else None


def _cancelling(
    layout: MrzFormat, lines: tuple[str, ...], readers: tuple[list[Cells], list[Cells]]
) -> set[tuple[int, int]]:
    """Twins whose mistakes would hide each other: two changed at once leave every check digit right.

    Such a pair is certain only when both recognisers are sure of each of the two.
    """
    covered = _covered(layout)
    twins = [
        (row, column, next(iter(pair - {lines[row][column]})))
        for row, column in sorted(covered)
        for pair in _TWINS
        if lines[row][column] in pair and pair <= set(layout.allowed(row, column))
    ][:_MOST_TWINS]
    unsure = {
        (row, column)
        for row, column, _ in twins
        if min(float(reader[row][column, _INDEX[lines[row][column]]]) for reader in readers) < _SURE_OF_TWIN
    }
    cells: set[tuple[int, int]] = set()
    for first, second in combinations(twins, 2):
        pair = {first[:2], second[:2]}
        if not pair & unsure:
            continue
        grid = [list(line) for line in lines]
        for row, column, twin in (first, second):
            grid[row][column] = twin
        if all(is_right for _, is_right in checks_of(layout, ["".join(line) for line in grid])):
            cells |= pair
    return cells


def _implausible(layout: MrzFormat, lines: tuple[str, ...]) -> set[tuple[int, int]]:
    """Cells of a field that says what cannot be: an unknown state, a thirteenth month."""
    cells: set[tuple[int, int]] = set()
    for name, (row, start, end) in layout.fields.items():
        text = lines[row][start:end]
        if name in ("state", "nationality"):
            is_odd = text not in KNOWN_STATES
        elif name in ("birth", "expiry"):
            is_odd = not _is_date(text, may_be_empty=name == "expiry")
        elif name in ("names", "surname"):
            is_odd = text.startswith("<")
        else:
            is_odd = False
        if is_odd:
            cells |= {(row, column) for column in range(start, end)}
    return cells


def _is_date(text: str, *, may_be_empty: bool) -> bool:
    if text == "<<<<<<":
        return may_be_empty
    month, day = text[2:4], text[4:6]
    if not (month == "<<" or (month.isdigit() and 1 <= int(month) <= 12)):
        return False
    return text[:2].isdigit() and (day == "<<" or (day.isdigit() and 1 <= int(day) <= 31))
