"""Terms of the kernel: what a policy says about each evaluated incident and clause, as rows of whole numbers.

Everything that does not depend on the subscriber is settled here, in Python's integers of any size; what would not
fit the kernel's 64 bits is named, and left to another engine.
"""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from collections.abc import Iterator
from datetime import date
from math import gcd
from typing import Final

import msgspec
import numpy as np

from pulih.adapters.credit.kernel_down import Layer
from pulih.adapters.credit.kernel_exposure import HOME, LISTED, PRESENCE, PRESENCE_ELSE_HOME, Ints
from pulih.compensate.clauses import (
    Amount,
    Benefit,
    Clause,
    DaysAfterWorkingDays,
    Duration,
    FeeShare,
    Fixed,
    LocalDays,
    Policy,
)
from pulih.compensate.days import DAY_S, SECOND_US
from pulih.compensate.outages import CreditIncident, clause_status, start_date

# Columns of terms: the exposure (its number and `kernel_exposure.affected_runs`), who, how much, worth what.
PLACES, LAYER_FROM, LAYER_TO, EXPOSURE, CLAUSE, INCIDENT, RANK = range(7)
EVERYBODY, BY_LONGEST, LEAST_US = range(7, 10)
KIND, LONGEST_COUNTS, ROUNDING, OFF_US, UNIT_US, UNITS, DAY_LEAST_US, ZONE, WORKING, CLAIMS = range(10, 20)
OF_FEE, TIMES, OVER, CAP_PERCENT, CAP_MINOR, CURRENCY, ONLY_CURRENCY = range(20, 27)
COLUMNS: Final = 27
DURATION, LOCAL_DAYS, AFTER_WORKING_DAYS, FIXED = range(4)
DOWN, UP, EXACT = range(3)
NONE: Final = -1
LARGEST: Final = 2**63 - 1
# Longer than any time that is admitted, so that a longer threshold can be cut to it.
_LONGEST_US: Final = 2**62
_PLACES: Final = {
    "presence": PRESENCE,
    "home": HOME,
    "presence_else_home": PRESENCE_ELSE_HOME,
    "listed": LISTED,
}
_ROUNDINGS: Final = {"down": DOWN, "up": UP, "exact": EXACT}


class Terms(msgspec.Struct, frozen=True):
    """The rows, in the order in which they are worked out, and what their numbers stand for.

    Attributes:
        rows: shape (pairs of incident and clause, COLUMNS).
        pairs: incident and clause of each row.
        layers: of all exposures.
        zones: names, by the number in ZONE.
        working: rules, by the number in WORKING.
        claims: how many clauses remember what was counted before; CLAIMS says which.
    """

    rows: Ints
    pairs: tuple[tuple[CreditIncident, Clause], ...]
    layers: tuple[Layer, ...]
    zones: tuple[str, ...]
    working: tuple[DaysAfterWorkingDays, ...]
    claims: int


def too_large(clause: Clause) -> str | None:
    """Which number of a clause does not fit the kernel, in words; None where all do."""
    for days in (28, 29, 30, 31):
        times, over = _worth(clause, days)
        if max(times, over) > LARGEST:
            return f"clause {clause.id}: amounts whose factors exceed 64 bits"
    units = clause.quantity.units if isinstance(clause.quantity, Fixed) else 0
    unit_us = clause.quantity.unit_s * SECOND_US if isinstance(clause.quantity, Duration) else 0
    caps = (clause.cap.fee_percent or 0, clause.cap.amount_minor or 0)
    if max(units, unit_us, *caps) >= LARGEST:
        return f"clause {clause.id}: units or caps that exceed 64 bits"
    return None


def terms_of(policy: Policy, incidents: tuple[CreditIncident, ...], currency_code: dict[str, int]) -> Terms:
    """Settle what does not depend on subscribers.

    Args:
        policy: every clause fits (`too_large`).
        incidents: in the order in which they are worked out.
        currency_code: numbers of currencies; those of the policy are added.

    Returns: the terms of all evaluated pairs, those of an incident with the same exposure one after another.
    """
    zones = tuple(sorted({incident.zone for incident in incidents}))
    working = tuple({c.quantity: None for c in policy.clauses if isinstance(c.quantity, DaysAfterWorkingDays)})
    pairs = [
        (number, incident, clause)
        for number, incident in enumerate(incidents)
        for clause in sorted(policy.clauses, key=_exposure_text)
        if clause_status(incident, policy, clause) == "evaluated"
    ]
    times_evaluated = Counter(clause.id for _, _, clause in pairs)
    by_id = sorted(range(len(pairs)), key=lambda at: (pairs[at][1].id.encode(), pairs[at][2].id.encode()))
    rows = np.full((len(pairs), COLUMNS), NONE, np.int64)
    layers: list[Layer] = []
    claims: dict[str, int] = {}
    before: tuple[int, str] | None = None
    for at, (number, incident, clause) in enumerate(pairs):
        row, exposure = rows[at], (number, _exposure_text(clause))
        if exposure == before:
            row[: EXPOSURE + 1] = rows[at - 1][: EXPOSURE + 1]
        else:
            row[PLACES], row[LAYER_FROM], row[EXPOSURE] = _PLACES[clause.location], len(layers), at
            layers.extend(_layers(number, clause))
            row[LAYER_TO] = len(layers)
        before = exposure
        row[CLAUSE], row[INCIDENT], row[RANK] = policy.clauses.index(clause), number, by_id.index(at)
        _put_threshold(row, clause)
        _put_quantity(row, clause)
        row[ZONE] = zones.index(incident.zone)
        if isinstance(clause.quantity, DaysAfterWorkingDays):
            row[WORKING] = working.index(clause.quantity)
        if times_evaluated[clause.id] > 1 or row[KIND] in (LOCAL_DAYS, AFTER_WORKING_DAYS):
            row[CLAIMS] = claims.setdefault(clause.id, len(claims))
        _put_worth(row, clause, start_date(incident), currency_code)
    return Terms(rows, tuple(pair[1:] for pair in pairs), tuple(layers), zones, working, len(claims))


