"""Rounds a credit once to what a till or a bill can pay, and says what that leaves over.

Inside, the rupiah has sen so that sums come out exactly; nobody can be paid one. What is rounded away, either way, is
booked and not lost. Source: Unicode CLDR, supplemental currencyData fractions (`digits`, `cashDigits`,
`cashRounding`); requirement K3.
"""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from typing import Final

from pulih.compensate.written import minor_digits

# Currencies paid in whole units though ISO 4217 knows a minor one.
_WHOLE: Final = frozenset(
    (
        *("AFN", "ALL", "AMD", "COP", "CRC", "CZK", "GYD", "HUF", "IDR", "IQD", "IRR", "KPW", "LAK", "LBP"),
        *("MGA", "MMK", "MNT", "MUR", "NOK", "PKR", "RSD", "SEK", "SOS", "SYP", "TWD", "TZS", "UZS", "YER"),
    )
)
# Others whose smallest coin is more than one minor unit, in minor units.
_COIN_MINOR: Final = {"CAD": 5, "CHF": 5, "DKK": 50}


@cache
def cash_unit_minor(currency: str) -> int:
    """The smallest amount that is paid, in minor units.

    >>> cash_unit_minor("IDR"), cash_unit_minor("CHF"), cash_unit_minor("GBP")
    (100, 5, 1)
    """
    if currency in _WHOLE:
        return int(10 ** minor_digits(currency))
    return _COIN_MINOR.get(currency, 1)


def in_cash_minor(minor: int, currency: str) -> int:
    """An amount rounded half-even to whole cash units, in minor units.

    >>> in_cash_minor(2_083_350, "IDR"), in_cash_minor(2_083_250, "IDR"), in_cash_minor(976, "GBP")
    (2083400, 2083200, 976)
    """
    unit = cash_unit_minor(currency)
    whole, rest = divmod(minor, unit)
    return unit * (whole + (2 * rest > unit or (2 * rest == unit and whole % 2 == 1)))


def major(minor: int, currency: str) -> Decimal:
    """An amount in the currency's own unit, exact, without digits that say nothing.

    >>> major(2_083_300, "IDR"), major(976, "GBP"), major(200, "JPY")
    (Decimal('20833'), Decimal('9.76'), Decimal('200'))
    """
    digits = minor_digits(currency)
    whole, rest = divmod(minor, 10**digits)
    return Decimal(whole) if rest == 0 else Decimal(minor).scaleb(-digits)
