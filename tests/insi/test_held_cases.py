"""The cases that a search must not miss: card, document, then its other writings; every call kept."""

from dataclasses import replace
from datetime import datetime

import pytest
from lxml import etree

from kiosk.core.identity.dates import BirthDate
from kiosk.core.identity.traits import NameForm, Sex, Source, Traits
from kiosk.core.sources.card import Beneficiary
from kiosk.core.sources.insi import (
    InsAnswer,
    InsFound,
    InsNotFound,
    InsRefused,
    InsSeveral,
    InsUnreachable,
)
from kiosk.insi.client import InsiClient
from kiosk.insi.names import BY_CARD, BY_TRAITS, SOAP
from kiosk.insi.search import MOST
from kiosk.insi.simulated.population import SPELT_PEOPLE, Person
from kiosk.insi.simulated.simulator import Behaviour, Simulator
from tests import people
from tests.insi.conftest import MakeClient
from tests.people import CHLOE, CLARA, LINA, MARIE, OLA, PIERRE, SOPHIE, ZOE

pytestmark = pytest.mark.long  # plays case after case

# a number that INSi does not know: the card was not renewed, or is another regime's
UNKNOWN = Beneficiary("ADRUN", "ZOE", "1975-12-31", nir="2751263220748", nir_key="75")


def said(answer: InsAnswer) -> list[tuple[str, str, str]]:
    """Each exchange of an answer: with the card or by which names, and the code answered."""
    return [
        ("card", "", call.code)
        if call.operation == BY_CARD
        else (*(_element(call.request, name) for name in ("NomNaissance", "Prenom")), call.code)
        for call in answer.exchanges
    ]


def _element(request: bytes, name: str) -> str:
    body = etree.fromstring(request).find(f"{{{SOAP}}}Body")
    return next((each.text or "" for each in body.iter("{*}" + name)), "")


def zone(birth_name: str, *given_names: str, of: Person, form: NameForm = NameForm.MRZ) -> Traits:
    """What a machine-readable zone says of somebody."""
    date = BirthDate(of.birth_date)
    return Traits(
        *(Source.DOCUMENT, birth_name), given_names=given_names, sex=Sex(of.sex), birth_date=date, name_form=form
    )


def test_the_card_says_nobody_and_the_document_is_right(client: InsiClient) -> None:
    answer = client.find_person(UNKNOWN, None, ZOE.traits(Source.DOCUMENT), 8)
    assert isinstance(answer, InsFound)
    assert said(answer) == [("card", "", "01"), ("ADRUN", "ZOE", "00")]
    assert [call.operation for call in answer.exchanges] == [BY_CARD, BY_TRAITS]


def test_with_a_card_whose_time_is_over_nothing_is_called(client: InsiClient, simulator: Simulator) -> None:
    """Nor again: each call is begun within that time, as within the search's."""
    assert said(client.find_person(ZOE.beneficiary(), None, ZOE.traits(Source.DOCUMENT), 8, card_seconds=0)) == []
    simulator.behave(Behaviour("http"))
    answer = client.find_person(ZOE.beneficiary(), None, None, 8, card_seconds=0.5)
    began = [datetime.fromisoformat(call.started_at) for call in answer.exchanges]
    assert began and (began[-1] - began[0]).total_seconds() <= 0.5


def test_what_the_card_finds_is_not_asked_again_with_the_document(client: InsiClient) -> None:
    answer = client.find_person(ZOE.beneficiary(), None, ZOE.traits(Source.DOCUMENT), 8)
    assert isinstance(answer, InsFound)
    assert said(answer) == [("card", "", "00")]


def test_without_a_card_the_document_alone_is_asked_with(client: InsiClient) -> None:
    assert said(client.find_person(None, None, ZOE.traits(Source.DOCUMENT), 8)) == [("ADRUN", "ZOE", "00")]
    nothing = client.find_person(None, None, None, 8)
    assert isinstance(nothing, InsUnreachable)
    assert nothing.reason == "not-asked"


