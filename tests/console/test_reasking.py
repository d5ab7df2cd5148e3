"""The console asks INSi exactly what the kiosk would have asked, and with a card only while that card counts."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from kiosk.console.identities import reasking
from kiosk.console.models import Arrival, AuditEntry
from kiosk.console.records import vault
from kiosk.console.upkeep import insi_again
from kiosk.core.checkin.value import CheckIn
from kiosk.core.sources.card import Beneficiary
from kiosk.core.sources.insi import BY_CARD, Exchange, InsNotFound, InsUnreachable
from kiosk.documents.vitale import traits_of
from kiosk.insi import criteria
from kiosk.settings import InsiSection
from tests.console.arrivals import arrive, check_in_of, found, mrz_of
from tests.console.nation import NOWHERE
from tests.console.rewritten import rewrite
from tests.console.staff import at_desk, get, post
from tests.people import DOMINIQUE, LEO, SOPHIE, ZOE, somebody_like

pytestmark = [pytest.mark.usefixtures("asks_insi"), pytest.mark.long]
SILENT = InsUnreachable("timeout")
UNREAD = {"mrz": None, "document_kind": None}
TOO_OLD = "La carte a été lue il y a plus de 20 minutes"
CALL = Exchange(BY_CARD, "uuid:1", "2026-11-29T08:00:00Z", 300, "timeout", b"", b"")


class Client:
    """Notes what it is asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[object, ...]] = []

    def find_person(self, person, insured, document, deadline, *, caller, earlier, card_seconds):
        self.asked.append((person, insured, document))
        self.deadline, self.caller, self.earlier, self.card_seconds = deadline, caller, earlier, card_seconds
        return SILENT

    def find_by_traits(self, traits, deadline, *, caller):
        self.asked.append((traits,))
        self.deadline, self.caller = deadline, caller
        return SILENT


def of_card(person: Beneficiary, insured: Beneficiary | None, **changes: object) -> CheckIn:
    """The check-in that a kiosk makes of these two of a card."""
    said = {
        "card": traits_of(person, datetime.now(UTC)),
        "card_nir": person.nir + person.nir_key,
        "birth_rank": person.birth_rank,
        "insured_nir": insured.nir + insured.nir_key if insured is not None else "",
    }
    return check_in_of(ZOE, SILENT, **{**said, **changes})


def drawn(chance: random.Random) -> tuple[Beneficiary, Beneficiary | None]:
    """Two of a card: with and without numbers, keys, names and names at birth."""
    whose = chance.choice((ZOE, DOMINIQUE, LEO, SOPHIE))
    person = replace(
        whose.beneficiary(),
        name=chance.choice((whose.birth_name, "D'ARC-LE GOFF", "")),
        given_name=chance.choice((whose.given_names[0], "ANNE  MARIE", "")),
        birth_date=chance.choice((whose.birth_date, "1975-13-00")),
        birth_rank=chance.choice(("1", "2")),
        birth_name=chance.choice(("", "", whose.birth_name, "LE-GOFF")),
    )
    if not person.name:
        person = replace(person, birth_name="")  # a card that says which name it is says a name
    if chance.random() < 0.4:
        person = replace(person, nir="", nir_key="")
    insured = chance.choice((None, SOPHIE.beneficiary(), replace(ZOE.beneficiary(), name="", given_name="")))
    return person, insured if person.nir else insured or SOPHIE.beneficiary()


def test_what_is_asked_again_is_to_the_letter_what_the_kiosk_asks() -> None:
    chance = random.Random(16)
    for _ in range(300):
        person, insured = drawn(chance)
        client = Client()
        insi_again.ask_again(client, of_card(person, insured))
        [(again, again_insured, _document)] = client.asked
        assert criteria.of_card(again, again_insured) == criteria.of_card(person, insured)


def test_an_insured_person_without_a_name_is_asked_about_and_nobody_is_told_of_a_wrong_setting() -> None:
    """Before, a card that printed no name was refused here, and the queue said "INSi : en panne"."""
    child = replace(LEO.beneficiary(), name="", nir="", nir_key="")
    client = Client()
    assert insi_again.ask_again(client, of_card(child, ZOE.beneficiary(), **UNREAD)) == SILENT
    [(person, insured, _document)] = client.asked
    assert (person.name, insured.nir, insured.name) == ("", ZOE.number, "")
    assert isinstance(criteria.of_card(person, insured), criteria.CardQuestion)


@pytest.mark.parametrize("has_card", [True, False])
def test_who_asks_and_what_was_answered_before_go_with_the_question(has_card: bool) -> None:
    client, silent = Client(), InsUnreachable("timeout", (CALL,))
    changes = {} if has_card else {"card": None, "card_nir": ""}
    insi_again.ask_again(client, check_in_of(ZOE, silent, **changes), caller="desk")
    assert (client.caller, client.earlier, client.deadline) == ("desk", (CALL,), insi_again.DEADLINE)
    insi_again.ask_again(client, check_in_of(ZOE, silent), ZOE.traits(), caller="desk")
    assert (client.caller, client.deadline) == ("desk", insi_again.DEADLINE)


