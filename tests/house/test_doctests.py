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
    module = importlib.import_module(name)
    runner = doctest.DocTestRunner()
    for described in doctest.DocTestFinder().find(module, name):
        # The runner looks first whether any file that Python has read has changed, thousands of them; `doctest.testmod`
        # makes it do so for each object, though nine in ten have no example.
        if described.examples:
            runner.run(described)
    assert runner.failures == 0
