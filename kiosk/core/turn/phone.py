"""The phone's part of a turn: an appli carte Vitale shown in place of a card. What it showed was shown: it may go.

INSi is not asked about who shows one, nor is a document filmed unless the structure wants that (RNIV1 §4.3.4).
"""

from kiosk.core.sources.document import Side
from kiosk.core.sources.insi import InsUnreachable
from kiosk.core.turn import events as ev
from kiosk.core.turn import screens as sc
from kiosk.core.turn.document import film, finish_collecting
from kiosk.core.turn.state import NOTHING, Result, State, begin, collect, enter, insert, refresh, rest_or_wake


def phone_shown(state: State) -> Result:
    match state.screen:
        case sc.Welcome():  # shown before anything was said: the notice comes first; nothing is read before it
            return begin(state, sc.Information())
        case sc.InsertCard():
            return enter(state, sc.ReadingCard(phone=True)), (ev.ReadPhone(state.journey.turn),)
    return state, NOTHING


def phone_reader(state: State) -> Result:
    """It went or came back: who is asked for their card is told at once."""
    if isinstance(state.screen, sc.InsertCard):
        return refresh(state, insert(state, state.screen.problem)), NOTHING
    return rest_or_wake(state)


def confirmed_by_phone(state: State) -> Result:
    state = collect(state, insi=InsUnreachable("not-asked"))
    return film(state, Side.FIRST) if state.films_appli else finish_collecting(state)
