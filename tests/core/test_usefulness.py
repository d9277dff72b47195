"""How often a source was right: outages and quiet days count once, floods do not, and what is unknown counts little."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from pulih.learn.usefulness import PRIORS, Judged, Sort, Spoke, Worth, unknown, usefulness, worths
from pulih.model.clock import HOUR_S, MICROS

HOUR_US = HOUR_S * MICROS
DAY = 24


def outage(start_h: float, hours: float | None = 2.0, *, real: bool | None = True, network: str = "alpha") -> Judged:
    end_us = None if hours is None else round((start_h + hours) * HOUR_US)
    return Judged(network, round(start_h * HOUR_US), end_us, real)


def spoke(*hours: int, sort: Sort = "alarm", network: str = "alpha", source: str = "noc") -> list[Spoke]:
    return [Spoke(source, sort, network, hour) for hour in hours]


def worth(said: list[Spoke], *outages: Judged) -> Worth:
    (found,) = worths(said, outages)
    return found


def test_a_source_that_spoke_in_confirmed_outages_agreed_and_one_that_spoke_without_was_alone() -> None:
    found = worth(spoke(100, 101, 500), outage(100), outage(300))
    assert (found.agreed, found.missed, found.alone) == (1, 1, 1)
    assert found.usefulness == usefulness("alarm", 1, 1)


def test_what_was_rejected_was_no_outage_and_what_nobody_decided_counts_neither_way() -> None:
    assert worth(spoke(100), outage(100, real=False)).alone == 1
    undecided = worth(spoke(100), outage(100, None, real=None))
    assert (undecided.agreed, undecided.alone, undecided.undecided) == (0, 0, 1)
    assert undecided.usefulness == unknown("noc", "alarm").usefulness


def test_an_alarm_an_hour_before_or_three_hours_after_is_of_the_outage() -> None:
    for hour, agreed in ((98, 0), (99, 1), (104, 1), (105, 0)):
        assert worth(spoke(hour), outage(100)).agreed == agreed, hour


def test_an_outage_of_another_network_proves_nothing_but_a_source_may_speak_of_all() -> None:
    assert worth(spoke(100), outage(100, network="beta")).alone == 1
    assert worth(spoke(100, network="", sort="afar"), outage(100, network="beta")).agreed == 1


def test_a_source_that_never_stops_agrees_with_every_outage_and_is_worth_nothing() -> None:
    found = worth(spoke(*range(60 * DAY)), *(outage(day * DAY + 3) for day in range(0, 60, 20)))
    assert (found.agreed, found.missed) == (3, 0)
    assert found.alone == 60 and found.usefulness < 0.07


@given(st.integers(1, DAY), st.integers(1, DAY))
def test_however_often_it_speaks_in_a_day_a_day_without_outage_counts_once(one: int, other: int) -> None:
    assert worth(spoke(*range(one))) == worth(spoke(*range(other)))


@given(st.integers(0, 50), st.integers(0, 50), st.sampled_from(sorted(PRIORS)))
def test_being_right_raises_and_being_wrong_lowers_what_a_source_is_worth(agreed: int, alone: int, sort: Sort) -> None:
    now = usefulness(sort, agreed, alone)
    assert 0.0 < usefulness(sort, agreed, alone + 1) < now < usefulness(sort, agreed + 1, alone) < 1.0


def test_of_an_unknown_source_from_afar_the_least_is_believed_and_of_an_own_probe_the_most() -> None:
    ranked = sorted(PRIORS, key=usefulness)
    assert ranked[:2] == ["afar", "alarm"]
    assert usefulness("alarm") < 0.5 < usefulness("probe")


@given(
    st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from(["alarm", "afar"]), st.integers(0, 99)), max_size=40),
    st.lists(st.tuples(st.integers(0, 99), st.integers(1, 9), st.sampled_from([True, False, None])), max_size=6),
    st.integers(0, 9),
)
def test_the_order_in_which_things_are_told_does_not_matter(
    said: list[tuple[str, Sort, int]], happened: list[tuple[int, int, bool | None]], seed: int
) -> None:
    hours = [Spoke(source, sort, "alpha", hour) for source, sort, hour in said]
    outages = [outage(start, hours_, real=real) for start, hours_, real in happened]
    expected = worths(hours, outages)
    chance = random.Random(seed)
    chance.shuffle(hours)
    chance.shuffle(outages)
    assert worths([*hours, *hours], outages) == expected
