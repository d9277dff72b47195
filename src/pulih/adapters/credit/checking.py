"""Checks the tables before an engine sees them: columns always, values where the engine does not look itself.

Parquet files say in their footers whether a column holds nulls and what its lowest value is, so a sound file is mostly
believed without being read. What is CSV, or has rows to be set aside, is copied; an engine reads sound Parquet only.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pulih.adapters.credit.columns import LISTED_FROM_US, LISTED_TO_US, TABLES, check_types, is_untyped
from pulih.adapters.credit.disk import reading, writing
from pulih.adapters.credit.faults import Fault
from pulih.adapters.credit.repetition import repeated_rows
from pulih.adapters.credit.tables import Batch, batches, is_csv
from pulih.ports.credit import CheckedInputs, CreditInputs, Progress

_ORDER: Final = ("subscribers", "presence", "affected", "paid")


class InputCheck:
    """Checks and copies into a folder that goes when the run is over; the port `InputChecker`.

    Attributes:
        faults: rows that were set aside.
        checked: path of each table that was checked, as an engine may read it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.faults: list[Fault] = []
        self.checked: dict[str, str] = {}

    def check(self, inputs: CreditInputs, *, lenient: bool, values: bool, progress: Progress) -> CheckedInputs:
        """Check all tables.

        Args:
            inputs: paths as given, Parquet or CSV.
            lenient: set rows aside that cannot be used, instead of refusing.
            values: look at values in Parquet too; CSV is always looked at.
            progress: told of each table.

        Returns: paths of sound Parquet, and how many rows were set aside.
        Raises: RefusedInput, naming file, row and reason; OutsideFailed when the disk refuses.
        """
        paths: dict[str, str] = {}
        set_aside: dict[str, int] = {}
        for step, table in enumerate(_ORDER):
            path: str | None = getattr(inputs, table)
            progress(f"checking {table}", step / len(_ORDER))
            if path is None:
                continue
            before = len(self.faults)
            paths[table] = self._checked(path, table, lenient=lenient, values=values)
            set_aside[table] = len(self.faults) - before
        self.checked = paths
        return CheckedInputs(inputs=CreditInputs(**paths), set_aside=set_aside)

    def _checked(self, path: str, table: str, *, lenient: bool, values: bool) -> str:
        clean = untyped = False
        if not is_csv(path):
            with reading(path), pq.ParquetFile(path) as file:
                check_types(path, table, file.schema_arrow)
                clean, untyped = _footer_is_clean(file.metadata, table), is_untyped(table, file.schema_arrow)
            if not untyped and (not (values or lenient) or (clean and table != "subscribers")):
                return path
        repeated = repeated_rows(path) if table == "subscribers" else frozenset()
        if is_csv(path) or untyped:
            return self._copied(path, table, repeated=repeated, lenient=lenient)
        if clean and not repeated:
            return path
        found = [fault for batch in _passing(path, table, repeated) for fault in batch.faults]
        if not found:
            return path
        if not lenient:
            raise found[0].refusal()
        return self._copied(path, table, repeated=repeated, lenient=lenient)

    def _copied(self, path: str, table: str, *, repeated: frozenset[int], lenient: bool) -> str:
        copy = self._folder / f"{table}.parquet"
        with writing(self._folder), pq.ParquetWriter(copy, TABLES[table]) as writer:
            for batch in _passing(path, table, repeated):
                if batch.faults and not lenient:
                    raise batch.faults[0].refusal()
                self.faults.extend(batch.faults)
                writer.write_batch(batch.rows)
        return str(copy)


def _passing(path: str, table: str, repeated: frozenset[int]) -> Iterator[Batch]:
    """Batches without the rows of subscribers who had a row before; those are faults too."""
    for batch in batches(path, table):
        if not repeated:
            yield batch
            continue
        twice = pc.is_in(batch.numbers, pa.array(sorted(repeated), pa.int64()))
        ids = batch.rows.column("subscriber_id").filter(twice).to_pylist()
        rows = batch.numbers.filter(twice).to_pylist()
        told = [
            Fault(path, row, str(id_), f"subscriber {id_} has a row already; each has one")
            for row, id_ in zip(rows, ids, strict=True)
        ]
        keep = pc.invert(twice)
        faults = sorted([*batch.faults, *told], key=lambda fault: fault.row)
        yield msgspec.structs.replace(
            batch, rows=batch.rows.filter(keep), numbers=batch.numbers.filter(keep), faults=faults
        )


def _footer_is_clean(metadata: pq.FileMetaData, table: str) -> bool:
    """Whether the footer proves that no column of the table holds a null, no fee is below zero, no listed time far."""
    for group in range(metadata.num_row_groups):
        row_group = metadata.row_group(group)
        for index in range(row_group.num_columns):
            column = row_group.column(index)
            if column.path_in_schema not in TABLES[table].names:
                continue
            statistics = column.statistics
            if statistics is None or not statistics.has_null_count or statistics.null_count:
                return False
            if not _within(column.path_in_schema, table, statistics):
                return False
    return True


def _within(column: str, table: str, statistics: pq.Statistics) -> bool:
    """Whether statistics prove that fees are 0 or more, and listed times in the years that they may be of."""
    if column == "monthly_fee_minor":
        return bool(statistics.has_min_max and statistics.min >= 0)
    if table == "affected" and column in ("start", "end"):
        return bool(
            statistics.has_min_max and statistics.min_raw >= LISTED_FROM_US and statistics.max_raw <= LISTED_TO_US
        )
    return True
