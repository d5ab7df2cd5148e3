"""An answer of INSi that nobody may accept is accepted by nobody: neither kiosk nor worker nor staff, on any page."""

from dataclasses import replace

import pytest
from django.utils import timezone

from kiosk.core.identity.dates import BirthDate
from kiosk.core.identity.matricule import OID_NIR_DEMO, OID_NIR_TEST
from kiosk.core.identity.traits import Source, Traits
from kiosk.core.sources.insi import InsFound, InsUnreachable
from kiosk.core.status.acceptance import AnswerFault, AnswerOddity
from tests.console.accepting import (
    ANSWER,
    TICKED,
    answers_late,
    arrival_of,
    details_of,
    qualified,
    taken,
    with_number,
    with_traits,
)
from tests.console.arrivals import arrive, original_of
from tests.console.conftest import ON_SQLITE
from tests.console.rewritten import rewrite
from tests.console.staff import at_desk, get, post
from tests.people import ZOE

pytestmark = [pytest.mark.usefixtures("in_production"), pytest.mark.long]


def _flagged(*flags: str) -> InsFound:
    return replace(ANSWER, flags=flags)


FORBIDDEN = {
    "the OID of test people": (with_number(oid=OID_NIR_TEST), "Matricule de test"),
    "the OID of demonstrations": (with_number(oid=OID_NIR_DEMO), "Matricule de test"),
    "an OID nobody knows": (with_number(oid="x"), "L’autorité du matricule (OID) est inconnue"),
    "no OID": (with_number(oid=""), "sans son autorité"),
    "a number that is none": (with_number(number="ABC", key=""), "n’a pas la forme d’un matricule"),
    "several individuals": (_flagged("several-individuals"), "plusieurs personnes"),
    "a simulator": (_flagged("simulator"), "Un simulateur a répondu"),
    "a date that is no day": (with_traits(birth_date=BirthDate("1975-00-00")), "pas un jour du calendrier"),
    "no date": (with_traits(birth_date=None), "pas de date de naissance"),
    "no name": (with_traits(birth_name=""), "pas de nom de naissance"),
    "no given names": (with_traits(given_names=(), given_names_text=""), "aucun prénom"),
    "no sex": (with_traits(sex=None), "ne donne pas le sexe"),
    "no place": (with_traits(birth_place_code=""), "pas de lieu de naissance"),
    "no trait": (replace(ANSWER, traits=Traits(Source.INSI)), "pas de nom de naissance"),
}
ODD = {
    "a wrong key": (with_number(key="75"), "bad-key", "La clé du matricule"),
    "no key": (with_number(key=""), "no-key", "sans sa clé"),
    "an unknown place": (with_traits(birth_place_code="99999"), "unknown-place", "ne connaît pas le lieu"),
    "a secondary given name": (_flagged("found-by-secondary-name"), "found-by-secondary-name", "prénom secondaire"),
    "an odd history": (_flagged("history-bad-key", "history-repeats-active"), "history", "L’historique"),
    "a flag of tomorrow": (_flagged("something-new"), "other-flag", "mention inconnue"),
}


@ON_SQLITE
@pytest.mark.parametrize(("answer", "rule"), FORBIDDEN.values(), ids=FORBIDDEN)
def test_what_forbids_an_answer_forbids_it_to_kiosk_and_staff_and_says_so(answer: InsFound, rule: str) -> None:
    check_in = arrive(ZOE, answer)  # and the kiosk said "retrieved"
    assert (arrival_of(check_in).status, arrival_of(check_in).need) == ("PROVISIONAL", "odd-answer")
    client = at_desk()
    path = taken(client, check_in)
    page = get(client, path).content.decode()
    assert rule in page and "Confier à l’identitovigilance" in page
    everything = TICKED | {"tolerated": "1", "odd": [odd.value for odd in AnswerOddity]}
    post(client, path + "qualifier/", **everything)
    post(client, path + "decision/accept-ins/", **everything)
    assert (arrival_of(check_in).status, arrival_of(check_in).stage) == ("PROVISIONAL", "called")
    assert details_of("qualified") == details_of("ins-accepted") == []


