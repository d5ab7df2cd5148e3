"""The waits of a patient's turn, to the last second, and what covers a screen."""

from dataclasses import replace

import pytest

from kiosk.core.sources.document import DocumentKind, DocumentReading, Guidance, Side
from kiosk.core.sources.insi import InsNotFound, InsUnreachable
from kiosk.core.turn import events as ev
from kiosk.core.turn import screens as sc
from kiosk.core.turn.screens import Touch
from kiosk.core.turn.step import Journey, Manners, State
from tests.turns.edges import ANSWERED, STORED
from tests.turns.test_turn import (
    CONFIRMED,
    FAMILY,
    MRZ,
    PICTURE,
    PICTURED,
    START,
    press,
    walk,
)

# --- waits: nothing at the last second, everything just after it -------------------------------------------------


def _waited(events: list[ev.Event], last: float) -> tuple[State, State, list[ev.Command]]:
    """The state when a wait is exactly over, the one just after it, and what was ordered then."""
    state, _ = walk(events)
    began = state.now
    half, ordered = walk([ev.Tick(began + last / 2)], state)
    assert (half.screen, ordered) == (state.screen, [])
    at, ordered = walk([ev.Tick(began + last)], half)
    assert ordered == []
    after, ordered = walk([ev.Tick(began + last + 0.5)], at)
    return at, after, ordered


def test_a_card_has_twenty_seconds_to_be_read() -> None:
    at, after, _ = _waited([*START, ev.CardArrived()], 20)
    assert at.screen == sc.ReadingCard()
    assert after.screen == sc.InsertCard(sc.CardProblem.UNREADABLE)
    assert after.journey.card_failures == 1


def test_the_wait_starts_with_the_screen_and_not_with_the_kiosk() -> None:
    state, _ = walk([ev.Tick(1000), *START, ev.CardArrived(), ev.Tick(1020)])
    assert state.screen == sc.ReadingCard()


def test_the_thanks_stay_three_seconds_and_then_the_number_comes() -> None:
    at, after, _ = _waited(STORED, 3)
    assert at.screen == sc.Done()
    assert after.screen == sc.Ticket("A1", "1", has_card=True, has_document=True)


def test_a_ticket_speaks_of_the_card_as_long_as_it_is_in_the_reader() -> None:
    state, _ = walk([*STORED, press(Touch.GO_ON, "done"), ev.CardLeft()])
    assert state.screen == sc.Ticket("A1", "1", has_document=True)


@pytest.mark.parametrize("camera", [True, False])
def test_who_put_no_document_down_is_not_reminded_of_one(camera: bool) -> None:
    steps = [*CONFIRMED, *[press(Touch.NO_DOCUMENT, "document")] * camera, ev.InsiAnswered(1, InsNotFound())]
    state, _ = walk([*steps, ev.Stored(1, "A1"), press(Touch.GO_ON, "done")], State(camera_ok=camera))
    assert state.screen == sc.Ticket("A1", "1", has_card=True)


def test_a_ticket_stays_thirty_seconds() -> None:
    at, after, ordered = _waited([*STORED, press(Touch.GO_ON, "done")], 30)
    assert at.visible == sc.Ticket("A1", "1", has_card=True, has_document=True)
    assert (after.screen, after.ticket) == (sc.TakeCard(), "")
    assert ordered == [ev.StopFilming(), ev.Forget(1)]


def test_a_ticket_stays_while_help_is_on_the_way() -> None:
    asked = [*STORED, press(Touch.GO_ON, "done"), press(Touch.HELP, "ticket")]
    state, commands = walk([*asked, ev.Tick(31)])
    assert state.screen == sc.Ticket("A1", "1", has_card=True, has_document=True)
    assert ev.Forget(2) not in commands


def test_the_way_to_the_desk_stays_thirty_seconds() -> None:
    at, after, _ = _waited([*ANSWERED, ev.NotStored(1)], 30)
    assert at.screen == sc.Desk("1")
    assert after.screen == sc.TakeCard()


