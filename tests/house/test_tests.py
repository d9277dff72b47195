"""Tests say what they hold in a sentence, run always, and never replace what they test."""

from __future__ import annotations

import ast
import re

from checkout import modules

# Joined, so that this file does not contain what it forbids.
REPLACING = tuple(".".join(parts) for parts in (("mock", "patch"), ("monkeypatch", "setattr"), ("mocker", "patch")))
NOT_RUNNING = frozenset({"skip", "skipif", "xfail", "importorskip"})


def test_no_test_replaces_what_it_tests() -> None:
    used = [
        (name, node.lineno)
        for name, nodes in modules("tests")
        for node in nodes
        if isinstance(node, ast.Attribute) and ast.unparse(node).endswith(REPLACING)
    ]
    assert used == []


def test_no_test_is_skipped_or_expected_to_fail() -> None:
    used = [
        (name, node.lineno)
        for name, nodes in modules("tests")
        for node in nodes
        if isinstance(node, ast.Attribute) and node.attr in NOT_RUNNING and "pytest" in ast.unparse(node)
    ]
    assert used == []


def test_test_names_are_sentences() -> None:
    """Three words at least after `test_`: a subject, a verb, and what about it."""
    terse = [
        f"{name}: {node.name}"
        for name, nodes in modules("tests")
        for node in nodes
        if isinstance(node, ast.FunctionDef) and re.fullmatch(r"test(_[a-z0-9]+){0,2}", node.name)
    ]
    assert terse == []
