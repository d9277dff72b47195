"""What may be asked of a scan besides its rate: falls, local zones, calendars, siblings, other bins."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import numpy as np
import pytest

from pulih.detect.days import DayShift, shift_of
from pulih.detect.scanner import CountScanner, scan_counts
from pulih.model.errors import RefusedInput, ShapeMismatch
from pulih.series.rhythm import prior_shape

WIB = timezone(timedelta(hours=7))
START = datetime(2025, 1, 6, tzinfo=WIB)
DAY = 288
# The shape of the last days among the rivals of a day.
RECENT = 1


def _quiet(seed: int, *, mean: float, days: int, shift_from: int | None = None) -> np.ndarray:
    """Return one quiet series with a daily rhythm that comes three hours earlier from some day on."""
    shape = np.repeat(prior_shape(), 12)
    rhythm = np.concatenate(
        [np.roll(shape, -36) if shift_from is not None and day >= shift_from else shape for day in range(days)]
    )
    return np.random.default_rng(seed).poisson(mean * rhythm)[None, :]


def test_a_fall_is_found_when_falls_are_asked_for() -> None:
    counts = _quiet(1, mean=20, days=10)
    start = 8 * DAY + 150
    counts[0, start : start + 24] //= 5
    assert [f for f in scan_counts(counts, start=START) if f.alarm_bin < start + 24] == []
    for direction in ("fall", "both"):
        found = scan_counts(counts, start=START, direction=direction)
        assert [start <= f.alarm_bin <= start + 4 for f in found] == [True]
        assert found[0].cleared_bin is not None
        assert start + 22 <= found[0].cleared_bin <= start + 40


def test_a_silence_is_a_fall_and_a_missing_feed_is_not() -> None:
    counts = _quiet(2, mean=10, days=10)
    silent, missing = counts.copy(), counts.copy()
    silent[0, 8 * DAY + 140 : 8 * DAY + 170] = 0
    missing[0, 8 * DAY + 140 : 8 * DAY + 170] = -1
    assert len(scan_counts(silent, start=START, direction="fall")) == 1
    assert scan_counts(missing, start=START, direction="fall") == []


def test_the_local_zone_decides_the_rhythm_and_not_how_start_is_written() -> None:
    counts = _quiet(3, mean=5, days=16)
    counts[0, 15 * DAY : 15 * DAY + 20] += 25
    local = scan_counts(counts, start=START)
    assert scan_counts(counts, start=START.astimezone(UTC), timezone="Asia/Jakarta") == local
    assert scan_counts(counts, start=START.astimezone(UTC), timezone=WIB) == local


def test_a_day_of_23_hours_is_scanned_like_any_other() -> None:
    start = datetime(2025, 3, 24, tzinfo=UTC)
    found = scan_counts(_quiet(4, mean=5, days=10), start=start, timezone="Europe/London")
    assert found == []


@pytest.mark.parametrize("bin_s", [60, 300, 900, 3600])
def test_other_widths_of_bins_find_the_same_outage(bin_s: int) -> None:
    per_hour = 3600 // bin_s
    rhythm = np.repeat(np.tile(prior_shape(), 14), per_hour) * 60 / per_hour
    start = (12 * 24 + 10) * per_hour
    rhythm[start : start + 3 * per_hour] *= 5
    counts = np.random.default_rng(5).poisson(rhythm)[None, :]
    found = scan_counts(counts, start=START, bin_s=bin_s)
    assert [0 <= f.alarm_bin - start <= per_hour for f in found] == [True]


def test_a_calendar_that_knows_of_a_moved_day_keeps_it_quiet() -> None:
    counts = _quiet(6, mean=20, days=28, shift_from=24)
    moved = {date(2025, 1, 6) + timedelta(days=day): -3 for day in range(24, 28)}
    without = scan_counts(counts, start=START)
    assert scan_counts(counts, start=START, calendar=moved) == []
    assert 1 <= len(without) <= 4


def test_a_rhythm_that_moves_for_good_is_followed_from_the_second_day_on() -> None:
    counts = _quiet(7, mean=20, days=56, shift_from=28)
    late = [f for f in scan_counts(counts, start=START) if f.alarm_bin >= 31 * DAY]
    assert len(late) <= 2


def test_a_holiday_behaves_like_a_sunday() -> None:
    assert shift_of({date(2025, 8, 17): "Hari Kemerdekaan"}, date(2025, 8, 17)) == DayShift(weekday=6)
    assert shift_of({}, date(2025, 8, 17)) == DayShift()
    with pytest.raises(RefusedInput, match="2025-08-17"):
        shift_of(lambda _: object(), date(2025, 8, 17))


def _siblings(seed: int, *, common: float) -> np.ndarray:
    """Return sixty sparse series of which all come `common` times as often for two hours."""
    counts = np.random.default_rng(seed).poisson(1.5 * np.tile(np.repeat(prior_shape(), 12), 21), (60, 21 * DAY))
    start = 20 * DAY + 150
    extra = np.random.default_rng(seed + 1).poisson(1.5 * (common - 1), (60, 24))
    counts[:, start : start + 24] += extra
    return counts


def test_siblings_share_the_mood_of_a_day() -> None:
    counts = _siblings(8, common=2.2)
    alone = [f for f in scan_counts(counts, start=START) if f.alarm_bin >= 20 * DAY]
    together = [f for f in scan_counts(counts, start=START, siblings=[0] * 60) if f.alarm_bin >= 20 * DAY]
    assert len(together) < 0.5 * len(alone)


def test_a_common_mood_does_not_speak_against_the_learnt_shape_of_the_day() -> None:
    days = 18
    mood = np.where(np.arange(days) < 10, 1.0, np.exp(0.35 * np.cos(np.pi * np.arange(days))))
    usual = 5.0 * np.tile(np.repeat(prior_shape(), 12), days)
    rate = usual * np.interp(np.arange(days * DAY) / DAY, np.arange(days) + 0.5, mood)
    counts = np.random.default_rng(1).poisson(rate, (30, days * DAY))
    scanner = CountScanner(series=30, start=START, siblings=[0] * 30)
    says = []
    for now in range(days * DAY):
        scanner.update(counts[:, now])
        if now >= 10 * DAY and now % 12 == 0:
            # What is believed of the shape shows in no finding of so few series.
            says.append(scanner._shapes.say.share[:, RECENT].mean())
    assert np.mean(says) < 0.03


def test_one_outage_among_many_siblings_is_found_all_the_same() -> None:
    counts = _siblings(9, common=1.0)
    start = 20 * DAY + 150
    counts[17, start : start + 24] += 12
    found = [f for f in scan_counts(counts, start=START, siblings=[0] * 60) if f.alarm_bin >= 20 * DAY]
    assert [(f.series, f.alarm_bin - start <= 2) for f in found if f.series == 17] == [(17, True)]
    assert len(found) <= 3


def test_a_restart_keeps_options_and_moods() -> None:
    counts = _siblings(10, common=1.5)[:6, -3 * DAY :]
    options: dict[str, Any] = {"direction": "both", "siblings": [0, 0, 0, 1, 1, 1], "timezone": "Asia/Jakarta"}
    one = CountScanner(series=6, start=START, **options)
    said = [one.update(counts[:, t]) for t in range(counts.shape[1])]
    other = CountScanner(series=6, start=START, **options)
    again = [other.update(counts[:, t]) for t in range(400)]
    other = CountScanner.from_bytes(other.to_bytes())
    again += [other.update(counts[:, t]) for t in range(400, counts.shape[1])]
    assert again == said


def test_options_that_cannot_be_meant_are_refused_by_name() -> None:
    row = np.zeros((2, 5), dtype=int)
    with pytest.raises(RefusedInput, match="direction"):
        scan_counts(row, start=START, direction="sideways")
    with pytest.raises(RefusedInput, match="timezone"):
        scan_counts(row, start=START, timezone="Mars/Olympus")
    with pytest.raises(ShapeMismatch, match="siblings"):
        scan_counts(row, start=START, siblings=[1, 2, 3])
