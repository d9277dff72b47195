"""Segment sheet: who is told what, as CSV for people and platforms, or as JSON lines.

A spreadsheet takes a cell that begins with = + - @ for a formula and does what it says (CSV injection). So such a cell
gets an apostrophe before it; a bare number such as +6281... is let be, since a platform must get it as it is, and a
spreadsheet makes nothing of it but that number.

Source: RFC 4180; CWE-1236.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from typing import Final, Literal

import msgspec

from pulih.ports.segments import Addressed

SheetForm = Literal["csv", "jsonl"]
COLUMNS: Final = Addressed.__struct_fields__
_FORMULA: Final = re.compile(r"\s*[=+\-@]|[\t\r]")
_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,20}")
# Lines that are handed on together.
_AT_ONCE: Final = 1_000


def written(lines: Iterable[Addressed], form: SheetForm) -> Iterator[str]:
    """Yield the file, piece by piece.

    >>> line = Addressed("=1+1", "xl", "31", "any", "surely", "id", "Pulih.", "", "a", "n1")
    >>> "".join(written([line], "csv")).splitlines()[1]
    "'=1+1,xl,31,any,surely,id,Pulih.,,a,n1"
    """
    if form == "jsonl":
        for line in lines:
            yield msgspec.json.encode(line).decode() + "\n"
        return
    held = io.StringIO()
    table = csv.writer(held, lineterminator="\r\n")
    table.writerow(COLUMNS)
    for number, line in enumerate(lines, 1):
        table.writerow([safe_cell(cell) for cell in msgspec.structs.astuple(line)])
        if number % _AT_ONCE == 0:
            yield held.getvalue()
            held.seek(0)
            held.truncate()
    yield held.getvalue()


def safe_cell(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula.

    >>> safe_cell("+6281200000001"), safe_cell("+62 & more"), safe_cell("@SUM(1+1)")
    ('+6281200000001', "'+62 & more", "'@SUM(1+1)")
    """
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text
