"""Modules say what they are: a name of the field, and one opening sentence."""

from __future__ import annotations

import ast
import re
from pathlib import PurePosixPath

from checkout import files, modules, texts

EMPTY_NAMES = frozenset({"utils", "util", "helpers", "helper", "common", "manager", "base", "misc", "tools"})
PURE_ROOMS = ("listen", "understand", "detect", "series", "model")


def test_no_module_or_folder_of_the_package_has_a_name_that_says_nothing() -> None:
    named = [name for name, _ in texts() if name.startswith(("src/", "tests/", "tools/")) and name.endswith(".py")]
    vague = [name for name in named if EMPTY_NAMES.intersection(_names(name))]
    assert vague == []


def test_every_module_opens_with_a_sentence() -> None:
    opened = ((name, nodes[0]) for name, nodes in modules("src", "tests", "tools"))
    silent = [name for name, tree in opened if isinstance(tree, ast.Module) and tree.body and not _opens_well(tree)]
    assert silent == []


def test_protocols_are_declared_in_ports_only() -> None:
    declared = {
        name
        for name, nodes in modules("src")
        for node in nodes
        if isinstance(node, ast.ClassDef) and any("Protocol" in ast.unparse(base) for base in node.bases)
    }
    assert [name for name in declared if not name.startswith("src/pulih/ports/")] == []


def test_only_the_entry_points_read_the_environment() -> None:
    readers = {
        name
        for name, nodes in modules("src")
        for node in nodes
        if isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv"}
    }
    assert readers <= {"src/pulih/main.py", "src/pulih/cli.py"}


def test_every_package_folder_holds_more_than_its_opening() -> None:
    """A room without furniture is an empty shell; the house builds rooms when they are needed."""
    rooms = {path.parent for path in files() if path.name == "__init__.py" and "src" in path.parts}
    furnished = {room for path in files() if path.name != "__init__.py" for room in path.parents}
    assert sorted(room.name for room in rooms - furnished) == []


def _names(name: str) -> set[str]:
    path = PurePosixPath(name)
    return {*path.parts[1:-1], path.stem}


def _opens_well(tree: ast.Module) -> bool:
    opening = ast.get_docstring(tree) or ""
    first = opening.split("\n\n")[0].strip()
    return bool(re.match(r"[A-Z`]", first)) and first.endswith((".", "?"))
