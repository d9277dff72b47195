"""Credits in the kernel: every incident and clause for one subscriber after another, and sums over all of them.

The steps are those of `compensate.crediting`, on whole numbers only. Rows go into arrays of a fixed size; when they
are full the kernel returns where it is, and goes on there when it is called again.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pulih.adapters.credit.kernel_amounts import TOO_LARGE, rounded_product
from pulih.adapters.credit.kernel_days import Calendar, days_after_working_days, local_days
from pulih.adapters.credit.kernel_exposure import AFFECTED, CLAIMED, COVERED, NEW, Down, Inputs, Ints, affected_runs
from pulih.adapters.credit.kernel_runs import copy, measured, put_outside, settle
from pulih.adapters.credit.kernel_terms import (
    AFTER_WORKING_DAYS,
    BY_LONGEST,
    CAP_MINOR,
    CAP_PERCENT,
    CLAIMS,
    CLAUSE,
    CURRENCY,
    DAY_LEAST_US,
    EVERYBODY,
    EXACT,
    EXPOSURE,
    FIXED,
    KIND,
    LEAST_US,
    LOCAL_DAYS,
    LONGEST_COUNTS,
    NONE,
    OF_FEE,
    OFF_US,
    ONLY_CURRENCY,
    OVER,
    RANK,
    ROUNDING,
    TIMES,
    UNIT_US,
    UNITS,
    UP,
    WORKING,
    ZONE,
)
from pulih.series.kernel import kernel_inlined, kernel_unlocked

SECOND_US: Final = 1_000_000
_LOW: Final = 0xFFFFFFFF


class People(NamedTuple):
    """Subscribers of a stretch: text as codes, and what clauses make of each code."""

    ids: Ints
    fee: Ints
    payment: NDArray[np.int32]
    segment: NDArray[np.int32]
    plan: NDArray[np.int32]
    currency: NDArray[np.int32]
    payment_admitted: NDArray[np.bool_]
    segment_admitted: NDArray[np.bool_]
    plan_admitted: NDArray[np.bool_]
    currency_number: Ints


class Paid(NamedTuple):
    """Earlier credits, sorted by subscriber: which pair of incident and clause each counts for (NONE: no one's)."""

    subscriber: Ints
    pair: Ints
    currency: Ints
    amount: Ints


class Scratch(NamedTuple):
    """Room for one subscriber: slots of runs, how many each clause claimed, and amounts by rank."""

    start: Ints
    end: Ints
    claimed: Ints
    net: Ints
    affected_s: Ints
    currency: Ints


class Credits(NamedTuple):
    """Rows of credits; `rank` says which incident and clause."""

    subscriber: Ints
    rank: NDArray[np.int32]
    affected_s: Ints
    amount: Ints
    currency: NDArray[np.int32]


class Gathered(NamedTuple):
    """Sums by pair: who qualified, rows, seconds; by pair and currency: due, set off, each in two parts of 32 bits."""

    counts: Ints
    amounts: Ints


class Stretch(NamedTuple):
    """A stretch of subscribers with all that is known of them, and what was down."""

    people: People
    inputs: Inputs
    paid: Paid
    down: Down
    listed_down: Down
    calendar: Calendar


@kernel_unlocked
def credit_stretch(terms: Any, stretch: Any, found: Any, place: Any, scratch: Any, credits: Any, gathered: Any) -> int:
    """Work out credits until all who were found are done or the rows are full.

    Args:
        terms: `Terms.rows`.
        stretch: `Stretch`.
        found: who is reached, as `find_reached` wrote it; as long as it counted.
        place: where the kernel is, changed: next of `found`, rows so far, subscribers credited so far, subscribers
            looked at so far.
        scratch, credits, gathered: `Scratch`, `Credits`, `Gathered`, changed.

    Returns: 0 when all are done, 1 when the rows are full, 2 when an amount is too large.
    """
    pairs = terms.shape[0]
    while place[0] < found.shape[0]:
        if place[1] + pairs > len(credits.subscriber):
            return 1
        one = found[place[0]]
        place[3] += 1
        if not _credit_one(terms, stretch, one, place[3], scratch, gathered):
            return 2
        before = place[1]
        for rank in range(pairs):
            if scratch.net[rank] > 0:
                row = place[1]
                credits.subscriber[row] = stretch.people.ids[one[0]]
                credits.rank[row] = rank
                credits.affected_s[row] = scratch.affected_s[rank]
                credits.amount[row] = scratch.net[rank]
                credits.currency[row] = scratch.currency[rank]
                place[1] += 1
        place[2] += place[1] > before
        place[0] += 1
    return 0


@kernel_inlined
def _credit_one(terms: Any, stretch: Any, one: Any, turn: int, scratch: Any, gathered: Any) -> bool:
    """Work out all pairs for one subscriber, in a turn of their own; return False where an amount is too large."""
    start, end = scratch.start, scratch.end
    scratch.net[:] = 0
    scratch.claimed[:] = 0
    exposure, runs = NONE, 0
    for pair in range(terms.shape[0]):
        term = terms[pair]
        if not _admitted(term, stretch.people, one[0]):
            continue
        if term[EXPOSURE] != exposure:
            exposure = term[EXPOSURE]
            runs = affected_runs(term, stretch.inputs, stretch.down, stretch.listed_down, one, start, end)
        total, longest = measured(start, end, AFFECTED, runs)
        long_enough = (longest if term[BY_LONGEST] == 1 else total) >= term[LEAST_US]
        if term[EVERYBODY] == 0 and (runs == 0 or not long_enough):
            continue
        units = _units(term, stretch.calendar, turn, runs, scratch)
        due = _due(term, units, stretch.people.fee[one[0]])
        if due == TOO_LARGE:
            return False
        currency = term[CURRENCY]
        if currency == NONE:
            currency = stretch.people.currency_number[stretch.people.currency[one[0]]]
        off = min(due, _paid_before(stretch.paid, one[5], one[6], pair, currency))
        rank = term[RANK]
        scratch.net[rank], scratch.currency[rank] = due - off, currency
        scratch.affected_s[rank] = total // SECOND_US
        _gather(gathered, pair, currency, total // SECOND_US, due, off)
    return True


@kernel_inlined
def _admitted(term: Any, people: Any, at: int) -> bool:
    clause = term[CLAUSE]
    admitted: bool = (
        people.payment_admitted[clause, people.payment[at]]
        and people.segment_admitted[clause, people.segment[at]]
        and people.plan_admitted[clause, people.plan[at]]
        and (term[ONLY_CURRENCY] == NONE or people.currency_number[people.currency[at]] == term[ONLY_CURRENCY])
    )
    return admitted


@kernel_inlined
def _units(term: Any, calendar: Any, turn: int, runs: int, scratch: Any) -> int:
    """Count units (microseconds where they stay exact) and claim what was counted."""
    start, end, claims = scratch.start, scratch.end, term[CLAIMS]
    if term[KIND] == LOCAL_DAYS:
        return local_days(calendar, term[ZONE], term[DAY_LEAST_US], claims, turn, start, end, runs)
    if term[KIND] == AFTER_WORKING_DAYS:
        return days_after_working_days(calendar, term[ZONE], term[WORKING], claims, turn, start, end, runs)
    slot, new = AFFECTED, runs
    if claims != NONE:
        slot, new = NEW, _claim(claims, runs, scratch)
    if term[KIND] == FIXED:
        units: int = term[UNITS] if new > 0 or term[EVERYBODY] == 1 else 0
        return units
    total, longest = measured(start, end, slot, new)
    counted: int = max(0, (longest if term[LONGEST_COUNTS] == 1 else total) - term[OFF_US])
    if term[ROUNDING] != EXACT:
        whole = counted // term[UNIT_US]
        counted = whole + (term[ROUNDING] == UP and whole * term[UNIT_US] < counted)
    return counted


@kernel_inlined
def _claim(claims: int, runs: int, scratch: Any) -> int:
    """Write the new time N into slot NEW, claim S, and return how many runs N has."""
    start, end, slot, new = scratch.start, scratch.end, CLAIMED + claims, 0
    taken = scratch.claimed[claims]
    for run in range(runs):
        new = put_outside(start, end, slot, taken, NEW, new, start[AFFECTED, run], end[AFFECTED, run])
    copy(start, end, AFFECTED, runs, COVERED)
    for run in range(taken):
        start[COVERED, runs + run], end[COVERED, runs + run] = start[slot, run], end[slot, run]
    joined = settle(start, end, COVERED, runs + taken)
    copy(start, end, COVERED, joined, slot)
    scratch.claimed[claims] = joined
    return new


@kernel_inlined
def _due(term: Any, units: int, fee: int) -> Any:
    """The amount due. Rounding never changes an order, so the smallest of rounded limits is the smallest, rounded."""
    due = rounded_product(fee if term[OF_FEE] == 1 else 1, units, term[TIMES], term[OVER])
    if term[CAP_PERCENT] != NONE:
        due = min(due, rounded_product(fee, term[CAP_PERCENT], 1, 100))
    return min(due, term[CAP_MINOR]) if term[CAP_MINOR] != NONE else due


@kernel_inlined
def _paid_before(paid: Any, begin: int, stop: int, pair: int, currency: int) -> int:
    """What was paid before, 0 or more; one sum, in two parts so that none overflows."""
    low, high = 0, 0
    for row in range(begin, stop):
        if paid.pair[row] == pair and paid.currency[row] == currency:
            low += paid.amount[row] & _LOW
            high += paid.amount[row] >> 32
    high += low >> 32
    if high < 0:
        return 0
    return TOO_LARGE if high >= 2**31 else (high << 32) | (low & _LOW)


@kernel_inlined
def _gather(gathered: Any, pair: int, currency: int, affected_s: int, due: int, off: int) -> None:
    counts, amounts = gathered.counts, gathered.amounts
    counts[pair, 0] += 1
    counts[pair, 1] += due > off
    counts[pair, 2] += affected_s
    amounts[pair, currency, 0] += due & _LOW
    amounts[pair, currency, 1] += due >> 32
    amounts[pair, currency, 2] += off & _LOW
    amounts[pair, currency, 3] += off >> 32
