"""Staff in Debian's Chromium: a window, a second factor, the keyboard."""

import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.console.served import ServedConsole
from tests.demo.chromium import begun
from tests.demo.enrolling import totp

PATIENCE = 60_000  # ms for what must come: a busy machine takes its time
expect.set_options(timeout=PATIENCE)


@contextmanager
def chromium() -> Iterator[Browser]:
    """One browser, closed at the end of the block."""
    with sync_playwright() as playwright:
        opened = begun(playwright)
        yield opened
        opened.close()


class Desk:
    """One member of staff in one browser window; complaints of the browser are kept."""

    def __init__(self, served: ServedConsole, browser: Browser, role: str) -> None:
        self.url = served.url
        name = f"{role}-{uuid.uuid4().hex[:6]}"
        self.account = served.add_staff(name, role)
        self.page: Page = browser.new_page(
            ignore_https_errors=True, viewport={"width": 1280, "height": 800}, locale="fr-FR"
        )
        self.page.set_default_timeout(PATIENCE)
        self.complaints: list[str] = []
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on(
            "console", lambda said: self.complaints.append(said.text) if said.type in {"error", "warning"} else None
        )

    def sign_in(self) -> None:
        self.page.goto(self.url)
        self.page.get_by_label("Identifiant").fill(self.account["user"])
        self.page.get_by_label("Mot de passe").fill(self.account["password"])
        self.page.get_by_label("Code").fill(totp(self.account["totp_secret"], time.time()))
        self.page.keyboard.press("Enter")
        self.page.locator(".bar").wait_for()

    def call_next(self) -> str:
        self.press("s", "#decide")
        return self.page.locator("h1 .ticket").inner_text()

    def press(self, keys: str, then: str) -> None:
        """Press keys one after the other on a page that is whole, then wait for what must appear."""
        self.page.wait_for_load_state("domcontentloaded")
        for key in keys:
            self.page.keyboard.press(key)
        self.page.locator(then).first.wait_for()

    @property
    def status(self) -> str:
        return (self.page.locator("h1 .status").get_attribute("class") or "").rsplit("status-", 1)[-1]
