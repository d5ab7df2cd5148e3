"""The card's part of a turn: it comes, is read, names its people, and goes with all that came from it.

Who is on a phone (``turn.phone``) is chosen as who is on a card.
"""

from dataclasses import replace

from kiosk.core.sources.card import CardContents
from kiosk.core.turn import events as ev
from kiosk.core.turn import screens as sc
from kiosk.core.turn.labels import label_of
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
    rest_or_wake,
    resting_screen,
)

PEOPLE_PER_PAGE = 4  # with "nobody of this list" they make five buttons (design: at most five, then paged)


def card_arrived(state: State) -> Result:
    match state.screen:
        case sc.Welcome():  # inserted before anything was said: the notice comes first, then it is read
            return begin(state, sc.Information())
        case sc.InsertCard():
            return read_card(state)
    return state, NOTHING


def card_found(state: State) -> Result:
    """It may be the one before's: it begins nothing and is not read, but asked to be taken until it is seen leaving."""
    match state.screen:
        case sc.Welcome() | sc.OutOfOrder() | sc.Information() | sc.InsertCard():
            return end(state)
        case sc.Ticket() as ticket:
            return refresh(state, replace(ticket, has_card=True)), NOTHING
    return state, NOTHING


def read_card(state: State) -> Result:
    return enter(state, sc.ReadingCard()), (ev.ReadCard(state.journey.turn),)


def card_mute(state: State) -> Result:
    match state.screen:
        case sc.Welcome():
            return begin(state, sc.Information())
        case sc.InsertCard():
            return card_not_read(state, sc.CardProblem.UNREADABLE)
    return state, NOTHING


def card_left(state: State, problem: sc.CardProblem) -> Result:
    """The card goes, and with it all that came from it (ins-rules 3.5), unless the patient had finished giving."""
    state = replace(state, card_in=False, card_mute=False, card_found=False)
    match state.screen:
        case sc.ReadingCard(phone=False):
            return _start_over(state, problem)
        case sc.Beneficiaries() | sc.Confirm() | sc.ShowDocument() | sc.ReviewPicture() if state.journey.has_card:
            return _start_over(state, problem)
        case sc.Working() if (
            state.journey.awaits_console
        ):  # nothing was given yet: it is asked who the card's person is
            return _start_over(state, problem)
        case sc.TakeCard():
            return enter(state, resting_screen(state)), NOTHING
        case sc.Ticket() as ticket:
            return refresh(state, replace(ticket, has_card=False)), NOTHING
        case sc.InsertCard() if problem is sc.CardProblem.READER:
            return refresh(state, insert(state, problem)), NOTHING
    return rest_or_wake(state)


def _start_over(state: State, problem: sc.CardProblem) -> Result:
    forget = (ev.StopFilming(), ev.Forget(state.journey.turn))
    state, begun = begin(state, insert(state, problem), informed=True)
    return state, forget + begun


def reader_came(state: State) -> Result:
    if isinstance(state.screen, sc.InsertCard) and state.screen.problem is sc.CardProblem.READER:
        return refresh(state, insert(state)), NOTHING
    return rest_or_wake(state)


def card_read(state: State, contents: CardContents, at: str) -> Result:
    if not contents.beneficiaries:
        return card_not_read(state, sc.CardProblem.UNREADABLE)
    state = collect(state, card=contents, card_read_at=at)
    if len(contents.beneficiaries) == 1:
        return confirm(state, 0)
    return enter(state, page_of(contents, 0)), NOTHING


def card_not_read(state: State, problem: sc.CardProblem) -> Result:
    state = collect(state, card_failures=state.journey.card_failures + 1)
    return enter(state, insert(state, problem)), NOTHING


def page_of(contents: CardContents, first: int) -> sc.Beneficiaries:
    page = contents.beneficiaries[first : first + PEOPLE_PER_PAGE]
    return sc.Beneficiaries(
        tuple(label_of(person) for person in page), first, first + PEOPLE_PER_PAGE < len(contents.beneficiaries)
    )


def confirm(state: State, index: int) -> Result:
    card = state.journey.card
    if card is None:
        return state, NOTHING
    state = collect(state, chosen=index)
    return enter(state, sc.Confirm(label_of(card.beneficiaries[index]))), NOTHING
