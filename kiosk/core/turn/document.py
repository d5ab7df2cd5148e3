"""The document's part of a turn: filmed, reviewed, and what the patient gave is submitted."""

from dataclasses import replace

from kiosk.core.sources.document import DocumentPicture, DocumentReading, Guidance, Side
from kiosk.core.sources.insi import InsUnreachable
from kiosk.core.turn import events as ev
from kiosk.core.turn import screens as sc
from kiosk.core.turn.state import NOTHING, Asking, Result, State, collect, enter, rest_or_wake


def ask_and_film(state: State) -> Result:
    """The person is who the card says: INSi is asked at once, while the document is shown."""
    journey = state.journey
    person = journey.beneficiary
    if person is None:
        return state, NOTHING
    state = _asked(state)
    order = ev.AskInsiByCard(journey.turn, person, journey.insured, state.journey.question, journey.card_read_at)
    state, filming = film(state, Side.FIRST)
    return state, (order, *filming)


def _asked(state: State) -> State:
    """A question leaves; what is said of those before it counts no more."""
    journey = state.journey
    return collect(
        state,
        insi_asked_at=state.now,
        question=journey.question + 1,
        question_key="",
        asked_traits=journey.document_traits,
    )


def film(state: State, side: Side) -> Result:
    if not state.camera_ok:
        return finish_collecting(state)
    state, front = collect(state, document_asked=True), state.journey.front
    first_had_zone = None if front is None else front.mrz is not None
    order = ev.FilmDocument(state.journey.turn, side, first_had_zone)
    return enter(state, sc.ShowDocument(side, Guidance.NO_DOCUMENT)), (order,)


def picture_taken(state: State, picture: DocumentPicture, reading: DocumentReading) -> Result:
    pictures = (*(kept for kept in state.journey.pictures if kept.side != picture.side), picture)
    if picture.side is Side.FIRST:
        state = collect(state, pictures=pictures, front=reading, back=None)
    else:
        state = collect(state, pictures=pictures, back=reading)
    state, asked = _ask_by_document(state) if state.asking is Asking.CONSOLE else (state, NOTHING)
    return enter(state, sc.ReviewPicture(picture.side)), (ev.StopFilming(), *asked)


def _ask_by_document(state: State) -> Result:
    """Without a card INSi is asked with the document, once for what is read on it."""
    traits = state.journey.document_traits
    if traits is None or traits == state.journey.asked_traits:
        return state, NOTHING
    state = _asked(state)
    return state, (ev.AskInsiByDocument(state.journey.turn, traits, state.journey.question),)


def retake(state: State, side: Side) -> Result:
    pictures = tuple(kept for kept in state.journey.pictures if kept.side != side)
    front = None if side is Side.FIRST else state.journey.front
    return film(collect(state, pictures=pictures, front=front, back=None), side)


def accepted(state: State, side: Side) -> Result:
    front = state.journey.front
    if side is Side.FIRST and front is not None and front.has_second_side:
        return film(state, Side.SECOND)
    return finish_collecting(state)


def camera_went(state: State) -> Result:
    if isinstance(state.screen, sc.ShowDocument):
        return finish_collecting(state)
    return rest_or_wake(state)


def finish_collecting(state: State) -> Result:
    """The patient has given what they have; for INSi they wait only where the kiosk itself asks it."""
    stop: tuple[ev.Command, ...] = (ev.StopFilming(),)
    state = enter(state, sc.Working())
    if state.journey.insi is None and state.asking is Asking.KIOSK:
        if state.journey.insi_asked_at is not None:
            return state, stop
        state, asked = _ask_by_document(state)
        if asked:
            return state, stop + asked
    if state.journey.insi is None:
        reason = "through-console" if state.journey.is_asked_about else "not-asked"
        state = collect(state, insi=InsUnreachable(reason))
    state, ordered = submit(state)
    return state, stop + ordered


def submit(state: State) -> Result:
    journey = state.journey
    order = ev.Submit(
        turn=journey.turn,
        beneficiary=journey.beneficiary,
        anomalies=journey.card.anomalies if journey.card else (),
        insi=journey.insi or InsUnreachable("timeout"),
        reading=journey.reading,
        pictures=journey.pictures,
        document_refused=journey.document_refused,
        insured=journey.insured,
        by_short_path=journey.is_known is True,
        card_read_at=journey.card_read_at,
        question=journey.question_key if journey.is_asked_about else "",
        appli=journey.appli,
    )
    return replace(collect(state, submitted=True), entered_at=state.now), (order,)
