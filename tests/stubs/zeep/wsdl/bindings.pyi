from collections.abc import Mapping

class _Operation:
    soapaction: str | None

class _Binding:
    _operations: Mapping[str, _Operation]

class Soap12Binding(_Binding): ...
