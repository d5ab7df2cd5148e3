"""Keys from the call to what was wanted, counted in a browser: never more than a hand learns in a morning."""

from collections.abc import Iterator
from datetime import datetime
from uuid import uuid4

import pytest
from playwright.sync_api import Browser

from kiosk.app.back_office import Place
from kiosk.training.cases import CASES, cast
from kiosk.training.visits import visit_of
from tests.console.browsing import Desk
from tests.console.served import ServedConsole

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


def _waits(served: ServedConsole, host: Desk, name: str, ticket: str) -> None:
    """One visit of this case, alone in the queue that stands before the host."""
    case = next(one for one in CASES if one.name == name)
    now = datetime.now().astimezone()
    visit = visit_of(cast(case), now)
    assert served.deliver(visit.check_in(str(uuid4()), ticket, PLACE, now, visit.answer)) == 201
    host.page.goto(host.url + "file/")
    host.page.locator(".line", has_text=ticket).first.wait_for()


def test_a_sheet_in_arabic_takes_three_keys_with_the_call(served: ServedConsole, host: Desk) -> None:
    _waits(served, host, "several", "T2")
    assert host.call_next() == "T2"
    host.press("f", ".sheet")
    host.press("5", ".sheet[dir=rtl]")  # with S: three; the fourth prints it


def test_asking_again_with_a_corrected_name_takes_four_keys_and_its_letters(served: ServedConsole, host: Desk) -> None:
    _waits(served, host, "nobody", "T3")
    assert host.call_next() == "T3"
    host.press("i", "#ask-name")
    assert host.page.evaluate("document.activeElement.id") == "ask-name", "the name is ready to be written over"
    host.page.keyboard.press("Control+a")
    host.page.keyboard.type("MARTINET")
    host.page.keyboard.press("Enter")  # with S and I: four
    host.page.wait_for_load_state()
    host.page.locator(".panel[open] #ask-name").wait_for(state="detached")
    assert host.complaints == []
