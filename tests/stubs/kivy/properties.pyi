"""A property is declared in a class, and its value read and set on an object: what was declared says of what kind."""

from typing import Generic, Self, TypeVar, overload

_Value = TypeVar("_Value")

class Property(Generic[_Value]):
    @overload
    def __get__(self, widget: None, owner: type) -> Self: ...
    @overload
    def __get__(self, widget: object, owner: type) -> _Value: ...
    def __set__(self, widget: object, value: _Value) -> None: ...

class BooleanProperty(Property[bool]):
    def __init__(self, defaultvalue: bool) -> None: ...

class ListProperty(Property[list[float]]):
    def __init__(self, defaultvalue: list[float]) -> None: ...

class NumericProperty(Property[float]):
    def __init__(self, defaultvalue: float) -> None: ...

class ObjectProperty(Property[_Value]):
    def __init__(self, defaultvalue: _Value, *, allownone: bool = False, rebind: bool = False) -> None: ...

class StringProperty(Property[str]):
    def __init__(self, defaultvalue: str) -> None: ...
