"""Holidays and Ramadan come from well-kept packages and keep a scan quiet."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import numpy as np
import pytest

from pulih import public_calendar, scan_counts
from pulih.detect.days import NO_SHIFT, DayShift
from pulih.model.errors import RefusedInput
from pulih.series.rhythm import prior_shape


def test_a_holiday_is_a_sunday_and_an_evening_of_ramadan_comes_later() -> None:
    calendar = public_calendar("ID", ramadan_later_hours=3)
    assert calendar(date(2025, 8, 17)) == DayShift(weekday=6)
    assert calendar(date(2025, 3, 12)) == DayShift(later_hours=3)
    # The Day of Silence fell into Ramadan.
    assert calendar(date(2025, 3, 29)) == DayShift(weekday=6, later_hours=3)
    assert calendar(date(2025, 8, 20)) == NO_SHIFT


def test_where_ramadan_is_not_kept_nothing_moves() -> None:
    assert public_calendar("AU", ramadan_later_hours=0)(date(2025, 3, 12)) == NO_SHIFT


def test_an_unknown_country_is_refused() -> None:
    with pytest.raises(RefusedInput, match="XX"):
        public_calendar("XX")


def test_ramadan_is_quiet_with_the_calendar() -> None:
    start = datetime(2025, 2, 3, tzinfo=timezone(timedelta(hours=7)))
    calendar = public_calendar("ID", ramadan_later_hours=2)
    rows = []
    for day in range(56):
        shape = np.repeat(prior_shape(), 12)
        moved = calendar(start.date() + timedelta(days=day)).later_hours
        rows.append(np.roll(shape, round(12 * moved)))
    counts = np.random.default_rng(3).poisson(8 * np.concatenate(rows))[None, :]
    assert len(scan_counts(counts, start=start, calendar=calendar)) <= 1
