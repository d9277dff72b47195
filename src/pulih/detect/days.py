"""Days: what a calendar says of a local day, so that a holiday or Ramadan is not taken for an outage."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from pulih.model.errors import RefusedInput

Ints = NDArray[np.int64]

SUNDAY = 6
EPOCH = date(1970, 1, 1)


class DayShift(msgspec.Struct, frozen=True):
    """How a day departs from its weekday.

    Attributes:
        weekday: the weekday that it behaves like, Monday 0; None = its own.
        later_hours: by how many hours its rhythm comes later; below 0 = earlier.
    """

    weekday: int | None = None
    later_hours: float = 0.0


NO_SHIFT = DayShift()
# A calendar names what is special of a date: a name (a public holiday, behaves like a Sunday), a number of hours
# (the rhythm comes so much later), or a DayShift. The `holidays` package's calendars fit as they are.
Calendar = Mapping[date, Any] | Callable[[date], Any]


def shift_of(calendar: Calendar | None, day: date) -> DayShift:
    """Return what `calendar` says of `day`.

    Raises: RefusedInput when it says something that cannot be understood.

    >>> shift_of({date(2025, 8, 17): "Hari Kemerdekaan"}, date(2025, 8, 17)).weekday
    6
    >>> shift_of(lambda day: -3, date(2025, 3, 5)).later_hours
    -3.0
    """
    if calendar is None:
        return NO_SHIFT
    said = calendar(day) if callable(calendar) else calendar.get(day)
    if said is None or said == "":
        return NO_SHIFT
    if isinstance(said, DayShift):
        return said
    if isinstance(said, str):
        return DayShift(weekday=SUNDAY)
    if isinstance(said, int | float):
        return DayShift(later_hours=float(said))
    raise RefusedInput(f"calendar: {day} gives {said!r}; a name, a number of hours or a DayShift would be right.")


def weekdays_of(days: Ints, calendar: Calendar | None = None) -> Ints:
    """Return the weekday that each day behaves like, Monday 0: its own, or what `calendar` says of it.

    How much later a day comes is left out here.

    Args:
        days: local days since 1970; shape (n,).
        calendar: what is special of a date.

    Raises: RefusedInput as `shift_of`.

    >>> weekdays_of(np.array([0, 4]), {date(1970, 1, 5): "a holiday"}).tolist()
    [3, 6]
    """
    # 1 January 1970 was a Thursday.
    weekdays: Ints = (days + 3) % 7
    if calendar is None:
        return weekdays
    for place, day in enumerate(days.tolist()):
        said = shift_of(calendar, EPOCH + timedelta(days=day)).weekday
        if said is not None:
            weekdays[place] = said
    return weekdays
