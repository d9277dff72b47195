"""Bins know their local time, and the weekly rhythm is learnt from days that are over."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np

from pulih.detect.calendar import lay_out
from pulih.detect.family import daily_rhythm
from pulih.series.rhythm import between_hours, learn_week, prior_shape, rhythm_variance

JAKARTA = ZoneInfo("Asia/Jakarta")


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())


def test_a_bin_knows_its_local_hour_and_weekday() -> None:
    friday = datetime(2025, 10, 3, 8, 48, tzinfo=JAKARTA)
    calendar = lay_out(_seconds(friday), _seconds(friday) + 86_400, bin_s=300, zone=JAKARTA)
    assert calendar.start_s == _seconds(datetime(2025, 10, 3, 8, 45, tzinfo=JAKARTA))
    assert (calendar.bins, int(calendar.hour[0]), list(calendar.weekdays)) == (289, 8, [4, 5])


def test_a_day_of_25_hours_has_25_hours_of_bins() -> None:
    zone = ZoneInfo("Europe/London")
    first = _seconds(datetime(2025, 10, 26, 0, 0, tzinfo=zone))
    last = _seconds(datetime(2025, 10, 26, 23, 59, tzinfo=zone))
    calendar = lay_out(first, last, bin_s=300, zone=zone)
    assert (calendar.day == 0).all()
    assert calendar.bins == 25 * 12


def test_without_any_day_the_week_has_the_prior_shape() -> None:
    week = learn_week(np.zeros((1, 0, 24)), np.zeros(0, dtype=np.int64))
    assert np.allclose(week, prior_shape())


def test_weeks_of_data_replace_the_prior_shape() -> None:
    days = np.zeros((1, 56, 24))
    days[:, :, 3] = 40.0
    days[:, :, 4:] = 2.0
    week = learn_week(days, np.arange(56) % 7)
    assert (week.argmax(axis=2) == 3).all()
    assert np.isclose(week.mean(), 1.0)


def test_one_bad_day_does_not_become_the_rhythm() -> None:
    calm = np.full((1, 28, 24), 10.0)
    bad = calm.copy()
    bad[0, 10, 14] = 5000.0
    weekdays = np.arange(28) % 7
    assert np.abs(learn_week(bad, weekdays) - learn_week(calm, weekdays)).max() < 0.4


def test_missing_hours_teach_nothing() -> None:
    days = np.full((1, 28, 24), 10.0)
    days[0, :, 7] = np.nan
    assert np.isfinite(learn_week(days, np.arange(28) % 7)).all()


def test_the_rhythm_of_a_day_does_not_depend_on_that_day_or_later_ones() -> None:
    start = _seconds(datetime(2025, 10, 1, tzinfo=JAKARTA))
    calendar = lay_out(start, start + 20 * 86_400 - 1, bin_s=300, zone=JAKARTA)
    counts = np.random.default_rng(1).poisson(1.0, calendar.bins).astype(float)
    other = counts.copy()
    other[calendar.day >= 10] += 7
    same = calendar.day <= 10
    assert np.array_equal(daily_rhythm(counts, calendar)[same], daily_rhythm(other, calendar)[same])


def test_moments_between_hours_are_read_linearly() -> None:
    week = np.arange(168, dtype=float).reshape(1, 7, 24)
    middle = between_hours(week, 1, np.array([1.5 / 24, 2.0 / 24]))
    assert np.allclose(middle, [[25.0, 25.5]])


def test_a_rhythm_learnt_longer_is_surer() -> None:
    assert rhythm_variance(0) > rhythm_variance(7) > rhythm_variance(56) > 0
