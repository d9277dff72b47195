"""Gathers the rows of each subscriber from the four tables, in order of subscribers, a few thousand at a time.

Tables come in any order; they are sorted in memory as Arrow holds them, which serves some million rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pulih.adapters.credit.columns import TABLES
from pulih.adapters.credit.disk import reading
from pulih.compensate.holdings import CreditSubscriber, Holding, Listed, Paid, Presence
from pulih.ports.credit import CreditInputs

CHUNK: Final = 4096


class SubscriberRows:
    """The tables of one run, or of the subscribers asked for.

    Attributes:
        subscribers: rows of subscribers.
    """

    def __init__(self, inputs: CreditInputs, *, only: int | None = None) -> None:
        """Read and sort the tables.

        Args:
            inputs: paths of sound Parquet.
            only: one subscriber; all when None.

        Raises: RefusedInput for a file that cannot be read.
        """
        self._own = _Sorted(inputs.subscribers, "subscribers", only)
        self._presence = _Sorted(inputs.presence, "presence", only)
        self._listed = _Sorted(inputs.affected, "affected", only)
        self._paid = _Sorted(inputs.paid, "paid", only)
        self.subscribers = len(self._own.ids)

    def chunks(self) -> Iterator[list[Holding]]:
        """Holdings of a few thousand subscribers at a time, in order of their ids."""
        for start in range(0, self.subscribers, CHUNK):
            ids = self._own.ids[start : start + CHUNK]
            own = self._own.rows(ids)
            presence, listed, paid = self._presence.rows(ids), self._listed.rows(ids), self._paid.rows(ids)
            yield [
                Holding(
                    subscriber=CreditSubscriber(**own[id_][0]),
                    presence=tuple(Presence(row["region"], row["start"], row["end"]) for row in presence.get(id_, ())),
                    listed=tuple(
                        Listed(row["incident_id"], row["service"], row["start"], row["end"])
                        for row in listed.get(id_, ())
                    ),
                    paid=tuple(
                        Paid(
                            row["incident_id"], row["policy_id"], row["clause_id"], row["amount_minor"], row["currency"]
                        )
                        for row in paid.get(id_, ())
                    ),
                )
                for id_ in ids.tolist()
            ]


class _Sorted:
    """One table in order of subscribers; without a path it is empty."""

    def __init__(self, path: str | None, table: str, only: int | None) -> None:
        if path is None:
            self._table = TABLES[table].empty_table()
        else:
            with reading(path):
                filters = None if only is None else pc.field("subscriber_id") == only
                read = pq.read_table(path, columns=TABLES[table].names, filters=filters)
                self._table = _plain(read, table).sort_by("subscriber_id")
        self.ids: npt.NDArray[np.int64] = self._table.column("subscriber_id").to_numpy()

    def rows(self, ids: npt.NDArray[np.int64]) -> dict[int, list[dict[str, Any]]]:
        """Rows of these subscribers, ids ascending, by subscriber."""
        first = int(np.searchsorted(self.ids, ids[0], "left"))
        end = int(np.searchsorted(self.ids, ids[-1], "right"))
        gathered: dict[int, list[dict[str, Any]]] = {}
        for row in self._table.slice(first, end - first).to_pylist():
            gathered.setdefault(row["subscriber_id"], []).append(row)
        return gathered


def _plain(table: pa.Table, name: str) -> pa.Table:
    """Plain text, and times as whole microseconds, which python can hold whatever the year."""
    fields = [
        pa.field(field.name, pa.int64()) if pa.types.is_timestamp(field.type) else field for field in TABLES[name]
    ]
    return table.select(TABLES[name].names).cast(pa.schema(fields))
