"""The unit's work lists: look-alikes that nobody merges but the unit, campaigns of verification."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from kiosk.console.models import Person
from kiosk.console.register import known, pairs, visits
from kiosk.console.vigilance import campaigns, look_alikes
from kiosk.core.identity.traits import Traits
from kiosk.core.sources.insi import InsAnswer, InsFound, InsNotFound, InsUnreachable
from tests.console.arrivals import arrive, enrol, found, mrz_of, original_of
from tests.console.staff import READ, at_desk, get, post
from tests.people import DOMINIQUE, TOUSSAINT, ZOE

pytestmark = [pytest.mark.usefixtures("console"), pytest.mark.long]
TICKED = {"evidence": "CN", "said": "1", "seen": READ, "first_given_name": "ZOE"}


@pytest.fixture(autouse=True)
def _with_insi(console: object, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.conf import settings

    enrol()
    monkeypatch.setattr(settings, "KIOSK", settings.KIOSK.model_copy(update={"insi": object()}))


def _arrival(check_in):
    from kiosk.console.models import Arrival

    return Arrival.objects.select_related("sealed", "person__absorbed_by").get(pk=check_in.key)


def _person(check_in):
    return _arrival(check_in).person


def _written(act: str) -> list[dict[str, object]]:
    from kiosk.console.models import AuditEntry

    return [json.loads(entry.details) for entry in AuditEntry.objects.filter(act=act).order_by("number")]


def _sought() -> None:
    while look_alikes.seek_once():
        pass


def _validated_as_new(check_in, person, **changes: str) -> None:
    """Somebody else, says the desk, and has them validated with their document alone."""
    client, path = at_desk(f"desk-{check_in.key[:8]}"), f"/arrivees/{check_in.key}/"
    post(client, path + "prendre/")
    post(client, path + "personne/", whose="new")
    form = TICKED | original_of(person, **changes)
    post(client, path + "decision/validate/", **form | {"first_given_name": person.given_names[0]})
    assert _arrival(check_in).status == "VALIDATED"


def _two_records():
    """The same person was qualified, and came again without an answer of INSi, a letter away."""
    misspelt = replace(mrz_of(ZOE), traits=replace(mrz_of(ZOE).traits, birth_name="ADRUNE"))
    first = _qualified(at_desk("desk"), ZOE)
    second = arrive(ZOE, InsNotFound(), mrz=misspelt, ticket="A13")
    _validated_as_new(second, ZOE, birth_name="ADRUNE")
    _sought()
    return first, second


def _pair_path(first, second) -> str:
    return f"/vigilance/doublons/{_person(first).key}/{_person(second).key}/"


def test_look_alikes_are_proposed_by_the_worker_and_merged_by_nobody() -> None:
    from kiosk.console.models import PersonPair

    first, second = _two_records()
    pair = PersonPair.objects.get()
    assert {pair.first, pair.second} == {_person(first), _person(second)}
    assert pair.state == "possible" and 85 <= pair.likeness < 100
    assert _person(first).absorbed_by is None and _person(second).absorbed_by is None
    assert _written("merged") == []
    officer = at_desk("marc", "officer")
    listed = get(officer, "/vigilance/doublons/").content.decode()
    assert _pair_path(first, second) in listed
    assert "ADRUN" not in listed  # the list names nobody
    shown = get(officer, _pair_path(first, second)).content.decode()
    assert "ADRUNE" in shown and "différent" in shown
    assert "Doublon possible avec un autre dossier" in get(officer, f"/arrivees/{second.key}/").content.decode()


def test_one_person_s_visits_and_two_people_insi_knows_are_not_duplicates() -> None:
    from kiosk.console.models import PersonPair

    host = at_desk("lea")
    first = _qualified(host, ZOE)
    other = replace(ZOE, number="2751263220111")
    second = arrive(other, found(other))  # same name and day, another matricule
    post(host, f"/arrivees/{second.key}/prendre/")
    post(host, f"/arrivees/{second.key}/personne/", whose="new")
    post(host, f"/arrivees/{second.key}/qualifier/", **TICKED)
    assert _arrival(second).status == "QUALIFIED"
    again = arrive(ZOE)  # same matricule: she came twice
    post(host, f"/arrivees/{again.key}/prendre/")
    post(host, f"/arrivees/{again.key}/personne/", whose=str(_person(first).key))
    arrive(TOUSSAINT, InsNotFound())
    _sought()
    assert (Person.objects.count(), PersonPair.objects.count()) == (2, 0)


def test_a_merge_leads_from_one_record_to_the_other_is_written_down_and_can_be_undone() -> None:
    first, second = _two_records()
    officer = at_desk("marc", "officer")
    path = _pair_path(first, second)
    post(officer, path + "dire/", said="merge")
    assert _person(second).absorbed_by is None  # which one is kept was not said
    post(officer, path + "dire/", said="merge", kept="1")
    found_again = post(officer, "/recherche/", born="31/12/1975").content.decode()
    assert found_again.count("fusionné avec un autre dossier") == 1
    assert _person(second).absorbed_by == _person(first)
    assert _arrival(second).status == "QUALIFIED"  # one person's
    assert "Dossier fusionné" in get(officer, f"/arrivees/{second.key}/").content.decode()
    assert "mène à celui-ci" in get(officer, f"/arrivees/{first.key}/").content.decode()
    post(officer, path + "dire/", said="apart")  # a colleague's old page: nothing happens
    post(officer, path + "dire/", said="split")
    assert _person(second).absorbed_by is None
    assert _arrival(second).status == "VALIDATED"
    kept = str(_person(first).key)
    assert [said["kept"] for act in ("merged", "split") for said in _written(act)] == [kept, kept]
    Person.objects.update(likened_at=None)
    _sought()
    assert "Aucun doublon possible" in get(officer, "/vigilance/doublons/").content.decode()  # never by itself
    assert _written("set-apart") == []


def test_two_people_are_told_apart_and_bear_the_attribute_homonym() -> None:
    first, second = _two_records()
    officer = at_desk("marc", "officer")
    post(officer, _pair_path(first, second) + "dire/", said="apart")
    assert (_arrival(first).attributes, _arrival(second).attributes) == ("homonym", "homonym")
    assert (_arrival(first).status, _arrival(second).status) == ("QUALIFIED", "VALIDATED")
    assert len(_written("set-apart")) == 2  # a fact of each
    Person.objects.update(likened_at=None)
    _sought()
    assert get(officer, "/vigilance/doublons/").content.decode().count("Deux personnes") == 1


def test_a_record_others_lead_to_is_not_merged_away_itself() -> None:
    first, second = _two_records()
    third = arrive(DOMINIQUE, InsNotFound())
    _validated_as_new(third, DOMINIQUE, place="63220")
    pairs.propose(_person(first), _person(third), 86, look_alikes.WORKER)
    officer = at_desk("marc", "officer")
    post(officer, _pair_path(first, second) + "dire/", said="merge", kept="1")
    answer = officer.post(_pair_path(first, third) + "dire/", {"said": "merge", "kept": "2"}, secure=True, follow=True)
    assert "D’autres dossiers mènent à celui-ci" in answer.content.decode()
    assert _person(first).absorbed_by is None


def _three_records():
    """The second may be the first, the third the second."""
    first, second = _two_records()
    third = arrive(DOMINIQUE, InsNotFound())
    _validated_as_new(third, DOMINIQUE, place="63220")
    pairs.propose(_person(second), _person(third), 86, look_alikes.WORKER)
    return first, second, third


def test_what_may_be_one_with_a_record_that_was_merged_is_asked_about_with_the_one_that_is_kept() -> None:
    first, second, third = _three_records()
    officer = at_desk("marc", "officer")
    post(officer, _pair_path(first, second) + "dire/", said="merge", kept="1")
    stranded, followed = _pair_path(second, third), _pair_path(first, third)
    assert stranded not in get(officer, "/vigilance/doublons/").content.decode()
    assert "va être proposée" in get(officer, stranded).content.decode()
    _sought()
    assert followed in get(officer, "/vigilance/doublons/").content.decode()
    assert get(officer, stranded)["Location"] == followed
    assert followed in get(officer, f"/arrivees/{third.key}/").content.decode()
    post(officer, followed + "dire/", said="apart")
    assert "Aucun doublon possible" in get(officer, "/vigilance/doublons/").content.decode()
    assert "Doublon possible" not in get(officer, f"/arrivees/{third.key}/").content.decode()
    assert not known.has_open_pair(_person(third)) and not known.has_open_pair(_person(first))
    _sought()
    post(officer, _pair_path(first, second) + "dire/", said="split")
    assert stranded in get(officer, "/vigilance/doublons/").content.decode()  # it stands for itself again


def test_what_leads_to_one_record_already_is_closed() -> None:
    first, second, third = _three_records()
    pairs.propose(_person(first), _person(third), 86, look_alikes.WORKER)
    officer = at_desk("marc", "officer")
    for other in (second, third):
        post(officer, _pair_path(first, other) + "dire/", said="merge", kept="1")
    _sought()
    assert "Aucun doublon possible" in get(officer, "/vigilance/doublons/").content.decode()
    assert "mènent déjà au même" in get(officer, _pair_path(second, third)).content.decode()


# --- campaigns of verification --------------------------------------------------------------------------------------


def _qualified(client, person, **changes: object):
    check_in = arrive(person, **changes)
    post(client, f"/arrivees/{check_in.key}/prendre/")
    form = TICKED | {"first_given_name": person.given_names[0]}
    post(client, f"/arrivees/{check_in.key}/qualifier/", **form)
    assert _arrival(check_in).status == "QUALIFIED"
    return check_in


def _tomorrow() -> str:
    from django.utils import timezone

    return (timezone.localdate() + timedelta(days=1)).isoformat()


def _answers(answers: dict[str, InsAnswer]):
    def ask(_check_in: object, wanted: Traits | None = None) -> InsAnswer:
        assert wanted is not None
        return answers[wanted.given_names[0]]

    return ask


def test_a_campaign_asks_about_each_identity_once_and_shows_its_progress() -> None:
    host, officer = at_desk("lea"), at_desk("marc", "officer")
    zoe, toussaint, dominique = (_qualified(host, one) for one in (ZOE, TOUSSAINT, DOMINIQUE))
    post(officer, "/vigilance/verifications/ouvrir/", before=_tomorrow())
    assert "0 / 3" in get(officer, "/vigilance/verifications/").content.decode()
    moved = found(TOUSSAINT)
    moved = replace(moved, traits=replace(moved.traits, birth_place_code="63113"))
    ask = _answers({"ZOE": found(ZOE), "TOUSSAINT": moved, "DOMINIQUE": InsNotFound()})
    while campaigns.verify_once(ask):
        pass
    page = get(officer, "/vigilance/verifications/").content.decode()
    assert "3 / 3" in page and "confirmé 1, différent 1, introuvable 1" in page
    assert "lieu de naissance" in page
    assert _arrival(zoe).status == "QUALIFIED" and _person(zoe).verified_at is not None
    for open_one in (toussaint, dominique):  # the unit has a task; what is held stays until it decides
        assert (_arrival(open_one).status, _arrival(open_one).stage) == ("QUALIFIED", "set-aside")
        assert _arrival(open_one).reason == "verification"
    assert "n’a pas confirmé l’INS" in get(officer, "/vigilance/").content.decode()
    assert sorted(str(said["verdict"]) for said in _written("verified")) == ["confirmed", "different", "not-found"]
    kept = visits.observed_of(_arrival(toussaint))
    assert isinstance(kept, InsFound) and kept.traits.birth_place_code == "63113"  # beside what is held
    for lost in (toussaint, dominique):  # T11: the matricule goes, the evidence stays
        post(officer, f"/arrivees/{lost.key}/prendre/")
        post(officer, f"/arrivees/{lost.key}/decision/refuse-ins/")
        assert _arrival(lost).status == "VALIDATED"
    post(officer, "/vigilance/verifications/ouvrir/", before=_tomorrow())
    assert "0 / 1" in get(officer, "/vigilance/verifications/").content.decode()  # the others hold no matricule now


def test_silence_is_no_verdict_and_is_tried_again_later() -> None:
    from kiosk.console.models import Verification

    check_in = _qualified(at_desk("lea"), ZOE)
    post(at_desk("marc", "officer"), "/vigilance/verifications/ouvrir/", before=_tomorrow())
    ask = _answers({"ZOE": InsUnreachable("timeout")})
    assert campaigns.verify_once(ask)
    assert not campaigns.verify_once(ask)  # not at once
    row = Verification.objects.get()
    assert (row.verdict, row.tries) == ("", 1)
    for _ in range(campaigns.TRIES - 1):
        Verification.objects.update(next_at=row.next_at - timedelta(hours=1))
        campaigns.verify_once(ask)
    assert Verification.objects.get().verdict == "not-verified"
    assert _arrival(check_in).status == "QUALIFIED"


def test_one_campaign_at_a_time_and_it_can_be_stopped() -> None:
    officer = at_desk("marc", "officer")
    host = at_desk("lea")
    _qualified(host, ZOE)
    _qualified(host, TOUSSAINT)
    post(officer, "/vigilance/verifications/ouvrir/", before=_tomorrow())
    post(officer, "/vigilance/verifications/ouvrir/", before=_tomorrow())
    assert len(_written("campaign-started")) == 1
    ask = _answers({"ZOE": found(ZOE), "TOUSSAINT": found(TOUSSAINT)})
    assert campaigns.verify_once(ask)
    post(officer, "/vigilance/verifications/arreter/")
    assert not campaigns.verify_once(ask)
    assert _written("campaign-stopped") == [{"left": 1}]
    assert "arrêtée" in get(officer, "/vigilance/verifications/").content.decode()


def test_a_campaign_over_nothing_is_not_opened() -> None:
    officer = at_desk("marc", "officer")
    for before in ("2000-01-01", "yesterday", ""):
        post(officer, "/vigilance/verifications/ouvrir/", before=before)
    assert _written("campaign-started") == []


def test_an_identity_whose_matricule_went_meanwhile_is_left_alone() -> None:
    officer, host = at_desk("marc", "officer"), at_desk("lea")
    check_in = _qualified(host, ZOE)
    post(officer, "/vigilance/verifications/ouvrir/", before=_tomorrow())
    post(officer, f"/arrivees/{check_in.key}/prendre/")
    post(officer, f"/arrivees/{check_in.key}/declasser/", reason="evidence")
    assert campaigns.verify_once(_answers({"ZOE": InsNotFound()}))
    arrival = _arrival(check_in)
    assert (arrival.status, arrival.reason) == ("PROVISIONAL", "evidence")


def test_where_no_national_service_is_configured_no_campaign_waits_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.conf import settings

    monkeypatch.setattr(settings, "KIOSK", settings.KIOSK.model_copy(update={"insi": None}))
    _qualified(at_desk("lea"), ZOE)
    officer = at_desk("marc", "officer")
    path = "/vigilance/verifications/ouvrir/"
    answer = officer.post(path, {"before": _tomorrow()}, secure=True, follow=True)
    assert "n’est pas configuré ici" in answer.content.decode()
    assert _written("campaign-started") == []
