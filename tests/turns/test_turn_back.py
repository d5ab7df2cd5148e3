"""Every way back in a patient's turn, and nothing of one person left for the next."""

import pytest

from kiosk.core.identity.traits import Traits
from kiosk.core.sources.document import Guidance, Side
from kiosk.core.sources.insi import InsNotFound
from kiosk.core.turn import events as ev
from kiosk.core.turn import screens as sc
from kiosk.core.turn.screens import Touch
from kiosk.core.turn.step import Journey, State, step
from tests.turns.edges import NINETEEN, REVIEW, STORED, TWO_SIDES
from tests.turns.test_turn import (
    ALONE,
    CONFIRMED,
    FAMILY,
    LEO,
    MRZ,
    PICTURED,
    START,
    ZOE,
    press,
    walk,
)

# --- back --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("events", "screen"),
    [
        ([press(Touch.START, "welcome")], sc.Welcome()),
        ([press(Touch.START, "welcome"), press(Touch.MORE, "information")], sc.Information()),
        (START, sc.Information()),
        ([*START, ev.CardArrived(), ev.CardRead(1, FAMILY)], sc.TakeCard()),
        ([*START, ev.CardArrived(), ev.CardRead(1, ALONE)], sc.TakeCard()),
        (REVIEW, sc.ShowDocument(Side.FIRST, Guidance.NO_DOCUMENT)),
        (TWO_SIDES, sc.ShowDocument(Side.FIRST, Guidance.NO_DOCUMENT)),
        (CONFIRMED, sc.Confirm(sc.PersonLabel("ZOE", "A", "1975"))),
        ([*START, press(Touch.NO_CARD, "insert")], sc.InsertCard()),
        ([ev.ReaderWent(), *START, press(Touch.NO_CARD, "insert")], sc.InsertCard(sc.CardProblem.READER)),
        (PICTURED, sc.Working()),
    ],
)  # fmt: skip
def test_back_leads_one_screen_back(events: list[ev.Event], screen: sc.Screen) -> None:
    before, _ = walk(events)
    assert walk([press(Touch.BACK, before.visible.name)], before)[0].screen == screen


def test_back_from_a_person_shows_the_list_again_and_forgets_the_choice() -> None:
    state, _ = walk([*START, ev.CardArrived(), ev.CardRead(1, FAMILY), press(Touch.PERSON_1, "beneficiaries")])
    state, _ = walk([press(Touch.BACK, "confirm")], state)
    assert (state.screen.name, state.journey.chosen) == ("beneficiaries", None)


def test_back_from_the_third_page_shows_the_second() -> None:
    state, _ = walk(
        [*START, ev.CardArrived(), ev.CardRead(1, NINETEEN), *[press(Touch.NEXT_PAGE, "beneficiaries")] * 2]
    )
    state, _ = walk([press(Touch.BACK, "beneficiaries")], state)
    assert isinstance(state.screen, sc.Beneficiaries)
    assert (state.screen.first, state.screen.people[0].given_name) == (4, "P4")


def test_back_from_the_second_side_forgets_the_first() -> None:
    before, _ = walk(TWO_SIDES)
    state, ordered = walk([press(Touch.BACK, "document")], before)
    assert (state.journey.pictures, state.journey.reading) == ((), None)
    assert ordered == [ev.StopFilming(), ev.FilmDocument(1, Side.FIRST)]


def test_back_from_the_document_begins_a_new_turn_for_whoever_is_chosen_then() -> None:
    before, _ = walk([*CONFIRMED, ev.InsiAnswered(1, InsNotFound())])
    state, ordered = walk([press(Touch.BACK, "document")], before)
    assert ordered == [ev.StopFilming(), ev.Forget(1), ev.BeginTurn(2)]
    assert state.journey == Journey(2, informed=True, card=ALONE, chosen=0)
    assert walk([ev.InsiAnswered(1, InsNotFound())], state)[0].journey.insi is None


def test_back_from_the_document_without_a_card_stops_filming() -> None:
    before, _ = walk([*START, press(Touch.NO_CARD, "insert")])
    assert walk([press(Touch.BACK, "document")], before)[1] == [ev.StopFilming()]
    with_card, _ = walk([ev.CardArrived()], before)
    state, ordered = walk([press(Touch.BACK, "document")], with_card)
    assert state.screen == sc.ReadingCard()
    assert ordered == [ev.StopFilming(), ev.ReadCard(1)]


def test_back_from_the_document_keeps_the_person_chosen_among_several() -> None:
    chosen = [*START, ev.CardArrived(), ev.CardRead(1, FAMILY), press(Touch.PERSON_2, "beneficiaries")]
    state, _ = walk([*chosen, press(Touch.YES, "confirm"), press(Touch.BACK, "document")])
    assert state.screen == sc.Confirm(sc.PersonLabel("LEO", "A", "2012"))
    _, ordered = walk([press(Touch.YES, "confirm")], state)
    assert ordered[0] == ev.AskInsiByCard(2, LEO, insured=ZOE)


def test_not_me_of_a_large_card_shows_its_first_page() -> None:
    second_page = [*START, ev.CardArrived(), ev.CardRead(1, NINETEEN), press(Touch.NEXT_PAGE, "beneficiaries")]
    state, _ = walk([*second_page, press(Touch.PERSON_1, "beneficiaries"), press(Touch.NO, "confirm")])
    assert isinstance(state.screen, sc.Beneficiaries)
    assert [person.given_name for person in state.screen.people] == ["P0", "P1", "P2", "P3"]


