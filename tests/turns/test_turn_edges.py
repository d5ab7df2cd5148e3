"""The edges of a patient's turn: the last second of each wait, every way back, devices that come and go."""

from dataclasses import replace

import pytest

from kiosk.core import events as ev
from kiosk.core import screens as sc
from kiosk.core.card import CardAnomaly, CardContents
from kiosk.core.document import DocumentKind, DocumentPicture, DocumentReading, Guidance, Side
from kiosk.core.insi import InsNotFound, InsUnreachable
from kiosk.core.screens import Touch
from kiosk.core.traits import BirthDate, Traits
from kiosk.core.turn import Journey, Manners, State, step
from tests.turns.test_turn import (
    ALONE,
    BACK,
    CARD_BACK,
    CARD_FRONT,
    CONFIRMED,
    FAMILY,
    LEO,
    MRZ,
    PASSPORT,
    PICTURE,
    PICTURED,
    START,
    ZOE,
    press,
    walk,
)

ANSWERED: list[ev.Event] = [*PICTURED, ev.InsiAnswered(1, InsNotFound())]
STORED: list[ev.Event] = [*ANSWERED, ev.Stored(1, "A1")]
TWO_SIDES: list[ev.Event] = [
    *CONFIRMED,
    ev.PictureTaken(1, Side.FIRST, PICTURE, CARD_FRONT),
    press(Touch.YES, "review"),
]
REVIEW: list[ev.Event] = [*CONFIRMED, ev.PictureTaken(1, Side.FIRST, PICTURE, PASSPORT)]
NINETEEN = CardContents(tuple(replace(ZOE, given_name=f"P{number}") for number in range(19)))


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
    assert after.screen == sc.Ticket("A1", "1")


def test_a_ticket_stays_thirty_seconds() -> None:
    at, after, ordered = _waited([*STORED, press(Touch.GO_ON, "done")], 30)
    assert at.visible == sc.Ticket("A1", "1")
    assert (after.screen, after.ticket) == (sc.TakeCard(), "")
    assert ordered == [ev.StopFilming(), ev.Forget(1)]


def test_a_ticket_stays_while_help_is_on_the_way() -> None:
    asked = [*STORED, press(Touch.GO_ON, "done"), press(Touch.HELP, "ticket")]
    state, commands = walk([*asked, ev.Tick(31)])
    assert state.screen == sc.Ticket("A1", "1")
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


# --- the card ----------------------------------------------------------------------------------------------------


def test_progress_never_goes_back_and_never_passes_the_whole() -> None:
    state, _ = walk([*START, ev.CardArrived(), ev.CardProgressed(1, 0.5), ev.CardProgressed(1, 0.2)])
    assert state.screen == sc.ReadingCard(0.5)
    assert walk([ev.CardProgressed(1, 7.0)], state)[0].screen == sc.ReadingCard(1.0)


def test_progress_is_no_reason_to_wait_longer() -> None:
    state, _ = walk([*START, ev.CardArrived(), ev.Tick(19), ev.CardProgressed(1, 0.9), ev.Tick(20.5)])
    assert state.screen == sc.InsertCard(sc.CardProblem.UNREADABLE)


def test_a_card_without_people_is_not_read() -> None:
    state, _ = walk([*START, ev.CardArrived(), ev.CardRead(1, CardContents(()))])
    assert (state.screen, state.journey.card_failures) == (sc.InsertCard(sc.CardProblem.UNREADABLE), 1)
    state, _ = walk([ev.CardLeft(), ev.CardArrived(), ev.CardNotRead(1, sc.CardProblem.NOT_VITALE)], state)
    assert (state.screen, state.journey.card_failures) == (sc.InsertCard(sc.CardProblem.NOT_VITALE), 2)


