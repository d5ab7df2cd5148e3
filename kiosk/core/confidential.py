"""What is about a person never prints itself."""


class Confidential:
    """A value about a person (donnée à caractère personnel): no log line or error message can spill it.

    Frozen dataclasses inherit it and say ``repr=False``; a test checks every such type.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: confidential>"

    __str__ = __repr__

    def __format__(self, _spec: str) -> str:
        return repr(self)
