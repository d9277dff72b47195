"""How a separated file is written: its separator, whether quotes mean something, whether it has a header.

Tab-separated files are often written without any quoting, so that a quotation mark is a plain letter there;
reading them as quoted would glue rows together without a sign.
"""

from __future__ import annotations

import contextlib
import csv
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from pulih.adapters.files.written_time import moment_of

SEPARATORS: Final = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe"}


class Dialect(msgspec.Struct, frozen=True):
    """How to split a file into cells.

    Attributes:
        separator: one of SEPARATORS.
        quoted: a cell may be wrapped in quotation marks.
        header: the first row names the columns.
        skip: lines before the header (Excel's "sep=;").
    """

    separator: str = ","
    quoted: bool = True
    header: bool = True
    skip: int = 0


def dialect_of(lines: Sequence[str]) -> Dialect:
    """Return how the file that begins with `lines` is written.

    >>> dialect_of(["time;text\\n", "2025-10-03 08:48;mati, lagi\\n"]).separator
    ';'
    """
    first = lines[0].strip() if lines else ""
    if first.lower().startswith("sep=") and len(first) == 5 and first[4] in SEPARATORS:
        return _filled_in(first[4], lines[1:], skip=1)
    best = max(SEPARATORS, key=lambda separator: _fit(separator, lines))
    return _filled_in(best, lines, skip=0)


def _filled_in(separator: str, lines: Sequence[str], *, skip: int) -> Dialect:
    quoted = separator != "\t" or uses_quotes(lines)
    header = next(iter(_cells(separator, lines, quoted=quoted)), [])
    return Dialect(separator, quoted, not any(is_time(cell) for cell in header), skip)


def is_time(cell: str) -> bool:
    """Say whether a cell can be read as a time."""
    try:
        moment_of(cell.strip())
    except (ValueError, OverflowError):
        return False
    return True


def _cells(separator: str, lines: Sequence[str], *, quoted: bool) -> list[list[str]]:
    """Split the lines leniently: they are only looked at, and the last record may be cut."""
    rows = csv.reader(
        lines,
        delimiter=separator,
        quoting=csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE,
        skipinitialspace=separator != "\t",
    )
    found: list[list[str]] = []
    with contextlib.suppress(csv.Error):
        found.extend(row for row in rows if row)
    return found


def _fit(separator: str, lines: Sequence[str]) -> tuple[float, int]:
    """Return how well a separator explains the lines: share of rows as wide as the header, then the width."""
    rows = _cells(separator, lines, quoted=True)
    if not rows or len(rows[0]) < 2:
        return 0.0, 0
    same = sum(len(row) == len(rows[0]) for row in rows) / len(rows)
    return round(same, 1), len(rows[0])


def uses_quotes(lines: Iterable[str]) -> bool:
    """Say whether tab-separated lines wrap cells in quotation marks: most that are opened are closed as well.

    >>> uses_quotes(['a\\tb', '1\\t"mati, lagi"']), uses_quotes(['a\\tb', '1\\t"halo" kata dia'])
    (True, False)
    """
    opened = closed = broken = 0
    width = -1
    for line in lines:
        tabs = line.count("\t")
        width = tabs if width < 0 else width
        if '"' not in line:
            continue
        for cell in line.rstrip("\r\n").split("\t"):
            if cell.startswith('"'):
                opened += 1
                closed += len(cell) > 1 and cell.count('"') % 2 == 0 and cell.endswith('"')
        # A cell with a line end in it leaves two lines that are shorter than the header.
        broken += tabs < width
    # The last part of such a cell stands for the first, which is counted as opened.
    tails = min(broken, opened - closed)
    return 2 * (closed + tails) > opened
