"""Both searches, from a client to a simulator and back."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from kiosk.core.identity.dates import BirthDate
from kiosk.core.identity.matricule import OID_NIA, OID_NIR
from kiosk.core.identity.traits import Sex, Source, Traits
from kiosk.core.sources.card import Beneficiary
from kiosk.core.sources.insi import InsFound, InsNotFound, InsRefused, InsSeveral, InsUnreachable
from kiosk.insi.client import Environment, InsiClient
from kiosk.insi.search import MOST
from kiosk.insi.simulated.population import TEST_PEOPLE, Person, generated
from kiosk.insi.simulated.simulator import Behaviour, Simulator
from tests.insi.conftest import MakeClient
from tests.people import MATRICULE, OLA, PIERRE, PIERRE_ALAIN, ZOE

CARD = Beneficiary("ADRUN", "ZOE", "1975-12-31", nir="2751263220749", nir_key="74")


@pytest.mark.parametrize("person", TEST_PEOPLE, ids=[person.given_names[0] for person in TEST_PEOPLE])
def test_each_public_test_person_is_found_by_traits_and_by_card(client: InsiClient, person: Person) -> None:
    sex, date = Sex(person.sex), BirthDate(person.birth_date)
    traits = Traits(Source.DOCUMENT, person.birth_name, given_names=person.given_names, sex=sex, birth_date=date)
    card = Beneficiary(person.birth_name, person.given_names[0], person.birth_date, nir=person.number)
    for answer in (client.find_by_traits(traits, 8), client.find_by_card(card, None, 8)):
        assert isinstance(answer, InsFound)
        found = answer.matricule
        assert (found.number, found.key, found.oid) == (person.number, person.key, person.oid)
        assert answer.traits.given_names_text == " ".join(person.given_names)
        assert answer.traits.source is Source.INSI
        assert [each.matricule.number for each in answer.history] == [past[:13] for past in person.history]


def test_an_answer_keeps_request_and_response_byte_for_byte(client: InsiClient) -> None:
    answer = client.find_by_card(CARD, None, 8)
    assert [call.code for call in answer.exchanges] == ["00"]
    call = answer.exchanges[0]
    assert call.request.startswith(b"<?xml") and b"2751263220749" in call.request
    assert call.response.startswith(b"<?xml") and b"INSACTIF" in call.response
    assert call.message_id.startswith("uuid:") and call.message_id.encode() in call.request
    assert "2751263220749" not in repr(answer) + repr(call) + str(call)


def test_a_name_only_the_family_uses_is_tried_after_the_others_and_flagged(client: InsiClient) -> None:
    answer = client.find_by_traits(OLA.traits(Source.DOCUMENT), 8)
    assert isinstance(answer, InsFound)
    assert "found-by-secondary-name" in answer.flags
    assert [call.code for call in answer.exchanges] == ["01", "00"]


def test_nobody_is_asked_for_by_each_name_then_by_all_of_them(client: InsiClient) -> None:
    answer = client.find_by_traits(PIERRE.traits(Source.DOCUMENT), 8)
    assert isinstance(answer, InsNotFound)
    asked = [call.request.partition(b"Prenom>")[2].partition(b"<")[0] for call in answer.exchanges]
    assert asked == [b"PIERRE", b"PAUL", b"JACQUES", b"PIERRE PAUL JACQUES"]


def test_several_people_are_told_apart_by_the_place_of_birth(client: InsiClient, simulator: Simulator) -> None:
    simulator.behave(Behaviour("several-until-place"))
    answer = client.find_by_traits(ZOE.traits(Source.DOCUMENT), 8)
    assert isinstance(answer, InsFound)
    assert [call.code for call in answer.exchanges] == ["02", "00"]
    assert "found-by-secondary-name" not in answer.flags


def test_several_people_are_told_apart_by_the_other_given_names(client: InsiClient, simulator: Simulator) -> None:
    simulator.behave(Behaviour("several-until-names"))
    answer = client.find_by_traits(PIERRE_ALAIN.traits(Source.DOCUMENT), 8)
    assert isinstance(answer, InsFound)
    assert [call.code for call in answer.exchanges] == ["02", "00"]


def test_several_people_to_the_end_is_said_so(client: InsiClient, simulator: Simulator) -> None:
    simulator.behave(Behaviour("several"))
    answer = client.find_by_traits(PIERRE_ALAIN.traits(Source.DOCUMENT), 8)
    assert isinstance(answer, InsSeveral)
    assert len(answer.exchanges) <= MOST


def test_the_oid_alone_tells_a_waiting_number(client: InsiClient) -> None:
    answer = client.find_by_traits(MATRICULE.traits(Source.DOCUMENT), 8)
    assert isinstance(answer, InsFound)
    assert answer.matricule.oid == OID_NIA != OID_NIR


def test_a_child_without_a_number_is_found_through_the_insured(client: InsiClient, simulator: Simulator) -> None:
    child = ("GEMEAUX", ("CLARA",), "F", "2016-02-29", "69990", "2160269990006", "00")
    simulator.population.add(Person(*child, insured="2881169990007", birth_rank="2"))
    simulator.population.add(
        Person(*child[:1], ("CHLOE",), *child[2:5], "2160269990005", "00", insured="2881169990007")
    )
    insured = Beneficiary("GEMEAUX", "SOPHIE", "1988-11-05", nir="2881169990007")
    answer = client.find_by_card(Beneficiary("GEMEAUX", "CLARA", "2016-02-29", "2"), insured, 8)
    assert isinstance(answer, InsFound)
    assert answer.matricule.number == "2160269990006"
    assert "bad-key" in answer.flags


def test_a_simulators_answer_is_refused_in_production(make_client: MakeClient) -> None:
    answer = make_client(environment=Environment.PRODUCTION).find_by_card(CARD, None, 8)
    assert isinstance(answer, InsRefused)
    assert answer.code == "kiosk_simulator"


def test_a_simulators_answer_says_so_elsewhere(client: InsiClient) -> None:
    answer = client.find_by_card(CARD, None, 8)
    assert isinstance(answer, InsFound)
    assert "simulator" in answer.flags


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"birth_name": ""}, "kiosk_trait-missing"),
        ({"birth_name": "SMITH3"}, "kiosk_character"),
        ({"given_names": ()}, "kiosk_trait-missing"),
        ({"given_names": ("ZOE/A",)}, "kiosk_character"),
        ({"sex": Sex.UNDETERMINED}, "kiosk_sex"),
        ({"birth_date": BirthDate("1975-20-00")}, "kiosk_date"),
    ],
)
def test_what_insi_would_not_take_is_not_sent(
    client: InsiClient, simulator: Simulator, changes: dict[str, object], code: str
) -> None:
    known = {"birth_name": "ADRUN", "given_names": ("ZOE",), "sex": Sex.FEMALE, "birth_date": BirthDate("1975-12-31")}
    before = simulator.answered
    answer = client.find_by_traits(Traits(Source.DOCUMENT, **(known | changes)), 8)
    assert isinstance(answer, InsRefused)
    assert answer.code == code
    assert simulator.answered == before


def test_accents_and_ligatures_are_written_in_insis_letters(client: InsiClient) -> None:
    traits = Traits(
        *(Source.DOCUMENT, "Œuvrard-d’Été"), given_names=("Zoë",), sex=Sex.FEMALE, birth_date=BirthDate("1975-12-31")
    )
    answer = client.find_by_traits(traits, 8)
    assert isinstance(answer, InsNotFound)
    assert b"OEUVRARD-D'ETE" in answer.exchanges[0].request
    assert b"ZOE" in answer.exchanges[0].request


def test_the_pool_of_time_is_shared_by_all_calls_of_a_search(client: InsiClient, simulator: Simulator) -> None:
    simulator.behave(Behaviour("none", seconds=0.3))
    client.prepare()  # WSDL and certificate are read once, and a busy machine takes its time
    answer = client.find_by_traits(PIERRE.traits(Source.DOCUMENT), 0.7)
    assert isinstance(answer, InsUnreachable)
    assert answer.reason == "timeout"
    assert answer.exchanges[0].code == "01"


def test_an_odd_rank_or_key_of_a_card_does_not_spoil_the_request(client: InsiClient) -> None:
    card = Beneficiary("ADRUN", "ZOE", "1975-12-31", birth_rank="x", nir="2751263220749", nir_key="7")
    answer = client.find_by_card(card, None, 8)
    assert isinstance(answer, InsFound)
    assert b"RangNaissance>1<" in answer.exchanges[0].request


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"birth_date": ""}, "kiosk_trait-missing"),
        ({"nir": ""}, "kiosk_trait-missing"),
        ({"nir": "27512632207"}, "kiosk_character"),
    ],
)
def test_what_a_card_says_badly_is_not_sent(
    client: InsiClient, simulator: Simulator, changes: dict[str, str], code: str
) -> None:
    before = simulator.answered
    answer = client.find_by_card(replace(CARD, **changes), None, 8)
    assert isinstance(answer, InsRefused)
    assert answer.code == code
    assert simulator.answered == before


def test_one_client_serves_several_threads_without_mixing_people(client: InsiClient, simulator: Simulator) -> None:
    people = list(generated(60, 21))
    for person in people:
        simulator.population.add(person)

    def ask(person: Person) -> str:
        card = Beneficiary(person.birth_name, person.given_names[0], person.birth_date, nir=person.number)
        answer = client.find_by_card(card, None, 30)
        return answer.matricule.number if isinstance(answer, InsFound) else type(answer).__name__

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ask, people)) == [person.number for person in people]
