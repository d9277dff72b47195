"""What every file format becomes: named columns, a sample of rows, and all rows cell by cell.

The rest of this package knows a file only in this form, so that the formats differ nowhere else.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Generator, Sequence
from typing import Final

from pulih.ports.files import RefusedRow

Row = tuple[int, Sequence[object]]
Cells = Sequence[object]

COLUMNS_MAX: Final = 10_000


class Table(ABC):
    """One file, opened as columns and rows.

    Attributes:
        format: for people, such as "CSV (comma)".
        names: the columns, in order.
        sample: readable rows to choose columns by, one cell a column; the same ones in whatever order the rows are.
        notes: what a reader must know about how it was opened, pairs (English, Indonesian).
    """

    format: str
    names: tuple[str, ...]
    sample: list[Cells]
    notes: list[tuple[str, str]]

    @abstractmethod
    def records(self, picked: Sequence[str]) -> Generator[Row | RefusedRow]:
        """Yield every row with the cells of the columns `picked`, or its refusal.

        Args:
            picked: at least two column names; the first two must have a cell in a row, others may end
                early. "" stands for a column that is absent: its cells are "".
        """
