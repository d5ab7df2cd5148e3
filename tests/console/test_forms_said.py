"""What a form still needs is said by the page, in French beside the field, whatever language the browser speaks."""

import time
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.console.browsing import PATIENCE
from tests.console.served import ServedConsole
from tests.demo.enrolling import totp

pytestmark = [pytest.mark.starts, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedConsole]:
    console = ServedConsole(tmp_path_factory.mktemp("forms"))
    console.start()
    try:
        yield console
    finally:
        console.stop()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """An English browser, as a hospital's computers may well have."""
    opened = browser.new_page(ignore_https_errors=True, locale="en-US", viewport={"width": 1280, "height": 720})
    opened.set_default_timeout(PATIENCE)
    yield opened
    opened.close()


def _said_beside(page: Page, label: str, sentence: str) -> None:
    """The field has the focus, is known to be wrong, and its sentence is its description."""
    field = page.get_by_label(label).first
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description(sentence)
    assert Axe().run(page).violations_count == 0


def _sign_in(page: Page, served: ServedConsole, role: str) -> None:
    account = served.add_staff(f"{role}-form", role)
    page.goto(served.url)
    page.get_by_label("Identifiant").fill(account["user"])
    page.get_by_label("Mot de passe").fill(account["password"])
    page.get_by_label("Code").fill(totp(account["totp_secret"], time.time()))
    page.keyboard.press("Enter")
    page.locator(".bar").wait_for()


def test_the_door_says_what_is_missing_and_takes_it_back_once_it_is_written(served: ServedConsole, page: Page) -> None:
    page.goto(served.url)
    page.get_by_role("button", name="Se connecter").click()
    _said_beside(page, "Identifiant", "Remplissez cette ligne.")
    before = page.locator(".wrong").count()
    assert before >= 2
    page.get_by_label("Identifiant").fill("lea")
    expect(page.locator(".wrong")).to_have_count(before - 1)
    expect(page.get_by_label("Identifiant")).not_to_have_attribute("aria-invalid", "true")


def test_a_date_is_written_as_in_france_and_what_is_none_is_said(served: ServedConsole, page: Page) -> None:
    _sign_in(page, served, "officer")
    assert page.url.endswith("/vigilance/")
    page.goto(f"{served.url}indicateurs/")
    assert page.locator("input[type=date]").count() == 0
    field = page.get_by_label("Du", exact=True)
    assert len(field.input_value().split("/")) == 3
    field.fill("2026-11")
    page.get_by_role("button", name="Afficher").click()
    _said_beside(page, "Du", "Écrivez la date comme 21/01/1980.")


def test_a_choice_and_a_reason_are_asked_for_in_words(served: ServedConsole, page: Page) -> None:
    _sign_in(page, served, "administrator")
    page.goto(f"{served.url}urgence/")
    page.get_by_role("radio").first.wait_for()
    page.get_by_role("button", name="Prendre").click()
    expect(page.get_by_text("Choisissez une réponse.")).to_have_count(1)
    expect(page.get_by_role("radio").first).to_be_focused()
    page.get_by_role("radio").first.check()
    expect(page.get_by_text("Choisissez une réponse.")).to_have_count(0)
    page.get_by_role("textbox").first.press_sequentially("x")
    page.get_by_role("button", name="Prendre").click()
    expect(page.get_by_text("Écrivez au moins")).to_have_count(1)
