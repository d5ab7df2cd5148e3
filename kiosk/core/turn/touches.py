"""What each button does on each screen, and where "back" leads."""

from dataclasses import replace

from kiosk.core.sources.document import Side
from kiosk.core.turn import events as ev
from kiosk.core.turn import screens as sc
from kiosk.core.turn.card import PEOPLE_PER_PAGE, confirm, page_of, read_card
from kiosk.core.turn.document import accepted, film, finish_collecting, retake
from kiosk.core.turn.short import confirmed
from kiosk.core.turn.state import (
    NOTHING,
    Result,
    State,
    begin,
    collect,
    end,
    enter,
    insert,
    refresh,
    show_ticket,
    to_desk,
)


def pressed(state: State, touch: sc.Touch) -> Result:
    if state.overlay is not None:
        return _pressed_overlay(state, touch)
    if touch is sc.Touch.HELP and not isinstance(state.screen, sc.OutOfOrder):
        return replace(state, overlay=sc.HelpCalled(state.desk)), (ev.CallStaff(ev.CallReason.HELP),)
    if touch is sc.Touch.STOP and not isinstance(state.screen, _NOT_STOPPED):
        return end(state)
    if touch is sc.Touch.BACK:
        return _back(state)
    return _pressed_screen(state, touch)


# Once submitted, stopping loses nothing and must not: what was confirmed to a patient arrives.
_NOT_STOPPED = (sc.Welcome, sc.Working, sc.Done, sc.Ticket, sc.TakeCard, sc.Desk, sc.OutOfOrder)


def _pressed_overlay(state: State, touch: sc.Touch) -> Result:
    match state.overlay, touch:
        case _, sc.Touch.STOP if not isinstance(state.screen, _NOT_STOPPED):
            return end(state)
        case sc.StillThere(), sc.Touch.STILL_HERE:
            return replace(state, overlay=None), NOTHING
        case sc.StillThere(), sc.Touch.HELP:
            return replace(state, overlay=sc.HelpCalled(state.desk)), (ev.CallStaff(ev.CallReason.HELP),)
        case sc.HelpCalled(), sc.Touch.GO_ON:
            return replace(state, overlay=None), NOTHING
    return state, NOTHING


def _pressed_screen(state: State, touch: sc.Touch) -> Result:
    match state.screen, touch:
        case sc.Welcome(), sc.Touch.START:
            return begin(state, sc.Information())
        case sc.Information(more), sc.Touch.MORE if not more:
            return refresh(state, sc.Information(more=True)), NOTHING
        case sc.Information(), sc.Touch.UNDERSTOOD:
            return _informed(state)
        case sc.InsertCard(), sc.Touch.NO_CARD:
            return _without_card(state)
        case sc.Beneficiaries(first=first, has_more=True), sc.Touch.NEXT_PAGE if state.journey.card is not None:
            return enter(state, page_of(state.journey.card, first + PEOPLE_PER_PAGE)), NOTHING
        case sc.Beneficiaries(people=people, first=first), _ if touch in sc.PERSON_TOUCHES[: len(people)]:
            return confirm(state, first + sc.PERSON_TOUCHES.index(touch))
        case sc.Beneficiaries(), sc.Touch.NOT_LISTED:
            return to_desk(state)
        case sc.Confirm(), sc.Touch.YES:
            return confirmed(state)
        case sc.Confirm(), sc.Touch.NO:
            return _choose_again(state) or to_desk(state)
        case sc.ShowDocument(may_press=True), sc.Touch.TAKE_PICTURE:
            return state, (ev.TakePicture(state.journey.turn),)
        case sc.ShowDocument(side), sc.Touch.NO_DOCUMENT:
            # On the second side it means "this is all there is": the first side was shown.
            return finish_collecting(collect(state, document_refused=side is Side.FIRST))
        case sc.ReviewPicture(side), sc.Touch.YES:
            return accepted(state, side)
        case sc.ReviewPicture(side), sc.Touch.RETAKE:
            return retake(state, side)
        case sc.Done(), sc.Touch.GO_ON:
            return show_ticket(state), NOTHING
        case sc.Ticket() | sc.Desk(), sc.Touch.FINISH:
            return end(state)
    return state, NOTHING


def _informed(state: State) -> Result:
    if state.card_found:
        return end(state)
    state = collect(state, informed=True)
    if state.card_in and not state.card_mute:
        return read_card(state)
    if state.card_mute:
        return enter(state, insert(state, sc.CardProblem.UNREADABLE)), NOTHING
    problem = sc.CardProblem.NONE if state.reader_ok else sc.CardProblem.READER
    return enter(state, insert(state, problem)), NOTHING


def _without_card(state: State) -> Result:
    """No card: the document can still lead to INSi. Neither: a member of staff does it all."""
    state = collect(state, card=None, chosen=None, card_read_at="")
    if not state.camera_ok:
        return to_desk(state)
    return film(state, Side.FIRST)


def _choose_again(state: State) -> Result | None:
    card = state.journey.card
    if card is None or len(card.beneficiaries) < 2:
        return None
    return enter(collect(state, chosen=None), page_of(card, 0)), NOTHING


def _back(state: State) -> Result:
    match state.screen:
        case sc.Information(more=True):
            return refresh(state, sc.Information()), NOTHING
        case sc.Information():
            return end(state)
        case sc.InsertCard():
            return enter(state, sc.Information()), NOTHING
        case sc.Beneficiaries(first=0):
            return end(state)
        case sc.Beneficiaries(first=first) if state.journey.card is not None:
            return enter(state, page_of(state.journey.card, first - PEOPLE_PER_PAGE)), NOTHING
        case sc.Confirm():
            return _choose_again(state) or end(state)
        case sc.ReviewPicture(side):
            return retake(state, side)
        case sc.ShowDocument(Side.SECOND):
            state, filming = retake(collect(state, pictures=()), Side.FIRST)
            return state, (ev.StopFilming(), *filming)
        case sc.ShowDocument(Side.FIRST) if state.journey.card is None:
            state, commands = _informed(state)
            return state, (ev.StopFilming(), *commands)
        case sc.ShowDocument(Side.FIRST):
            return _start_over_with_card(state)
    return state, NOTHING


def _start_over_with_card(state: State) -> Result:
    """Back from the document to "is this you?": a new turn, so an answer about the first choice finds nobody."""
    old = state.journey
    state, begun = begin(state, state.screen, informed=True)
    state, _ = confirm(collect(state, card=old.card, card_read_at=old.card_read_at), old.chosen or 0)
    return state, (ev.StopFilming(), ev.Forget(old.turn), *begun)
