"""Runs of the kernel: sorted disjoint half-open stretches of microseconds, in rows of two scratch arrays.

A row (a "slot") of `start` and `end` holds one list of runs, its length is passed along. They are what
`compensate.runs` is on tuples; here without a new object for any of a hundred million subscribers.
"""

from __future__ import annotations

from typing import Any

from pulih.series.kernel import kernel

# Steps of Shell's sort (Ciura 2001); a subscriber has a handful of pieces, and now and then thousands.
_STEPS = (701, 301, 132, 57, 23, 10, 4, 1)


@kernel
def put(start: Any, end: Any, slot: int, length: int, begins: int, ends: int) -> int:
    """Append a piece, or lengthen the last one where it begins within or at the end of that; return the new length."""
    if length > 0 and start[slot, length - 1] <= begins <= end[slot, length - 1]:
        end[slot, length - 1] = max(end[slot, length - 1], ends)
        return length
    start[slot, length] = begins
    end[slot, length] = ends
    return length + 1


@kernel
def settle(start: Any, end: Any, slot: int, length: int) -> int:
    """Sort pieces and join those that overlap or touch; return how many runs are left."""
    if _in_order(start, end, slot, length):
        return length
    for step in _STEPS:
        for at in range(step, length):
            begins, ends = start[slot, at], end[slot, at]
            hole = at
            while hole >= step and start[slot, hole - step] > begins:
                start[slot, hole], end[slot, hole] = start[slot, hole - step], end[slot, hole - step]
                hole -= step
            start[slot, hole], end[slot, hole] = begins, ends
    runs = 0
    for at in range(length):
        runs = put(start, end, slot, runs, start[slot, at], end[slot, at])
    return runs


@kernel
def _in_order(start: Any, end: Any, slot: int, length: int) -> bool:
    for at in range(1, length):  # noqa: SIM110  numba has no all() over a generator
        if start[slot, at] <= end[slot, at - 1]:
            return False
    return True


@kernel
def put_both(start: Any, end: Any, one: int, one_length: int, other: int, other_length: int, into: int) -> int:
    """Write the instants that lie in both lists into a third slot; return its length."""
    length, a, b = 0, 0, 0
    while a < one_length and b < other_length:
        begins = max(start[one, a], start[other, b])
        ends = min(end[one, a], end[other, b])
        if begins < ends:
            start[into, length], end[into, length] = begins, ends
            length += 1
        if end[one, a] < end[other, b]:
            a += 1
        else:
            b += 1
    return length


@kernel
def put_outside(
    start: Any, end: Any, taken: int, taken_length: int, into: int, length: int, begins: int, ends: int
) -> int:
    """Append what of one piece lies outside the runs of slot `taken`; return the new length of `into`."""
    for at in range(taken_length):
        if end[taken, at] <= begins:
            continue
        if start[taken, at] >= ends:
            break
        if start[taken, at] > begins:
            start[into, length], end[into, length] = begins, start[taken, at]
            length += 1
        begins = end[taken, at]
    if begins < ends:
        start[into, length], end[into, length] = begins, ends
        length += 1
    return length


@kernel
def measured(start: Any, end: Any, slot: int, length: int) -> tuple[int, int]:
    """The sum of runs and the longest of them, in microseconds."""
    total, longest = 0, 0
    for at in range(length):
        lasted = end[slot, at] - start[slot, at]
        total += lasted
        longest = max(longest, lasted)
    return total, longest


@kernel
def copy(start: Any, end: Any, slot: int, length: int, into: int) -> None:
    """Copy a list of runs to another slot."""
    for at in range(length):
        start[into, at], end[into, at] = start[slot, at], end[slot, at]