@ON_SQLITE
@pytest.mark.parametrize(("answer", "_rule"), FORBIDDEN.values(), ids=FORBIDDEN)
def test_what_forbids_an_answer_forbids_it_to_the_worker_too(answer: InsFound, _rule: str) -> None:
    check_in = arrive(ZOE, InsUnreachable("timeout"))
    answers_late(answer)
    assert (arrival_of(check_in).status, arrival_of(check_in).need) == ("PROVISIONAL", "odd-answer")


def test_an_answer_that_nobody_may_accept_is_set_aside_with_one_press_or_validated_without_it() -> None:
    forgiven, aside = arrive(ZOE, with_number(oid="x")), arrive(ZOE, with_number(oid="x"))
    client = at_desk()
    post(client, taken(client, aside) + "ecarter/", reason="unusable-answer")
    arrival = arrival_of(aside)
    assert (arrival.status, arrival.stage, arrival.reason) == ("PROVISIONAL", "set-aside", "unusable-answer")
    post(client, taken(client, forgiven) + "decision/validate/", **TICKED | original_of(ZOE))
    arrival = arrival_of(forgiven)
    assert (arrival.status, arrival.stage, arrival.reason) == ("VALIDATED", "set-aside", "unusable-answer")
    officer = at_desk("marc", "officer")
    assert get(officer, "/vigilance/").content.decode().count("Réponse nationale inutilisable") == 2
    path = taken(officer, forgiven)
    post(officer, path + "decision/accept-ins/")
    assert arrival_of(forgiven).status == "VALIDATED"


@ON_SQLITE
@pytest.mark.parametrize(("answer", "code", "name"), ODD.values(), ids=ODD)
def test_what_is_odd_staff_confirms_by_its_name_and_the_trail_says_which(
    answer: InsFound, code: str, name: str
) -> None:
    check_in = arrive(ZOE, answer)
    assert (arrival_of(check_in).status, arrival_of(check_in).need) == ("PROVISIONAL", "odd-answer")
    client = at_desk()
    path = taken(client, check_in)
    page = get(client, path).content.decode()
    assert f'name="odd" value="{code}" required' in page and name in page
    others = [odd.value for odd in AnswerOddity if odd.value != code]
    for said in ({}, {"odd": others}, {"odd": "yes"}, {"odd": ""}):
        post(client, path + "qualifier/", **TICKED | {"tolerated": "1"} | said)
        post(client, path + "decision/accept-ins/", **said)
        assert arrival_of(check_in).status == "PROVISIONAL", said
    assert name in get(client, path).content.decode()
    post(client, path + "qualifier/", **TICKED, odd=[code])
    assert (arrival_of(check_in).status, arrival_of(check_in).stage) == ("QUALIFIED", "done")
    assert [one["odd"] for one in details_of("qualified")] == [code]


@ON_SQLITE
@pytest.mark.parametrize(("answer", "_code", "_name"), ODD.values(), ids=ODD)
def test_what_is_odd_no_worker_accepts(answer: InsFound, _code: str, _name: str) -> None:
    check_in = arrive(ZOE, InsUnreachable("timeout"))
    answers_late(answer)
    assert (arrival_of(check_in).status, arrival_of(check_in).need) == ("PROVISIONAL", "odd-answer")


def test_an_odd_answer_is_accepted_without_evidence_with_its_oddities_confirmed_too() -> None:
    check_in = arrive(ZOE, replace(with_number(key=""), flags=("unknown-elements",)))
    client = at_desk()
    path = taken(client, check_in)
    post(client, path + "decision/accept-ins/", odd=["no-key"])
    assert arrival_of(check_in).status == "PROVISIONAL"
    post(client, path + "decision/accept-ins/", odd=["unknown-elements", "no-key"])
    assert arrival_of(check_in).status == "RETRIEVED"
    assert [one["odd"] for one in details_of("ins-accepted")] == ["no-key+unknown-elements"]


