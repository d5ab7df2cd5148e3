"""An answer of INSi that nobody may accept is accepted by nobody: neither kiosk nor worker nor staff, on any page."""

import json
from dataclasses import replace
from types import SimpleNamespace

import pytest
from django.utils import timezone

from kiosk.console.register import visits
from kiosk.core.identity.dates import BirthDate
from kiosk.core.identity.matricule import OID_NIR_DEMO, OID_NIR_TEST
from kiosk.core.identity.traits import Source, Traits
from kiosk.core.sources.insi import InsFound, InsNotFound, InsUnreachable
from kiosk.core.status.acceptance import AnswerFault, AnswerOddity
from tests.console.arrivals import arrive, enrol, found, original_of
from tests.console.staff import READ, at_desk, get, post
from tests.people import TOUSSAINT, ZOE

pytestmark = [pytest.mark.usefixtures("console"), pytest.mark.long]
ANSWER = found(ZOE)
TICKED = {"evidence": "CN", "said": "1", "seen": READ, "first_given_name": "ZOE"}


def _number(**changes: str) -> InsFound:
    return replace(ANSWER, matricule=replace(ANSWER.matricule, **changes))


def _traits(**changes: object) -> InsFound:
    return replace(ANSWER, traits=replace(ANSWER.traits, **changes))


def _flagged(*flags: str) -> InsFound:
    return replace(ANSWER, flags=flags)


FORBIDDEN = {
    "the OID of test people": (_number(oid=OID_NIR_TEST), "Matricule de test"),
    "the OID of demonstrations": (_number(oid=OID_NIR_DEMO), "Matricule de test"),
    "an OID nobody knows": (_number(oid="x"), "L’autorité du matricule (OID) est inconnue"),
    "no OID": (_number(oid=""), "sans son autorité"),
    "a number that is none": (_number(number="ABC", key=""), "n’a pas la forme d’un matricule"),
    "several individuals": (_flagged("several-individuals"), "plusieurs personnes"),
    "a simulator": (_flagged("simulator"), "Un simulateur a répondu"),
    "a date that is no day": (_traits(birth_date=BirthDate("1975-00-00")), "pas un jour du calendrier"),
    "no date": (_traits(birth_date=None), "pas de date de naissance"),
    "no name": (_traits(birth_name=""), "pas de nom de naissance"),
    "no given names": (_traits(given_names=(), given_names_text=""), "aucun prénom"),
    "no sex": (_traits(sex=None), "ne donne pas le sexe"),
    "no place": (_traits(birth_place_code=""), "pas de lieu de naissance"),
    "no trait": (replace(ANSWER, traits=Traits(Source.INSI)), "pas de nom de naissance"),
}
ODD = {
    "a wrong key": (_number(key="75"), "bad-key", "La clé du matricule"),
    "no key": (_number(key=""), "no-key", "sans sa clé"),
    "an unknown place": (_traits(birth_place_code="99999"), "unknown-place", "ne connaît pas le lieu"),
    "a secondary given name": (_flagged("found-by-secondary-name"), "found-by-secondary-name", "prénom secondaire"),
    "an odd history": (_flagged("history-bad-key", "history-repeats-active"), "history", "L’historique"),
    "a flag of tomorrow": (_flagged("something-new"), "other-flag", "mention inconnue"),
}


