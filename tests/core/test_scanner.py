"""What every scan of counts must keep: causality, order of series, restarts, missing feeds, the same bits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pulih.detect.scanner import CountFinding, CountScanner, scan_counts
from pulih.model.errors import RefusedInput, ShapeMismatch
from pulih.series.rhythm import prior_shape

START = datetime(2025, 1, 6, tzinfo=timezone(timedelta(hours=7)))
WEEK = 2016


def _counts(seed: int, *, rates: tuple[float, ...] = (0.2, 2.0, 9.0), bins: int = 900) -> np.ndarray:
    """Return Poisson counts of a few series with a daily rhythm and one outage each."""
    rng = np.random.default_rng(seed)
    rhythm = np.resize(np.repeat(prior_shape(), 12), bins)
    table = rng.poisson(np.array(rates)[:, None] * rhythm)
    for row, rate in enumerate(rates):
        start = 500 + 60 * row
        table[row, start : start + 24] += rng.poisson(6 * rate + 3, 24)
    return table


def _keys(found: list[CountFinding]) -> list[tuple[int, int, int]]:
    return [(f.series, f.alarm_bin, f.onset_bin) for f in found]


def test_a_plain_outage_is_found_soon_dated_well_and_cleared() -> None:
    found = scan_counts(_counts(1), start=START)
    assert sorted(f.series for f in found) == [0, 1, 2]
    for finding in found:
        begin = 500 + 60 * finding.series
        assert begin <= finding.alarm_bin <= begin + 6
        assert abs(finding.onset_bin - begin) <= 2
        assert finding.cleared_bin is not None
        assert begin + 20 <= finding.cleared_bin <= begin + 60


@settings(max_examples=8)
@given(st.integers(0, 1000), st.integers(400, 899))
def test_what_is_said_about_a_bin_depends_on_bins_up_to_it(seed: int, cut: int) -> None:
    table = _counts(seed)
    whole = [key for key in _keys(scan_counts(table, start=START)) if key[1] < cut]
    assert _keys(scan_counts(table[:, :cut], start=START)) == whole


@settings(max_examples=6)
@given(st.permutations(range(3)))
def test_the_order_of_series_does_not_matter(order: list[int]) -> None:
    table = _counts(3)
    straight = {(order.index(f.series), f.alarm_bin, f.cleared_bin) for f in scan_counts(table, start=START)}
    shuffled = {(f.series, f.alarm_bin, f.cleared_bin) for f in scan_counts(table[order], start=START)}
    assert shuffled == straight


def test_the_same_input_gives_the_same_output_to_the_bit() -> None:
    assert scan_counts(_counts(4), start=START) == scan_counts(_counts(4), start=START)


@pytest.mark.parametrize("stop", [1, 287, 288, 505, 640])
def test_a_restart_forgets_nothing(stop: int) -> None:
    table = _counts(5)
    one = CountScanner(series=3, start=START)
    said = [one.update(table[:, t]) for t in range(table.shape[1])]
    other = CountScanner(series=3, start=START)
    again = [other.update(table[:, t]) for t in range(stop)]
    other = CountScanner.from_bytes(other.to_bytes())
    again += [other.update(table[:, t]) for t in range(stop, table.shape[1])]
    assert again == said


def test_the_scanner_says_each_alarm_in_its_own_bin() -> None:
    scanner = CountScanner(series=3, start=START)
    table = _counts(6)
    for t in range(table.shape[1]):
        for finding in scanner.update(table[:, t]):
            assert t in (finding.alarm_bin, finding.cleared_bin)


def test_a_missing_feed_raises_nothing_and_an_outage_after_it_is_found() -> None:
    table = _counts(7)
    table[:, 300:400] = -1
    found = scan_counts(table, start=START)
    assert sorted(f.series for f in found) == [0, 1, 2]


def test_an_empty_history_has_no_findings() -> None:
    assert scan_counts(np.zeros((2, 0), dtype=int), start=START) == []
    assert scan_counts(np.zeros((2, WEEK), dtype=int), start=START) == []


@settings(max_examples=20)
@given(st.lists(st.integers(-1, 10**9), min_size=1, max_size=200))
def test_no_counts_break_the_scan(counts: list[int]) -> None:
    for finding in scan_counts(np.array([counts]), start=START):
        assert finding.onset_bin <= finding.alarm_bin < len(counts)
        assert np.isfinite(finding.evidence_nats)


def test_wrong_arguments_are_refused_with_what_would_be_right() -> None:
    row = np.zeros((1, 5), dtype=int)
    with pytest.raises(ShapeMismatch, match=r"\(series, bins\)"):
        scan_counts(row[0], start=START)
    with pytest.raises(RefusedInput, match="integers"):
        scan_counts(row + 0.5, start=START)
    with pytest.raises(RefusedInput, match="time zone"):
        scan_counts(row, start=datetime(2025, 1, 1))  # noqa: DTZ001 -- the missing zone is the point
    with pytest.raises(RefusedInput, match="60 to 3600"):
        scan_counts(row, start=START, bin_s=7)
    with pytest.raises(RefusedInput, match="above 0"):
        scan_counts(row, start=START, false_alarms_per_week=0)
    with pytest.raises(RefusedInput, match="bin boundary"):
        scan_counts(row, start=datetime(2025, 1, 1, 0, 1, tzinfo=UTC))
    with pytest.raises(ShapeMismatch, match="expected 2 counts"):
        CountScanner(series=2, start=START).update([1, 2, 3])
    with pytest.raises(RefusedInput, match="not the state of a scanner"):
        CountScanner.from_bytes(b"nonsense")


def check_quiet(rate: float, *, series: int, weeks: int) -> None:
    """Look at weeks of so many series at ten times the usual rate asked, so that a few alarms are expected."""
    rng = np.random.default_rng(11)
    quiet = rng.poisson(rate, (series, weeks * WEEK))
    found = [f for f in scan_counts(quiet, start=START, false_alarms_per_week=1.0) if f.alarm_bin >= 2 * WEEK]
    assert len(found) <= series * (weeks - 2)


def test_quiet_poisson_series_keep_the_asked_rate() -> None:
    """Whoever has more series has them almost for free; more weeks are in tests/long."""
    check_quiet(1.0, series=40, weeks=5)


@pytest.mark.parametrize("seed", range(3))
def test_a_lull_of_a_minute_is_no_end_of_an_outage(seed: int) -> None:
    """People write in gusts; counted by the minute, an outage is as many findings as counted in fives."""
    rng = np.random.default_rng(seed)
    begin, minutes = 2 * 1440 + 300, 3 * 1440
    since = np.arange(minutes) - begin
    hit = (since >= 0) & (since < 420)
    mean = 0.3 + hit * (2.0 + 14.0 * np.exp(-(((since - 90) / 110.0) ** 2)))
    counts = rng.poisson(mean * rng.gamma(4.0, 0.25, minutes))[None, :]
    by_minute = scan_counts(counts, start=START, bin_s=60)
    in_fives = scan_counts(counts.reshape(1, -1, 5).sum(axis=2), start=START, bin_s=300)
    assert 1 <= len(by_minute) <= len(in_fives)