def test_four_people_fill_a_page_and_the_fifth_stands_on_the_next() -> None:
    for count, more in ((4, False), (5, True)):
        state, _ = walk([*START, ev.CardArrived(), ev.CardRead(1, CardContents(NINETEEN.beneficiaries[:count]))])
        assert isinstance(state.screen, sc.Beneficiaries)
        assert (len(state.screen.people), state.screen.has_more) == (4, more)
    state, _ = walk([press(Touch.NEXT_PAGE, "beneficiaries")], state)
    assert state.screen == sc.Beneficiaries((sc.PersonLabel("P4", "A", "1975"),), 4, has_more=False)
    assert walk([press(Touch.BACK, "beneficiaries")], state)[0].screen.first == 0  # type: ignore[union-attr]


@pytest.mark.parametrize(("touch", "index"), [(Touch.PERSON_1, 4), (Touch.PERSON_2, 5), (Touch.PERSON_4, 7)])
def test_the_buttons_of_the_second_page_choose_its_people(touch: Touch, index: int) -> None:
    state, _ = walk([*START, ev.CardArrived(), ev.CardRead(1, NINETEEN), press(Touch.NEXT_PAGE, "beneficiaries")])
    state, _ = walk([press(touch, "beneficiaries")], state)
    assert state.journey.chosen == index
    assert state.screen == sc.Confirm(sc.PersonLabel(f"P{index}", "A", "1975"))


def test_nobody_of_the_list_goes_to_the_desk_and_nothing_is_kept() -> None:
    state, ordered = walk([*START, ev.CardArrived(), ev.CardRead(1, FAMILY), press(Touch.NOT_LISTED, "beneficiaries")])
    assert state.screen == sc.Desk("1")
    assert state.journey == Journey(2)
    assert ordered[-2:] == [ev.StopFilming(), ev.Forget(1)]


def test_not_me_shows_the_list_again_or_goes_to_the_desk_when_there_is_nobody_else() -> None:
    chosen = [*START, ev.CardArrived(), ev.CardRead(1, FAMILY), press(Touch.PERSON_2, "beneficiaries")]
    state, _ = walk([*chosen, press(Touch.NO, "confirm")])
    assert (state.screen.name, state.journey.chosen) == ("beneficiaries", None)
    state, _ = walk([*START, ev.CardArrived(), ev.CardRead(1, ALONE), press(Touch.NO, "confirm")])
    assert state.screen == sc.Desk("1")


def test_the_first_person_of_the_card_is_the_insured_of_nobody() -> None:
    _, ordered = walk([
        *START, ev.CardArrived(), ev.CardRead(1, FAMILY), press(Touch.PERSON_1, "beneficiaries"),
        press(Touch.YES, "confirm"),
    ])  # fmt: skip
    assert ev.AskInsiByCard(1, ZOE, insured=None) in ordered


def test_what_was_found_on_the_card_is_submitted_with_it() -> None:
    contents = CardContents((ZOE, LEO), (CardAnomaly.BAD_KEY,))
    _, ordered = walk([
        *START, ev.CardArrived(), ev.CardRead(1, contents), press(Touch.PERSON_2, "beneficiaries"),
        press(Touch.YES, "confirm"), press(Touch.NO_DOCUMENT, "document"), ev.InsiAnswered(1, InsNotFound()),
    ])  # fmt: skip
    assert ordered[-1] == ev.Submit(1, LEO, (CardAnomaly.BAD_KEY,), InsNotFound(), None, (), True, insured=ZOE)


def test_a_card_that_leaves_while_the_next_patient_reads_the_notice_changes_nothing() -> None:
    state, _ = walk([ev.CardArrived()])
    after, ordered = walk([ev.CardLeft()], state)
    assert (after.screen, after.card_in, ordered) == (sc.Information(), False, [])


def test_a_card_turned_the_right_way_is_read_after_the_notice() -> None:
    state, ordered = walk([ev.CardStaysMute(), ev.CardLeft(), ev.CardArrived(), press(Touch.UNDERSTOOD, "information")])
    assert state.screen == sc.ReadingCard()
    assert ordered[-1] == ev.ReadCard(1)