@pytest.fixture(autouse=True)
def _production(console: object, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.conf import settings

    enrol()
    section = SimpleNamespace(verifier="", desk_caller="certificate")
    monkeypatch.setattr(settings, "KIOSK", settings.KIOSK.model_copy(update={"mode": "production", "insi": section}))


def _arrival(check_in):
    from kiosk.console.models import Arrival

    return Arrival.objects.select_related("sealed").get(pk=check_in.key)


def _details(act: str) -> list[dict[str, object]]:
    from kiosk.console.models import AuditEntry

    return [json.loads(entry.details) for entry in AuditEntry.objects.filter(act=act)]


def _taken(client, check_in) -> str:
    path = f"/arrivees/{check_in.key}/"
    post(client, path + "prendre/")
    return path


def _answers_late(answer) -> None:
    from kiosk.console.models import Arrival
    from kiosk.console.upkeep import insi_again

    Arrival.objects.exclude(insi_next_at=None).update(insi_next_at=timezone.now())
    assert insi_again.insi_once(lambda *_: answer)


@pytest.mark.parametrize(("answer", "rule"), FORBIDDEN.values(), ids=FORBIDDEN)
def test_what_forbids_an_answer_forbids_it_to_kiosk_and_staff_and_says_so(answer: InsFound, rule: str) -> None:
    check_in = arrive(ZOE, answer)  # and the kiosk said "retrieved"
    assert (_arrival(check_in).status, _arrival(check_in).need) == ("PROVISIONAL", "odd-answer")
    client = at_desk()
    path = _taken(client, check_in)
    page = get(client, path).content.decode()
    assert rule in page and "Écarter pour l’identitovigilance" in page
    everything = TICKED | {"tolerated": "1", "odd": [odd.value for odd in AnswerOddity]}
    post(client, path + "qualifier/", **everything)
    post(client, path + "decision/accept-ins/", **everything)
    assert (_arrival(check_in).status, _arrival(check_in).stage) == ("PROVISIONAL", "called")
    assert _details("qualified") == _details("ins-accepted") == []


@pytest.mark.parametrize(("answer", "_rule"), FORBIDDEN.values(), ids=FORBIDDEN)
def test_what_forbids_an_answer_forbids_it_to_the_worker_too(answer: InsFound, _rule: str) -> None:
    check_in = arrive(ZOE, InsUnreachable("timeout"))
    _answers_late(answer)
    assert (_arrival(check_in).status, _arrival(check_in).need) == ("PROVISIONAL", "odd-answer")


def test_an_answer_that_nobody_may_accept_is_set_aside_with_one_press_or_validated_without_it() -> None:
    forgiven, aside = arrive(ZOE, _number(oid="x")), arrive(ZOE, _number(oid="x"))
    client = at_desk()
    post(client, _taken(client, aside) + "ecarter/", reason="unusable-answer")
    arrival = _arrival(aside)
    assert (arrival.status, arrival.stage, arrival.reason) == ("PROVISIONAL", "set-aside", "unusable-answer")
    post(client, _taken(client, forgiven) + "decision/validate/", **TICKED | original_of(ZOE))
    arrival = _arrival(forgiven)
    assert (arrival.status, arrival.stage, arrival.reason) == ("VALIDATED", "set-aside", "unusable-answer")
    officer = at_desk("marc", "officer")
    assert get(officer, "/vigilance/").content.decode().count("Réponse nationale inutilisable") == 2
    path = _taken(officer, forgiven)
    post(officer, path + "decision/accept-ins/")
    assert _arrival(forgiven).status == "VALIDATED"


@pytest.mark.parametrize(("answer", "code", "name"), ODD.values(), ids=ODD)
def test_what_is_odd_staff_confirms_by_its_name_and_the_trail_says_which(
    answer: InsFound, code: str, name: str
) -> None:
    check_in = arrive(ZOE, answer)
    assert (_arrival(check_in).status, _arrival(check_in).need) == ("PROVISIONAL", "odd-answer")
    client = at_desk()
    path = _taken(client, check_in)
    page = get(client, path).content.decode()
    assert f'name="odd" value="{code}" required' in page and name in page
    others = [odd.value for odd in AnswerOddity if odd.value != code]
    for said in ({}, {"odd": others}, {"odd": "yes"}, {"odd": ""}):
        post(client, path + "qualifier/", **TICKED | {"tolerated": "1"} | said)
        post(client, path + "decision/accept-ins/", **said)
        assert _arrival(check_in).status == "PROVISIONAL", said
    assert name in get(client, path).content.decode()
    post(client, path + "qualifier/", **TICKED, odd=[code])
    assert (_arrival(check_in).status, _arrival(check_in).stage) == ("QUALIFIED", "done")
    assert [one["odd"] for one in _details("qualified")] == [code]


@pytest.mark.parametrize(("answer", "_code", "_name"), ODD.values(), ids=ODD)
def test_what_is_odd_no_worker_accepts(answer: InsFound, _code: str, _name: str) -> None:
    check_in = arrive(ZOE, InsUnreachable("timeout"))
    _answers_late(answer)
    assert (_arrival(check_in).status, _arrival(check_in).need) == ("PROVISIONAL", "odd-answer")


def test_an_odd_answer_is_accepted_without_evidence_with_its_oddities_confirmed_too() -> None:
    check_in = arrive(ZOE, replace(_number(key=""), flags=("unknown-elements",)))
    client = at_desk()
    path = _taken(client, check_in)
    post(client, path + "decision/accept-ins/", odd=["no-key"])
    assert _arrival(check_in).status == "PROVISIONAL"
    post(client, path + "decision/accept-ins/", odd=["unknown-elements", "no-key"])
    assert _arrival(check_in).status == "RETRIEVED"
    assert [one["odd"] for one in _details("ins-accepted")] == ["no-key+unknown-elements"]


def test_an_identity_that_an_earlier_version_retrieved_from_such_an_answer_is_not_qualified() -> None:
    from kiosk.console.models import Arrival

    check_in = arrive(ZOE, _number(oid="x"))
    Arrival.objects.update(reported="RETRIEVED", need="ready")
    client = at_desk()
    path = _taken(client, check_in)
    assert "(OID) est inconnue" in get(client, path).content.decode()
    post(client, path + "qualifier/", **TICKED)
    assert _arrival(check_in).status == "RETRIEVED"
    post(client, path + "decision/validate/", **TICKED | original_of(ZOE))
    assert _arrival(check_in).status == "VALIDATED"


def test_every_code_has_words_for_staff() -> None:
    from kiosk.core.status import notices

    assert set(notices.FAULTS) == set(AnswerFault)
    assert set(notices.ODDITIES) == set(AnswerOddity)


def test_in_a_demonstration_test_people_are_qualified_and_everything_else_is_judged_alike(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from django.conf import settings

    monkeypatch.setattr(settings, "KIOSK", settings.KIOSK.model_copy(update={"mode": "demo"}))
    test_person = arrive(ZOE, replace(_number(oid=OID_NIR_TEST), flags=("simulator", "test-oid")))
    other = arrive(ZOE, _number(oid="x"))
    assert (_arrival(test_person).status, _arrival(other).status) == ("RETRIEVED", "PROVISIONAL")
    client = at_desk()
    path = _taken(client, test_person)
    assert "pas une identité réelle" in get(client, path).content.decode()
    for check_in in (test_person, other):
        post(client, _taken(client, check_in) + "qualifier/", **TICKED)
    assert (_arrival(test_person).status, _arrival(other).status) == ("QUALIFIED", "PROVISIONAL")


def _verified(check_in, answer) -> tuple[str, str, str]:
    """Verified by a campaign whose question is answered so: what the row says, and where the identity stands."""
    from kiosk.console.models import Verification
    from kiosk.console.vigilance import campaigns

    campaign = campaigns.Campaign.objects.create(
        started_by_id=_arrival(check_in).decided_by_id, started_at=timezone.now(), before=timezone.localdate(), total=1
    )
    row = Verification.objects.create(campaign=campaign, person=_arrival(check_in).person, next_at=timezone.now())
    for _ in range(campaigns.TRIES):
        Verification.objects.filter(pk=row.pk).exclude(next_at=None).update(next_at=timezone.now())
        campaigns.verify_once(lambda *_: answer)
    row.refresh_from_db()
    return row.verdict, row.differences, _arrival(check_in).status


def _qualified(answer: InsFound = ANSWER, **said: object):
    check_in = arrive(ZOE, answer)
    client = at_desk()
    post(client, _taken(client, check_in) + "qualifier/", **TICKED, **said)
    assert _arrival(check_in).status == "QUALIFIED"
    return check_in


def test_a_campaign_confirms_nothing_that_nobody_may_accept(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.conf import settings

    monkeypatch.setattr(settings, "KIOSK", settings.KIOSK.model_copy(update={"mode": "demo"}))
    check_in = _qualified(_number(oid=OID_NIR_DEMO))  # as another time let it through
    monkeypatch.setattr(settings, "KIOSK", settings.KIOSK.model_copy(update={"mode": "production"}))
    assert _verified(check_in, _number(oid=OID_NIR_DEMO)) == ("different", "unusable", "QUALIFIED")
    assert (_arrival(check_in).stage, _arrival(check_in).reason) == ("set-aside", "verification")


def test_an_answer_that_nobody_may_accept_takes_nothing_from_a_qualified_identity() -> None:
    check_in = _qualified()
    for answer in (_flagged("several-individuals"), _traits(sex=None), _number(key="")):
        assert _verified(check_in, answer) == ("not-verified", "", "QUALIFIED")


def test_what_staff_confirmed_once_a_campaign_does_not_ask_again() -> None:
    check_in = _qualified(_number(key="75"), odd=["bad-key"])
    assert _verified(check_in, _number(key="75")) == ("confirmed", "", "QUALIFIED")


# --- without INS ---------------------------------------------------------------------------------------------------


def test_an_empty_check_in_is_not_validated_before_the_five_traits_are_written_down() -> None:
    from kiosk.console.identities import original

    check_in = arrive(ZOE, InsNotFound(), card=None, card_nir="", mrz=None, document_kind=None, pictures=())
    client = at_desk()
    path = _taken(client, check_in)
    empty = {"evidence": "PA", "said": "1", "tolerated": "1"}
    refused = post(client, path + "decision/validate/", **empty).content.decode()
    assert (
        "Il manque le nom de naissance, le premier prénom de naissance, la date de naissance (un jour du calendrier), "
        "le sexe, le lieu de naissance : écrivez ce que porte l’original."
    ) in refused
    assert _arrival(check_in).status == "PROVISIONAL"
    post(client, path + "decision/validate/", **empty | original_of(ZOE))
    assert (_arrival(check_in).status, _arrival(check_in).stage) == ("VALIDATED", "done")
    kept = original.kept(_arrival(check_in))
    assert kept == original.Original("ADRUN", "ZOE", "F", "1975-12-31", "63220")
    assert "ADRUN" in get(client, path).content.decode()
    searched = post(at_desk("marc", "officer"), "/recherche/", born="31/12/1975", name="adr")
    assert "A12" in searched.content.decode()  # the prior search finds who had nothing but this
    assert b"ADRUN" not in bytes(_arrival(check_in).sealed.accepted)


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"birth_name": ""}, "Il manque le nom de naissance :"),
        ({"first_given_name": ""}, "Il manque le premier prénom de naissance :"),
        ({"sex": ""}, "Il manque le sexe :"),
        ({"sex": "X"}, "Il manque le sexe :"),
        ({"birth_date": ""}, "Il manque la date de naissance"),
        ({"birth_date": "00/12/1975"}, "Il manque la date de naissance"),
        ({"birth_date": "hier"}, "Écrivez la date comme"),
        ({"place": ""}, "Il manque le lieu de naissance :"),
        ({"place": "Nulle-Part-sur-Rien"}, "inconnu ici"),
        ({"place": "Saint-Denis"}, "Plusieurs lieux portent ce nom : écrivez le code ("),
        ({"place": "99000"}, "Personne ne naît sous le code 99000"),
        ({"place": "63999"}, "Personne ne naît sous le code 63999"),
        ({"place": "92352"}, "Personne ne naît sous le code 92352"),  # Algeria's, for who is born before July 1962
        ({"birth_date": "31/12/1600"}, "La date de naissance est trop ancienne"),
        ({"birth_name": "ADRUM"}, "diffère de ce qui est lu sur la pièce"),
        ({"birth_date": "31/12/1957"}, "diffère de ce qui est lu sur la pièce"),
    ],
)
def test_one_trait_that_is_missing_or_not_what_the_document_bears_is_named(change: dict[str, str], rule: str) -> None:
    check_in = arrive(ZOE, InsNotFound())
    client = at_desk()
    path = _taken(client, check_in)
    page = post(client, path + "decision/validate/", **TICKED | original_of(ZOE) | change).content.decode()
    assert rule in page
    assert _arrival(check_in).status == "PROVISIONAL"
    assert f'name="given_names" value="{original_of(ZOE)["given_names"]}"' in page  # what was written is not lost
    assert 'value="CN" required' in page and "checked" in page.split('value="CN"')[1].split(">")[0]


