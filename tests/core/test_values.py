"""The values of the core: nothing of them changes after it was made, and nothing about a person prints itself."""

import importlib
import pkgutil
from dataclasses import FrozenInstanceError, fields, is_dataclass

import pytest

import kiosk.core
from kiosk.core.checkin.value import CheckIn
from kiosk.core.confidential import Confidential
from kiosk.core.sources.document import (
    DocumentKind,
    DocumentReading,
    SealReading,
    SealVerdict,
    Validity,
    ValidityStatus,
)

VALUES = sorted(
    {
        value
        for module in pkgutil.walk_packages(kiosk.core.__path__, "kiosk.core.")
        for value in vars(importlib.import_module(module.name)).values()
        if isinstance(value, type) and is_dataclass(value) and value.__module__.startswith("kiosk.core.")
    },
    key=lambda value: f"{value.__module__}.{value.__qualname__}",
)


@pytest.mark.parametrize("value", VALUES)
def test_a_value_cannot_be_changed_nor_be_given_what_it_has_not(value: type) -> None:
    made = object.__new__(value)
    for name in [field.name for field in fields(value)]:
        with pytest.raises(FrozenInstanceError):
            setattr(made, name, None)
    assert not hasattr(made, "__dict__")


@pytest.mark.parametrize("value", [value for value in VALUES if issubclass(value, Confidential)])
def test_a_value_about_a_person_keeps_to_the_silence_it_inherited(value: type) -> None:
    assert value.__repr__ is Confidential.__repr__
    assert value.__str__ is Confidential.__str__
    assert value.__format__ is Confidential.__format__


def test_everything_about_a_person_is_such_a_value() -> None:
    classes = {
        value
        for module in pkgutil.walk_packages(kiosk.core.__path__, "kiosk.core.")
        for value in vars(importlib.import_module(module.name)).values()
        if isinstance(value, type) and issubclass(value, Confidential) and value is not Confidential
    }
    assert len(classes) > 20
    assert not [value for value in classes if "__dataclass_params__" not in vars(value)]


def test_what_nobody_said_of_a_document_is_not_said() -> None:
    assert not DocumentReading(DocumentKind.UNKNOWN).has_second_side
    assert not Validity(ValidityStatus.VALID).is_extended
    assert not SealReading(SealVerdict.NOT_VERIFIED, "", "", ()).is_compared
    assert next(field for field in fields(CheckIn) if field.name == "document_refused").default is False
