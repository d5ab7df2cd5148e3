"""``[insi] when = "desk"`` served: the page shows INSi's answer by itself; what staff ask is asked at once."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from kiosk.insi.simulated.simulator import Behaviour
from tests.console.arrivals import check_in_of
from tests.console.hall import NUMBER, THROUGH, Hall, opened
from tests.people import DOMINIQUE, somebody_like

pytestmark = pytest.mark.timeout(300)  # services and a browser: a busy machine takes its time
PEOPLE = [somebody_like(DOMINIQUE) for _ in range(6)]


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Hall]:
    with opened(tmp_path_factory.mktemp("desk"), browser, PEOPLE) as hall:
        yield hall


def test_the_page_shows_insis_answer_by_itself_as_soon_as_it_hears_of_it(hall: Hall) -> None:
    """How soon that is: ``python -m tests.benchmarks.bench_answer``, on a machine that does nothing else."""
    for number in range(3):
        hall.takes(PEOPLE[number], f"D{number}")
        assert hall.desk.page.locator("[hx-trigger='every 400ms']").count() == 1
        hall.shows_after()
        assert hall.told, "it had asked, and showed it without a hand"
    assert hall.desk.complaints == []


def test_what_staff_ask_with_the_original_is_asked_at_once_too(hall: Hall) -> None:
    """No worker runs here."""
    changes = {"card": None, "card_nir": "", "mrz": None, "document_kind": None}
    person = PEOPLE[5]
    assert hall.served.deliver(check_in_of(person, THROUGH, ticket="E5", **changes)) == 201
    hall.simulator.behave(Behaviour())
    page = hall.desk.page
    page.goto(hall.desk.url + "file/")
    page.locator(".line", has_text="E5").first.wait_for()
    assert hall.desk.call_next() == "E5"
    page.keyboard.press("i")
    asking = page.locator("form.asking")
    asking.get_by_label("Nom de naissance").fill(person.birth_name)
    asking.get_by_label("Prénoms de naissance").fill(" ".join(person.given_names))
    asking.get_by_label("Sexe").select_option(person.sex.value)
    asking.get_by_label("Date de naissance").fill("/".join(reversed(person.birth_date.split("-"))))
    asking.get_by_role("button", name="Poser la question").click()
    expect(page.locator(NUMBER)).to_contain_text("NIR")
