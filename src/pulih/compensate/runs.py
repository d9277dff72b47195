"""Sets of instants as sorted, disjoint, half-open runs of whole microseconds: unions, intersections, differences.

Every set here is canonical: no run is empty, and touching pieces are one run. So a set has one form only, its longest
run means something, and no instant can count twice.
"""

from __future__ import annotations

from collections.abc import Iterable

# Sorted, disjoint and not touching: each run [start, end) ends before the next begins.
Runs = tuple[tuple[int, int], ...]

NEVER: Runs = ()


def union(pieces: Iterable[tuple[int, int]]) -> Runs:
    """The set of all instants in any piece; pieces in any order, empty ones count for nothing.

    >>> union([(5, 7), (0, 2), (2, 3), (6, 9), (4, 4)])
    ((0, 3), (5, 9))
    """
    runs: list[tuple[int, int]] = []
    for start, end in sorted(piece for piece in pieces if piece[0] < piece[1]):
        if runs and start <= runs[-1][1]:
            runs[-1] = (runs[-1][0], max(runs[-1][1], end))
        else:
            runs.append((start, end))
    return tuple(runs)


def intersection(left: Runs, right: Runs) -> Runs:
    """The instants in both sets.

    >>> intersection(((0, 5), (8, 12)), ((3, 9),))
    ((3, 5), (8, 9))
    """
    shared: list[tuple[int, int]] = []
    at_left = at_right = 0
    while at_left < len(left) and at_right < len(right):
        start = max(left[at_left][0], right[at_right][0])
        end = min(left[at_left][1], right[at_right][1])
        if start < end:
            shared.append((start, end))
        if left[at_left][1] <= right[at_right][1]:
            at_left += 1
        else:
            at_right += 1
    return tuple(shared)


def difference(left: Runs, right: Runs) -> Runs:
    """The instants of `left` that are not in `right`.

    >>> difference(((0, 10),), ((2, 3), (8, 20)))
    ((0, 2), (3, 8))
    """
    kept: list[tuple[int, int]] = []
    for start, end in left:
        free = start
        for taken_start, taken_end in right:
            if taken_end <= free or taken_start >= end:
                continue
            if free < taken_start:
                kept.append((free, taken_start))
            free = taken_end
        if free < end:
            kept.append((free, end))
    return tuple(kept)


def total_us(runs: Runs) -> int:
    """Length of all runs together, microseconds."""
    return sum(end - start for start, end in runs)


def longest_us(runs: Runs) -> int:
    """Length of the longest run, microseconds; 0 when there is none."""
    return max((end - start for start, end in runs), default=0)
