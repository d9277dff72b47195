"""Counts subscribers: by plan, region, segment and way of paying, and whom each clause of a policy does not admit."""

from __future__ import annotations

from collections import Counter

import pyarrow as pa
import pyarrow.compute as pc

from pulih.adapters.credit.repetition import repeated_rows
from pulih.adapters.credit.report_tally import ATTRIBUTES
from pulih.adapters.credit.tables import batches
from pulih.compensate.clauses import Amount, Clause, Policy


class SubscriberCounts:
    """What the table of subscribers holds.

    Attributes:
        rows: of it that can be used.
        groups: by dimension and its values.
        not_for: subscribers whom a clause does not admit, by clause.
    """

    def __init__(self, path: str, policy: Policy) -> None:
        """Count.

        Raises: RefusedInput for a missing, damaged or wrongly typed file.
        """
        self.rows = 0
        self.groups: dict[str, Counter[str]] = {name: Counter() for name in ATTRIBUTES}
        self.not_for: Counter[str] = Counter({clause.id: 0 for clause in policy.clauses})
        again = pa.array(sorted(repeated_rows(path)), pa.int64())
        for batch in batches(path, "subscribers"):
            rows = batch.rows.filter(pc.invert(pc.is_in(batch.numbers, again)))
            self.rows += len(rows)
            for name, column in ATTRIBUTES.items():
                for pair in pc.value_counts(rows.column(column)).to_pylist():
                    self.groups[name][pair["values"]] += pair["counts"]
            for clause in policy.clauses:
                self.not_for[clause.id] += len(rows) - pc.sum(_admitted(rows, clause), min_count=0).as_py()


def _admitted(rows: pa.RecordBatch, clause: Clause) -> pa.Array:
    """Whether a clause admits each row: by plan, segment and way of paying, and by currency where it has its own."""
    admitted = pa.repeat(True, len(rows))
    applies = clause.applies
    for column, values in (("payment", applies.payment), ("segment", applies.segment), ("plan_id", applies.plans)):
        if values is not None:
            admitted = pc.and_(admitted, pc.is_in(rows.column(column), pa.array(values, pa.string())))
    if isinstance(clause.value, Amount):
        admitted = pc.and_(admitted, pc.equal(rows.column("currency"), clause.value.currency))
    return admitted
