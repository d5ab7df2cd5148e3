"""INSi asked in three ways, each at a simulated host that lets in no other: what is shown, kept, and refused."""

import datetime
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree

from kiosk import pkcs11
from kiosk.core.identity.dates import BirthDate
from kiosk.core.identity.traits import Sex, Source, Traits
from kiosk.core.sources.insi import InsCertificateTrouble, InsFound, InsRefused
from kiosk.insi import assertion
from kiosk.insi.card import ByCard, Card
from kiosk.insi.config import Practice, PscAccess
from kiosk.insi.faults import advice
from kiosk.insi.simulated.cards import OfCards
from kiosk.insi.simulated.simulator import Simulator
from kiosk.insi.simulated.testpki import TestPki
from kiosk.insi.simulated.vouching import Doorkeeper, OfTokens
from kiosk.insi.ways import ByToken, Signed
from tests.insi.conftest import MakeClient, config_for
from tests.insi.professionals import CODE, DOCTOR, NURSE, PRACTICE, SECURITY, TOKEN, TestCard
from tests.insi.test_searches import CARD

ZOE = Traits(Source.DOCUMENT, "ADRUN", given_names=("ZOE",), sex=Sex.FEMALE, birth_date=BirthDate("1975-12-31"))
NOW = datetime.datetime.now(datetime.UTC)
SOON = NOW + datetime.timedelta(hours=4)  # longer than all the tests take
LEA = Signed(NURSE.national_id, TOKEN, SOON, profession="60")
PAUL = Signed(DOCTOR.national_id, "doctor", SOON, profession="10")


def host(pki: TestPki, doorkeeper: Doorkeeper) -> Simulator:
    return Simulator(pki.insi_certificate, pki.insi_key, pki.ca, doorkeeper=doorkeeper)


@pytest.fixture
def of_tokens(pki: TestPki) -> Iterator[Simulator]:
    known = {TOKEN: NURSE.national_id, "doctor": DOCTOR.national_id}
    with host(pki, OfTokens(SECURITY, lambda token: known.get(token, ""))).running() as simulator:
        yield simulator


@pytest.fixture
def of_cards(pki: TestPki, card: TestCard) -> Iterator[Simulator]:
    with host(pki, OfCards(SECURITY, (card.authority,))).running() as simulator:
        yield simulator


def by_token(there: Simulator, pki: TestPki, who: Signed = LEA, **changes: object) -> ByToken:
    access = PscAccess(there.endpoint, PRACTICE, **changes)
    return ByToken(config_for(there, pki), access, who)


def test_a_professional_is_answered_in_their_name_by_both_searches_and_no_exchange_holds_the_token(
    make_client: MakeClient, of_tokens: Simulator, pki: TestPki, capsys: pytest.CaptureFixture[str]
) -> None:
    client = make_client(way=by_token(of_tokens, pki))
    for answer in (client.find_by_card(CARD, None, 8), client.find_by_traits(ZOE, 8)):
        assert isinstance(answer, InsFound)
        kept = b"".join(call.request + call.response for call in answer.exchanges)
        assert NURSE.national_id.encode() in kept
        assert TOKEN.encode() not in kept
    told = capsys.readouterr()
    assert TOKEN not in told.out + told.err


