"""What the kiosk knows during a patient's turn, and the moves from one screen to the next that every part makes."""

from dataclasses import dataclass, field, replace
from enum import Enum, auto

from kiosk.core.confidential import Confidential
from kiosk.core.identity.traits import Traits
from kiosk.core.sources.appli import AppliSaid
from kiosk.core.sources.card import Beneficiary, CardContents
from kiosk.core.sources.document import DocumentPicture, DocumentReading
from kiosk.core.sources.insi import InsAnswer
from kiosk.core.turn import events as ev
from kiosk.core.turn import screens as sc


class ShortPath(Enum):
    """Whether somebody the console knows is spared the document and the question to INSi (parcours court).

    Who stands behind them sees it: the structure decides.
    """

    OFF = auto()
    ON = auto()
    FILMED = auto()  # the document is shown all the same


class Asking(Enum):
    """Who asks INSi."""

    KIOSK = auto()  # the patient waits for the answer, within limits, and the check-in bears it
    CONSOLE = auto()  # the kiosk sends the question and never hears an answer: there is nothing to wait for


@dataclass(frozen=True, slots=True)
class Manners:
    """How patient this kiosk is, in seconds."""

    quiet: float = 45.0  # without a touch, before "are you still there?"
    still_there: float = 25.0  # to answer it (WCAG 2.2.1: at least 20)
    reading: float = 20.0  # a card that is not read by then is not going to be
    insi: float = 8.0  # then the patient goes on, and staff's side asks again
    console: float = 1.5  # it answers within half a second; then the whole path is taken
    manual_button: float = 12.0  # before "take the picture" is offered
    done: float = 3.0
    ticket: float = 30.0
    card_forgotten: float = 15.0  # before staff is told
    storing: float = 10.0  # a disk that does not answer by then is out of order


@dataclass(frozen=True, slots=True, repr=False)
class Journey(Confidential):
    """What the present turn has collected. A new turn starts with an empty one."""

    turn: ev.TurnId = 0
    informed: bool = False
    card: CardContents | None = None
    chosen: int | None = None
    card_failures: int = 0
    card_read_at: str = ""  # ISO 8601 with offset
    insi: InsAnswer | None = None
    insi_asked_at: float | None = None
    question: int = 0  # how often INSi was to be asked in this turn: the last question counts
    question_key: str = ""  # the key under which it goes to the console; "" until it has one
    asked_traits: Traits | None = None  # of the document it is about; None: it is about the card's person
    console_asked_at: float | None = None
    is_known: bool | None = None  # by the console; None: it was not asked, or has not answered
    front: DocumentReading | None = None  # what was read on the first side shown
    back: DocumentReading | None = None
    pictures: tuple[DocumentPicture, ...] = ()
    document_refused: bool = False
    document_asked: bool = False  # it was to be put in the tray, and may lie there
    submitted: bool = False

    @property
    def beneficiary(self) -> Beneficiary | None:
        """The card's person chosen."""
        if self.card is None or not self.has_card or self.chosen is None:
            return None
        return self.card.beneficiaries[self.chosen]

    @property
    def appli(self) -> AppliSaid | None:
        """What the appli carte Vitale says of the person chosen."""
        if self.card is None or self.card.appli is None or self.chosen is None:
            return None
        return self.card.appli.said_of(self.chosen)

    @property
    def has_card(self) -> bool:
        """A card in the slot is what this turn rests on: with it, all that it says goes."""
        return self.card is not None and self.card.appli is None

    @property
    def awaits_console(self) -> bool:
        """Asked whether it knows the person, the console has not answered."""
        return self.console_asked_at is not None and self.is_known is None

    @property
    def reading(self) -> DocumentReading | None:
        """One document of two sides: zone and seal count from whichever side bears them."""
        front, back = self.front, self.back
        if front is None or back is None:
            return back or front
        bearing, other = (back, front) if back.mrz is not None else (front, back)
        return replace(bearing, seal=bearing.seal or other.seal)

    @property
    def document_traits(self) -> Traits | None:
        """What INSi may be asked with where no card was read: a zone read with certainty, never free text.

        A two-digit year that may be of two centuries is never guessed: staff asks INSi then.
        """
        mrz = self.reading.mrz if self.reading is not None else None
        if self.card is not None or mrz is None or not mrz.accepted or mrz.traits.other_birth_dates:
            return None
        return mrz.traits

    @property
    def is_asked_about(self) -> bool:
        """The last question is about whom this turn is about: a document taken again may be another's."""
        return self.question > 0 and self.asked_traits == self.document_traits

    @property
    def may_leave_document(self) -> bool:
        return self.document_asked and not self.document_refused

    @property
    def insured(self) -> Beneficiary | None:
        """The card's first person (ouvrant droit), when another one came."""
        if self.card is None or not self.has_card or not self.chosen:
            return None
        return self.card.beneficiaries[0]


