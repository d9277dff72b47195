"""How many units a clause counts for one subscriber: from new time N, or from local days, exactly.

New time and new days leave out what earlier incidents gave under the same clause, so that the same minute is not paid
twice; thresholds look at S, quantities at N. Source: docs/credit.md, "Quantity".
"""

from __future__ import annotations

from fractions import Fraction
from zoneinfo import ZoneInfo

import msgspec

from pulih.compensate.clauses import Clause, DaysAfterWorkingDays, Duration, Fixed, LocalDays, Measure, Threshold
from pulih.compensate.days import SECOND_US, days_after_working_days, local_days
from pulih.compensate.runs import NEVER, Runs, difference, longest_us, total_us, union


class Claimed(msgspec.Struct, frozen=True):
    """What earlier incidents took under one clause: time, and local days (since 1970-01-01)."""

    time: Runs = NEVER
    days: frozenset[int] = frozenset()


class Counted(msgspec.Struct, frozen=True):
    """What one incident counts: its new time N, its days (new ones too), and the units."""

    new: Runs
    days: frozenset[int]
    new_days: frozenset[int]
    units: Fraction


def meets(threshold: Threshold | None, affected: Runs) -> bool:
    """Whether affected time S is enough; without a threshold any is.

    >>> meets(Threshold("total", ">=", 1), ((0, 500_000), (600_000, 1_100_000)))
    True
    """
    if threshold is None:
        return affected != NEVER
    measured_us = measure_us(affected, threshold.measure)
    bound_us = threshold.seconds * SECOND_US
    enough = measured_us > bound_us if threshold.op == ">" else measured_us >= bound_us
    return affected != NEVER and enough


def measure_us(runs: Runs, measure: Measure) -> int:
    """Total or longest run, microseconds."""
    return total_us(runs) if measure == "total" else longest_us(runs)


def count(clause: Clause, affected: Runs, claimed: Claimed, zone: ZoneInfo) -> Counted:
    """Count the units of a subscriber who qualifies.

    Args:
        clause: says what is counted.
        affected: the set S.
        claimed: what earlier incidents took under this clause.
        zone: the incident's.

    Returns: new time, days and units.

    >>> from pulih.compensate.clauses import ValidityDays
    >>> clause = Clause(id="c", quantity=Duration("total", 60, "exact", "start"), value=ValidityDays())
    >>> count(clause, ((0, 90_000_000),), Claimed(((0, 60_000_000),)), ZoneInfo("UTC")).units
    Fraction(1, 2)
    """
    new = difference(affected, claimed.time)
    days: frozenset[int] = frozenset()
    units = Fraction(0)
    match clause.quantity:
        case Duration() as duration:
            units = _duration_units(duration, clause.threshold, new)
        case LocalDays() as rule:
            days = local_days(affected, rule, zone)
        case DaysAfterWorkingDays() as rule:
            days = days_after_working_days(affected, rule, zone)
        case Fixed(units=fixed):
            units = Fraction(fixed if clause.scope == "all" or new else 0)
    new_days = days - claimed.days
    return Counted(new, days, new_days, units + len(new_days))


def claim(claimed: Claimed, affected: Runs, counted: Counted) -> Claimed:
    """What is taken once this incident, for which the subscriber qualified, has been counted too."""
    return Claimed(union((*claimed.time, *affected)), claimed.days | counted.days)


def _duration_units(duration: Duration, threshold: Threshold | None, new: Runs) -> Fraction:
    measured_us = measure_us(new, duration.measure)
    if duration.count_from == "threshold" and threshold is not None:
        measured_us = max(0, measured_us - threshold.seconds * SECOND_US)
    unit_us = duration.unit_s * SECOND_US
    match duration.rounding:
        case "down":
            return Fraction(measured_us // unit_us)
        case "up":
            return Fraction(-(-measured_us // unit_us))
        case "exact":
            return Fraction(measured_us, unit_us)
