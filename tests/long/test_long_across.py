"""Across operators on further streams; the tests are those of tests/service."""

from __future__ import annotations

import pytest
from test_across_operators import (
    SEEDS,
    test_an_operator_that_fails_later_on_its_own_is_found_although_its_customers_spoke_of_another,
    test_an_operator_whose_customers_reach_none_of_the_others_is_found_alone,
    test_as_many_mistaken_complaints_alone_would_raise_the_one_they_name,
    test_where_several_truly_fail_at_once_each_is_found,
    test_who_cannot_be_reached_is_found_in_time_and_nobody_who_cannot_reach_them,
)

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
