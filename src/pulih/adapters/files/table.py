"""What every file format becomes: named columns, a first sample of rows, and all rows cell by cell.

The rest of this package knows a file only in this form, so that the formats differ nowhere else.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Generator, Iterator, Sequence
from typing import Final

from pulih.ports import RefusedRow

# How many rows are looked at before reading: enough to see the kinds of columns, and bounded in bytes too.
SAMPLE_ROWS: Final = 1_000
SAMPLE_CHARS: Final = 1 << 23

Row = tuple[int, Sequence[object]]


class Table(ABC):
    """One file, opened as columns and rows.

    Attributes:
        format: for people, such as "CSV (comma)".
        names: the columns, in order.
        sample: the first readable rows, each with its row number and one cell a column.
        notes: what a reader must know about how it was opened, pairs (English, Indonesian).
    """

    format: str
    names: tuple[str, ...]
    sample: list[Row]
    notes: list[tuple[str, str]]

    @abstractmethod
    def records(self, picked: Sequence[str]) -> Generator[Row | RefusedRow]:
        """Yield every row with the cells of the columns `picked`, or its refusal.

        Args:
            picked: at least two column names; the first two must have a cell in a row, others may end
                early. "" stands for a column that is absent: its cells are "".
        """


def sampled(rows: Iterator[Row | RefusedRow]) -> list[Row]:
    """Return the first readable rows, bounded in number and size."""
    sample: list[Row] = []
    chars = 0
    for looked_at, row in enumerate(rows, 1):
        if isinstance(row, tuple):
            sample.append(row)
            chars += sum(len(cell) for cell in row[1] if isinstance(cell, str))
        if looked_at >= SAMPLE_ROWS or chars > SAMPLE_CHARS:
            break
    return sample
