"""A series that spikes now and then is soon left alone, and an outage in it is still found."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np

from pulih.detect.scanner import CountFinding, scan_counts

START = datetime(2025, 1, 6, tzinfo=UTC)
DAY, WEEKS, SERIES, MEAN = 288, 8, 12, 4.0
LATE = 7 * DAY * WEEKS // 2


def _spiky(seed: int) -> np.ndarray:
    """Return counts that leap to 5 to 40 times the usual for one bin or two, once a day on average."""
    rng = np.random.default_rng(seed)
    counts = rng.poisson(MEAN, (SERIES, 7 * DAY * WEEKS))
    for row, at in np.argwhere(rng.random(counts.shape) < 1 / DAY):
        size = MEAN * np.exp(rng.uniform(np.log(5), np.log(40)))
        counts[row, at : at + 2] += rng.poisson([size, size / 2])[: counts.shape[1] - at]
    return counts


def _late(found: list[CountFinding]) -> list[CountFinding]:
    return [one for one in found if one.alarm_bin >= LATE]


def test_once_spikes_are_known_few_of_them_raise_an_alarm() -> None:
    late = _late(scan_counts(_spiky(3), start=START))
    spikes = SERIES * (WEEKS / 2) * 7
    # Some come in twos and threes within half an hour.
    assert len(late) <= 0.1 * spikes


def test_an_outage_among_spikes_is_found_within_the_hour() -> None:
    counts = _spiky(4)
    starts = LATE + 500 + 60 * np.arange(SERIES)
    rng = np.random.default_rng(5)
    for row, start in enumerate(starts):
        counts[row, start : start + 24] += rng.poisson(4 * MEAN, 24)
    found = _late(scan_counts(counts, start=START))
    for row, start in enumerate(starts):
        assert any(one.series == row and start <= one.alarm_bin < start + 12 for one in found)


def test_a_first_spike_is_told_like_any_rise() -> None:
    counts = np.random.default_rng(6).poisson(MEAN, (1, 14 * DAY))
    counts[0, 10 * DAY : 10 * DAY + 2] += 200
    assert any(10 * DAY <= one.alarm_bin < 10 * DAY + 2 for one in scan_counts(counts, start=START))


def test_bursts_of_a_series_that_hardly_ever_speaks_are_known_as_such_too() -> None:
    rng = np.random.default_rng(7)
    counts = rng.poisson(0.02, (SERIES, 7 * DAY * WEEKS))
    bursts = rng.random(counts.shape) < 1 / DAY
    counts[bursts] += rng.integers(3, 9, int(bursts.sum()))
    late = _late(scan_counts(counts, start=START))
    assert len(late) <= 0.1 * bursts[:, LATE:].sum()
