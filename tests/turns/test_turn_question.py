"""Where the console asks INSi: the question leaves early, nobody waits, the check-in names what was sent."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from kiosk.core.identity.dates import BirthDate
from kiosk.core.sources.document import DocumentReading, Side
from kiosk.core.sources.insi import InsFound, InsNotFound, InsUnreachable
from kiosk.core.turn import events as ev
from kiosk.core.turn import screens as sc
from kiosk.core.turn.screens import Touch
from kiosk.core.turn.step import Asking, ShortPath, State
from tests.people import ZOE as ZOE_OF_INSI
from tests.turns.test_turn import ALONE, CARD_BACK, FAMILY, LEO, MRZ, PASSPORT, PICTURE, START, ZOE, press, walk

AT = "2026-11-29T09:00:00+01:00"
CONSOLE = State(asking=Asking.CONSOLE)
ONE_SIDE = replace(CARD_BACK, has_second_side=False)
CONFIRMED: list[ev.Event] = [*START, ev.CardArrived(), ev.CardRead(1, ALONE, AT), press(Touch.YES, "confirm")]
WITHOUT_CARD: list[ev.Event] = [*START, press(Touch.NO_CARD, "insert")]


def taken(reading: DocumentReading, side: Side = Side.FIRST) -> ev.PictureTaken:
    return ev.PictureTaken(1, side, replace(PICTURE, side=side), reading)


def submitted(commands: Sequence[ev.Command]) -> ev.Submit:
    [submit] = [command for command in commands if isinstance(command, ev.Submit)]
    return submit


def asked(commands: Sequence[ev.Command]) -> list[ev.Command]:
    return [command for command in commands if isinstance(command, ev.AskInsiByCard | ev.AskInsiByDocument)]


def test_the_question_leaves_as_soon_as_the_person_is_confirmed_with_the_time_of_the_cards_reading() -> None:
    state, commands = walk(CONFIRMED, CONSOLE)
    assert state.screen.name == "document"
    assert asked(commands) == [ev.AskInsiByCard(1, ZOE, None, question=1, read_at=AT)]


@pytest.mark.parametrize("last", [Touch.NO_DOCUMENT, None], ids=["no document", "a document"])
def test_nobody_waits_for_insi_and_the_check_in_names_the_question(last: Touch | None) -> None:
    shown = [press(last, "document")] if last else [taken(PASSPORT), press(Touch.YES, "review")]
    state, commands = walk([*CONFIRMED, ev.QuestionSent(1, 1, "q-1"), *shown], CONSOLE)
    submit = submitted(commands)
    assert state.now == 0.0, "no time has passed"
    assert (submit.question, submit.card_read_at, submit.insi) == ("q-1", AT, InsUnreachable("through-console"))


def test_a_question_without_a_key_is_not_named_and_not_waited_for() -> None:
    state, commands = walk([*CONFIRMED, press(Touch.NO_DOCUMENT, "document")], CONSOLE)
    assert submitted(commands).question == ""
    later, ordered = walk([ev.QuestionSent(1, 1, "q-1")], state)
    assert (later.visible, ordered) == (state.visible, [])


def test_a_question_the_console_refused_is_not_named() -> None:
    sent = [ev.QuestionSent(1, 1, "q-1"), ev.QuestionSent(1, 1, "")]
    _, commands = walk([*CONFIRMED, *sent, press(Touch.NO_DOCUMENT, "document")], CONSOLE)
    assert submitted(commands).question == ""


def test_that_it_was_sent_changes_nothing_that_is_seen() -> None:
    before, _ = walk(CONFIRMED, CONSOLE)
    after, ordered = walk([ev.QuestionSent(1, 1, "q-1")], before)
    assert (after.visible, ordered) == (before.visible, [])


def test_without_a_card_the_question_leaves_with_the_picture_not_with_the_yes() -> None:
    state, commands = walk([*WITHOUT_CARD, taken(ONE_SIDE)], CONSOLE)
    assert state.screen == sc.ReviewPicture(Side.FIRST)
    assert asked(commands) == [ev.AskInsiByDocument(1, MRZ.traits, question=1)]
    _, commands = walk([ev.QuestionSent(1, 1, "q-1"), press(Touch.YES, "review")], state)
    submit = submitted(commands)
    assert asked(commands) == []
    assert (submit.question, submit.card_read_at, submit.insi) == ("q-1", "", InsUnreachable("through-console"))


@pytest.mark.parametrize(
    "mrz",
    [
        None,
        replace(MRZ, accepted=False),
        replace(MRZ, traits=replace(MRZ.traits, other_birth_dates=(BirthDate("1875-12-31"),))),
    ],
    ids=["no zone", "a doubtful one", "one of two centuries"],
)
def test_with_what_is_not_certain_nobody_is_asked(mrz: object) -> None:
    _, commands = walk([*WITHOUT_CARD, taken(replace(ONE_SIDE, mrz=mrz)), press(Touch.YES, "review")], CONSOLE)
    assert asked(commands) == []
    assert (submitted(commands).question, submitted(commands).insi) == ("", InsUnreachable("not-asked"))


def test_the_document_of_somebody_with_a_card_makes_no_question_of_its_own() -> None:
    """The console goes on with it when the card finds nobody."""
    _, commands = walk([*CONFIRMED, taken(ONE_SIDE), press(Touch.YES, "review")], CONSOLE)
    assert len(asked(commands)) == 1


OTHER = replace(ONE_SIDE, mrz=replace(MRZ, traits=replace(MRZ.traits, birth_name="AUTRE")))
RETAKE = press(Touch.RETAKE, "review")


def test_a_document_taken_again_that_says_the_same_is_one_question() -> None:
    begun = [*WITHOUT_CARD, taken(ONE_SIDE), ev.QuestionSent(1, 1, "q-1"), RETAKE, taken(ONE_SIDE)]
    _, commands = walk([*begun, press(Touch.YES, "review")], CONSOLE)
    assert len(asked(commands)) == 1
    assert submitted(commands).question == "q-1"


def test_a_document_that_says_another_is_another_question_and_the_first_is_never_named() -> None:
    begun = [*WITHOUT_CARD, taken(ONE_SIDE), RETAKE, taken(OTHER)]
    state, commands = walk([*begun, ev.QuestionSent(1, 1, "q-1")], CONSOLE)
    assert [command.question for command in asked(commands)] == [1, 2]
    _, commands = walk([press(Touch.YES, "review")], state)
    assert submitted(commands).question == ""
    _, commands = walk([ev.QuestionSent(1, 2, "q-2"), press(Touch.YES, "review")], state)
    assert submitted(commands).question == "q-2"


@pytest.mark.parametrize(
    "end",
    [[press(Touch.NO_DOCUMENT, "document")], [taken(PASSPORT), press(Touch.YES, "review")]],
    ids=["none after all", "one without a zone"],
)
def test_a_question_about_a_document_that_was_taken_away_is_not_named(end: list[ev.Event]) -> None:
    begun = [*WITHOUT_CARD, taken(ONE_SIDE), ev.QuestionSent(1, 1, "q-1"), RETAKE]
    _, commands = walk([*begun, *end], CONSOLE)
    submit = submitted(commands)
    assert (submit.question, submit.insi) == ("", InsUnreachable("not-asked"))


def test_another_person_of_the_card_is_another_turn_and_another_question() -> None:
    begun = [*START, ev.CardArrived(), ev.CardRead(1, FAMILY, AT), press(Touch.PERSON_1, "beneficiaries")]
    state, _ = walk([*begun, press(Touch.YES, "confirm"), ev.QuestionSent(1, 1, "q-1")], CONSOLE)
    another = [press(Touch.BACK, "document"), press(Touch.NO, "confirm"), press(Touch.PERSON_2, "beneficiaries")]
    state, commands = walk([*another, press(Touch.YES, "confirm")], state)
    assert asked(commands) == [ev.AskInsiByCard(2, LEO, ZOE, question=1, read_at=AT)]
    _, commands = walk([ev.QuestionSent(1, 1, "q-1"), press(Touch.NO_DOCUMENT, "document")], state)
    assert submitted(commands).question == ""


def test_whom_the_console_knows_nobody_is_asked_about() -> None:
    state, commands = walk(CONFIRMED, replace(CONSOLE, short_path=ShortPath.ON))
    assert asked(commands) == []
    _, known = walk([ev.ConsoleAnswered(1, knows=True)], state)
    submit = submitted(known)
    assert (asked(known), submit.question, submit.insi) == ([], "", InsUnreachable("not-asked"))
    assert submit.by_short_path
    _, unknown = walk([ev.ConsoleAnswered(1, knows=False)], state)
    assert asked(unknown) == [ev.AskInsiByCard(1, ZOE, None, question=1, read_at=AT)]


@pytest.mark.parametrize(
    "answer",
    [InsFound(ZOE_OF_INSI.matricule, ZOE_OF_INSI.traits()), InsNotFound(), InsUnreachable("timeout"), None],
    ids=["found", "nobody", "silence", "none yet"],
)
def test_an_asking_kiosk_still_waits_for_what_insi_says_and_names_no_question(answer: object) -> None:
    """``via = "direct"``, as it always was."""
    state, commands = walk([*CONFIRMED, taken(PASSPORT), press(Touch.YES, "review")])
    assert [command for command in commands if isinstance(command, ev.Submit)] == []
    _, commands = walk([ev.Tick(8.1)] if answer is None else [ev.InsiAnswered(1, answer)], state)
    submit = submitted(commands)
    assert (submit.question, submit.card_read_at) == ("", AT)
    assert submit.insi == (answer or InsUnreachable("timeout"))
