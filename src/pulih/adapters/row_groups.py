"""Row groups of `signals.parquet`, read again and again: those that were read last stay in memory, up to a bound.

Thousands of findings ask for the same few groups, and unpacking one takes longer than all that is done with it.
"""

from __future__ import annotations

import contextlib
from collections import OrderedDict
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from pulih.model.errors import OutsideFailed, RefusedInput

KEPT_BYTES: Final = 32 << 20


class RowGroups:
    """The groups of one file, once its writer has finished."""

    def __init__(self, path: Path, columns: Collection[str], *, kept_bytes: int = KEPT_BYTES) -> None:
        """Take the path of the file, the columns that it has to have, and how much of it stays in memory."""
        self._path = path
        self._kept_bytes = kept_bytes
        self._columns = columns
        self._kept: OrderedDict[tuple[int, tuple[str, ...]], pa.Table] = OrderedDict()
        self._bytes = 0

    @contextlib.contextmanager
    def opened(self) -> Iterator[pq.ParquetFile]:
        """Open the file; RefusedInput where it lacks a column, OutsideFailed where it cannot be read."""
        try:
            with pq.ParquetFile(self._path) as file:
                there = set(file.schema_arrow.names)
                missing = [name for name in self._columns if name not in there]
                if missing:
                    raise RefusedInput(
                        f"{self._path}: there is no column {missing[0]}, so another version wrote it, or no backtest; "
                        "run the backtest again, or take this file away"
                    )
                yield file
        except (OSError, pa.ArrowException) as problem:
            raise OutsideFailed(f"{self._path} cannot be read again ({problem}); run once more") from problem

    def table(self, file: pq.ParquetFile, group: int, columns: tuple[str, ...]) -> pa.Table:
        """Return columns of a group of the opened file."""
        key = (group, columns)
        found = self._kept.pop(key, None)
        if found is None:
            found = file.read_row_group(group, columns=list(columns))
            self._bytes += found.nbytes
        self._kept[key] = found
        # The one that is asked for goes out too where it alone is too large: whoever asked holds it.
        while self._bytes > self._kept_bytes:
            self._bytes -= self._kept.popitem(last=False)[1].nbytes
        return found
