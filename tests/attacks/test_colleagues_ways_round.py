"""Ways round what colleagues are held to: another field, another page, another form, another order of doing things."""

from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module

import pytest

from kiosk.core.sources.insi import InsUnreachable
from tests.attacks.test_colleagues_reading import _names, _page
from tests.console.arrivals import arrive, enrol, original_of
from tests.console.keys import Key, add_key, ask, sign_in_with
from tests.console.staff import PASSWORD, at_desk, browser, code_of, get, post
from tests.console.taken_up import qualified, taken_up, visit_of
from tests.people import ZOE, Person

shared = import_module("tests.console.conftest")  # sets Django up
pytestmark = pytest.mark.starts  # a picture is copied by a process of its own

LE_GOFF = replace(ZOE, birth_name="LE GOFF")
DURAND = replace(ZOE, birth_name="DURAND")


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


@pytest.mark.parametrize(
    ("who_is_here", "asked"),
    [
        (ZOE, replace(DURAND, given_names=("MARIE", "ZOE"), birth_date="1975-12-30")),  # each name is asked alone
        (LE_GOFF, replace(ZOE, birth_name="LE BRAS", given_names=("ANNE",), birth_date="1975-12-30")),
        (LE_GOFF, replace(ZOE, birth_name="LE", given_names=("ANNE",), birth_date="1975-12-30")),
    ],
    ids=["a first name put before", "a particle in common", "the particle alone"],
)
def test_a_word_in_common_makes_no_question_about_somebody_else(who_is_here: Person, asked: Person) -> None:
    from kiosk.console.models import AuditEntry

    lea = at_desk("lea")
    path = taken_up(lea, arrive(who_is_here, insi=InsUnreachable("timeout")))
    post(lea, path + "interroger/", **original_of(asked, place="13055"))
    assert not AuditEntry.objects.filter(act="insi-requested", who="lea").exists()


@pytest.mark.parametrize(
    "corrected",
    [
        replace(ZOE, birth_date="1957-12-13"),
        replace(ZOE, birth_name="ADRUN DURAND", given_names=("ZOE", "MARIE")),
        replace(DURAND, given_names=("ZOE",)),
    ],
    ids=["date", "the rest of the names", "name"],
)
def test_what_a_machine_read_wrongly_is_still_corrected(corrected: Person) -> None:
    from kiosk.console.models import AuditEntry

    lea = at_desk("lea")
    path = taken_up(lea, arrive(ZOE, insi=InsUnreachable("timeout")))
    post(lea, path + "interroger/", **original_of(corrected, place="13055"))
    assert AuditEntry.objects.filter(act="insi-requested", who="lea").exists()


@pytest.mark.parametrize("page", ["fiche/", "pieces/0/"])
def test_a_colleague_s_dossier_is_an_alarm_whichever_page_of_it_is_opened(page: str) -> None:
    lea, ines = at_desk("lea"), at_desk("ines", "officer")
    at_desk("zoe.adrun", "auditor")
    assert get(lea, taken_up(lea, arrive(ZOE)) + page).status_code == 200
    assert "nom d’un collègue" in _page(ines, "/alertes/")


def test_who_an_alarm_is_about_acknowledges_it_by_no_form() -> None:
    """The page of what befell the register has a form too; and a page shows a hundred alarms at most."""
    from kiosk.console.models import Staff
    from kiosk.console.witness import findings

    marc, ines = at_desk("marc", "officer"), at_desk("ines", "officer")
    number = Staff.objects.get(username="marc").pk
    own = f"reading:{number}-uncalled-2026010101"
    findings.note([findings.Found("reading", own.partition(":")[2])])
    post(marc, "/registre/vu/", name=own)
    assert own in _names(_page(ines, "/alertes/"))
    findings.note(findings.Found("reading", f"0-many-{hour}") for hour in range(findings.SHOWN + 1))
    post(marc, "/alertes/vu/", name=own)
    assert findings.unseen().count() == findings.SHOWN + 2
    for name in _names(_page(ines, "/alertes/")):
        post(ines, "/alertes/vu/", name=name)
    assert own in _names(_page(ines, "/alertes/"))  # a flood of later ones does not hide it


def test_an_administrator_with_a_professional_s_card_of_their_own_lets_nobody_in_with_it() -> None:
    """Pro Santé Connect says who they are; who agrees must not be them: an officer does, who sees patients anyway."""
    from kiosk.console.models import Admission
    from kiosk.console.staff import accounts, admissions

    own = "899700218896"
    admissions.ask_for_professional(accounts.national_fingerprint(own), "ada.exemple.a1b2c3", where="192.0.2.7")
    asked = Admission.objects.get()
    ada, ines = at_desk("ada", "administrator"), at_desk("ines", "officer")
    assert "ada.exemple" not in _page(ada, "/comptes/demandes/") and "Comptes à confirmer (" not in _page(
        ada, "/comptes/"
    )
    post(ada, f"/comptes/demandes/{asked.pk}/accepter/", national_id=own)
    assert not asked.staff.nationalidentity_set.exists()
    assert "ada.exemple" in _page(ines, "/comptes/demandes/")
    post(ines, f"/comptes/demandes/{asked.pk}/accepter/", national_id=own)
    assert asked.staff.nationalidentity_set.filter(confirmed=True).exists()


def test_who_adds_a_key_to_an_open_desk_and_signs_in_first_does_not_keep_its_owner_from_being_told() -> None:
    lea, thief, key = at_desk("lea"), browser(), Key()
    add_key(lea, key)  # her desk was open, and somebody had seen her password
    sign_in_with(thief, key.touched(ask(thief)))
    post(thief, "/mon-compte/lu/")
    owner = browser()
    said = {"username": "lea", "password": PASSWORD, "code": code_of("lea", steps=1)}
    assert owner.post("/connexion/", said, secure=True).status_code == 302
    assert "sur votre compte" in _page(owner, "/file/")


def test_what_an_emergency_let_somebody_take_in_hand_shows_no_picture_and_closes_with_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with_desks = shared.django_settings.KIOSK.model_copy(update={"desks": ("3", "4")})
    monkeypatch.setattr(shared.django_settings, "KIOSK", with_desks)
    lea, marc = at_desk("lea"), at_desk("marc")
    check_in, path = qualified(marc)
    post(lea, "/urgence/", right="vigilance", reason="Patient sans papiers, unité absente", password=PASSWORD)
    post(lea, path + "prendre/")
    assert "ADRUN" in _page(lea, path) and get(lea, path + "pieces/0/").status_code == 403
    post(lea, path + "guichet/", desk="4")  # to be called from there like anybody
    assert visit_of(check_in).stage == "called"
    post(lea, "/urgence/rendre/")
    assert visit_of(check_in).assigned_to.username == "lea"
    assert "ADRUN" not in _page(lea, path) and get(lea, path + "pieces/0/").status_code == 403
    post(lea, path + "ecarter/", reason="technical")
    assert visit_of(check_in).decided_by.username == "marc"
    post(lea, "/urgence/", right="vigilance", reason="Patient sans papiers, unité absente", password=PASSWORD)
    post(lea, path + "ecarter/", reason="technical")  # now it is she who decided last
    post(lea, "/urgence/rendre/")
    assert visit_of(check_in).decided_by.username == "lea"
    assert "ADRUN" not in _page(lea, path) and get(lea, path + "pieces/0/").status_code == 403
