"""The rows of the SQL's table `rule`: what a policy says about each evaluated incident, as whole numbers.

Every kind of clause becomes the same columns, so that one text serves all policies. Fractions are cancelled here, in
Python's integers; what would not fit the 38 digits that both databases have is left to another engine.
Source: docs/credit.md, "Quantity" to "Amount".
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from fractions import Fraction
from typing import Final

import msgspec

from pulih.adapters.credit.sql_verdict import DAYS, DURATION, FIXED
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
    ValidityDays,
)
from pulih.compensate.outages import CreditIncident, clause_status, start_date

_SECOND_US: Final = 1_000_000
_DAY_S: Final = 86_400
# A product of two columns stays below 10^38 while each is below this, and an id, fee or time is one of the two.
_NUMBER_MAX: Final = 1 << 62
_PERCENT_MAX: Final = 10**18

Shape = tuple[tuple[str, ...] | None, str, str, int | None]


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """One evaluated pair of incident and clause.

    Attributes:
        rule: its number; pairs are numbered in the order of incident id, then clause id (bytes), as credits are sorted.
        clause, seq, shape: numbers of the clause, of the incident in order of start, and of the way to be affected.
        everybody: 1 under scope "all".
        need_longest, need_us: the least affected time that qualifies, of the longest run (1) or of the sum (0).
        kind: DURATION, DAYS or FIXED; units: of FIXED.
        new_longest, off_us, add_us, unit_us: units of DURATION are (time - off + add) // unit.
        day_need_us: least affected time of a local day that counts; None when days are not counted so.
        num, den: what a unit is worth, of the fee (of_fee 1) or in itself (0).
        currency: of the credit; None: the subscriber's.
        cap_percent, cap_minor: of the fee, and in itself; None without.
    """

    rule: int
    clause: int
    seq: int
    shape: int
    everybody: int
    need_longest: int
    need_us: int
    kind: int
    units: int
    new_longest: int
    off_us: int
    add_us: int
    unit_us: int
    day_need_us: int | None
    num: int
    den: int
    of_fee: int
    currency: str | None
    cap_percent: int | None
    cap_minor: int | None


class Pair(msgspec.Struct, frozen=True):
    """An incident and a clause that is evaluated for it, with their numbers."""

    seq: int
    incident: CreditIncident
    number: int
    clause: Clause


def evaluated_pairs(policy: Policy, incidents: tuple[CreditIncident, ...]) -> tuple[Pair, ...]:
    """The pairs that give credits, in the order in which credits are sorted: incident id, then clause id (bytes)."""
    pairs = [
        Pair(seq, incident, number, clause)
        for seq, incident in enumerate(incidents)
        for number, clause in enumerate(policy.clauses)
        if clause_status(incident, policy, clause) == "evaluated"
    ]
    return tuple(sorted(pairs, key=lambda pair: (pair.incident.id.encode(), pair.clause.id.encode())))


def shape_of(clause: Clause) -> Shape:
    """What decides when a subscriber is affected; clauses that agree in it share their runs.

    >>> shape_of(Clause(id="c", quantity=Fixed(1), value=ValidityDays(), services=("sms", "data"), location="listed"))
    (('data', 'sms'), 'any', 'listed', None)
    """
    services = None if clause.services is None else tuple(sorted(clause.services))
    mode = clause.service_mode if services is not None and len(services) > 1 else "any"
    return services, mode, clause.location, None if clause.location == "listed" else clause.window_max_depth


def slots_of(shape: Shape) -> tuple[tuple[str, ...] | None, ...]:
    """The services of which one must be down, for each slot; all slots must be open. None: any service will do."""
    services, mode, _, _ = shape
    return tuple((name,) for name in services) if services is not None and mode == "all" else (services,)


def rule_rows(pairs: tuple[Pair, ...], shapes: tuple[Shape, ...]) -> tuple[Rule, ...]:
    """The table `rule`.

    Args:
        pairs: evaluated pairs, in the order of credits.
        shapes: all shapes; their place is their number.
    """
    return tuple(_rule(number, pair, shapes.index(shape_of(pair.clause))) for number, pair in enumerate(pairs))


def too_large(policy: Policy) -> tuple[str, ...]:
    """What in the policy is too large for arithmetic of 38 digits, in words; empty when all of it fits."""
    return tuple(
        f"clause {clause.id}: {what} is too large for arithmetic of 38 digits"
        for clause in policy.clauses
        for what in _too_large(clause)
    )


def _too_large(clause: Clause) -> Iterator[str]:
    month_days = 30
    off_us, add_us, unit_us = _duration(clause)
    worth = _worth(clause, month_days)
    numbers = {
        "threshold.seconds": _need(clause)[1],
        "quantity": max(off_us, add_us, unit_us, _units(clause), _day_need_us(clause) or 0),
        # Another month than one of 30 days multiplies the denominator by at most 31.
        "value or multiplier": max(worth.numerator * 31, worth.denominator * 31),
        "cap.amount_minor": clause.cap.amount_minor or 0,
    }
    yield from (what for what, number in numbers.items() if number > _NUMBER_MAX)
    if (clause.cap.fee_percent or 0) > _PERCENT_MAX:
        yield "cap.fee_percent"


def _rule(number: int, pair: Pair, shape: int) -> Rule:
    clause = pair.clause
    need_longest, need_us = _need(clause)
    off_us, add_us, unit_us = _duration(clause)
    worth = _worth(clause, _month_days(pair.incident))
    return Rule(
        rule=number,
        clause=pair.number,
        seq=pair.seq,
        shape=shape,
        everybody=int(clause.scope == "all"),
        need_longest=need_longest,
        need_us=need_us,
        kind=_kind(clause),
        units=_units(clause),
        new_longest=int(isinstance(clause.quantity, Duration) and clause.quantity.measure == "longest"),
        off_us=off_us,
        add_us=add_us,
        unit_us=unit_us,
        day_need_us=_day_need_us(clause),
        num=worth.numerator,
        den=worth.denominator,
        of_fee=int(isinstance(clause.value, FeeShare)),
        currency=_currency(clause),
        cap_percent=clause.cap.fee_percent,
        cap_minor=clause.cap.amount_minor,
    )


def _need(clause: Clause) -> tuple[int, int]:
    """Whether the longest run counts, and the least microseconds that qualify: at least one, since S is not empty."""
    threshold = clause.threshold
    if threshold is None:
        return 0, 1
    need_us = threshold.seconds * _SECOND_US + (threshold.op == ">")
    return int(threshold.measure == "longest"), max(1, need_us)


def _kind(clause: Clause) -> int:
    match clause.quantity:
        case Duration():
            return DURATION
        case Fixed():
            return FIXED
        case LocalDays() | DaysAfterWorkingDays():
            return DAYS


def _units(clause: Clause) -> int:
    return clause.quantity.units if isinstance(clause.quantity, Fixed) else 0


def _duration(clause: Clause) -> tuple[int, int, int]:
    """What is taken off, what is added before dividing, and by what: all microseconds."""
    quantity = clause.quantity
    if not isinstance(quantity, Duration):
        return 0, 0, 1
    from_threshold = quantity.count_from == "threshold" and clause.threshold is not None
    off_us = clause.threshold.seconds * _SECOND_US if from_threshold and clause.threshold else 0
    # An exact quantity counts microseconds; what a unit is worth is divided instead.
    unit_us = 1 if quantity.rounding == "exact" else quantity.unit_s * _SECOND_US
    return off_us, unit_us - 1 if quantity.rounding == "up" else 0, unit_us


def _day_need_us(clause: Clause) -> int | None:
    quantity = clause.quantity
    if not isinstance(quantity, LocalDays):
        return None
    return max(1, quantity.seconds * _SECOND_US + (quantity.op == ">"))


def _worth(clause: Clause, month_days: int) -> Fraction:
    """What a counted unit is worth, multiplier included: of the fee, or in itself."""
    match clause.value:
        case FeeShare(per_s=per_s, month=month):
            worth = Fraction(per_s, (30 if month == "30" else month_days) * _DAY_S)
        case Amount(amount_minor=amount_minor):
            worth = Fraction(amount_minor)
        case Benefit(amount=amount):
            worth = Fraction(amount)
        case ValidityDays():
            worth = Fraction(1)
    quantity = clause.quantity
    if isinstance(quantity, Duration) and quantity.rounding == "exact":
        worth /= quantity.unit_s * _SECOND_US
    return worth * clause.multiplier


def _currency(clause: Clause) -> str | None:
    match clause.value:
        case FeeShare():
            return None
        case Amount(currency=currency):
            return currency
        case ValidityDays():
            return "DAY"
        case Benefit(unit=unit):
            return unit


def _month_days(incident: CreditIncident) -> int:
    began = start_date(incident)
    return 30 if began is None else calendar.monthrange(began.year, began.month)[1]
