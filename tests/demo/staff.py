"""A member of staff: a real Chromium, a second factor, the keyboard."""

import time
from pathlib import Path
from types import TracebackType

from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from tests.demo import chromium
from tests.demo.enrolling import totp
from tests.demo.stage import Account


class StaffMember:
    """At a desk, in a browser; keeps a picture of each page."""

    def __init__(self, url: str, account: Account, pictures: Path, size: tuple[int, int] = (1440, 900)) -> None:
        self._url = url
        self._account = account
        self._pictures = pictures
        self._size = size
        self._count = 0

    def __enter__(self) -> "StaffMember":
        self._playwright: Playwright = sync_playwright().start()
        self._browser: Browser = chromium.begun(self._playwright)
        width, height = self._size
        self.page: Page = self._browser.new_page(
            ignore_https_errors=True, viewport={"width": width, "height": height}, locale="fr-FR"
        )
        self.page.set_default_timeout(60_000)  # what must come: a busy machine takes its time
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._browser.close()
        self._playwright.stop()

    def keep_picture(self, name: str) -> None:
        self._count += 1
        self.page.screenshot(path=str(self._pictures / f"staff-{self._count:02d}-{name}.png"))

    def sign_in(self) -> None:
        """With name, password and the second factor."""
        self.page.goto(self._url + "/")
        self.keep_picture("sign-in")
        self.page.get_by_label("Identifiant").fill(self._account.name)
        self.page.get_by_label("Mot de passe").fill(self._account.password)
        self.page.get_by_label("Code").fill(totp(self._account.totp_secret, time.time()))
        self.page.keyboard.press("Enter")
        self.page.get_by_role("heading", name="File d’attente").wait_for()

    def wait_for_ticket(self, ticket: str) -> None:
        """The queue shows a newcomer without being reloaded."""
        self.page.locator(".line", has_text=ticket).first.wait_for()
        self.keep_picture("queue")

    def call_next(self, ticket: str) -> None:
        self.page.keyboard.press("s")
        self.page.locator("h1 .ticket", has_text=ticket).wait_for()
        self.page.locator(".pictures img").first.wait_for()
        self.page.wait_for_load_state()  # the whole page: its keys too
        self.keep_picture("identity")

    def look_closer(self) -> None:
        self.page.keyboard.press("d")
        self.keep_picture("document")
        self.page.keyboard.press("Escape")

    def status(self) -> str:
        """The status the page shows, as the class of its mark says it."""
        classes = self.page.locator("h1 .status").get_attribute("class") or ""
        return classes.split("status-")[-1].split()[0]

    def qualify(self, evidence: str) -> None:
        """Choose the evidence held in hand, then qualify, by keyboard."""
        choice = self.page.locator(f"input[name=evidence][value={evidence}]")
        self.page.keyboard.press(choice.get_attribute("data-key") or "1")
        self._said()
        if self.page.locator(".first-name [data-key=h]").count():
            self.page.keyboard.press("h")  # a composite first name, read on the original
        self.page.keyboard.press("b")  # the place of birth, read on the original
        if self.page.locator("#decide input[type=checkbox][data-key=a]").count():
            self.page.keyboard.press("a")  # differences that staff must have seen
        self.keep_picture("evidence")
        self.page.keyboard.press("q")
        self.page.locator(".status-QUALIFIED").first.wait_for()
        self.keep_picture("qualified")

    def _said(self) -> None:
        """The person said it; of a minor their mother."""
        self.page.keyboard.press("c")
        if self.page.locator("[data-said-by]").count():
            self.page.keyboard.press("1")

    def qualify_by_phone(self, ticket: str) -> None:
        """Somebody who showed an appli carte Vitale: they say who they are, and one key qualifies them."""
        self.page.keyboard.press("s")
        self.page.locator("h1 .ticket", has_text=ticket).wait_for()
        self.page.locator("#decide").wait_for()
        self.page.wait_for_load_state()
        self.keep_picture("phone")
        self._said()
        self.page.keyboard.press("q")
        self.page.locator("h1 .status-QUALIFIED").wait_for()
        self.keep_picture("phone-qualified")

    def meet_again(self, ticket: str) -> None:
        """Somebody known and qualified: one key says that it is them."""
        self.page.keyboard.press("s")
        self.page.locator("h1 .ticket", has_text=ticket).wait_for()
        self.page.locator(".presence").wait_for()
        self.keep_picture("known")
        self.page.keyboard.press("j")
        self.page.locator("h1 .status-QUALIFIED").wait_for()
        self.keep_picture("present")