def test_a_card_that_is_refused_for_what_it_says_leads_on_to_the_document(
    client: InsiClient, simulator: Simulator
) -> None:
    document = ZOE.traits(Source.DOCUMENT)
    assert isinstance(client.find_person(replace(UNKNOWN, nir=""), None, document, 8), InsFound)  # refused here
    simulator.behave(Behaviour("fault", subcode="siram_100", code="insi_24", times=1))
    answer = client.find_person(UNKNOWN, None, document, 8)
    assert isinstance(answer, InsFound)
    assert said(answer) == [("card", "", "insi_24"), ("ADRUN", "ZOE", "00")]


@pytest.mark.parametrize("code", ["desir_550", "desir_560"])
def test_a_refusal_of_who_asks_is_not_repeated_with_the_document(
    client: InsiClient, simulator: Simulator, code: str
) -> None:
    simulator.behave(Behaviour("fault", subcode="siram_100", code=code))
    answer = client.find_person(UNKNOWN, None, ZOE.traits(Source.DOCUMENT), 8)
    assert isinstance(answer, InsRefused)
    assert said(answer) == [("card", "", code)]


def test_silence_on_the_card_is_not_nobody(client: InsiClient, simulator: Simulator) -> None:
    simulator.behave(Behaviour("http", times=1))
    answer = client.find_person(UNKNOWN, None, ZOE.traits(Source.DOCUMENT), 8)
    assert isinstance(answer, InsUnreachable)
    assert [call.operation for call in answer.exchanges] == [BY_CARD]


def test_several_by_the_card_stay_several_when_the_document_finds_nobody(
    client: InsiClient, simulator: Simulator
) -> None:
    one = ("HOUILLES", ("X",), "M", "1984-03-02", "63220", "1840363220001", "00")
    simulator.population.add(Person(*one, insured="1840363220009"))
    simulator.population.add(Person(*one[:5], "1840363220002", "00", insured="1840363220009"))
    insured = Beneficiary("", "", "", nir="1840363220009")
    answer = client.find_person(Beneficiary("", "PIERRE", "1984-03-02"), insured, PIERRE.traits(Source.DOCUMENT), 8)
    assert isinstance(answer, InsSeveral)
    assert said(answer)[0] == ("card", "", "02")
    assert {code for *_, code in said(answer)[1:]} == {"01"}


def test_nobody_by_card_and_document_is_nobody_with_every_call(client: InsiClient) -> None:
    card = Beneficiary("HOUILLES", "PIERRE", "1984-03-02", nir="1840363220001")
    answer = client.find_person(card, None, PIERRE.traits(Source.DOCUMENT), 8)
    assert isinstance(answer, InsNotFound)
    assert [name for _, name, _ in said(answer)] == ["", "PIERRE", "PAUL", "JACQUES", "PIERRE PAUL JACQUES"]


def test_a_document_that_insi_would_not_take_leaves_what_the_card_was_answered(client: InsiClient) -> None:
    unreadable = replace(ZOE.traits(Source.DOCUMENT), birth_name="ADRØN")
    answer = client.find_person(UNKNOWN, None, unreadable, 8)
    assert isinstance(answer, InsNotFound)
    assert said(answer) == [("card", "", "01")]


@pytest.mark.parametrize(("on_card", "shown"), [(LINA, ZOE), (CHLOE, CLARA)], ids=["a mother's", "a twin's"])
def test_another_persons_document_is_never_asked_with_for_the_cards_person(
    client: InsiClient, on_card: people.Person, shown: people.Person
) -> None:
    card = replace(on_card.beneficiary(), nir="2751263220748")
    answer = client.find_person(card, None, shown.traits(Source.DOCUMENT), 8)
    assert isinstance(answer, InsNotFound)
    assert said(answer) == [("card", "", "01")]


