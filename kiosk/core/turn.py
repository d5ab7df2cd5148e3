"""One patient's turn at the kiosk, as one pure function: read it, know the kiosk.

``step`` says what comes next and what to do about it; it does nothing, and knows no clock, device or screen. The
screens are in ``screens``, the events and commands in ``events``. A new patient always gets a new turn number, and an
answer that carries another one is dropped: nothing of one person can reach the screen of the next.
"""

from dataclasses import dataclass, field, replace

from kiosk.core import events as ev
from kiosk.core import screens as sc
from kiosk.core.card import Beneficiary, CardContents
from kiosk.core.confidential import Confidential
from kiosk.core.document import DocumentPicture, DocumentReading, Guidance, Side
from kiosk.core.insi import InsAnswer, InsUnreachable
from kiosk.core.labels import label_of

PEOPLE_PER_PAGE = 4  # with "nobody of this list" they make five buttons (design: at most five, then paged)


@dataclass(frozen=True, slots=True)
class Manners:
    """How patient this kiosk is, in seconds."""

    quiet: float = 45.0  # without a touch, before "are you still there?"
    still_there: float = 25.0  # to answer it (WCAG 2.2.1: at least 20)
    reading: float = 20.0  # a card that is not read by then is not going to be
    insi: float = 8.0  # then the patient goes on, and staff's side asks again
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
    insi: InsAnswer | None = None
    insi_asked_at: float | None = None
    reading: DocumentReading | None = None
    pictures: tuple[DocumentPicture, ...] = ()
    document_refused: bool = False
    submitted: bool = False

    @property
    def beneficiary(self) -> Beneficiary | None:
        if self.card is None or self.chosen is None:
            return None
        return self.card.beneficiaries[self.chosen]

    @property
    def insured(self) -> Beneficiary | None:
        """The card's first person (ouvrant droit), when another one came."""
        if self.card is None or not self.chosen:
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
    reader_ok: bool = True
    camera_ok: bool = True
    storage_ok: bool = True
    staff_told: bool = False  # of the card forgotten on this screen
    ticket: str = ""  # the number this turn got; it leads to nobody
    desk: str = "1"
    manners: Manners = field(default_factory=Manners)

    @property
    def visible(self) -> sc.Screen:
        return self.overlay or self.screen


Result = tuple[State, tuple[ev.Command, ...]]
_NOTHING: tuple[ev.Command, ...] = ()


def step(state: State, event: ev.Event) -> Result:
    """Say what comes next and what to do about it; do nothing. A late event changes nothing."""
    match event:
        case ev.Tick(now):
            return _time_passes(replace(state, now=max(now, state.now)))
        case ev.Touched(touch, on):
            if on != state.visible.name:
                return state, _NOTHING
            return _pressed(replace(state, touched_at=state.now), touch)
        case ev.CardArrived():
            return _card_arrived(replace(state, card_in=True, card_mute=False, touched_at=state.now))
        case ev.CardStaysMute():
            return _card_mute(replace(state, card_in=True, card_mute=True, touched_at=state.now))
        case ev.CardLeft():
            return _card_left(replace(state, card_in=False, card_mute=False), sc.CardProblem.REMOVED)
        case ev.ReaderWent():
            return _card_left(replace(state, card_in=False, card_mute=False, reader_ok=False), sc.CardProblem.READER)
        case ev.ReaderCame():
            return _reader_came(replace(state, reader_ok=True))
        case ev.CameraWent():
            return _camera_went(replace(state, camera_ok=False))
        case ev.CameraCame():
            return _rest_or_wake(replace(state, camera_ok=True))
        case ev.StorageWent():
            return _rest_or_wake(replace(state, storage_ok=False))
        case ev.StorageCame():
            return _rest_or_wake(replace(state, storage_ok=True))
        case _:
            if event.turn != state.journey.turn:
                return state, _NOTHING
            return _answered(state, event)


