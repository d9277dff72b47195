"""How the NAB bench hands measurements to the scanner: at their times, as counts, and without looking ahead."""

from __future__ import annotations

import sys

import numpy as np
from checkout import ROOT

sys.path.insert(0, str(ROOT / "bench" / "detection"))
from numenta import as_bins, as_counts, findings

STEP_S = 300
ENOUGH = 9.5


def _times(rows: int) -> np.ndarray:
    return np.datetime64("2014-02-14T00:00:00", "us") + np.arange(rows) * np.timedelta64(STEP_S, "s")


def test_a_row_falls_into_the_bin_of_its_time_and_two_never_into_one() -> None:
    seconds = 600 + np.array([0, 300, 310, 620, 1800, 1790, 2400])
    assert as_bins(seconds, 600, STEP_S).tolist() == [0, 1, 2, 3, 6, 7, 8]


def test_hours_scatter_as_those_of_poisson_counts_do_whatever_swings_within_them() -> None:
    noise = np.random.default_rng(1).normal(0.0, 1.0, 5000)
    swinging = 40.0 + np.convolve(noise, np.ones(6), "valid")
    hours = as_counts(swinging, STEP_S, ENOUGH)[:4992].reshape(-1, 12).sum(axis=1)
    assert 0.7 < np.var(hours) / np.mean(hours) < 1.4


def test_what_rounding_leaves_over_goes_to_the_next_row() -> None:
    values = 1000.0 + np.random.default_rng(2).normal(0.0, 300.0, 2000)
    counts = as_counts(values, STEP_S, ENOUGH)
    scale = counts.sum() / values.sum()
    assert counts.mean() < 20
    assert np.abs(np.cumsum(counts) - scale * np.cumsum(values)).max() < 2.0


def test_what_lies_far_from_zero_is_counted_from_its_own_floor() -> None:
    warm = 80.0 + np.random.default_rng(4).normal(0.0, 0.5, 4000)
    assert 8.0 < as_counts(warm, STEP_S, ENOUGH).mean() < 14.0
    assert as_counts(np.append(warm, 79.0 - 5.0), STEP_S, ENOUGH)[-1] == 0


def test_a_leap_and_a_fall_are_told_at_their_row_with_their_evidence_and_no_row_looks_ahead() -> None:
    values = 50.0 + np.random.default_rng(3).normal(0.0, 4.0, 1500)
    values[1200:1220] += 150.0
    values[1400:1420] -= 45.0
    scores = findings(values, _times(1500))
    told = np.flatnonzero(scores[1100:]) + 1100
    assert [1200 <= told[0] <= 1201, 1400 <= told[-1] <= 1402] == [True, True]
    assert min(scores[told]) > 5.0
    values[1300:] = 7.0
    assert np.array_equal(findings(values, _times(1500))[:1300], scores[:1300])
