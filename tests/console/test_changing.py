"""What staff changes beside deciding: complementary traits, INSi asked again with other criteria, a downgrade."""

import json
from collections.abc import Iterator

import pytest

from kiosk.console.identities import asking, complements
from kiosk.console.records import notes, vault
from kiosk.console.upkeep import insi_again
from kiosk.core.identity.traits import Traits
from kiosk.core.sources.insi import Exchange, InsFound, InsNotFound, InsSeveral, InsUnreachable
from tests.console.arrivals import arrive, enrol, found
from tests.console.conftest import ON_SQLITE
from tests.console.staff import READ, at_desk, get, post
from tests.people import DOMINIQUE, TOUSSAINT, ZOE, Person

pytestmark = [pytest.mark.usefixtures("console"), pytest.mark.long]
QUESTION = {"birth_name": "adrun", "given_names": "zoe", "sex": "F", "birth_date": "31/12/1975", "place": "63220"}
TICKED = {"evidence": "CN", "said": "1", "seen": READ, "first_given_name": "ZOE"}


@pytest.fixture(autouse=True)
def _with_insi(console: object, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    from django.conf import settings

    enrol()
    monkeypatch.setattr(settings, "KIOSK", settings.KIOSK.model_copy(update={"insi": object()}))
    yield


def _arrival(check_in):
    from kiosk.console.models import Arrival

    return Arrival.objects.select_related("sealed").get(pk=check_in.key)


def _written(act: str) -> list[dict[str, object]]:
    from kiosk.console.models import AuditEntry

    return [json.loads(entry.details) for entry in AuditEntry.objects.filter(act=act)]


def _asks(answer):
    """An INSi that answers so, and remembers with which traits it was asked."""
    asked: list[Traits | None] = []

    def ask(_check_in: object, wanted: Traits | None = None):
        asked.append(wanted)
        return answer

    return ask, asked


def _exchange(number: int) -> Exchange:
    return Exchange("search", str(number), "2026-11-22T10:00:00Z", 5, "00", b"<q/>", b"<a/>")


def test_insi_is_asked_again_with_what_staff_reads_and_the_answer_lets_the_identity_be_qualified() -> None:
    check_in = arrive(ZOE, InsSeveral((_exchange(1),)))
    client = at_desk()
    path = f"/arrivees/{check_in.key}/"
    post(client, path + "prendre/")
    post(client, path + "interroger/", **QUESTION)
    assert get(client, path + "reponse/").headers.get("HX-Trigger") is None  # not answered yet
    ask, asked = _asks(InsFound(ZOE.matricule, ZOE.traits(), exchanges=(_exchange(2),)))
    assert insi_again.insi_once(ask)
    [wanted] = asked
    assert wanted is not None
    assert (wanted.birth_name, wanted.given_names, wanted.birth_place_code) == ("ADRUN", ("ZOE",), "63220")
    assert get(client, path + "reponse/")["HX-Trigger"] == "answer-came"
    arrival = _arrival(check_in)
    assert (arrival.status, arrival.need, arrival.stage) == ("RETRIEVED", "ready", "called")
    kept = vault.open_arrival(arrival).insi
    assert [one.message_id for one in kept.exchanges] == ["1", "2"]  # every call, the first ones too
    post(client, path + "qualifier/", **TICKED)
    assert _arrival(check_in).status == "QUALIFIED"
    assert [(one["number"], one["unread"]) for one in _written("insi-requested")] == [(1, False)]


def test_the_same_criteria_are_never_tried_twice_and_no_more_than_five_times() -> None:
    check_in = arrive(ZOE, InsNotFound())
    client = at_desk()
    path = f"/arrivees/{check_in.key}/"
    post(client, path + "prendre/")
    ask, asked = _asks(InsNotFound())
    for number, place in enumerate(("", "", "63220", "63221", "63222", "63223", "63224")):
        page = post(client, path + "interroger/", **(QUESTION | {"place": place}))
        assert page.status_code == 302, number
        insi_again.insi_once(ask)
    assert [wanted.birth_place_code for wanted in asked] == ["", "63220", "63221", "63222", "63223"]
    assert "c’est le maximum" in get(client, path).content.decode()


def test_what_was_found_is_not_lost_when_other_criteria_find_nobody() -> None:
    check_in = arrive(ZOE)
    client = at_desk()
    path = f"/arrivees/{check_in.key}/"
    post(client, path + "prendre/")
    post(client, path + "interroger/", **(QUESTION | {"given_names": "ANNA"}))
    ask, _asked = _asks(InsNotFound((_exchange(7),)))
    insi_again.insi_once(ask)
    arrival = _arrival(check_in)
    kept = vault.open_arrival(arrival).insi
    assert isinstance(kept, InsFound) and kept.exchanges[-1].message_id == "7"
    assert arrival.status == "RETRIEVED"
    assert "La première réponse est gardée" in get(client, path).content.decode()


def test_another_person_s_answer_takes_the_place_of_the_first_and_is_compared_anew() -> None:
    check_in = arrive(ZOE)
    client = at_desk()
    post(client, f"/arrivees/{check_in.key}/prendre/")
    post(client, f"/arrivees/{check_in.key}/interroger/", **(QUESTION | {"birth_name": "ADRTROIS"}))
    ask, _asked = _asks(found(DOMINIQUE))
    insi_again.insi_once(ask)
    arrival = _arrival(check_in)
    assert (arrival.status, arrival.need) == ("PROVISIONAL", "differences")
    assert "birth-name:other-letters" in arrival.differences


@pytest.mark.parametrize(
    ("person", "decide", "rule"),
    [
        (ZOE, "qualifier/", "elle se vérifie"),
        (ZOE, "decision/accept-ins/", "refusez-le d’abord"),
        (TOUSSAINT, "decision/doubt/", "n’est pas interrogé"),
    ],
)
def test_asking_again_is_shown_forbidden_with_its_rule(person: Person, decide: str, rule: str) -> None:
    check_in = arrive(person)
    officer = at_desk("marc", "officer")
    path = f"/arrivees/{check_in.key}/"
    post(officer, path + "prendre/")
    post(officer, path + decide, **TICKED)
    post(officer, path + "prendre/")
    page = get(officer, path).content.decode()
    assert rule in page
    post(officer, path + "interroger/", **QUESTION)
    assert _arrival(check_in).insi_next_at is None
    assert _written("insi-requested") == []


@ON_SQLITE
@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"sex": ""}, "Il faut le nom de naissance"),
        ({"birth_name": "4DRUN"}, "un caractère que le service national"),
        ({"birth_date": "1975"}, "Écrivez la date"),
        ({"birth_date": "31/02/1975"}, "pas un jour du calendrier"),
        ({"given_names": "\u202e" * 9}, "Il faut le nom de naissance"),
    ],
)
def test_criteria_insi_would_refuse_are_refused_here(change: dict[str, str], rule: str) -> None:
    check_in = arrive(ZOE, InsNotFound())
    client = at_desk()
    path = f"/arrivees/{check_in.key}/"
    post(client, path + "prendre/")
    answer = client.post(path + "interroger/", QUESTION | change, secure=True, follow=True)
    assert rule in answer.content.decode()
    assert notes.opened(_arrival(check_in), "criteria") == {}


