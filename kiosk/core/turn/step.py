"""One patient's turn at the kiosk, as one pure function: read it, know the kiosk.

``step`` says what comes next and what to do about it; it does nothing, and knows no clock, device or screen. The
screens are in ``screens``, the events and commands in ``events``. A new patient always gets a new turn number, and an
answer that carries another one is dropped: nothing of one person can reach the screen of the next.
"""

from dataclasses import replace

from kiosk.core.turn import events as ev
from kiosk.core.turn import screens as sc
from kiosk.core.turn.card import card_arrived, card_found, card_left, card_mute, card_not_read, card_read, reader_came
from kiosk.core.turn.document import camera_went, picture_taken, submit
from kiosk.core.turn.phone import phone_reader, phone_shown
from kiosk.core.turn.short import console_answered
from kiosk.core.turn.state import (
    NOTHING,
    Asking,
    Journey,
    Manners,
    Result,
    ShortPath,
    State,
    collect,
    enter,
    refresh,
    rest_or_wake,
    to_desk,
)
from kiosk.core.turn.touches import pressed
from kiosk.core.turn.waits import time_passes

__all__ = ["Asking", "Journey", "Manners", "ShortPath", "State", "step"]


def step(state: State, event: ev.Event) -> Result:
    """Say what comes next and what to do about it; do nothing. A late event changes nothing."""
    match event:
        case ev.Tick(now):
            return time_passes(replace(state, now=max(now, state.now)))
        case ev.Touched(touch, on):
            if on != state.visible.name:
                return state, NOTHING
            return pressed(replace(state, touched_at=state.now), touch)
        case ev.CardArrived():
            return card_arrived(replace(state, card_in=True, card_mute=False, touched_at=state.now))
        case ev.CardFound():
            return card_found(replace(state, card_in=True, card_found=True))
        case ev.CardStaysMute():
            return card_mute(replace(state, card_in=True, card_mute=True, touched_at=state.now))
        case ev.CardLeft():
            return card_left(state, sc.CardProblem.REMOVED)
        case ev.ReaderWent():
            return card_left(replace(state, reader_ok=False), sc.CardProblem.READER)
        case ev.ReaderCame():
            return reader_came(replace(state, reader_ok=True))
        case ev.PhoneShown():
            return phone_shown(replace(state, touched_at=state.now))
        case ev.PhoneReaderWent():
            return phone_reader(replace(state, phone_ok=False))
        case ev.PhoneReaderCame():
            return phone_reader(replace(state, phone_ok=True))
        case ev.CameraWent():
            return camera_went(replace(state, camera_ok=False))
        case ev.CameraCame():
            return rest_or_wake(replace(state, camera_ok=True))
        case ev.StorageWent():
            return rest_or_wake(replace(state, storage_ok=False))
        case ev.StorageCame():
            return rest_or_wake(replace(state, storage_ok=True))
        case _:
            if event.turn != state.journey.turn:
                return state, _too_late(event)
            return _answered(state, event)


def _too_late(event: ev.Answer) -> tuple[ev.Command, ...]:
    return (ev.Withdraw(event.turn),) if isinstance(event, ev.Stored) else NOTHING


def _answered(state: State, event: ev.Answer) -> Result:
    match state.screen, event:
        case sc.ReadingCard(progress, phone), ev.CardProgressed(_, fraction):
            return refresh(state, sc.ReadingCard(max(progress, min(fraction, 1.0)), phone)), NOTHING
        case sc.ReadingCard(_, phone), ev.CardRead(_, contents, at) if (contents.appli is not None) is phone:
            return card_read(state, contents, at)
        case sc.ReadingCard(_, phone), ev.CardNotRead(_, problem) if (problem in sc.OF_PHONE) is phone:
            return card_not_read(state, problem)
        case sc.ShowDocument(side, _, _, may_press), ev.Guided(_, seen_side, guidance, steadiness) if side == seen_side:
            return refresh(state, sc.ShowDocument(side, guidance, steadiness, may_press)), NOTHING
        case sc.ShowDocument(side), ev.PictureTaken(_, taken_side, picture, reading) if side == taken_side:
            return picture_taken(state, picture, reading)
        case sc.Working(), ev.ConsoleAnswered(_, knows) if state.journey.awaits_console:
            return console_answered(state, knows)
        case _, ev.InsiAnswered(_, answer) if state.journey.insi is None and not state.journey.submitted:
            state = collect(state, insi=answer)
            return submit(state) if isinstance(state.screen, sc.Working) else (state, NOTHING)
        case _, ev.QuestionSent(_, question, key) if question == state.journey.question:
            return collect(state, question_key=key), NOTHING
        case sc.Working(), ev.Stored(turn, ticket):  # it is kept, sealed: nothing of it is needed here any more
            asked = state.journey.may_leave_document
            kept = replace(state, journey=Journey(turn, submitted=True, document_asked=asked), ticket=ticket)
            return enter(kept, sc.Done()), (ev.Deliver(turn), ev.Forget(turn))
        case sc.Working(), ev.NotStored():
            return to_desk(state)
    return state, _too_late(event)
