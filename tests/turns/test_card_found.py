"""A card that is found, not seen coming, begins nothing and is read for nobody: it is to be taken."""

import pytest

from kiosk.core.turn import events as ev
from kiosk.core.turn import screens as sc
from kiosk.core.turn.screens import Touch
from kiosk.core.turn.step import State
from tests.turns.edges import STORED
from tests.turns.test_turn import CONFIRMED, START, press, walk

FOUND = ev.CardFound()
WITHOUT_CARD = [*START, press(Touch.NO_CARD, "insert")]


@pytest.mark.parametrize(
    "events",
    [[], [ev.StorageWent()], [press(Touch.START, "welcome")], START, [*START, ev.CardStaysMute(), ev.CardLeft()]],
)
def test_it_ends_what_was_begun_and_is_to_be_taken_until_it_leaves(events: list[ev.Event]) -> None:
    state, ordered = walk([*events, FOUND])
    assert state.screen == sc.TakeCard()
    assert not [one for one in ordered if isinstance(one, ev.ReadCard)]
    for touch in Touch:
        assert walk([press(touch, "take_card")], state)[0].screen == sc.TakeCard()
    state, ordered = walk([ev.Tick(state.now + 16)], state)
    assert ordered == [ev.CallStaff(ev.CallReason.CARD_FORGOTTEN)]
    after, _ = walk([ev.CardLeft(), ev.StorageCame()], state)
    assert (after.screen, after.card_in, after.card_found) == (sc.Welcome(), False, False)


def test_the_attack_the_card_service_goes_and_comes_back_at_take_your_card() -> None:
    """The next one who had read the notice stood before the first one's name."""
    state, _ = walk([*START, ev.CardArrived(), press(Touch.STOP, "reading"), ev.CardLeft(), ev.ReaderWent()])
    assert state.screen == sc.Welcome()
    state, ordered = walk([*START, ev.ReaderCame(), FOUND, press(Touch.UNDERSTOOD, "information")], state)
    assert state.screen == sc.TakeCard()
    assert not [one for one in ordered if isinstance(one, ev.ReadCard)]


def test_who_shows_a_document_goes_on_and_back_does_not_read_it() -> None:
    before, _ = walk(WITHOUT_CARD)
    state, ordered = walk([FOUND], before)
    assert (state.screen, ordered) == (before.screen, [])
    state, ordered = walk([press(Touch.BACK, "document")], state)
    assert state.screen == sc.TakeCard()
    assert not [one for one in ordered if isinstance(one, ev.ReadCard)]


def test_who_has_their_number_is_told_of_the_card() -> None:
    state, _ = walk([*STORED, press(Touch.GO_ON, "done"), ev.CardLeft(), FOUND])
    assert state.screen == sc.Ticket("A1", "1", has_card=True, has_document=True)


def test_a_card_put_into_a_resting_kiosk_is_given_back_before_anybody_is_welcomed() -> None:
    state, _ = walk([ev.StorageWent(), ev.CardArrived(), ev.StorageCame()])
    assert state.screen == sc.TakeCard()


def test_a_card_seen_coming_after_it_left_is_read_as_ever() -> None:
    state, _ = walk([FOUND, ev.CardLeft()])
    assert walk(CONFIRMED, State(journey=state.journey)) is not None
    state, ordered = walk([ev.CardArrived(), press(Touch.UNDERSTOOD, "information")], state)
    assert state.screen == sc.ReadingCard()
    assert isinstance(ordered[-1], ev.ReadCard)
