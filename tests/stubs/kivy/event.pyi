from collections.abc import Callable

class EventDispatcher:
    def bind(self, **called: Callable[..., object]) -> None: ...
