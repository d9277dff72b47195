"""Sums of a run by plan, segment and region, and its largest credits: what a controller looks at before signing.

It reads the written credits and the subscribers again, so it also shows what an engine really wrote. Ids and three
codes of each subscriber are held in memory, some twenty bytes each. Source: docs/credit.md, "What comes out".
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pulih.adapters.credit.disk import reading

_DIMENSIONS: Final = {"by_plan": "plan_id", "by_segment": "segment", "by_region": "home_region"}
_BATCH_ROWS: Final = 1 << 19
_LARGEST: Final = 10


class LargestCredit(msgspec.Struct, frozen=True):
    """One of the largest credits of a currency."""

    subscriber_id: int
    incident_id: str
    clause_id: str
    amount_minor: int


class Breakdown(msgspec.Struct, frozen=True):
    """Sums in minor units by value and currency, and the ten largest credits of each currency."""

    by_plan: dict[str, dict[str, int]]
    by_segment: dict[str, dict[str, int]]
    by_region: dict[str, dict[str, int]]
    largest: dict[str, list[LargestCredit]]


def break_down(credits: str, subscribers: str) -> Breakdown:
    """Sum up a run.

    Args:
        credits: path of the written credits.
        subscribers: path of the checked subscribers, in any order.

    Raises: RefusedInput for a file that cannot be read.
    """
    people = _People(subscribers)
    sums: dict[str, dict[str, dict[str, int]]] = {name: defaultdict(dict) for name in _DIMENSIONS}
    largest: dict[str, list[tuple[int, int, str, str]]] = defaultdict(list)
    columns = ["subscriber_id", "incident_id", "clause_id", "amount_minor", "currency"]
    with reading(credits), pq.ParquetFile(credits) as file:
        for batch in file.iter_batches(_BATCH_ROWS, columns=columns):
            ids = batch.column("subscriber_id").to_numpy()
            for name in _DIMENSIONS:
                _add(sums[name], people.values(name, ids), batch)
            for currency in pc.unique(batch.column("currency")).to_pylist():
                _keep_largest(largest[currency], batch, currency)
    return Breakdown(
        **{name: {value: told[value] for value in sorted(told)} for name, told in sums.items()},
        largest={
            currency: [LargestCredit(-id_, incident, clause, amount) for amount, id_, incident, clause in kept]
            for currency, kept in sorted(largest.items())
        },
    )


class _People:
    """Plan, segment and region of every subscriber, found by id."""

    def __init__(self, path: str) -> None:
        ids: list[npt.NDArray[np.int64]] = []
        codes: dict[str, list[npt.NDArray[np.int32]]] = {name: [] for name in _DIMENSIONS}
        self._known: dict[str, dict[str, int]] = {name: {} for name in _DIMENSIONS}
        with reading(path), pq.ParquetFile(path) as file:
            for batch in file.iter_batches(_BATCH_ROWS, columns=["subscriber_id", *_DIMENSIONS.values()]):
                ids.append(batch.column("subscriber_id").to_numpy())
                for name, column in _DIMENSIONS.items():
                    codes[name].append(self._coded(name, batch.column(column)))
        self._ids = np.concatenate([np.zeros(0, np.int64), *ids])
        self._codes = {name: np.concatenate([np.zeros(0, np.int32), *parts]) for name, parts in codes.items()}
        if not (self._ids[1:] > self._ids[:-1]).all():
            order = np.argsort(self._ids)
            self._ids = self._ids[order]
            self._codes = {name: part[order] for name, part in self._codes.items()}

    def values(self, name: str, ids: npt.NDArray[np.int64]) -> pa.DictionaryArray:
        """The values of subscribers, in the order asked for."""
        at = np.searchsorted(self._ids, ids)
        return pa.DictionaryArray.from_arrays(pa.array(self._codes[name][at]), pa.array(list(self._known[name])))

    def _coded(self, name: str, column: pa.Array) -> npt.NDArray[np.int32]:
        """The column as codes that are the same in every batch."""
        coded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
        known = self._known[name]
        codes = [known.setdefault(value, len(known)) for value in coded.dictionary.to_pylist()]
        taken: npt.NDArray[np.int32] = np.array(codes or [0], np.int32)[coded.indices.to_numpy()]
        return taken


def _add(sums: dict[str, dict[str, int]], values: pa.DictionaryArray, batch: pa.RecordBatch) -> None:
    """Add the amounts of a batch by value and currency; halves of 32 bits, since whole ones could overflow."""
    amounts = batch.column("amount_minor")
    table = pa.table(
        {
            "value": values,
            "currency": batch.column("currency"),
            "high": pc.shift_right(amounts, 32),
            "low": pc.bit_wise_and(amounts, 0xFFFFFFFF),
        }
    )
    for row in table.group_by(["value", "currency"]).aggregate([("high", "sum"), ("low", "sum")]).to_pylist():
        told = sums[row["value"]]
        told[row["currency"]] = told.get(row["currency"], 0) + (row["high_sum"] << 32) + row["low_sum"]


def _keep_largest(kept: list[tuple[int, int, str, str]], batch: pa.RecordBatch, currency: str) -> None:
    """Keep the ten largest; of equal ones the subscriber with the lower id comes first."""
    own = batch.filter(pc.equal(batch.column("currency"), currency))
    order = pc.sort_indices(
        pa.table({"amount": own.column("amount_minor"), "id": own.column("subscriber_id")}),
        sort_keys=[("amount", "descending"), ("id", "ascending")],
    )
    rows = [
        (row["amount_minor"], -row["subscriber_id"], row["incident_id"], row["clause_id"])
        for row in own.take(order[:_LARGEST]).to_pylist()
    ]
    kept[:] = heapq.nlargest(_LARGEST, [*kept, *rows])