def _exposure_text(clause: Clause) -> str:
    return repr((clause.location, clause.services, clause.services and clause.service_mode, clause.window_max_depth))


def _layers(incident: int, clause: Clause) -> Iterator[Layer]:
    each: tuple[tuple[str, ...] | None, ...] = (clause.services,)
    if clause.services is not None and clause.service_mode == "all":
        each = tuple((service,) for service in clause.services)
    for services in each:
        yield Layer(incident, clause.location, services, clause.window_max_depth)


def _put_threshold(row: Ints, clause: Clause) -> None:
    row[EVERYBODY] = clause.scope == "all"
    row[LEAST_US] = 0
    if clause.threshold is not None:
        row[BY_LONGEST] = clause.threshold.measure == "longest"
        row[LEAST_US] = _least_us(clause.threshold.op, clause.threshold.seconds)


def _least_us(op: str, seconds: int) -> int:
    """The smallest number of microseconds that compares with the seconds."""
    return min(_LONGEST_US, seconds * SECOND_US + (op == ">"))


def _put_quantity(row: Ints, clause: Clause) -> None:
    match clause.quantity:
        case Duration(measure=measure, unit_s=unit_s, rounding=rounding, count_from=count_from):
            row[KIND], row[LONGEST_COUNTS], row[ROUNDING] = DURATION, measure == "longest", _ROUNDINGS[rounding]
            row[UNIT_US], row[OFF_US] = unit_s * SECOND_US, 0
            if count_from == "threshold" and clause.threshold is not None:
                row[OFF_US] = min(_LONGEST_US, clause.threshold.seconds * SECOND_US)
        case LocalDays(op=op, seconds=seconds):
            row[KIND], row[DAY_LEAST_US] = LOCAL_DAYS, _least_us(op, seconds)
        case DaysAfterWorkingDays():
            row[KIND] = AFTER_WORKING_DAYS
        case Fixed(units=units):
            row[KIND], row[UNITS] = FIXED, units


def _put_worth(row: Ints, clause: Clause, began: date | None, currency_code: dict[str, int]) -> None:
    month_days = 30 if began is None else monthrange(began.year, began.month)[1]
    row[OF_FEE] = isinstance(clause.value, FeeShare)
    row[TIMES], row[OVER] = _worth(clause, month_days)
    if clause.cap.fee_percent is not None:
        row[CAP_PERCENT] = clause.cap.fee_percent
    if clause.cap.amount_minor is not None:
        row[CAP_MINOR] = clause.cap.amount_minor
    if not isinstance(clause.value, FeeShare):
        row[CURRENCY] = currency_code.setdefault(_currency(clause), len(currency_code))
    if isinstance(clause.value, Amount):
        row[ONLY_CURRENCY] = row[CURRENCY]


def _currency(clause: Clause) -> str:
    match clause.value:
        case Amount(currency=currency):
            return currency
        case Benefit(unit=unit):
            return unit
        case _:
            return "DAY"


def _worth(clause: Clause, month_days: int) -> tuple[int, int]:
    """By what the fee (or 1) and the units (or microseconds) are multiplied and divided, in lowest terms."""
    times, over = clause.multiplier, 1
    match clause.value:
        case FeeShare(per_s=per_s, month=month):
            times *= per_s
            over *= (30 if month == "30" else month_days) * DAY_S
        case Amount(amount_minor=amount_minor):
            times *= amount_minor
        case Benefit(amount=amount):
            times *= amount
        case _:
            pass
    if isinstance(clause.quantity, Duration) and clause.quantity.rounding == "exact":
        over *= clause.quantity.unit_s * SECOND_US
    shared = gcd(times, over)
    return times // shared, over // shared
