"""Probes of networks that are well raise no more suspicions a week than are asked for, however they fail by themselves.

One-sided at 99 %, as in test_false_alarm_rate; more weeks, and probes at home in many regions, are in tests/long.
"""

from __future__ import annotations

import pytest
from rare_by_chance import chance_allows
from simulated_probes import Quiet, false_alarms

ASKED = 0.1


def keep_the_rate(quiet: Quiet, *, weeks: int, seeds: range) -> bool:
    """Tell whether quiet probes, anew for each seed, raise no more than chance gives at the asked rate."""
    alarms = sum(false_alarms(quiet, weeks, seed=seed, asked=ASKED) for seed in seeds)
    return alarms <= chance_allows(ASKED * weeks * len(seeds))


@pytest.mark.parametrize(
    "quiet",
    [
        Quiet(sources=3, lost=0.2),
        Quiet(sources=4, lost=0.01, breaks=(2, 1)),
        Quiet(sources=2, operators=2, lost=0.01, away=(1, 1)),
    ],
    ids=["answers are lost", "lines break", "the target is away"],
)
def test_probes_of_networks_that_are_well_keep_the_asked_rate(quiet: Quiet) -> None:
    assert keep_the_rate(quiet, weeks=25, seeds=range(1))
