"""Rows of a CSV file as text, with their numbers, and those whose number of values does not fit the header."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.csv as pv

from pulih.adapters.credit.columns import TABLES, check_names
from pulih.adapters.credit.faults import Fault
from pulih.model.errors import RefusedInput

_OTHER_SIGNS = ";\t|"


def csv_batches(path: str, table: str) -> Iterator[tuple[pa.RecordBatch, pa.Array, list[Fault]]]:
    """Read a CSV file with a header, separated by commas, in UTF-8.

    Args:
        path: the file, plain or gzip.
        table: a name in `columns.TABLES`.

    Returns: batches of text columns (an empty value is null), row numbers, and rows with too many or too few values.
    Raises: RefusedInput for a header without the columns; what pyarrow and the disk raise.
    """
    misfits: list[int] = []
    told: list[Fault] = []

    def set_aside(row: pv.InvalidRow) -> str:
        # The reader counts the header as a row.
        misfits.append(row.number - 1)
        reason = f"the row has {row.actual_columns} values; its header has {row.expected_columns}"
        told.append(Fault(path, row.number - 1, "", reason))
        return "skip"

    names = TABLES[table].names
    try:
        reader = pv.open_csv(
            path,
            read_options=pv.ReadOptions(use_threads=False),
            parse_options=pv.ParseOptions(invalid_row_handler=set_aside, newlines_in_values=True),
            convert_options=pv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=True, null_values=[""]
            ),
        )
    except pa.ArrowInvalid as error:
        if "Empty CSV" in str(error):
            raise RefusedInput(f"{path}: the file is empty; its first line names the columns.") from None
        raise
    (first, *others) = reader.schema.names
    other = next((sign for sign in _OTHER_SIGNS if sign in first), None)
    if other is not None and not others:
        raise RefusedInput(f"{path}: the header is separated by {other!r}; separate values with commas.")
    check_names(path, table, reader.schema.names)
    read = 0
    for batch in reader:
        numbers = pa.array([_number(read + index, misfits) for index in range(len(batch))], pa.int64())
        read += len(batch)
        yield batch.select(names), numbers, told[:]
        told.clear()
    if told:
        yield (
            pa.RecordBatch.from_pylist([], schema=pa.schema([(name, pa.string()) for name in names])),
            pa.array([], pa.int64()),
            told[:],
        )


def _number(index: int, misfits: list[int]) -> int:
    """The row number of the index-th row that was kept, when some before it were not."""
    number = index + 1
    while (moved := index + 1 + bisect_right(misfits, number)) != number:
        number = moved
    return number
