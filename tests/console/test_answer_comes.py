"""INSi answers while staff have the patient's page open: nothing ticked or written is lost, and no key goes astray."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Route, expect

from kiosk.core.sources.insi import InsUnreachable
from kiosk.insi.simulated.population import Population
from kiosk.insi.simulated.simulator import Simulator
from kiosk.insi.simulated.testpki import make_pki
from tests.console.arrivals import check_in_of
from tests.console.browsing import Desk
from tests.console.nation import insi_section, known
from tests.console.served import ServedConsole
from tests.console.test_accessible import assert_accessible
from tests.people import DOMINIQUE, LEO, ZOE, Person, somebody_like

pytestmark = pytest.mark.timeout(300)  # services and a browser: a busy machine takes its time
PEOPLE = [somebody_like(DOMINIQUE) for _ in range(20)]  # each comes once
NUMBER, CAME = ".compare .number", ".came .message"


class Counter:
    """A desk of a console whose worker is at rest until it is told to ask INSi."""

    def __init__(self, served: ServedConsole, browser: Browser) -> None:
        self.served = served
        self.desk = Desk(served, browser, "host")
        self.page = self.desk.page
        self._people = iter(PEOPLE)
        self.desk.sign_in()

    def calls(self, ticket: str, person: Person | None = None, **said: object) -> None:
        """A patient about whom INSi has not answered yet is called."""
        who = person or next(self._people)
        assert self.served.deliver(check_in_of(who, InsUnreachable("timeout"), ticket=ticket, **said)) == 201
        self.page.goto(self.desk.url + "file/")
        self.page.locator(".line", has_text=ticket).first.wait_for()
        assert self.desk.call_next() == ticket
        expect(self.page.locator(NUMBER, has_text="NIR")).to_have_count(0)

    @contextmanager
    def insi_answers(self) -> Iterator[None]:
        """The worker asks, until the block ends."""
        worker = self.served.worker()
        try:
            yield
        finally:
            worker.end()

    def writes(self, text: str) -> None:
        """Into the field of the name that the original bears, key by key."""
        self.page.locator("#own-name").fill("")
        self.page.locator("#own-name").press_sequentially(text)


@pytest.fixture(scope="module")
def _counter(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Counter]:
    folder = tmp_path_factory.mktemp("comes")
    pki = make_pki(folder / "pki")
    simulator = Simulator(pki.insi_certificate, pki.insi_key, pki.ca, Population(map(known, [*PEOPLE, LEO])))
    with simulator.running():
        served = ServedConsole(folder / "site")
        served.config.write_text(served.config.read_text() + insi_section(simulator, pki))
        served.start()
        try:
            yield Counter(served, browser)
        finally:
            served.stop()


@pytest.fixture()
def counter(_counter: Counter) -> Iterator[Counter]:
    """In every test the same one; the browser has nothing to complain about, and nobody is left in hand."""
    yield _counter
    assert _counter.desk.complaints == []
    _counter.page.goto(_counter.desk.url + "file/")


def test_what_was_ticked_stays_when_the_answer_shows_itself_and_what_is_about_it_is_asked_for(counter: Counter) -> None:
    counter.calls("L1")
    counter.desk.press("1c", "input[name=said]:checked")
    with counter.insi_answers():
        expect(counter.page.locator(NUMBER)).to_contain_text("NIR")  # by itself: no hand is on the page
    assert counter.page.locator("input[name=evidence][value=CN]:checked").count() == 1
    assert counter.page.locator("input[name=said]:checked").count() == 1
    assert counter.page.locator("input[name=seen]:checked").count() == 0
    counter.desk.press("bq", "h1 .status-QUALIFIED")


def test_a_family_book_and_the_document_that_goes_with_it_stay_when_the_answer_shows_itself(counter: Counter) -> None:
    on_the_mothers_card = {"card_nir": "", "insured_nir": ZOE.number + ZOE.key}
    counter.calls("L6", LEO, mrz=None, document_kind=None, pictures=(), **on_the_mothers_card)
    book = counter.page.locator("input[name=evidence][value=LE]")
    extract = counter.page.locator("input[name=evidence][value=AN]")
    seen = counter.page.locator("input[name=companion-LE]:checked")
    counter.desk.press("x", "#decide")
    assert seen.count() == 0, "no piece asks for it yet"
    counter.desk.press(f"{extract.get_attribute('data-key')}w", "input[name=companion-AN][value=PCN]:checked")
    counter.desk.press(f"{book.get_attribute('data-key')}x", "input[name=companion-LE][value=PPA]:checked")
    with counter.insi_answers():
        expect(counter.page.locator(NUMBER)).to_contain_text("NIR")
    assert book.is_checked() and seen.input_value() == "PPA"
    expect(counter.page.locator("fieldset.companions:visible")).to_have_count(1)
    counter.desk.press("m", "input[name=companion-LE][value=PCS]:checked")  # its keys answer on the page that came
    counter.desk.press("c1baq", "h1 .status-QUALIFIED")
    expect(counter.page.locator(".outcome")).to_contain_text("Titre de séjour d’un parent")


def test_the_page_is_not_left_for_its_answer_and_the_picture_stays_as_it_was_looked_at(counter: Counter) -> None:
    counter.calls("L2")
    counter.desk.press("r", "[data-picture][data-turn='90']")
    counter.page.evaluate("window.isStillThisPage = true")
    with counter.insi_answers():
        expect(counter.page.locator(NUMBER)).to_contain_text("NIR")
    assert counter.page.evaluate("window.isStillThisPage") is True
    assert counter.page.locator("[data-picture][data-turn='90']").count() == 1
    counter.desk.press("r", "[data-picture][data-turn='180']")
    counter.desk.press("1cbq", "h1 .status-QUALIFIED")


def test_who_is_writing_is_told_and_shown_the_answer_when_they_ask_for_it(counter: Counter) -> None:
    counter.calls("L3")
    counter.writes("ESSAI")
    with counter.insi_answers():
        expect(counter.page.locator(CAME)).to_be_visible()
        assert_accessible(counter.page)
        counter.page.keyboard.type("UN")
        _polled(counter)
    assert counter.page.locator("#own-name").input_value() == "ESSAIUN"
    expect(counter.page.locator(NUMBER, has_text="NIR")).to_have_count(0)
    counter.page.locator("h1").click()  # keys are letters again
    counter.desk.press("1cy", f"{NUMBER}:has-text('NIR')")
    assert counter.page.locator("input[name=evidence][value=CN]:checked").count() == 1
    assert counter.page.locator("input[name=said]:checked").count() == 1
    assert counter.page.locator("#own-name").input_value() == "ESSAIUN"  # behind N: the original says otherwise
    counter.desk.press("bq", ".message.error")  # what they wrote there is not passed over
    expect(counter.page.locator(".message.error")).to_contain_text("diffère de la réponse nationale")


def test_a_decision_about_the_answer_of_before_is_refused_in_words_and_what_was_written_stays(counter: Counter) -> None:
    counter.calls("L4")
    counter.writes(DOMINIQUE.birth_name + "X")
    with counter.insi_answers():
        expect(counter.page.locator(CAME)).to_be_visible()
    for label, value in (("Date de naissance", "02/03/1984"), ("Commune ou pays", "63220")):
        counter.page.locator(".original").get_by_label(label).fill(value)
    counter.page.locator("h1").click()
    counter.desk.press("1cn", ".message.error")
    expect(counter.page.locator(".message.error")).to_contain_text("a changé depuis l’affichage")
    expect(counter.page.locator(NUMBER)).to_contain_text("NIR")
    assert counter.page.locator("#own-name").input_value() == DOMINIQUE.birth_name + "X"
    assert counter.page.locator("input[name=evidence][value=CN]:checked").count() == 1


def test_a_key_pressed_as_soon_as_the_page_can_be_seen_is_not_lost(counter: Counter) -> None:
    """A busy console sends the pages' scripts late."""

    def late(route: Route) -> None:
        time.sleep(1.5)
        route.continue_()

    counter.calls("L5")
    counter.page.route("**/static/**/*.js", late)
    try:
        counter.page.reload(wait_until="commit")
        counter.page.locator("#acts .menu").wait_for()
        counter.page.keyboard.press("1")
        expect(counter.page.locator("input[name=evidence]:checked")).to_have_count(1)
    finally:
        counter.page.unroute("**/static/**/*.js")


def _polled(counter: Counter) -> None:
    """Once more the page asked whether an answer has come, and was told so."""
    with counter.page.expect_response("**/reponse/"):
        pass
    with counter.page.expect_response("**/reponse/"):
        pass