def test_a_mute_card_elsewhere_changes_nothing_that_is_seen() -> None:
    before, _ = walk(CONFIRMED)
    state, ordered = walk([ev.CardStaysMute()], before)
    assert (state.screen, state.card_mute, ordered) == (before.screen, True, [])


def test_a_second_card_elsewhere_changes_nothing_that_is_seen() -> None:
    before, _ = walk(PICTURED)
    state, ordered = walk([ev.CardArrived()], before)
    assert (state.screen, ordered) == (before.screen, [])


def test_a_card_taken_back_brings_the_welcome_and_a_mute_one_too() -> None:
    state, _ = walk([*START, ev.CardStaysMute(), press(Touch.STOP, "insert")])
    assert state.screen == sc.TakeCard()
    state, _ = walk([ev.CardLeft()], state)
    assert (state.screen, state.card_in, state.card_mute) == (sc.Welcome(), False, False)


def test_a_card_whose_reader_vanishes_is_out() -> None:
    state, _ = walk([*START, ev.CardArrived(), press(Touch.STOP, "reading"), ev.ReaderWent()])
    assert (state.screen, state.card_in, state.reader_ok) == (sc.Welcome(), False, False)
    mute, _ = walk([*START, ev.CardStaysMute(), ev.ReaderWent()])
    assert (mute.card_in, mute.card_mute) == (False, False)


def test_a_reader_that_vanishes_while_reading_starts_over_and_says_so() -> None:
    state, ordered = walk([*START, ev.CardArrived(), ev.ReaderWent()])
    assert state.screen == sc.InsertCard(sc.CardProblem.READER)
    assert ordered[-3:] == [ev.StopFilming(), ev.Forget(1), ev.BeginTurn(2)]
    assert (state.journey.turn, state.journey.informed) == (2, True)


def test_a_reader_that_returns_does_not_hide_what_is_wrong_with_the_card() -> None:
    state, _ = walk([*START, ev.CardArrived(), ev.CardNotRead(1, sc.CardProblem.NOT_VITALE), ev.ReaderCame()])
    assert state.screen == sc.InsertCard(sc.CardProblem.NOT_VITALE)


def test_a_reader_that_vanishes_before_the_card_says_so_at_once() -> None:
    state, ordered = walk([*START, ev.ReaderWent()])
    assert (state.screen, ordered[1:]) == (sc.InsertCard(sc.CardProblem.READER), [])
    assert walk([ev.CardLeft()], walk(START)[0])[0].screen == sc.InsertCard()


def test_a_person_without_a_card_is_not_disturbed_by_the_reader() -> None:
    before, _ = walk([*START, press(Touch.NO_CARD, "insert")])
    for event in (ev.ReaderWent(), ev.ReaderCame(), ev.CardLeft()):
        state, ordered = walk([event], before)
        assert (state.screen, ordered) == (before.screen, [])


# --- the document ------------------------------------------------------------------------------------------------


def test_guidance_about_the_other_side_is_dropped() -> None:
    before, _ = walk(CONFIRMED)
    assert walk([ev.Guided(1, Side.SECOND, Guidance.GLARE, 0.5)], before) == (before, [])
    assert walk([ev.PictureTaken(1, Side.SECOND, BACK, CARD_BACK)], before) == (before, [])


def test_guidance_about_the_first_side_is_dropped_once_the_second_is_asked_for() -> None:
    before, _ = walk(TWO_SIDES)
    assert walk([ev.Guided(1, Side.FIRST, Guidance.GLARE, 0.5)], before) == (before, [])
    assert walk([ev.PictureTaken(1, Side.FIRST, PICTURE, CARD_FRONT)], before) == (before, [])


def test_guidance_does_not_make_the_manual_button_wait() -> None:
    state, _ = walk([*CONFIRMED, ev.Tick(11), ev.Guided(1, Side.FIRST, Guidance.GLARE, 0.0), ev.Tick(12.5)])
    assert state.screen == sc.ShowDocument(Side.FIRST, Guidance.GLARE, 0.0, may_press=True)


