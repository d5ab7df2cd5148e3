"""What a kiosk says INSi answered counts for nothing until the console has asked itself: a stolen key makes nobody."""

import os
import random
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from kiosk.console.config import read_server_settings
from kiosk.console.models import Arrival, AuditEntry, Person
from kiosk.console.records import indexes, search, vault
from kiosk.console.register import visits
from kiosk.console.upkeep import insi_again
from kiosk.core.checkin.value import CheckIn, Way
from kiosk.core.sources.insi import (
    InsAnswer,
    InsCertificateTrouble,
    InsFound,
    InsNotFound,
    InsRefused,
    InsSeveral,
    InsUnreachable,
)
from kiosk.settings import BadSettings
from tests.console import forged
from tests.console.acquainted import make_known
from tests.console.arrivals import arrive, check_in_of, enrol, found, original_of, put, sealed
from tests.console.served import ServedConsole
from tests.console.staff import READ, at_desk, get, post
from tests.people import DOMINIQUE, ZOE

pytestmark = [pytest.mark.usefixtures("unbelieving"), pytest.mark.long]
COUNT = int(os.environ.get("FORGED", "100"))
MOST_PAGES = 40 + COUNT // 50  # opened by staff, spread over all of them
DIRECT = 'endpoint = "https://insi.test/lps"\ncertificate = "c.p12"\nca = "ca.pem"\nidam = "X"\n'
REPORTED = InsUnreachable("reported")
NOT_TAKEN = "La réponse donnée par la borne n’est pas retenue"
SAID: dict[str, InsAnswer] = {
    "found": replace(found(ZOE), exchanges=(forged.call(),)),
    "nobody": InsNotFound((forged.call(),)),
    "several": InsSeveral((forged.call(),)),
    "refused": InsRefused("desir_550", "", ""),
    "certificate": InsCertificateTrouble("expired"),
    "void": InsUnreachable("void"),
    "awaited": InsUnreachable("asked"),
    "silent, with a call": InsUnreachable("timeout", (forged.call(),)),
}


@pytest.fixture()
def unbelieving(console, monkeypatch: pytest.MonkeyPatch) -> None:
    """A console as it is delivered: a kiosk's word about INSi is a word. Somebody is there to be asked."""
    enrol()
    changes = {
        "trust_kiosk_answers": False,
        "insi": object(),
        "intake_per_minute": 100_000,
        "intake_per_hour": 1_000_000,
    }
    monkeypatch.setattr(settings, "KIOSK", console.model_copy(update=changes))


@pytest.mark.parametrize("answer", SAID.values(), ids=SAID.keys())
def test_an_answer_that_a_kiosk_reports_is_kept_as_it_came_and_the_console_asks_itself(answer: InsAnswer) -> None:
    check_in = arrive(ZOE, answer)
    arrival = Arrival.objects.select_related("sealed").get()
    assert (arrival.reported, arrival.need, arrival.differences) == ("PROVISIONAL", "insi-pending", "")
    assert arrival.insi_next_at is not None and arrival.insi_next_at <= timezone.now()
    assert vault.open_arrival(arrival).insi == visits.opened(arrival).insi == REPORTED
    assert vault.open_check_in(bytes(arrival.sealed.check_in), arrival.key).insi == check_in.insi
    said = AuditEntry.objects.get(act="taken-in").details
    assert '"said"' in said and ZOE.number not in said


@pytest.mark.parametrize("reason", ["timeout", "connection", "service", "nonsense", "not-asked", "through-console"])
def test_that_a_kiosk_has_no_answer_is_kept_as_it_says_it(reason: str) -> None:
    arrive(ZOE, InsUnreachable(reason))
    arrival = Arrival.objects.select_related("sealed").get()
    assert (bytes(arrival.sealed.answer), vault.open_arrival(arrival).insi) == (b"", InsUnreachable(reason))


