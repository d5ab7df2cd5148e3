"""The page follows the hand: what was ticked no longer remains, and the glass goes where a trait is."""

from collections.abc import Iterator
from datetime import datetime
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, expect

from kiosk.app.back_office import Place
from kiosk.training.cases import BY_NAME, cast
from kiosk.training.visits import visit_of
from tests.console.browsing import Desk
from tests.console.served import ServedConsole

pytestmark = pytest.mark.timeout(300)  # a browser: a busy machine takes its time
PLACE = Place("borne-1", "3", "A", "demo")
# Where a trait of the zone stands in the page, and whether that is inside the picture's frame.
IN_VIEW = """(trait) => {
  const image = document.querySelector("[data-zone] img").getBoundingClientRect();
  const frame = document.querySelector("[data-zone]").getBoundingClientRect();
  const [x, y] = document.querySelector(`[data-trait=${trait}]`).dataset.at.split(" ").map(Number);
  const at = [image.left + x * image.width, image.top + y * image.height];
  return image.width > 2 * frame.width && at[0] > frame.left + 40 && at[0] < frame.right - 40
    && at[1] > frame.top && at[1] < frame.bottom; }"""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedConsole]:
    console = ServedConsole(tmp_path_factory.mktemp("follows"))
    console.start()
    yield console
    console.stop()


@pytest.fixture(scope="module")
def host(served: ServedConsole, browser: Browser) -> Iterator[Desk]:
    desk = Desk(served, browser, "host")
    desk.sign_in()
    yield desk
    desk.page.close()


def _open(served: ServedConsole, host: Desk, name: str, ticket: str) -> None:
    now = datetime.now().astimezone()
    visit = visit_of(cast(BY_NAME[name]), now)
    check_in = visit.check_in(str(uuid4()), ticket, PLACE, now, visit.answer)
    assert served.deliver(check_in) == 201
    host.page.goto(f"{host.url}arrivees/{check_in.key}/")
    host.press("t", "#acts.in-hand")


def test_the_head_loses_what_was_ticked_and_the_glass_stands_over_the_trait(served: ServedConsole, host: Desk) -> None:
    _open(served, host, "hyphen", "P1")
    sentence, picture = host.page.locator(".head .sentence"), host.page.locator("[data-zone]")
    expect(sentence).to_contain_text("Reste : la pièce en main, l’identité dite, le lieu lu.")
    host.page.keyboard.press("1")
    expect(sentence).to_contain_text("Reste : l’identité dite, le lieu lu.")
    host.page.keyboard.press("b")
    host.page.keyboard.press("c")
    expect(sentence).not_to_contain_text("Reste")
    host.page.keyboard.press("c")
    expect(sentence).to_contain_text("Reste : l’identité dite.")
    picture.locator("img").evaluate("(one) => one.decode()")
    for trait in ("birth-name", "birth-date", "sex"):
        host.page.locator(f"[data-trait={trait}]").hover()
        expect(picture).to_have_class("picture is-near")
        assert host.page.evaluate(IN_VIEW, trait), trait
    host.page.locator("[data-trait=birth-place]").hover()
    expect(picture).to_have_class("picture")
    assert host.page.locator("[data-key=f]").count() == 0, "nothing is to be put right: no sheet"
    assert host.complaints == []


def test_a_sheet_is_offered_where_one_is_due(served: ServedConsole, host: Desk) -> None:
    _open(served, host, "other-letters", "P2")
    host.press("f", ".sheet")
    assert host.complaints == []
