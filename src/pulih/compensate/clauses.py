"""What a compensation policy says: clauses as frozen data, each with whom it reaches, what it counts and what it pays.

A policy is read from a file once (`policy.read_policy`) and passed on as this. Kinds of quantity and of value are
types of their own, so that an engine that lacks one cannot overlook it. Source: docs/credit.md, "Policies".
"""

from __future__ import annotations

from datetime import date
from typing import Literal

import msgspec

ScopeOf = Literal["affected", "all"]
Mode = Literal["any", "all"]
Location = Literal["presence", "home", "presence_else_home", "listed"]
Measure = Literal["total", "longest"]
Comparison = Literal[">", ">="]
Rounding = Literal["up", "down", "exact"]
CountFrom = Literal["start", "threshold"]
Month = Literal["30", "calendar"]


class Applies(msgspec.Struct, frozen=True, kw_only=True):
    """Whom a clause reaches: admitted values of each column; None admits every value, an empty list none."""

    payment: tuple[str, ...] | None = None
    segment: tuple[str, ...] | None = None
    plans: tuple[str, ...] | None = None


class Requirement(msgspec.Struct, frozen=True):
    """What an incident must have: the attribute, with at least this value."""

    attribute: str
    minimum: int


class Threshold(msgspec.Struct, frozen=True):
    """How much affected time S qualifies: its total or its longest run, compared by `op` with whole seconds."""

    measure: Measure
    op: Comparison
    seconds: int


class Duration(msgspec.Struct, frozen=True, tag="duration"):
    """Units of new time N: total or longest run, over `unit_s`, rounded once or left as an exact fraction.

    With `count_from` "threshold" the seconds of the threshold are taken off first; such a clause has one.
    """

    measure: Measure
    unit_s: int
    rounding: Rounding
    count_from: CountFrom


class LocalDays(msgspec.Struct, frozen=True, tag="local_days"):
    """Units are local days on which the affected time of S compares by `op` with `seconds`."""

    op: Comparison
    seconds: int


class DaysAfterWorkingDays(msgspec.Struct, frozen=True, tag="days_after_working_days"):
    """Units are local days of a run later than the n-th working day after the day on which it began.

    Attributes:
        n: working days that give nothing; 0 or more.
        weekend: weekdays that are no working days, Monday 0 to Sunday 6, at most six of them, in order.
        holidays: dates that are none either, in order.
    """

    n: int
    weekend: tuple[int, ...]
    holidays: tuple[date, ...]


class Fixed(msgspec.Struct, frozen=True, tag="fixed"):
    """The same units for everybody who qualifies and has new time (or for all, under scope "all")."""

    units: int


Quantity = Duration | LocalDays | DaysAfterWorkingDays | Fixed


class FeeShare(msgspec.Struct, frozen=True, tag="fee"):
    """A unit is worth the part of the monthly fee that falls on `per_s` seconds of a month."""

    per_s: int
    month: Month


class Amount(msgspec.Struct, frozen=True, tag="amount"):
    """A unit is worth an amount of money; only subscribers with that currency qualify."""

    amount_minor: int
    currency: str


class ValidityDays(msgspec.Struct, frozen=True, tag="days"):
    """A unit is worth a day of validity, counted in the currency `DAY`."""


class Benefit(msgspec.Struct, frozen=True, tag="benefit"):
    """A unit is worth `amount` of something in kind: MB, SMS, MIN."""

    unit: str
    amount: int


Value = FeeShare | Amount | ValidityDays | Benefit


class Cap(msgspec.Struct, frozen=True, kw_only=True):
    """The most that a subscriber gets for an incident under a clause; of two the lower one holds."""

    fee_percent: int | None = None
    amount_minor: int | None = None


class Clause(msgspec.Struct, frozen=True, kw_only=True):
    """One rule of a policy; clauses do not know one another, their credits add up.

    Attributes:
        id: permanent, unique in the policy.
        scope: "all" reaches everybody whom `applies` admits, affected or not; then no threshold, and quantity Fixed.
        services: services that matter, each once; None: any. Never empty.
        window_max_depth: windows whose region is deeper are ignored; None: none is. `*` has depth 0.
        valid_from, valid_to: inclusive and exclusive; compared with the incident's start date.
    """

    id: str
    quantity: Quantity
    value: Value
    scope: ScopeOf = "affected"
    applies: Applies = Applies()
    services: tuple[str, ...] | None = None
    service_mode: Mode = "any"
    location: Location = "presence"
    window_max_depth: int | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    requires: tuple[Requirement, ...] = ()
    threshold: Threshold | None = None
    multiplier: int = 1
    cap: Cap = Cap()


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """A compensation policy: clauses, when it is in force, and which earlier credits count as its own.

    Attributes:
        supersedes: other policies whose earlier credits count as this one's; never its own id, each once.
        title, source, assumptions: for people; no effect.
    """

    id: str
    clauses: tuple[Clause, ...]
    valid_from: date | None = None
    valid_to: date | None = None
    excluded_causes: tuple[str, ...] = ()
    supersedes: tuple[str, ...] = ()
    title: str = ""
    source: str = ""
    assumptions: str = ""


def credit_currency(clause: Clause, subscriber_currency: str) -> str:
    """The currency column of a credit under this clause.

    Args:
        clause: the clause.
        subscriber_currency: ISO 4217 code of the subscriber.

    Returns: a currency, `DAY`, or the unit of a benefit.

    >>> credit_currency(Clause(id="c", quantity=Fixed(1), value=Benefit("MB", 1024)), "IDR")
    'MB'
    """
    match clause.value:
        case FeeShare():
            return subscriber_currency
        case Amount(currency=currency):
            return currency
        case ValidityDays():
            return "DAY"
        case Benefit(unit=unit):
            return unit
