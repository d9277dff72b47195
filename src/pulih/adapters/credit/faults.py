"""Faults: rows of a table that cannot be used, told one by one, or set aside in a file of their own."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from pulih.model.errors import RefusedInput

_SCHEMA: Final = pa.schema(
    [("file", pa.string()), ("row", pa.int64()), ("subscriber_id", pa.string()), ("reason", pa.string())]
)


class Fault(msgspec.Struct, frozen=True):
    """A row that cannot be used: its number (1 is the first after a header), whose it is as far as known, and why."""

    file: str
    row: int
    subscriber: str
    reason: str

    def refusal(self) -> RefusedInput:
        """The fault as a refusal of the whole run."""
        return RefusedInput(
            f"{self.file}, row {self.row}: {self.reason}. Mend the row, or set such rows aside with --lenient."
        )


def write_faults(faults: Iterable[Fault], path: Path) -> None:
    """Write rows that were set aside, in the order of files and rows.

    Raises: OSError when the disk refuses.
    """
    rows = [
        {"file": fault.file, "row": fault.row, "subscriber_id": fault.subscriber, "reason": fault.reason}
        for fault in faults
    ]
    pq.write_table(pa.Table.from_pylist(rows, schema=_SCHEMA), path)
