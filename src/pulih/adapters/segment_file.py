"""Segment file: who is told what, as CSV for people and platforms, or as JSON lines.

A spreadsheet takes a cell that begins with = + - @ for a formula and does what it says (CSV injection). So such a cell
gets an apostrophe before it; a bare number such as +6281... is let be, since a platform must get it as it is, and a
spreadsheet makes nothing of it but that number.

Source: RFC 4180; CWE-1236.
"""

from __future__ import annotations

import contextlib
import csv
import io
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, Literal, TextIO

import msgspec

from pulih.adapters.disk_errors import disk_refused
from pulih.ports.segments import Addressed

Form = Literal["csv", "jsonl"]
COLUMNS: Final = Addressed.__struct_fields__
_FORMULA: Final = re.compile(r"\s*[=+\-@]|[\t\r]")
_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,20}")
# Lines that are handed on together.
_AT_ONCE: Final = 1_000


def written(lines: Iterable[Addressed], form: Form) -> Iterator[str]:
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


def write_segments(lines: Iterable[Addressed], form: Form, target: Path | None, out: TextIO) -> None:
    """Write the file: to `out` when `target` is None, else whole or not at all, and readable by its owner alone.

    Raises: OutsideFailed when the disk refuses; what `lines` raises.
    """
    if target is None:
        out.writelines(written(lines, form))
        return
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        opened = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(opened, "w", encoding="utf-8", newline="") as file:
            for piece in written(lines, form):
                file.write(piece)
        draft.replace(target)
    except OSError as error:
        raise disk_refused(error, target, doing="writing it") from None
    finally:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)
