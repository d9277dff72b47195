"""Counts the credits of a folder for the control report: sums by group, largest amounts, outliers; in two passes.

Batches end where a subscriber ends, so that whoever has several credits is counted once. Sums are whole numbers of any
size: amounts are added up in halves of 32 bits.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pulih.adapters.credit.disk import reading
from pulih.adapters.credit.payload_files import BATCH
from pulih.adapters.credit.subscriber_columns import SubscriberColumns
from pulih.compensate.cells import Cell
from pulih.compensate.control_report import LISTED_MAX, OUTLIER_TIMES, NamedCredit, Outliers, OverFee

ATTRIBUTES: Final = {"plan": "plan_id", "region": "home_region", "segment": "segment", "payment": "payment"}
_CREDIT: Final = pa.schema(
    [
        ("subscriber_id", pa.int64()),
        ("incident_id", pa.string()),
        ("clause_id", pa.string()),
        ("amount_minor", pa.int64()),
        ("currency", pa.string()),
    ]
)
_CLAUSE: Final = ["incident_id", "clause_id", "currency"]
_SUMS: Final[list[Any]] = [("high", "sum"), ("low", "sum"), ("first", "sum"), ("low", "count")]
_LOW: Final = 0xFFFFFFFF
# Amounts are told apart by their six leading bits for the median.
_BITS: Final = 6
_MOST: Final = 2**63 - 1

Ints = npt.NDArray[np.int64]
Group = tuple[str, ...]


class CreditTally:
    """What the credits of a folder come to, by group."""

    def __init__(self, path: Path, subscribers: str, money: frozenset[str]) -> None:
        """Count.

        Args:
            path: of credits.parquet.
            subscribers: their table.
            money: ids of the clauses that give money.

        Raises: RefusedInput for a file that cannot be used, and for a subscriber who is not in the table.
        """
        self._path, self._money = path, pa.array(sorted(money), pa.string())
        self._groups: dict[str, dict[Group, list[int]]] = {name: {} for name in (*ATTRIBUTES, "clause")}
        self._buckets: dict[Group, dict[int, int]] = {}
        self._largest: dict[str, list[NamedCredit]] = {}
        self._over: list[int] = []
        self._over_count = 0
        columns = SubscriberColumns(subscribers, (*ATTRIBUTES.values(), "monthly_fee_minor", "currency"))
        for batch in whole_subscribers(path):
            self._add(batch, columns.rows(batch.column("subscriber_id").to_numpy()))

    def cells(self, dimension: str) -> tuple[Cell, ...]:
        """Sums by the values of a dimension (or `clause`) and unit, in order."""
        return tuple(
            Cell(name=" / ".join(group[:-1]), unit=group[-1], credited=first, credits=count, net=(high << 32) + low)
            for group, (high, low, first, count) in sorted(self._groups[dimension].items())
        )

    def largest(self) -> tuple[NamedCredit, ...]:
        """The largest credits of each unit, largest first."""
        return tuple(one for unit in sorted(self._largest) for one in self._largest[unit])

    def over_fee(self) -> OverFee:
        """Whose credits of money come to more than a monthly fee."""
        return OverFee(count=self._over_count, subscriber_ids=tuple(self._over))

    def outliers(self) -> tuple[Outliers, ...]:
        """Credits far above the median of their incident, clause and unit; reads the credits again."""
        medians = {group: _median(buckets) for group, buckets in self._buckets.items()}
        found: dict[Group, list[NamedCredit]] = {group: [] for group in medians}
        counts = dict.fromkeys(medians, 0)
        for batch in whole_subscribers(self._path):
            for group, rows in _each_group(batch):
                above = rows.filter(pc.greater(rows.column("amount_minor"), _limit(medians[group])))
                counts[group] += len(above)
                found[group] = _first([*found[group], *_named(above)])
        return tuple(
            Outliers(
                incident_id=group[0],
                clause_id=group[1],
                unit=group[2],
                median=median,
                limit=_limit(median),
                count=counts[group],
                largest=tuple(found[group]),
            )
            for group, median in sorted(medians.items())
            if counts[group]
        )

    def _add(self, batch: pa.Table, known: pa.Table) -> None:
        amounts = batch.column("amount_minor").to_numpy()
        table = batch.append_column("high", pa.array(amounts >> 32)).append_column("low", pa.array(amounts & _LOW))
        table = table.append_column("first", pa.array(_firsts(batch)))
        table = table.append_column("bucket", pa.array(_bucket(amounts)))
        for name, column in ATTRIBUTES.items():
            self._gather(name, table.append_column(name, known.column(column)), [name, "currency"])
        self._gather("clause", table, _CLAUSE)
        for row in table.group_by([*_CLAUSE, "bucket"]).aggregate([("low", "count")]).to_pylist():
            buckets = self._buckets.setdefault(tuple(row[name] for name in _CLAUSE), {})
            buckets[row["bucket"]] = buckets.get(row["bucket"], 0) + row["low_count"]
        for unit in pc.unique(batch.column("currency")).to_pylist():
            rows = batch.filter(pc.equal(batch.column("currency"), unit))
            self._largest[unit] = _first([*self._largest.get(unit, []), *_named(rows)])
        self._look_at_fees(batch, known)

    def _gather(self, dimension: str, table: pa.Table, keys: list[str]) -> None:
        sums = self._groups[dimension]
        for row in table.group_by(keys).aggregate(_SUMS).to_pylist():
            kept = sums.setdefault(tuple(row[key] for key in keys), [0, 0, 0, 0])
            for place, name in enumerate(("high_sum", "low_sum", "first_sum", "low_count")):
                kept[place] += row[name]

    def _look_at_fees(self, batch: pa.Table, known: pa.Table) -> None:
        counted = pc.and_(
            pc.is_in(batch.column("clause_id"), self._money),
            pc.equal(batch.column("currency"), known.column("currency")),
        )
        ids: Ints = batch.column("subscriber_id").to_numpy()
        starts = np.flatnonzero(np.concatenate(([True], ids[1:] != ids[:-1])))
        amounts = np.where(counted.to_numpy(), batch.column("amount_minor").to_numpy(), 0)
        over = np.add.reduceat(amounts, starts) > known.column("monthly_fee_minor").to_numpy()[starts]
        whose = ids[starts][over].tolist()
        self._over_count += len(whose)
        self._over = [*self._over, *whose][:LISTED_MAX]


def whole_subscribers(path: Path) -> Iterator[pa.Table]:
    """Credits in batches that end where a subscriber ends; none is empty.

    Raises: RefusedInput for a damaged file.
    """
    kept: list[pa.Table] = []
    with reading(str(path)), pq.ParquetFile(path) as file:
        for batch in file.iter_batches(BATCH, columns=_CREDIT.names):
            if len(batch) == 0:
                continue
            # Columns of text may be of either kind; in one they can be joined.
            kept.append(pa.Table.from_batches([batch]).select(_CREDIT.names).cast(_CREDIT))
            table = pa.concat_tables(kept)
            ids: Ints = table.column("subscriber_id").to_numpy()
            end = int(np.searchsorted(ids, ids[-1], "left"))
            if end:
                yield table.slice(0, end).combine_chunks()
            kept = [table.slice(end)]
    if kept:
        yield pa.concat_tables(kept).combine_chunks()


def _firsts(batch: pa.Table) -> Ints:
    """1 where a subscriber has a first credit in a unit, 0 elsewhere."""
    ids: Ints = batch.column("subscriber_id").to_numpy()
    units = batch.column("currency").combine_chunks().dictionary_encode().indices.to_numpy().astype(np.int64)
    order = np.lexsort((units, ids))
    same = (ids[order][1:] == ids[order][:-1]) & (units[order][1:] == units[order][:-1])
    firsts = np.ones(len(ids), np.int64)
    firsts[order[1:][same]] = 0
    return firsts


def _bucket(amounts: Ints) -> Ints:
    """An amount rounded down to its leading bits."""
    length = np.frexp(amounts.astype(np.float64))[1]
    shift = np.maximum(length - _BITS, 0).astype(np.int64)
    leading: Ints = (amounts >> shift) << shift
    return leading


def _median(buckets: dict[int, int]) -> int:
    """The amount at which half of all are reached."""
    half, seen = (sum(buckets.values()) + 1) // 2, 0
    for amount in sorted(buckets):
        seen += buckets[amount]
        if seen >= half:
            return amount
    return 0


def _limit(median: int) -> int:
    """What an amount may be without being an outlier; no amount is above 63 bits."""
    return min(OUTLIER_TIMES * median, _MOST)


def _each_group(batch: pa.Table) -> Iterator[tuple[Group, pa.Table]]:
    for row in batch.group_by(_CLAUSE).aggregate([]).to_pylist():
        group = tuple(row[name] for name in _CLAUSE)
        own = pc.and_(
            pc.and_(pc.equal(batch.column("incident_id"), group[0]), pc.equal(batch.column("clause_id"), group[1])),
            pc.equal(batch.column("currency"), group[2]),
        )
        yield group, batch.filter(own)


def _named(rows: pa.Table) -> list[NamedCredit]:
    """The largest of some rows; of equal ones the first."""
    order = np.argsort(-rows.column("amount_minor").to_numpy(), kind="stable")[:LISTED_MAX]
    return [
        NamedCredit(
            subscriber_id=row["subscriber_id"],
            incident_id=row["incident_id"],
            clause_id=row["clause_id"],
            amount=row["amount_minor"],
            unit=row["currency"],
        )
        for row in rows.take(pa.array(order)).to_pylist()
    ]


def _first(credits_named: list[NamedCredit]) -> list[NamedCredit]:
    return sorted(credits_named, key=lambda one: -one.amount)[:LISTED_MAX]
