from collections.abc import Mapping

from zeep.wsdl.bindings import _Binding

class _Port:
    name: str
    binding: _Binding

class _Service:
    name: str
    ports: Mapping[str, _Port]

class Document:
    services: Mapping[str, _Service]
