"""The short path (parcours court): who is known and qualified at the console is spared the document and INSi.

What the console answers is a yes or a no, and decides the path only: staff still look at the person, who is a candidate
until then. Where it says no, or nothing in time, the whole path is taken as if nobody had asked.
"""

from kiosk.core.sources.card import Beneficiary, CardAnomaly, CardContents
from kiosk.core.sources.document import Side
from kiosk.core.sources.insi import InsUnreachable
from kiosk.core.turn import events as ev
from kiosk.core.turn import screens as sc
from kiosk.core.turn.document import ask_and_film, film, finish_collecting
from kiosk.core.turn.phone import confirmed_by_phone
from kiosk.core.turn.state import NOTHING, Result, ShortPath, State, collect, enter

# What makes it uncertain whose number, rank and date were read: twins of one card may be taken for each other.
UNCERTAIN = frozenset(
    {
        CardAnomaly.BIRTH_RANK_GUESSED,
        CardAnomaly.NUMBERS_DO_NOT_MATCH,
        CardAnomaly.BAD_KEY,
        CardAnomaly.BAD_DATE,
    }
)


def confirmed(state: State) -> Result:
    """The person is who the card says: on the short path the console is asked first, and nobody else yet."""
    if state.journey.appli is not None:
        return confirmed_by_phone(state)
    card, person = state.journey.card, state.journey.beneficiary
    if card is None or person is None:
        return state, NOTHING
    if state.short_path is ShortPath.OFF or not _can_be_recognised(person, card):
        return ask_and_film(state)
    state = enter(collect(state, console_asked_at=state.now), sc.Working())
    return state, (ev.AskConsole(state.journey.turn, person),)


def console_answered(state: State, knows: bool) -> Result:
    """Nothing but the path depends on it."""
    state = collect(state, is_known=knows)
    if not knows:
        return ask_and_film(state)
    state = collect(state, insi=InsUnreachable("not-asked"))
    return film(state, Side.FIRST) if state.short_path is ShortPath.FILMED else finish_collecting(state)


def _can_be_recognised(person: Beneficiary, card: CardContents) -> bool:
    """The card says with certainty what a person is found by."""
    return bool(person.nir and person.birth_date) and not UNCERTAIN & set(card.anomalies)
