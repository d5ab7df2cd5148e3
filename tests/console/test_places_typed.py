"""A place of birth chosen with the keyboard, as staff do it: some letters, the arrows, Enter."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from kiosk.core.sources.insi import InsNotFound
from tests.console.arrivals import check_in_of
from tests.console.browsing import Desk
from tests.console.served import ServedConsole
from tests.console.test_accessible import assert_accessible
from tests.people import ZOE

pytestmark = [pytest.mark.timeout(300), pytest.mark.starts]
FIELD, LIST = "#own-place", "#own-place-list"


@pytest.fixture(scope="module")
def _desk(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Desk]:
    served = ServedConsole(tmp_path_factory.mktemp("typed") / "site")
    served.start()
    try:
        desk = Desk(served, browser, "host")
        desk.sign_in()
        assert served.deliver(check_in_of(ZOE, InsNotFound())) == 201
        desk.page.goto(desk.url + "file/")
        desk.page.locator(".line").first.wait_for()
        desk.call_next()
        yield desk
    finally:
        served.stop()


@pytest.fixture()
def desk(_desk: Desk) -> Iterator[Desk]:
    _desk.page.locator(FIELD).fill("")
    yield _desk
    assert _desk.complaints == []


def test_some_letters_the_arrows_and_enter_choose_a_place_and_nothing_is_sent(desk: Desk) -> None:
    page = desk.page
    asked: list[str] = []
    page.on("request", lambda request: asked.append(f"{request.method} {request.url}"))
    page.locator(FIELD).press_sequentially("mazo")
    expect(page.locator(f"{LIST} [role=option]").first).to_have_text("Mazoires, Puy-de-Dôme (63)")
    assert asked == [f"POST {desk.url}lieux/"]  # once, after the last letter, with nothing of it in the address
    assert_accessible(page)
    page.keyboard.press("ArrowDown")
    expect(page.locator(FIELD)).to_have_attribute("aria-activedescendant", "own-place-list-0")
    page.keyboard.press("Enter")
    expect(page.locator(FIELD)).to_have_value("Mazoires, Puy-de-Dôme (63)")
    expect(page.locator(LIST)).to_be_hidden()
    assert "/arrivees/" in page.url and page.locator("h1 .status-PROVISIONAL").count() == 1


def test_escape_closes_the_list_and_leaves_what_was_typed_and_the_mouse_takes_one_too(desk: Desk) -> None:
    page = desk.page
    page.locator(FIELD).press_sequentially("ajaccio")
    last = page.locator(f"{LIST} [role=option]", has_text="jusqu’au 31/12/1975")
    last.wait_for()
    page.keyboard.press("Escape")
    expect(page.locator(LIST)).to_be_hidden()
    expect(page.locator(FIELD)).to_be_focused()
    expect(page.locator(FIELD)).to_have_value("ajaccio")
    page.keyboard.press("Backspace")
    last.click()
    expect(page.locator(FIELD)).to_have_value("Ajaccio, Corse (20), jusqu’au 31/12/1975")


def test_of_no_place_it_is_said_that_there_is_none(desk: Desk) -> None:
    desk.page.locator(FIELD).press_sequentially("zzzz")
    expect(desk.page.locator(".original [data-places-said]")).to_have_text("Aucun lieu de ce nom.")