def test_a_card_may_stay_fifteen_seconds_before_staff_is_told() -> None:
    at, after, ordered = _waited([*START, ev.CardArrived(), press(Touch.STOP, "reading")], 15)
    assert not at.staff_told
    assert after.staff_told
    assert ordered == [ev.CallStaff(ev.CallReason.CARD_FORGOTTEN)]


def test_the_manual_button_is_offered_after_twelve_seconds() -> None:
    at, after, _ = _waited(CONFIRMED, 12)
    assert at.screen == sc.ShowDocument(Side.FIRST, Guidance.NO_DOCUMENT)
    assert after.screen == sc.ShowDocument(Side.FIRST, Guidance.NO_DOCUMENT, may_press=True)


def test_the_manual_button_stays_when_the_guidance_changes() -> None:
    state, _ = walk([*CONFIRMED, ev.Tick(13), ev.Guided(1, Side.FIRST, Guidance.GLARE, 0.5), ev.Tick(14)])
    assert state.screen == sc.ShowDocument(Side.FIRST, Guidance.GLARE, 0.5, may_press=True)


def test_a_person_who_shows_a_document_for_long_is_asked_whether_they_are_there() -> None:
    state, _ = walk([*CONFIRMED, ev.Tick(13), ev.Tick(50)])
    assert isinstance(state.visible, sc.StillThere)
    late, _ = walk([*CONFIRMED, ev.Tick(50)])
    assert isinstance(late.visible, sc.StillThere)


def test_insi_has_eight_seconds_from_the_question() -> None:
    at, after, ordered = _waited(PICTURED, 8)
    assert (at.screen, at.journey.submitted) == (sc.Working(), False)
    [submit] = ordered
    assert isinstance(submit, ev.Submit)
    assert submit.insi == InsUnreachable("timeout")
    assert after.journey.submitted


def test_without_a_card_insi_has_its_eight_seconds_too() -> None:
    reading = DocumentReading(DocumentKind.PASSPORT, MRZ)
    without = [*START, press(Touch.NO_CARD, "insert"), ev.PictureTaken(1, Side.FIRST, PICTURE, reading), ev.Tick(5)]
    at, after, ordered = _waited([*without, press(Touch.YES, "review")], 8)
    assert not at.journey.submitted
    assert [type(command) for command in ordered] == [ev.Submit]
    assert after.screen == sc.Working()


def test_the_time_spent_on_the_document_counts_for_insi() -> None:
    state, _ = walk([*CONFIRMED, ev.Tick(7), *PICTURED[len(CONFIRMED) :]])
    _, ordered = walk([ev.Tick(8.5)], state)
    assert [type(command) for command in ordered] == [ev.Submit]


def test_a_disk_has_ten_seconds_and_then_the_patient_goes_to_the_desk() -> None:
    at, after, ordered = _waited([*PICTURED, ev.Tick(5), ev.InsiAnswered(1, InsNotFound())], 10)
    assert at.screen == sc.Working()
    assert after.screen == sc.Desk("1")
    assert ordered == [ev.StopFilming(), ev.Forget(1)]
    assert after.journey == Journey(2)


def test_silence_of_forty_five_seconds_is_noticed() -> None:
    state, _ = walk([*START, ev.Tick(44.9)])
    assert state.visible == sc.InsertCard()
    state, _ = walk([ev.Tick(45)], state)
    assert isinstance(state.visible, sc.StillThere)


def test_a_person_has_twenty_five_seconds_to_answer() -> None:
    state, _ = walk([*START, ev.Tick(69.9)])
    assert state.visible == sc.StillThere(1)
    state, ordered = walk([ev.Tick(70)], state)
    assert state.visible == sc.Welcome()
    assert ordered == [ev.StopFilming(), ev.Forget(1)]


def test_time_never_goes_back() -> None:
    state, _ = walk([*START, ev.Tick(40), ev.Tick(10)])
    assert state.now == 40


