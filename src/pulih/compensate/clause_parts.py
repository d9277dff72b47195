"""Reads the tables inside a clause: threshold, quantity, value and cap, each kind with its own keys and no others.

A key of another kind is as wrong as an unknown one: it was meant to have an effect and would have none.
Source: docs/credit.md, "Quantity", "Value of one unit" and "Amount".
"""

from __future__ import annotations

import re
from typing import cast

from pulih.compensate.checked_keys import Keys
from pulih.compensate.clauses import (
    Amount,
    Benefit,
    Cap,
    Comparison,
    CountFrom,
    DaysAfterWorkingDays,
    Duration,
    FeeShare,
    Fixed,
    LocalDays,
    Measure,
    Month,
    Quantity,
    Rounding,
    Threshold,
    ValidityDays,
    Value,
)

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MEASURES = ("total", "longest")
_COMPARISONS = (">", ">=")
# Forty years; days are gone through one by one.
_WORKING_DAYS_MAX = 10_000
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)
_UNIT = re.compile(r"[A-Z]{2,8}", re.ASCII)


def read_threshold(keys: Keys) -> Threshold:
    """Read {measure, op, seconds}.

    Raises: RefusedInput, naming the key.
    """
    threshold = Threshold(
        cast(Measure, keys.choice("measure", _MEASURES)),
        cast(Comparison, keys.choice("op", _COMPARISONS)),
        keys.integer("seconds", least=0),
    )
    keys.finish()
    return threshold


def read_quantity(keys: Keys) -> Quantity:
    """Read a quantity of any kind.

    Raises: RefusedInput, naming the key.

    >>> read_quantity(Keys({"kind": "local_days", "op": ">", "seconds": 0}, "quantity"))
    LocalDays(op='>', seconds=0)
    """
    kind = keys.choice("kind", ("duration", "local_days", "days_after_working_days", "fixed"))
    quantity: Quantity
    match kind:
        case "duration":
            quantity = Duration(
                measure=cast(Measure, keys.choice("measure", _MEASURES)),
                unit_s=keys.integer("unit_s", least=1),
                rounding=cast(Rounding, keys.choice("rounding", ("up", "down", "exact"))),
                count_from=cast(CountFrom, keys.choice("count_from", ("start", "threshold"))),
            )
        case "local_days":
            op = cast(Comparison, keys.choice("op", _COMPARISONS))
            quantity = LocalDays(op, keys.integer("seconds", least=0))
        case "days_after_working_days":
            quantity = DaysAfterWorkingDays(
                keys.integer("n", least=0, most=_WORKING_DAYS_MAX), _weekend(keys), keys.days("holidays")
            )
        case _:
            quantity = Fixed(keys.integer("units", least=0))
    keys.finish()
    return quantity


def read_value(keys: Keys) -> Value:
    """Read a value of any kind.

    Raises: RefusedInput, naming the key.

    >>> read_value(Keys({"kind": "benefit", "unit": "MB", "amount": 0}, "value"))
    Traceback (most recent call last):
    ...
    pulih.model.errors.RefusedInput: value: amount = 0; a whole number from 1 up belongs here.
    """
    kind = keys.choice("kind", ("fee", "amount", "days", "benefit"))
    value: Value
    match kind:
        case "fee":
            per_s = keys.integer("per_s", least=1)
            value = FeeShare(per_s, cast(Month, keys.choice("month", ("30", "calendar"))))
        case "amount":
            value = Amount(keys.integer("amount_minor", least=0), keys.text("currency"))
            if not _CURRENCY.fullmatch(value.currency):
                raise keys.refuse("currency", "three capital letters of ISO 4217 belong here, such as IDR")
        case "days":
            value = ValidityDays()
        case _:
            value = Benefit(keys.text("unit"), keys.integer("amount", least=1))
            if not _UNIT.fullmatch(value.unit):
                raise keys.refuse("unit", "2 to 8 capital letters A-Z belong here, such as MB")
    keys.finish()
    return value


def read_cap(keys: Keys, value: Value) -> Cap:
    """Read {fee_percent} and/or {amount_minor}, of a clause with this value.

    Raises: RefusedInput, naming the key.
    """
    cap = Cap(
        fee_percent=keys.integer("fee_percent", least=0) if "fee_percent" in keys else None,
        amount_minor=keys.integer("amount_minor", least=0) if "amount_minor" in keys else None,
    )
    keys.finish()
    if cap == Cap():
        raise keys.missing("fee_percent or amount_minor")
    if isinstance(value, Benefit) and cap.fee_percent is not None:
        raise keys.refuse(
            "fee_percent", f"{value.unit} are no money; cap them with amount_minor, which counts {value.unit}"
        )
    return cap


def _weekend(keys: Keys) -> tuple[int, ...]:
    names = keys.texts("weekend") if "weekend" in keys else ("sat", "sun")
    days = sorted({_WEEKDAYS.index(name) for name in names or () if name in _WEEKDAYS})
    if any(name not in _WEEKDAYS for name in names or ()) or len(days) == len(_WEEKDAYS):
        raise keys.refuse("weekend", f"a list of some of {', '.join(_WEEKDAYS)}, not of all seven, belongs here")
    return tuple(days)
