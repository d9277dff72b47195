"""Ranges of subscriber ids that are worked out one after another, so that each fits into the memory allowed.

Where files are sorted by id, their row groups say which ids they hold, and a range reads only its own. Where they are
not, every range would read them whole, and all are worked out at once.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Final

import msgspec
import pyarrow.parquet as pq

_LOWEST: Final = -(1 << 63)
_HIGHEST: Final = (1 << 63) - 1


class IdRange(msgspec.Struct, frozen=True):
    """Ids from first to last, both included."""

    first: int
    last: int


EVERY_ID: Final = IdRange(_LOWEST, _HIGHEST)


def id_ranges(subscribers: str, presence: str, rows_max: int) -> tuple[IdRange, ...]:
    """Cut the ids of subscribers into ranges that follow one another and leave none out.

    Args:
        subscribers, presence: Parquet files with the column subscriber_id; unless both are sorted by it there is one
            range, since each range would read the whole of the other.
        rows_max: subscribers that a range should not exceed.

    Returns: at least one range; cuts lie between row groups, so that one is never smaller than a group.
    """
    groups = _groups(subscribers)
    if groups is None or _groups(presence) is None:
        return (EVERY_ID,)
    cuts: list[int] = []
    rows = 0
    for first, group_rows in groups:
        if rows and rows + group_rows > rows_max:
            cuts.append(first)
            rows = 0
        rows += group_rows
    firsts = [_LOWEST, *cuts]
    lasts = [cut - 1 for cut in cuts] + [_HIGHEST]
    return tuple(IdRange(first, last) for first, last in zip(firsts, lasts, strict=True))


def _groups(path: str) -> list[tuple[int, int]] | None:
    """First id and rows of each row group, in order of ids; None when groups overlap or do not say what they hold."""
    metadata = pq.read_metadata(path)
    column = metadata.schema.names.index("subscriber_id")
    spans: list[tuple[int, int, int]] = []
    for number in range(metadata.num_row_groups):
        group = metadata.row_group(number)
        statistics = group.column(column).statistics
        if not group.num_rows:
            continue
        if statistics is None or not statistics.has_min_max:
            return None
        spans.append((statistics.min, statistics.max, group.num_rows))
    spans.sort()
    # The rows of one subscriber may go on in the next group.
    if any(before[1] > after[0] for before, after in pairwise(spans)):
        return None
    return [(first, rows) for first, _, rows in spans]