LE_SPACE, LE_HYPHEN, LE_DOUBLE, D_ARTAGNAN, O_BRIEN = SPELT_PEOPLE
SPELT = {
    "space": (
        zone("LE GOFF", "ANNE", "YVONNE", of=LE_SPACE),
        LE_SPACE,
        [("LE GOFF", "ANNE", "00")],
    ),
    "hyphen": (
        zone("LE GOFF", "MARC", "YVES", of=LE_HYPHEN),
        LE_HYPHEN,
        [
            ("LE GOFF", "MARC", "01"),
            ("LE GOFF", "YVES", "01"),
            ("LE GOFF", "MARC YVES", "01"),
            ("LE GOFF", "MARC-YVES", "01"),
            ("LE-GOFF", "MARC", "00"),
        ],
    ),
    "double hyphen, composite given name, three names": (
        zone("LE GOFF", "JEAN", "MARC", "PAUL", of=LE_DOUBLE),
        LE_DOUBLE,
        [
            ("LE GOFF", "JEAN", "01"),
            ("LE GOFF", "MARC", "01"),
            ("LE GOFF", "PAUL", "01"),
            ("LE GOFF", "JEAN MARC PAUL", "01"),
            ("LE GOFF", "JEAN-MARC", "01"),
            ("LE-GOFF", "JEAN", "01"),
            ("LE--GOFF", "JEAN", "01"),
            ("LE-GOFF", "JEAN-MARC", "01"),
            ("LE--GOFF", "JEAN-MARC", "00"),
        ],
    ),
    "apostrophe that ICAO drops": (
        zone("DARTAGNAN", "CHARLES", of=D_ARTAGNAN),
        D_ARTAGNAN,
        [("DARTAGNAN", "CHARLES", "01"), ("D'ARTAGNAN", "CHARLES", "00")],
    ),
    "apostrophe that the older French card writes as a filler": (
        zone("D ARTAGNAN", "CHARLES", of=D_ARTAGNAN, form=NameForm.MRZ_FRENCH_ID),
        D_ARTAGNAN,
        [("D ARTAGNAN", "CHARLES", "01"), ("D'ARTAGNAN", "CHARLES", "00")],
    ),
    "an Irish one": (
        zone("OBRIEN", "KATE", "MARY", of=O_BRIEN),
        O_BRIEN,
        [
            ("OBRIEN", "KATE", "01"),
            ("OBRIEN", "MARY", "01"),
            ("OBRIEN", "KATE MARY", "01"),
            ("OBRIEN", "KATE-MARY", "01"),
            ("O'BRIEN", "KATE", "00"),
        ],
    ),
    "typed by staff with a space": (
        replace(zone("LE GOFF", "MARC", of=LE_HYPHEN, form=NameForm.CIVIL), source=Source.STAFF),
        LE_HYPHEN,
        [("LE GOFF", "MARC", "01"), ("LE-GOFF", "MARC", "00")],
    ),
}


@pytest.mark.parametrize("with_card", [False, True], ids=["document alone", "after the card"])
@pytest.mark.parametrize(("read", "person", "expected"), SPELT.values(), ids=SPELT)
def test_a_name_is_found_under_the_writing_that_insi_holds(
    client: InsiClient, *, read: Traits, person: Person, expected: list[tuple[str, str, str]], with_card: bool
) -> None:
    card = Beneficiary(read.birth_name, person.given_names[0], person.birth_date, nir="1840363220001")
    answer = client.find_person(card if with_card else None, None, read, 8)
    assert isinstance(answer, InsFound)
    assert answer.matricule.number == person.number
    assert "found-by-secondary-name" not in answer.flags
    assert said(answer) == [("card", "", "01")] * with_card + expected
    assert len(answer.exchanges) <= MOST
    assert all(call.request and call.response for call in answer.exchanges)


def test_a_married_name_on_the_card_is_not_sent_as_a_birth_name(client: InsiClient, simulator: Simulator) -> None:
    person = Person(*("D'ESTREES-LEROY", ("MARIE-HELENE",), "F", MARIE.birth_date, "75990", MARIE.number, MARIE.key))
    simulator.population.add(person)
    card = MARIE.beneficiary()
    assert card.name == "MARTIN"
    answer = client.find_person(card, None, None, 8)
    assert isinstance(answer, InsFound)
    assert said(answer) == [("card", "", "00")]
    assert b"NomNaissance" not in answer.exchanges[0].request
    known = client.find_person(replace(card, birth_name="d'Estrées-Leroy"), None, None, 8)
    assert isinstance(known, InsFound)
    assert b"NomNaissance>D'ESTREES-LEROY<" in known.exchanges[0].request
    wrong = client.find_person(replace(card, birth_name="MARTIN"), None, None, 8)
    assert isinstance(wrong, InsNotFound), "the simulated service is as strict as the real one"


