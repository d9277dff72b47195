"""Across operators on further streams; the tests are those of tests/service."""

from __future__ import annotations

from pathlib import Path

import pytest
from across_streams import EVENING, with_outage
from test_across_operators import (
    HOUR,
    SEEDS,
    b_fails,
    market,
    of_the_evening,
    run,
    test_an_operator_that_fails_later_on_its_own_is_found_although_its_customers_spoke_of_another,
    test_an_operator_whose_customers_reach_none_of_the_others_is_found_alone,
    test_as_many_mistaken_complaints_alone_would_raise_the_one_they_name,
    test_where_several_truly_fail_at_once_each_is_found,
    test_who_cannot_be_reached_is_found_in_time_and_nobody_who_cannot_reach_them,
)

from pulih.model.clock import from_micros

__all__ = [
    "test_an_operator_that_fails_later_on_its_own_is_found_although_its_customers_spoke_of_another",
    "test_an_operator_whose_customers_reach_none_of_the_others_is_found_alone",
    "test_as_many_mistaken_complaints_alone_would_raise_the_one_they_name",
    "test_where_several_truly_fail_at_once_each_is_found",
    "test_who_cannot_be_reached_is_found_in_time_and_nobody_who_cannot_reach_them",
]


@pytest.fixture(params=SEEDS[1:])
def seed(request: pytest.FixtureRequest) -> int:
    """What a stream is drawn from."""
    return int(request.param)


def test_what_was_raised_is_raised_at_the_same_moment_by_the_file_up_to_then(tmp_path: Path) -> None:
    seed, later = SEEDS[2], EVENING + 2 * HOUR
    told = b_fails(market(seed), seed=seed)
    told = with_outage(told, "Pandusel", start=later, hours=3, seed=seed + 5)
    for finding in of_the_evening(run(tmp_path, told)):
        until = [(at, text) for at, text in told if at < from_micros(finding.alarm_us)]
        cut = [view.finding for view in run(tmp_path, until).views]
        assert (finding.operator, finding.alarm_us) in {(one.operator, one.alarm_us) for one in cut}
