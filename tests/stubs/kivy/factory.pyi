from collections.abc import Callable

from kivy.uix.widget import Widget

class _Factory:
    def register(self, classname: str, *, cls: type[Widget]) -> None: ...
    def get(self, name: str) -> Callable[..., Widget]: ...

Factory: _Factory
