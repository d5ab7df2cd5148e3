"""The journey of one patient, told by its pure step function."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from kiosk.core.identity.traits import Source, Traits
from kiosk.core.sources.card import Beneficiary, CardContents
from kiosk.core.sources.document import (
    DocumentKind,
    DocumentPicture,
    DocumentReading,
    Guidance,
    MrzReading,
    SealReading,
    SealVerdict,
    Side,
)
from kiosk.core.sources.insi import InsNotFound, InsUnreachable
from kiosk.core.turn import events as ev
from kiosk.core.turn import screens as sc
from kiosk.core.turn.screens import PERSON_TOUCHES, Touch
from kiosk.core.turn.step import State, step

ZOE = Beneficiary("ADRUN", "ZOE", "1975-12-31", nir="2751263220749", nir_key="74")
LEO = Beneficiary("ADRUN", "LEO", "2012-04-02")
ALONE = CardContents((ZOE,))
FAMILY = CardContents((ZOE, LEO))
PICTURE = DocumentPicture(Side.FIRST, b"jpeg")
BACK = DocumentPicture(Side.SECOND, b"jpeg2")
PASSPORT = DocumentReading(DocumentKind.PASSPORT)
CARD_FRONT = DocumentReading(DocumentKind.FRENCH_ID_2021, has_second_side=True)
MRZ = MrzReading("TD1", (), Traits(Source.DOCUMENT, "ADRUN", given_names=("ZOE",)), "X", "FRA", "FRA", "", (), (), True)
CARD_BACK = DocumentReading(DocumentKind.FRENCH_ID_2021, MRZ, has_second_side=True)


def press(touch: Touch, on: str) -> ev.Touched:
    return ev.Touched(touch, on)


def walk(events: Sequence[ev.Event], state: State | None = None) -> tuple[State, list[ev.Command]]:
    state = state or State()
    commands: list[ev.Command] = []
    for event in events:
        state, ordered = step(state, event)
        commands += ordered
    return state, commands


START: list[ev.Event] = [press(Touch.START, "welcome"), press(Touch.UNDERSTOOD, "information")]
CONFIRMED: list[ev.Event] = [*START, ev.CardArrived(), ev.CardRead(1, ALONE), press(Touch.YES, "confirm")]
PICTURED: list[ev.Event] = [
    *CONFIRMED,
    ev.PictureTaken(1, Side.FIRST, PICTURE, PASSPORT),
    press(Touch.YES, "review"),
]


def test_the_plain_walk_goes_from_welcome_to_welcome() -> None:
    seen: list[str] = []
    state = State()
    for event in [
        *PICTURED,
        ev.InsiAnswered(1, InsNotFound()),
        ev.Stored(1, "A12"),
        press(Touch.GO_ON, "done"),
        press(Touch.FINISH, "ticket"),
        ev.CardLeft(),
    ]:
        if state.visible.name not in seen:
            seen.append(state.visible.name)
        state, _ = step(state, event)
    seen.append(state.visible.name)
    assert seen == [
        "welcome", "information", "insert", "reading", "confirm", "document", "review", "working", "done", "ticket",
        "take_card", "welcome",
    ]  # fmt: skip


def test_a_card_read_for_the_last_patient_is_never_shown_to_the_next() -> None:
    waiting, _ = walk([*START, ev.CardArrived(), press(Touch.STOP, "reading"), ev.CardLeft(), *START, ev.CardArrived()])
    assert waiting.screen == sc.ReadingCard()
    assert step(waiting, ev.CardRead(1, ALONE)) == (waiting, ())


def test_a_card_inserted_at_the_welcome_is_read_only_after_the_notice() -> None:
    state, commands = walk([ev.CardArrived()])
    assert (state.screen, commands) == (sc.Information(), [ev.BeginTurn(1)])
    state, commands = walk([press(Touch.UNDERSTOOD, "information")], state)
    assert (state.screen, commands) == (sc.ReadingCard(), [ev.ReadCard(1)])


def test_several_people_on_the_card_must_be_chosen_from() -> None:
    state, _ = walk([*START, ev.CardArrived(), ev.CardRead(1, FAMILY)])
    assert isinstance(state.screen, sc.Beneficiaries)
    assert [person.given_name for person in state.screen.people] == ["ZOE", "LEO"]
    state, _ = walk([press(Touch.PERSON_2, "beneficiaries")], state)
    assert state.screen == sc.Confirm(sc.PersonLabel("LEO", "A", "2012"))
    _, commands = walk([press(Touch.YES, "confirm")], state)
    assert ev.AskInsiByCard(1, LEO, insured=ZOE) in commands


def test_nineteen_people_are_paged_and_each_can_be_chosen() -> None:
    people = tuple(replace(ZOE, given_name=f"P{number}") for number in range(19))
    state, _ = walk([*START, ev.CardArrived(), ev.CardRead(1, CardContents(people))])
    shown: list[str] = []
    while isinstance(state.screen, sc.Beneficiaries):
        shown += [person.given_name for person in state.screen.people]
        last = state.screen
        state, _ = walk([press(Touch.NEXT_PAGE, "beneficiaries")], state)
        if state.screen == last:
            break
    assert shown == [f"P{number}" for number in range(19)]
    state, _ = walk([press(Touch.PERSON_3, "beneficiaries")], state)
    assert state.screen == sc.Confirm(sc.PersonLabel("P18", "A", "1975"))


def test_a_button_without_a_person_chooses_nobody() -> None:
    state, _ = walk([*START, ev.CardArrived(), ev.CardRead(1, FAMILY)])
    for touch in PERSON_TOUCHES[2:]:
        assert step(state, press(touch, "beneficiaries"))[0].screen == state.screen


def test_insi_is_asked_while_the_document_is_shown() -> None:
    state, commands = walk(CONFIRMED)
    assert commands[-2:] == [ev.AskInsiByCard(1, ZOE, insured=None), ev.FilmDocument(1, Side.FIRST)]
    assert state.screen == sc.ShowDocument(Side.FIRST, Guidance.NO_DOCUMENT)


def test_a_document_of_two_sides_is_shown_twice_and_its_zone_counts_from_either() -> None:
    state, commands = walk([
        *CONFIRMED,
        ev.PictureTaken(1, Side.FIRST, PICTURE, CARD_FRONT),
        press(Touch.YES, "review"),
        ev.PictureTaken(1, Side.SECOND, BACK, CARD_BACK),
        press(Touch.YES, "review"),
        ev.InsiAnswered(1, InsNotFound()),
    ])  # fmt: skip
    [submit] = [command for command in commands if isinstance(command, ev.Submit)]
    assert submit.pictures == (PICTURE, BACK)
    assert submit.reading == CARD_BACK
    assert isinstance(state.screen, sc.Working)


@pytest.mark.parametrize("on_the_back", [True, False])
def test_a_seal_counts_from_whichever_side_bears_it(on_the_back: bool) -> None:
    seal = SealReading(SealVerdict.GENUINE, "FR05-0001", "2023-05-02", ())
    front = replace(CARD_FRONT, seal=None if on_the_back else seal)
    back = replace(CARD_BACK, seal=seal if on_the_back else None)
    state, _ = walk(
        [
            *CONFIRMED,
            ev.PictureTaken(1, Side.FIRST, PICTURE, front),
            press(Touch.YES, "review"),
            ev.PictureTaken(1, Side.SECOND, BACK, back),
        ]
    )
    assert state.journey.reading == replace(CARD_BACK, seal=seal)


def test_taking_the_picture_again_replaces_it() -> None:
    again = DocumentPicture(Side.FIRST, b"better")
    _, commands = walk([
        *CONFIRMED,
        ev.PictureTaken(1, Side.FIRST, PICTURE, PASSPORT),
        press(Touch.RETAKE, "review"),
        ev.PictureTaken(1, Side.FIRST, again, PASSPORT),
        press(Touch.YES, "review"),
        ev.InsiAnswered(1, InsNotFound()),
    ])  # fmt: skip
    [submit] = [command for command in commands if isinstance(command, ev.Submit)]
    assert submit.pictures == (again,)


def test_without_a_card_insi_is_asked_with_the_document_only_when_it_was_read_with_certainty() -> None:
    without = [*START, press(Touch.NO_CARD, "insert")]
    sure = [*without, ev.PictureTaken(1, Side.FIRST, PICTURE, replace(CARD_BACK, has_second_side=False))]
    _, commands = walk([*sure, press(Touch.YES, "review")])
    assert ev.AskInsiByDocument(1, MRZ.traits) in commands
    doubtful = replace(CARD_BACK, has_second_side=False, mrz=replace(MRZ, accepted=False))
    _, commands = walk([
        *without, ev.PictureTaken(1, Side.FIRST, PICTURE, doubtful), press(Touch.YES, "review")
    ])  # fmt: skip
    [submit] = [command for command in commands if isinstance(command, ev.Submit)]
    assert submit.insi == InsUnreachable("not-asked")


def test_no_document_is_accepted_and_said_to_staff() -> None:
    _, commands = walk([*CONFIRMED, press(Touch.NO_DOCUMENT, "document"), ev.InsiAnswered(1, InsNotFound())])
    [submit] = [command for command in commands if isinstance(command, ev.Submit)]
    assert submit.document_refused
    assert submit.pictures == ()


def test_insi_that_does_not_answer_in_time_is_not_a_not_found() -> None:
    state, commands = walk([*PICTURED, ev.Tick(7.9)])
    assert not [command for command in commands if isinstance(command, ev.Submit)]
    state, commands = walk([ev.Tick(8.1)], state)
    [submit] = [command for command in commands if isinstance(command, ev.Submit)]
    assert submit.insi == InsUnreachable("timeout")
    assert step(state, ev.InsiAnswered(1, InsNotFound()))[1] == ()


def test_a_check_in_that_cannot_be_kept_sends_to_the_desk_without_a_number() -> None:
    state, commands = walk([*PICTURED, ev.InsiAnswered(1, InsNotFound()), ev.NotStored(1)])
    assert state.screen == sc.Desk("1")
    assert commands[-1] == ev.Forget(1)
    assert state.journey.pictures == ()


def test_nothing_of_the_patient_is_held_once_it_is_stored() -> None:
    state, commands = walk([*PICTURED, ev.InsiAnswered(1, InsNotFound()), ev.Stored(1, "A1")])
    assert (state.journey.card, state.journey.pictures, state.journey.insi) == (None, (), None)
    assert commands[-1] == ev.Forget(1)


@pytest.mark.parametrize("reached", range(3, len(PICTURED) - 1))
def test_a_card_pulled_out_before_the_end_takes_everything_with_it(reached: int) -> None:
    state, _ = walk(PICTURED[:reached])
    state, commands = walk([ev.CardLeft()], state)
    assert state.screen == sc.InsertCard(sc.CardProblem.REMOVED)
    assert ev.Forget(1) in commands
    assert state.journey.turn == 2
    assert state.journey.card is None


def test_a_card_pulled_out_while_the_answer_is_awaited_loses_nothing() -> None:
    state, _ = walk([*PICTURED, ev.CardLeft()])
    assert state.screen == sc.Working()
    state, _ = walk([ev.InsiAnswered(1, InsNotFound()), ev.Stored(1, "A1"), press(Touch.GO_ON, "done")], state)
    assert state.screen == sc.Ticket("A1", "1", has_document=True)
    assert walk([press(Touch.FINISH, "ticket")], state)[0].screen == sc.Welcome()


@pytest.mark.parametrize("reached", range(1, len(PICTURED)))
def test_stop_forgets_and_gives_the_card_back_at_every_step(reached: int) -> None:
    state, _ = walk(PICTURED[:reached])
    card_in = state.card_in
    state, commands = walk([press(Touch.STOP, state.visible.name)], state)
    assert state.screen == (sc.TakeCard() if card_in else sc.Welcome())
    assert ev.Forget(1) in commands
    assert state.journey.card is None


@pytest.mark.parametrize("reached", range(1, len(PICTURED)))
def test_help_calls_staff_at_every_step_and_the_walk_goes_on(reached: int) -> None:
    before, _ = walk(PICTURED[:reached])
    state, commands = walk([press(Touch.HELP, before.visible.name)], before)
    assert state.visible == sc.HelpCalled("1")
    assert commands == [ev.CallStaff(ev.CallReason.HELP)]
    state, _ = walk([press(Touch.GO_ON, "help")], state)
    assert state.visible == before.visible


def test_silence_asks_counts_down_and_can_be_extended_as_often_as_one_likes() -> None:
    state, _ = walk(START)
    now = 0.0
    for _ in range(12):
        now += 46
        state, _ = walk([ev.Tick(now)], state)
        assert isinstance(state.visible, sc.StillThere)
        assert state.visible.seconds_left >= 20
        state, _ = walk([press(Touch.STILL_HERE, "still_there")], state)
        assert state.visible == sc.InsertCard()
    state, _ = walk([ev.Tick(now + 46), ev.Tick(now + 60)], state)
    assert state.visible == sc.StillThere(10)
    state, commands = walk([ev.Tick(now + 71)], state)
    assert state.visible == sc.Welcome()
    assert ev.Forget(1) in commands


def test_a_forgotten_card_is_told_to_staff_once() -> None:
    state, _ = walk([*START, ev.CardArrived(), press(Touch.STOP, "reading")])
    state, commands = walk([ev.Tick(14), ev.Tick(16), ev.Tick(17), ev.Tick(60), ev.Tick(600)], state)
    assert commands == [ev.CallStaff(ev.CallReason.CARD_FORGOTTEN)]
    assert state.screen == sc.TakeCard()


def test_a_press_meant_for_the_screen_before_changes_nothing() -> None:
    state, _ = walk([*START, ev.CardArrived(), ev.CardRead(1, ALONE)])
    for other in ("review", "beneficiaries", "confirm2", ""):
        assert step(state, press(Touch.YES, other)) == (state, ())


def test_a_lost_reader_offers_the_way_without_a_card_and_returns_by_itself() -> None:
    state, _ = walk([ev.ReaderWent(), *START])
    assert state.screen == sc.InsertCard(sc.CardProblem.READER)
    assert walk([press(Touch.NO_CARD, "insert")], state)[0].screen.name == "document"
    assert walk([ev.ReaderCame()], state)[0].screen == sc.InsertCard()


def test_a_lost_camera_sends_on_without_a_document() -> None:
    state, commands = walk([*CONFIRMED, ev.CameraWent()])
    assert state.screen == sc.Working()
    state, _ = walk([ev.InsiAnswered(1, InsNotFound())], state)
    assert state.journey.submitted
    assert not state.journey.document_refused
    assert ev.StopFilming() in commands


def test_a_kiosk_that_can_do_nothing_rests_and_wakes_up_by_itself() -> None:
    for went, came in (
        ([ev.ReaderWent(), ev.CameraWent()], ev.CameraCame()),
        ([ev.StorageWent()], ev.StorageCame()),
    ):
        state, _ = walk(went)
        assert state.screen == sc.OutOfOrder()
        assert walk([came], state)[0].screen == sc.Welcome()


def test_a_card_that_is_no_vitale_is_asked_for_again() -> None:
    state, _ = walk([*START, ev.CardArrived(), ev.CardNotRead(1, sc.CardProblem.NOT_VITALE)])
    assert state.screen == sc.InsertCard(sc.CardProblem.NOT_VITALE)
    state, commands = walk([ev.CardLeft(), ev.CardArrived()], state)
    assert commands == [ev.ReadCard(1)]


def test_a_mute_card_is_asked_for_again() -> None:
    assert walk([*START, ev.CardStaysMute()])[0].screen == sc.InsertCard(sc.CardProblem.UNREADABLE)
    at_welcome, commands = walk([ev.CardStaysMute(), press(Touch.UNDERSTOOD, "information")])
    assert at_welcome.screen == sc.InsertCard(sc.CardProblem.UNREADABLE)
    assert not [command for command in commands if isinstance(command, ev.ReadCard)]


def test_a_card_that_never_answers_does_not_hold_the_patient() -> None:
    state, _ = walk([*START, ev.CardArrived(), ev.Tick(21)])
    assert state.screen == sc.InsertCard(sc.CardProblem.UNREADABLE)


def test_the_manual_button_comes_when_the_picture_does_not_take_itself() -> None:
    state, _ = walk([*CONFIRMED, ev.Guided(1, Side.FIRST, Guidance.GLARE, 0.0), ev.Tick(13)])
    assert state.screen == sc.ShowDocument(Side.FIRST, Guidance.GLARE, 0.0, may_press=True)
    assert walk([press(Touch.TAKE_PICTURE, "document")], state)[1] == [ev.TakePicture(1)]


def test_the_kiosk_keeps_its_word_when_stop_is_pressed_after_submitting() -> None:
    state, _ = walk([*PICTURED, press(Touch.STOP, "working"), ev.InsiAnswered(1, InsNotFound())])
    assert state.screen == sc.Working()
    assert state.journey.submitted
