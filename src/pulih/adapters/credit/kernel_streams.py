"""Streams of the kernel: Parquet files read ahead, a block at a time, and cut at the same subscribers.

Files may be far larger than memory. They have to be sorted by subscriber_id, which is looked at on the way: the kernel
never sorts, and refuses what is out of order with file and row.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor, Future
from itertools import pairwise
from typing import Final

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pulih.adapters.credit.columns import LISTED_YEARS
from pulih.adapters.credit.disk import reading
from pulih.adapters.credit.faults import Fault
from pulih.adapters.credit.kernel_exposure import Ints, first_disorder
from pulih.adapters.credit.tables import beyond_years
from pulih.model.errors import RefusedInput
from pulih.ports.credit import Unsuited

# Larger row groups are read in pieces of so many rows, smaller ones whole, which is faster, small ones together.
ROWS_AT_ONCE: Final = 1 << 20
_PAGE_BYTES: Final = 1 << 20
_INSTANT: Final = pa.timestamp("us", tz="UTC")
_SUBSCRIBER: Final = "subscriber_id"
FIRST_ID: Final = -(2**63)
LAST_ID: Final = 2**63 - 1


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """A file and what is read of it.

    Attributes:
        path: of the Parquet file, with the types of its table; "" for one that was not given.
        texts, numbers, instants: columns, beside subscriber_id.
        once: whether a subscriber may be given only once.
        least: smallest admitted value of numbers, by column.
        listed: whether its rows are those of listed subscribers, whose times lie in the years that they may be of.
    """

    path: str
    texts: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    instants: tuple[str, ...] = ()
    once: bool = False
    least: dict[str, int] = {}
    listed: bool = False

    @property
    def columns(self) -> list[str]:
        """All columns that are read."""
        return [_SUBSCRIBER, *self.numbers, *self.texts, *self.instants]


def rows_in(source: Source) -> int:
    """How many rows the file has.

    Raises: Unsuited where its footer shows already that it is not sorted; RefusedInput where it cannot be read.
    """
    with reading(source.path), pq.ParquetFile(source.path) as file:
        column = _place(file, _SUBSCRIBER)
        groups = [file.metadata.row_group(group).column(column) for group in range(file.num_row_groups)]
        known = [group.statistics for group in groups if group.statistics is not None and group.statistics.has_min_max]
        for before, after in pairwise(known):
            if after.min < before.max:
                raise _unsorted(f"{source.path}: a row group begins at subscriber_id {after.min} after {before.max}")
        return int(file.metadata.num_rows)


def perhaps_empty(path: str, columns: tuple[str, ...]) -> tuple[str, ...]:
    """Which of some columns may have an empty row, as far as the file's footer tells."""
    with reading(path), pq.ParquetFile(path) as file:
        places = {name: _place(file, name) for name in columns}
        groups = [file.metadata.row_group(group) for group in range(file.num_row_groups)]
        return tuple(name for name, place in places.items() if not all(_is_full(group, place) for group in groups))


def _place(file: pq.ParquetFile, name: str) -> int:
    """Where a column stands in the file's footer, in which further columns may be nested and so count for several."""
    return next(at for at in range(file.metadata.num_columns) if file.schema.column(at).path == name)


def _is_full(group: pq.RowGroupMetaData, column: int) -> bool:
    statistics = group.column(column).statistics
    return statistics is not None and statistics.has_null_count and statistics.null_count == 0


def blocks(source: Source, *, rows_at_once: int = ROWS_AT_ONCE) -> Iterator[pa.RecordBatch]:
    """Read a file block by block.

    Args:
        source: the file.
        rows_at_once: about how many rows a block has at most.

    Returns: batches that are not empty; text as dictionaries with 32-bit codes, instants in microseconds UTC.
    Raises: RefusedInput, naming file, row (1 is the first) and reason; Unsuited where ids go back.
    """
    row, previous = 0, FIRST_ID
    with reading(source.path), _opened(source) as file:
        for block in _read(file, source.columns, rows_at_once):
            batch = _checked(source, block, row)
            ids = ints(batch, _SUBSCRIBER)
            _refuse_disorder(source, ids, row, previous)
            previous = int(ids[-1])
            row += len(ids)
            yield batch


