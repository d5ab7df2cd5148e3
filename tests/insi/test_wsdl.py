"""Our WSDL, or an official bundle put in its place: read from the disk alone."""

import shutil
import socket
from pathlib import Path

import pytest

from kiosk.core.sources.insi import InsFound, InsRefused
from kiosk.insi.envelope import OUR_WSDL, BundleError, Envelopes
from tests.insi.conftest import MakeClient
from tests.insi.test_searches import CARD


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """A bundle as publishers hand them out: another file name, sub-folder, W3C schema imported by its web address."""
    schemas = tmp_path / "xsd"
    schemas.mkdir()
    for file in OUR_WSDL.parent.glob("*.xsd"):
        if file.name != "ws-addr.xsd":
            shutil.copy(file, schemas)
    text = OUR_WSDL.read_text().replace('schemaLocation="', 'schemaLocation="xsd/')
    wsdl = tmp_path / "ServiceIdentiteCertifiee-v1.wsdl"
    wsdl.write_text(text.replace('"xsd/ws-addr.xsd"', '"http://www.w3.org/2006/03/addressing/ws-addr.xsd"'))
    return wsdl


@pytest.fixture(autouse=True)
def _no_name_is_resolved_but_localhost(monkeypatch: pytest.MonkeyPatch) -> None:
    resolve = socket.getaddrinfo

    def only_here(host: object, *rest: object, **more: object) -> object:
        assert host in ("localhost", "127.0.0.1"), "a WSDL is read from the disk alone"
        return resolve(host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", only_here)


def test_a_bundle_that_imports_a_w3c_schema_by_its_address_is_read_without_network(
    make_client: MakeClient, bundle: Path
) -> None:
    assert isinstance(make_client(wsdl=bundle).find_by_card(CARD, None, 8), InsFound)


def test_a_bundle_that_brings_the_w3c_schema_itself_is_read_from_there(bundle: Path) -> None:
    (bundle.parent / "ws-addr.xsd").write_text("<broken")
    with pytest.raises(BundleError):
        Envelopes(bundle)


@pytest.mark.parametrize("broken", ["missing", "not-xml", "not-insi", "import-from-nowhere", "dtd"])
def test_a_bundle_that_cannot_be_used_is_a_refusal_not_a_crash(
    make_client: MakeClient, bundle: Path, broken: str
) -> None:
    text = bundle.read_text()
    if broken == "missing":
        bundle.unlink()
    elif broken == "not-xml":
        bundle.write_text("WSDL")
    elif broken == "not-insi":
        bundle.write_text(text.replace("rechercherInsAvecCarteVitale", "autreChose"))
    elif broken == "import-from-nowhere":
        bundle.write_text(text.replace("ws-addr.xsd", "unknown.xsd"))
    else:
        bundle.write_text(text.replace("?>", '?><!DOCTYPE a [<!ENTITY e "x">]>', 1))
    answer = make_client(wsdl=bundle).find_by_card(CARD, None, 8)
    assert isinstance(answer, InsRefused)
    assert answer.code == "kiosk_wsdl"