def test_a_touch_ends_the_silence() -> None:
    state, _ = walk([*START, ev.Tick(40), press(Touch.TEXT_SIZE, "insert"), ev.Tick(80)])
    assert state.visible == sc.InsertCard()


def test_the_resting_kiosk_asks_nobody_whether_they_are_there() -> None:
    for events in ([], [ev.StorageWent()]):
        state, ordered = walk([*events, ev.Tick(10_000)])
        assert state.overlay is None
        assert ordered == []


def test_a_help_call_that_stays_open_ends_like_any_silence() -> None:
    state, _ = walk([*START, press(Touch.HELP, "insert"), ev.Tick(46)])
    assert isinstance(state.visible, sc.StillThere)
    assert walk([ev.Tick(71)], state)[0].visible == sc.Welcome()


def test_every_wait_can_be_set() -> None:
    manners = Manners(
        quiet=4, still_there=3, reading=2, insi=1, manual_button=2, done=1, ticket=2, card_forgotten=1, storing=1
    )
    state, _ = walk([*START, ev.CardArrived(), ev.Tick(2.1)], State(manners=manners))
    assert state.screen == sc.InsertCard(sc.CardProblem.UNREADABLE)
    assert walk([ev.Tick(6.2)], state)[0].visible == sc.StillThere(3)


# --- overlays ----------------------------------------------------------------------------------------------------


def test_help_can_be_called_from_the_question_whether_one_is_there() -> None:
    state, _ = walk([*START, ev.Tick(46)])
    state, ordered = walk([press(Touch.HELP, "still_there")], state)
    assert state.visible == sc.HelpCalled("1")
    assert ordered == [ev.CallStaff(ev.CallReason.HELP)]


def test_stop_works_from_the_question_and_from_the_help_called() -> None:
    for state in (walk([*START, ev.Tick(46)])[0], walk([*START, press(Touch.HELP, "insert")])[0]):
        after, ordered = walk([press(Touch.STOP, state.visible.name)], state)
        assert after.visible == sc.Welcome()
        assert ordered == [ev.StopFilming(), ev.Forget(1)]


@pytest.mark.parametrize("touch", [touch for touch in Touch if touch not in (Touch.GO_ON, Touch.STOP)])
def test_nothing_behind_the_help_called_can_be_pressed(touch: Touch) -> None:
    before, _ = walk([*START, ev.CardArrived(), ev.CardRead(1, FAMILY), press(Touch.HELP, "beneficiaries")])
    assert walk([press(touch, "help")], before) == (before, [])


@pytest.mark.parametrize("touch", [touch for touch in Touch if touch not in (Touch.STILL_HERE, Touch.STOP, Touch.HELP)])
def test_nothing_behind_the_question_can_be_pressed(touch: Touch) -> None:
    before, _ = walk([*START, ev.CardArrived(), ev.CardRead(1, FAMILY), ev.Tick(46)])
    assert walk([press(touch, "still_there")], before) == (replace(before, touched_at=46.0), [])


@pytest.mark.parametrize(
    ("events", "name"),
    [([], "welcome"), (ANSWERED, "working"), (STORED, "done"), ([*STORED, press(Touch.GO_ON, "done")], "ticket")],
)
def test_stop_changes_nothing_where_nothing_can_be_stopped(events: list[ev.Event], name: str) -> None:
    before, _ = walk(events)
    assert walk([press(Touch.STOP, name)], before) == (before, [])


@pytest.mark.parametrize(("events", "name"), [(ANSWERED, "working"), ([*ANSWERED, ev.NotStored(1)], "desk")])
def test_stop_from_the_help_called_keeps_what_was_promised(events: list[ev.Event], name: str) -> None:
    before, _ = walk([*events, press(Touch.HELP, name)])
    assert walk([press(Touch.STOP, "help")], before) == (before, [])


def test_an_out_of_order_kiosk_calls_nobody() -> None:
    before, _ = walk([ev.StorageWent()])
    for touch in Touch:
        assert walk([press(touch, "out_of_order")], before) == (before, [])
