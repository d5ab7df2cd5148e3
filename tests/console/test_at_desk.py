"""``[insi] when = "desk"``: nothing is asked before staff take somebody in hand, then at once."""

import threading

import pytest
from django.conf import settings

from kiosk.console.models import Arrival, AuditEntry
from kiosk.console.upkeep import insi_again, worker
from kiosk.settings import InsiSection
from tests.console.acquainted import make_known
from tests.console.arrivals import arrive, enrol, found
from tests.console.hall import THROUGH
from tests.console.nation import NOWHERE
from tests.console.staff import at_desk, get, post
from tests.people import DOMINIQUE, LINA, ZOE

pytestmark = pytest.mark.long  # plays page after page

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
    path, looking, client = f"/arrivees/{check_in.key}/", at_desk("nora", "officer"), at_desk()
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


@pytest.mark.usefixtures("patient")
def test_where_the_desk_no_longer_asks_whom_it_was_left_for_is_asked_about_when_the_worker_starts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    waits = arrive(ZOE, THROUGH)
    nothing = arrive(LINA, THROUGH, card=None, card_nir="", mrz=None)
    worker.work(lambda _: found(ZOE), threading.Event(), once=True)
    assert Arrival.objects.get(pk=waits.key).insi_tries == 0, "the desk asks"
    section = InsiSection(**NOWHERE, when="check-in")
    monkeypatch.setattr(settings, "KIOSK", settings.KIOSK.model_copy(update={"insi": section}))
    worker.work(lambda _: found(ZOE), threading.Event(), once=True)
    assert (Arrival.objects.get(pk=waits.key).status, Arrival.objects.get(pk=nothing.key).insi_tries) == (
        "RETRIEVED",
        0,
    )
    assert AuditEntry.objects.filter(act="insi-requested", who="worker", about=waits.key).count() == 1
    worker.work(lambda _: pytest.fail("it has answered"), threading.Event(), once=True)
