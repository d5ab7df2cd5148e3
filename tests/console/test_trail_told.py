"""The trail as an auditor reads it: in words, with a line of every decision that was tried and what stopped it."""

import json
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from kiosk.console import audit
from kiosk.console.questions import joining
from kiosk.console.register import erasure
from kiosk.console.vigilance import told
from kiosk.core.checkin.value import CheckIn
from kiosk.core.identity.matricule import OID_NIA
from kiosk.core.sources.insi import InsFound, InsNotFound, PastMatricule
from tests.console.arrivals import arrive, found, original_of
from tests.console.conftest import ON_SQLITE
from tests.console.staff import at_desk, get, post
from tests.console.taken_up import TICKED, taken_up, visit_of
from tests.people import CATARINA, ZOE

pytestmark = [pytest.mark.usefixtures("console", "asks_insi"), pytest.mark.long]


def _tried() -> list[dict[str, str]]:
    from kiosk.console.models import AuditEntry

    return [json.loads(one.details) for one in AuditEntry.objects.filter(act="refused").order_by("number")]


def _lines() -> list[str]:
    page = get(at_desk("anne", "auditor"), "/journal/").content.decode().replace("\u00a0", " ")
    return [row.rsplit("<td>", 1)[1].split("</td>")[0] for row in page.split("<tbody>")[1].split("<tr>")[1:]]


# --- in words --------------------------------------------------------------------------------------------------------


def test_the_auditor_reads_words_and_no_codes() -> None:
    officer = at_desk("marc", "officer")
    check_in = arrive(ZOE)
    path = taken_up(officer, check_in)
    get(officer, path + "pieces/0/")
    post(officer, path + "complements/", telephone="0600000000", word="person")
    post(officer, path + "qualifier/", **TICKED)
    post(officer, path + "annuler/")
    post(officer, path + "decision/accept-ins/")
    post(officer, path + "prendre/")
    post(officer, path + "decision/refuse-ins/")
    post(officer, path + "prendre/")
    post(officer, path + "decision/refuse-ins/")  # there is none any more
    post(officer, path + "ecarter/", reason="differences")
    get(officer, taken_up(officer, arrive(CATARINA, InsNotFound())) + "fiche/?langue=ar")
    said = _lines()
    assert not [line for line in said if "{" in line or "&quot;" in line or "QUALIFIED" in line]
    assert any(
        "récupérée → qualifiée" in line and "Carte nationale d’identité" in line and "règle T4" in line for line in said
    ), said
    for words in (
        "recto",
        "en arabe",
        "téléphone · dit par la personne",
        "vu : Lieu de naissance, lu sur l’original",
        "INS refusée : il n’y a pas d’INS accepté à refuser",
        "un trait diffère",
        "identité dite par la personne",
    ):
        assert any(words in line for line in said), (words, said)


EVERY_DETAIL = [
    ({"before": "called"}, "appelé"),
    ({"before": "2026-01-02", "total": 3}, "02/01/2026 · identités : 3"),
    ({"before": "QUALIFIED", "after": "QUALIFIED"}, "qualifiée"),
    ({"need": "ready", "status": "RETRIEVED"}, "récupérée · prêt à qualifier"),
    ({"answer": "InsSeveral", "tries": 2, "status": "PROVISIONAL"}, "provisoire · plusieurs identités · essai 2"),
    ({"verdict": "different", "differences": "birth-name+key"}, "différent · nom de naissance, clé"),
    ({"other": "0123456789ab", "likeness": 97}, "ressemblance 97 % · avec la personne 01234567"),
    ({"kept": "0123456789ab"}, "gardée : la personne 01234567"),
    ({"evidence": "LE", "companion": "PPA", "flow": "CN"}, "code CN dans les flux"),
    ({"means": "password+totp"}, "mot de passe et code"),
    ({"means": "psc", "acr": "eidas2"}, "Pro Santé Connect · niveau eidas2"),
    ({"role": "host"}, "agent d’accueil"),
    ({"active": False}, "compte désactivé"),
    ({"active": True, "psc": True}, "compte ouvert · Pro Santé Connect lié"),
    ({"password": "own"}, "mot de passe changé"),
    ({"secrets": "new"}, "accès réinitialisé"),
    ({"key": "added"}, "clé de sécurité ajoutée"),
    ({"right": "vigilance", "number": 4, "minutes": 30}, "identitovigilance · n° 4 · 30 minutes"),
    ({"found": 0}, "trouvés : 0"),
    ({"why": "copies"}, "durée de conservation passée"),
    ({"was": "VALIDATED", "why": ""}, "validée"),
    ({"need": "insi-pending", "said": "InsFound"}, "INSi en attente · dit par la borne : identité trouvée"),
    ({"question": "joined"}, "question déjà posée par la borne"),
    ({"why": "no-check-in", "answer": "InsNotFound"}, "introuvable · aucune arrivée ne l’a suivie"),
    ({"why": "PSC-3"}, "PSC-3"),
    ({"without": "card-too-old"}, "sans la carte, lue il y a trop longtemps"),
    ({"reason": "request"}, "à la demande de la personne"),
    ({"desk": "4"}, "guichet 4"),
    ({"odd": "", "tolerated": False, "said": False, "rules": "T9"}, "règle T9"),
    ({"refusal": "held-by-another", "act": "qualified"}, "identité qualifiée : un autre dossier porte déjà cet INS"),
    ({"refusal": "of-tomorrow", "act": "qualified"}, "identité qualifiée : of-tomorrow"),
    ({"of_tomorrow": "x<b>"}, "of_tomorrow : x&lt;b&gt;"),
]