def test_the_manual_button_takes_nothing_before_it_is_offered() -> None:
    before, _ = walk(CONFIRMED)
    assert walk([press(Touch.TAKE_PICTURE, "document")], before) == (before, [])


def test_filming_stops_when_the_picture_is_taken_and_its_time_begins_anew() -> None:
    state, ordered = walk([*CONFIRMED, ev.Tick(9), ev.PictureTaken(1, Side.FIRST, PICTURE, PASSPORT)])
    assert (state.screen, state.entered_at) == (sc.ReviewPicture(Side.FIRST), 9)
    assert ordered[-1] == ev.StopFilming()


def test_the_second_side_is_asked_for_and_told_whether_the_first_bore_a_zone() -> None:
    for reading, had_zone in ((CARD_FRONT, False), (CARD_BACK, True)):
        state, ordered = walk(
            [*CONFIRMED, ev.PictureTaken(1, Side.FIRST, PICTURE, reading), press(Touch.YES, "review")]
        )
        assert ordered[-1] == ev.FilmDocument(1, Side.SECOND, had_zone)
        assert state.screen == sc.ShowDocument(Side.SECOND, Guidance.NO_DOCUMENT)


def _submitted(events: list[ev.Event]) -> ev.Submit:
    _, ordered = walk([*events, ev.InsiAnswered(1, InsNotFound())])
    [submit] = [command for command in ordered if isinstance(command, ev.Submit)]
    return submit


def test_the_zone_of_the_first_side_is_kept_when_the_second_bears_none() -> None:
    submit = _submitted([
        *CONFIRMED, ev.PictureTaken(1, Side.FIRST, PICTURE, CARD_BACK), press(Touch.YES, "review"),
        ev.PictureTaken(1, Side.SECOND, BACK, CARD_FRONT), press(Touch.YES, "review"),
    ])  # fmt: skip
    assert submit.reading is not None
    assert submit.reading.mrz == MRZ
    assert submit.pictures == (PICTURE, BACK)


def test_no_second_side_keeps_the_first_and_is_no_refusal() -> None:
    submit = _submitted([*TWO_SIDES, press(Touch.NO_DOCUMENT, "document")])
    assert submit.pictures == (PICTURE,)
    assert not submit.document_refused


def test_taking_the_second_side_again_keeps_the_first() -> None:
    again = DocumentPicture(Side.SECOND, b"better")
    taken = [*TWO_SIDES, ev.PictureTaken(1, Side.SECOND, BACK, CARD_BACK), press(Touch.RETAKE, "review")]
    state, ordered = walk(taken)
    assert (state.screen.name, state.journey.pictures) == ("document", (PICTURE,))
    assert ordered[-1] == ev.FilmDocument(1, Side.SECOND, first_had_zone=False)
    submit = _submitted([*taken, ev.PictureTaken(1, Side.SECOND, again, CARD_BACK), press(Touch.YES, "review")])
    assert submit.pictures == (PICTURE, again)


def test_taking_the_first_side_again_forgets_what_was_read_of_it() -> None:
    state, _ = walk([*CONFIRMED, ev.PictureTaken(1, Side.FIRST, PICTURE, CARD_BACK), press(Touch.RETAKE, "review")])
    assert (state.journey.reading, state.journey.pictures) == (None, ())


def test_a_camera_that_vanishes_between_two_sides_goes_on_with_the_first() -> None:
    submit = _submitted([
        *CONFIRMED, ev.PictureTaken(1, Side.FIRST, PICTURE, CARD_FRONT), ev.CameraWent(), press(Touch.YES, "review"),
    ])  # fmt: skip
    assert submit.pictures == (PICTURE,)


def test_without_a_camera_a_confirmed_person_goes_on_and_one_without_a_card_to_the_desk() -> None:
    state, ordered = walk([ev.CameraWent(), *CONFIRMED])
    assert state.screen == sc.Working()
    assert not [command for command in ordered if isinstance(command, ev.FilmDocument)]
    state, ordered = walk([ev.CameraWent(), *START, press(Touch.NO_CARD, "insert")])
    assert state.screen == sc.Desk("1")
    assert ordered[-2:] == [ev.StopFilming(), ev.Forget(1)]