def test_an_identity_that_an_earlier_version_retrieved_from_such_an_answer_is_not_qualified(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from kiosk.console.identities import comparing
    from kiosk.console.models import Arrival

    with monkeypatch.context() as earlier:  # it believed such an answer, and its trail says so
        earlier.setattr(comparing, "automatic_status", lambda _check_in: "RETRIEVED")
        check_in = arrive(ZOE, with_number(oid="x"))
    rewrite(Arrival.objects.all(), need="ready")
    assert arrival_of(check_in).status == "RETRIEVED"
    client = at_desk()
    path = taken(client, check_in)
    assert "(OID) est inconnue" in get(client, path).content.decode()
    post(client, path + "qualifier/", **TICKED)
    assert arrival_of(check_in).status == "RETRIEVED"
    post(client, path + "decision/validate/", **TICKED | original_of(ZOE))
    assert arrival_of(check_in).status == "VALIDATED"


def test_every_code_has_words_for_staff() -> None:
    from kiosk.core.status import notices

    assert set(notices.FAULTS) == set(AnswerFault)
    assert set(notices.ODDITIES) == set(AnswerOddity)


def test_in_a_demonstration_test_people_are_qualified_and_everything_else_is_judged_alike(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from django.conf import settings

    monkeypatch.setattr(settings, "KIOSK", settings.KIOSK.model_copy(update={"mode": "demo"}))
    test_person = arrive(ZOE, replace(with_number(oid=OID_NIR_TEST), flags=("simulator", "test-oid")))
    other = arrive(ZOE, with_number(oid="x"))
    assert (arrival_of(test_person).status, arrival_of(other).status) == ("RETRIEVED", "PROVISIONAL")
    client = at_desk()
    path = taken(client, test_person)
    assert "pas une identité réelle" in get(client, path).content.decode()
    for check_in in (test_person, other):
        post(client, taken(client, check_in) + "qualifier/", **TICKED)
    assert (arrival_of(test_person).status, arrival_of(other).status) == ("QUALIFIED", "PROVISIONAL")


def _verified(check_in, answer) -> tuple[str, str, str]:
    """Verified by a campaign whose question is answered so: what the row says, and where the identity stands."""
    from kiosk.console.models import Verification
    from kiosk.console.vigilance import campaigns

    campaign = campaigns.Campaign.objects.create(
        started_by_id=arrival_of(check_in).decided_by_id,
        started_at=timezone.now(),
        before=timezone.localdate(),
        total=1,
    )
    row = Verification.objects.create(campaign=campaign, person=arrival_of(check_in).person, next_at=timezone.now())
    for _ in range(campaigns.TRIES):
        Verification.objects.filter(pk=row.pk).exclude(next_at=None).update(next_at=timezone.now())
        campaigns.verify_once(lambda *_: answer)
    row.refresh_from_db()
    return row.verdict, row.differences, arrival_of(check_in).status


def test_a_campaign_confirms_nothing_that_nobody_may_accept(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.conf import settings

    monkeypatch.setattr(settings, "KIOSK", settings.KIOSK.model_copy(update={"mode": "demo"}))
    check_in = qualified(with_number(oid=OID_NIR_DEMO))  # as another time let it through
    monkeypatch.setattr(settings, "KIOSK", settings.KIOSK.model_copy(update={"mode": "production"}))
    assert _verified(check_in, with_number(oid=OID_NIR_DEMO)) == ("different", "unusable", "QUALIFIED")
    assert (arrival_of(check_in).stage, arrival_of(check_in).reason) == ("set-aside", "verification")


def test_an_answer_that_nobody_may_accept_takes_nothing_from_a_qualified_identity() -> None:
    check_in = qualified()
    for answer in (_flagged("several-individuals"), with_traits(sex=None), with_number(key="")):
        assert _verified(check_in, answer) == ("not-verified", "", "QUALIFIED")


def test_what_staff_confirmed_once_a_campaign_does_not_ask_again() -> None:
    check_in = qualified(with_number(key="75"), odd=["bad-key"])
    assert _verified(check_in, with_number(key="75")) == ("confirmed", "", "QUALIFIED")