@dataclass(frozen=True, slots=True, repr=False)
class State(Confidential):
    """Everything the kiosk knows between two events. The window is given ``visible`` and nothing else."""

    screen: sc.Screen = field(default_factory=sc.Welcome)
    overlay: sc.StillThere | sc.HelpCalled | None = None
    journey: Journey = field(default_factory=Journey)
    now: float = 0.0
    touched_at: float = 0.0
    entered_at: float = 0.0  # when this screen came
    card_in: bool = False
    card_mute: bool = False
    card_found: bool = False  # nobody was seen putting it in: it is not read
    reader_ok: bool = True
    phone_ok: bool = False  # a reader of phones is there; most kiosks have none
    films_appli: bool = False  # who shows an appli carte Vitale shows a document all the same
    camera_ok: bool = True
    storage_ok: bool = True
    staff_told: bool = False  # of the card forgotten on this screen
    ticket: str = ""  # the number this turn got; it leads to nobody
    desk: str = "1"
    short_path: ShortPath = ShortPath.OFF
    asking: Asking = Asking.KIOSK
    manners: Manners = field(default_factory=Manners)

    @property
    def visible(self) -> sc.Screen:
        return self.overlay or self.screen


Result = tuple[State, tuple[ev.Command, ...]]
NOTHING: tuple[ev.Command, ...] = ()


def collect(state: State, **changes: object) -> State:
    return replace(state, journey=replace(state.journey, **changes))  # type: ignore[arg-type] # checked by replace


def refresh(state: State, screen: sc.Screen) -> State:
    """The same screen shows something new: time on it goes on."""
    return replace(state, screen=screen)


def enter(state: State, screen: sc.Screen) -> State:
    return replace(state, screen=screen, overlay=None, entered_at=state.now, touched_at=state.now, staff_told=False)


def insert(state: State, problem: sc.CardProblem = sc.CardProblem.NONE) -> sc.InsertCard:
    """Ask for the card; for the phone too where one can be shown."""
    is_lost = problem in sc.OF_PHONE and not state.phone_ok
    return sc.InsertCard(sc.CardProblem.NONE if is_lost else problem, phone=state.phone_ok)


def begin(state: State, screen: sc.Screen, informed: bool = False) -> Result:
    """A person starts: a new turn, with nothing of the one before."""
    turn = state.journey.turn + 1
    return enter(replace(state, journey=Journey(turn, informed=informed)), screen), (ev.BeginTurn(turn),)


def end(state: State) -> Result:
    """The turn is over, however it ended: everything is forgotten, the card is given back, the next one welcomed."""
    forget = (ev.StopFilming(), ev.Forget(state.journey.turn))
    state = replace(state, journey=Journey(state.journey.turn + 1), ticket="")
    return enter(state, resting_screen(state)), forget


def resting_screen(state: State) -> sc.Screen:
    """Welcome, unless a card is still in, or nothing could be done for a person here."""
    if state.card_in:
        return sc.TakeCard()
    if not state.storage_ok or not (state.reader_ok or state.phone_ok or state.camera_ok):
        return sc.OutOfOrder()
    return sc.Welcome()


def rest_or_wake(state: State) -> Result:
    """A device went or came back: it shows at once when nobody is in the middle of something."""
    if isinstance(state.screen, sc.Welcome | sc.OutOfOrder):
        return enter(state, resting_screen(state)), NOTHING
    return state, NOTHING


def to_desk(state: State) -> Result:
    """The kiosk cannot do this one: staff does, and nothing that was read is kept."""
    forget = (ev.StopFilming(), ev.Forget(state.journey.turn))
    state = replace(state, journey=Journey(state.journey.turn + 1))
    return enter(state, sc.Desk(state.desk)), forget


def show_ticket(state: State) -> State:
    has_document = state.journey.may_leave_document
    return enter(state, sc.Ticket(state.ticket, state.desk, has_card=state.card_in, has_document=has_document))
