"""What units are worth: one exact product, one cap, and one rounding, half-even, here and nowhere else.

Source: docs/credit.md, "Value of one unit", "Amount" and "Already paid".
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from datetime import date
from fractions import Fraction

from pulih.compensate.clauses import Amount, Benefit, Cap, Clause, FeeShare, ValidityDays
from pulih.compensate.days import DAY_S
from pulih.compensate.holdings import Paid

_DAYS_OF_A_MONTH = 30


def unit_worth(clause: Clause, fee_minor: int, began: date) -> Fraction:
    """What one unit is worth, in minor units, days or units of the benefit.

    Args:
        clause: the clause.
        fee_minor: monthly fee of the subscriber.
        began: start date of the incident; its calendar month counts.

    Returns: the worth, exactly.

    >>> from pulih.compensate.clauses import Fixed
    >>> unit_worth(Clause(id="c", quantity=Fixed(1), value=FeeShare(86_400, "calendar")), 8_400, date(2025, 2, 3))
    Fraction(300, 1)
    """
    match clause.value:
        case FeeShare(per_s=per_s, month=month):
            days = _DAYS_OF_A_MONTH if month == "30" else monthrange(began.year, began.month)[1]
            return Fraction(fee_minor * per_s, days * DAY_S)
        case Amount(amount_minor=amount_minor):
            return Fraction(amount_minor)
        case ValidityDays():
            return Fraction(1)
        case Benefit(amount=amount):
            return Fraction(amount)


def due_minor(raw: Fraction, cap: Cap, fee_minor: int) -> int:
    """The amount due: raw, at most the cap, rounded half-even to a whole number.

    >>> due_minor(Fraction(61, 2), Cap(), 0), due_minor(Fraction(63, 2), Cap(fee_percent=100), 20)
    (30, 20)
    """
    limits = [raw]
    if cap.fee_percent is not None:
        limits.append(Fraction(fee_minor * cap.fee_percent, 100))
    if cap.amount_minor is not None:
        limits.append(Fraction(cap.amount_minor))
    return round(min(limits))


def paid_before(
    paid: Iterable[Paid], clause_id: str, currency: str, *, incident_ids: frozenset[str], policy_ids: frozenset[str]
) -> int:
    """What was paid earlier under a clause, for the incident and those it takes the place of; never below zero.

    Args:
        paid: the subscriber's earlier credits.
        clause_id, currency: only rows with both count.
        incident_ids, policy_ids: the incident and the policy with all that they supersede.

    Returns: one sum over all these rows, each counted once.

    >>> rows = [Paid("I0", "p", "c", -500, "IDR"), Paid("I1", "p", "c", 833, "IDR")]
    >>> paid_before(rows, "c", "IDR", incident_ids=frozenset({"I0", "I1"}), policy_ids=frozenset({"p"}))
    333
    """
    return max(
        0,
        sum(
            row.amount_minor
            for row in paid
            if row.clause_id == clause_id
            and row.currency == currency
            and row.incident_id in incident_ids
            and row.policy_id in policy_ids
        ),
    )
