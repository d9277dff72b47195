"""Who gets how much: credits added up by region, plan and segment, a batch of subscribers at a time."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from pulih.adapters.credit.disk import reading
from pulih.ports.credit_desk import Share

Sums = dict[str, dict[str, int]]
_BATCH: Final = 1 << 20
# More than these say nothing at a glance; the rest is one.
SHOWN_MAX: Final = 40
OTHERS: Final = "..."


def shares_of(credits: str, subscribers: str) -> dict[str, tuple[Share, ...]]:
    """Add credits up.

    Args:
        credits: path of credits.parquet, in order of subscribers.
        subscribers: path of the table of subscribers, in any order; in order of ids it is read once.

    Returns: shares by "regions" (first part of the home region), "plans" and "segments", those with most people first.
    Raises: RefusedInput for a file that cannot be read.
    """
    sums: dict[str, Sums] = {"regions": {}, "plans": {}, "segments": {}}
    people: dict[str, dict[str, int]] = {name: {} for name in sums}
    columns = ["subscriber_id", "home_region", "plan_id", "segment"]
    with reading(credits), reading(subscribers), pq.ParquetFile(subscribers) as file:
        rows = ds.dataset(credits, format="parquet")
        for batch in file.iter_batches(_BATCH, columns=columns):
            own = pa.table(batch).sort_by("subscriber_id")
            ids = own.column("subscriber_id").to_numpy()
            if len(ids):
                _add(own, ids, _credits_between(rows, ids), sums=sums, people=people)
    return {name: _largest(sums[name], people[name]) for name in sums}


def _credits_between(rows: Any, ids: npt.NDArray[np.int64]) -> pa.Table:
    wanted = (pc.field("subscriber_id") >= int(ids[0])) & (pc.field("subscriber_id") <= int(ids[-1]))
    return rows.to_table(columns=["subscriber_id", "amount_minor", "currency"], filter=wanted)


def _add(
    own: pa.Table,
    ids: npt.NDArray[np.int64],
    given: pa.Table,
    *,
    sums: dict[str, Sums],
    people: dict[str, dict[str, int]],
) -> None:
    """Add the credits of a batch of subscribers, ids ascending."""
    theirs = given.column("subscriber_id").to_numpy()
    at = np.searchsorted(ids, theirs)
    mine = (at < len(ids)) & (ids[np.minimum(at, len(ids) - 1)] == theirs)
    given, at = given.filter(pa.array(mine)), at[mine]
    # A subscriber with several credits is one of a region's people.
    first = np.ones(len(at), dtype=bool)
    first[1:] = at[1:] != at[:-1]
    for name, column in (("regions", "home_region"), ("plans", "plan_id"), ("segments", "segment")):
        words = pc.cast(own.column(column), pa.string()).take(pa.array(at))
        if name == "regions":
            words = pc.list_element(pc.split_pattern(words, ".", max_splits=1), 0)
        table = pa.table({"name": words, "currency": given.column("currency"), "amount": given.column("amount_minor"),
                          "first": pa.array(first)})  # fmt: skip
        _sum_up(table, sums[name], people[name])


def _sum_up(table: pa.Table, sums: Sums, people: dict[str, int]) -> None:
    # Halves, so that no sum of a batch leaves 64 bits.
    table = table.append_column("high", pc.shift_right(table.column("amount"), 32))
    table = table.append_column("low", pc.bit_wise_and(table.column("amount"), 0xFFFFFFFF))
    grouped = table.group_by(["name", "currency"]).aggregate([("high", "sum"), ("low", "sum"), ("first", "sum")])
    for row in grouped.to_pylist():
        of = sums.setdefault(row["name"], {})
        of[row["currency"]] = of.get(row["currency"], 0) + (row["high_sum"] << 32) + row["low_sum"]
        people[row["name"]] = people.get(row["name"], 0) + row["first_sum"]


def _largest(sums: Sums, people: dict[str, int]) -> tuple[Share, ...]:
    ordered = sorted(sums, key=lambda name: (-people[name], name))
    shown = [Share(name, people[name], sums[name]) for name in ordered[:SHOWN_MAX]]
    rest = ordered[SHOWN_MAX:]
    if rest:
        added: dict[str, int] = {}
        for name in rest:
            for currency, net in sums[name].items():
                added[currency] = added.get(currency, 0) + net
        shown.append(Share(OTHERS, sum(people[name] for name in rest), added))
    return tuple(shown)
