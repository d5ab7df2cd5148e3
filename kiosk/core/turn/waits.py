"""What time does to a turn: nobody waits for ever, and nobody is hurried."""

from dataclasses import replace
from math import ceil

from kiosk.core.sources.insi import InsUnreachable
from kiosk.core.turn import events as ev
from kiosk.core.turn import screens as sc
from kiosk.core.turn.card import card_not_read
from kiosk.core.turn.document import submit
from kiosk.core.turn.short import console_answered
from kiosk.core.turn.state import NOTHING, Result, State, collect, end, refresh, show_ticket, to_desk


def time_passes(state: State) -> Result:
    manners = state.manners
    on_screen = state.now - state.entered_at
    match state.screen:
        case sc.Welcome() | sc.OutOfOrder():
            return state, NOTHING
        case sc.ReadingCard(phone=phone) if on_screen > manners.reading:
            return card_not_read(state, sc.CardProblem.PHONE if phone else sc.CardProblem.UNREADABLE)
        case sc.Working():
            return _working(state)
        case sc.Done():
            return (show_ticket(state), NOTHING) if on_screen > manners.done else (state, NOTHING)
        case sc.Ticket() | sc.Desk():
            return end(state) if on_screen > manners.ticket and state.overlay is None else _quiet(state)
        case sc.TakeCard():
            if on_screen > manners.card_forgotten and not state.staff_told:
                return replace(state, staff_told=True), (ev.CallStaff(ev.CallReason.CARD_FORGOTTEN),)
            return state, NOTHING
        case sc.ShowDocument(side, guidance, steadiness, False) if on_screen > manners.manual_button:
            return _quiet(refresh(state, sc.ShowDocument(side, guidance, steadiness, may_press=True)))
    return _quiet(state)


def _working(state: State) -> Result:
    """The patient never waits longer than INSi's time: then it is "not answered", and the console asks again."""
    console_asked, asked = state.journey.console_asked_at, state.journey.insi_asked_at
    if state.journey.awaits_console and console_asked is not None:
        too_late = state.now - console_asked > state.manners.console
        return console_answered(state, knows=False) if too_late else (state, NOTHING)
    if not state.journey.submitted:
        if asked is None or state.now - asked > state.manners.insi:
            return submit(collect(state, insi=InsUnreachable("timeout")))
        return state, NOTHING
    if state.now - state.entered_at > state.manners.storing:
        return to_desk(state)
    return state, NOTHING


def _quiet(state: State) -> Result:
    """Silence: ask, count down, then forget."""
    quiet = state.now - state.touched_at
    left = state.manners.quiet + state.manners.still_there - quiet
    if left <= 0:
        return end(state)
    if quiet < state.manners.quiet:
        return state, NOTHING
    return replace(state, overlay=sc.StillThere(ceil(left))), NOTHING
