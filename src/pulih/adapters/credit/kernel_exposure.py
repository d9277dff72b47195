"""Exposure in the kernel: when one subscriber was affected, from sorted rows and tables of what was down where.

A region is known by its class, the set of window regions that cover it; for each layer (windows of one incident that
name a service that matters) and class a table holds the runs in which something was down. Rows of lists are treated
as presence in a place that stands for incident and service and is down for ever.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pulih.adapters.credit.kernel_runs import copy, put, put_both, put_outside, settle
from pulih.series.kernel import kernel_inlined, kernel_unlocked

PRESENCE, HOME, PRESENCE_ELSE_HOME, LISTED = 0, 1, 2, 3
# Slots of the scratch arrays; those of claimed time follow.
AFFECTED: Final = 0
LAYER: Final = 1
COVERED: Final = 2
NEW: Final = 3
CLAIMED: Final = 4

Ints = NDArray[np.int64]


class Rows(NamedTuple):
    """Rows sorted by subscriber: of presence, or of lists; `place` of `code` is the class of where the row was."""

    subscriber: Ints
    code: NDArray[np.int32]
    place: NDArray[np.int32]
    start: Ints
    end: Ints


class Places(NamedTuple):
    """Where each subscriber lives: `place` of `code` is a class."""

    code: NDArray[np.int32]
    place: NDArray[np.int32]


class Inputs(NamedTuple):
    """What is known of a stretch of subscribers."""

    home: Places
    presence: Rows
    listed: Rows


class Down(NamedTuple):
    """Runs in which a layer is down in a class: so many `runs` from `first` on in `start` and `end`."""

    first: NDArray[np.int32]
    runs: NDArray[np.int32]
    start: Ints
    end: Ints


class Reach(NamedTuple):
    """By class: how many runs all layers have there together, and their hull; what is outside needs no look.

    `home` counts the runs of layers for which the home region matters.
    """

    runs: Ints
    home: Ints
    start: Ints
    end: Ints


@kernel_unlocked
def first_disorder(ids: Any, previous: int, strictly: bool) -> int:
    """The first place where ids go back (or, strictly, do not rise) after `previous`; -1 when there is none."""
    for at in range(len(ids)):
        if ids[at] < previous or (strictly and ids[at] == previous):
            return at
        previous = ids[at]
    return -1


@kernel_inlined
def _first_of(ids: Any, at: int, who: int) -> int:
    while at < len(ids) and ids[at] < who:
        at += 1
    return at


@kernel_inlined
def _last_of(rows: Any, reach: Any, at: int, who: int) -> tuple[int, int]:
    """Where the rows of a subscriber end, and into how many pieces what is down may cut them."""
    pieces = 0
    while at < len(rows.subscriber) and rows.subscriber[at] == who:
        place = rows.place[rows.code[at]]
        if reach.runs[place] > 0:
            begins, ends = rows.start[at], rows.end[at]
            if begins < ends and begins < reach.end[place] and ends > reach.start[place]:
                pieces += reach.runs[place]
        at += 1
    return at, pieces


@kernel_unlocked
def find_reached(
    ids: Any,
    home: Any,
    presence: Any,
    listed: Any,
    paid: Any,
    reach: Any,
    listed_reach: Any,
    everybody: bool,
    found: Any,
) -> tuple[int, int]:
    """Find the subscribers whom something reaches, and their rows; return how many, and the most pieces of one.

    Args:
        ids: of subscribers, rising.
        home: `Places`: where each lives.
        presence, listed: `Rows`.
        paid: ids of the paid rows, sorted.
        reach, listed_reach: `Reach` of the classes of presence and of lists.
        everybody: whether to take those too whom nothing reaches.
        found: filled; one row each: place in `ids`, then from and to in presence, listed and paid.
    """
    count, most, p_to, q_to, r_to = 0, 0, 0, 0, 0
    for at in range(len(ids)):
        who = ids[at]
        p = _first_of(presence.subscriber, p_to, who)
        p_to, pieces = _last_of(presence, reach, p, who)
        q = _first_of(listed.subscriber, q_to, who)
        q_to, listed_pieces = _last_of(listed, listed_reach, q, who)
        r = _first_of(paid, r_to, who)
        r_to = r
        while r_to < len(paid) and paid[r_to] == who:
            r_to += 1
        at_home = reach.home[home.place[home.code[at]]]
        if everybody or pieces + listed_pieces + at_home > 0:
            # Being elsewhere may cut each run at home once more.
            most = max(most, pieces + listed_pieces + (at_home + 1) * (p_to - p + 1))
            found[count, 0], found[count, 1], found[count, 2] = at, p, p_to
            found[count, 3], found[count, 4], found[count, 5], found[count, 6] = q, q_to, r, r_to
            count += 1
    return count, most


@kernel_inlined
def affected_runs(terms: Any, inputs: Any, down: Any, listed_down: Any, one: Any, start: Any, end: Any) -> int:
    """Write the affected time S of one subscriber into slot AFFECTED; return how many runs it has.

    Args:
        terms: the exposure: where places come from (PRESENCE to LISTED), first layer, layer after the last. Every layer
            has to be down at an instant for it to count.
        inputs: `Inputs`.
        down, listed_down: `Down` of presence and of lists.
        one: the subscriber's row of `find_reached`.
        start, end: scratch, one slot a row.
    """
    runs = 0
    for layer in range(terms[1], terms[2]):
        slot = AFFECTED if layer == terms[1] else LAYER
        if terms[0] == LISTED:
            found = _down_where(inputs.listed, listed_down, layer, one[3], one[4], slot, start, end)
        else:
            found = _down_at_places(terms[0], inputs, down, layer, one, slot, start, end)
        found = settle(start, end, slot, found)
        if slot == AFFECTED:
            runs = found
        else:
            runs = put_both(start, end, AFFECTED, runs, LAYER, found, COVERED)
            copy(start, end, COVERED, runs, AFFECTED)
        if runs == 0:
            return 0
    return runs


@kernel_inlined
def _down_at_places(kind: int, inputs: Any, down: Any, layer: int, one: Any, slot: int, start: Any, end: Any) -> int:
    """Write when a layer was down where a subscriber was, by presence, home or both; unsorted."""
    length = 0
    if kind != HOME:
        length = _down_where(inputs.presence, down, layer, one[1], one[2], slot, start, end)
    if kind == PRESENCE:
        return length
    place = inputs.home.place[inputs.home.code[one[0]]]
    first, count = down.first[layer, place], down.runs[layer, place]
    covered = 0
    if kind == PRESENCE_ELSE_HOME and count > 0:
        for row in range(one[1], one[2]):
            if inputs.presence.start[row] < inputs.presence.end[row]:
                covered = put(start, end, COVERED, covered, inputs.presence.start[row], inputs.presence.end[row])
        covered = settle(start, end, COVERED, covered)
    for run in range(first, first + count):
        length = put_outside(start, end, COVERED, covered, slot, length, down.start[run], down.end[run])
    return length


@kernel_inlined
def _down_where(rows: Any, down: Any, layer: int, begin: int, stop: int, slot: int, start: Any, end: Any) -> int:
    """Write the pieces of rows during which a layer was down in the row's place; unsorted."""
    length = 0
    for row in range(begin, stop):
        place = rows.place[rows.code[row]]
        first = down.first[layer, place]
        for run in range(first, first + down.runs[layer, place]):
            begins = max(rows.start[row], down.start[run])
            ends = min(rows.end[row], down.end[run])
            if begins < ends:
                length = put(start, end, slot, length, begins, ends)
    return length