def test_a_card_is_answered_in_its_holders_name_and_signs_once_a_question(
    make_client: MakeClient, of_cards: Simulator, pki: TestPki, card: TestCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed: list[bytes] = []
    sign = pkcs11.sign
    monkeypatch.setattr(pkcs11, "sign", lambda *given: (signed.append(given[2]), sign(*given))[1])
    reader = Card(card.access(of_cards.endpoint))
    for count in (1, 2):
        client = make_client(way=ByCard(config_for(of_cards, pki), reader))
        assert isinstance(client.find_by_traits(ZOE, 8), InsFound)
        assert isinstance(client.find_by_card(CARD, None, 8), InsFound)
        assert len(signed) == count


def test_each_host_lets_in_its_own_way_alone(
    make_client: MakeClient,
    simulator: Simulator,
    of_tokens: Simulator,
    of_cards: Simulator,
    pki: TestPki,
    card: TestCard,
) -> None:
    for there in (simulator, of_tokens, of_cards):
        ways = {
            id(simulator): None,
            id(of_tokens): by_token(there, pki),
            id(of_cards): ByCard(config_for(there, pki), Card(card.access(there.endpoint))),
        }
        for home, way in ways.items():
            answer = make_client(way=way, endpoint=there.endpoint).find_by_card(CARD, None, 8)
            assert isinstance(answer, InsFound) is (home == id(there)), (home, answer)


@pytest.mark.parametrize(
    ("who", "changes", "code"),
    [
        (replace(LEA, until=NOW), {}, "kiosk_psc-session"),
        (replace(LEA, token="unknown"), {}, "simu_jeton"),
        (replace(LEA, national_id=DOCTOR.national_id), {}, "simu_assertion"),  # in another's name
        (PAUL, {}, "kiosk_speciality"),
        (PAUL, {"speciality": "01"}, ""),
        (replace(PAUL, skills=("SM54",)), {"specialities": (("SM54", "03"),)}, ""),
        (replace(PAUL, skills=("SM26",)), {"specialities": (("SM54", "03"),)}, "kiosk_speciality"),
    ],
)
def test_who_may_not_ask_is_refused_with_a_code_and_what_to_do(
    make_client: MakeClient, of_tokens: Simulator, pki: TestPki, who: Signed, changes: dict[str, object], code: str
) -> None:
    answer = make_client(way=by_token(of_tokens, pki, who, **changes)).find_by_card(CARD, None, 8)
    assert (answer.code if isinstance(answer, InsRefused) else "") == code
    assert isinstance(answer, InsFound) is (code == "")
    if code.startswith("kiosk_"):
        assert answer.exchanges == ()
        assert advice(code) != advice("unheard-of")


def _said(text: str, instead: str) -> Callable[[bytes], bytes]:
    return lambda body: body.replace(text.encode(), instead.encode())


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (_said("750712184", "750712185"), "simu_assertion"),  # the FINESS key
        (_said('NameQualifier="PSC"', 'NameQualifier="CPS"'), "simu_assertion"),
        (_said("secteurActivite", "codeSpecialiteAMO"), "simu_assertion"),
        (_said("wsse:Security", "wsse:Securite"), "simu_security"),
        (_said('Version="2.0"', 'Version="1.1"'), "simu_assertion"),
        (_said(NOW.strftime('NotBefore="%Y'), 'NotBefore="1999'), "simu_assertion"),  # longer than an hour
    ],
)
def test_the_tokens_host_is_strict_about_each_word_of_the_assertion(
    make_client: MakeClient,
    of_tokens: Simulator,
    pki: TestPki,
    monkeypatch: pytest.MonkeyPatch,
    spoil: Callable[[bytes], bytes],
    code: str,
) -> None:
    accept = of_tokens._rules.accept
    spoilt: list[bytes] = []

    def on_the_way(body: bytes, *rest: object) -> object:
        spoilt.append(spoil(body))
        assert spoilt[-1] != body
        return accept(spoilt[-1], *rest)

    monkeypatch.setattr(of_tokens._rules, "accept", on_the_way)
    answer = make_client(way=by_token(of_tokens, pki)).find_by_card(CARD, None, 8)
    assert isinstance(answer, InsRefused)
    assert (answer.code, len(spoilt)) == (code, 1)


@pytest.mark.parametrize("wrong", ["authority", "tampered", "unsigned", "billing"])
def test_the_cards_host_takes_only_what_a_card_it_knows_signed(
    make_client: MakeClient,
    pki: TestPki,
    card: TestCard,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    wrong: str,
) -> None:
    from tests.insi.professionals import certify, rsa

    _, stranger = certify(rsa.generate_private_key(65537, 2048), "899700000009")
    known = stranger if wrong == "authority" else card.authority
    access = card.access()
    if wrong == "billing":
        access = replace(access, practice=Practice("750712185", "SA01"))
    expected = {"authority": "desir_560", "tampered": "simu_signature", "unsigned": "simu_signature"}
    with host(pki, OfCards(SECURITY, (known,))).running() as there:
        way = ByCard(config_for(there, pki), Card(replace(access, endpoint=there.endpoint)))
        if wrong in {"tampered", "unsigned"}:
            security = way.vouch(NOW).security
            assert security is not None
            if wrong == "tampered":
                next(security.iter(f"{{{assertion.SAML}}}AttributeValue")).text = "920100013"
            else:
                security[0].remove(security[0][1])
        answer = make_client(way=way).find_by_card(CARD, None, 8)
    assert isinstance(answer, InsRefused)
    assert answer.code == expected.get(wrong, "simu_assertion")


def test_a_code_that_the_card_refused_is_not_said_again_until_its_file_changes(
    make_client: MakeClient, of_cards: Simulator, pki: TestPki, card: TestCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[bytes | None] = []

    def sign(_uri: str, code: bytes | None, _data: bytes) -> bytes:
        said.append(code)
        raise pkcs11.TokenTroubleError("code refusé", pin_refused=True)

    monkeypatch.setattr(pkcs11, "sign", sign)
    reader = Card(card.access(of_cards.endpoint))
    for _ in range(3):
        answer = make_client(way=ByCard(config_for(of_cards, pki), reader)).find_by_card(CARD, None, 8)
        assert isinstance(answer, InsCertificateTrouble)
        assert answer.reason.startswith("pin:") and CODE not in answer.reason
    assert said == [CODE.encode()]
    card.code.write_text("0000\n")
    make_client(way=ByCard(config_for(of_cards, pki), reader)).find_by_card(CARD, None, 8)
    assert said == [CODE.encode(), b"0000"]
    card.code.write_text(f"{CODE}\n")


def test_what_a_professional_is_never_prints_itself() -> None:
    assert TOKEN not in repr(LEA) and NURSE.national_id not in f"{LEA} {NURSE}"
    assert etree.tostring(assertion.unsigned(NURSE, PRACTICE, "x", NOW, SOON)).count(NURSE.national_id.encode()) == 1
