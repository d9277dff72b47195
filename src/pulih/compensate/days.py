"""Local days: calendar dates in the incident's zone, from one local midnight to the next, 23 to 25 hours long.

Days are counted as whole numbers since 1970-01-01, so that sets of them are cheap and no calendar ends. Midnight that
happens twice is the first of the two; one that is jumped over is the instant of the jump.
Source: docs/credit.md, "Days".
"""

from __future__ import annotations

from bisect import bisect_left
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from pulih.compensate.clauses import DaysAfterWorkingDays, LocalDays
from pulih.compensate.outages import EPOCH, local_date
from pulih.compensate.runs import Runs

SECOND_US = 1_000_000
DAY_S = 86_400
_EPOCH_DAY = EPOCH.toordinal()
_MICROSECOND = timedelta(microseconds=1)


def day_number(day: date) -> int:
    """Days from 1970-01-01 to a date.

    >>> day_number(date(1970, 1, 2))
    1
    """
    return day.toordinal() - _EPOCH_DAY


@lru_cache(maxsize=4096)
def midnight_us(day: int, zone: ZoneInfo) -> int:
    """The instant at which a local day begins, microseconds since 1970 UTC.

    Args:
        day: days since 1970-01-01.
        zone: the incident's.

    >>> midnight_us(0, ZoneInfo("Asia/Jakarta")) // SECOND_US
    -25200
    """
    start = date.fromordinal(day + _EPOCH_DAY)
    first_us, second_us = (
        (datetime(start.year, start.month, start.day, tzinfo=zone, fold=fold) - EPOCH) // _MICROSECOND
        for fold in (0, 1)
    )
    if second_us >= first_us:
        return first_us
    # Jumped over: Python then names an instant before the jump and one after it.
    between = range(second_us, first_us + 1)
    return between[bisect_left(between, start, key=lambda at_us: local_date(at_us, zone))]


@lru_cache(maxsize=4096)
def day_of(at_us: int, zone: ZoneInfo) -> int:
    """The local day of an instant, as days since 1970-01-01: the one whose midnight came last.

    The date of the clock is another one where clocks are set back over midnight, which happened in St. John's.

    >>> day_of(1_289_098_500 * SECOND_US, ZoneInfo("America/St_Johns")) - day_number(date(2010, 11, 7))
    0
    """
    day = day_number(local_date(at_us, zone))
    while midnight_us(day + 1, zone) <= at_us:
        day += 1
    return day


def time_on_days(runs: Runs, zone: ZoneInfo) -> dict[int, int]:
    """How much of a set of instants lies on each local day that it touches.

    Args:
        runs: the set.
        zone: the incident's.

    Returns: microseconds, above zero, by day.

    >>> time_on_days(((-25201, 0),), ZoneInfo("UTC")) == {-1: 25201}
    True
    """
    spent_us: dict[int, int] = {}
    for start, end in runs:
        for day in range(day_of(start, zone), day_of(end - 1, zone) + 1):
            from_us = max(start, midnight_us(day, zone))
            to_us = min(end, midnight_us(day + 1, zone))
            if from_us < to_us:
                spent_us[day] = spent_us.get(day, 0) + to_us - from_us
    return spent_us


def local_days(runs: Runs, quantity: LocalDays, zone: ZoneInfo) -> frozenset[int]:
    """Local days on which the set has more than (or at least) some seconds; a day that it does not touch never counts.

    >>> hours = 3_600_000_000
    >>> sorted(local_days(((22 * hours, 25 * hours),), LocalDays(">", 3600), ZoneInfo("UTC")))
    [0]
    """
    bound_us = quantity.seconds * SECOND_US
    spent_us = time_on_days(runs, zone)
    if quantity.op == ">":
        return frozenset(day for day, us in spent_us.items() if us > bound_us)
    return frozenset(day for day, us in spent_us.items() if us >= bound_us)


def days_after_working_days(runs: Runs, quantity: DaysAfterWorkingDays, zone: ZoneInfo) -> frozenset[int]:
    """Local days of each run later than the n-th working day after the day on which the run began.

    >>> friday_us, hours = 1_717_146_000_000_000, 3_600_000_000
    >>> rule = DaysAfterWorkingDays(2, (5, 6), ())
    >>> len(days_after_working_days(((friday_us, friday_us + 119 * hours),), rule, ZoneInfo("Europe/London")))
    1
    """
    holidays = frozenset(day_number(day) for day in quantity.holidays)
    counted: set[int] = set()
    for run in runs:
        last = working_day_after(day_of(run[0], zone), quantity, holidays)
        counted.update(day for day in time_on_days((run,), zone) if day > last)
    return frozenset(counted)


def working_day_after(day: int, quantity: DaysAfterWorkingDays, holidays: frozenset[int]) -> int:
    """The n-th working day after a day, which is not counted itself.

    Args:
        day: days since 1970-01-01.
        quantity: n and the weekend.
        holidays: its holidays, as days since 1970-01-01.

    >>> friday = day_number(date(2024, 5, 31))
    >>> working_day_after(friday, DaysAfterWorkingDays(2, (5, 6), ()), frozenset()) - friday
    4
    """
    left = quantity.n
    while left > 0:
        day += 1
        if weekday(day) not in quantity.weekend and day not in holidays:
            left -= 1
    return day


def weekday(day: int) -> int:
    """Monday 0 to Sunday 6; 1970-01-01 was a Thursday.

    >>> weekday(0)
    3
    """
    return (day + 3) % 7
