"""Bins know their local time, and the weekly rhythm is learnt from days that are over."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import numpy as np

from pulih.detect.calendar import lay_out
from pulih.detect.daily_rhythm import daily_rhythm
from pulih.series.rhythm import RhythmBook, Week, prior_shape, read_day, rhythm_variance

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


def test_a_holiday_is_read_and_learnt_as_a_sunday() -> None:
    start = _seconds(datetime(2025, 10, 6, tzinfo=JAKARTA))
    holiday = date(2025, 11, 12)
    span = (start, start + 7 * 7 * 86_400 - 1)
    plain, special = (
        lay_out(*span, bin_s=300, zone=JAKARTA, special=calendar) for calendar in (None, {holiday: "a holiday"})
    )
    day = (holiday - date(2025, 10, 6)).days
    assert (int(plain.weekdays[day]), int(special.weekdays[day])) == (2, 6)
    # Sundays are busy, other days are not, and neither is another Wednesday after it.
    counts = np.where(plain.weekdays[plain.day] == 6, 9.0, 3.0)
    counts[plain.day == day] = 9.0
    known, unknown = (daily_rhythm(counts, calendar) for calendar in (special, plain))
    assert known[plain.day == day].mean() > 1.3 * unknown[plain.day == day].mean()
    later = plain.day == day + 7
    assert known[later].mean() < unknown[later].mean()


def _book(hours: np.ndarray, known: np.ndarray | None = None) -> RhythmBook:
    """Return a book of one series that has seen `hours`; shape (days, 24)."""
    book = RhythmBook(1)
    for day in range(hours.shape[0]):
        book.forget()
        for hour in range(24):
            share = np.ones(1) if known is None else known[day, hour : hour + 1]
            book.add(day % 7, hour, hours[day, hour : hour + 1] * share, share)
    return book


def _hours(week: Week) -> np.ndarray:
    """Return the shape at the middle of each hour of the week; shape (7, 24)."""
    return np.concatenate([read_day(week, day, (np.arange(24) + 0.5) / 24) for day in range(7)])


def test_without_any_day_the_week_has_the_prior_shape() -> None:
    shape = _hours(RhythmBook(1).learn())
    assert np.abs(shape - prior_shape()).max() < 0.05


def test_weeks_of_data_replace_the_prior_shape() -> None:
    hours = np.full((56, 24), 20.0)
    hours[:, 3] = 45.0
    shape = _hours(_book(hours).learn())
    assert (shape.argmax(axis=1) == 3).all()
    assert abs(shape.mean() - 1.0) < 0.05


def test_a_smooth_day_is_learnt_to_a_few_per_cent() -> None:
    true = 1.0 + 0.8 * np.sin(2 * np.pi * (np.arange(24) + 0.5) / 24)
    seen = np.random.default_rng(3).poisson(60.0 * true, (56, 24)).astype(float)
    error = _hours(_book(seen).learn()) / true - 1.0
    assert np.sqrt((error**2).mean()) < 0.06


def test_a_weekday_of_its_own_is_learnt() -> None:
    hours = np.full((56, 24), 20.0)
    hours[::7] *= 1.5
    shape = _hours(_book(hours).learn()).mean(axis=1)
    assert 1.25 < shape[0] / shape[1:].mean() < 1.55


def test_one_bad_day_does_not_become_the_rhythm() -> None:
    calm = np.full((28, 24), 10.0)
    bad = calm.copy()
    bad[10, 14] = 5000.0
    assert np.abs(_hours(_book(bad).learn()) - _hours(_book(calm).learn())).max() < 0.5


def test_missing_hours_teach_nothing() -> None:
    hours, known = np.full((28, 24), 10.0), np.ones((28, 24))
    known[:, 7] = 0.0
    assert np.isfinite(_hours(_book(hours, known).learn())).all()


def test_a_shape_learnt_from_more_is_surer() -> None:
    few, many = (_book(np.full((28, 24), level)).learn().variance[0] for level in (1.0, 50.0))
    assert many < few


def test_the_rhythm_of_a_day_does_not_depend_on_that_day_or_later_ones() -> None:
    start = _seconds(datetime(2025, 10, 1, tzinfo=JAKARTA))
    calendar = lay_out(start, start + 20 * 86_400 - 1, bin_s=300, zone=JAKARTA)
    counts = np.random.default_rng(1).poisson(1.0, calendar.bins).astype(float)
    other = counts.copy()
    other[calendar.day >= 10] += 7
    same = calendar.day <= 10
    assert np.array_equal(daily_rhythm(counts, calendar)[same], daily_rhythm(other, calendar)[same])


def test_a_rhythm_learnt_longer_is_surer() -> None:
    assert rhythm_variance(0) > rhythm_variance(7) > rhythm_variance(56) > 0