def _answered(
    state: State,
    event: ev.CardProgressed
    | ev.CardRead
    | ev.CardNotRead
    | ev.Guided
    | ev.PictureTaken
    | ev.InsiAnswered
    | ev.Stored
    | ev.NotStored,
) -> Result:
    match state.screen, event:
        case sc.ReadingCard(progress), ev.CardProgressed(_, fraction):
            return _update(state, sc.ReadingCard(max(progress, min(fraction, 1.0)))), _NOTHING
        case sc.ReadingCard(), ev.CardRead(_, contents):
            return _card_read(state, contents)
        case sc.ReadingCard(), ev.CardNotRead(_, problem):
            return _card_not_read(state, problem)
        case sc.ShowDocument(side, _, _, may_press), ev.Guided(_, seen_side, guidance, steadiness) if side == seen_side:
            return _update(state, sc.ShowDocument(side, guidance, steadiness, may_press)), _NOTHING
        case sc.ShowDocument(side), ev.PictureTaken(_, taken_side, picture, reading) if side == taken_side:
            return _picture_taken(state, picture, reading)
        case _, ev.InsiAnswered(_, answer) if state.journey.insi is None and not state.journey.submitted:
            state = _with(state, insi=answer)
            return _submit(state) if isinstance(state.screen, sc.Working) else (state, _NOTHING)
        case sc.Working(), ev.Stored(turn, ticket):  # it is kept, sealed: nothing of it is needed here any more
            kept = replace(state, journey=Journey(turn, submitted=True), ticket=ticket)
            return _enter(kept, sc.Done()), (ev.Forget(turn),)
        case sc.Working(), ev.NotStored():
            return _to_desk(state)
    return state, _NOTHING


# --- moving between screens ------------------------------------------------------------------------------------


def _with(state: State, **changes: object) -> State:
    return replace(state, journey=replace(state.journey, **changes))  # type: ignore[arg-type]


def _update(state: State, screen: sc.Screen) -> State:
    """The same screen shows something new: time on it goes on."""
    return replace(state, screen=screen)


def _enter(state: State, screen: sc.Screen) -> State:
    return replace(state, screen=screen, overlay=None, entered_at=state.now, touched_at=state.now, staff_told=False)


def _begin(state: State, screen: sc.Screen, informed: bool = False) -> Result:
    """A person starts: a new turn, with nothing of the one before."""
    turn = state.journey.turn + 1
    return _enter(replace(state, journey=Journey(turn, informed=informed)), screen), (ev.BeginTurn(turn),)


def _end(state: State) -> Result:
    """The turn is over, however it ended: everything is forgotten, the card is given back, the next one welcomed."""
    forget = (ev.StopFilming(), ev.Forget(state.journey.turn))
    state = replace(state, journey=Journey(state.journey.turn + 1), ticket="")
    if state.card_in:
        return _enter(state, sc.TakeCard()), forget
    return _enter(state, _resting_screen(state)), forget


def _resting_screen(state: State) -> sc.Screen:
    """Welcome, unless nothing could be done for a person here."""
    if not state.storage_ok or not (state.reader_ok or state.camera_ok):
        return sc.OutOfOrder()
    return sc.Welcome()


def _rest_or_wake(state: State) -> Result:
    """A device went or came back: it shows at once when nobody is in the middle of something."""
    if isinstance(state.screen, sc.Welcome | sc.OutOfOrder):
        return _enter(state, _resting_screen(state)), _NOTHING
    return state, _NOTHING


# --- the card --------------------------------------------------------------------------------------------------


def _card_arrived(state: State) -> Result:
    match state.screen:
        case sc.Welcome():  # inserted before anything was said: the notice comes first, then it is read
            return _begin(state, sc.Information())
        case sc.InsertCard():
            return _read_card(state)
    return state, _NOTHING


def _read_card(state: State) -> Result:
    return _enter(state, sc.ReadingCard()), (ev.ReadCard(state.journey.turn),)


def _card_mute(state: State) -> Result:
    match state.screen:
        case sc.Welcome():
            return _begin(state, sc.Information())
        case sc.InsertCard():
            return _card_not_read(state, sc.CardProblem.UNREADABLE)
    return state, _NOTHING


def _card_left(state: State, problem: sc.CardProblem) -> Result:
    """The card goes, and with it all that came from it (ins-rules 3.5), unless the patient had finished giving."""
    state = replace(state, card_in=False)
    match state.screen:
        case sc.ReadingCard() | sc.Beneficiaries() | sc.Confirm():
            return _start_over(state, problem)
        case sc.ShowDocument() | sc.ReviewPicture() if state.journey.card is not None:
            return _start_over(state, problem)
        case sc.TakeCard():
            return _enter(state, _resting_screen(state)), _NOTHING
        case sc.InsertCard() if problem is sc.CardProblem.READER:
            return _update(state, sc.InsertCard(problem)), _NOTHING
    return _rest_or_wake(state)


def _start_over(state: State, problem: sc.CardProblem) -> Result:
    forget = (ev.StopFilming(), ev.Forget(state.journey.turn))
    state, begun = _begin(state, sc.InsertCard(problem), informed=True)
    return state, forget + begun


