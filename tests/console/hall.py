"""A hall whose console asks INSi at the desk: no worker runs, and INSi answers when it is let."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Response, expect

from kiosk.core.sources.insi import InsUnreachable
from kiosk.insi.simulated.population import Population
from kiosk.insi.simulated.simulator import Behaviour, Simulator
from kiosk.insi.simulated.testpki import make_pki
from tests.console.arrivals import check_in_of
from tests.console.browsing import Desk
from tests.console.nation import insi_section, known
from tests.console.served import ServedConsole
from tests.people import Person

THROUGH = InsUnreachable("through-console")
NUMBER = ".compare .number"


class Hall:
    """A served console and one desk of it."""

    def __init__(self, served: ServedConsole, simulator: Simulator, browser: Browser) -> None:
        self.served, self.simulator = served, simulator
        self.told = 0  # how often the page heard that the answer has come
        self.desk = Desk(served, browser, "host")
        self.desk.sign_in()
        self.desk.page.on("response", self._heard)

    def takes(self, person: Person, ticket: str) -> None:
        """Somebody comes, and is called; INSi keeps whoever asks waiting."""
        self.simulator.behave(Behaviour("slow", seconds=15))
        before = self.simulator.answered
        assert self.served.deliver(check_in_of(person, THROUGH, ticket=ticket)) == 201
        self.desk.page.goto(self.desk.url + "file/")
        self.desk.page.locator(".line", has_text=ticket).first.wait_for()
        assert self.simulator.answered == before, "nobody is in hand"
        assert self.desk.call_next() == ticket
        ends_at = time.monotonic() + 15
        while self.simulator.answered == before and time.monotonic() < ends_at:
            time.sleep(0.02)
        assert self.simulator.answered == before + 1, "asked at once"
        self.told = 0
        self.desk.page.wait_for_timeout(1000)  # hands are off the keyboard

    def shows_after(self) -> float:
        """INSi answers now: after how many seconds the page shows it."""
        self.simulator.behave(Behaviour())
        answered_at = time.monotonic()
        expect(self.desk.page.locator(NUMBER)).to_contain_text("NIR")
        return time.monotonic() - answered_at

    def _heard(self, response: Response) -> None:
        if response.url.endswith("/reponse/"):
            self.told += "answer-came" in response.headers.get("hx-trigger", "")


@contextmanager
def opened(folder: Path, browser: Browser, people: Sequence[Person]) -> Iterator[Hall]:
    """Served until the block ends; INSi knows these people."""
    pki = make_pki(folder / "pki")
    simulator = Simulator(pki.insi_certificate, pki.insi_key, pki.ca, Population(map(known, people)))
    with simulator.running():
        served = ServedConsole(folder / "site")
        served.config.write_text(served.config.read_text() + insi_section(simulator, pki, when="desk"))
        served.start()
        try:
            yield Hall(served, simulator, browser)
        finally:
            served.stop()
