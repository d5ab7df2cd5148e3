"""INSi's requests, made by zeep from the WSDL (ours, or the official bundle): the only place that knows zeep."""

import copy
import logging
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import zeep
from lxml import etree
from zeep.proxy import ServiceProxy
from zeep.wsdl.bindings import Soap12Binding

from kiosk.insi.names import ACTIONS, BAM, BY_CARD, BY_TRAITS, LPS, WSA

OUR_WSDL = Path(__file__).parent / "wsdl" / "insi.wsdl"


class BundleError(Exception):
    """The WSDL cannot be used: not there, not INSi's, or asking for a file that is nowhere on this machine."""


class _LocalFiles:
    """Gives zeep the WSDL's files from the disk alone: an import by web address is answered by a local file or refused.

    Stands in for ``zeep.Transport``, of which the loading of documents is the only part used.
    """

    def __init__(self, beside: Path) -> None:
        self._beside = beside

    def load(self, url: str) -> bytes:
        """Read one document; of a web address, its last part names the file: beside the WSDL first, else our own."""
        if url.startswith(("http://", "https://")):
            name = url.partition("?")[0].rpartition("/")[2]
            for directory in (self._beside, OUR_WSDL.parent):
                if name and (directory / name).is_file():
                    return (directory / name).read_bytes()
            raise BundleError(f"nothing on this machine answers the import of {name}")
        return Path(url.removeprefix("file://")).read_bytes()


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: the part of the headers that never changes between two calls."""

    structure: str  # Emetteur: the certificate's OU
    idam: str
    software_name: str
    software_version: str
    instance: str


@dataclass(frozen=True, slots=True, repr=False)
class Cover:
    """The card's part of ContexteBAM (COUVERTURE): the insured's number, and the beneficiary's own data."""

    insured_number: str = ""
    number: str = ""
    birth_date: str = ""
    birth_rank: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class Request:
    """One request, ready to send."""

    operation: str
    message_id: str
    content_type: str
    body: bytes


class Envelopes:
    """Makes requests; the WSDL is read once."""

    def __init__(self, wsdl: Path | None = None) -> None:
        for name in ("zeep", "urllib3", "requests"):  # they log what they send
            logging.getLogger(name).setLevel(logging.CRITICAL)
        path = (wsdl or OUR_WSDL).resolve()
        settings = zeep.Settings(strict=True, forbid_dtd=True, forbid_entities=True, forbid_external=False)
        try:
            loader = _LocalFiles(path.parent)
            self._client = zeep.Client(str(path), transport=loader, settings=settings)
        except (OSError, etree.XMLSyntaxError, zeep.exceptions.Error) as error:
            raise BundleError(f"{path.name}: {type(error).__name__}") from error
        self._proxy, self._actions = self._find()

    def _find(self) -> tuple[ServiceProxy, dict[str, str]]:
        for service in self._client.wsdl.services.values():
            for port in service.ports.values():
                operations = port.binding._operations
                if isinstance(port.binding, Soap12Binding) and {BY_CARD, BY_TRAITS} <= set(operations):
                    actions = {name: operations[name].soapaction or ACTIONS[name] for name in (BY_CARD, BY_TRAITS)}
                    return self._client.bind(service.name, port.name), actions
        raise BundleError("the WSDL has no SOAP 1.2 port with both searches")

    def make(
        self,
        operation: str,
        criteria: Mapping[str, object],
        caller: Caller,
        cover: Cover,
        now: str,
        security: etree._Element | None = None,
    ) -> Request:
        """Make one request; ``now`` is the time of the call, ISO 8601 in UTC; ``security`` says which professional."""
        message_id = f"uuid:{uuid.uuid4()}"
        action = self._actions[operation]
        headers = [_context_lps(caller, now), *_addressing(action, message_id), _context_bam(caller, cover, now)]
        if security is not None:
            headers.insert(0, copy.deepcopy(security))  # an element stands in one envelope only
        envelope = self._client.create_message(self._proxy, operation, _soapheaders=headers, **criteria)
        body = etree.tostring(envelope, xml_declaration=True, encoding="UTF-8")
        return Request(operation, message_id, f'application/soap+xml; charset=utf-8; action="{action}"', body)


def _element(namespace: str, name: str, text: str = "", **attributes: str) -> etree._Element:
    element = etree.Element(f"{{{namespace}}}{name}", attributes)
    element.text = text or None
    return element


def _inside(parent: etree._Element, name: str, text: str = "", **attributes: str) -> etree._Element:
    child = etree.SubElement(parent, f"{{{etree.QName(parent).namespace}}}{name}", attributes)
    child.text = text or None
    return child


def _addressing(action: str, message_id: str) -> tuple[etree._Element, etree._Element]:
    return _element(WSA, "Action", action), _element(WSA, "MessageID", message_id)


def _context_lps(caller: Caller, now: str) -> etree._Element:
    context = _element(LPS, "ContexteLPS", Nature="CTXLPS", Version="01_00")
    _inside(context, "Id", str(uuid.uuid4()))
    _inside(context, "Temps", now)
    _inside(context, "Emetteur", caller.structure)
    software = _inside(context, "LPS")
    _inside(software, "IDAM", caller.idam, R="4")
    _inside(software, "Version", caller.software_version)
    _inside(software, "Instance", caller.instance)
    _inside(software, "Nom", f"urn:lps:{caller.software_name}:{caller.software_version}")
    return context


def _context_bam(caller: Caller, cover: Cover, now: str) -> etree._Element:
    context = _element(BAM, "ContexteBAM", Version="01_02", Nature="CTXBAM")
    _inside(context, "Id", str(uuid.uuid4()))
    _inside(context, "Temps", now)
    _inside(context, "Emetteur", caller.structure)
    part = _inside(context, "COUVERTURE")
    if cover.insured_number:
        _inside(_inside(_inside(part, "ASSURE"), "Id"), "Num", cover.insured_number)
    if cover.number or cover.birth_date or cover.birth_rank:
        person = _inside(part, "BENEFICIAIRE")
        if cover.number:
            _inside(_inside(person, "Nir"), "Num", cover.number)
        if cover.birth_date:
            _inside(person, "DateNai", cover.birth_date)
        if cover.birth_rank:
            _inside(person, "Rang", cover.birth_rank)
    return context
