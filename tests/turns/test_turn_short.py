"""The short path: who the console knows is spared the document and INSi; whatever else happens, the whole path."""

from dataclasses import replace

import pytest

from kiosk.core.sources.card import CardAnomaly, CardContents
from kiosk.core.sources.document import Guidance, Side
from kiosk.core.sources.insi import InsNotFound, InsUnreachable
from kiosk.core.turn import events as ev
from kiosk.core.turn import screens as sc
from kiosk.core.turn.screens import Touch
from kiosk.core.turn.short import confirmed
from kiosk.core.turn.step import ShortPath, State
from tests.turns.test_turn import ALONE, CONFIRMED, LEO, PASSPORT, PICTURE, START, ZOE, press, walk

ON = State(short_path=ShortPath.ON)
WHOLE_PATH = [ev.AskInsiByCard(1, ZOE, insured=None), ev.FilmDocument(1, Side.FIRST)]


def _of(kind: type, commands: list[ev.Command]) -> list[ev.Command]:
    return [command for command in commands if isinstance(command, kind)]


def test_by_default_nobody_is_asked_who_is_known() -> None:
    _, commands = walk(CONFIRMED)
    assert _of(ev.AskConsole, commands) == []
    assert commands[-2:] == WHOLE_PATH


def test_the_console_is_asked_first_and_nobody_else_until_it_answers() -> None:
    state, commands = walk(CONFIRMED, ON)
    assert commands[-1] == ev.AskConsole(1, ZOE)
    assert _of(ev.AskInsiByCard, commands) == _of(ev.FilmDocument, commands) == []
    assert state.screen == sc.Working()


def test_who_is_known_gets_a_ticket_without_document_and_without_a_question_to_insi() -> None:
    state, commands = walk([*CONFIRMED, ev.ConsoleAnswered(1, knows=True)], ON)
    [submit] = _of(ev.Submit, commands)
    assert isinstance(submit, ev.Submit)
    assert (submit.by_short_path, submit.insi, submit.pictures) == (True, InsUnreachable("not-asked"), ())
    assert submit.beneficiary == ZOE
    assert not submit.document_refused
    assert _of(ev.AskInsiByCard, commands) == _of(ev.FilmDocument, commands) == []
    assert state.screen == sc.Working()
    state, _ = walk([ev.Stored(1, "A12"), press(Touch.GO_ON, "done")], state)
    assert state.screen == sc.Ticket("A12", "1", has_card=True)  # no document was put down


def test_a_ticket_of_the_short_path_looks_like_any_other() -> None:
    short, _ = walk([*CONFIRMED, ev.ConsoleAnswered(1, knows=True), ev.Stored(1, "A12")], ON)
    whole, _ = walk([*CONFIRMED, press(Touch.NO_DOCUMENT, "document"), ev.InsiAnswered(1, InsNotFound())])
    whole, _ = walk([ev.Stored(1, "A12")], whole)
    assert (short.visible, short.ticket) == (whole.visible, whole.ticket)
    assert short.journey == whole.journey


def test_a_structure_that_asks_for_the_document_films_it_and_still_does_not_ask_insi() -> None:
    state, commands = walk([*CONFIRMED, ev.ConsoleAnswered(1, knows=True)], replace(ON, short_path=ShortPath.FILMED))
    assert state.screen == sc.ShowDocument(Side.FIRST, Guidance.NO_DOCUMENT)
    assert commands[-1] == ev.FilmDocument(1, Side.FIRST)
    _, more = walk([ev.PictureTaken(1, Side.FIRST, PICTURE, PASSPORT), press(Touch.YES, "review")], state)
    [submit] = _of(ev.Submit, more)
    assert isinstance(submit, ev.Submit)
    assert (submit.by_short_path, submit.pictures) == (True, (PICTURE,))
    assert _of(ev.AskInsiByCard, [*commands, *more]) == []


@pytest.mark.parametrize("answer", [ev.ConsoleAnswered(1, knows=False), ev.Tick(1.6)])
def test_who_is_unknown_or_not_told_of_in_time_takes_the_whole_path(answer: ev.Event) -> None:
    state, commands = walk([*CONFIRMED, answer], ON)
    assert commands[-2:] == WHOLE_PATH
    assert state.screen == sc.ShowDocument(Side.FIRST, Guidance.NO_DOCUMENT)
    state, commands = walk([press(Touch.NO_DOCUMENT, "document"), ev.InsiAnswered(1, InsNotFound())], state)
    [submit] = _of(ev.Submit, commands)
    assert isinstance(submit, ev.Submit)
    assert (submit.by_short_path, submit.insi) == (False, InsNotFound())