def _reader_came(state: State) -> Result:
    if state.screen == sc.InsertCard(sc.CardProblem.READER):
        return _update(state, sc.InsertCard()), _NOTHING
    return _rest_or_wake(state)


def _card_read(state: State, contents: CardContents) -> Result:
    if not contents.beneficiaries:
        return _card_not_read(state, sc.CardProblem.UNREADABLE)
    state = _with(state, card=contents)
    if len(contents.beneficiaries) == 1:
        return _confirm(state, 0)
    return _enter(state, _people(contents, 0)), _NOTHING


def _card_not_read(state: State, problem: sc.CardProblem) -> Result:
    state = _with(state, card_failures=state.journey.card_failures + 1)
    return _enter(state, sc.InsertCard(problem)), _NOTHING


def _people(contents: CardContents, first: int) -> sc.Beneficiaries:
    page = contents.beneficiaries[first : first + PEOPLE_PER_PAGE]
    return sc.Beneficiaries(
        tuple(label_of(person) for person in page), first, first + PEOPLE_PER_PAGE < len(contents.beneficiaries)
    )


def _confirm(state: State, index: int) -> Result:
    card = state.journey.card
    if card is None or not 0 <= index < len(card.beneficiaries):
        return state, _NOTHING
    state = _with(state, chosen=index)
    return _enter(state, sc.Confirm(label_of(card.beneficiaries[index]))), _NOTHING


# --- the document ----------------------------------------------------------------------------------------------


def _confirmed(state: State) -> Result:
    """The person is who the card says: INSi is asked at once, while the document is shown."""
    journey = state.journey
    person = journey.beneficiary
    if person is None or journey.card is None:
        return state, _NOTHING
    state = _with(state, insi_asked_at=state.now)
    state, filming = _film(state, Side.FIRST)
    return state, (ev.AskInsiByCard(journey.turn, person, journey.insured), *filming)


def _film(state: State, side: Side) -> Result:
    if not state.camera_ok:
        return _finish_collecting(state)
    reading = state.journey.reading
    first_had_zone = reading.mrz is not None if side is Side.SECOND and reading is not None else None
    film = ev.FilmDocument(state.journey.turn, side, first_had_zone)
    return _enter(state, sc.ShowDocument(side, Guidance.NO_DOCUMENT)), (film,)


def _picture_taken(state: State, picture: DocumentPicture, reading: DocumentReading) -> Result:
    pictures = (*(kept for kept in state.journey.pictures if kept.side != picture.side), picture)
    state = _with(state, pictures=pictures, reading=_merged(state.journey.reading, reading, picture.side))
    return _enter(state, sc.ReviewPicture(picture.side)), (ev.StopFilming(),)


def _merged(before: DocumentReading | None, now: DocumentReading, side: Side) -> DocumentReading:
    """One document of two sides: the machine-readable zone counts from whichever side bears it."""
    if before is None or side is Side.FIRST:
        return now
    if now.mrz is not None:
        return now
    return before


def _retake(state: State, side: Side) -> Result:
    pictures = tuple(kept for kept in state.journey.pictures if kept.side != side)
    reading = None if side is Side.FIRST else state.journey.reading
    return _film(_with(state, pictures=pictures, reading=reading), side)


def _accepted(state: State, side: Side) -> Result:
    reading = state.journey.reading
    if side is Side.FIRST and reading is not None and reading.has_second_side:
        return _film(state, Side.SECOND)
    return _finish_collecting(state)


def _camera_went(state: State) -> Result:
    if isinstance(state.screen, sc.ShowDocument):
        return _finish_collecting(state)
    return _rest_or_wake(state)


def _finish_collecting(state: State) -> Result:
    """The patient has given what they have. Without a card, INSi is asked with the document, never with free text."""
    journey = state.journey
    stop: tuple[ev.Command, ...] = (ev.StopFilming(),)
    state = _enter(state, sc.Working())
    if journey.insi is not None:
        state, submit = _submit(state)
        return state, stop + submit
    if journey.insi_asked_at is not None:
        return state, stop
    mrz = journey.reading.mrz if journey.reading else None
    # A two-digit year that may be of two centuries is never guessed: staff asks INSi then.
    if journey.card is None and mrz is not None and mrz.accepted and not mrz.traits.other_birth_dates:
        return _with(state, insi_asked_at=state.now), (*stop, ev.AskInsiByDocument(journey.turn, mrz.traits))
    state, submit = _submit(_with(state, insi=InsUnreachable("not-asked")))
    return state, stop + submit