def ints(batch: pa.RecordBatch, column: str) -> Ints:
    """A column of whole numbers or instants, without a copy."""
    values = batch.column(column)
    return _fixed(values.view(pa.int64()).to_numpy() if pa.types.is_timestamp(values.type) else values.to_numpy())


def codes(batch: pa.RecordBatch, column: str) -> np.ndarray:
    """The codes of a column of text, without a copy; `batch.column(column).dictionary` says what they mean."""
    return _fixed(batch.column(column).indices.to_numpy())


class ReadAhead:
    """An iterator whose next block is made in another thread while this one is used."""

    def __init__(self, made: Iterator[pa.RecordBatch], threads: Executor) -> None:
        """Begin at once."""
        self._made = made
        self._threads = threads
        self._next: Future[pa.RecordBatch | None] = threads.submit(next, made, None)

    def take(self) -> pa.RecordBatch | None:
        """The next block; None at the end. What went wrong in the other thread is raised here."""
        block = self._next.result()
        if block is not None:
            self._next = self._threads.submit(next, self._made, None)
        return block


class SortedRows:
    """A file of which rows are taken up to one subscriber after another."""

    def __init__(self, ahead: ReadAhead | None, empty: pa.RecordBatch) -> None:
        """Take the blocks, or None for a file that was not given, and a batch of the same columns without rows."""
        self._ahead = ahead
        self._empty = empty
        self._block = empty
        self._ids: Ints = np.empty(0, np.int64)
        self._ended = ahead is None

    def known_to(self, first: int) -> int:
        """Up to which subscriber all rows are at hand, when those before `first` are of no use."""
        self._skip(first)
        while not len(self._ids) and not self._ended:
            self._load()
            self._skip(first)
        return LAST_ID if self._ended and not len(self._ids) else int(self._ids[-1]) - 1

    def take(self, last: int) -> pa.RecordBatch:
        """Rows of subscribers up to `last` that were not taken or skipped; without a copy where one block has them."""
        taken = []
        while True:
            stop = int(np.searchsorted(self._ids, last, side="right"))
            if stop:
                taken.append(self._block.slice(0, stop))
                self._keep(self._block.slice(stop))
            if len(self._ids) or self._ended:
                break
            self._load()
        return _joined(taken) if taken else self._empty

    def finish(self) -> None:
        """Look at what is left, which belongs to nobody, so that a file is either sound or refused."""
        while not self._ended:
            self._load()

    def _skip(self, first: int) -> None:
        self._keep(self._block.slice(int(np.searchsorted(self._ids, first))))

    def _load(self) -> None:
        block = self._ahead.take() if self._ahead is not None else None
        self._ended = block is None
        self._keep(self._empty if block is None else block)

    def _keep(self, block: pa.RecordBatch) -> None:
        self._block, self._ids = block, ints(block, _SUBSCRIBER)


def empty_batch(source: Source) -> pa.RecordBatch:
    """A batch of the source's columns without rows."""
    text = pa.dictionary(pa.int32(), pa.string())
    fields = [(_SUBSCRIBER, pa.int64()), *((name, pa.int64()) for name in source.numbers)]
    fields += [*((name, text) for name in source.texts), *((name, _INSTANT) for name in source.instants)]
    return pa.RecordBatch.from_pylist([], schema=pa.schema(fields))


def _joined(batches: list[pa.RecordBatch]) -> pa.RecordBatch:
    if len(batches) == 1:
        return batches[0]
    table = pa.Table.from_batches(batches).unify_dictionaries().combine_chunks()
    return table.to_batches()[0]


