"""Across operators on further streams; the tests are those of tests/service."""

from __future__ import annotations

from pathlib import Path

import pytest
from across_streams import EVENING, Crossing, with_crossing, with_outage
from test_across_operators import (
    HOUR,
    MINUTE,
    SEEDS,
    A,
    B,
    b_fails,
    first,
    market,
    of_the_evening,
    operators_of,
    run,
    test_as_many_mistaken_complaints_alone_would_raise_the_one_they_name,
    test_where_several_truly_fail_at_once_each_is_found,
    test_who_cannot_be_reached_is_found_in_time_and_nobody_who_cannot_reach_them,
)

from pulih.model.clock import from_micros

__all__ = [
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


@pytest.mark.parametrize("seed", SEEDS)
def test_an_operator_that_fails_later_on_its_own_is_found_although_its_customers_spoke_of_another(
    seed: int, tmp_path: Path
) -> None:
    later = EVENING + 2 * HOUR
    told = with_outage(market(seed), "Melatix", start=EVENING, hours=3, seed=seed)
    crossing = Crossing("Pandusel", "Melatix", EVENING + 5 * MINUTE, hours=3, told=75, mistaken=25)
    told = with_crossing(told, crossing, seed=seed)
    found = of_the_evening(run(tmp_path, with_outage(told, "Pandusel", start=later, hours=3, seed=seed + 5)))
    assert operators_of(found) == {A, B}
    assert from_micros(first(found, B).alarm_us) < EVENING + HOUR
    assert later <= from_micros(first(found, A).alarm_us) < later + 30 * MINUTE


def test_an_operator_whose_calls_alone_fail_later_is_found_too(tmp_path: Path) -> None:
    seed, later = SEEDS[1], EVENING + 90 * MINUTE
    told = with_outage(market(seed), "Melatix", start=EVENING, hours=3, seed=seed)
    told = with_crossing(told, Crossing("Pandusel", "Melatix", EVENING, hours=3, told=40, mistaken=10), seed=seed)
    own = Crossing("Pandusel", "Samudrafon", later, hours=2, told=5, mistaken=100)
    found = of_the_evening(run(tmp_path, with_crossing(told, own, seed=seed)))
    assert operators_of(found) == {A, B}
    assert later <= from_micros(first(found, A).alarm_us) < later + HOUR


@pytest.mark.parametrize("seed", SEEDS)
def test_an_operator_whose_customers_reach_none_of_the_others_is_found_alone(seed: int, tmp_path: Path) -> None:
    told = list(market(seed))
    for far, count in (("Melatix", 25), ("Samudrafon", 25), ("Wanakarta", 12)):
        told = with_crossing(told, Crossing("Pandusel", far, EVENING, hours=3, told=count, mistaken=25), seed=seed)
    assert operators_of(of_the_evening(run(tmp_path, told))) == {A}


def test_an_operator_whose_own_customers_cannot_write_is_found_by_what_others_say(tmp_path: Path) -> None:
    seed = SEEDS[0]
    told = with_crossing(market(seed), Crossing("Pandusel", "Melatix", EVENING, 3, told=60, mistaken=20), seed=seed)
    told = with_crossing(told, Crossing("Samudrafon", "Melatix", EVENING, 3, told=40, mistaken=12), seed=seed)
    assert operators_of(of_the_evening(run(tmp_path, told))) == {B}
