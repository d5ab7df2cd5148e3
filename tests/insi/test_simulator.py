"""The simulator is as strict as the real service: tried with envelopes written by hand, not with our client."""

import ssl
from http.client import HTTPSConnection
from urllib.parse import urlsplit

import pytest
import requests
from lxml import etree

from kiosk.insi.names import BY_CARD, BY_TRAITS
from kiosk.insi.simulated.answers import STYLES
from kiosk.insi.simulated.population import Population, generated
from kiosk.insi.simulated.simulator import Behaviour, Simulator
from kiosk.insi.simulated.testpki import TestPki
from tests.insi.envelopes import CARD_BODY, TRAITS_REQUEST

NS = {"s": "http://www.w3.org/2003/05/soap-envelope", "r": "http://www.cnamts.fr/INSiResultat", "e": "urn:siram"}
ACTION = f"urn:ServiceIdentiteCertifiee:1.0.0:{BY_TRAITS}"
CONTENT_TYPE = f'application/soap+xml; charset=utf-8; action="{ACTION}"'


def post(
    simulator: Simulator, pki: TestPki, body: str, content_type: str = CONTENT_TYPE, *, with_certificate: bool = True
) -> tuple[int, dict[str, str], bytes]:
    context = ssl.create_default_context(cafile=str(pki.ca))
    if with_certificate:
        context.load_cert_chain(pki.client_certificate, pki.client_key)
    where = urlsplit(simulator.endpoint)
    connection = HTTPSConnection(where.hostname or "", where.port, context=context, timeout=10)
    try:
        connection.request("POST", where.path, body.encode(), {"Content-Type": content_type})
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()
    finally:
        connection.close()


def code_of(answer: tuple[int, dict[str, str], bytes]) -> str:
    root = etree.fromstring(answer[2])
    error = root.find(".//e:Erreur", NS)
    return root.findtext(".//r:CodeCR", namespaces=NS) or (error.get("code", "") if error is not None else "")


def test_a_request_written_by_hand_is_answered(simulator: Simulator, pki: TestPki) -> None:
    answer = post(simulator, pki, TRAITS_REQUEST)
    assert answer[0] == 200
    assert code_of(answer) == "00"
    assert b"2751263220749" in answer[2]


def test_a_card_request_written_by_hand_is_answered(simulator: Simulator, pki: TestPki) -> None:
    start, end = TRAITS_REQUEST.index("<RECSANSVITALE"), TRAITS_REQUEST.index("  </s:Body>")
    request = (TRAITS_REQUEST[:start] + CARD_BODY + TRAITS_REQUEST[end:]).replace(BY_TRAITS, BY_CARD)
    assert code_of(post(simulator, pki, request, CONTENT_TYPE.replace(BY_TRAITS, BY_CARD))) == "00"


@pytest.mark.parametrize(
    ("written", "instead", "code"),
    [
        ("TEST00000001", "TEST00000002", "desir_550"),
        ('R="4"', "", "simu_contexte"),
        ("uuid:3d1ac113", "3d1ac113", "simu_message_id"),
        ("<l:Emetteur>10B0152872", "<l:Emetteur>10B0000000", "simu_emetteur"),
        ('Version="01_02"', "", "simu_contexte"),
        ("<b:COUVERTURE/>", "", "simu_contexte"),
        ("urn:lps:essai:1.0", "essai", "simu_nom"),
        ("b3549edd-4ae9-472a-b26f-fd2fb4ef397f", "1", "simu_instance"),
        (f"{BY_TRAITS}</a:Action>", f"{BY_CARD}</a:Action>", "simu_action"),
        ("<Prenom>ZOE", "<Prenom>Zoé", "simu_lexical"),
        ("<Prenom>ZOE", "<Prenom>ZOE-", "simu_lexical"),
        ("<NomNaissance>ADRUN", "<NomNaissance>ADRUN  B", "simu_lexical"),
        ("<Sexe>F", "<Sexe>I", "insi_24"),
        (
            "1975-12-31</DateNaissance>",
            "1975-12-31</DateNaissance><LieuNaissance>99999</LieuNaissance>",
            "simu_lieu",
        ),
        ("1975-12-31", "31/12/1975", "simu_schema"),
        ("RECSANSVITALE", "RECSANSRIEN", "simu_operation"),
        ("2003/05/soap-envelope", "2001/soap-envelope", "simu_enveloppe"),
        ("</s:Envelope>", "", "simu_xml"),
        (
            "<a:MessageID>",
            '<w:Security xmlns:w="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"/>'
            "<a:MessageID>",
            "simu_security",
        ),
        ("<s:Body>", "<s:Body><x/>", "simu_enveloppe"),
    ],
)
def test_a_request_that_is_not_right_is_refused(
    simulator: Simulator, pki: TestPki, written: str, instead: str, code: str
) -> None:
    assert written in TRAITS_REQUEST
    answer = post(simulator, pki, TRAITS_REQUEST.replace(written, instead))
    assert answer[0] == 500
    assert code_of(answer) == code


