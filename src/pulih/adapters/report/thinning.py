"""Long series brought down to what a page can draw, so that a year of five-minute windows stays small.

Reports keep their highest window, because a short peak is the very thing to see; the usual and the alarm level
keep their mean. The caption says how many windows a step covers. A history of weeks is added up by local days instead.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec
import numpy as np
import numpy.typing as npt

from pulih.model.clock import DAY_S, HOUR_S, MICROS, from_micros, to_micros

_ROUND_STEPS_S = (
    *(m * 60 for m in (5, 10, 15, 20, 30)),
    *(h * HOUR_S for h in (1, 2, 3, 4, 6, 8, 12)),
    *(d * DAY_S for d in (1, 2, 7, 14, 28)),
)
Values = npt.NDArray[np.float64]


class Steps(msgspec.Struct, frozen=True, kw_only=True):
    """A series of steps to draw; lists have one length, NaN where nothing is known.

    Attributes:
        start_us: start of the first step.
        step_s: width of a step in seconds.
        window_s: width of the windows inside it; equal to `step_s` when nothing was thinned.
        end_us: end of the data, which may fall inside the last step.
        reports, expected, alarm_at: one value a step.
        starts: when each step starts, where they are not equally long (days of a zone with summer time); else empty.
    """

    start_us: int
    step_s: int
    window_s: int
    end_us: int
    reports: list[float]
    expected: list[float]
    alarm_at: list[float]
    starts: tuple[int, ...] = ()

    @property
    def width(self) -> float:
        """Length of the data in steps, the last one possibly in part."""
        if self.starts:
            return float(len(self.starts))
        return (self.end_us - self.start_us) / MICROS / self.step_s

    def start_of(self, index: int) -> int:
        """Return when a step starts."""
        return self.starts[index] if self.starts else self.start_us + index * self.step_s * MICROS

    def position(self, at_us: int) -> float:
        """Return where a moment lies between start (0) and end (1), held inside."""
        length = self.end_us - self.start_us
        return min(1.0, max(0.0, (at_us - self.start_us) / length)) if length > 0 else 0.0


def thinned(
    series: tuple[Sequence[float], Sequence[float], Sequence[float]], *, start_us: int, step_s: int, most: int
) -> Steps:
    """Return at most `most` steps over `series` (reports, expected, alarm level, of one length).

    >>> steps = thinned(([0, 5, 1], [1, 2, 3], [9, 9, 9]), start_us=0, step_s=60, most=2)
    >>> steps.reports, steps.expected, steps.step_s
    ([5.0, 1.0], [1.5, 3.0], 120)
    """
    reports, expected, alarm_at = (np.asarray(values, dtype=np.float64) for values in series)
    windows = len(reports)
    group = _round_group(windows, step_s, most)
    return Steps(
        start_us=start_us,
        step_s=step_s * group,
        window_s=step_s,
        end_us=start_us + windows * step_s * MICROS,
        reports=_highest(reports, group),
        expected=_mean(expected, group),
        alarm_at=_mean(alarm_at, group),
    )


def daily(series: tuple[Sequence[float], Sequence[float]], *, start_us: int, step_s: int, zone: ZoneInfo) -> Steps:
    """Return a step for each local day in which a window of `series` (reports, expected) begins, with their sums.

    >>> hours = [1.0] * 30
    >>> steps = daily((hours, hours), start_us=0, step_s=3_600, zone=ZoneInfo("Asia/Jakarta"))
    >>> steps.reports, steps.width
    ([17.0, 13.0], 2.0)
    """
    reports, expected = series
    midnights = _midnights(start_us, start_us + len(reports) * step_s * MICROS, zone)
    # A window belongs to the day in which it begins.
    firsts = [min(len(reports), max(0, -((start_us - at_us) // (step_s * MICROS)))) for at_us in midnights]
    spans = zip(itertools.pairwise(midnights), itertools.pairwise(firsts), strict=True)
    days = [(span, slice(begin, end)) for span, (begin, end) in spans if begin < end]
    return Steps(
        start_us=days[0][0][0] if days else start_us,
        step_s=DAY_S,
        window_s=DAY_S,
        end_us=days[-1][0][1] if days else start_us,
        reports=[_known_sum(reports[windows]) for _, windows in days],
        expected=[_known_sum(expected[windows]) for _, windows in days],
        alarm_at=[float("nan")] * len(days),
        starts=tuple(begins for (begins, _), _ in days),
    )


def _midnights(start_us: int, end_us: int, zone: ZoneInfo) -> list[int]:
    """Return the beginning of the local day of a moment and of all later ones, up to one at or behind the end."""
    day = from_micros(start_us).astimezone(zone).date()
    midnights = [to_micros(datetime.combine(day, time(), zone))]
    while midnights[-1] < end_us:
        day += timedelta(days=1)
        midnights.append(to_micros(datetime.combine(day, time(), zone)))
    return midnights


def _known_sum(values: Sequence[float]) -> float:
    known = [value for value in values if math.isfinite(value)]
    return float(sum(known)) if known else float("nan")


def _round_group(windows: int, step_s: int, most: int) -> int:
    """Return how many windows make a step: as few as fit, preferring steps that clocks and calendars know."""
    least = max(1, -(-windows // most))
    # Up to twice as coarse as need be is a fair price for a step that can be named in a word.
    round_groups = (s // step_s for s in _ROUND_STEPS_S if s % step_s == 0 and least <= s // step_s <= 2 * least)
    return 1 if least == 1 else next(round_groups, least)


def _grouped(values: Values, group: int) -> Values:
    missing = -len(values) % group
    padded = np.concatenate([values, np.full(missing, np.nan)])
    return np.where(np.isfinite(padded), padded, np.nan).reshape(-1, group)


def _highest(values: Values, group: int) -> list[float]:
    rows = _grouped(values, group)
    known = np.isfinite(rows)
    highest = np.where(known, rows, -np.inf).max(axis=1, initial=-np.inf)
    return [float(value) for value in np.where(known.any(axis=1), highest, np.nan)]


def _mean(values: Values, group: int) -> list[float]:
    rows = _grouped(values, group)
    known = np.isfinite(rows).sum(axis=1)
    total = np.nansum(rows, axis=1)
    return [float(t / n) if n else float("nan") for t, n in zip(total, known, strict=True)]