def test_the_console_has_a_second_and_a_half_and_not_less() -> None:
    state, commands = walk([*CONFIRMED, ev.Tick(1.5)], ON)
    assert commands[-1] == ev.AskConsole(1, ZOE)
    assert state.screen == sc.Working()


@pytest.mark.parametrize("early", [ev.ConsoleAnswered(1, knows=False), ev.Tick(1.6)])
def test_an_answer_that_comes_after_the_other_path_was_taken_changes_nothing(early: ev.Event) -> None:
    state, _ = walk([*CONFIRMED, early], ON)
    assert walk([ev.ConsoleAnswered(1, knows=True)], state) == (state, [])
    waiting, _ = walk([press(Touch.NO_DOCUMENT, "document")], state)
    assert walk([ev.ConsoleAnswered(1, knows=True)], waiting) == (waiting, [])


def test_the_patient_waits_for_insi_from_the_moment_it_was_asked() -> None:
    state, _ = walk([*CONFIRMED, ev.Tick(1.6), press(Touch.NO_DOCUMENT, "document"), ev.Tick(9.5)], ON)
    assert not state.journey.submitted
    assert walk([ev.Tick(9.7)], state)[0].journey.submitted


def test_an_answer_about_the_last_patient_finds_nobody() -> None:
    state, _ = walk(
        [*CONFIRMED, ev.CardLeft(), ev.CardArrived(), ev.CardRead(2, ALONE), press(Touch.YES, "confirm")], ON
    )
    assert state.journey.awaits_console
    assert walk([ev.ConsoleAnswered(1, knows=True)], state) == (state, [])


@pytest.mark.parametrize(("gone", "problem"), [(ev.CardLeft(), "removed"), (ev.ReaderWent(), "reader")])
def test_a_card_pulled_out_while_the_console_is_asked_takes_everything_with_it(gone: ev.Event, problem: str) -> None:
    state, commands = walk([*CONFIRMED, gone], ON)
    assert state.screen == sc.InsertCard(sc.CardProblem(problem))
    assert ev.Forget(1) in commands
    assert state.journey.card is None
    assert walk([ev.ConsoleAnswered(1, knows=True)], state) == (state, [])


@pytest.mark.parametrize(
    "card",
    [
        CardContents((LEO,)),
        CardContents((replace(ZOE, birth_date=""),)),
        *(
            CardContents((ZOE,), (anomaly,))
            for anomaly in (
                CardAnomaly.BIRTH_RANK_GUESSED,
                CardAnomaly.NUMBERS_DO_NOT_MATCH,
                CardAnomaly.BAD_KEY,
                CardAnomaly.BAD_DATE,
            )
        ),
    ],
    ids=["no number", "no date", "rank", "numbers", "key", "date"],
)
def test_a_card_that_does_not_say_for_certain_whose_it_is_takes_the_whole_path(card: CardContents) -> None:
    """Twins of one card could be taken for each other."""
    _, commands = walk([*START, ev.CardArrived(), ev.CardRead(1, card), press(Touch.YES, "confirm")], ON)
    assert _of(ev.AskConsole, commands) == []
    assert len(_of(ev.FilmDocument, commands)) == 1


def test_what_is_odd_of_other_people_of_the_card_keeps_nobody_from_the_short_path() -> None:
    card = CardContents((ZOE, LEO), (CardAnomaly.NUMBER_MISSING,))
    asked = [*START, ev.CardArrived(), ev.CardRead(1, card), press(Touch.PERSON_1, "beneficiaries")]
    _, commands = walk([*asked, press(Touch.YES, "confirm")], ON)
    assert _of(ev.AskConsole, commands) == [ev.AskConsole(1, ZOE)]


def test_until_somebody_of_a_card_is_chosen_nobody_is_asked_about() -> None:
    state, _ = walk([*START, ev.CardArrived(), ev.CardRead(1, CardContents((ZOE, LEO)))], ON)
    assert state.journey.card is not None
    assert confirmed(state) == (state, ())


def test_without_a_camera_who_is_known_gets_a_ticket_where_a_document_is_asked_for_too() -> None:
    filmed = replace(ON, short_path=ShortPath.FILMED, camera_ok=False)
    _, commands = walk([*CONFIRMED, ev.ConsoleAnswered(1, knows=True)], filmed)
    [submit] = _of(ev.Submit, commands)
    assert isinstance(submit, ev.Submit)
    assert submit.by_short_path


def test_back_from_the_document_asks_again_about_whoever_is_chosen_then() -> None:
    state, _ = walk([*CONFIRMED, ev.ConsoleAnswered(1, knows=True)], replace(ON, short_path=ShortPath.FILMED))
    state, commands = walk([press(Touch.BACK, "document"), press(Touch.YES, "confirm")], state)
    assert _of(ev.AskConsole, commands) == [ev.AskConsole(2, ZOE)]
    assert state.journey.is_known is None
