"""How the NAB bench hands measurements to the scanner: at their times, as counts, and without looking ahead."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

import numpy as np
import pytest
from checkout import ROOT

sys.path.insert(0, str(ROOT / "bench" / "detection"))
from numenta import as_bins, as_counts, doubt_nats, findings
from pulih import CountScanner

STEP_S = 300
ENOUGH = 9.5


def _times(rows: int) -> np.ndarray:
    return np.datetime64("2014-02-14T00:00:00", "us") + np.arange(rows) * np.timedelta64(STEP_S, "s")


def test_a_row_falls_into_the_bin_of_its_time_and_two_never_into_one() -> None:
    seconds = 600 + np.array([0, 300, 310, 620, 1800, 1790, 2400])
    assert as_bins(seconds, 600, STEP_S).tolist() == [0, 1, 2, 3, 6, 7, 8]


def _dispersion_of_hours(seed: int) -> float:
    """Return variance over mean of the hours of a value that swings within them."""
    noise = np.random.default_rng(seed).normal(0.0, 1.0, 5000)
    swinging = 40.0 + np.convolve(noise, np.ones(6), "valid")
    hours = as_counts(swinging, STEP_S, ENOUGH)[:4992].reshape(-1, 12).sum(axis=1)
    return float(np.var(hours) / np.mean(hours))


def test_hours_scatter_as_those_of_poisson_counts_do_whatever_swings_within_them() -> None:
    # Sixty hours, which the first part of one file has, tell a variance to a fifth at best; so many files are asked.
    assert 0.9 < np.median([_dispersion_of_hours(seed) for seed in range(1, 41)]) < 1.25


def test_what_rises_and_falls_evenly_by_the_hour_is_no_scatter() -> None:
    flat = 400.0 + np.random.default_rng(5).normal(0.0, 20.0, 4032)
    daily = flat + 120.0 * np.sin(2 * np.pi * np.arange(4032) / 288)
    never_moved = 1e9
    assert as_counts(daily, STEP_S, never_moved).sum() > 0.7 * as_counts(flat, STEP_S, never_moved).sum()


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


def test_a_file_that_alarmed_oftener_than_asked_is_doubted_by_how_much_and_one_that_is_new_is_not() -> None:
    assert [doubt_nats(0, 0.0), doubt_nats(1, 10.0)] == [0.0, 0.0]
    assert doubt_nats(3, 0.0) == pytest.approx(np.log(4.0))
    assert doubt_nats(0, 30.0) < 0.0


def test_each_alarm_has_the_evidence_of_its_finding_less_the_doubt_that_those_before_it_raise() -> None:
    values = 50.0 + np.random.default_rng(6).normal(0.0, 4.0, 2016)
    for start in range(1000, 2000, 250):
        values[start : start + 24] = 200.0
    scanner = CountScanner(series=1, start=datetime(2014, 2, 14, tzinfo=UTC), direction="both")
    counts = as_counts(values, STEP_S, scanner.needed_nats())
    evidence = [one.evidence_nats for count in counts for one in scanner.update([count]) if one.cleared_bin is None]
    scores = findings(values, _times(2016))
    told = np.flatnonzero(scores)
    assert len(told) >= 2
    doubts = [doubt_nats(number, (row + 1) / 2016) for number, row in enumerate(told.tolist())]
    assert scores[told] == pytest.approx(np.array(evidence) - doubts)
