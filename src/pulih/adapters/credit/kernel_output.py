"""The file of credits as the kernel writes it: row groups in order, text as dictionaries, in a thread of its own.

What takes a name's place while the kernel runs is its number; the few names there are stand once in every row group.
"""

from __future__ import annotations

from concurrent.futures import Executor, Future
from pathlib import Path
from types import TracebackType
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from pulih.adapters.credit.disk import writing
from pulih.adapters.credit.kernel_credits import Credits
from pulih.adapters.credit.kernel_terms import RANK, Terms
from pulih.compensate.clauses import Policy
from pulih.compensate.explaining import row_explanation
from pulih.model.errors import OutsideFailed

ROWS_A_GROUP: Final = 1 << 20
_TEXT: Final = pa.dictionary(pa.int32(), pa.string())
SCHEMA: Final = pa.schema(
    [
        pa.field("subscriber_id", pa.int64(), nullable=False),
        *(pa.field(name, _TEXT, nullable=False) for name in ("incident_id", "policy_id", "clause_id")),
        pa.field("affected_s", pa.int64(), nullable=False),
        pa.field("amount_minor", pa.int64(), nullable=False),
        *(pa.field(name, _TEXT, nullable=False) for name in ("currency", "explanation")),
    ]
)
# Rising ids and repeated amounts are small without help of a strong compression; text is text to whoever reads it.
WRITING: Final[dict[str, Any]] = {
    "compression": "zstd",
    "compression_level": 1,
    "use_dictionary": [name for name in SCHEMA.names if name != "subscriber_id"],
    "column_encoding": {"subscriber_id": "DELTA_BINARY_PACKED"},
    "store_schema": False,
}


class CreditsFile:
    """Takes rows of credits, a row group at a time, while the next ones are worked out."""

    def __init__(self, path: Path, policy: Policy, terms: Terms, threads: Executor) -> None:
        """Open the file.

        Raises: OutsideFailed when the disk refuses, here and later.
        """
        self._path = path
        self._threads = threads
        self._pending: Future[None] | None = None
        by_rank = sorted(zip(terms.rows[:, RANK].tolist(), terms.pairs, strict=True), key=lambda row: row[0])
        self._incident = _names([incident.id for _, (incident, _) in by_rank])
        self._clause = _names([clause.id for _, (_, clause) in by_rank])
        self._why = _names([row_explanation(policy, *pair) for _, pair in by_rank])
        self._policy = _names([policy.id])
        with writing(path.parent):
            self._writer = pq.ParquetWriter(path, SCHEMA, **WRITING)

    def __enter__(self) -> CreditsFile:
        """Nothing more is to be opened."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        """Finish the file; where something failed before, only let go of it."""
        try:
            with writing(self._path.parent):
                self._wait()
                self._writer.close()
        except OutsideFailed:
            if error is None:
                raise

    def put(self, credits: Credits, rows: int, currencies: tuple[str, ...]) -> None:
        """Write the first rows of `credits`, which must not change any more; waits for the group before."""
        with writing(self._path.parent):
            self._wait()
        self._pending = self._threads.submit(self._write, credits, rows, pa.array(currencies, pa.string()))

    def _wait(self) -> None:
        pending, self._pending = self._pending, None
        if pending is not None:
            pending.result()

    def _write(self, credits: Credits, rows: int, currencies: pa.Array) -> None:
        rank = credits.rank[:rows]
        columns = [
            pa.array(credits.subscriber[:rows]),
            pa.DictionaryArray.from_arrays(pa.array(self._incident[0][rank]), self._incident[1]),
            pa.DictionaryArray.from_arrays(pa.array(np.zeros(rows, np.int32)), self._policy[1]),
            pa.DictionaryArray.from_arrays(pa.array(self._clause[0][rank]), self._clause[1]),
            pa.array(credits.affected_s[:rows]),
            pa.array(credits.amount[:rows]),
            pa.DictionaryArray.from_arrays(pa.array(credits.currency[:rows]), currencies),
            pa.DictionaryArray.from_arrays(pa.array(self._why[0][rank]), self._why[1]),
        ]
        self._writer.write_table(pa.Table.from_arrays(columns, schema=SCHEMA), row_group_size=max(1, rows))


def _names(names: list[str]) -> tuple[np.ndarray, pa.Array]:
    """Numbers of names by rank, and the names, each once."""
    each = list(dict.fromkeys(names))
    place = {name: number for number, name in enumerate(each)}
    return np.array([place[name] for name in names], np.int32), pa.array(each, pa.string())
