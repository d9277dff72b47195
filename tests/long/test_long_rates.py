"""The asked rate of false alarms over years of streams that take long to count; tests/core and service have a part."""

from __future__ import annotations

from pathlib import Path

import pytest
from rare_by_chance import chance_allows
from simulated_probes import Quiet
from test_false_alarm_rate import keeps_the_rate, quiet
from test_family_rate import ASKED, WEEKS, alarms_of
from test_probe_rate import keep_the_rate
from test_scanner import check_quiet

# How many operators speak so often a day.
OPERATORS = {5.0: 6, 40.0: 6, 200.0: 6}


def test_quiet_operators_keep_the_rate_over_all_their_scopes() -> None:
    alarms = {per_day: alarms_of(per_day, operators) for per_day, operators in OPERATORS.items()}
    for per_day, operators in OPERATORS.items():
        assert alarms[per_day] <= chance_allows(ASKED * WEEKS * operators), (per_day, alarms)
    # A rate twice as high as asked for would show over all of them in 998 of 1,000 such draws.
    assert sum(alarms.values()) <= chance_allows(ASKED * WEEKS * sum(OPERATORS.values()))


@pytest.mark.parametrize(("per_day", "weeks", "seeds"), [(1, 150, 3), (5, 75, 3), (40, 26, 5)])
def test_quiet_streams_with_replies_keep_the_asked_rate(per_day: float, weeks: int, seeds: int, tmp_path: Path) -> None:
    assert keeps_the_rate(tmp_path, range(9000, 9000 + seeds), per_day=per_day, weeks=weeks)


def test_windows_of_a_minute_keep_it_too(tmp_path: Path) -> None:
    assert keeps_the_rate(tmp_path, range(9100, 9102), per_day=40, weeks=26, bin_s=60)


def test_asking_for_fewer_false_alarms_never_gives_more(tmp_path: Path) -> None:
    counts = [len(quiet(tmp_path, per_day=40, weeks=10, seed=9001, asked=asked).views) for asked in (10.0, 0.1, 0.001)]
    assert counts[0] > counts[1] >= counts[2]


@pytest.mark.parametrize("rate", [0.05, 1.0, 10.0])
def test_quiet_poisson_series_keep_the_asked_rate(rate: float) -> None:
    check_quiet(rate, series=40, weeks=12)


@pytest.mark.parametrize(
    "quiet",
    [
        Quiet(sources=2, lost=0.05),
        Quiet(sources=3, lost=0.2),
        Quiet(sources=2, breaks=(1, 5)),
        Quiet(sources=2, lost=0.02, breaks=(3, 1)),
        Quiet(sources=4, lost=0.01, breaks=(2, 1)),
        Quiet(sources=12, regions=6, homes=True, lost=0.01, breaks=(1, 1)),
        Quiet(sources=20, regions=10, homes=True, lost=0.01, breaks=(1, 2)),
        Quiet(sources=3, operators=3, lost=0.01, breaks=(1, 1), away=(1, 1)),
    ],
)
def test_probes_of_networks_that_are_well_keep_the_asked_rate_for_years(quiet: Quiet) -> None:
    assert keep_the_rate(quiet, weeks=50, seeds=range(4))
