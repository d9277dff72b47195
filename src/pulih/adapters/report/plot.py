"""Geometry of a chart: paths, scales and ticks, with x in steps or per cent so that a chart fits any width.

The drawn area is stretched to the page (`preserveAspectRatio="none"`) while labels stand at per cent positions
and keep their size; a chart is therefore as readable on a phone as on a wall.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from pulih.adapters.report import local_time
from pulih.adapters.report.texts import Language
from pulih.adapters.report.thinning import Steps
from pulih.model.clock import DAY_S, HOUR_S, from_micros, to_micros

# Heights inside a path: fine enough for print, short enough for small files.
DEPTH = 500
_MINUTE_S = 60
_MONTH_S = 30 * DAY_S
_TICK_STEPS_S = (
    *(m * _MINUTE_S for m in (1, 2, 5, 10, 15, 30)),
    *(h * HOUR_S for h in (1, 2, 3, 6, 12)),
    *(d * DAY_S for d in (1, 2, 7, 14)),
)
_TICK_MONTHS = (1, 2, 3, 6, 12, 24, 60, 120)


def stepped(values: Sequence[float], top: float, *, closed: bool) -> str:
    """Return the path of a step line over `values`, one unit of x a value, `top` at y = 0, zero at DEPTH.

    A closed path is an area down to zero; an open one breaks where a value is not known.

    >>> stepped([0.0, 5.0, 5.0], 10.0, closed=True)
    'M0 500h1V250h2V500z'
    >>> stepped([1.0, float("nan"), 1.0], 2.0, closed=False)
    'M0 250h1M2 250h1'
    """
    parts: list[str] = [f"M0 {DEPTH}"] if closed else []
    level: int | None = DEPTH if closed else None
    run = 0
    for index, value in enumerate(values):
        height = _height(value, top, unknown=DEPTH if closed else None)
        if height == level:
            run += 1
            continue
        if run and level is not None:
            parts.append(f"h{run}")
        if height is not None:
            parts.append(f"M{index} {height}" if level is None else f"V{height}")
        level, run = height, 1
    if run and level is not None:
        parts.append(f"h{run}")
    return "".join([*parts, f"V{DEPTH}z"] if closed and parts else parts)


def lined(values: Sequence[float], top: float) -> str:
    """Return the path of a line through the middle of each step, broken where a value is not known.

    It reaches from the left edge of the first known step to the right edge of the last one. What lies above
    `top` is not drawn, since a line pressed to the edge would claim a level that is not there.

    >>> lined([1.0, 2.0, float("nan"), 0.0, 3.0], 2.0)
    'M0 250L1.5 0L2 0M3 500L4 500'
    """
    values = [value if value <= top else math.nan for value in values]
    parts: list[str] = []
    last: int | None = None
    for index, value in enumerate(values):
        height = _height(value, top, unknown=None)
        following = _height(values[index + 1], top, unknown=None) if index + 1 < len(values) else None
        # A point on a level stretch says nothing that its ends do not say.
        if height is not None and not last == height == following:
            parts.append(f"M{index} {height}" if last is None else f"L{index}.5 {height}")
        if height is not None and following is None:
            parts.append(f"L{index + 1} {height}")
        last = height
    return "".join(parts)


def _height(value: float, top: float, *, unknown: int | None) -> int | None:
    if not math.isfinite(value):
        return unknown
    return DEPTH - round(DEPTH * min(1.0, max(0.0, value / top)))


def count_ticks(highest: float, most: int = 3) -> list[float]:
    """Return round values from above zero up to the first at or over `highest`, about `most` of them.

    >>> count_ticks(23), count_ticks(0.4), count_ticks(7)
    ([10.0, 20.0, 30.0], [1.0], [5.0, 10.0])
    """
    highest = max(highest, 1.0)
    power = 10.0 ** math.floor(math.log10(highest / most)) if highest > most else 1.0
    step = next(power * m for m in (1, 2, 5, 10, 20) if power * m * most >= highest)
    return [step * (i + 1) for i in range(math.ceil(highest / step - 1e-9))]


def rooted(steps: Steps) -> Steps:
    """Return `steps` with the square root of every value, for a scale on which small ones stay visible."""

    def root(values: Sequence[float]) -> list[float]:
        return [math.sqrt(value) if value >= 0 else math.nan for value in values]

    reports, expected, alarm_at = root(steps.reports), root(steps.expected), root(steps.alarm_at)
    return msgspec.structs.replace(steps, reports=reports, expected=expected, alarm_at=alarm_at)


def rooted_ticks(highest: float) -> list[float]:
    """Return round values for a scale of roots: the top as `count_ticks` has it, and two at about equal steps below.

    >>> rooted_ticks(2_700), rooted_ticks(110)
    ([200.0, 1000.0, 3000.0], [10.0, 50.0, 150.0])
    """
    top = count_ticks(highest)[-1]
    return [*dict.fromkeys(_round_below(top * share) for share in (0.1, 0.4)), top]


def _round_below(value: float) -> float:
    power = 10.0 ** math.floor(math.log10(value))
    return next(power * m for m in (5, 2, 1) if power * m <= value)


def time_ticks(
    start_us: int, end_us: int, zone: ZoneInfo, language: Language, *, most: int = 6
) -> list[tuple[int, str]]:
    """Return at most `most` round local moments inside a span, each with the label an axis shows.

    >>> jakarta = ZoneInfo("Asia/Jakarta")
    >>> time_ticks(0, 3 * 3_600_000_000, jakarta, "id", most=4)[1]
    (3600000000, '08.00')
    """
    span_s = (end_us - start_us) / 1e6
    step_s = next((step for step in _TICK_STEPS_S if span_s / step <= most), None)
    if step_s is None:
        return _month_ticks(start_us, end_us, zone, language, most=most)
    moments = _round_moments(start_us, end_us, zone, step_s)

    def label(at_us: int) -> str:
        midnight = local_time.clock(at_us, zone, "en") == "00:00"
        if step_s >= DAY_S or (midnight and span_s > DAY_S):
            return local_time.short_day(at_us, zone, language, year=False)
        return local_time.clock(at_us, zone, language)

    return [(at_us, label(at_us)) for at_us in moments]


def _round_moments(start_us: int, end_us: int, zone: ZoneInfo, step_s: int) -> list[int]:
    """Step on the wall clock, so that a tick at midnight stays there when summer time begins."""
    first = from_micros(start_us).astimezone(zone)
    wall = first.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    if step_s > DAY_S:
        # Days of longer steps count from one fixed Monday, so that pages of one file agree.
        wall -= timedelta(days=(wall.toordinal() - 1) % (step_s // DAY_S))
    return _walk(wall, (start_us, end_us), zone, lambda at: at + timedelta(seconds=step_s))


def _month_ticks(start_us: int, end_us: int, zone: ZoneInfo, language: Language, *, most: int) -> list[tuple[int, str]]:
    months = (end_us - start_us) / 1e6 / _MONTH_S
    step = next((s for s in _TICK_MONTHS if months / s <= most), _TICK_MONTHS[-1])
    first = from_micros(start_us).astimezone(zone)
    wall = datetime(first.year, 1, 1)  # noqa: DTZ001 - a wall clock gets its zone in _walk

    def following(at: datetime) -> datetime:
        index = at.year * 12 + at.month - 1 + step
        return at.replace(year=index // 12, month=index % 12 + 1)

    moments = _walk(wall, (start_us, end_us), zone, following)
    return [(at_us, local_time.short_month(at_us, zone, language)) for at_us in moments]


def _walk(
    wall: datetime, span_us: tuple[int, int], zone: ZoneInfo, following: Callable[[datetime], datetime]
) -> list[int]:
    start_us, end_us = span_us
    moments: list[int] = []
    # A step is at least a tenth of the span, and the walk starts at most a day, two weeks or ten years early.
    for _ in range(3_000):
        at_us = to_micros(wall.replace(tzinfo=zone))
        if at_us > end_us:
            break
        if at_us >= start_us and at_us not in moments[-1:]:
            moments.append(at_us)
        wall = following(wall)
    return moments
