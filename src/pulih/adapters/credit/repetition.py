"""Subscribers who have more than one row: found without keeping any of a hundred million ids where rows are in order.

The first row of a subscriber stands; every later one is a fault, since nobody can say which fee is right.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pulih.adapters.credit.tables import batches

_ID_ALONE = ("subscriber_id",)


def repeated_rows(path: str) -> frozenset[int]:
    """Row numbers of subscribers who had a row before.

    Args:
        path: a file of subscribers, Parquet or CSV.

    Returns: numbers, 1 is the first row; rows that cannot be read are left to others.
    Raises: RefusedInput for a missing, damaged or wrongly typed file.
    """
    if ascends(path) or not _any_twice(path):
        return frozenset()
    ids, numbers = _all_ids(path)
    order = np.argsort(ids, kind="stable")
    again = np.flatnonzero(ids[order][1:] == ids[order][:-1]) + 1
    return frozenset(numbers[order[again]].tolist())


def ascends(path: str) -> bool:
    """Whether each id is above the one before it, so that none is there twice."""
    last = None
    for batch in batches(path, "subscribers", columns=_ID_ALONE):
        ids: npt.NDArray[np.int64] = batch.rows.column("subscriber_id").to_numpy()
        if len(ids) == 0:
            continue
        if (last is not None and ids[0] <= last) or not (ids[1:] > ids[:-1]).all():
            return False
        last = ids[-1]
    return True


def _any_twice(path: str) -> bool:
    """Whether any id is there twice, from the ids alone, which take a third of what their row numbers take too."""
    read = [batch.rows.column("subscriber_id").to_numpy() for batch in batches(path, "subscribers", columns=_ID_ALONE)]
    ids: npt.NDArray[np.int64] = np.concatenate([np.zeros(0, np.int64), *read])
    ids.sort()
    return bool((ids[1:] == ids[:-1]).any())


def _all_ids(path: str) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    read = list(batches(path, "subscribers", columns=_ID_ALONE))
    ids = [batch.rows.column("subscriber_id").to_numpy() for batch in read]
    numbers = [batch.numbers.to_numpy() for batch in read]
    return np.concatenate(ids), np.concatenate(numbers)
