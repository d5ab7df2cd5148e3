"""Colours one can read, and drawings that are there."""

import numpy as np
import pytest

from kiosk.ui.look import CALM, HIGH_CONTRAST, Theme
from kiosk.ui.pen import DRAWINGS, paint, read_drawing
from kiosk.ui.samples import SAMPLES
from kiosk.ui.screens import page_of

DRAWN = sorted(each.name.removesuffix(".svg") for each in DRAWINGS.iterdir())
TEXT_ON_GROUND = [
    ("ink", "paper"),
    ("ink", "mist"),
    ("muted", "paper"),
    ("on_primary", "primary"),
    ("on_primary", "pressed"),
    ("primary", "paper"),
    ("stop", "paper"),
]


def contrast(one: str, other: str) -> float:
    """Contrast ratio of WCAG 2.1."""

    def light(code: str) -> float:
        parts = [int(code[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def pairs(theme: Theme) -> dict[tuple[str, str], float]:
    return {pair: contrast(getattr(theme, pair[0]), getattr(theme, pair[1])) for pair in TEXT_ON_GROUND}


def test_every_text_is_read_at_seven_to_one() -> None:
    assert {pair: ratio for pair, ratio in pairs(CALM).items() if ratio < 7} == {}


def test_the_years_of_a_list_are_read_at_six_to_one() -> None:
    assert contrast(CALM.muted, CALM.mist) >= 6


def test_the_high_contrast_theme_reads_at_fifteen_to_one() -> None:
    assert {pair: ratio for pair, ratio in pairs(HIGH_CONTRAST).items() if ratio < 15} == {}


def test_every_drawing_a_screen_names_is_there() -> None:
    named = {page_of(screen).drawing for _label, screen in SAMPLES} - {""}
    assert named <= set(DRAWN)


@pytest.mark.parametrize("name", DRAWN)
def test_a_drawing_stays_on_its_paper_and_uses_our_colours(name: str) -> None:
    drawing = read_drawing(name)
    shapes = (*drawing.standing, *drawing.moving, *drawing.before)
    assert shapes
    for shape in shapes:
        assert shape.stroke or shape.fill
        edge = shape.width / 2 if shape.stroke else 0
        assert all(edge <= x <= drawing.width - edge and edge <= y <= drawing.height - edge for x, y in shape.points)


def test_a_painted_line_is_smooth_and_as_thick_as_drawn() -> None:
    drawing = read_drawing("back")
    rows = np.frombuffer(paint(drawing.standing, CALM, 4.0, 176, 176), np.uint8).reshape(176, 176, 4)
    column = rows[:, 100, 3].astype(int)
    assert column[88] == 255 and column[:40].sum() == 0
    assert 4.5 <= column[60:116].sum() / 255 <= 5.5  # a line is never thicker than its own weight
    assert ((rows[..., 3] > 0) & (rows[..., 3] < 255)).any()
