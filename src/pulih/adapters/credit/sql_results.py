"""What the SQL engines give back: verdicts become the file of credits, and sums become totals.

A rule's number stands for its incident, policy, clause and explanation until here, so that the databases move whole
numbers only and the texts of a hundred million rows are written as dictionaries.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from pulih.adapters.credit.sql_rules import Pair
from pulih.adapters.disk_errors import disk_refused
from pulih.compensate.explaining import row_explanation
from pulih.compensate.totals import Sums, Totals, totals_of
from pulih.ports.credit import CreditTask

# A row of the question SUMS: rule, currency, qualified, credited, and affected_s, due and off as text.
SumRow = tuple[int, str, int, int, str, str, str]

_TEXT: Final = pa.dictionary(pa.int32(), pa.string())
SCHEMA: Final = pa.schema(
    [
        ("subscriber_id", pa.int64()),
        ("incident_id", _TEXT),
        ("policy_id", _TEXT),
        ("clause_id", _TEXT),
        ("affected_s", pa.int64()),
        ("amount_minor", pa.int64()),
        ("currency", _TEXT),
        ("explanation", _TEXT),
    ]
)

# Text is text to whoever reads the file; that it is written as dictionaries does not show.
_WRITING: Final[dict[str, Any]] = {"compression": "zstd", "compression_level": 1, "store_schema": False}


class CreditsFile:
    """Writes credits as they come, sorted by subscriber and rule, and counts them."""

    def __init__(self, task: CreditTask, pairs: tuple[Pair, ...]) -> None:
        """Begin the file of a task; `pairs` says what the number of a rule means."""
        self.credited_subscribers = 0
        self._path = Path(task.out)
        self._last_id: int | None = None
        self._texts = {
            "incident_id": pa.array([pair.incident.id for pair in pairs], pa.string()),
            "policy_id": pa.array([task.policy.id for _ in pairs], pa.string()),
            "clause_id": pa.array([pair.clause.id for pair in pairs], pa.string()),
            "explanation": pa.array(
                [row_explanation(task.policy, pair.incident, pair.clause) for pair in pairs], pa.string()
            ),
        }
        try:
            self._writer = pq.ParquetWriter(self._path, SCHEMA, **_WRITING)
        except OSError as error:
            raise disk_refused(error, self._path, doing="writing the credits") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._writer.close()

    def write(self, batch: pa.RecordBatch) -> None:
        """Add credits: subscriber_id, rule, affected_s, amount_minor, currency.

        Raises: OutsideFailed where the disk refuses.
        """
        if not batch.num_rows:
            return
        self._count(batch.column("subscriber_id").to_numpy())
        rules = batch.column("rule").cast(pa.int32())
        texts = {name: pa.DictionaryArray.from_arrays(rules, values) for name, values in self._texts.items()}
        columns = [texts[name] if name in texts else batch.column(name) for name in SCHEMA.names]
        columns = [column if column.type == kind else column.cast(kind) for column, kind in _with_types(columns)]
        try:
            self._writer.write_batch(pa.RecordBatch.from_arrays(columns, schema=SCHEMA))
        except OSError as error:
            raise disk_refused(error, self._path, doing="writing the credits") from error

    def _count(self, ids: np.ndarray) -> None:
        self.credited_subscribers += int(np.count_nonzero(ids[1:] != ids[:-1])) + int(ids[0] != self._last_id)
        self._last_id = int(ids[-1])


def _with_types(columns: list[pa.Array]) -> Iterable[tuple[pa.Array, pa.DataType]]:
    return zip(columns, SCHEMA.types, strict=True)


def totals_from(
    task: CreditTask,
    pairs: tuple[Pair, ...],
    rows: Iterable[SumRow],
    *,
    subscribers: int,
    credited_subscribers: int,
) -> Totals:
    """The totals of a run.

    Args:
        task: the run.
        pairs: what the number of a rule means.
        rows: of the question SUMS; wide sums come as text, since no column of a database holds every one of them.
        subscribers: rows of subscribers.
        credited_subscribers: distinct ones with a credit.
    """
    sums: dict[tuple[str, str], Sums] = {}
    for rule, currency, qualified, credited, affected_s, due, off in rows:
        key = (pairs[rule].incident.id, pairs[rule].clause.id)
        gathered = sums.setdefault(key, Sums())
        gathered.qualified += qualified
        gathered.credited += credited
        gathered.affected_s += int(affected_s)
        gathered.gross_minor[currency] += int(due)
        gathered.already_paid_minor[currency] += int(off)
        gathered.net_minor[currency] += int(due) - int(off)
    return totals_of(
        task.policy, task.incidents, sums, subscribers=subscribers, credited_subscribers=credited_subscribers
    )