@pytest.mark.parametrize(
    ("place", "code"),
    [("99999", "99999"), ("99352", "99352"), ("Aubière", "63014"), ("aubiere", "63014"), ("2b033", "2B033")],
)
def test_a_place_is_written_by_its_code_or_its_name_and_an_unknown_one_as_such(place: str, code: str) -> None:
    from kiosk.console.identities import original

    check_in = arrive(ZOE, InsNotFound())
    client = at_desk()
    post(client, _taken(client, check_in) + "decision/validate/", **TICKED | original_of(ZOE, place=place))
    kept = original.kept(_arrival(check_in))
    assert kept is not None and kept.place == code


def test_the_form_starts_from_what_a_machine_read_with_certainty_and_from_nothing_else() -> None:
    from tests.console.arrivals import mrz_of

    client = at_desk()
    read = arrive(ZOE, InsNotFound())
    assert 'id="own-name" name="birth_name" value="ADRUN"' in get(client, _taken(client, read)).content.decode()
    doubtful = arrive(ZOE, InsNotFound(), mrz=mrz_of(ZOE, accepted=False))
    assert 'id="own-name" name="birth_name" value=""' in get(client, _taken(client, doubtful)).content.decode()


def test_a_late_answer_is_compared_with_what_staff_read_on_the_original() -> None:
    """The document was not read by a machine: what staff wrote down is the evidence the answer must agree with."""
    unread = {"mrz": None, "document_kind": None, "card": None, "card_nir": ""}
    check_in = arrive(ZOE, InsNotFound(), **unread)
    client = at_desk("marc", "officer")
    path = _taken(client, check_in)
    written = original_of(ZOE, birth_date="30/12/1975")
    post(client, path + "decision/validate/", **TICKED | {"tolerated": "1"} | written)
    post(client, path + "prendre/")
    question = original_of(ZOE)
    post(client, path + "interroger/", **question)
    _answers_late(ANSWER)
    post(client, path + "prendre/")
    assert "diffère de ce qui a été lu sur l’original" in get(client, path).content.decode()
    post(client, path + "decision/accept-ins/")
    assert _arrival(check_in).status == "VALIDATED"


