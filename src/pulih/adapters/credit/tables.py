"""Reads a table of credits in batches, from Parquet or CSV, with every row that cannot be used named and why.

A batch holds sound rows only; what was wrong with the others comes beside it as faults, so that whoever reads decides
whether one fault stops the run or is set aside. Source: docs/credit.md, "Files that are refused".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pulih.adapters.credit.columns import LISTED_FROM_US, LISTED_TO_US, LISTED_YEARS, TABLES, check_types
from pulih.adapters.credit.csv_rows import csv_batches
from pulih.adapters.credit.disk import reading
from pulih.adapters.credit.faults import Fault
from pulih.compensate.checked_keys import shown
from pulih.compensate.incident_file import instant_us

BATCH_ROWS: Final = 1 << 17
_WHOLE: Final = re.compile(r"[+-]?[0-9]+", re.ASCII)
_INT64: Final = range(-(2**63), 2**63)
# No number of more digits fits; Python itself refuses to read one of thousands.
_DIGITS_MAX: Final = 30


class Batch(msgspec.Struct, frozen=True):
    """Sound rows with the columns and types of their table, their row numbers, and the faults of the others."""

    rows: pa.RecordBatch
    numbers: pa.Array
    faults: list[Fault]


def is_csv(path: str) -> bool:
    """Whether a file is CSV by its name; everything else is Parquet."""
    return path.lower().endswith((".csv", ".csv.gz"))


def batches(path: str, table: str, *, columns: tuple[str, ...] = ()) -> Iterator[Batch]:
    """Read a table.

    Args:
        path: Parquet, or CSV by its name.
        table: a name in `columns.TABLES`.
        columns: only these; all of the table when empty.

    Raises: RefusedInput for a missing, damaged or wrongly typed file.
    """
    schema = pa.schema([field for field in TABLES[table] if not columns or field.name in columns])
    source = csv_batches(path, table) if is_csv(path) else _parquet_batches(path, table, schema.names)
    with reading(path):
        for raw, numbers, faults in source:
            yield _sound(path, schema, raw, numbers=numbers, faults=faults)


def _parquet_batches(path: str, table: str, names: list[str]) -> Iterator[tuple[pa.RecordBatch, pa.Array, list[Fault]]]:
    with pq.ParquetFile(path) as file:
        check_types(path, table, file.schema_arrow)
        first = 1
        for batch in file.iter_batches(BATCH_ROWS, columns=names):
            yield batch.select(names), pa.array(np.arange(first, first + len(batch))), []
            first += len(batch)


def _sound(path: str, schema: pa.Schema, raw: pa.RecordBatch, *, numbers: pa.Array, faults: list[Fault]) -> Batch:
    """Turn columns into their types and leave out the rows in which that fails, or a value may not be."""
    wrong: dict[int, str] = {}
    columns = []
    for field in schema:
        column, failed = _typed(raw.column(field.name), field)
        for index, reason in failed.items():
            wrong.setdefault(index, reason)
        columns.append(column)
    rows = pa.RecordBatch.from_arrays(columns, schema=schema)
    if schema == TABLES["affected"]:
        for index in beyond_years(rows):
            wrong.setdefault(index, LISTED_YEARS)
    if not wrong:
        return Batch(rows, numbers, faults)
    ids = raw.column("subscriber_id")
    told = [
        Fault(path, numbers[index].as_py(), str(ids[index].as_py() or ""), reason)
        for index, reason in sorted(wrong.items())
    ]
    keep = pc.invert(pc.is_in(pa.array(np.arange(len(rows))), pa.array(sorted(wrong), pa.int64())))
    return Batch(rows.filter(keep), numbers.filter(keep), [*faults, *told])


def beyond_years(rows: pa.RecordBatch) -> list[int]:
    """Places of listed rows that exist and begin too early or end too late."""
    start, end = (rows.column(name).cast(pa.int64()) for name in ("start", "end"))
    outside = pc.or_(pc.less(start, LISTED_FROM_US), pc.greater(end, LISTED_TO_US))
    return _where(pc.and_(pc.less(start, end), outside))


def _typed(column: pa.Array, field: pa.Field) -> tuple[pa.Array, dict[int, str]]:
    """A column in its type, and why single values fail."""
    wrong: dict[int, str] = {}
    if column.null_count:
        wrong = dict.fromkeys(_where(pc.is_null(column)), f"{field.name} is empty; every row has one")
    if pa.types.is_string(column.type) and not pa.types.is_string(field.type):
        column = _cast_or_parsed(column, field, wrong)
    elif column.type != field.type:
        column = pc.cast(column, field.type)
    if field.name == "monthly_fee_minor":
        for index in _where(pc.less(column, 0)):
            wrong[index] = f"monthly_fee_minor is {column[index]}; a fee is 0 or more"
    return column, wrong


def _cast_or_parsed(column: pa.Array, field: pa.Field, wrong: dict[int, str]) -> pa.Array:
    """Text as numbers or times: all at once where that succeeds, else value by value."""
    # The cast takes hexadecimal numbers, too; nobody means them.
    hexadecimal = pa.types.is_integer(field.type) and pc.any(pc.match_substring_regex(column, "[xX]")).as_py()
    try:
        if not hexadecimal:
            return pc.cast(column, field.type)
    except pa.ArrowInvalid:
        pass
    values = []
    for index, text in enumerate(column.to_pylist()):
        try:
            values.append(None if text is None else _value(text, field.type))
        except ValueError as error:
            wrong[index] = f"{field.name} is {shown(text)}; {error}"
            values.append(None)
    return pa.array(values, pa.int64()).cast(field.type)


def _value(text: str, kind: pa.DataType) -> int:
    """A number, or a time in microseconds. Raises: ValueError, saying what would be right."""
    if not pa.types.is_timestamp(kind):
        return _whole(text)
    try:
        return int(pa.scalar(text).cast(kind).value)
    except pa.ArrowInvalid:
        return instant_us(text)


def _whole(text: str) -> int:
    if not _WHOLE.fullmatch(text):
        raise ValueError("a whole number belongs here")
    if len(text) > _DIGITS_MAX or int(text) not in _INT64:
        raise ValueError("a whole number that fits 64 bits belongs here")
    return int(text)


def _where(mask: pa.Array) -> list[int]:
    return list(pc.indices_nonzero(pc.fill_null(mask, False)).to_pylist())
