"""Drawing: what is thinned keeps its peaks, paths stay inside, ticks stand on round local times."""

from __future__ import annotations

import doctest
import importlib
import math
import pkgutil
import re
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pulih.adapters import report
from pulih.adapters.report.plot import count_ticks, lined, stepped, time_ticks
from pulih.adapters.report.thinning import thinned
from pulih.model.clock import MICROS

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
