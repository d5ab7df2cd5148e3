"""A colleague who reads what is not theirs: dossiers not in their hands, anybody's number, by an emergency."""

from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import import_module

import pytest
from django.test import Client

from tests.console.arrivals import arrive, enrol, original_of
from tests.console.staff import PASSWORD, at_desk, get, post
from tests.console.taken_up import qualified, taken_up, visit_of
from tests.people import DOMINIQUE, TOUSSAINT, ZOE

shared = import_module("tests.console.conftest")  # sets Django up
pytestmark = pytest.mark.starts  # a picture is copied by a process of its own


@pytest.fixture(scope="module")
def made() -> object:
    return shared.make_sqlite()


@pytest.fixture(autouse=True)
def here(made: object, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An empty console with its kiosk, and INSi to be asked."""
    with shared.empty(made):
        enrol()
        monkeypatch.setattr(shared.django_settings, "KIOSK", made.model_copy(update={"insi": object()}))
        yield


def _page(client: Client, path: str) -> str:
    answer = get(client, path)
    return answer.content.decode() if answer.status_code == 200 else ""


def test_a_host_opens_what_is_in_their_hands_and_nothing_else() -> None:
    lea, marc = at_desk("lea"), at_desk("marc")
    check_in = arrive(ZOE)
    path = f"/arrivees/{check_in.key}/"
    for nobody in (lea, marc):
        assert "Prendre ce patient" in _page(nobody, path) and "ADRUN" not in _page(nobody, path)
        assert get(nobody, path + "pieces/0/").status_code == 403
        assert get(nobody, path + "fiche/")["Location"] == path
    taken_up(lea, check_in)
    assert "ADRUN" in _page(lea, path) and get(lea, path + "pieces/0/").status_code == 200
    assert "ADRUN" not in _page(marc, path) and get(marc, path + "pieces/0/").status_code == 403
    post(lea, path + "rendre/")
    assert "ADRUN" not in _page(lea, path)
    assert "ADRUN" in _page(at_desk("ines", "officer"), path)


def test_of_somebody_s_past_a_host_reads_that_they_are_known_and_since_when() -> None:
    lea, marc = at_desk("lea"), at_desk("marc")
    _check_in, before = qualified(lea)
    again = taken_up(marc, arrive(ZOE))
    page = _page(marc, again)
    assert "ualifié" in page and before not in page
    assert "ADRUN" not in _page(marc, before)
    assert before in _page(at_desk("ines", "officer"), again)


@pytest.mark.parametrize("bare", [True, False], ids=["empty", "somebody else's"])
def test_a_host_asks_insi_about_nobody_but_who_is_in_the_dossier(bare: bool) -> None:
    from kiosk.console.models import AuditEntry

    lea = at_desk("lea")
    nothing = {"card": None, "mrz": None, "card_nir": "", "insured_nir": "", "pictures": (), "insi": None}
    silent = {"insi": shared_silence()}
    check_in = arrive(ZOE, **({**nothing, **silent} if bare else silent))
    path = taken_up(lea, check_in)
    post(lea, path + "interroger/", **original_of(TOUSSAINT))
    assert not AuditEntry.objects.filter(act="insi-requested", who="lea").exists()
    assert visit_of(check_in).insi_next_at is None or not bare
    if not bare:
        post(lea, path + "interroger/", **original_of(ZOE, place="13055"))
        asked = AuditEntry.objects.get(act="insi-requested", who="lea")
        assert "ADRUN" not in asked.details and '"criteria": "' in asked.details
        assert "ADRUN · ZOE" in _page(at_desk("ines", "officer"), path)  # opened for the unit


UNREAD = {"card": None, "mrz": None, "card_nir": "", "insured_nir": ""}


def test_a_document_that_no_machine_read_is_about_one_person_and_the_unit_looks_at_each(
    made: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kiosk.console.models import AuditEntry

    settings = made.model_copy(update={"insi": object(), "unread_most": 2})
    monkeypatch.setattr(shared.django_settings, "KIOSK", settings)
    lea, ines = at_desk("lea"), at_desk("ines", "officer")

    def asked() -> int:
        return AuditEntry.objects.filter(act="insi-requested", who="lea").count()

    first = taken_up(lea, arrive(TOUSSAINT, shared_silence(), **UNREAD))
    post(lea, first + "interroger/", **original_of(TOUSSAINT))
    _answered(first)
    post(lea, first + "interroger/", **original_of(ZOE))  # somebody else, with the same picture
    assert asked() == 1
    post(lea, first + "interroger/", **original_of(TOUSSAINT, place="13055"))  # the same person, better read
    assert asked() == 2
    second = taken_up(lea, arrive(ZOE, shared_silence(), **UNREAD))
    post(lea, second + "interroger/", **original_of(ZOE))
    third = taken_up(lea, arrive(DOMINIQUE, shared_silence(), **UNREAD))
    assert "attendent d’être relues" in _page(lea, third)
    post(lea, third + "interroger/", **original_of(DOMINIQUE))
    assert asked() == 3
    page = _page(ines, "/alertes/")
    assert "Attend que ses questions" in page and "Alertes à vérifier" in _page(ines, "/file/")
    assert "Questions à relire" in page and "Questions à relire 2" in _page(ines, "/vigilance/")
    for name in _names(page, "unread"):
        assert post(ines, "/alertes/vu/", name=name).status_code == 302
    post(lea, third + "interroger/", **original_of(DOMINIQUE))
    assert asked() == 4


def _answered(path: str) -> None:
    """INSi has answered nobody."""
    from kiosk.console.identities import asking
    from kiosk.console.models import Arrival

    arrival = Arrival.objects.select_related("sealed").get(pk=path.split("/")[2])
    asking.answered(arrival, found_nobody=True)


def shared_silence() -> object:
    from kiosk.core.sources.insi import InsUnreachable

    return InsUnreachable("timeout")


@pytest.mark.parametrize("reason", ["xxxxxxxxxx", "x x x x x x x", "urgence urgence urgence", "aaaa bbbb cccc"])
def test_one_key_held_down_is_no_reason_for_an_emergency(reason: str) -> None:
    lea = at_desk("lea")
    assert post(lea, "/urgence/", right="vigilance", reason=reason, password=PASSWORD).status_code == 403
    assert get(lea, "/vigilance/").status_code == 403


def test_an_emergency_is_told_at_once_ends_with_the_session_and_is_not_taken_again_and_again() -> None:
    lea, ines = at_desk("lea"), at_desk("ines", "officer")
    said = {"right": "vigilance", "reason": "Patient sans papiers, personne de l'unité", "password": PASSWORD}
    assert get(ines, "/veille/?urgences=0").status_code == 204
    for _ in range(3):
        assert post(lea, "/urgence/", **said).status_code == 302
        post(lea, "/urgence/rendre/")
    told = get(ines, "/veille/?urgences=0")  # what her open page asks by itself
    assert told.status_code == 200 and "accès d’urgence à vérifier" in told.content.decode()
    assert "n’ont pas encore été vérifiés" in post(lea, "/urgence/", **said).content.decode()


def test_in_an_emergency_no_picture_and_no_colleague_s_reading_is_shown_and_somebody_else_may_end_it() -> None:
    lea, ines = at_desk("lea"), at_desk("ines", "officer")
    path = f"/arrivees/{arrive(ZOE).key}/"
    said = {"right": "vigilance", "reason": "Patient sans papiers, personne de l'unité", "password": PASSWORD}
    post(lea, "/urgence/", **said)
    assert "ADRUN" in _page(lea, path) and "Les images des pièces ne s’ouvrent pas" in _page(lea, path)
    assert get(lea, path + "pieces/0/").status_code == 403 and get(lea, "/alertes/").status_code == 403
    page = _page(ines, "/urgences/")
    assert "A12" in page and "Mettre fin" in page  # which dossiers, by their numbers
    number = page.split("/fin/")[0].rpartition("/")[2]
    assert post(lea, f"/urgences/{number}/fin/").status_code == 403
    post(ines, f"/urgences/{number}/fin/")
    assert get(lea, "/vigilance/").status_code == 403 and "ADRUN" not in _page(lea, path)


def test_an_emergency_ends_when_who_took_it_leaves() -> None:
    from kiosk.console.models import Emergency
    from kiosk.console.staff import emergencies

    lea = at_desk("lea")
    post(lea, "/urgence/", right="vigilance", reason="Patient sans papiers, unité absente", password=PASSWORD)
    taken = Emergency.objects.get()
    post(lea, "/quitter/")
    assert emergencies.current(taken.staff) == []


def test_reading_many_dossiers_is_an_alarm_that_an_officer_sees_and_not_the_reader() -> None:
    from django.utils import timezone

    from kiosk.console.upkeep import readings

    lea, ines, marc = at_desk("lea"), at_desk("ines", "officer"), at_desk("marc", "officer")
    keys = [str(arrive(ZOE).key) for _ in range(21)]
    readings.once(timezone.now() - readings.EVERY)
    for key in keys:  # taken, read, put back: nothing decided
        post(lea, f"/arrivees/{key}/prendre/")
        get(lea, f"/arrivees/{key}/")
        post(lea, f"/arrivees/{key}/rendre/")
    for key in keys[:11]:
        get(marc, f"/arrivees/{key}/")  # never called by him
    assert readings.once(timezone.now()) == 2
    assert readings.once(timezone.now() + readings.EVERY) == 0  # told once
    page = _page(ines, "/alertes/")
    assert "Beaucoup de dossiers" in page and "sans que cette personne ait appelé" in page and keys[0] in page
    assert "Alertes à vérifier" in _page(ines, "/file/") and "Alertes" not in _page(lea, "/file/")
    own = [name for name in _names(page) if "uncalled" in name]
    for name in own:
        post(marc, "/alertes/vu/", name=name)  # his own
    assert own == [name for name in _names(_page(ines, "/alertes/")) if "uncalled" in name]
    for name in _names(page):
        post(ines, "/alertes/vu/", name=name)
    assert _names(_page(ines, "/alertes/")) == []
    for count, key in enumerate(keys, 1):  # in the same hour, once the officer has looked
        for act in ("prendre", "rendre"):
            post(lea, f"/arrivees/{key}/{act}/")
            get(lea, f"/arrivees/{key}/")
        if count in {10, 20}:
            assert readings.once(timezone.now()) == 0  # what was seen is not told again with what is new
    assert readings.once(timezone.now()) == 1
    (again,) = _names(_page(ines, "/alertes/"))
    assert "-many-" in again
    post(ines, "/alertes/vu/", name=again)
    assert (_names(_page(ines, "/alertes/")), readings.once(timezone.now())) == ([], 0)


def _names(page: str, code: str = "reading") -> list[str]:
    import re

    return re.findall(rf'name="name" value="({code}:[^"]+)"', page)


def test_the_hour_that_comes_twice_in_october_is_two_hours(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who reads too much in the second one is told of, though an officer has seen to the first."""
    from django.conf import settings

    from kiosk.console import audit
    from kiosk.console.models import AuditEntry
    from kiosk.console.upkeep import readings

    at_desk("lea")
    monkeypatch.setattr(settings, "KIOSK", settings.KIOSK.model_copy(update={"reading_most": 2}))
    half_past_two = [datetime(2026, 10, 25, hour, 30, tzinfo=UTC) for hour in (0, 1)]
    acts = [
        AuditEntry(number=number, at=at, act=audit.Act.SEARCHED, who="lea", about="")
        for number, at in enumerate(sorted(half_past_two * 3), 1)
    ]
    assert [one.name.partition("searched-")[2] for one in readings._found(acts)] == ["2026102500", "2026102501"]


def test_a_dossier_with_a_colleague_s_name_is_an_alarm_for_whoever_opens_it() -> None:
    lea, ines = at_desk("lea"), at_desk("ines", "officer")
    at_desk("zoe.adrun", "auditor")
    _page(lea, taken_up(lea, arrive(TOUSSAINT)))
    assert "Alertes à vérifier" not in _page(ines, "/file/")
    _page(lea, taken_up(lea, arrive(ZOE)))
    assert "nom d’un collègue" in _page(ines, "/alertes/")
