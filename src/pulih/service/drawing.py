"""Drawing: cut the series behind findings into windows that a chart can show."""

from __future__ import annotations

import math

import msgspec
import numpy as np
from numpy.typing import NDArray

from pulih.detect.calendar import Calendar
from pulih.detect.family import ScopeSeries, level_share
from pulih.model.clock import HOUR_S, MICROS
from pulih.series.alarm_level import alarm_level
from pulih.series.tuning import Tuning
from pulih.service.outcome import Trace

Floats = NDArray[np.float64]

# A chart of one finding has about this many windows at most.
CLOSE_WINDOWS = 150


class Reports(msgspec.Struct, frozen=True):
    """Reports as people count them: whole ones a bin, and how many of them stand behind one of weighted evidence."""

    per_bin: Floats
    per_evidence: float


def whole_trace(
    series: ScopeSeries, calendar: Calendar, tuning: Tuning, *, names: tuple[str, str, str], reports: Reports
) -> Trace:
    """Return the series of a whole history by hours."""
    return cut(series, calendar, tuning, names=names, reports=reports, span=(0, calendar.bins), step_s=HOUR_S)


def close_trace(
    series: ScopeSeries,
    calendar: Calendar,
    tuning: Tuning,
    *,
    names: tuple[str, str, str],
    reports: Reports,
    span: tuple[int, int],
) -> Trace:
    """Return the series around bins `span`, with as much again on both sides, at least two hours."""
    first, last = span
    margin = max((last - first) // 2, 2 * HOUR_S // calendar.bin_s)
    low, high = max(0, first - margin), min(calendar.bins, last + margin)
    wanted_s = (high - low) * calendar.bin_s / CLOSE_WINDOWS
    step_s = calendar.bin_s * max(1, math.ceil(wanted_s / calendar.bin_s))
    return cut(series, calendar, tuning, names=names, reports=reports, span=(low, high), step_s=step_s)


def cut(
    series: ScopeSeries,
    calendar: Calendar,
    tuning: Tuning,
    *,
    names: tuple[str, str, str],
    reports: Reports,
    span: tuple[int, int],
    step_s: int,
) -> Trace:
    """Sum the bins of `span` into windows of `step_s` seconds; names: operator id, operator, region.

    The detector works on weighted evidence; what is drawn are whole reports, the ones that findings count.
    """
    low, high = span
    per_window = max(1, step_s // calendar.bin_s)
    starts = np.arange(low, high, per_window)
    heard = np.add.reduceat(reports.per_bin[low:high], starts - low)
    expected = np.add.reduceat(series.expected[low:high], starts - low)
    prior = level_share(series.region)
    needed = math.log(tuning.threshold() / prior)
    return Trace(
        operator=names[0],
        operator_name=names[1],
        region=series.region or None,
        region_name=names[2] or None,
        start_us=(calendar.start_s + low * calendar.bin_s) * MICROS,
        step_s=per_window * calendar.bin_s,
        reports=[float(value) for value in heard],
        expected=[round(float(value) * reports.per_evidence, 3) for value in expected],
        alarm_at=[round(float(value) * reports.per_evidence, 1) for value in alarm_level(expected, needed)],
    )
