"""Calendars: public holidays and Ramadan from the `holidays` and `hijridate` packages, as shifts of the day.

Both are optional (`pip install pulih[calendar]`); a scan without a calendar learns what changes, a few alarms later.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from pulih.detect.days import NO_SHIFT, SUNDAY, DayShift
from pulih.model.errors import RefusedInput

RAMADAN = 9
# People break the fast, pray, and only then turn to their telephones; how much later a given public does is theirs.
RAMADAN_LATER_HOURS = 2.0
# The years that the Umm al-Qura calendar covers.
FIRST_YEAR, LAST_YEAR = 1925, 2076


def public_calendar(
    country: str = "ID", *, ramadan_later_hours: float = RAMADAN_LATER_HOURS
) -> Callable[[date], DayShift]:
    """Return a calendar for `scan_counts` and `CountScanner`: holidays behave like Sundays, Ramadan comes later.

    Args:
        country: ISO 3166 code whose public holidays count.
        ramadan_later_hours: by how many hours the evenings of Ramadan come later; 0 where it is not kept.

    Raises: RefusedInput when the packages are missing or the country is not known to them.

    >>> calendar = public_calendar("ID")
    >>> calendar(date(2025, 8, 17)).weekday, calendar(date(2025, 3, 12)).later_hours
    (6, 2.0)
    """
    try:
        from hijridate import Gregorian  # noqa: PLC0415 -- optional
        from holidays import country_holidays  # noqa: PLC0415 -- optional
    except ImportError:
        raise RefusedInput("Public holidays need two more packages: pip install 'pulih[calendar]'.") from None
    try:
        known = country_holidays(country)
    except NotImplementedError:
        raise RefusedInput(
            f"No public holidays are known of {country!r}; a country such as ID would be right."
        ) from None

    def shift(day: date) -> DayShift:
        weekday = SUNDAY if day in known else None
        kept = ramadan_later_hours and FIRST_YEAR <= day.year <= LAST_YEAR
        if kept and Gregorian.fromdate(day).to_hijri().month == RAMADAN:
            return DayShift(weekday=weekday, later_hours=ramadan_later_hours)
        return NO_SHIFT if weekday is None else DayShift(weekday=weekday)

    return shift


def holidays_of(country: str | None, *, asked: str = "holidays") -> Callable[[date], DayShift] | None:
    """Return the holidays of a country as Sundays, None where no country is named.

    Args:
        country: ISO 3166 code.
        asked: what a refusal calls the wish.

    Raises: RefusedInput as `public_calendar`.
    """
    if country is None:
        return None
    try:
        return public_calendar(country, ramadan_later_hours=0.0)
    except RefusedInput as refusal:
        raise RefusedInput(f"{asked} {country}: {refusal}") from None
