"""Everything that can happen in a patient's turn, found by letting it happen: ``step`` is tried, not read.

From the kiosk at rest, everything that a finger or the world could bring next is given to ``step``, then again in each
state this led to, until nothing new comes. Two states that differ only by their clock, by counters or by who stands
there are one: the same can happen in both.
"""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from functools import cache

from kiosk.core.identity.matricule import Matricule
from kiosk.core.identity.traits import Source, Traits
from kiosk.core.sources.appli import AppliContents, AppliPerson
from kiosk.core.sources.card import CardContents
from kiosk.core.sources.document import DocumentKind, DocumentPicture, DocumentReading, Guidance, MrzReading, Side
from kiosk.core.sources.insi import InsNotFound
from kiosk.core.turn import events as ev
from kiosk.core.turn import screens as sc
from kiosk.core.turn.step import Asking, Manners, ShortPath, State, step
from kiosk.ui.screens import page_of
from tests.people import FAMILIES

_SHOWN = AppliPerson(Traits(Source.APPLI, "ADRUN"), Matricule("", "", ""))
WITH_PHONES = "3"  # the desk of the kiosk that phones can be shown to
MOST_STATES = 20_000  # they are some thousands: many more means that something countless entered ``_shape``
BENEATH = "beneath"  # where an overlay leads that goes away

PATIENCE = sorted((getattr(Manners(), each.name), each.name) for each in fields(Manners))
CARDS = (
    CardContents(()),
    *(CardContents(tuple(p.beneficiary() for p in FAMILIES[name].people)) for name in ("zoe-alone", "zoe", "nineteen")),
)
ZONE = MrzReading("TD1", (), Traits(Source.DOCUMENT, "ADRUN"), "X", "FRA", "FRA", "", (), (), accepted=True)
READINGS = (
    DocumentReading(DocumentKind.PASSPORT),
    DocumentReading(DocumentKind.FRENCH_ID_2021, ZONE, has_second_side=True),
)


@dataclass(frozen=True, slots=True)
class Edge:
    """On a place of the map something happened: where that led, what was ordered, and what had been so before."""

    source: str
    event: str  # a touch, the name of a patience that ended, or the name of an event's type
    target: str
    orders: frozenset[str]
    facts: frozenset[str]
    lost: frozenset[str]  # devices
    by_the_screen_beneath: bool = False  # an overlay lies there, and it is not what answered


@dataclass(frozen=True, slots=True)
class Explored:
    edges: frozenset[Edge]
    screens: dict[str, sc.Screen]  # each place's screen as it is first seen
    events: frozenset[type]  # those that changed what is seen or known, or led to an order
    states: int


def explore() -> Explored:
    """Try everything everywhere, breadth first."""
    waiting = deque(State(short_path=path, asking=Asking.CONSOLE) for path in ShortPath)
    waiting.append(
        State(asking=Asking.CONSOLE, phone_ok=True, desk=WITH_PHONES)
    )  # a reader of phones too: once is enough
    waiting.append(State(asking=Asking.KIOSK))  # what differs is where INSi is waited for: once is enough
    known = {_shape(state) for state in waiting}
    edges: set[Edge] = set()
    screens: dict[str, sc.Screen] = {}
    events: set[type] = set()
    while waiting:
        state = waiting.popleft()
        screens.setdefault(place_of(state), state.visible)
        for word, event, after, orders in _everything_next(state):
            if orders or (after.screen, after.overlay) != (state.screen, state.overlay):
                edges.add(_edge(state, word, event, after, orders))
            shape = _shape(after)
            if orders or (after.screen, after.overlay, after.journey) != (state.screen, state.overlay, state.journey):
                events.add(type(event))
            if shape not in known:
                known.add(shape)
                waiting.append(after)
        assert len(known) < MOST_STATES, "the turn has grown beyond what can be drawn, or a counter makes it endless"
    return Explored(frozenset(edges), screens, frozenset(events), len(known))


def place_of(state: State) -> str:
    """The name of what the patient sees, and what is waited for: the console, INSi, or the disk."""
    screen, journey = state.visible, state.journey
    if isinstance(screen, sc.Working):
        return (
            f"{screen.name}: {'the disk' if journey.submitted else 'the console' if journey.awaits_console else 'INSi'}"
        )
    return screen.name


Tried = tuple[str, ev.Event, State, tuple[ev.Command, ...]]


