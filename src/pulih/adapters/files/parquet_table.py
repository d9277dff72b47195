"""Reads Parquet through Arrow, a few thousand rows at a time, whatever the size of its row groups."""

from __future__ import annotations

import contextlib
from collections.abc import Generator, Iterator, Sequence
from typing import BinaryIO, Final, cast

import pyarrow as pa
import pyarrow.parquet as pq

from pulih.adapters.files.lines import refuse_damaged
from pulih.adapters.files.origin import DamagedError, Origin
from pulih.adapters.files.reasons import NOT_UTF8, refused
from pulih.adapters.files.sample import Sample, add_cells
from pulih.adapters.files.table import Cells, Row, Table
from pulih.model.errors import RefusedInput
from pulih.ports.files import RefusedRow

_BATCH_ROWS: Final = 2_048
_BUFFER_BYTES: Final = 1 << 20
_BAD: Final = object()  # stands for a cell whose bytes are not UTF-8


class ParquetTable(Table):
    """A Parquet file; see table.Table. Its row numbers count rows, the first is 1."""

    def __init__(self, origin: Origin) -> None:
        """Read it once to know it. Raises RefusedInput when there are none, or the file is damaged."""
        self._origin = origin
        self.format = "Parquet"
        self.notes: list[tuple[str, str]] = []
        with self._sound() as file:
            schema = pq.ParquetFile(file).schema_arrow
            flat = [field.name for field in schema if not pa.types.is_nested(field.type)]
        self.names: tuple[str, ...] = tuple(dict.fromkeys(flat))
        sample: Sample[Cells] = Sample()
        for row in self.records(self.names):
            if isinstance(row, tuple):
                add_cells(sample, row[1])
        self.sample = sample.rows()
        if not self.sample:
            raise RefusedInput(f"{origin.label} has no rows; wanted is at least one")

    def records(self, picked: Sequence[str]) -> Generator[Row | RefusedRow]:
        """Yield every row with the cells of the columns `picked`, or its refusal."""
        wanted = sorted({name for name in picked if name})
        row = 1
        with self._sound() as file:
            # Threads would each keep memory of their own; decoding is a small part of the work.
            batches = pq.ParquetFile(file, buffer_size=_BUFFER_BYTES).iter_batches(
                _BATCH_ROWS, columns=wanted, use_threads=False
            )
            while (batch := self._next(batches, row)) is not None:
                columns = {name: _values(batch.column(batch.schema.names.index(name))) for name in wanted}
                columns[""] = [""] * batch.num_rows
                for cells in zip(*(columns[name] for name in picked), strict=True):
                    if _BAD in cells:
                        yield refused(self._origin.name, row, NOT_UTF8)
                    else:
                        yield row, cells
                    row += 1

    def _next(self, batches: Iterator[pa.RecordBatch], row: int) -> pa.RecordBatch | None:
        try:
            return next(batches, None)
        except (pa.ArrowException, OSError, ValueError) as problem:
            raise refuse_damaged(self._origin.label, row - 1, problem) from None

    @contextlib.contextmanager
    def _sound(self) -> Iterator[BinaryIO]:
        """Open the file; what Arrow says about a damaged one becomes a sentence."""
        try:
            with self._origin.seekable() as file:
                yield file
        except (DamagedError, pa.ArrowException, OSError, ValueError) as problem:
            raise refuse_damaged(self._origin.label, 0, problem) from None


def _values(column: pa.Array) -> list[object]:
    """Return the cells of one column as Python values; times as datetime, everything else as it is."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    kind = column.type
    if pa.types.is_timestamp(kind):
        # Nanoseconds do not fit into a datetime; nothing is lost that a complaint could mean.
        column = column.cast(pa.timestamp("us", kind.tz and "UTC"), safe=False)
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind):
        return [_text(value) for value in column.to_pylist()]
    try:
        return cast("list[object]", column.to_pylist())
    except UnicodeDecodeError:
        return [_text(value) for value in column.cast(pa.large_binary()).to_pylist()]
    except (ValueError, OverflowError):
        return [_value(scalar) for scalar in column]


def _value(scalar: pa.Scalar) -> object:
    """Return one value; a moment that Python's calendar does not have (the year 30000) becomes words."""
    try:
        return cast("object", scalar.as_py())
    except (ValueError, OverflowError):
        return "outside the calendar"


def _text(value: bytes | None) -> object:
    if value is None:
        return ""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return _BAD
