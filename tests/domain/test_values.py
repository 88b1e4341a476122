"""Values in, values out: what the domain passes around cannot be changed, and carries no stray attributes."""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import fields, is_dataclass
from types import ModuleType

import pytest

import dunning.domain
import receivables.domain

WORKING_SETS = {"_Ready", "Group"}  # filled while one decision is made, and never handed out


def _dataclasses(package: ModuleType) -> list[type]:
    modules = [
        importlib.import_module(f"{package.__name__}.{found.name}") for found in pkgutil.iter_modules(package.__path__)
    ]
    known = [(module, value) for module in modules for value in vars(module).values() if isinstance(value, type)]
    return [value for module, value in known if is_dataclass(value) and value.__module__ == module.__name__]


VALUES = [*_dataclasses(dunning.domain), *_dataclasses(receivables.domain)]


@pytest.mark.parametrize("value", VALUES, ids=lambda value: value.__name__)
def test_value_is_frozen_and_slotted(value: type) -> None:
    assert [*vars(value)["__slots__"]] == [field.name for field in fields(value)]
    assert vars(value)["__dataclass_params__"].frozen is (value.__name__ not in WORKING_SETS)


def test_working_sets_are_known() -> None:
    assert {value.__name__ for value in VALUES} >= WORKING_SETS
