"""An appli carte Vitale at the console: staff match the person and it qualifies; a kiosk's word alone never does."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from kiosk.console.intake import phone as intake_phone
from kiosk.console.intake.phone import Shown
from kiosk.console.models import Arrival, AuditEntry, Person, PhoneShown, Question, VisitIndex
from kiosk.console.records import vault
from kiosk.console.register import visits
from kiosk.console.upkeep import insi_again, retention
from kiosk.core.checkin.value import CheckIn
from kiosk.core.identity.matricule import OID_NIR_DEMO, Matricule
from kiosk.core.identity.traits import Source
from kiosk.core.sources.appli import AppliContents, AppliSaid
from kiosk.core.sources.insi import InsFound, InsUnreachable
from kiosk.core.status.attestation import Distrust
from kiosk.core.status.notices import DISTRUSTS
from kiosk.core.status.permissions import IdentityStatus
from kiosk.sealing import generate_signer
from tests.console import phones
from tests.console.arrivals import arrive, enrol, found, mrz_of, original_of
from tests.console.conftest import ON_SQLITE
from tests.console.erased import erased, is_sound, nothing_opens, whose
from tests.console.phones import by_phone, came, nothing_is_asked, phone, read_page
from tests.console.staff import READ, at_desk, post
from tests.console.taken_up import taken_up, visit_of
from tests.demo.phones import on_phone
from tests.people import DOMINIQUE, LEO, TOUSSAINT, ZOE

pytestmark = [pytest.mark.usefixtures("verifying"), pytest.mark.long, ON_SQLITE]
SAID = {"said": "1", "first_given_name": "ZOE"}


@pytest.fixture()
def verifying(console, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    enrol()
    monkeypatch.setattr(settings, "KIOSK", phones.verifying(console, tmp_path))


def _with(monkeypatch: pytest.MonkeyPatch, **changes: object) -> None:
    monkeypatch.setattr(settings, "KIOSK", settings.KIOSK.model_copy(update=changes))


def _acts(check_in: CheckIn) -> list[str]:
    return list(AuditEntry.objects.filter(about=check_in.key).order_by("number").values_list("act", flat=True))


# --- the walk --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("person", [ZOE, LEO], ids=["the holder", "a dependant"])
def test_who_shows_an_appli_carte_vitale_is_qualified_when_staff_match_them_rniv1_4_3_4(person) -> None:
    contents = phone(ZOE, LEO)
    check_in = came(by_phone(contents, person, 0 if person is ZOE else 1))
    arrival = visit_of(check_in)
    assert (arrival.status, arrival.need, arrival.insi_next_at) == ("PROVISIONAL", "ready", None)
    client = at_desk()
    path = taken_up(client, check_in)
    page = read_page(client, path)
    assert "Appli carte Vitale</p>" in page
    assert "Qualifier avec l’appli carte Vitale" in page and 'data-key="q"' in page
    assert person.birth_name in page and person.number[-3:] in page
    post(client, path + "qualifier/", said="1" if person is ZOE else "mother", first_given_name=person.given_names[0])
    after = visit_of(check_in)
    assert (after.status, after.stage, after.evidence) == ("QUALIFIED", "done", "AV")
    assert after.evidence_on is not None and after.known.verified_at is None  # INSi was never asked: no day of it
    assert {"person-opened", "appli-attested", "qualified"} <= set(_acts(check_in))
    assert "insi-answered" not in _acts(check_in)
    fact = AuditEntry.objects.get(about=check_in.key, act="qualified")
    assert (fact.kind, json.loads(fact.details)["rules"], json.loads(fact.details)["evidence"]) == (
        "apcv-read",
        "T6",
        "AV",
    )
    kept = visits.opened(after).insi
    assert isinstance(kept, InsFound) and kept.traits.source is Source.APPLI
    assert kept.matricule == person.matricule and kept.exchanges == ()
    nothing_is_asked()
    done = read_page(client, path)
    assert "Application carte Vitale" in done


def test_nothing_is_qualified_before_the_person_has_said_who_they_are() -> None:
    client = at_desk()
    check_in = came(by_phone(phone(ZOE), ZOE))
    path = taken_up(client, check_in)
    post(client, path + "qualifier/", first_given_name="ZOE")
    assert "Faites dire au patient son identité" in read_page(client, path)
    assert visit_of(check_in).status == "PROVISIONAL" and not Person.objects.exists()


def test_undone_it_is_as_before_and_can_be_done_again() -> None:
    client = at_desk()
    check_in = came(by_phone(phone(ZOE), ZOE))
    path = taken_up(client, check_in)
    post(client, path + "qualifier/", **SAID)
    post(client, path + "annuler/")
    after = visit_of(check_in)
    assert (after.status, after.stage, after.person_id) == ("PROVISIONAL", "called", None)
    post(client, path + "qualifier/", **SAID)
    assert visit_of(check_in).status == "QUALIFIED"


def test_a_second_visit_is_filed_by_the_number_and_one_key_says_that_it_is_them() -> None:
    client = at_desk()
    first = came(by_phone(phone(ZOE), ZOE))
    post(client, taken_up(client, first) + "qualifier/", **SAID)
    again = came(by_phone(phone(ZOE, ago=timedelta(seconds=1)), ZOE))
    assert (visit_of(again).person_id, visit_of(again).need) == (visit_of(first).person_id, "presence")
    path = taken_up(client, again)
    page = read_page(client, path)
    assert "En grand : ce que disait l’appli carte Vitale" in page
    post(client, path + "presence/", version=str(visit_of(again).known.version))
    assert (visit_of(again).stage, visit_of(again).status) == ("done", "QUALIFIED")
    nothing_is_asked()


def test_who_was_qualified_by_insi_comes_with_a_phone_and_is_known_by_the_number() -> None:
    from kiosk.console.models import Holding

    client = at_desk()
    _with_trust = settings.KIOSK.model_copy(update={"trust_kiosk_answers": True})
    settings.KIOSK = _with_trust
    first = arrive(ZOE)
    post(client, taken_up(client, first) + "qualifier/", evidence="CN", seen=READ, **SAID)
    assert visit_of(first).status == "QUALIFIED"
    again = came(by_phone(phone(ZOE), ZOE))
    assert visit_of(again).person_id == visit_of(first).person_id
    assert Holding.objects.filter(until=None).count() == 1
    page = read_page(client, taken_up(client, again))
    assert "Appli carte Vitale</p>" in page and "annoncée" not in page
    post(client, f"/arrivees/{again.key}/presence/", version=str(visit_of(again).known.version))
    assert (visit_of(again).stage, visit_of(again).status) == ("done", "QUALIFIED")


def test_a_validated_identity_becomes_qualified_with_the_evidence_that_was_seen() -> None:
    client = at_desk()
    first = came(by_phone(phone(ZOE, audience="another"), ZOE))
    path = taken_up(client, first)
    post(client, path + "decision/validate/", evidence="PA", tolerated="1", said="1", **original_of(ZOE))
    assert visit_of(first).status == "VALIDATED"
    again = came(by_phone(phone(ZOE), ZOE))
    path = taken_up(client, again)
    post(client, path + "personne/", whose=str(visit_of(first).person_id))
    post(client, path + "qualifier/", **SAID)
    after = visit_of(again)
    assert (after.status, after.evidence) == ("QUALIFIED", "PA")


def test_who_was_qualified_by_it_is_erased_whole() -> None:
    officer = at_desk("marc", "officer")
    check_in = came(by_phone(phone(ZOE), ZOE))
    post(officer, taken_up(officer, check_in) + "qualifier/", **SAID)
    person = whose(check_in)
    assert erased(check_in.key) == 0
    nothing_opens(person)
    assert not VisitIndex.objects.exists() and is_sound()


# --- what does not count ---------------------------------------------------------------------------------------------

_OTHER_ISSUER = generate_signer()


def _altered() -> AppliContents:
    true = phone(ZOE)
    lie = on_phone(TOUSSAINT)
    return AppliContents((lie,), true.attestation.replace(ZOE.number.encode(), TOUSSAINT.number.encode()))


REFUSED: dict[Distrust, Callable[[], CheckIn]] = {
    Distrust.NOT_GENUINE: lambda: by_phone(phone(ZOE, issuer=_OTHER_ISSUER), ZOE),
    Distrust.ELSEWHERE: lambda: by_phone(phone(ZOE, audience="690000002"), ZOE),
    Distrust.EXPIRED: lambda: by_phone(phone(ZOE, ago=timedelta(minutes=20)), ZOE),
    Distrust.STALE: lambda: by_phone(phone(ZOE, ago=timedelta(days=1), valid_for=timedelta(days=30)), ZOE),
    Distrust.OTHER_PERSON: lambda: by_phone(
        phone(ZOE), TOUSSAINT, appli=AppliSaid(on_phone(TOUSSAINT), phone(ZOE).attestation)
    ),
}


def _refused(client: Any, check_in: CheckIn, why: Distrust) -> str:
    """It is said why, nothing is shown as verified or as INSi's, and no act at the desk qualifies."""
    arrival = visit_of(check_in)
    assert vault.open_arrival(arrival).insi == InsUnreachable(why.value)
    assert (arrival.status, arrival.needed) == ("PROVISIONAL", "INSi à interroger")
    path = taken_up(client, check_in)
    page = read_page(client, path)
    assert DISTRUSTS[why] in page and "Appli carte Vitale, annoncée par la borne" in page
    post(client, path + "qualifier/", evidence="CN", tolerated="1", seen=READ, **SAID)
    post(client, path + "decision/accept-ins/", seen=READ)
    assert visit_of(check_in).status == "PROVISIONAL" and not Person.objects.exists()
    assert DISTRUSTS[why] in read_page(client, path)
    nothing_is_asked()
    return path


