"""Local days for the kernel: midnights of each zone and what follows working days, as tables by number of day.

They reach as far as windows and lists do, and are made anew where a list reaches further.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from pulih.adapters.credit.kernel_exposure import Ints
from pulih.compensate.clauses import DaysAfterWorkingDays
from pulih.compensate.days import DAY_S, SECOND_US, day_number, midnight_us, weekday
from pulih.series.kernel import kernel

_DAY_US: Final = DAY_S * SECOND_US
_NEVER_US: Final = 2**62
_FIRST_DAY, _LAST_DAY = day_number(date.min), day_number(date.max)


class Calendar(NamedTuple):
    """Days that runs can touch.

    Attributes:
        midnight: microseconds at which each day begins; shape (zones, days + 1).
        first_counted: first day, as a place in the table, after the n-th working day after each; shape (rules, days).
        counted_by: in whose turn (from 1 up) a clause last counted each day; shape (clauses, days), changed.
    """

    midnight: Ints
    first_counted: Ints
    counted_by: Ints


def calendar_of(
    zones: tuple[str, ...], rules: tuple[DaysAfterWorkingDays, ...], claims: int, hull: tuple[int, int]
) -> Calendar:
    """Make the tables.

    Args:
        zones: IANA names.
        rules: their working days.
        claims: clauses that remember days.
        hull: first and last instant that they have to hold, microseconds.

    Returns: the tables; days begin two before the first instant and end two after the last, in the years 1 to 9999.

    >>> rule = DaysAfterWorkingDays(2, (5, 6), ())
    >>> tables = calendar_of(("Europe/London",), (rule,), 1, (1_717_146_000_000_000, 1_717_574_400_000_000))
    >>> tables.midnight.shape, int(tables.first_counted[0, 2])
    ((1, 11), 7)
    """
    first, last = max(_FIRST_DAY, hull[0] // _DAY_US - 2), min(_LAST_DAY, hull[1] // _DAY_US + 2)
    days = range(first, last + 1)
    midnight = [[midnight_us(day, ZoneInfo(zone)) for day in days] for zone in zones]
    counted = [[min(after - first, len(days)) for after in _first_counted(days, rule)] for rule in rules]
    # Nothing that is asked for lies after the last day; its end is set far out, where no calendar reaches.
    ends = np.full((len(zones), 1), _NEVER_US, np.int64)
    return Calendar(
        np.hstack([np.array(midnight, np.int64).reshape(len(zones), len(days)), ends]),
        np.array(counted, np.int64).reshape(len(rules), len(days)),
        np.zeros((claims, len(days)), np.int64),
    )


def _first_counted(days: range, rule: DaysAfterWorkingDays) -> list[int]:
    """For each day, the day after the n-th working day after it; the day after the last where that is later."""
    holidays = {day_number(day) for day in rule.holidays}
    if rule.n == 0:
        return [day + 1 for day in days]
    working = [day for day in days if weekday(day) not in rule.weekend and day not in holidays]
    after, passed = [], 0
    for day in days:
        passed += passed < len(working) and working[passed] == day
        at = passed + rule.n - 1
        after.append(working[at] + 1 if at < len(working) else days.stop)
    return after


@kernel
def day_at(calendar: Any, zone: int, at: int) -> int:
    """The place of the local day of an instant in the tables."""
    low, high = 0, calendar.midnight.shape[1] - 1
    while high - low > 1:
        middle = (low + high) // 2
        if calendar.midnight[zone, middle] <= at:
            low = middle
        else:
            high = middle
    return low


@kernel
def count_day(calendar: Any, claims: int, day: int, turn: int) -> int:
    """Count a day for a clause in a subscriber's turn: 1 the first time, then 0."""
    if calendar.counted_by[claims, day] == turn:
        return 0
    calendar.counted_by[claims, day] = turn
    return 1


@kernel
def local_days(calendar: Any, zone: int, least_us: int, claims: int, turn: int, start: Any, end: Any, runs: int) -> int:
    """Count days on which the runs of slot 0 last at least so long together, and which were not counted before."""
    units, open_day, spent = 0, -1, 0
    for run in range(runs):
        day = day_at(calendar, zone, start[0, run])
        while calendar.midnight[zone, day] < end[0, run]:
            lasted = min(end[0, run], calendar.midnight[zone, day + 1]) - max(
                start[0, run], calendar.midnight[zone, day]
            )
            if day != open_day:
                if spent > 0 and spent >= least_us:
                    units += count_day(calendar, claims, open_day, turn)
                open_day, spent = day, 0
            spent += lasted
            day += 1
    if spent > 0 and spent >= least_us:
        units += count_day(calendar, claims, open_day, turn)
    return units


@kernel
def days_after_working_days(
    calendar: Any, zone: int, rule: int, claims: int, turn: int, start: Any, end: Any, runs: int
) -> int:
    """Count days that runs of slot 0 touch after the working days that give nothing, each once."""
    units = 0
    for run in range(runs):
        day = calendar.first_counted[rule, day_at(calendar, zone, start[0, run])]
        while day < calendar.midnight.shape[1] - 1 and calendar.midnight[zone, day] < end[0, run]:
            if calendar.midnight[zone, day + 1] > max(start[0, run], calendar.midnight[zone, day]):
                units += count_day(calendar, claims, day, turn)
            day += 1
    return units
