"""The table of kinds and faults in docs/listening.md is whole, and every test that it names exists (issue H)."""

from __future__ import annotations

import ast
import re
from functools import cache

from checkout import ROOT

from pulih.adapters.sources.kinds import kind_names

FAULTS = ("server restarts", "network cut", "twice", "another order", "malformed", "token ends", "ten minutes")
# Who calls the desk by itself is no kind of source.
CALLERS = {"Alertmanager", "WhatsApp and the other hooks", "TMF642 and TMF621, posted", "home probes"}
NUMBERED = re.compile(r"^(\d+)\. `([\w/]+\.py)::(\w+)`$", re.MULTILINE)
LETTERED = re.compile(r"^- ([a-z]): (.+)$", re.MULTILINE)


@cache
def section() -> str:
    page = (ROOT / "docs" / "listening.md").read_text()
    return page.partition("## Each kind and each fault\n")[2].partition("\n## ")[0]


@cache
def rows() -> dict[str, list[str]]:
    """Return the cells of each row by its first."""
    lines = [line for line in section().splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    assert tuple(cells[0]) == ("kind", "tried on", *FAULTS)
    return {first: rest for first, *rest in cells[2:]}


def told(cell: str) -> list[str]:
    return [one.strip() for one in cell.split(",")]


def test_each_kind_that_there_is_has_a_row_and_each_row_a_kind() -> None:
    named = [name for first in rows() for name in re.findall(r"`(\w+)`", first)]
    assert set(named) == set(kind_names())
    assert {first for first in rows() if "`" not in first} == CALLERS


def test_each_cell_names_a_test_or_says_why_none_can_be() -> None:
    known = {number for number, _, _ in NUMBERED.findall(section())} | {one for one, _ in LETTERED.findall(section())}
    wrong = {
        (first, fault): cell
        for first, (_, *cells) in rows().items()
        for fault, cell in zip(FAULTS, cells, strict=True)
        if not known.issuperset(told(cell))
    }
    assert wrong == {}


def test_each_number_and_each_letter_beneath_the_table_is_used_in_it() -> None:
    used = {one for _, *cells in rows().values() for cell in cells for one in told(cell)}
    listed = [number for number, _, _ in NUMBERED.findall(section())]
    assert listed == [str(number) for number in range(1, len(listed) + 1)]
    assert {*listed, *(one for one, _ in LETTERED.findall(section()))} == used


def test_each_test_that_the_table_names_exists() -> None:
    missing = [
        f"{file}::{name}"
        for _, file, name in NUMBERED.findall(section())
        if not (ROOT / file).exists() or name not in _functions(file)
    ]
    assert missing == []


@cache
def _functions(file: str) -> frozenset[str]:
    tree = ast.parse((ROOT / file).read_text())
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
