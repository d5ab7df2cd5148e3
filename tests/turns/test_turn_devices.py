"""Cards, readers and cameras that come, go and turn back in the middle of a patient's turn."""

from dataclasses import replace

import pytest

from kiosk.core.identity.traits import BirthDate
from kiosk.core.sources.card import CardAnomaly, CardContents
from kiosk.core.sources.document import DocumentKind, DocumentPicture, DocumentReading, Guidance, Side
from kiosk.core.sources.insi import InsNotFound, InsUnreachable
from kiosk.core.turn import events as ev
from kiosk.core.turn import screens as sc
from kiosk.core.turn.screens import Touch
from kiosk.core.turn.step import Journey
from tests.turns.edges import NINETEEN, TWO_SIDES
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
    assert walk([press(Touch.BACK, "beneficiaries")], state)[0].screen.first == 0


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
