"""Columns of subscribers beside batches of credits: how they pay, their plan, segment and home.

Credits are in order of subscribers. Where the table of subscribers is too, both are read once, side by side, in the
memory of a batch; else the few columns asked for are sorted in memory.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pulih.adapters.credit.repetition import ascends
from pulih.adapters.credit.tables import BATCH_ROWS, batches
from pulih.model.errors import RefusedInput


class SubscriberColumns:
    """Looks columns up for ids that ascend from call to call."""

    def __init__(self, path: str, columns: tuple[str, ...]) -> None:
        """Open a table.

        Args:
            path: of subscribers, Parquet or CSV.
            columns: asked for, besides subscriber_id.

        Raises: RefusedInput for a missing, damaged or wrongly typed file.
        """
        self._path = path
        self._parts = _ascending(path, ("subscriber_id", *columns))
        self._held: pa.Table | None = None

    def rows(self, ids: npt.NDArray[np.int64]) -> pa.Table:
        """The columns, one row for each id.

        Args:
            ids: ascending, none below those of the call before; not empty.

        Raises: RefusedInput when the table has no row of an id.
        """
        held = self._reach(int(ids[0]), int(ids[-1]))
        known: npt.NDArray[np.int64] = held.column("subscriber_id").to_numpy()
        places = np.searchsorted(known, ids, "left")
        inside = places < len(known)
        inside[inside] = known[places[inside]] == ids[inside]
        if not inside.all():
            stranger = int(ids[np.flatnonzero(~inside)[0]])
            raise RefusedInput(
                f"{self._path}: there is no row of subscriber {stranger}, who has a credit; "
                "name the table of subscribers that the credits were worked out from."
            )
        return held.take(pa.array(places))

    def _reach(self, first: int, last: int) -> pa.Table:
        """Hold rows from the first id to the last."""
        pieces = [] if self._held is None else [self._held]
        while not pieces or len(pieces[-1]) == 0 or pieces[-1].column("subscriber_id")[-1].as_py() < last:
            piece = next(self._parts, None)
            if piece is None:
                break
            pieces.append(piece)
        held = pa.concat_tables(pieces)
        ids: npt.NDArray[np.int64] = held.column("subscriber_id").to_numpy()
        self._held = held.slice(int(np.searchsorted(ids, first, "left")))
        return self._held


def _ascending(path: str, columns: tuple[str, ...]) -> Iterator[pa.Table]:
    """The table's columns in order of ids, a batch at a time; an empty part comes first, so that there is one."""
    read = (pa.Table.from_batches([batch.rows]) for batch in batches(path, "subscribers", columns=columns))
    if ascends(path):
        yield from read
        return
    coded = [_coded(part) for part in read]
    if not coded:
        return
    table = pa.concat_tables(coded).unify_dictionaries().sort_by("subscriber_id")
    for start in range(0, len(table), BATCH_ROWS):
        yield _plain(table.slice(start, BATCH_ROWS))


def _coded(part: pa.Table) -> pa.Table:
    """Text as codes, which take a quarter of the memory."""
    for index, field in enumerate(part.schema):
        if pa.types.is_string(field.type):
            part = part.set_column(index, field.name, part.column(index).dictionary_encode())
    return part


def _plain(part: pa.Table) -> pa.Table:
    for index, field in enumerate(part.schema):
        if pa.types.is_dictionary(field.type):
            part = part.set_column(index, field.name, part.column(index).cast(pa.string()))
    return part
