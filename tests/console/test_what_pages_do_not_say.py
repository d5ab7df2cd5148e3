"""What no page says: that nothing is in the way where nobody answered; that a colleague did what the console did."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from kiosk.console.models import Arrival
from kiosk.console.upkeep import insi_again
from kiosk.console.vigilance import campaigns
from kiosk.core.sources.insi import InsAnswer, InsNotFound, InsUnreachable
from tests.console import phones
from tests.console.arrivals import arrive, original_of
from tests.console.conftest import ON_SQLITE
from tests.console.erased import erased
from tests.console.phones import by_phone, came, phone
from tests.console.rewritten import rewrite
from tests.console.staff import READ, at_desk, get, post
from tests.console.taken_up import qualified, taken_up, visit_of
from tests.people import ZOE

pytestmark = [pytest.mark.usefixtures("console", "asks_insi"), pytest.mark.long, ON_SQLITE]


def _text(client: Client, path: str) -> str:
    return " ".join(get(client, path).content.decode().replace("&nbsp;", " ").replace("\u00a0", " ").split())


def _answers(answer: InsAnswer) -> None:
    Arrival.objects.exclude(insi_next_at=None).update(insi_next_at=timezone.now() - timedelta(seconds=1))
    assert insi_again.insi_once(lambda *_: answer)


# --- who set it aside, and why ---------------------------------------------------------------------------------------


def _set_aside(client: Client) -> str:
    path = taken_up(client, arrive(ZOE))
    post(client, path + "ecarter/", reason="looks-alike")
    return path


def test_whoever_takes_up_what_was_set_aside_reads_by_whom_and_why() -> None:
    path, officer = _set_aside(at_desk()), at_desk("marc", "officer")
    post(officer, path + "prendre/")
    page = _text(officer, path)
    assert "Reposer, rien ne change" in page and 'id="decide"' in page
    outcome = page.split('class="outcome"')[1].split("</p>")[0]
    assert "lea, " in outcome and "Doublon ou homonyme possible" in outcome


def test_so_does_the_desk_to_which_the_unit_sends_it() -> None:
    host, officer = at_desk(), at_desk("marc", "officer")
    path = _set_aside(host)
    post(officer, path + "prendre/")
    post(officer, path + "guichet/", desk="4")
    post(host, path + "prendre/")
    assert "Doublon ou homonyme possible" in _text(host, path).split('class="outcome"')[1].split("</p>")[0]


def test_the_units_list_says_the_day_and_blames_nobody_for_what_the_console_set_aside() -> None:
    from kiosk.console.words import day

    host, officer = at_desk(), at_desk("marc", "officer")
    _set_aside(host)
    [line] = _text(officer, "/vigilance/").split("<tbody>")[1].split("</tr>")[:1]
    assert f'title="{day(timezone.now())} ' in line and ">moins d’une heure</td><td>lea<" in line
    rewrite(Arrival.objects.all(), reason="verification")
    [line] = _text(officer, "/vigilance/").split("<tbody>")[1].split("</tr>")[:1]
    assert "la console, d’elle-même" in line and "lea" not in line


# --- a verification --------------------------------------------------------------------------------------------------


def test_what_the_unit_is_told_to_do_with_a_right_ins_ends_its_task(monkeypatch: pytest.MonkeyPatch) -> None:
    section = SimpleNamespace(verifier="", desk_caller="certificate", when="check-in")
    monkeypatch.setattr(settings, "KIOSK", settings.KIOSK.model_copy(update={"insi": section}))
    officer = at_desk("marc", "officer")
    check_in, path = qualified(officer)
    post(officer, path + "prendre/")
    post(officer, path + "verifier/")
    post(officer, path + "rendre/")
    assert campaigns.verify_once(lambda *_: InsNotFound())
    post(officer, path + "prendre/")
    page = _text(officer, path)
    assert "reposez" not in page and "acceptez-le de nouveau dans « Autres décisions »" in page
    post(officer, path + "decision/accept-ins/", seen=READ)
    assert not campaigns.failed().exists() and visit_of(check_in).status == "QUALIFIED"
    assert "INS vérifié" not in _text(officer, path), "it was not: nobody was found"


# --- whose answer is awaited, and what a phone is --------------------------------------------------------------------


@pytest.fixture()
def _no_verifier(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    there = phones.verifying(settings.KIOSK, tmp_path).model_copy(update={"appli": None})
    monkeypatch.setattr(settings, "KIOSK", there)


@pytest.mark.usefixtures("_no_verifier")
def test_who_asked_about_an_unverified_phone_is_told_to_wait_and_not_to_ask() -> None:
    client = at_desk()
    path = taken_up(client, came(by_phone(phone(ZOE), ZOE)))
    rule = _text(client, path).split('id="why-not"')[1].split("</p>")[0]
    assert "Interrogez le service national" in rule
    post(client, path + "interroger/", **original_of(ZOE))
    rule = _text(client, path).split('id="why-not"')[1].split("</p>")[0]
    assert "Attendez la réponse" in rule and "Interrogez" not in rule


def test_a_phone_is_not_called_an_answer_of_the_national_service(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    there = phones.verifying(settings.KIOSK, tmp_path).model_copy(update={"mode": "production"})
    monkeypatch.setattr(settings, "KIOSK", there)
    client = at_desk()
    page = _text(client, taken_up(client, came(by_phone(phone(ZOE), ZOE))))
    assert "Un simulateur a répondu" in page and "et non le service national" not in page
    assert "Cette réponse nationale" not in page and "Cette appli carte Vitale ne peut pas être acceptée" in page


@pytest.mark.usefixtures("_no_verifier")
def test_where_a_phone_is_of_no_use_staff_are_told_what_to_do_instead(
    monkeypatch: pytest.MonkeyPatch, tmp_path
) -> None:
    monkeypatch.setattr(settings, "KIOSK", phones.verifying(settings.KIOSK, tmp_path))
    client = at_desk()
    elsewhere = came(by_phone(phone(ZOE, audience="690000002"), ZOE))
    contents = phone(ZOE)
    came(by_phone(contents, ZOE))
    for check_in in (elsewhere, came(by_phone(contents, ZOE))):
        page = _text(client, taken_up(client, check_in)).split('class="head"')[1].split('class="body"')[0]
        assert "Interrogez le service national avec une pièce d’identité." in page


# --- nobody asks, nobody found ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("reason", ["through-console", "timeout"])
def test_where_nobody_can_be_asked_no_page_says_that_an_answer_comes(
    monkeypatch: pytest.MonkeyPatch, reason: str
) -> None:
    monkeypatch.setattr(settings, "KIOSK", settings.KIOSK.model_copy(update={"insi": None}))
    client = at_desk()
    page = _text(client, taken_up(client, arrive(ZOE, InsUnreachable(reason))))
    assert "Le service national n’est pas configuré ici" in page
    assert "La question est posée" not in page and "reposée" not in page and "Attendez la réponse" not in page


def test_who_asked_and_found_nobody_reads_that_it_was_their_search() -> None:
    client = at_desk()
    path = taken_up(client, arrive(ZOE, InsNotFound()))
    before = "Le service national ne trouve personne avec ces traits."
    assert before in _text(client, path)
    post(client, path + "interroger/", **original_of(ZOE))
    _answers(InsNotFound())
    page = _text(client, path)
    assert "Votre recherche ne trouve personne non plus." in page and before not in page


def test_why_somebody_was_erased_is_told_in_words() -> None:
    officer = at_desk("marc", "officer")
    check_in, _path = qualified(officer)
    assert erased(visit_of(check_in).person_id) == 0
    trail = _text(at_desk("gus", "auditor"), "/journal/").split("<tbody>")[1]  # above it the acts are offered by code
    assert "request" not in trail and "à la demande de la personne" in trail