@pytest.mark.parametrize("why", REFUSED, ids=[why.value for why in REFUSED])
def test_what_cannot_be_trusted_qualifies_nobody_and_staff_read_why(why: Distrust) -> None:
    _refused(at_desk(), came(REFUSED[why]()), why)


def test_an_altered_attestation_is_none() -> None:
    contents = _altered()
    _refused(at_desk(), came(by_phone(contents, TOUSSAINT)), Distrust.NOT_GENUINE)


def test_made_tomorrow_it_is_none() -> None:
    _refused(at_desk(), came(by_phone(phone(ZOE, ago=timedelta(hours=-1)), ZOE)), Distrust.NOT_GENUINE)


def test_without_a_verifier_it_is_the_kiosk_s_word_and_insi_is_asked_at_the_desk(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _with(monkeypatch, appli=None)
    client = at_desk()
    path = _refused(client, came(by_phone(phone(ZOE), ZOE)), Distrust.NO_VERIFIER)
    post(client, path + "interroger/", **original_of(ZOE))
    assert insi_again.insi_once(lambda *_: found(ZOE))
    page = read_page(client, path)
    assert "Appli carte Vitale, annoncée par la borne" in page
    post(client, path + "qualifier/", evidence="CN", tolerated="1", seen=READ, **SAID)
    [after] = Arrival.objects.all()
    assert (after.status, after.evidence) == ("QUALIFIED", "CN")


def test_what_differs_on_a_phone_is_not_said_to_be_the_card_s(monkeypatch: pytest.MonkeyPatch) -> None:
    _with(monkeypatch, appli=None)
    client = at_desk()
    renamed = replace(ZOE, given_names=("ZOEE",))
    path = taken_up(client, came(by_phone(phone(renamed), renamed)))
    post(client, path + "interroger/", **original_of(ZOE))
    assert insi_again.insi_once(lambda *_: found(ZOE))
    page = read_page(client, path)
    text = " ".join(re.sub("<[^>]+>", "", page).split())  # letters that differ stand apart
    assert "Appli carte Vitale, annoncée par la borne" in text and "Appli ZOEE" in text
    assert ">Carte Vitale, " not in page and "Carte :" not in page


def test_a_verifier_that_breaks_loses_no_check_in(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise LookupError("a plug-in's own trouble")

    monkeypatch.setattr("kiosk.appli.simulated.SimulatedVerifier.attested", broken)
    _refused(at_desk(), came(by_phone(phone(ZOE), ZOE)), Distrust.TROUBLE)


def test_the_same_attestation_serves_one_visit_of_each_of_its_people() -> None:
    contents = phone(ZOE, LEO)
    first, child, again = (came(by_phone(contents, who, at)) for who, at in ((ZOE, 0), (LEO, 1), (ZOE, 0)))
    assert isinstance(vault.open_arrival(visit_of(first)).insi, InsFound)
    assert isinstance(vault.open_arrival(visit_of(child)).insi, InsFound)
    assert vault.open_arrival(visit_of(again)).insi == InsUnreachable(Distrust.USED.value)


def test_of_two_who_bring_one_attestation_at_the_same_moment_one_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    contents, looked = phone(ZOE), []

    def too_early(shown: Shown, is_used=intake_phone.is_used) -> bool:
        """Both look before either is kept."""
        looked.append(shown)
        return len(looked) > 2 and is_used(shown)

    monkeypatch.setattr(intake_phone, "is_used", too_early)
    first, second = came(by_phone(contents, ZOE)), came(by_phone(contents, ZOE))
    assert isinstance(vault.open_arrival(visit_of(first)).insi, InsFound)
    assert vault.open_arrival(visit_of(second)).insi == InsUnreachable(Distrust.USED.value)
    retention.purge(timezone.now() + timedelta(days=3))
    assert not PhoneShown.objects.exists()


def test_a_document_that_says_otherwise_forbids_it() -> None:
    """A structure that has documents filmed all the same: another one's lies in the tray."""
    client = at_desk()
    check_in = came(by_phone(phone(ZOE), ZOE, mrz=mrz_of(DOMINIQUE), pictures=check_in_pictures()))
    path = taken_up(client, check_in)
    post(client, path + "qualifier/", tolerated="1", seen=READ, **SAID)
    assert "Un trait diffère" in read_page(client, path)
    assert visit_of(check_in).status == "PROVISIONAL"
    nothing_is_asked()


def check_in_pictures() -> Any:
    from kiosk.core.sources.document import DocumentPicture, Side
    from tests.console.arrivals import TINY_JPEG

    return (DocumentPicture(Side.FIRST, TINY_JPEG),)


@pytest.mark.parametrize("oid", [OID_NIR_DEMO, "1.2.3", ""], ids=["demonstration, in production", "unknown", "none"])
def test_a_number_is_accepted_by_the_one_predicate_only(monkeypatch: pytest.MonkeyPatch, oid: str) -> None:
    _with(monkeypatch, mode="production")
    somebody = replace(on_phone(ZOE), matricule=Matricule(ZOE.number, ZOE.key, oid))
    check_in = came(by_phone(phone(shown=[somebody]), ZOE))
    assert visit_of(check_in).need == "odd-answer"
    client = at_desk()
    path = taken_up(client, check_in)
    post(client, path + "qualifier/", **SAID)
    assert visit_of(check_in).status == "PROVISIONAL" and not Person.objects.exists()


def test_in_production_a_simulated_phone_qualifies_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    _with(monkeypatch, mode="production")
    client = at_desk()
    path = taken_up(client, check_in := came(by_phone(phone(ZOE), ZOE)))
    post(client, path + "qualifier/", **SAID)
    assert "Un simulateur a répondu" in read_page(client, path)
    assert visit_of(check_in).status == "PROVISIONAL"


def test_two_people_never_hold_one_number() -> None:
    client = at_desk()
    first = came(by_phone(phone(ZOE), ZOE))
    post(client, taken_up(client, first) + "qualifier/", **SAID)
    lie = replace(on_phone(TOUSSAINT), matricule=ZOE.matricule)
    second = came(by_phone(phone(shown=[lie]), TOUSSAINT))
    assert visit_of(second).person_id is None  # the number is hers, the traits are not: whose it is, staff say
    path = taken_up(client, second)
    post(client, path + "personne/", whose="new")
    post(client, path + "qualifier/", said="1", first_given_name="TOUSSAINT")
    assert "Un autre dossier porte déjà cet INS" in read_page(client, path)
    assert visit_of(second).status == "PROVISIONAL"


@pytest.mark.parametrize("attribute", ["doubt", "fictitious"])
def test_a_doubtful_or_fictitious_identity_is_not_qualified_by_it(attribute: str) -> None:
    officer = at_desk("marc", "officer")
    check_in = came(by_phone(phone(ZOE), ZOE))
    path = taken_up(officer, check_in)
    post(officer, path + f"decision/{attribute}/")
    post(officer, path + "prendre/")
    post(officer, path + "qualifier/", **SAID)
    assert visit_of(check_in).status == "PROVISIONAL"
    post(officer, path + "decision/clear/")
    post(officer, path + "qualifier/", **SAID)  # what was set aside does not come back: it is shown again (T8)
    assert visit_of(check_in).status == "PROVISIONAL"


def test_the_answer_of_insi_is_not_what_an_appli_carte_vitale_says() -> None:
    """A kiosk on the console's own machine is believed about INSi; about a phone nobody is without the attestation."""
    settings.KIOSK = settings.KIOSK.model_copy(update={"trust_kiosk_answers": True})
    lie = InsFound(ZOE.matricule, ZOE.traits(Source.APPLI))
    check_in = arrive(ZOE, lie, card=None, card_nir="", mrz=None, document_kind=None, pictures=())
    assert vault.open_arrival(visit_of(check_in)).insi == InsUnreachable("reported")
    path = taken_up(client := at_desk(), check_in)
    post(client, path + "qualifier/", **SAID)
    assert visit_of(check_in).status == "PROVISIONAL" and not Person.objects.exists()


def test_a_kiosk_cannot_say_that_it_is_retrieved() -> None:
    check_in = came(by_phone(phone(ZOE), ZOE, status=IdentityStatus.RETRIEVED, mrz=mrz_of(ZOE)))
    assert visit_of(check_in).status == "PROVISIONAL"


def test_a_question_that_comes_with_a_phone_is_not_the_visit_s() -> None:
    from tests.console.asked_through import by_card, send

    question = by_card(ZOE)
    send(question)
    check_in = came(by_phone(phone(ZOE), ZOE, question=question.key))
    assert Question.objects.get().visit_id is None
    assert isinstance(vault.open_arrival(visit_of(check_in)).insi, InsFound)


def test_staff_cannot_have_insi_asked_about_who_was_verified() -> None:
    client = at_desk()
    path = taken_up(client, came(by_phone(phone(ZOE), ZOE)))
    post(client, path + "interroger/", **original_of(ZOE))
    assert "le service national n’est pas interrogé (RNIV 1 § 4.3.4)" in read_page(client, path)
    nothing_is_asked()


def test_nor_is_what_it_gave_verified_with_insi() -> None:
    officer = at_desk("marc", "officer")
    path = taken_up(officer, check_in := came(by_phone(phone(ZOE), ZOE)))
    post(officer, path + "qualifier/", **SAID)
    post(officer, path + "prendre/")
    post(officer, path + "verifier/")
    assert "le service national n’est pas interrogé" in read_page(officer, path)
    assert visit_of(check_in).status == "QUALIFIED"
