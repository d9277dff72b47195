"""Whom a scope touches: bounds that are bounds, more people where there are more, and a method for every number."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from impact_world import COUNTRY, NESTED, OPERATORS, REGIONS, SERVICES, TABLES, known, rows_of

from pulih.model.clock import MICROS, to_micros
from pulih.model.errors import RefusedInput
from pulih.model.impact import Bounds, Impact
from pulih.model.reading import Group
from pulih.model.scope import Scope
from pulih.understand.gazetteer import Gazetteer, Region
from pulih.understand.impact import METHODS, impact
from pulih.understand.priors import ACTIVITIES
from pulih.understand.served import Known
from pulih.understand.subscribers import SubscriberCount
from pulih.understand.testimony import Testimony

WIB = timezone(timedelta(hours=7))
START_US = to_micros(datetime(2025, 10, 3, 8, 48, tzinfo=WIB))
HOUR_US = 3_600 * MICROS
SILENCE = Testimony()
Rows = list[SubscriberCount] | None
GROUPS: tuple[Group, ...] = tuple(one for one in ACTIVITIES if one != "other")
TESTIMONIES = st.builds(
    Testimony,
    people=st.none() | st.integers(0, 10**6),
    mentions=st.dictionaries(st.sampled_from(GROUPS), st.floats(0, 5_000), max_size=8),
)
SCOPES = st.builds(
    Scope,
    operator=st.sampled_from(["", "smartfren", "xl", "biznet", "kampus", "nobody_knows"]),
    service=st.sampled_from(SERVICES),
    region=st.sampled_from([None, "31", "31.71", "91.02", "99.99", ""]),
    symptom=st.sampled_from([None, "no_signal", "no_internet", "slow", "call_failure"]),
)


def touched(
    scope: Scope,
    testimony: Testimony = SILENCE,
    world: Known | None = None,
    *,
    span_us: int = HOUR_US,
) -> Impact:
    return impact(scope, testimony, world or known(), start_us=START_US, end_us=START_US + span_us, zone=WIB)


def every_bound(one: Impact) -> list[Bounds]:
    emergency = [] if one.emergency is None else [one.emergency.subscribers, one.emergency.calls]
    priority = [bound for kind in one.priority for bound in (kind.listed, kind.touched)]
    groups = [group.subscribers for group in one.groups]
    return [one.subscribers, one.served, one.user_minutes, *emergency, *priority, *groups]


@given(SCOPES, TESTIMONIES, TABLES, st.integers(0, 40 * 24 * HOUR_US))
def test_every_number_has_a_lower_bound_a_likely_value_and_an_upper_bound_in_this_order(
    scope, testimony, rows, span_us
):
    one = touched(scope, testimony, known(rows), span_us=span_us)
    assert [bound for bound in every_bound(one) if not 0 <= bound.low <= bound.likely <= bound.high] == []
    assert 0 <= one.share.low <= one.share.likely <= one.share.high <= 1
    assert one.subscribers.high == one.served.high


@given(SCOPES, TESTIMONIES, TABLES)
def test_every_method_that_is_named_has_its_sentences_and_every_rule_an_id(
    scope: Scope, testimony: Testimony, rows: Rows
) -> None:
    one = touched(scope, testimony, known(rows))
    told = {method.id for method in one.methods}
    parts = [one.share.methods, *(group.methods for group in one.groups), *(kind.methods for kind in one.priority)]
    parts += [one.emergency.methods] if one.emergency else []
    assert {method for part in parts for method in part} <= told <= METHODS
    assert all(method.english.endswith(".") and method.indonesian.endswith(".") for method in one.methods)
    assert len(set(one.rules)) == len(one.rules) > 0


@given(SCOPES, TESTIMONIES, TABLES)
def test_groups_are_all_there_once_and_sum_to_no_more_than_the_subscribers(
    scope: Scope, testimony: Testimony, rows: Rows
) -> None:
    one = touched(scope, testimony, known(rows))
    assert sorted(group.group for group in one.groups) == sorted(GROUPS)
    assert sum(group.subscribers.likely for group in one.groups) <= one.subscribers.likely
    assert sum(group.subscribers.low for group in one.groups) <= one.subscribers.low
    assert all(group.subscribers.high <= one.subscribers.high for group in one.groups)


@given(SCOPES, TESTIMONIES, TABLES, st.sampled_from(NESTED))
def test_a_wider_region_is_touched_at_least_as_much_as_one_inside_it(
    scope: Scope, testimony: Testimony, rows: Rows, nested: tuple[str | None, str]
) -> None:
    wide, narrow = (
        touched(Scope(operator=scope.operator, service=scope.service, symptom=scope.symptom, region=region),
                testimony, known(rows))
        for region in nested
    )  # fmt: skip
    pairs = [(wide.subscribers, narrow.subscribers), (wide.user_minutes, narrow.user_minutes)]
    if wide.emergency is not None and narrow.emergency is not None:
        pairs.append((wide.emergency.calls, narrow.emergency.calls))
    for outer, inner in pairs:
        assert outer.low >= inner.low
        assert outer.likely >= inner.likely
        assert outer.high >= inner.high


@given(SCOPES, TESTIMONIES, TABLES, st.tuples(st.integers(0, 10**13), st.integers(0, 10**13)))
def test_more_time_gives_no_fewer_minutes_and_no_fewer_emergency_calls(
    scope: Scope, testimony: Testimony, rows: Rows, spans_us: tuple[int, int]
) -> None:
    short, long = (touched(scope, testimony, known(rows), span_us=span_us) for span_us in sorted(spans_us))
    assert short.subscribers == long.subscribers
    pairs = [(short.user_minutes, long.user_minutes)]
    if short.emergency is not None and long.emergency is not None:
        pairs.append((short.emergency.calls, long.emergency.calls))
    assert [
        (few, many) for few, many in pairs if few.low > many.low or few.likely > many.likely or few.high > many.high
    ] == []


@given(rows_of(("31.71", "31.72", "91")), st.integers(0, 10**6), TESTIMONIES, SCOPES)
def test_more_subscribers_in_a_row_never_give_fewer_touched(
    rows: list[SubscriberCount], more: int, testimony: Testimony, scope: Scope
) -> None:
    first = [SubscriberCount("smartfren", "31.71", "mobile_data", "Utama", 500), *rows]
    second = [SubscriberCount("smartfren", "31.71", "mobile_data", "Utama", 500 + more), *rows]
    few, many = (touched(scope, testimony, known(some)).subscribers for some in (first, second))
    assert (few.low <= many.low, few.likely <= many.likely, few.high <= many.high) == (True, True, True)


@given(st.integers(0, 10**5), st.integers(0, 10**5), TABLES, SCOPES)
def test_more_people_who_write_never_give_fewer_touched(one: int, other: int, rows: Rows, scope: Scope) -> None:
    few, many = (touched(scope, Testimony(people=people), known(rows)).subscribers for people in sorted((one, other)))
    assert (few.low <= many.low, few.likely <= many.likely, few.high == many.high) == (True, True, True)


def test_an_operators_table_is_the_upper_bound_and_those_who_wrote_the_lower() -> None:
    world = known([SubscriberCount("smartfren", "31.71", "mobile_data", "A", 90_000)])
    one = touched(Scope(operator="smartfren", service="mobile_data", region="31.71"), Testimony(people=100), world)
    assert one.served == Bounds(90_000, 90_000, 90_000)
    # 3,000 is as many times 100 as 90,000 is times 3,000.
    assert one.subscribers == Bounds(100, 3_000, 90_000)
    assert one.user_minutes == Bounds(6_000, 180_000, 5_400_000)
    assert [method.id for method in one.methods][:2] == ["impact.served.table", "impact.low.people"]


def test_reports_are_never_more_than_the_subscribers_there_are() -> None:
    world = known([SubscriberCount("smartfren", "31.71", "mobile_data", "A", 7)])
    one = touched(Scope(operator="smartfren", service="mobile_data", region="31.71"), Testimony(people=900), world)
    assert one.subscribers == Bounds(7, 7, 7)
    # Seven is no count of those who wrote, and must not be called one.
    assert "impact.low.beyond_served" in one.share.methods
    assert "impact.low.people" not in one.share.methods


def test_without_known_authors_the_lower_bound_is_nobody_and_the_method_says_so() -> None:
    one = touched(Scope(operator="smartfren", region="31"))
    assert one.subscribers.low == 0
    assert "impact.low.none" in one.share.methods


def test_what_texts_name_moves_the_groups_and_more_texts_narrow_the_bounds_only_so_far() -> None:
    scope = Scope(operator="smartfren", service="mobile_data", region="31.71")
    quiet, some, many, flood = (
        {group.group: group.subscribers for group in touched(scope, Testimony(900, said)).groups}["banking"]
        for said in ({}, {"banking": 10.0}, {"banking": 100.0}, {"banking": 100_000.0})
    )
    assert quiet.likely < some.likely < many.likely <= flood.likely
    assert flood.low < flood.likely < flood.high


def test_calls_for_help_stand_apart_where_calls_fail_or_may_fail() -> None:
    for service, symptom in (("mobile_voice", None), ("any", "no_signal"), ("mobile_data", "no_signal")):
        one = touched(Scope(operator="smartfren", service=service, symptom=symptom, region="31"), Testimony(500))
        assert one.emergency is not None
        assert one.emergency.subscribers == Bounds(0, one.subscribers.likely, one.subscribers.high)
        assert one.emergency.methods == ("impact.emergency.rate",)
    # "Down" and "slow" of a brand do not say that calls fail.
    for service, symptom in ((None, None), ("any", None), ("any", "slow")):
        unsaid = touched(Scope(operator="smartfren", service=service, symptom=symptom, region="31"), Testimony(500))
        assert unsaid.emergency is not None
        assert "impact.emergency.unsaid" in unsaid.emergency.methods
        assert unsaid.emergency.subscribers.likely < unsaid.subscribers.likely
    assert touched(Scope(operator="biznet", service="any")).emergency is None
    assert touched(Scope(operator="smartfren", service="mobile_data", symptom="slow")).emergency is None
    assert touched(Scope(operator="biznet")).emergency is None


def test_priority_customers_stand_apart_by_kind_between_none_and_all_of_them() -> None:
    world = known([
        SubscriberCount("smartfren", "31.71", "mobile_data", "A", 1_000_000),
        SubscriberCount("smartfren", "31.71", "mobile_data", "B", 40, "hospital"),
        SubscriberCount("smartfren", "31.72", "mobile_data", "B", 9, "bank"),
        SubscriberCount("xl", "31.71", "mobile_data", "B", 5, "bank"),
    ])  # fmt: skip
    one = touched(Scope(operator="smartfren", service="mobile_data", region="31.71"), Testimony(2_000), world)
    assert [(kind.kind, kind.listed, kind.touched.low, kind.touched.high) for kind in one.priority] == [
        ("hospital", Bounds(40, 40, 40), 0, 40)
    ]
    assert one.served == Bounds(1_000_040, 1_000_040, 1_000_040)


def test_an_impact_ends_after_it_starts() -> None:
    with pytest.raises(RefusedInput, match="ends 1 microseconds before it starts"):
        impact(Scope(), Testimony(), known(), start_us=5, end_us=4, zone=UTC)


def test_a_country_without_numbers_of_people_needs_a_table() -> None:
    empty = Gazetteer("AU", (Region("NSW", "New South Wales", "province"),))
    with pytest.raises(RefusedInput, match="gazetteer of AU tells no number of people, and there is no table"):
        touched(Scope(operator="xl", region="NSW"), world=known(gazetteer=empty))
    rows = [SubscriberCount("xl", "NSW", "mobile_data", "", 300)]
    assert touched(Scope(operator="xl", region="NSW"), world=known(rows, empty)).subscribers.high == 300


def test_the_small_country_of_these_tests_adds_up() -> None:
    assert COUNTRY.country == "ID"
    assert sum(region.population for region in REGIONS if region.level == "province") == sum(
        region.population for region in REGIONS if region.level == "regency"
    )
    assert OPERATORS.on_network("xl") == ("xl", "axis")