def test_a_forged_answer_is_neither_shown_nor_found_and_nobody_can_qualify_with_it() -> None:
    """Another one's card, with Zoé's name and number in the answer."""
    check_in = arrive(DOMINIQUE, SAID["found"], mrz=None, document_kind=None, pictures=())
    client, path = at_desk("marc", "officer"), f"/arrivees/{check_in.key}/"
    post(client, path + "prendre/")
    page = get(client, path).content.decode()
    assert NOT_TAKEN in page
    assert ZOE.birth_name not in page and ZOE.number[-6:] not in page.replace(" ", "")
    post(client, path + "qualifier/", evidence="CN", said="1", seen=READ, first_given_name="ZOE", tolerated="1")
    post(client, path + "decision/accept-ins/")
    assert (Arrival.objects.get().status, Person.objects.count()) == ("PROVISIONAL", 0)
    assert not search.find(ZOE.birth_date, ZOE.birth_name).exists()
    assert search.find(DOMINIQUE.birth_date, DOMINIQUE.birth_name).exists()


def test_nobody_known_is_named_by_a_forged_answer() -> None:
    _qualified_before()
    arrive(ZOE, SAID["found"])
    latest = Arrival.objects.order_by("-received_at")
    assert latest[0].person is None
    assert insi_again.insi_once(lambda _: SAID["found"])  # the console's own: by the card, as INSi says
    assert latest[0].person == Person.objects.get()


def test_what_counts_is_what_the_console_was_answered_and_its_calls_alone() -> None:
    arrive(DOMINIQUE, SAID["found"])
    truth = replace(found(DOMINIQUE), exchanges=(replace(forged.call(), message_id="uuid:ours"),))
    assert insi_again.insi_once(lambda _: truth)
    arrival = Arrival.objects.select_related("sealed").get()
    assert vault.open_arrival(arrival).insi == truth
    assert (arrival.status, arrival.need, arrival.insi_next_at) == ("RETRIEVED", "ready", None)


def test_where_nothing_can_be_asked_staff_is_told_what_to_do_and_can_do_it() -> None:
    """A card without a number, and no document that a machine read with certainty."""
    changes = {"card_nir": "", "mrz": None, "document_kind": None}
    check_in = arrive(ZOE, SAID["found"], **changes)
    assert (Arrival.objects.get().insi_next_at, Arrival.objects.get().needed) == (None, "INSi à interroger")
    client, path = at_desk(), f"/arrivees/{check_in.key}/"
    post(client, path + "prendre/")
    assert f"{NOT_TAKEN}. Interrogez avec la pièce en main." in get(client, path).content.decode()
    said = original_of(ZOE)
    del said["first_given_name"]
    post(client, path + "interroger/", **said)
    assert insi_again.insi_once(lambda *_: found(ZOE))
    assert Arrival.objects.get().status == "RETRIEVED"


def test_a_denied_candidate_of_the_short_path_leaves_no_forged_answer() -> None:
    make_known(ZOE)
    check_in = arrive(ZOE, SAID["found"], way=Way.SHORT)
    assert Arrival.objects.get().candidate is not None
    client, path = at_desk(), f"/arrivees/{check_in.key}/"
    post(client, path + "prendre/")
    post(client, path + "absence/")
    arrival = Arrival.objects.select_related("sealed").get()
    assert (arrival.candidate, arrival.person, vault.open_arrival(arrival).insi) == (None, None, REPORTED)


def test_a_console_that_is_its_kiosks_own_machine_believes_it_and_nobody_from_elsewhere(
    console, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "KIOSK", console)
    mine, other = arrive(ZOE), check_in_of(DOMINIQUE)
    path = f"/intake/check-ins/{other.key}"
    assert put(path, sealed(other), address="192.0.2.7").status_code == 201
    assert Arrival.objects.get(pk=mine.key).status == "RETRIEVED"
    assert Arrival.objects.get(pk=other.key).status == "PROVISIONAL"


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "Via", "X-Real-IP", "X-Forwarded-Proto"])
def test_behind_a_proxy_on_its_own_machine_no_kiosk_is_believed(
    console, monkeypatch: pytest.MonkeyPatch, header: str
) -> None:
    monkeypatch.setattr(settings, "KIOSK", console)
    check_in = check_in_of(ZOE)
    answer = put(f"/intake/check-ins/{check_in.key}", sealed(check_in), headers={header: "192.0.2.7"})
    assert (answer.status_code, Arrival.objects.get().reported) == (201, "PROVISIONAL")


