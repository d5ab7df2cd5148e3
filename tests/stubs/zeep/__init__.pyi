"""What is used of zeep: envelopes are made from a WSDL, nothing is sent. Its own types leave calls untyped."""

from collections.abc import Iterable
from typing import Protocol

from lxml import etree
from zeep import exceptions as exceptions
from zeep.proxy import ServiceProxy
from zeep.wsdl import Document

class _Loader(Protocol):
    def load(self, url: str) -> bytes: ...

class Settings:
    def __init__(self, *, strict: bool, forbid_dtd: bool, forbid_entities: bool, forbid_external: bool) -> None: ...

class Client:
    wsdl: Document
    def __init__(self, wsdl: str, *, transport: _Loader, settings: Settings) -> None: ...
    def bind(self, service_name: str, port_name: str) -> ServiceProxy: ...
    def create_message(
        self, service: ServiceProxy, operation_name: str, *, _soapheaders: Iterable[etree._Element], **criteria: object
    ) -> etree._Element: ...