# --- between two people ------------------------------------------------------------------------------------------


def test_each_person_gets_a_number_never_given_before() -> None:
    turns = []
    state = State()
    for _ in range(3):
        state, ordered = walk([*START, press(Touch.STOP, "insert")], state)
        turns += [command.turn for command in ordered if isinstance(command, ev.BeginTurn)]
    assert len(turns) == len(set(turns)) == 3
    assert turns == sorted(turns)


def test_a_late_answer_finds_nobody_after_the_turn_whatever_its_number() -> None:
    for past in (0, 3, 8):
        begun = State(journey=Journey(past))
        number = past + 1
        stopped, _ = walk([*CONFIRMED[:3], ev.CardRead(number, ALONE), press(Touch.YES, "confirm")], begun)
        assert stopped.journey.insi_asked_at is not None
        to_desk, _ = walk(
            [*CONFIRMED[:3], ev.CardRead(number, FAMILY), press(Touch.NOT_LISTED, "beneficiaries")], begun
        )
        for state in (walk([press(Touch.STOP, "document")], stopped)[0], to_desk):
            assert state.journey == Journey(number + 1)
            assert walk([ev.InsiAnswered(number, InsNotFound())], state) == (state, [])


def test_the_thousandth_patient_is_answered_like_the_first() -> None:
    state, _ = walk([*START, ev.CardArrived()], State(journey=Journey(999)))
    state, _ = walk([ev.CardRead(int("1000"), ALONE), ev.Touched(Touch.YES, "con" + "".join(["fir", "m"]))], state)
    assert state.screen.name == "document"


def test_a_late_answer_finds_nobody_once_the_check_in_is_kept() -> None:
    state, _ = walk([*PICTURED, ev.Tick(9), ev.Stored(1, "A1")])
    assert state.journey == Journey(1, document_asked=True, submitted=True)
    assert walk([ev.InsiAnswered(1, InsNotFound())], state) == (state, [])


def test_a_kiosk_starts_with_nobody_and_with_everything_in_order() -> None:
    state = State()
    assert (state.screen, state.overlay, state.journey) == (sc.Welcome(), None, Journey())
    assert (state.journey.turn, state.journey.informed, state.journey.submitted) == (0, False, False)
    assert (state.now, state.touched_at, state.entered_at, state.staff_told) == (0, 0, 0, False)
    assert (state.card_in, state.card_mute, state.reader_ok, state.camera_ok, state.storage_ok) == (
        False, False, True, True, True,
    )  # fmt: skip


def test_a_person_has_not_read_the_notice_by_pressing_start() -> None:
    state, ordered = walk([press(Touch.START, "welcome")])
    assert (state.journey, ordered) == (Journey(1), [ev.BeginTurn(1)])


def test_a_kiosk_whose_disk_is_full_finishes_with_this_person_and_then_rests() -> None:
    state, _ = walk([*START, ev.StorageWent()])
    assert state.screen == sc.InsertCard()
    assert walk([press(Touch.STOP, "insert")], state)[0].screen == sc.OutOfOrder()


def test_one_missing_device_does_not_close_the_kiosk() -> None:
    for event in (ev.ReaderWent(), ev.CameraWent()):
        assert walk([event])[0].screen == sc.Welcome()
    assert walk([ev.ReaderWent(), ev.CameraWent(), ev.ReaderCame()])[0].screen == sc.Welcome()
    assert walk([ev.CameraWent(), ev.ReaderWent()])[0].screen == sc.OutOfOrder()


def test_the_notice_opens_once_and_time_goes_on() -> None:
    state, _ = walk([press(Touch.START, "welcome"), press(Touch.MORE, "information")])
    assert state.screen == sc.Information(more=True)
    assert walk([press(Touch.MORE, "information")], state) == (state, [])
    state, ordered = walk([press(Touch.UNDERSTOOD, "information")], state)
    assert (state.screen, state.journey.informed, ordered) == (sc.InsertCard(), True, [])


def test_an_answer_of_another_turn_changes_nothing_anywhere() -> None:
    for events in ([], START, CONFIRMED, PICTURED, STORED):
        before, _ = walk(events)
        for turn in (before.journey.turn - 1, before.journey.turn + 1):
            for event in (
                ev.InsiAnswered(turn, InsNotFound()), ev.Stored(turn, "B1"), ev.NotStored(turn),
                ev.CardRead(turn, ALONE), ev.CardProgressed(turn, 0.5), ev.Guided(turn, Side.FIRST, Guidance.GLARE, 0),
            ):  # fmt: skip
                taken_back = (ev.Withdraw(turn),) if isinstance(event, ev.Stored) else ()  # nobody was shown its number
                assert step(before, event) == (before, taken_back)


def test_the_traits_of_a_screen_are_its_own() -> None:
    assert sc.Information().more is False
    assert sc.ReadingCard().progress == 0
    shown = sc.ShowDocument(Side.FIRST, Guidance.NO_DOCUMENT)
    assert (shown.steadiness, shown.may_press) == (0, False)
    assert isinstance(MRZ.traits, Traits)