def _everything_next(state: State) -> Iterator[Tried]:
    page = page_of(state.visible)
    for action in (*page.actions, *page.foot):  # a finger presses what the screen offers, and nothing else
        touched = ev.Touched(action.touch, page.name)
        yield (action.touch, touched, *step(state, touched))
    for event in (*_from_devices(state), *_answers(state)):
        yield (_word_of(event), event, *step(state, event))
    yield from _time_passing(state)


def _word_of(event: ev.Event) -> str:
    """The name of its type; a yes and a no are two things."""
    said = ("KnowsNobody", "KnowsSomebody")[event.knows] if isinstance(event, ev.ConsoleAnswered) else ""
    return said or type(event).__name__


def _from_devices(state: State) -> Iterator[ev.Event]:
    """What a card or a device can do now: a card that is in can only go."""
    if state.card_in:
        yield ev.CardLeft()
    elif state.reader_ok:
        yield ev.CardArrived()
        yield ev.CardStaysMute()
        if state.asking is Asking.KIOSK:  # what differs is whether it is read: once is enough
            yield ev.CardFound()
    if state.phone_ok:
        yield ev.PhoneShown()
    if state.desk == WITH_PHONES and state.storage_ok and state.reader_ok and state.camera_ok:
        yield ev.PhoneReaderWent() if state.phone_ok else ev.PhoneReaderCame()
    if state.storage_ok:  # without it nothing goes on: what else is lost then is the same trouble
        yield ev.ReaderWent() if state.reader_ok else ev.ReaderCame()
        yield ev.CameraWent() if state.camera_ok else ev.CameraCame()
    if state.reader_ok and state.camera_ok:
        yield ev.StorageWent() if state.storage_ok else ev.StorageCame()


def _on_a_phone(card: CardContents) -> CardContents:
    """The same people, shown on a phone."""
    return replace(card, appli=AppliContents(tuple(_SHOWN for _ in card.beneficiaries), b"signed"))


def _answers(state: State) -> Iterator[ev.Event]:
    """What may come back of the orders given in this turn."""
    journey, turn = state.journey, state.journey.turn
    match state.screen:
        case sc.ReadingCard():
            yield ev.CardProgressed(turn, 0.5)
            is_phone = state.screen.phone
            yield from (ev.CardRead(turn, _on_a_phone(one) if is_phone else one) for one in CARDS)
            yield from (
                ev.CardNotRead(turn, problem) for problem in sc.CardProblem if (problem in sc.OF_PHONE) is is_phone
            )
        case sc.ShowDocument(side):
            yield ev.Guided(turn, side, Guidance.CLOSER, 0.5)
            yield from (ev.PictureTaken(turn, side, DocumentPicture(side, b"jpeg"), reading) for reading in READINGS)
    if journey.awaits_console:
        yield from (ev.ConsoleAnswered(turn, knows) for knows in (True, False))
    if state.asking is Asking.CONSOLE and journey.insi_asked_at is not None:
        yield ev.QuestionSent(turn, journey.question, "q")
    elif journey.insi_asked_at is not None and journey.insi is None:
        yield ev.InsiAnswered(turn, InsNotFound())  # which answer it is changes nothing of the turn
    if journey.submitted:
        yield from (ev.Stored(turn, "A1"), ev.NotStored(turn))


def _time_passing(state: State) -> Iterator[Tried]:
    """The first thing that waiting brings, and whose patience it was that ended."""
    place, shape = place_of(state), _shape(state)
    for seconds, _ in PATIENCE:
        event = ev.Tick(state.now + seconds + 0.1)
        after, orders = step(state, event)
        if orders or place_of(after) != place or _shape(after) != shape:
            yield (_whose_patience(state, event, after), event, after, orders)
            return


def _whose_patience(state: State, event: ev.Tick, after: State) -> str:
    """The one without whose end this would not have happened: found by making each of them endless in turn."""
    shape = _shape(after)
    for _, name in PATIENCE:
        endless = replace(state, manners=_with_endless(state.manners, name))
        if _shape(step(endless, event)[0]) != shape:
            return name
    raise AssertionError(f"{place_of(state)}: time changed something, and no patience of Manners ended")


@cache
def _with_endless(manners: Manners, name: str) -> Manners:
    return replace(manners, **{name: 1e9})