def test_silence_leaves_the_question_open_then_gives_it_back_to_staff(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(insi_again, "TRIES", 1)
    check_in = arrive(ZOE, InsNotFound())
    client = at_desk()
    path = f"/arrivees/{check_in.key}/"
    post(client, path + "prendre/")
    post(client, path + "interroger/", **QUESTION)
    ask, _asked = _asks(InsUnreachable("timeout"))
    insi_again.insi_once(ask)
    assert not asking.asking_of(_arrival(check_in)).is_pending
    assert isinstance(vault.open_arrival(_arrival(check_in)).insi, InsNotFound)


def test_complementary_traits_are_written_with_their_source_sealed_and_in_the_trail_without_a_value() -> None:
    check_in = arrive(ZOE)
    client = at_desk()
    path = f"/arrivees/{check_in.key}/"
    post(client, path + "prendre/")
    page = get(client, path).content.decode()
    assert 'name="name_in_use" value=""' in page  # never pre-filled from the birth names (GI3 EXI ID 08)
    post(client, path + "complements/", name_in_use="MARTIN", telephone="01 23 45 67 89", word="person")
    post(client, path + "complements/", name_in_use="MARTIN", telephone="", word="document")
    kept = {one.code: (one.value, one.word) for one in complements.complementary_of(_arrival(check_in))}
    assert kept["name_in_use"] == ("MARTIN", "person")
    assert kept["telephone"] == ("", "")
    assert _written("completed") == [
        {"fields": "name_in_use+telephone", "word": "person"},
        {"fields": "telephone", "word": "document"},
    ]
    assert _arrival(check_in).status == "RETRIEVED"
    post(client, path + "qualifier/", **TICKED)
    kept = {one.code: one.value for one in complements.complementary_of(_arrival(check_in))}
    assert kept["name_in_use"] == "MARTIN"
    assert b"MARTIN" not in bytes(_arrival(check_in).sealed.accepted)
    assert "MARTIN" in get(client, path).content.decode()


def test_complementary_traits_without_a_source_are_not_kept() -> None:
    check_in = arrive(ZOE)
    client = at_desk()
    path = f"/arrivees/{check_in.key}/"
    post(client, path + "prendre/")
    answer = client.post(path + "complements/", {"name_in_use": "MARTIN"}, secure=True, follow=True)
    assert "d’où viennent" in answer.content.decode()
    assert notes.opened(_arrival(check_in)) == {}


def test_only_the_unit_downgrades_and_says_why() -> None:
    check_in = arrive(ZOE)
    client = at_desk()
    path = f"/arrivees/{check_in.key}/"
    post(client, path + "prendre/")
    post(client, path + "qualifier/", **TICKED)
    assert post(client, path + "declasser/", reason="wrong-trait").status_code == 403
    officer = at_desk("marc", "officer")
    post(officer, path + "prendre/")
    post(officer, path + "declasser/", reason="because")
    assert _arrival(check_in).status == "QUALIFIED"
    post(officer, path + "declasser/", reason="wrong-person")
    arrival = _arrival(check_in)
    assert (arrival.status, arrival.evidence, arrival.stage) == ("PROVISIONAL", "", "set-aside")
    [fact] = _written("downgraded")
    assert (fact["before"], fact["after"], fact["rules"]) == ("QUALIFIED", "PROVISIONAL", "T9")
    assert "celle d’une autre personne" in get(officer, "/vigilance/").content.decode()


def test_an_identity_is_neither_qualified_nor_validated_before_the_person_said_who_they_are() -> None:
    check_in = arrive(ZOE)
    client = at_desk()
    path = f"/arrivees/{check_in.key}/"
    post(client, path + "prendre/")
    page = get(client, path).content.decode()
    assert "sans souffler" in page
    unsaid = {name: value for name, value in TICKED.items() if name != "said"}
    answer = client.post(path + "qualifier/", unsaid, secure=True, follow=True)
    assert "Faites dire au patient son identité" in answer.content.decode()
    assert _arrival(check_in).status == "RETRIEVED"
    post(client, path + "qualifier/", **TICKED)
    assert _written("qualified")[0]["said"] is True
