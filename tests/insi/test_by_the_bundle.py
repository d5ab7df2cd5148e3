"""Every request is valid by our own schemas, and by the official bundle's where ``INSI_BUNDLE`` names one."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from lxml import etree

from kiosk.core.identity.traits import Source
from kiosk.insi.envelope import OUR_WSDL, Caller, Cover, Envelopes
from kiosk.insi.names import BODIES, BY_CARD, BY_TRAITS, SOAP
from tests.insi.conftest import MakeClient
from tests.insi.schemas import Schemas, bundles
from tests.insi.test_held_cases import SPELT, UNKNOWN
from tests.insi.test_searches import CARD
from tests.people import OLA, PIERRE, ZOE

CALLER = Caller("10B0152872", "TEST00000001", "kiosk", "1.0", "b3549edd-4ae9-472a-b26f-fd2fb4ef397f")
NUMBER = {"NumIdentifiant": "2751263220749", "Cle": "74"}
BARE: dict[str, object] = {"MatriculeOD": NUMBER, "DateNaissance": "1951-20-00", "RangNaissance": "2"}
WHOLE: dict[str, object] = {"MatriculeIndividu": NUMBER, "NomNaissance": "D'ARTAGNAN", **BARE}
NAMED: dict[str, object] = {
    "NomNaissance": "LE--GOFF",
    "Prenom": ["JEAN-MARC PAUL"],
    "Sexe": "M",
    "DateNaissance": "1963-07-06",
}
REQUESTS = {
    "a child without a number": (BY_CARD, BARE, Cover("2751263220749", "", "1951-20-00", "2")),
    "all a card says": (BY_CARD, WHOLE, Cover("2751263220749", "2751263220749", "1951-20-00", "2")),
    "traits": (BY_TRAITS, NAMED, Cover()),
    "traits with a place": (BY_TRAITS, {**NAMED, "LieuNaissance": "2B020"}, Cover()),
}


def parts_of(request: bytes) -> list[etree._Element]:
    root = etree.fromstring(request)
    return [*root.iterfind(f"{{{SOAP}}}Header/*"), *root.iterfind(f"{{{SOAP}}}Body/*")]


def problems(schemas: Schemas, request: bytes) -> list[str]:
    return [why for part in parts_of(request) if (why := schemas.why_not(part))]


@pytest.mark.parametrize("wsdl", bundles(), ids=lambda wsdl: wsdl.name)
@pytest.mark.parametrize(("operation", "criteria", "cover"), REQUESTS.values(), ids=REQUESTS)
def test_what_is_made_from_a_bundle_is_valid_by_it(
    wsdl: Path, operation: str, criteria: dict[str, object], cover: Cover
) -> None:
    request = Envelopes(wsdl).make(operation, criteria, CALLER, cover, "2026-11-29T10:00:00Z")
    assert problems(Schemas(wsdl), request.body) == []


@pytest.mark.parametrize("wsdl", bundles(), ids=lambda wsdl: wsdl.name)
def test_every_request_of_a_whole_search_is_valid(make_client: MakeClient, wsdl: Path) -> None:
    client, schemas = make_client(wsdl=wsdl), Schemas(wsdl)
    reads = [read for read, *_ in SPELT.values()]
    answers = [client.find_person(None, None, read, 20) for read in reads]
    answers += [client.find_person(None, None, one.traits(Source.STAFF), 20) for one in (ZOE, OLA, PIERRE)]
    answers += [client.find_person(card, CARD, ZOE.traits(Source.DOCUMENT), 20) for card in (CARD, UNKNOWN)]
    calls = [call for answer in answers for call in answer.exchanges]
    assert {call.operation for call in calls} == set(BODIES)
    assert len(calls) > 20
    assert [problems(schemas, call.request) for call in calls if problems(schemas, call.request)] == []


def test_a_request_that_is_not_by_the_schema_is_found_and_named_without_a_value() -> None:
    request = Envelopes().make(BY_TRAITS, NAMED, CALLER, Cover(), "2026-11-29T10:00:00Z").body
    for good, bad in ((b">M<", b">X<"), (b"1963-07-06", b"6/7/1963"), (b"Prenom>", b"Surnom>"), (b'R="4"', b"")):
        assert good in request
        found = problems(Schemas(OUR_WSDL), request.replace(good, bad))
        assert len(found) == 1
        assert "GOFF" not in found[0]


def test_a_bundle_with_another_layout_that_imports_by_web_address_is_read_from_the_disk(tmp_path: Path) -> None:
    (tmp_path / "xsd").mkdir()
    for file in OUR_WSDL.parent.glob("*.xsd"):
        if file.name != "ws-addr.xsd":
            shutil.copy(file, tmp_path / "xsd")
    text = OUR_WSDL.read_text().replace('schemaLocation="', 'schemaLocation="xsd/')
    wsdl = tmp_path / "ServiceIdentiteCertifiee-v1.wsdl"
    wsdl.write_text(text.replace('"xsd/ws-addr.xsd"', '"http://www.w3.org/2006/03/addressing/ws-addr.xsd"'))
    request = Envelopes(wsdl).make(BY_CARD, WHOLE, CALLER, Cover("2751263220749"), "2026-11-29T10:00:00Z")
    assert problems(Schemas(wsdl), request.body) == []
    told = subprocess.run(
        [sys.executable, "-c", "from tests.insi.schemas import bundles; print(len(bundles()), bundles()[-1].name)"],
        env={"INSI_BUNDLE": str(wsdl), "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.split() == ["2", wsdl.name]
