"""Sums of earlier credits beside batches of credits, so that a difference paid later has an id of its own.

Rows of incidents and policies that were superseded count as their successors', as in the calculation itself
(docs/credit.md, "Already paid").
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pulih.adapters.credit.tables import batches
from pulih.compensate.clauses import Policy
from pulih.compensate.outages import CreditIncident

# Subscriber, incident and clause.
Credited = tuple[int, str, str]
_KEYS: Final = ["subscriber_id", "incident_id", "clause_id", "currency"]


class EarlierSums:
    """What was given before, by subscriber and by incident, clause and currency; held in memory, one row for each."""

    def __init__(self, path: str | None, policy: Policy, incidents: Iterable[CreditIncident]) -> None:
        """Read and add up.

        Args:
            path: the table of earlier credits; None when there was none.
            policy: of the run, with the policies it supersedes.
            incidents: of the run, with the incidents they supersede.

        Raises: RefusedInput for a missing, damaged or wrongly typed file.
        """
        self._ids: npt.NDArray[np.int64] = np.empty(0, np.int64)
        self._table: pa.Table | None = None
        if path is None:
            return
        policies = pa.array([policy.id, *policy.supersedes])
        means = {old: one.id for one in incidents for old in (one.id, *one.supersedes)}
        kept = [_counted(batch.rows, policies, means) for batch in batches(path, "paid")]
        if kept:
            gathered = pa.concat_tables(kept).group_by(_KEYS).aggregate([("amount_minor", "sum")])
            self._table = gathered.sort_by("subscriber_id")
            self._ids = self._table.column("subscriber_id").to_numpy()

    def among(self, ids: npt.NDArray[np.int64]) -> dict[Credited, dict[str, int]]:
        """Sums of these subscribers by currency, for each subscriber, incident and clause with a row; ids ascend."""
        if self._table is None:
            return {}
        first, end = np.searchsorted(self._ids, ids[0], "left"), np.searchsorted(self._ids, ids[-1], "right")
        rows = self._table.slice(int(first), int(end - first)).to_pylist()
        sums: dict[Credited, dict[str, int]] = {}
        for row in rows:
            key = (row["subscriber_id"], row["incident_id"], row["clause_id"])
            sums.setdefault(key, {})[row["currency"]] = row["amount_minor_sum"]
        return sums


def _counted(rows: pa.RecordBatch, policies: pa.Array, means: dict[str, str]) -> pa.Table:
    """Rows that count for an incident of the run, under the name of that incident."""
    there = pc.and_(
        pc.is_in(rows.column("policy_id"), policies), pc.is_in(rows.column("incident_id"), pa.array(list(means)))
    )
    kept = rows.filter(there)
    named = pa.array([means[old] for old in kept.column("incident_id").to_pylist()], pa.string())
    return pa.table(
        {
            "subscriber_id": kept.column("subscriber_id"),
            "incident_id": named,
            "clause_id": kept.column("clause_id"),
            "currency": kept.column("currency"),
            "amount_minor": kept.column("amount_minor"),
        }
    )
