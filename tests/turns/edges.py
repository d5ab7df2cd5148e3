"""Stories of a turn that the tests of its edges begin with."""

from dataclasses import replace

from kiosk.core.sources.card import CardContents
from kiosk.core.sources.document import Side
from kiosk.core.sources.insi import InsNotFound
from kiosk.core.turn import events as ev
from kiosk.core.turn.screens import Touch
from tests.turns.test_turn import (
    CARD_FRONT,
    CONFIRMED,
    PASSPORT,
    PICTURE,
    PICTURED,
    ZOE,
    press,
)

ANSWERED: list[ev.Event] = [*PICTURED, ev.InsiAnswered(1, InsNotFound())]
STORED: list[ev.Event] = [*ANSWERED, ev.Stored(1, "A1")]
TWO_SIDES: list[ev.Event] = [
    *CONFIRMED,
    ev.PictureTaken(1, Side.FIRST, PICTURE, CARD_FRONT),
    press(Touch.YES, "review"),
]
REVIEW: list[ev.Event] = [*CONFIRMED, ev.PictureTaken(1, Side.FIRST, PICTURE, PASSPORT)]
NINETEEN = CardContents(tuple(replace(ZOE, given_name=f"P{number}") for number in range(19)))
