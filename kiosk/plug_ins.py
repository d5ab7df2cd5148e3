"""What a site plugs in, by its name in the settings: an entry point of one of the groups that the guides name."""

from collections.abc import Callable
from importlib.metadata import entry_points
from typing import Any


def called(group: str, name: str) -> Callable[..., Any] | None:
    """What the plug-in of this name is made with; None when none is installed."""
    found = next((one for one in entry_points(group=group) if one.name == name), None)
    make: Callable[..., Any] | None = found.load() if found is not None else None
    return make