def _submit(state: State) -> Result:
    journey = state.journey
    submit = ev.Submit(
        turn=journey.turn,
        beneficiary=journey.beneficiary,
        anomalies=journey.card.anomalies if journey.card else (),
        insi=journey.insi or InsUnreachable("timeout"),
        reading=journey.reading,
        pictures=journey.pictures,
        document_refused=journey.document_refused,
        insured=journey.insured,
    )
    return replace(_with(state, submitted=True), entered_at=state.now), (submit,)


# --- touches ---------------------------------------------------------------------------------------------------


def _pressed(state: State, touch: sc.Touch) -> Result:
    if state.overlay is not None:
        return _pressed_overlay(state, touch)
    if touch is sc.Touch.HELP and not isinstance(state.screen, sc.OutOfOrder):
        return replace(state, overlay=sc.HelpCalled(state.desk)), (ev.CallStaff(ev.CallReason.HELP),)
    if touch is sc.Touch.STOP and not isinstance(state.screen, _NOT_STOPPED):
        return _end(state)
    if touch is sc.Touch.BACK:
        return _back(state)
    return _pressed_screen(state, touch)


# Once submitted, stopping loses nothing and must not: what was confirmed to a patient arrives.
_NOT_STOPPED = (sc.Welcome, sc.Working, sc.Done, sc.Ticket, sc.TakeCard, sc.Desk, sc.OutOfOrder)


def _pressed_overlay(state: State, touch: sc.Touch) -> Result:
    match state.overlay, touch:
        case _, sc.Touch.STOP if not isinstance(state.screen, _NOT_STOPPED):
            return _end(state)
        case sc.StillThere(), sc.Touch.STILL_HERE:
            return replace(state, overlay=None), _NOTHING
        case sc.StillThere(), sc.Touch.HELP:
            return replace(state, overlay=sc.HelpCalled(state.desk)), (ev.CallStaff(ev.CallReason.HELP),)
        case sc.HelpCalled(), sc.Touch.GO_ON:
            return replace(state, overlay=None), _NOTHING
    return state, _NOTHING


def _pressed_screen(state: State, touch: sc.Touch) -> Result:
    match state.screen, touch:
        case sc.Welcome(), sc.Touch.START:
            return _begin(state, sc.Information())
        case sc.Information(more), sc.Touch.MORE if not more:
            return _update(state, sc.Information(more=True)), _NOTHING
        case sc.Information(), sc.Touch.UNDERSTOOD:
            return _informed(state)
        case sc.InsertCard(), sc.Touch.NO_CARD:
            return _without_card(state)
        case sc.Beneficiaries(first=first, has_more=True), sc.Touch.NEXT_PAGE if state.journey.card is not None:
            return _enter(state, _people(state.journey.card, first + PEOPLE_PER_PAGE)), _NOTHING
        case sc.Beneficiaries(people=people, first=first), _ if touch in sc.PERSON_TOUCHES[: len(people)]:
            return _confirm(state, first + sc.PERSON_TOUCHES.index(touch))
        case sc.Beneficiaries(), sc.Touch.NOT_LISTED:
            return _to_desk(state)
        case sc.Confirm(), sc.Touch.YES:
            return _confirmed(state)
        case sc.Confirm(), sc.Touch.NO:
            return _choose_again(state) or _to_desk(state)
        case sc.ShowDocument(may_press=True), sc.Touch.TAKE_PICTURE:
            return state, (ev.TakePicture(state.journey.turn),)
        case sc.ShowDocument(side), sc.Touch.NO_DOCUMENT:
            # On the second side it means "this is all there is": the first side was shown.
            return _finish_collecting(_with(state, document_refused=side is Side.FIRST))
        case sc.ReviewPicture(side), sc.Touch.YES:
            return _accepted(state, side)
        case sc.ReviewPicture(side), sc.Touch.RETAKE:
            return _retake(state, side)
        case sc.Done(), sc.Touch.GO_ON:
            return _show_ticket(state), _NOTHING
        case sc.Ticket() | sc.Desk(), sc.Touch.FINISH:
            return _end(state)
    return state, _NOTHING


def _informed(state: State) -> Result:
    state = _with(state, informed=True)
    if state.card_in and not state.card_mute:
        return _read_card(state)
    if state.card_mute:
        return _enter(state, sc.InsertCard(sc.CardProblem.UNREADABLE)), _NOTHING
    problem = sc.CardProblem.NONE if state.reader_ok else sc.CardProblem.READER
    return _enter(state, sc.InsertCard(problem)), _NOTHING


