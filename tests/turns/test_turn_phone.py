"""A turn in which a phone is shown: never mixed with a card, never another's, and the kiosk without one as before."""

from dataclasses import replace

import pytest

from kiosk.core.sources.document import Side
from kiosk.core.turn import events as ev
from kiosk.core.turn import screens as sc
from kiosk.core.turn.screens import CardProblem, Touch
from kiosk.core.turn.state import Asking, ShortPath
from kiosk.core.turn.step import State, step
from tests.core.test_attestation import ON_PHONE
from tests.turns.test_turn import ALONE, MRZ, PASSPORT, PICTURE, START, press, walk

AT_REST = State(phone_ok=True)
READ: list[ev.Event] = [*START, ev.PhoneShown(), ev.CardRead(1, ON_PHONE)]
CHOSEN: list[ev.Event] = [*READ, press(Touch.PERSON_1, "beneficiaries"), press(Touch.YES, "confirm")]


def test_who_is_asked_for_a_card_may_show_a_phone_where_there_is_a_reader_of_them() -> None:
    assert walk(START, AT_REST)[0].screen == sc.InsertCard(phone=True)
    assert walk(START)[0].screen == sc.InsertCard(phone=False)


def test_a_phone_shown_at_the_welcome_is_read_only_when_it_is_shown_after_the_notice() -> None:
    state, orders = walk([ev.PhoneShown()], AT_REST)
    assert (state.screen, orders) == (sc.Information(), [ev.BeginTurn(1)])
    state, orders = walk([press(Touch.UNDERSTOOD, "information")], state)
    assert (state.screen, orders) == (sc.InsertCard(phone=True), [])
    state, orders = walk([ev.PhoneShown()], state)
    assert (state.screen, orders) == (sc.ReadingCard(phone=True), [ev.ReadPhone(1)])


def test_a_phone_read_for_the_last_patient_is_never_shown_to_the_next() -> None:
    waiting, _ = walk([*START, ev.PhoneShown(), press(Touch.STOP, "reading"), *START, ev.PhoneShown()], AT_REST)
    assert step(waiting, ev.CardRead(1, ON_PHONE)) == (waiting, ())


def test_a_card_that_goes_takes_nothing_of_a_phone_along() -> None:
    """Somebody's card lay in the slot: it is pulled out in the middle."""
    for events in (READ, [*READ, press(Touch.PERSON_2, "beneficiaries")], [*START, ev.PhoneShown()]):
        before = replace(walk(events, AT_REST)[0], card_in=True)
        after, orders = step(before, ev.CardLeft())
        assert (after.screen, after.journey, orders) == (before.screen, before.journey, ())


@pytest.mark.parametrize("problem", [CardProblem.PHONE, CardProblem.PHONE_REMOVED])
def test_what_could_not_be_read_is_shown_again_or_a_card_inserted(problem: CardProblem) -> None:
    state, _ = walk([*START, ev.PhoneShown(), ev.CardNotRead(1, problem)], AT_REST)
    assert state.screen == sc.InsertCard(problem, phone=True)
    assert walk([ev.PhoneShown()], state)[0].screen == sc.ReadingCard(phone=True)
    state, orders = walk([ev.CardArrived()], state)
    assert (state.screen, orders) == (sc.ReadingCard(), [ev.ReadCard(1)])
    assert walk([ev.CardRead(1, ALONE)], state)[0].journey.has_card


def test_nobody_waits_for_a_phone_for_ever() -> None:
    state, _ = walk([*START, ev.PhoneShown(), ev.CardProgressed(1, 0.5), ev.Tick(21)], AT_REST)
    assert state.screen == sc.InsertCard(CardProblem.PHONE, phone=True)


def test_its_reader_that_goes_and_comes_back_shows_at_once_to_who_is_asked_for_a_card() -> None:
    state, _ = walk([*START, ev.PhoneShown(), ev.CardNotRead(1, CardProblem.PHONE), ev.PhoneReaderWent()], AT_REST)
    assert state.screen == sc.InsertCard(CardProblem.NONE, phone=False)
    assert walk([ev.PhoneReaderCame()], state)[0].screen == sc.InsertCard(phone=True)


def test_a_kiosk_that_can_read_phones_only_is_not_out_of_order() -> None:
    lost: list[ev.Event] = [ev.ReaderWent(), ev.CameraWent()]
    state, _ = walk(lost, AT_REST)
    assert state.screen == sc.Welcome()
    asked, _ = walk(START, state)
    assert asked.screen == sc.InsertCard(CardProblem.READER, phone=True)
    assert walk([ev.PhoneShown()], asked)[0].screen == sc.ReadingCard(phone=True)
    assert walk([ev.PhoneReaderWent()], state)[0].screen == sc.OutOfOrder()


def test_where_the_structure_wants_a_document_it_is_filmed_and_nobody_is_asked_with_it() -> None:
    wanting = State(phone_ok=True, films_appli=True, asking=Asking.CONSOLE)
    state, orders = walk(CHOSEN, wanting)
    assert isinstance(state.screen, sc.ShowDocument)
    reading = replace(PASSPORT, mrz=MRZ)
    taken = ev.PictureTaken(1, Side.FIRST, PICTURE, reading)
    _, more = walk([taken, press(Touch.YES, "review")], state)
    kinds = {type(order) for order in (*orders, *more)}
    assert not kinds & {ev.AskInsiByCard, ev.AskInsiByDocument, ev.AskConsole}
    submitted = more[-1]
    assert isinstance(submitted, ev.Submit) and submitted.appli is not None and submitted.reading == reading


def test_the_console_is_not_asked_whether_it_knows_who_shows_a_phone() -> None:
    _, orders = walk(CHOSEN, State(phone_ok=True, short_path=ShortPath.ON))
    assert ev.Submit in {type(order) for order in orders}
    assert ev.AskConsole not in {type(order) for order in orders}


def test_who_is_not_on_the_phone_chooses_again_or_goes_to_the_desk() -> None:
    state, _ = walk([*READ, press(Touch.PERSON_1, "beneficiaries"), press(Touch.NO, "confirm")], AT_REST)
    assert isinstance(state.screen, sc.Beneficiaries)
    assert isinstance(walk([press(Touch.NOT_LISTED, "beneficiaries")], state)[0].screen, sc.Desk)


def test_without_a_card_after_a_phone_nothing_of_the_phone_is_submitted() -> None:
    """The reading failed, and the patient goes on with a document."""
    events = [*START, ev.PhoneShown(), ev.CardNotRead(1, CardProblem.PHONE), press(Touch.NO_CARD, "insert")]
    state, _ = walk([*events, press(Touch.NO_DOCUMENT, "document")], AT_REST)
    assert state.journey.appli is None


def test_a_reading_that_comes_late_is_not_the_other_reader_s() -> None:
    """A phone took too long, and a card was inserted; or the reverse: each screen waits for its own reader."""
    slow_phone, _ = walk([*START, ev.PhoneShown(), ev.Tick(21), ev.CardArrived()], AT_REST)
    assert slow_phone.screen == sc.ReadingCard()
    for late in (ev.CardRead(1, ON_PHONE), ev.CardNotRead(1, CardProblem.PHONE)):
        assert step(slow_phone, late) == (slow_phone, ())
    slow_card, _ = walk([*START, ev.CardArrived(), ev.Tick(21), ev.PhoneShown()], AT_REST)
    assert slow_card.screen == sc.ReadingCard(phone=True)
    for other in (ev.CardRead(1, ALONE), ev.CardNotRead(1, CardProblem.UNREADABLE)):
        assert step(slow_card, other) == (slow_card, ())
