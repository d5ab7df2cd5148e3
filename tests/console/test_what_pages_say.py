"""What a page says is so: no key for what is done, nothing said twice, nobody who waits for what nobody awaits."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from kiosk.core.sources.insi import InsAnswer, InsNotFound, InsRefused, InsUnreachable
from tests.console.arrivals import arrive, found, original_of
from tests.console.conftest import ON_SQLITE
from tests.console.staff import at_desk, get, post
from tests.console.taken_up import TICKED, qualified, taken_up, visit_of
from tests.people import ZOE

pytestmark = [pytest.mark.usefixtures("console", "asks_insi"), pytest.mark.long, ON_SQLITE]


def _answers(answer: InsAnswer) -> None:
    from kiosk.console.models import Arrival
    from kiosk.console.upkeep import insi_again

    Arrival.objects.exclude(insi_next_at=None).update(insi_next_at=timezone.now() - timedelta(seconds=1))
    assert insi_again.insi_once(lambda *_: answer)


def _text(client: Client, path: str) -> str:
    return " ".join(get(client, path).content.decode().split())


# --- the queue -------------------------------------------------------------------------------------------------------


def test_after_a_downgrade_the_queue_says_to_ask_and_not_to_wait() -> None:
    officer = at_desk("marc", "officer")
    _check_in, path = qualified(officer)
    post(officer, path + "prendre/")
    post(officer, path + "declasser/", reason="wrong-trait")
    post(officer, path + "prendre/")
    line = _text(officer, "/file/").split(path)[1].split("</a>")[0]
    assert "INSi à interroger" in line and "en attente" not in line
    assert "INSi à interroger" in _text(officer, path)
    post(officer, path + "interroger/", **original_of(ZOE))
    assert "INSi en attente" in _text(officer, "/file/")
    _answers(found(ZOE))
    assert "Prêt à qualifier" in _text(officer, "/file/")


@pytest.mark.parametrize("decision", ["doubt", "refuse-ins"])
def test_so_it_does_after_what_set_the_answer_aside_and_no_more_once_that_is_taken_back(decision: str) -> None:
    officer = at_desk("marc", "officer")
    check_in, path = qualified(officer)
    post(officer, path + "prendre/")
    post(officer, path + f"decision/{decision}/")
    assert visit_of(check_in).needed == "INSi à interroger"
    post(officer, path + "annuler/")
    assert visit_of(check_in).needed == ("INSi à interroger" if decision == "doubt" else "Déjà qualifiée")


def test_where_there_is_no_national_service_nobody_waits_for_it_or_asks_it(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.conf import settings

    check_in, client = arrive(ZOE, InsUnreachable("timeout")), at_desk()
    monkeypatch.setattr(settings, "KIOSK", settings.KIOSK.model_copy(update={"insi": None}))
    path = taken_up(client, check_in)
    for page in (_text(client, "/file/"), _text(client, path)):
        assert "À valider sans INS" in page and "INSi en attente" not in page and "INSi à interroger" not in page


def test_nobody_waits_for_insi_once_nobody_asks_it_any_more() -> None:
    from kiosk.console.models import Arrival

    check_in, client = arrive(ZOE, InsUnreachable("timeout")), at_desk()
    path = taken_up(client, check_in)
    assert "INSi en attente" in _text(client, "/file/")
    assert "La question est reposée automatiquement" in _text(client, path)
    Arrival.objects.update(insi_next_at=None)  # it was tried as often as it is
    assert "INSi à interroger" in _text(client, "/file/")
    page = _text(client, path)
    assert "reposée automatiquement" not in page and "n’a pas répondu. Interrogez de nouveau." in page


# --- the record ------------------------------------------------------------------------------------------------------


def test_a_qualified_record_that_is_taken_up_offers_no_key_to_qualify_it() -> None:
    officer = at_desk("marc", "officer")
    check_in, path = qualified(officer)
    post(officer, path + "prendre/")
    page = _text(officer, path)
    assert 'data-key="q"' not in page and "<kbd>Q</kbd>" not in page
    assert "Remettre dans la file" not in page and "Patient parti" not in page
    told = officer.post(path + "qualifier/", TICKED, secure=True, follow=True).content.decode()
    assert "Cette identité est déjà qualifiée" in told
    assert visit_of(check_in).stage == "called"


def test_it_is_put_back_as_it_was_and_nobody_waits_for_it() -> None:
    from kiosk.console.models import AuditEntry

    officer = at_desk("marc", "officer")
    check_in, path = qualified(officer)
    before = visit_of(check_in)
    post(officer, path + "prendre/")
    assert "Reposer, rien ne change" in _text(officer, path)
    post(officer, path + "rendre/")
    after = visit_of(check_in)
    assert (after.stage, after.status, after.decided_at, after.person.version) == (
        "done",
        "QUALIFIED",
        before.decided_at,
        before.person.version,
    )
    assert AuditEntry.objects.filter(act="put-back", about=check_in.key).count() == 1
    assert "reposé, rien n’a changé" in _text(officer, path)


def test_who_was_asked_about_again_is_told_so_once_and_to_wait() -> None:
    check_in, client = arrive(ZOE, InsUnreachable("timeout")), at_desk()
    path = taken_up(client, check_in)
    post(client, path + "interroger/", **original_of(ZOE))
    page = _text(client, path)
    assert page.count("La question est posée au service national") == 1
    assert "n’a pas encore répondu" not in page
    assert "INSi en attente" in page and "INSi à interroger" not in page
    rule = page.split('id="why-not"')[1].split("</p>")[0]
    assert "Attendez la réponse" in rule
    _answers(InsNotFound())
    assert "Attendez" not in _text(client, path).split('id="why-not"')[1].split("</p>")[0]


def test_what_was_answered_before_is_no_news_while_staff_s_question_is_under_way() -> None:
    check_in, client = arrive(ZOE, InsNotFound()), at_desk()
    path = taken_up(client, check_in)
    page = _text(client, path)
    assert "INSi : introuvable" in page and "ne trouve personne" in page
    assert "puis interrogez de nouveau" in page and "interrogez de nouveau, ou validez sans INS" in page
    post(client, path + "interroger/", **original_of(ZOE))
    page = _text(client, path)
    assert "INSi en attente" in page and "INSi : introuvable" not in page and "ne trouve personne" not in page
    _answers(InsNotFound())
    assert "INSi : introuvable" in _text(client, path)


def test_where_asking_again_mends_nothing_nobody_is_told_to() -> None:
    client = at_desk()
    page = _text(client, taken_up(client, arrive(ZOE, InsRefused("siram_100", "", ""))))
    assert "service national : validez sans INS" in page.replace("\u00a0", " ") and "nterrogez" not in page


@pytest.mark.parametrize("reason", ["through-console", "not-asked"])
def test_a_first_question_is_under_way_and_only_a_repeated_one_went_unanswered(reason: str) -> None:
    from kiosk.console.models import Arrival

    check_in, client = arrive(ZOE, InsUnreachable(reason)), at_desk()
    path = taken_up(client, check_in)
    page = _text(client, path)
    assert "La question est posée au service national" in page and "reposée" not in page
    _answers(InsUnreachable("timeout"))
    assert Arrival.objects.get(pk=check_in.key).insi_tries == 1
    page = _text(client, path)
    assert "n’a pas encore répondu. La question est reposée" in page


def test_who_may_be_known_is_shown_once() -> None:
    client = at_desk("ines", "officer")
    first, _ = qualified(client)
    second = arrive(ZOE)
    path = f"/arrivees/{second.key}/"
    assert _text(client, path).count(f"/arrivees/{first.key}/") == 1  # among those who look alike
    page = _text(client, taken_up(client, second))
    assert "Déjà connue" in page and "nom et prénom proches" not in page
    assert page.count(f"/arrivees/{first.key}/") == 1


def test_nothing_is_asked_about_what_is_done_and_presence_of_who_was_said_to_be_known() -> None:
    client = at_desk()
    first, path = qualified(client)
    assert "Déjà qualifiée" in _text(client, path) and "Prêt à qualifier" not in _text(client, path)
    second = arrive(ZOE, mrz=None)
    path = taken_up(client, second)
    post(client, path + "personne/", whose=str(visit_of(first).person_id))
    assert "Présence à vérifier" in _text(client, path)
    post(client, path + "absence/")
    assert "Pièce mal lue" in _text(client, path)


def test_where_the_copies_are_gone_the_unit_reads_so() -> None:
    from django.conf import settings

    from kiosk.console.register import pairs
    from kiosk.console.upkeep import retention
    from kiosk.console.vigilance import look_alikes

    officer = at_desk("marc", "officer")
    first, _ = qualified(officer)
    second = arrive(ZOE, InsNotFound())
    path = taken_up(officer, second)
    post(officer, path + "personne/", whose="new")
    post(officer, path + "decision/doubt/")
    assert "Douteux" in _text(officer, "/vigilance/")
    pairs.propose(visit_of(first).person, visit_of(second).person, 90, look_alikes.WORKER)
    retention.purge(timezone.now() + timedelta(days=settings.KIOSK.copies_days + 2))
    assert "visites effacées" in _text(officer, "/vigilance/doublons/")
    page = _text(officer, f"/vigilance/doublons/{visit_of(first).person_id}/{visit_of(second).person_id}/")
    assert page.count("visites effacées") == 6 and ">, (" not in page


@pytest.mark.parametrize("answer", [InsRefused("kiosk_trait-missing", "", ""), InsUnreachable("through-console")])
def test_a_card_that_asks_nothing_and_no_document_are_said_as_what_to_do(answer: InsAnswer) -> None:
    """INSi was never called: nothing is to be set by the technician."""
    check_in = arrive(ZOE, answer, card_nir="", mrz=None, document_kind=None, pictures=())
    client, path = at_desk(), f"/arrivees/{check_in.key}/"
    assert "INSi à interroger" in get(client, "/file/").content.decode()
    post(client, path + "prendre/")
    page = get(client, path).content.decode()
    assert "Ni la carte ni la pièce lues ne suffisent" in page
    assert "INSi : en panne" not in page and "informatique" not in page


def test_a_refusal_of_who_asks_is_the_technician_s() -> None:
    check_in = arrive(ZOE, InsRefused("desir_550", "", ""))
    client, path = at_desk(), f"/arrivees/{check_in.key}/"
    post(client, path + "prendre/")
    page = get(client, path).content.decode()
    assert "INSi : en panne" in page and "Prévenez l’informatique" in page