def test_the_element_order_of_the_schema_is_kept(simulator: Simulator, pki: TestPki) -> None:
    swapped = TRAITS_REQUEST.replace("<Sexe>F</Sexe>", "").replace("<Prenom>", "<Sexe>F</Sexe><Prenom>")
    assert code_of(post(simulator, pki, swapped)) == "simu_schema"


@pytest.mark.parametrize("content_type", ["text/xml; charset=utf-8", "application/soap+xml", f'a/b; action="{ACTION}"'])
def test_a_request_under_another_content_type_is_refused(simulator: Simulator, pki: TestPki, content_type: str) -> None:
    assert code_of(post(simulator, pki, TRAITS_REQUEST, content_type)) == "simu_content_type"


def test_without_a_client_certificate_nothing_is_answered(simulator: Simulator, pki: TestPki) -> None:
    with pytest.raises((ssl.SSLError, OSError)):
        post(simulator, pki, TRAITS_REQUEST, with_certificate=False)


def test_entities_in_a_request_are_refused(simulator: Simulator, pki: TestPki) -> None:
    request = TRAITS_REQUEST.replace("<s:Envelope", '<!DOCTYPE a [<!ENTITY z "ZOE">]><s:Envelope', 1)
    assert code_of(post(simulator, pki, request.replace(">ZOE<", ">&z;<"))) == "simu_enveloppe"


@pytest.mark.parametrize("kind", ["normal", "none", "http", "html", "fault"])
def test_every_answer_says_that_it_is_simulated(simulator: Simulator, pki: TestPki, kind: str) -> None:
    simulator.behave(Behaviour(kind))
    _, headers, body = post(simulator, pki, TRAITS_REQUEST)
    assert "simule" in headers["X-Simulateur"]
    assert headers["Server"].startswith("SimulateurINSi")
    assert kind in ("http", "html") or b"Simulateur INSi" in body


@pytest.mark.parametrize("style", STYLES)
def test_every_style_of_answer_is_well_formed_and_says_the_same(simulator: Simulator, pki: TestPki, style: str) -> None:
    simulator.behave(Behaviour(style=style))
    root = etree.fromstring(post(simulator, pki, TRAITS_REQUEST)[2])
    assert root.xpath("string(.//r:NumIdentifiant)", namespaces=NS) == "2751263220749"
    assert root.xpath("string(.//r:ListePrenom)", namespaces=NS) == "ZOE"


def test_the_control_page_tells_and_changes_how_it_behaves(simulator: Simulator, pki: TestPki) -> None:
    def control(wanted: object) -> int:
        return requests.post(simulator.control, json=wanted, timeout=10).status_code

    assert requests.get(simulator.control, timeout=10).json()["behaviour"]["kind"] == "normal"
    assert control({"kind": "none", "times": 1}) == 200
    assert code_of(post(simulator, pki, TRAITS_REQUEST)) == "01"
    assert code_of(post(simulator, pki, TRAITS_REQUEST)) == "00"
    for wrong in ({"kind": "unknown"}, {"kind": 3}, {"other": 1}, [], "none", {"seconds": "1"}):
        assert control(wrong) == 400


def test_generated_people_are_the_same_for_the_same_seed_and_cannot_exist() -> None:
    people = list(generated(5000, 7))
    assert people == list(generated(5000, 7))
    assert people != list(generated(5000, 8))
    assert len({person.number for person in people}) == 5000
    assert all(person.number[5:7] == "00" for person in people), "there is no département 00"
    population = Population(people)
    found = [population.by_traits(p.birth_name, p.given_names[0], p.sex, p.birth_date, "") for p in people]
    assert all(person in them for person, them in zip(people, found, strict=True))
    assert sum(len(them) == 1 for them in found) > 4900