def test_of_all_kiosks_the_one_that_the_file_names_is_believed(console, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy that says nothing of itself brings the others from this machine too."""
    own = console.model_copy(update={"kiosks": {"borne-9": Path("borne-9.pem")}})
    monkeypatch.setattr(settings, "KIOSK", own)
    arrive(ZOE)
    assert Arrival.objects.get().reported == "PROVISIONAL"
    enrol("borne-9")
    mine = check_in_of(ZOE, kiosk="borne-9")
    assert put(f"/intake/check-ins/{mine.key}", sealed(mine), kiosk="borne-9").status_code == 201
    assert Arrival.objects.get(pk=mine.key).reported == "RETRIEVED"


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ("", ""),
        ('\nborne-2 = "borne-1.pem"', "il y en a 2"),
        ("\n[kiosk]\n", "interroge INSi par la console"),
        ('\n[kiosk]\nname = "borne-2"\n[insi]\nvia = "direct"\n' + DIRECT, "n'est pas celle que nomme"),
    ],
)
def test_what_says_that_kiosk_and_console_are_one_machine_is_refused_where_they_are_not(
    tmp_path: Path, more: str, why: str
) -> None:
    served = ServedConsole(tmp_path)
    served.config.write_text(served.config.read_text() + more)
    if not why:
        nobody = served.config.read_text().partition("[server.kiosks]")[0]
        assert read_server_settings(served.config).trust_kiosk_answers
        served.config.write_text(nobody)
        why = "il y en a 0"
    with pytest.raises(BadSettings, match=why):
        read_server_settings(served.config)


@pytest.mark.timeout(300 + COUNT)
def test_of_many_forged_answers_none_makes_anything_of_anybody() -> None:
    """``FORGED=10000`` for as many; every one is looked at in the database, and some on staff's page."""
    _qualified_before()
    chance, came = random.Random(20261129), []
    for _ in range(COUNT):
        check_in = forged.check_in(chance, ZOE)
        assert put(f"/intake/check-ins/{check_in.key}", sealed(check_in)).status_code == 201
        came.append(check_in)
    client = at_desk("marc", "officer")
    for place, check_in in enumerate(came):
        _is_nothing(check_in)
        if place % max(1, COUNT // MOST_PAGES) == 0:
            _cannot_be_taken_for_more(client, check_in)
    assert Person.objects.count() == 1, "Zoé, who was known before"


def _qualified_before() -> None:
    """Zoé is known: the console asked INSi, and staff saw her and her document."""
    check_in = arrive(ZOE, InsUnreachable("through-console"))
    Arrival.objects.update(insi_next_at=timezone.now())
    assert insi_again.insi_once(lambda _: SAID["found"])
    client, path = at_desk("nora"), f"/arrivees/{check_in.key}/"
    post(client, path + "prendre/")
    post(client, path + "qualifier/", evidence="CN", said="1", seen=READ, first_given_name="ZOE")
    assert Arrival.objects.get().status == "QUALIFIED"


def _is_nothing(check_in: CheckIn) -> None:
    arrival = Arrival.objects.select_related("sealed", "person").get(pk=check_in.key)
    counts = visits.opened(arrival).insi
    assert isinstance(counts, InsUnreachable) and not counts.exchanges, check_in.insi
    assert counts.reason == "reported" or counts == check_in.insi
    assert (arrival.status, arrival.person) == ("PROVISIONAL", None)
    if isinstance(check_in.insi, InsFound):
        beside = replace(check_in, insi=InsUnreachable("timeout"))
        ours = set(indexes.of([arrival.pk])[arrival.pk])
        assert ours == search.indexes_of(beside)


def _cannot_be_taken_for_more(client, check_in: CheckIn) -> None:
    path = f"/arrivees/{check_in.key}/"
    post(client, path + "prendre/")
    page = get(client, path).content.decode()
    assert forged.WORD not in page
    said = {"evidence": "CN", "said": "1", "first_given_name": "ZOE", "tolerated": "1"}
    post(client, path + "qualifier/", seen=READ, **said)
    post(client, path + "decision/accept-ins/")
    post(client, path + "rendre/")
    _is_nothing(check_in)
