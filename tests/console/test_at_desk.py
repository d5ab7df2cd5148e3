"""``[insi] when = "desk"``: nothing is asked before staff take somebody in hand, then at once; the page shows it."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from playwright.sync_api import Browser, expect

from kiosk.console.models import Arrival, AuditEntry
from kiosk.console.upkeep import insi_again
from kiosk.insi.simulated.simulator import Behaviour
from kiosk.settings import InsiSection
from tests.console.acquainted import make_known
from tests.console.arrivals import arrive, check_in_of, enrol, found
from tests.console.hall import NUMBER, THROUGH, Hall, opened
from tests.console.nation import NOWHERE
from tests.console.staff import at_desk, get, post
from tests.people import DOMINIQUE, ZOE, somebody_like

pytestmark = pytest.mark.timeout(300)  # services and a browser: a busy machine takes its time
PEOPLE = [somebody_like(DOMINIQUE) for _ in range(6)]
LEFT = "Le service national sera interrogé dès que vous prendrez ce patient."


@pytest.fixture()
def patient(console, monkeypatch: pytest.MonkeyPatch) -> None:
    """A console that waits for its desks; no thread of it asks, so that the worker does."""
    enrol()
    section = InsiSection(**NOWHERE, when="desk")
    monkeypatch.setattr(settings, "KIOSK", console.model_copy(update={"insi": section, "trust_kiosk_answers": False}))


@pytest.mark.usefixtures("patient")
@pytest.mark.parametrize("answer", [THROUGH, found(ZOE)], ids=["none", "reported"])
def test_nothing_is_asked_until_staff_have_taken_the_patient_in_hand(answer) -> None:
    check_in = arrive(ZOE, answer)
    path, looking, client = f"/arrivees/{check_in.key}/", at_desk("nora"), at_desk()
    assert LEFT in get(looking, path).content.decode()
    assert not insi_again.insi_once(lambda _: found(ZOE))
    post(client, path + "prendre/")
    assert LEFT not in get(client, path).content.decode()
    assert AuditEntry.objects.filter(act="insi-requested", who="lea", about=check_in.key).count() == 1
    assert insi_again.insi_once(lambda _: found(ZOE))
    assert (Arrival.objects.get().status, Arrival.objects.get().need) == ("RETRIEVED", "ready")
    post(client, path + "rendre/")
    post(client, path + "prendre/")
    assert not insi_again.insi_once(lambda _: found(ZOE)), "it has answered"


@pytest.mark.usefixtures("patient")
def test_who_calls_the_next_has_insi_asked_about_them_and_of_who_is_expected_nobody_asks() -> None:
    arrive(DOMINIQUE, THROUGH)
    make_known(ZOE)
    expected = arrive(ZOE, THROUGH, way="short")
    client = at_desk()
    post(client, "/file/suivant/")
    post(client, f"/arrivees/{expected.key}/prendre/")
    assert [one.insi_next_at is not None for one in Arrival.objects.order_by("received_at")] == [True, False]
    post(client, f"/arrivees/{expected.key}/absence/")
    assert Arrival.objects.get(pk=expected.key).insi_next_at is not None


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
    page.locator(".line", has_text="E5").wait_for()
    assert hall.desk.call_next() == "E5"
    page.keyboard.press("i")
    asking = page.locator("form.asking")
    asking.get_by_label("Nom de naissance").fill(person.birth_name)
    asking.get_by_label("Prénoms de naissance").fill(" ".join(person.given_names))
    asking.get_by_label("Sexe").select_option(person.sex.value)
    asking.get_by_label("Date de naissance").fill("/".join(reversed(person.birth_date.split("-"))))
    asking.get_by_role("button", name="Poser la question").click()
    expect(page.locator(NUMBER)).to_contain_text("NIR")