@ON_SQLITE
@pytest.mark.parametrize(("details", "words"), EVERY_DETAIL, ids=[str(one) for one, _ in EVERY_DETAIL])
def test_every_detail_has_its_words_and_what_is_unknown_stands_as_it_is(details: dict[str, Any], words: str) -> None:
    audit.record_all([audit.Done(audit.Act.OPENED, "lea", details=details)])
    assert words in " | ".join(_lines())


def test_whatever_becomes_of_a_kiosk_s_question_and_of_an_erased_person_has_its_words() -> None:
    assert set(told.QUESTIONS) == {fit.value for fit in joining.Fit}
    assert set(told.ERASED) == {why.value for why in erasure.Why}


# --- what was tried --------------------------------------------------------------------------------------------------


def test_who_decides_about_a_patient_who_is_not_theirs_stands_in_the_trail() -> None:
    check_in, lea, marc = arrive(ZOE), at_desk("lea"), at_desk("marc")
    path = taken_up(lea, check_in)
    post(marc, path + "qualifier/", **TICKED)
    post(marc, path + "ecarter/", reason="differences")
    assert _tried() == [
        {"act": "qualified", "refusal": "not-in-hand"},
        {"act": "set-aside", "refusal": "not-in-hand"},
    ]
    assert any("n’est pas ouvert à votre nom" in line for line in _lines())


def test_what_a_page_decided_that_was_no_longer_so_stands_in_the_trail() -> None:
    check_in, client = arrive(ZOE), at_desk()
    path = taken_up(client, check_in)
    post(client, path + "qualifier/", **TICKED, version="7")
    post(client, path + "qualifier/", **TICKED, answer="0" * 32)
    assert [one["refusal"] for one in _tried()] == ["stale-page", "another-answer"]
    assert visit_of(check_in).status == "RETRIEVED"


def test_what_a_form_has_not_said_yet_is_no_line() -> None:
    check_in, client = arrive(ZOE), at_desk()
    post(client, taken_up(client, check_in) + "qualifier/", **TICKED | {"said": ""})
    assert _tried() == []


# --- another number --------------------------------------------------------------------------------------------------

OLD = replace(ZOE.matricule, oid=OID_NIA)


def _with_another_number(client: Client) -> tuple[CheckIn, str]:
    """Known by the number INSi gave before; today it gives another one, and staff say that it is them."""
    first = arrive(ZOE, replace(found(ZOE), matricule=OLD))
    post(client, taken_up(client, first) + "qualifier/", **TICKED)
    assert visit_of(first).status == "QUALIFIED"
    today = InsFound(ZOE.matricule, found(ZOE).traits, history=(PastMatricule(OLD),))
    again = arrive(ZOE, today)
    path = taken_up(client, again)
    post(client, path + "personne/", whose=str(visit_of(first).person_id))
    assert visit_of(again).person_id == visit_of(first).person_id
    return again, path


@pytest.mark.parametrize("how", ["presence/", "qualifier/"])
def test_a_visit_that_brought_another_number_is_a_task_of_the_unit_once_the_desk_is_done_with_it(how: str) -> None:
    client = at_desk()
    again, path = _with_another_number(client)
    if how == "presence/":
        post(client, path + how, version=str(visit_of(again).person.version))
    else:
        post(client, path + "qualifier/", **TICKED)
    arrival = visit_of(again)
    assert (arrival.status, arrival.stage, arrival.reason) == ("QUALIFIED", "set-aside", "other-answer")
    officer = at_desk("marc", "officer")
    assert "Autre réponse nationale" in get(officer, "/vigilance/").content.decode()
    post(officer, path + "prendre/")
    assert "Prendre ce numéro à la place" in get(officer, path).content.decode()
    post(officer, path + "remplacer/", version=str(visit_of(again).person.version))
    assert (visit_of(again).status, visit_of(again).stage) == ("QUALIFIED", "done")


def test_the_next_visit_that_brings_nothing_new_is_no_task() -> None:
    client = at_desk()
    again, path = _with_another_number(client)
    post(client, path + "presence/", version=str(visit_of(again).person.version))
    third = arrive(ZOE, replace(found(ZOE), matricule=OLD))
    path = taken_up(client, third)
    if visit_of(third).person_id is None:
        post(client, path + "personne/", whose=str(visit_of(again).person_id))
    post(client, path + "presence/", version=str(visit_of(third).person.version))
    assert visit_of(third).stage == "done"


def test_the_original_of_a_validation_is_not_in_the_trail() -> None:
    check_in, client = arrive(ZOE, None, mrz=None), at_desk()
    post(client, taken_up(client, check_in) + "decision/validate/", **TICKED | original_of(ZOE, place="13055"))
    assert not [line for line in _lines() if "ADRUN" in line or "13055" in line]