def test_a_camera_that_vanishes_during_the_review_changes_nothing() -> None:
    before, _ = walk([*CONFIRMED, ev.PictureTaken(1, Side.FIRST, PICTURE, PASSPORT)])
    state, ordered = walk([ev.CameraWent()], before)
    assert (state.screen, state.camera_ok, ordered) == (before.screen, False, [])


def test_an_answer_that_comes_during_the_document_is_kept_for_the_end() -> None:
    state, ordered = walk([*CONFIRMED, ev.InsiAnswered(1, InsNotFound())])
    assert (state.screen.name, state.journey.insi) == ("document", InsNotFound())
    rest: list[ev.Event] = [ev.PictureTaken(1, Side.FIRST, PICTURE, PASSPORT), press(Touch.YES, "review")]
    state, ordered = walk(rest, state)
    assert [type(command) for command in ordered] == [ev.StopFilming, ev.StopFilming, ev.Submit]
    assert state.journey.submitted


def test_only_the_first_answer_of_insi_counts() -> None:
    state, _ = walk([*CONFIRMED, ev.InsiAnswered(1, InsNotFound()), ev.InsiAnswered(1, InsUnreachable("timeout"))])
    assert state.journey.insi == InsNotFound()


def test_with_a_card_insi_is_not_asked_again_with_the_document() -> None:
    with_zone = replace(CARD_BACK, has_second_side=False)
    _, ordered = walk([*CONFIRMED, ev.PictureTaken(1, Side.FIRST, PICTURE, with_zone), press(Touch.YES, "review")])
    assert not [command for command in ordered if isinstance(command, ev.AskInsiByDocument)]


def test_a_year_of_two_centuries_is_never_guessed() -> None:
    two = replace(MRZ, traits=replace(MRZ.traits, other_birth_dates=(BirthDate("1924-01-01"),)))
    reading = DocumentReading(DocumentKind.PASSPORT, two)
    without = [*START, press(Touch.NO_CARD, "insert"), ev.PictureTaken(1, Side.FIRST, PICTURE, reading)]
    _, ordered = walk([*without, press(Touch.YES, "review")])
    assert not [command for command in ordered if isinstance(command, ev.AskInsiByDocument)]
    [submit] = [command for command in ordered if isinstance(command, ev.Submit)]
    assert submit.insi == InsUnreachable("not-asked")
    assert submit.beneficiary is None


def test_without_a_card_and_without_a_document_nothing_was_asked() -> None:
    _, ordered = walk([*START, press(Touch.NO_CARD, "insert"), press(Touch.NO_DOCUMENT, "document")])
    [submit] = [command for command in ordered if isinstance(command, ev.Submit)]
    assert submit == ev.Submit(1, None, (), InsUnreachable("not-asked"), None, (), True)


def test_without_a_card_insi_has_its_eight_seconds_too() -> None:
    reading = DocumentReading(DocumentKind.PASSPORT, MRZ)
    without = [*START, press(Touch.NO_CARD, "insert"), ev.PictureTaken(1, Side.FIRST, PICTURE, reading), ev.Tick(5)]
    at, after, ordered = _waited([*without, press(Touch.YES, "review")], 8)
    assert not at.journey.submitted
    assert [type(command) for command in ordered] == [ev.Submit]
    assert after.screen == sc.Working()


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
    assert state.journey == Journey(1, submitted=True)
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
                assert step(before, event) == (before, ())


def test_the_traits_of_a_screen_are_its_own() -> None:
    assert sc.Information().more is False
    assert sc.ReadingCard().progress == 0
    shown = sc.ShowDocument(Side.FIRST, Guidance.NO_DOCUMENT)
    assert (shown.steadiness, shown.may_press) == (0, False)
    assert isinstance(MRZ.traits, Traits)