def _without_card(state: State) -> Result:
    """No card: the document can still lead to INSi. Neither: a member of staff does it all."""
    state = _with(state, card=None, chosen=None)
    if not state.camera_ok:
        return _to_desk(state)
    return _film(state, Side.FIRST)


def _to_desk(state: State) -> Result:
    """The kiosk cannot do this one: staff does, and nothing that was read is kept."""
    forget = (ev.StopFilming(), ev.Forget(state.journey.turn))
    state = replace(state, journey=Journey(state.journey.turn + 1))
    return _enter(state, sc.Desk(state.desk)), forget


def _choose_again(state: State) -> Result | None:
    card = state.journey.card
    if card is None or len(card.beneficiaries) < 2:
        return None
    return _enter(_with(state, chosen=None), _people(card, 0)), _NOTHING


def _back(state: State) -> Result:
    match state.screen:
        case sc.Information(more=True):
            return _update(state, sc.Information()), _NOTHING
        case sc.Information():
            return _end(state)
        case sc.InsertCard():
            return _enter(state, sc.Information()), _NOTHING
        case sc.Beneficiaries(first=first) if first > 0 and state.journey.card is not None:
            return _enter(state, _people(state.journey.card, max(0, first - PEOPLE_PER_PAGE))), _NOTHING
        case sc.Beneficiaries():
            return _end(state)
        case sc.Confirm():
            return _choose_again(state) or _end(state)
        case sc.ReviewPicture(side):
            return _retake(state, side)
        case sc.ShowDocument(Side.SECOND):
            state, filming = _retake(_with(state, pictures=()), Side.FIRST)
            return state, (ev.StopFilming(), *filming)
        case sc.ShowDocument(Side.FIRST):
            stop = (ev.StopFilming(),)
            if state.journey.card is None:
                state, commands = _informed(state)
                return state, stop + commands
            return _start_over_with_card(state)
    return state, _NOTHING


def _start_over_with_card(state: State) -> Result:
    """Back from the document to "is this you?": a new turn, so an answer about the first choice finds nobody."""
    old = state.journey
    forget = (ev.StopFilming(), ev.Forget(old.turn))
    state, begun = _begin(state, state.screen, informed=True)
    if old.card is None or old.chosen is None:
        return state, forget + begun
    state, _ = _confirm(_with(state, card=old.card), old.chosen)
    return state, forget + begun


# --- time ------------------------------------------------------------------------------------------------------


def _time_passes(state: State) -> Result:
    manners = state.manners
    on_screen = state.now - state.entered_at
    match state.screen:
        case sc.Welcome() | sc.OutOfOrder():
            return state, _NOTHING
        case sc.ReadingCard() if on_screen > manners.reading:
            state, commands = _card_not_read(state, sc.CardProblem.UNREADABLE)
            return state, commands
        case sc.Working():
            return _working(state)
        case sc.Done():
            return (_show_ticket(state), _NOTHING) if on_screen > manners.done else (state, _NOTHING)
        case sc.Ticket() | sc.Desk():
            return _end(state) if on_screen > manners.ticket and state.overlay is None else _quiet(state)
        case sc.TakeCard():
            if on_screen > manners.card_forgotten and not state.staff_told:
                return replace(state, staff_told=True), (ev.CallStaff(ev.CallReason.CARD_FORGOTTEN),)
            return state, _NOTHING
        case sc.ShowDocument(side, guidance, steadiness, False) if on_screen > manners.manual_button:
            return _quiet(_update(state, sc.ShowDocument(side, guidance, steadiness, may_press=True)))
    return _quiet(state)


def _working(state: State) -> Result:
    """The patient never waits longer than INSi's time: then it is "not answered", and the console asks again."""
    asked = state.journey.insi_asked_at
    if not state.journey.submitted:
        if asked is None or state.now - asked > state.manners.insi:
            return _submit(_with(state, insi=InsUnreachable("timeout")))
        return state, _NOTHING
    if state.now - state.entered_at > state.manners.storing:
        return _to_desk(state)
    return state, _NOTHING


def _quiet(state: State) -> Result:
    """Silence: ask, count down, then forget."""
    quiet = state.now - state.touched_at
    left = state.manners.quiet + state.manners.still_there - quiet
    if left <= 0:
        return _end(state)
    if quiet < state.manners.quiet:
        return state, _NOTHING
    return replace(state, overlay=sc.StillThere(int(left) + 1)), _NOTHING


def _show_ticket(state: State) -> State:
    return _enter(state, sc.Ticket(state.ticket, state.desk))
