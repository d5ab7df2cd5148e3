"""No dead button: whatever a screen offers, the turn answers."""

import pytest

from kiosk.core.sources.card import Beneficiary, CardContents
from kiosk.core.turn import events as ev
from kiosk.core.turn import screens as sc
from kiosk.core.turn.step import Journey, State, step
from kiosk.ui.samples import SAMPLES
from kiosk.ui.screens import page_of

FAMILY = CardContents(tuple(Beneficiary("ADRUN", "ZOE", f"19{70 + n}-01-01") for n in range(10)))
OVERLAYS = (sc.StillThere, sc.HelpCalled)


def standing_on(screen: sc.Screen) -> State:
    """A kiosk in the middle of a turn, on this screen."""
    journey = Journey(1, informed=True, card=FAMILY, chosen=0)
    if isinstance(screen, OVERLAYS):
        return State(screen=sc.InsertCard(), overlay=screen, journey=journey, card_in=True)
    return State(screen=screen, journey=journey, card_in=True)


@pytest.mark.parametrize("screen", [pytest.param(screen, id=label) for label, screen in SAMPLES])
def test_every_button_does_something(screen: sc.Screen) -> None:
    page = page_of(screen)
    before = standing_on(screen)
    for action in (*page.actions, *page.foot):
        if action.touch in (sc.Touch.TEXT_SIZE, sc.Touch.CONTRAST):
            continue  # the window answers: see test_window
        after, orders = step(before, ev.Touched(action.touch, page.name))
        assert (after, orders) != (before, ()), action.touch
