"""The patient's sheet: its page, its PDF, what they say and what they never do."""

from dataclasses import replace
from unittest import mock

import pytest
from django.conf import settings
from django.test import Client

from kiosk.console.config import ContactSection
from kiosk.console.identities.sheet_due import Cause
from kiosk.console.identities.sheet_words import KINDS, OFFICES, WORDS
from kiosk.console.printing import process
from kiosk.console.vigilance import told
from kiosk.core.checkin.value import CheckIn
from kiosk.core.languages import LANGUAGES, SOURCE
from kiosk.core.sources.insi import InsRefused, InsUnreachable
from tests.console.arrivals import arrive, deliver, enrol, found
from tests.console.conftest import ON_SQLITE
from tests.console.sheet_cases import CASES, OTHERWISE, shown, visit
from tests.console.staff import READ, at_desk, get, post
from tests.people import DOMINIQUE, TOUSSAINT, ZOE

pytestmark = [pytest.mark.usefixtures("console"), pytest.mark.long]
CONTACT = ContactSection(place="Bureau des entrées, hall principal", phone="01 00 00 00 00", hours="de 8 h à 17 h")
NONE_DUE = "Aucune fiche à remettre"


@pytest.fixture(autouse=True)
def _enrolled(console: object, monkeypatch: pytest.MonkeyPatch) -> None:
    enrol()
    monkeypatch.setattr(settings, "KIOSK", settings.KIOSK.model_copy(update={"contact": CONTACT}))


def _delivered(check_in: CheckIn) -> str:
    assert deliver(check_in).status_code == 201
    return f"/arrivees/{check_in.key}/"


def _sheet(path: str, language: str = SOURCE, client: Client | None = None) -> str:
    client = client or at_desk("ines", "officer")
    return " ".join(get(client, f"{path}fiche/?langue={language}").content.decode().replace("\u00a0", " ").split())


@pytest.mark.parametrize("cause", Cause)
def test_each_cause_has_its_sheet_with_dossier_and_contact(cause: Cause) -> None:
    page = _sheet(_delivered(visit(cause, ticket="A125")))
    assert WORDS[cause].title in page and all(step in page for step in WORDS[cause].steps)
    assert all(words.title not in page for other, words in WORDS.items() if other is not cause)
    assert "dossier A125 du" in page and CONTACT.phone in page and CONTACT.place in page
    assert ZOE.number not in page and ZOE.given_names[0] not in page  # neither number nor whole name
    assert [office for office in OFFICES.values() if office in page]


def test_a_value_stands_there_only_where_nobody_sees_the_difference_without_it() -> None:
    client = at_desk("ines", "officer")
    page = _sheet(_delivered(visit(Cause.DOCUMENT)), client=client)
    assert OTHERWISE["birth_name"] in page and ZOE.birth_name in page  # one letter
    other_letters = _sheet(_delivered(visit(Cause.DOCUMENT, mrz=shown(birth_name="QUELQUUN"))), client=client)
    assert "les lettres sont différentes" in other_letters
    assert "QUELQUUN" not in other_letters and ZOE.birth_name not in other_letters


@ON_SQLITE
@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != SOURCE])
def test_all_of_a_sheet_is_in_the_patient_s_language_and_its_title_in_french_too(language: str) -> None:
    client = at_desk("ines", "officer")
    for cause in Cause:
        theirs = _sheet(_delivered(visit(cause)), language, client).split("<article")[1].split("<aside")
        direction = "rtl" if LANGUAGES[language].is_rtl else "ltr"
        assert f'lang="{language}" dir="{direction}"' in theirs[0]
        words = WORDS[cause]
        for french in (words.title, words.means, *words.steps, *words.bring, *KINDS.values(), "Où aller", "Dites"):
            assert french not in theirs[0]
        assert words.title in theirs[1]  # for whoever is shown it at an office
    assert get(client, f"{_delivered(visit(Cause.NOBODY))}fiche/?langue=xx").status_code == 404


@ON_SQLITE
@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({}, id="no difference"),
        pytest.param({"insi": InsUnreachable("timeout")}, id="no answer yet"),
        pytest.param({"insi": InsRefused("siram_100", "", "")}, id="refused"),
        pytest.param({"insi": replace(found(ZOE), flags=("several-individuals",))}, id="nobody may accept it"),
        pytest.param({"mrz": shown(given_names=("ANNE",))}, id="a twin"),
        pytest.param({"card": CASES[Cause.CARD]["card"]}, id="a card only, and the document agrees"),
    ],
)
def test_none_is_given_where_nothing_of_theirs_is_to_be_corrected(changes: dict[str, object]) -> None:
    check_in = arrive(ZOE, changes.pop("insi", None), **changes)
    assert NONE_DUE in _sheet(f"/arrivees/{check_in.key}/")
    assert get(at_desk("marc", "officer"), f"/arrivees/{check_in.key}/fiche/pdf/").status_code == 302  # back to it


@ON_SQLITE
def test_none_tells_one_person_what_the_reference_keeps_of_another() -> None:
    from tests.console.arrivals import mrz_of

    page = _sheet(f"/arrivees/{arrive(DOMINIQUE, mrz=mrz_of(TOUSSAINT)).key}/")
    assert NONE_DUE in page and "DOMINIQUE" not in page and "1997" not in page


@ON_SQLITE
def test_none_after_staff_said_that_it_is_not_them_nor_after_a_qualification() -> None:
    client = at_desk()
    path = _delivered(visit(Cause.DOCUMENT))
    post(client, path + "prendre/")
    assert WORDS[Cause.DOCUMENT].title in get(client, path + "fiche/").content.decode()
    post(client, path + "ecarter/", reason="not-this-person")
    assert NONE_DUE in get(client, path + "fiche/").content.decode()
    plain = f"/arrivees/{arrive(ZOE).key}/"
    post(client, plain + "prendre/")
    post(client, plain + "qualifier/", evidence="CN", said="1", seen=READ, first_given_name=ZOE.given_names[0])
    assert NONE_DUE in get(client, plain + "fiche/").content.decode()


@ON_SQLITE
def test_what_staff_say_is_wrong_in_the_ins_is_the_reference_s_sheet() -> None:
    client = at_desk()
    path = _delivered(visit(Cause.DOCUMENT))
    post(client, path + "prendre/")
    post(client, path + "ecarter/", reason="ins-wrong")
    page = get(client, path + "fiche/").content.decode()
    assert WORDS[Cause.REFERENCE].title in page and "Insee" in page  # born in France


@ON_SQLITE
def test_the_trail_says_which_sheet_in_which_language_and_none_for_none() -> None:
    from kiosk.console.models import AuditEntry

    client = at_desk("ines", "officer")
    _sheet(_delivered(visit(Cause.NOBODY)), "ar", client)
    said = told.told(AuditEntry.objects.filter(act="sheet-printed").get().details, str)
    assert "introuvable" in said and "en arabe" in said
    _sheet(f"/arrivees/{arrive(ZOE).key}/", client=client)
    assert AuditEntry.objects.filter(act="sheet-printed").count() == 1


@ON_SQLITE
def test_where_no_pdf_can_be_made_the_page_is_there_to_print() -> None:
    path = _delivered(visit(Cause.NOBODY))
    client = at_desk("ines", "officer")
    with mock.patch.object(process, "pdf_of", side_effect=process.CannotPrint):
        answer = client.get(f"{path}fiche/pdf/?langue=es", secure=True)
    assert answer.status_code == 302 and answer["Location"] == f"{path}fiche/?langue=es"
    assert "Imprimez cette page" in get(client, answer["Location"]).content.decode()
