"""The usual level of a scan is the median of the same hour: smooth, unmoved by an outage, known wherever needed."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from pulih.adapters.usual import usual_level

MIDNIGHT = datetime(2025, 9, 1, tzinfo=UTC)


def test_it_follows_the_day_smoothly_and_one_outage_does_not_move_it() -> None:
    hours = np.arange(24 * 12 * 14) % 288 / 12
    expected = 12 + 8 * np.sin(2 * np.pi * hours / 24)
    counts = np.random.default_rng(1).poisson(expected)
    counts[2000:2020] += 200
    level = usual_level(counts, start=MIDNIGHT, bin_s=300)
    assert np.abs(level - expected).max() < 3
    assert np.abs(np.diff(level)).max() < 0.5


def test_four_weeks_tell_weekdays_apart() -> None:
    day = np.arange(24 * 42) // 24 % 7
    level = usual_level(np.where(day >= 5, 20, 4), start=MIDNIGHT, bin_s=3600)
    assert (level[12], level[24 * 5 + 12]) == (4, 20)


@pytest.mark.parametrize("size", [1, 7, 400])
def test_missing_windows_leave_no_hole_and_a_series_of_none_has_no_level(size: int) -> None:
    counts = np.full(size, 3)
    counts[1:4] = -1
    assert (usual_level(counts, start=MIDNIGHT, bin_s=300) == 3).all()
    assert np.isnan(usual_level(np.full(size, -1), start=MIDNIGHT, bin_s=300)).all()