# --- answers after a decision, decisions taken back ----------------------------------------------------------------


def _asks_then_qualifies(client, check_in) -> str:
    path = _taken(client, check_in)
    post(client, path + "interroger/", **original_of(TOUSSAINT))
    post(client, path + "qualifier/", **TICKED)
    assert _arrival(check_in).status == "QUALIFIED"
    return path


def test_an_answer_after_the_decision_replaces_nothing_and_is_a_task_of_the_unit() -> None:
    check_in = arrive(ZOE)
    client = at_desk()
    path = _asks_then_qualifies(client, check_in)
    _answers_late(found(TOUSSAINT))
    arrival = _arrival(check_in)
    assert visits.opened(arrival).insi.matricule == ZOE.matricule
    assert visits.observed_of(arrival).matricule == TOUSSAINT.matricule
    assert (arrival.status, arrival.evidence, arrival.need) == ("QUALIFIED", "CN", "ready")
    assert (arrival.stage, arrival.reason) == ("set-aside", "other-answer")
    assert _details("insi-observed") == [{"status": "QUALIFIED"}]
    officer = at_desk("marc", "officer")
    assert "Autre réponse nationale" in get(officer, "/vigilance/").content.decode()
    page = get(officer, path).content.decode()
    assert "Une autre réponse nationale est arrivée après la décision" in page and "TOUSSAINT" in page
    assert "autre réponse nationale, mise à part" in page