def test_the_second_given_name_first_is_found_after_the_others_and_flagged(client: InsiClient) -> None:
    card = Beneficiary("TCHITCHI", "OLA", OLA.birth_date, nir="2360663220001")
    answer = client.find_person(card, None, OLA.traits(Source.DOCUMENT), 8)
    assert isinstance(answer, InsFound)
    assert said(answer) == [("card", "", "01"), ("TCHITCHI", "OLA", "01"), ("TCHITCHI", "CATARINA", "00")]
    assert "found-by-secondary-name" in answer.flags


def test_an_insured_person_without_a_name_is_no_refusal(client: InsiClient, simulator: Simulator) -> None:
    child = ("GEMEAUX", ("CLARA",), "F", "2016-02-29", "69990", CLARA.number, CLARA.key)
    simulator.population.add(Person(*child, insured=SOPHIE.number, birth_rank="2"))
    insured = Beneficiary("", "", "", nir=SOPHIE.number, nir_key=SOPHIE.key)
    answer = client.find_person(Beneficiary("", "", "2016-02-29", "2"), insured, None, 8)
    assert isinstance(answer, InsFound)
    assert said(answer) == [("card", "", "00")]
    assert b"NomNaissance" not in answer.exchanges[0].request


@pytest.mark.parametrize("source", [Source.DOCUMENT, Source.STAFF])
def test_an_unknown_place_is_never_sent(client: InsiClient, simulator: Simulator, source: Source) -> None:
    simulator.behave(Behaviour("several"))
    answer = client.find_person(None, None, replace(ZOE.traits(source), birth_place_code="99999"), 8)
    assert isinstance(answer, InsSeveral)
    assert answer.exchanges
    assert not any(b"LieuNaissance" in call.request for call in answer.exchanges)


def test_what_insi_spelt_itself_is_asked_as_it_spelt_it(client: InsiClient) -> None:
    stored = Traits(
        *(Source.INSI, "LE GOFF"), given_names=("MARC",), sex=Sex.MALE, birth_date=BirthDate(LE_HYPHEN.birth_date)
    )
    assert said(client.find_by_traits(stored, 8)) == [("LE GOFF", "MARC", "01")]


def test_a_search_that_was_cut_short_goes_on_where_it_stopped(make_client: MakeClient, simulator: Simulator) -> None:
    read, person, expected = SPELT["hyphen"]
    card = Beneficiary("LE GOFF", "MARC", person.birth_date, nir="1840363220001")
    first = make_client(max_calls=3).find_person(card, None, read, 8)
    simulator.behave(Behaviour("http"))
    client = make_client()
    silent = client.find_person(card, None, read, 8, earlier=first.exchanges)
    assert isinstance(silent, InsUnreachable)
    assert len(silent.exchanges) == 1
    simulator.behave(Behaviour())
    last = client.find_person(card, None, read, 8, earlier=(*first.exchanges, *silent.exchanges))
    assert isinstance(last, InsFound)
    assert sorted(said(first) + said(last)) == sorted([("card", "", "01"), *expected])


def test_all_was_asked_before_nothing_is_asked_again(client: InsiClient, simulator: Simulator) -> None:
    card = Beneficiary("HOUILLES", "PIERRE", "1984-03-02", nir="1840363220001")
    first = client.find_person(card, None, PIERRE.traits(Source.DOCUMENT), 8)
    before = simulator.answered
    again = client.find_person(card, None, PIERRE.traits(Source.DOCUMENT), 8, earlier=first.exchanges)
    assert isinstance(again, InsNotFound)
    assert simulator.answered == before
    other = client.find_person(None, None, ZOE.traits(Source.DOCUMENT), 8, earlier=first.exchanges)
    assert said(other) == [("ADRUN", "ZOE", "00")], "what was asked about somebody else answers nothing"


def test_no_more_is_asked_than_allowed_card_and_document_together(make_client: MakeClient) -> None:
    card = Beneficiary("HOUILLES", "PIERRE", "1984-03-02", nir="1840363220001")
    for most in (1, 2, 3):
        answer = make_client(max_calls=most).find_person(card, None, PIERRE.traits(Source.DOCUMENT), 8)
        assert isinstance(answer, InsNotFound)
        assert len(answer.exchanges) == most
