"""The patient's screens: a module says what each one says, the ``.kv`` file beside it shows its picture."""

from collections.abc import Callable
from typing import Any

from kiosk.core.turn import screens
from kiosk.core.turn.screens import Screen
from kiosk.ui.page import Page
from kiosk.ui.screens import (
    beneficiaries,
    confirm,
    desk,
    document,
    done,
    help,
    information,
    insert,
    out_of_order,
    reading,
    review,
    still_there,
    take_card,
    ticket,
    welcome,
    working,
)

_PAGES: dict[type[Screen], Callable[[Any], Page]] = {
    screens.Welcome: welcome.page,
    screens.Information: information.page,
    screens.InsertCard: insert.page,
    screens.ReadingCard: reading.page,
    screens.Beneficiaries: beneficiaries.page,
    screens.Confirm: confirm.page,
    screens.ShowDocument: document.page,
    screens.ReviewPicture: review.page,
    screens.Working: working.page,
    screens.Done: done.page,
    screens.Ticket: ticket.page,
    screens.TakeCard: take_card.page,
    screens.Desk: desk.page,
    screens.StillThere: still_there.page,
    screens.HelpCalled: help.page,
    screens.OutOfOrder: out_of_order.page,
}

VIEWS = tuple(sorted(screen.name for screen in _PAGES))
"""The names of the screens: each has a ``.kv`` file and a module of that name."""


def page_of(screen: Screen) -> Page:
    """Say what a screen says."""
    return _PAGES[type(screen)](screen)
