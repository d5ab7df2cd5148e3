"""Lines and boxes, without a window: a letter is half as wide as it is high here."""

import random

import pytest

from kiosk.core.turn import screens as sc
from kiosk.ui.arrange import Frame, arrange
from kiosk.ui.page import Picture
from kiosk.ui.screens import page_of
from kiosk.ui.wrap import wrap


def half(text: str, size: int = 2, _bold: bool = False) -> float:
    return len(text) * size / 2


def test_lines_are_even_rather_than_full() -> None:
    assert wrap("Montrez votre pièce d'identité", 28, half) == ("Montrez votre", "pièce d'identité")


def test_no_word_is_lost_and_no_line_is_too_wide_whatever_the_text() -> None:
    chance = random.Random(5)
    for _ in range(500):
        words = ["x" * chance.randint(1, 30) for _ in range(chance.randint(1, 12))]
        width = chance.randint(4, 40)
        lines = wrap(" ".join(words), width, half)
        assert "".join(lines).replace(" ", "") == "".join(words)
        assert all(half(line) <= width for line in lines)


def test_a_long_name_is_broken_after_its_hyphen() -> None:
    assert wrap("MARIE-FRANÇOISE", 10, half) == ("MARIE-", "FRANÇOISE")


def test_a_blank_line_keeps_paragraphs_apart() -> None:
    assert wrap("un\n\ndeux", 10, half) == ("un", "", "deux")


@pytest.mark.parametrize("text", [1.0, 1.25, 1.5])
@pytest.mark.parametrize("size", [(1080, 1920), (1280, 800), (800, 1280), (1920, 1080), (768, 1366)])
def test_the_longest_names_fit_every_window(size: tuple[int, int], text: float) -> None:
    long = sc.PersonLabel("W" * 23 + "…", "W", "1941")
    screen = sc.Beneficiaries((long,) * 4, 0, True)
    made = arrange(page_of(screen), Frame(*size, "Centre hospitalier des Tilleuls", half, text))
    assert made.fits
    assert len(made.buttons) == 4 + 2 + 3


def test_an_ornament_gives_its_room_to_the_words_and_a_gesture_does_not() -> None:
    frame = Frame(1280, 800, "Centre hospitalier", half, 1.5)
    assert page_of(sc.Information()).picture is Picture.ORNAMENT
    assert arrange(page_of(sc.Information()), frame).picture is None
    assert arrange(page_of(sc.InsertCard()), frame).picture is not None


def test_a_changing_instruction_moves_neither_picture_nor_buttons() -> None:
    from kiosk.core.sources.document import Guidance, Side

    frame = Frame(1080, 1920, "Centre hospitalier", half)
    kept = [guidance for guidance in Guidance if guidance is not Guidance.TURN_OVER]
    plans = [arrange(page_of(sc.ShowDocument(Side.FIRST, guidance)), frame) for guidance in kept]
    assert len({plan.picture for plan in plans}) == 1
    assert len({tuple(button.box for button in plan.buttons) for plan in plans}) == 1
