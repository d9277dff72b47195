"""Drawing: what is thinned keeps its peaks, paths stay inside, ticks stand on round local times."""

from __future__ import annotations

import doctest
import importlib
import itertools
import math
import pkgutil
import re
from datetime import time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pulih.adapters import report
from pulih.adapters.report.marks import Period, bands_of
from pulih.adapters.report.plot import count_ticks, lined, rooted_ticks, stepped, time_ticks
from pulih.adapters.report.thinning import daily, thinned
from pulih.model.clock import MICROS, from_micros

NUMBERS = st.lists(st.floats(0, 1e6) | st.just(float("nan")) | st.just(float("inf")), min_size=1, max_size=300)
NAMES = [name for _, name, _ in pkgutil.walk_packages(report.__path__, f"{report.__name__}.")]


@pytest.mark.parametrize("name", NAMES)
def test_the_examples_in_the_documentation_hold(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0


@given(NUMBERS, st.integers(1, 80))
def test_thinning_keeps_the_highest_window_and_the_length_of_time(values: list[float], most: int) -> None:
    steps = thinned((values, values, values), start_us=0, step_s=300, most=most)
    known = [value for value in values if value < float("inf")]
    assert len(steps.reports) <= most
    assert max((value for value in steps.reports if not math.isnan(value)), default=None) == max(known, default=None)
    assert steps.end_us == len(values) * 300 * MICROS
    assert len(steps.reports) == len(steps.expected) == len(steps.alarm_at)


@given(NUMBERS, st.floats(0.1, 1e6))
def test_paths_hold_only_numbers_inside_the_frame(values: list[float], top: float) -> None:
    for path in (stepped(values, top, closed=True), stepped(values, top, closed=False), lined(values, top)):
        assert re.fullmatch(r"[MLHVhvz0-9. ]*", path)
        heights = [int(h) for h in re.findall(r"(?:V|[ML][\d.]+ )(\d+)", path)]
        assert all(0 <= height <= 500 for height in heights)


@given(st.floats(0, 1e9))
def test_count_ticks_are_few_and_reach_over_the_highest(highest: float) -> None:
    ticks = count_ticks(highest)
    assert 1 <= len(ticks) <= 4
    assert ticks[-1] >= highest * (1 - 1e-6)


@settings(max_examples=60)
@given(
    st.integers(0, 4_000_000_000),
    st.integers(60, 2_000_000_000),
    st.sampled_from(["Asia/Jakarta", "Europe/London", "Asia/Kathmandu", "Pacific/Apia", "UTC"]),
)
def test_time_ticks_lie_inside_in_order_and_are_never_too_many(start_s: int, span_s: int, zone: str) -> None:
    start_us, end_us = start_s * MICROS, (start_s + span_s) * MICROS
    moments = [at_us for at_us, _ in time_ticks(start_us, end_us, ZoneInfo(zone), "id")]
    assert moments == sorted(set(moments))
    assert len(moments) <= 8
    assert all(start_us <= at_us <= end_us for at_us in moments)


PERIODS = st.lists(st.tuples(st.integers(0, 86_000), st.integers(0, 9_000)), max_size=40)


@given(PERIODS)
def test_shaded_stretches_never_lie_on_one_another_and_every_number_is_kept(stretches: list[tuple[int, int]]) -> None:
    steps = thinned(([0.0] * 96, [0.0] * 96, [0.0] * 96), start_us=0, step_s=900, most=96)
    periods = [
        Period(number=str(n), start_us=start * MICROS, end_us=(start + length) * MICROS, title="")
        for n, (start, length) in enumerate(sorted(stretches), start=1)
    ]
    bands = bands_of(steps, periods)
    assert all(left.x + left.width <= right.x + 0.02 for left, right in itertools.pairwise(bands))
    told = [number for band in bands if band.number for number in re.split(r", |–", band.number)]
    assert told == sorted(told, key=int)
    assert (told[0], told[-1]) == ("1", str(len(periods))) if periods else not told


@given(st.lists(st.integers(0, 1000), max_size=4), st.sampled_from(["Asia/Jakarta", "Europe/London", "Pacific/Apia"]))
def test_days_hold_every_window_once_and_begin_at_local_midnight(values: list[int], zone: str) -> None:
    hours = [float(value) for value in values for _ in range(60)]
    steps = daily((hours, hours), start_us=1_711_800_000 * MICROS, step_s=3_600, zone=ZoneInfo(zone))
    assert sum(steps.reports) == sum(hours)
    assert all(from_micros(at).astimezone(ZoneInfo(zone)).time() == time() for at in steps.starts)
    assert list(steps.starts) == sorted(set(steps.starts))


@given(st.floats(1, 1e9))
def test_a_scale_of_roots_has_few_round_values_in_rising_order(highest: float) -> None:
    ticks = rooted_ticks(highest)
    assert ticks == sorted(set(ticks))
    assert 2 <= len(ticks) <= 3
    assert ticks[-1] >= highest * (1 - 1e-6)