def test_calls_with_a_card_end_when_its_time_does_and_the_document_has_the_whole_search() -> None:
    read_at = datetime.now(UTC) - timedelta(minutes=19, seconds=55)
    client = Client()
    insi_again.ask_again(client, check_in_of(ZOE, SILENT, card_read_at=read_at.isoformat()))
    assert 0 < client.card_seconds <= 5 < client.deadline


def _due(**changes: object) -> None:
    rewrite(Arrival.objects.all(), insi_next_at=timezone.now(), **changes)


def _heard(check_ins: list[CheckIn]):
    return lambda check_in: check_ins.append(check_in) or SILENT


@pytest.mark.parametrize(("minutes", "is_by_card"), [(0, True), (19, True), (21, False), (300, False)])
def test_a_card_is_asked_with_while_it_counts_then_the_document(minutes: int, is_by_card: bool) -> None:
    read_at = datetime.now(UTC) - timedelta(minutes=minutes)
    arrive(ZOE, SILENT, card_read_at=read_at.isoformat())
    _due()
    asked: list[CheckIn] = []
    assert insi_again.insi_once(_heard(asked))
    client = Client()
    insi_again.ask_again(client, asked[0])
    [(person, _insured, document)] = client.asked
    assert (person is not None, document) == (is_by_card, mrz_of(ZOE).traits)
    assert ('"without": "card-too-old"' in AuditEntry.objects.get(act="insi-asked").details) is not is_by_card


def test_the_card_ages_while_insi_is_silent_and_is_not_repeated() -> None:
    arrive(ZOE, SILENT, **UNREAD)
    _due()
    asked: list[CheckIn] = []
    assert insi_again.insi_once(_heard(asked)) and len(asked) == 1
    _due(arrived_at=timezone.now() - timedelta(minutes=20))
    assert insi_again.insi_once(_heard(asked)) and len(asked) == 1
    arrival = Arrival.objects.select_related("sealed").get()
    assert (arrival.insi_next_at, arrival.needed) == (None, "INSi à interroger")
    assert vault.open_arrival(arrival).insi == InsUnreachable("card-too-old")
    assert '"minutes": 20' in AuditEntry.objects.get(act="card-too-old").details


@pytest.mark.parametrize("said", ["", "2099-01-01T00:00:00+00:00", "2026-11-29T08:00:00", "yesterday"])
def test_a_kiosk_cannot_say_that_a_card_is_younger_than_its_visit(said: str) -> None:
    arrive(ZOE, SILENT, card_read_at=said, **UNREAD)
    _due(arrived_at=timezone.now() - timedelta(minutes=21))
    asked: list[CheckIn] = []
    assert insi_again.insi_once(_heard(asked)) and asked == []


def test_an_old_card_does_not_let_anothers_document_ask() -> None:
    """Whose INS it leads to is not the card's person's."""
    arrive(ZOE, SILENT, mrz=mrz_of(DOMINIQUE))
    _due(arrived_at=timezone.now() - timedelta(minutes=21))
    asked: list[CheckIn] = []
    assert insi_again.insi_once(_heard(asked)) and asked == []


def test_the_page_says_that_the_card_is_too_old_and_staff_ask_with_the_original() -> None:
    check_in = arrive(ZOE, SILENT, **UNREAD)
    _due(arrived_at=timezone.now() - timedelta(minutes=25))
    assert insi_again.insi_once(lambda _: found(ZOE))
    client, path = at_desk(), f"/arrivees/{check_in.key}/"
    post(client, path + "prendre/")
    page = get(client, path).content.decode()
    assert TOO_OLD in page and "Interrogez avec la pièce en main" in page
    said = {"birth_name": ZOE.birth_name, "given_names": "ZOE", "sex": "F", "birth_date": "31/12/1975"}
    post(client, path + "interroger/", place=ZOE.birth_place_code, **said)
    assert insi_again.insi_once(lambda *_: found(ZOE))
    assert Arrival.objects.get().status == "RETRIEVED"


def test_how_long_a_card_counts_is_the_structures_to_say(monkeypatch: pytest.MonkeyPatch) -> None:
    section = InsiSection(**NOWHERE, card_minutes=5)
    monkeypatch.setattr(settings, "KIOSK", settings.KIOSK.model_copy(update={"insi": section}))
    check_in, arrival = check_in_of(ZOE, SILENT, **UNREAD), Arrival(arrived_at=timezone.now())
    later = timezone.now() + timedelta(minutes=6)
    assert reasking.while_card_counts(check_in, arrival, timezone.now()) is not None
    assert reasking.while_card_counts(check_in, arrival, later) is None


def test_a_call_that_came_to_nothing_is_kept_and_told_to_the_next_search() -> None:
    arrive(somebody_like(ZOE), SILENT)
    _due()
    assert insi_again.insi_once(lambda _: InsUnreachable("timeout", (CALL,)))
    _due()
    asked: list[CheckIn] = []
    assert insi_again.insi_once(_heard(asked))
    assert asked[0].insi.exchanges == (CALL,)
    _due()
    assert insi_again.insi_once(lambda _: InsNotFound((replace(CALL, code="01"),)))
    assert len(vault.open_arrival(Arrival.objects.select_related("sealed").get()).insi.exchanges) == 2