def _edge(before: State, word: str, event: ev.Event, after: State, orders: tuple[ev.Command, ...]) -> Edge:
    target, beneath = place_of(after), False
    its_own_time = isinstance(before.overlay, sc.StillThere) and isinstance(event, ev.Tick)
    if before.overlay is not None and not its_own_time:
        target, beneath = _under_an_overlay(before, event, after, orders)
    lost = {"reader": not before.reader_ok, "camera": not before.camera_ok, "storage": not before.storage_ok}
    return Edge(
        source=place_of(before),
        event=word,
        target=target,
        orders=frozenset(type(order).__name__ for order in orders),
        facts=frozenset(fact for fact, holds in FACTS.items() if holds(before, event)),
        lost=frozenset(device for device, is_lost in lost.items() if is_lost),
        by_the_screen_beneath=beneath,
    )


def _under_an_overlay(before: State, event: ev.Event, after: State, orders: tuple[ev.Command, ...]) -> tuple[str, bool]:
    """Where it led, and whether the screen beneath would have led there as well."""
    bare = replace(before, overlay=None)
    if after == replace(bare, touched_at=after.touched_at) and not orders:
        return BENEATH, False
    same = replace(event, on=bare.visible.name) if isinstance(event, ev.Touched) else event
    alone, its_orders = step(bare, same)
    return place_of(after), (place_of(alone), its_orders) == (place_of(after), orders)


def _people(state: State, event: ev.Event) -> int | None:
    card = event.contents if isinstance(event, ev.CardRead) else state.journey.card
    return None if card is None else len(card.beneficiaries)


def _wants_another_side(state: State) -> bool:
    front = state.journey.front
    return state.screen == sc.ReviewPicture(Side.FIRST) and front is not None and front.has_second_side


def _may_be_short(state: State) -> bool:
    return state.short_path is not ShortPath.OFF


FACTS: dict[str, Callable[[State, ev.Event], bool]] = {
    "the card names nobody": lambda state, event: _people(state, event) == 0,
    "the card names one person": lambda state, event: _people(state, event) == 1,
    "the card names several": lambda state, event: (_people(state, event) or 0) > 1,
    "it has another side": lambda state, event: _wants_another_side(state),
    "it has no other side": lambda state, event: not _wants_another_side(state),
    "a card was read": lambda state, event: state.journey.has_card,
    "no card was read": lambda state, event: state.journey.card is None,
    "a phone was read": lambda state, event: state.journey.card is not None and not state.journey.has_card,
    "the path may be short": lambda state, event: _may_be_short(state),
    "the path is the whole one": lambda state, event: not _may_be_short(state),
    "the document is wanted too": lambda state, event: state.short_path is ShortPath.FILMED,
    "the document is spared": lambda state, event: state.short_path is ShortPath.ON,
    "the kiosk asks INSi": lambda state, event: state.asking is Asking.KIOSK,
    "the console asks INSi": lambda state, event: state.asking is Asking.CONSOLE,
    "a card is in": lambda state, event: state.card_in and not state.card_mute,
    "no card can be read": lambda state, event: not state.card_in or state.card_mute,
}
"""What decides where the same event leads, in words; which one does is found out, not written."""


def _shape(state: State) -> tuple[object, ...]:
    """What of a state decides what may come next."""
    journey = state.journey
    return (
        *(_screen_shape(screen) for screen in (state.screen, state.overlay)),
        *(state.short_path, state.asking),
        *(state.phone_ok, state.desk),
        journey.informed,
        journey.has_card,
        _people(state, ev.CardLeft()),
        bool(journey.chosen),
        journey.insi is not None,
        journey.insi_asked_at is not None,
        journey.asked_traits is not None,
        *(journey.awaits_console, journey.is_known),
        *(reading and (reading.mrz, reading.has_second_side) for reading in (journey.front, journey.back)),
        journey.submitted,
        *(state.card_in, state.card_mute, state.reader_ok, state.camera_ok, state.storage_ok, state.staff_told),
    )


def _screen_shape(screen: sc.Screen | None) -> tuple[object, ...]:
    match screen:
        case sc.Beneficiaries(first=first, has_more=more):
            return (screen.name, first > 0, more)
        case sc.Information(detail) | sc.ReviewPicture(detail):
            return (screen.name, detail)
        case sc.InsertCard(detail, phone):
            return (screen.name, detail, phone)
        case sc.ReadingCard(phone=phone):
            return (screen.name, phone)
        case sc.ShowDocument(side, may_press=may_press):
            return (screen.name, side, may_press)
    return (screen.name,) if screen else ()