def test_what_stands_beside_counts_when_the_unit_takes_the_decision_back_and_asks_anew() -> None:
    check_in = arrive(ZOE)
    path = _asks_then_qualifies(at_desk(), check_in)
    _answers_late(found(TOUSSAINT))
    officer = at_desk("marc", "officer")
    post(officer, path + "prendre/")
    post(officer, path + "declasser/", reason="wrong-person")
    post(officer, path + "prendre/")
    post(officer, path + "interroger/", **original_of(TOUSSAINT))  # the same criteria: a new question
    _answers_late(found(TOUSSAINT))
    arrival = _arrival(check_in)
    assert visits.opened(arrival).insi.matricule == TOUSSAINT.matricule
    assert (arrival.status, visits.observed_of(arrival)) == ("PROVISIONAL", None)


@pytest.mark.parametrize("answer", [found(ZOE), InsNotFound()])
def test_an_answer_after_the_decision_that_contradicts_nothing_is_nobody_s_task(answer) -> None:
    check_in = arrive(ZOE)
    _asks_then_qualifies(at_desk(), check_in)
    _answers_late(answer)
    arrival = _arrival(check_in)
    assert (arrival.status, arrival.stage, visits.observed_of(arrival)) == ("QUALIFIED", "done", None)
    assert _details("insi-observed") == []


