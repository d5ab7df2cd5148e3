"""Groups of two, three and six look-alikes in a browser: at most four keys each, all in view, nothing over anything."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from kiosk.core.sources.insi import InsNotFound
from tests.console.arrivals import check_in_of, mrz_of
from tests.console.browsing import Desk
from tests.console.served import ServedConsole
from tests.people import ZOE

pytestmark = [pytest.mark.starts, pytest.mark.timeout(300)]
SETS = (("X1", "X2"), ("X3", "X4", "X5"), ("X6", "X7", "X8", "X9", "X10", "X11"), ("X12", "X13", "X14"))
NAMES = ("ADRUN", "ADRUNE", "ADRUN-DE LA FONTAINE", "ADRUM", "HADRUN", "ADRUNT")
SIZES = ({"width": 1280, "height": 720}, {"width": 1920, "height": 1080})
# What is decided with, and what it rests on, must be in view without scrolling.
SEEN = ".portraits > div, .alike-traits tr, .judgement > *"
OUT_OF_VIEW = """seen => [...document.querySelectorAll(seen)].filter(one => {
  const box = one.getBoundingClientRect();
  return box.height && (box.top < 0 || box.bottom > innerHeight || box.right > innerWidth);
}).map(one => one.innerText)"""
COVERED = """() => {
  const boxes = [...document.querySelectorAll('.portraits > div, .alike-traits, .judgement')]
    .map(one => one.getBoundingClientRect()).filter(one => one.height);
  return boxes.some((one, at) => boxes.slice(at + 1).some(other => one.top < other.bottom - 1
    && other.top < one.bottom - 1 && one.left < other.right - 1 && other.left < one.right - 1)); }"""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedConsole]:
    console = ServedConsole(tmp_path_factory.mktemp("look-alikes"))
    console.start()
    for nth, ticket in enumerate(ticket for tickets in SETS for ticket in tickets):
        person = replace(ZOE, birth_name=NAMES[nth % len(NAMES)])
        number = f"27512632201{nth:02d}"
        came = check_in_of(person, InsNotFound(), ticket=ticket, mrz=mrz_of(person), card_nir=number)
        assert console.deliver(came) == 201
    command = [sys.executable, "-m", "tests.console.alike", str(console.config), *map(",".join, SETS)]
    subprocess.run(command, timeout=120, check=True)
    try:
        yield console
    finally:
        console.stop()


class Counted:
    """Keys from the list to a decision, one after the other."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.count = desk, 0

    def press(self, key: str, then: str) -> None:
        self.desk.page.keyboard.press(key)
        self.count += 1
        self.desk.page.locator(then).first.wait_for()


def _in_view(page: Page) -> None:
    for size in SIZES:
        page.set_viewport_size(size)
        page.wait_for_load_state("networkidle")
        assert page.evaluate(OUT_OF_VIEW, SEEN) == [], size
        assert not page.evaluate(COVERED), size
    assert Axe().run(page).violations_count == 0


def test_a_group_is_judged_with_four_keys(served: ServedConsole, browser: Browser) -> None:
    officer = Desk(served, browser, "officer")
    officer.sign_in()
    page = officer.page
    page.goto(officer.url + "vigilance/doublons/")
    for size, digit in ((6, "3"), (3, "2")):
        keys = Counted(officer)
        keys.press(digit, f".alike-group.of-{size}")
        _in_view(page)
        keys.press("m", "details[open] input:focus")
        keys.press("2", "input[value='2']:checked:focus")
        keys.press("Enter", ".message.success")
        assert keys.count <= 4
        assert f"{size} dossiers n’en font plus qu’un" in page.locator(".message.success").inner_text()
    keys = Counted(officer)
    page.keyboard.press("ArrowDown")
    keys.press("ArrowDown", "a[data-key='2']:focus")  # the group of three that is left
    keys.press("Enter", ".alike-group.of-3")
    keys.press("d", "details[open] button:focus")
    keys.press("Enter", ".message.success")
    assert keys.count <= 4
    assert page.locator("[data-line]").count() == 1
    keys = Counted(officer)
    keys.press("1", ".alike-group.of-2")
    _in_view(page)
    page.keyboard.press("g")
    page.locator(".is-large").wait_for()
    page.keyboard.press("g")
    page.locator(".pictures:not(.is-large)").wait_for()
    keys.press("d", "details[open] button:focus")
    keys.press("Enter", ".message.success")
    assert page.get_by_text("Aucun doublon possible").count() == 1
    assert officer.complaints == []
    page.close()