def _opened(source: Source) -> pq.ParquetFile:
    schema = pq.read_schema(source.path)
    plain = [name for name in source.texts if not pa.types.is_dictionary(schema.field(name).type)]
    return pq.ParquetFile(source.path, buffer_size=_PAGE_BYTES, pre_buffer=False, read_dictionary=plain)


def _read(file: pq.ParquetFile, columns: list[str], rows_at_once: int) -> Iterator[pa.RecordBatch]:
    sizes = [file.metadata.row_group(group).num_rows for group in range(file.num_row_groups)]
    begin = 0
    while begin < len(sizes):
        stop, rows = begin + 1, sizes[begin]
        while stop < len(sizes) and rows + sizes[stop] <= rows_at_once:
            rows += sizes[stop]
            stop += 1
        if rows <= 5 * rows_at_once // 4:
            table = file.read_row_groups(list(range(begin, stop)), columns=columns)
            yield from table.unify_dictionaries().combine_chunks().to_batches()
        else:
            yield from file.iter_batches(rows_at_once, row_groups=[begin], columns=columns)
        begin = stop


def _checked(source: Source, block: pa.RecordBatch, row: int) -> pa.RecordBatch:
    """The columns of a block in the forms that the kernel reads; RefusedInput for nulls and numbers too small."""
    columns = {}
    for name in source.columns:
        values = block.column(name)
        if values.null_count:
            at = int(pc.index(values.is_null(), value=True).as_py())
            raise _fault(source, block, row, at=at, reason=f"{name} is empty; every row has one")
        if name in source.least and (less := _first_less(values, source.least[name])) >= 0:
            reason = f"{name} is {values[less]}; a fee is {source.least[name]} or more"
            raise _fault(source, block, row, at=less, reason=reason)
        columns[name] = _coded(values) if name in source.texts else values
    batch = pa.RecordBatch.from_pydict(columns)
    if source.listed and (beyond := beyond_years(batch)):
        raise _fault(source, block, row, at=beyond[0], reason=LISTED_YEARS)
    return batch


def _coded(values: pa.Array) -> pa.DictionaryArray:
    """Text as a dictionary with 32-bit codes."""
    if not pa.types.is_dictionary(values.type):
        return values.cast(pa.string()).dictionary_encode()
    if values.type == pa.dictionary(pa.int32(), pa.string()):
        return values
    return pa.DictionaryArray.from_arrays(values.indices.cast(pa.int32()), values.dictionary.cast(pa.string()))


def _first_less(values: pa.Array, least: int) -> int:
    """Where the first value below the least admitted one stands; -1 when there is none."""
    numbers = values.to_numpy()
    if not len(numbers) or numbers.min() >= least:
        return -1
    return int(np.argmax(numbers < least))


def _fault(source: Source, block: pa.RecordBatch, row: int, *, at: int, reason: str) -> RefusedInput:
    who = block.column(_SUBSCRIBER)[at].as_py()
    return Fault(source.path, row + at + 1, str(who), reason).refusal()


def _refuse_disorder(source: Source, ids: Ints, row: int, previous: int) -> None:
    # The first id of all cannot be too small, and may be the smallest there is.
    at = first_disorder(ids[1:] if row == 0 else ids, int(ids[0]) if row == 0 else previous, source.once)
    if at < 0:
        return
    at += row == 0
    before = int(ids[at - 1]) if at else previous
    if ids[at] == before:
        reason = f"subscriber {before} has a row already; each has one"
        raise Fault(source.path, row + at + 1, str(before), reason).refusal()
    raise _unsorted(f"{source.path}, row {row + at + 1}: subscriber_id {ids[at]} stands after {before}")


def _unsorted(what: str) -> Unsuited:
    return Unsuited(
        f"{what}, and the kernel reads files that are sorted by subscriber_id. Sort the file, or use --engine auto."
    )


def _fixed(values: np.ndarray) -> np.ndarray:
    """The array as one that cannot be written, as those that arrow owns: the kernel is then compiled once."""
    values.flags.writeable = False
    return values
