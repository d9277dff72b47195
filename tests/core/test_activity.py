"""What people are doing when service fails: priors that sum to one, and texts that move them within bounds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from impact_world import COUNTRY, SERVICES, known
from scipy.special import betaincinv

from pulih.model.clock import MICROS, to_micros
from pulih.model.reading import Group, Reading, Service
from pulih.model.scope import Scope
from pulih.understand.activity import Hour, group_shares, hours_between, kinds_of, prior_shares, wilson
from pulih.understand.priors import ACTIVITIES, Activity, Kind
from pulih.understand.testimony import beyond_usual, mentions

PRIORS = known().priors
KINDS: tuple[Kind, ...] = ("city", "regency", "rural")
WIB = timezone(timedelta(hours=7))


@given(st.integers(0, 2 * 10**15), st.integers(0, 10**13), st.integers(-48, 56))
def test_the_parts_of_a_time_sum_to_one_in_every_zone(start_us: int, span_us: int, quarters: int) -> None:
    parts = hours_between(start_us, start_us + span_us, timezone(timedelta(minutes=15 * quarters)))
    assert sum(parts.values()) == pytest.approx(1)
    assert all(0 <= hour.hour < 24 and part > 0 for hour, part in parts.items())


def test_hours_are_local_and_days_of_the_week_too() -> None:
    late_friday = datetime(2025, 10, 3, 23, 30, tzinfo=WIB)
    parts = hours_between(to_micros(late_friday), to_micros(late_friday + timedelta(hours=1)), WIB)
    assert parts == {Hour(23, weekend=False): 0.5, Hour(0, weekend=True): 0.5}


def test_a_time_of_no_length_is_the_hour_of_its_moment() -> None:
    assert hours_between(3_600 * MICROS, 3_600 * MICROS, UTC) == {Hour(1, weekend=False): 1.0}


@given(st.sampled_from(SERVICES), st.builds(Hour, st.integers(0, 23), st.booleans()), st.sampled_from(KINDS))
def test_prior_shares_sum_to_one_for_every_service_hour_and_place(
    service: Service | None, hour: Hour, kind: Kind
) -> None:
    kinds = {kind: 0.5, "city": 0.5} if kind != "city" else {kind: 1.0}
    shares, rules = prior_shares(PRIORS, Scope(service=service), {hour: 1.0}, kinds)
    assert tuple(shares) == ACTIVITIES
    assert sum(shares.values()) == pytest.approx(1)
    assert min(shares.values()) >= 0
    assert len(rules) >= len(ACTIVITIES)


def shares_at(
    service: Service | None, hour: int, *, weekend: bool = False, kind: Kind = "regency"
) -> dict[Activity, float]:
    return prior_shares(PRIORS, Scope(service=service), {Hour(hour, weekend): 1.0}, {kind: 1.0})[0]


def test_work_fails_in_office_hours_and_streaming_in_the_evening() -> None:
    office, evening = shares_at("mobile_data", 10), shares_at("mobile_data", 20)
    assert office["work"] > 2 * evening["work"]
    assert evening["streaming"] > 2 * office["streaming"]
    assert shares_at("mobile_data", 10, weekend=True)["work"] < office["work"]
    assert shares_at("mobile_data", 3)["other"] > 0.8
    assert shares_at("mobile_data", 23) == shares_at("mobile_data", 0)


def test_service_and_place_tell_groups_apart() -> None:
    assert shares_at("mobile_voice", 10)["streaming"] == 0
    assert shares_at("sms", 10)["banking"] > shares_at("mobile_data", 10)["banking"]
    assert shares_at("tv", 20)["streaming"] > shares_at("fixed_broadband", 20)["streaming"]
    assert shares_at("mobile_data", 10, kind="city")["work"] > shares_at("mobile_data", 10, kind="rural")["work"]


def test_kinds_of_place_are_weighed_by_people() -> None:
    assert kinds_of("91", COUNTRY, rural_below=400_000) == {
        "regency": pytest.approx(8 / 9),
        "rural": pytest.approx(1 / 9),
    }
    assert kinds_of("31.71", COUNTRY, rural_below=400_000) == {"city": 1.0}
    assert kinds_of(None, COUNTRY, rural_below=1) == kinds_of("nowhere", COUNTRY, rural_below=1)


@given(
    st.dictionaries(st.sampled_from(ACTIVITIES[:-1]), st.floats(0, 1e6)),
    st.sampled_from(SERVICES),
    st.integers(0, 23),
)
def test_group_shares_keep_their_order_and_sum_to_no_more_than_one(
    said: dict[Group, float], service: Service | None, hour: int
) -> None:
    shares = shares_at(service, hour)
    found = group_shares(shares, said, PRIORS.texts)
    assert set(found) == set(ACTIVITIES[:-1])
    assert all(0 <= low <= likely <= high <= 1 for low, likely, high in found.values())
    assert sum(likely for _, likely, _ in found.values()) <= 1 + 1e-9


def test_without_texts_the_likely_shares_are_the_priors() -> None:
    shares = shares_at("mobile_data", 10)
    found = group_shares(shares, {}, PRIORS.texts)
    assert {group: likely for group, (_, likely, _) in found.items()} == pytest.approx(
        {group: share for group, share in shares.items() if group != "other"}
    )


@given(st.floats(0, 1), st.floats(12, 132))
def test_wilsons_bounds_are_close_to_those_of_the_exact_posterior(part: float, total: float) -> None:
    low, high = wilson(part, total)
    exact = betaincinv(part * total + 0.5, (1 - part) * total + 0.5, [0.05, 0.95])
    assert (low, high) == pytest.approx(tuple(exact), abs=0.09)


def test_people_who_write_on_any_day_are_no_testimony() -> None:
    assert beyond_usual(80.0, signals=0, expected=0.0) == 0
    assert beyond_usual(9.99, signals=10, expected=0.0) == 9


def test_texts_that_name_no_activity_are_no_evidence_of_any() -> None:
    silent = Reading(True, 0.9, True, "mobile_data", "no_internet", "xl")
    assert mentions([(silent, 1.0)]) == {}
