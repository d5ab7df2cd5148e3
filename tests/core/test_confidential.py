"""What is about a person never prints itself, never changes, and holds nothing but its fields."""

import dataclasses
import importlib
import pkgutil
from dataclasses import FrozenInstanceError
from typing import get_args

import pytest

import kiosk.core
from kiosk.core.confidential import Confidential
from kiosk.core.identity.dates import BirthDate
from kiosk.core.status.transitions import Event as Change
from kiosk.core.turn.events import Command, Event
from kiosk.core.turn.screens import Screen
from tests.core.examples import CARD, FOUND, INSI, NUMBER

MODULES = [importlib.import_module(each.name) for each in pkgutil.walk_packages(kiosk.core.__path__, "kiosk.core.")]
DATACLASSES = sorted(
    {
        value
        for module in MODULES
        for value in vars(module).values()
        if isinstance(value, type) and dataclasses.is_dataclass(value) and value.__module__.startswith("kiosk.core")
    },
    key=lambda kind: (kind.__module__, kind.__name__),
)
PERSONAL = [kind for kind in DATACLASSES if issubclass(kind, Confidential)]


@pytest.mark.parametrize("kind", PERSONAL, ids=lambda kind: kind.__name__)
def test_what_is_about_a_person_prints_as_confidential(kind: type) -> None:
    assert kind.__repr__ is Confidential.__repr__
    assert kind.__str__ is Confidential.__str__
    assert kind.__format__ is Confidential.__format__


@pytest.mark.parametrize("kind", DATACLASSES, ids=lambda kind: kind.__name__)
def test_a_fact_is_frozen_and_holds_only_its_fields(kind: type) -> None:
    parameters = kind.__dataclass_params__
    assert parameters.frozen
    assert "__slots__" in vars(kind)
    assert not hasattr(kind, "__dict__") or "__dict__" not in vars(kind)


@pytest.mark.parametrize("value", [INSI, CARD, FOUND, NUMBER, BirthDate("1975-12-31")])
def test_no_way_of_writing_a_value_spills_it(value: Confidential) -> None:
    for text in (str(value), repr(value), f"{value}", f"{value:>80}", f"{value!r}"):
        assert text == f"<{type(value).__name__}: confidential>"


def test_a_value_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        NUMBER.number = "1"


@pytest.mark.parametrize("kind", [*get_args(Event), *get_args(Command), *get_args(Screen), *get_args(Change)])
def test_what_happens_what_is_ordered_and_what_is_shown_are_facts(kind: type) -> None:
    assert dataclasses.is_dataclass(kind)
    assert "__slots__" in vars(kind)
