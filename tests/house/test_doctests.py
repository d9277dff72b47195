"""Examples in docstrings are true."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
from collections.abc import Iterator

import pytest

import pulih


def _modules() -> Iterator[str]:
    for module in pkgutil.walk_packages(pulih.__path__, "pulih."):
        yield module.name


@pytest.mark.parametrize("name", sorted(_modules()))
def test_examples_of_a_module_are_true(name: str) -> None:
    failed, _ = doctest.testmod(importlib.import_module(name))
    assert failed == 0
