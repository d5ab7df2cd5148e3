"""Keys from the call to what was wanted, counted in a browser: never more than a hand learns in a morning.

The key that calls is not counted. Groups of look-alikes are counted where they are judged.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from itertools import count
from uuid import uuid4

import pytest
from playwright.sync_api import Browser

from kiosk.app.back_office import Place
from kiosk.core.checkin.value import CheckIn
from kiosk.training.cases import BY_NAME, cast
from kiosk.training.visits import visit_of
from tests.console.arrivals import check_in_of, mrz_of
from tests.console.browsing import Desk
from tests.console.served import ServedConsole
from tests.people import DOMINIQUE, TOUSSAINT, ZOE, Person

pytestmark = pytest.mark.timeout(300)  # a browser: a busy machine takes its time
PLACE = Place("borne-1", "3", "A", "demo")
NOBODY_THERE = """
[insi]
endpoint = "https://localhost:1/"
certificate = "console.pem"
key = "console.key"
ca = "console.pem"
idam = "TEST00000001"
"""
FIRST_QUESTION = "[name=evidence], [name=said], [name=seen], [name=first_given_name], .original input, [data-key=j]"
TICKETS = (f"K{number}" for number in count(101))


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedConsole]:
    console = ServedConsole(tmp_path_factory.mktemp("keys"))
    console.config.write_text(console.config.read_text() + NOBODY_THERE)
    console.start()
    yield console
    console.stop()


@pytest.fixture(scope="module")
def host(served: ServedConsole, browser: Browser) -> Iterator[Desk]:
    desk = Desk(served, browser, "host")
    desk.sign_in()
    yield desk
    desk.page.close()


class Hand:
    """The keys of one patient, from the page that the call has shown."""

    def __init__(self, desk: Desk) -> None:
        self.page, self.count = desk.page, 0

    def press(self, keys: str, then: str) -> None:
        """One key after the other, a word being one key (``Enter``); then what must appear."""
        self.page.wait_for_load_state("domcontentloaded")
        for key in keys.split():
            self.page.keyboard.press(key)
            self.count += 1
        self.page.locator(then).first.wait_for()


def _case(name: str, copy: int = 0) -> CheckIn:
    now = datetime.now().astimezone()
    visit = visit_of(cast(BY_NAME[name], copy), now)
    return visit.check_in(str(uuid4()), next(TICKETS), PLACE, now, visit.answer)


def _written_otherwise(person: Person, name: str) -> CheckIn:
    """The zone of the document writes a space where INSi has a hyphen or an apostrophe: a tolerated difference."""
    read = mrz_of(person)
    written = replace(read.traits, birth_name=name.replace("-", " ").replace("'", " "))
    return check_in_of(replace(person, birth_name=name), mrz=replace(read, traits=written), ticket=next(TICKETS))


def _waits(served: ServedConsole, host: Desk, check_in: CheckIn) -> None:
    assert served.deliver(check_in) == 201
    host.page.locator(".line", has_text=check_in.ticket).first.wait_for(state="attached")


def _called(served: ServedConsole, host: Desk, check_in: CheckIn) -> Hand:
    """This visit, alone in the queue, called by the key that calls."""
    host.page.goto(host.url + "file/")
    _waits(served, host, check_in)
    assert host.call_next() == check_in.ticket
    return Hand(host)


@pytest.mark.parametrize(("name", "keys"), [("plain", "1 c b q"), ("no-card", "2 c b q"), ("born-abroad", "2 c b q")])
def test_a_plain_case_takes_four_keys(served: ServedConsole, host: Desk, name: str, keys: str) -> None:
    hand = _called(served, host, _case(name))
    hand.press(keys, "h1 .status-QUALIFIED")
    assert hand.count <= 4


@pytest.mark.parametrize(
    ("person", "name"), [(ZOE, "ADRUN-MARTIN"), (DOMINIQUE, "D'ORNANO"), (TOUSSAINT, "LE-GOFF")], ids=("1", "2", "3")
)
def test_a_tolerated_difference_takes_five(served: ServedConsole, host: Desk, person: Person, name: str) -> None:
    hand = _called(served, host, _written_otherwise(person, name))
    hand.press("1 c b a q", "h1 .status-QUALIFIED")
    assert hand.count <= 5


@pytest.mark.parametrize("name", ["hyphen", "composite"])
def test_a_first_name_that_may_be_composite_is_asked_with_one_key_more(
    served: ServedConsole, host: Desk, name: str
) -> None:
    hand = _called(served, host, _case(name))
    hand.press("h 1 c b a q", "h1 .status-QUALIFIED")
    assert hand.count <= 5 + 1


@pytest.mark.parametrize("name", ["other-letters", "expired", "false-seal", "no-birth-place"])
def test_confiding_takes_three_keys_and_one_undoes_it_when_the_next_was_called(
    served: ServedConsole, host: Desk, name: str
) -> None:
    check_in = _case(name)
    hand = _called(served, host, check_in)
    hand.press("e 1 Enter", "#acts.is-aside")
    assert hand.count <= 4
    _is_undone_by_one_key(served, host, check_in)


def test_qualifying_is_undone_by_one_key_when_the_next_was_called(served: ServedConsole, host: Desk) -> None:
    check_in = _case("plain", 7)
    _called(served, host, check_in).press("1 c b q", "h1 .status-QUALIFIED")
    _is_undone_by_one_key(served, host, check_in)


def _is_undone_by_one_key(served: ServedConsole, host: Desk, check_in: CheckIn) -> None:
    _waits(served, host, _case("accent", int(check_in.ticket[1:]) % 50))
    host.press("s", ".undoable")
    undoing = Hand(host)
    undoing.press("z", f"h1 .ticket:text-is('{check_in.ticket}')")
    assert undoing.count == 1
    host.page.locator("#acts.in-hand").wait_for()


@pytest.mark.parametrize("name", ["several", "other-date", "nobody"])
def test_a_sheet_in_arabic_takes_two_keys(served: ServedConsole, host: Desk, name: str) -> None:
    hand = _called(served, host, _case(name))
    hand.press("f", ".sheet")
    hand.press("5", ".sheet[dir=rtl]")  # and one that prints it
    assert hand.count + 1 <= 4


@pytest.mark.parametrize("name", ["nobody", "several"])
def test_asking_again_with_a_corrected_name_takes_two_keys_and_its_letters(
    served: ServedConsole, host: Desk, name: str
) -> None:
    hand = _called(served, host, _case(name, 4))
    hand.press("i", "#ask-name:focus")
    host.page.keyboard.type("MARTINET")  # the name there was ready to be written over
    assert host.page.input_value("#ask-name") == "MARTINET"
    hand.press("Enter", "body")
    host.page.locator(".panel[open] #ask-name").wait_for(state="detached")
    assert hand.count <= 12


@pytest.mark.parametrize("name", ["plain", "hyphen", "other-letters", "minor", "unreadable-picture", "nothing"])
def test_the_first_question_is_at_most_three_tabs_away(served: ServedConsole, host: Desk, name: str) -> None:
    hand = _called(served, host, _case(name, 9))
    is_there = f"document.activeElement.matches('{FIRST_QUESTION}')"
    while not host.page.evaluate(is_there) and hand.count < 9:
        hand.press("Tab", "body")
    assert hand.count <= 3
    assert host.complaints == []