def test_other_traits_of_the_same_matricule_are_another_answer() -> None:
    check_in = arrive(ZOE)
    _asks_then_qualifies(at_desk(), check_in)
    _answers_late(_traits(birth_place_code="63221"))
    assert (_arrival(check_in).status, _arrival(check_in).reason) == ("QUALIFIED", "other-answer")


def test_an_answer_before_the_decision_still_takes_the_place_of_the_first() -> None:
    check_in = arrive(ZOE)
    client = at_desk()
    post(client, _taken(client, check_in) + "interroger/", **original_of(TOUSSAINT))
    _answers_late(found(TOUSSAINT))
    arrival = _arrival(check_in)
    assert visits.opened(arrival).insi.matricule == TOUSSAINT.matricule
    assert (arrival.status, arrival.need, visits.observed_of(arrival)) == ("PROVISIONAL", "differences", None)


def test_undoing_gives_everything_back_the_decision_before_included() -> None:
    from datetime import timedelta

    from kiosk.console.models import Arrival
    from kiosk.console.upkeep import retention

    check_in = _qualified()
    day_before = timezone.now() - timedelta(days=1)
    Arrival.objects.update(decided_at=day_before, received_at=day_before)
    before = Arrival.objects.get()
    officer = at_desk("marc", "officer")
    path = _taken(officer, check_in)
    post(officer, path + "declasser/", reason="evidence")
    assert (_arrival(check_in).status, _arrival(check_in).evidence_on) == ("PROVISIONAL", None)
    post(officer, path + "annuler/")
    after = _arrival(check_in)
    for name in ("status", "evidence", "evidence_on", "attributes", "decided_at", "decided_by_id", "reason"):
        assert getattr(after, name) == getattr(before, name), name
    assert retention.purge(timezone.now() + timedelta(days=30)) == 0
    assert _arrival(check_in).status == "QUALIFIED"


def test_whom_staff_qualified_is_never_swept_away_as_unseen_whatever_an_earlier_undo_forgot() -> None:
    from datetime import timedelta

    from kiosk.console.models import Arrival
    from kiosk.console.upkeep import retention

    check_in = _qualified()
    Arrival.objects.update(decided_at=None, decided_by=None, stage="called")  # as 0.1.0 undid
    assert retention.purge(timezone.now() + timedelta(days=30)) == 0
    assert _arrival(check_in).status == "QUALIFIED"


def test_no_worker_writes_another_status_beside_evidence_that_staff_checked() -> None:
    check_in = arrive(ZOE, InsUnreachable("timeout"))
    client = at_desk("marc", "officer")
    path = _taken(client, check_in)
    post(client, path + "decision/validate/", **TICKED | original_of(ZOE))
    post(client, path + "prendre/")
    post(client, path + "ecarter/", reason="differences")
    post(client, path + "annuler/")
    _answers_late(ANSWER)
    arrival = _arrival(check_in)
    assert (arrival.status, arrival.evidence) == ("VALIDATED", "CN")
    assert arrival.decided_at is not None
