"""The curve of an incident: reports against the usual, with onset and alarm, as a drawing, a table and JSON.

The drawing needs no script; where there is one, uPlot draws the same numbers over it and lets people read them off.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec

from pulih.model.clock import HOUR_S, MICROS
from pulih.service.view import Series

WIDTH = 720
HEIGHT = 200
# A table longer than this is not read; its rows are then wider.
_ROWS_MAX = 48
_BEFORE_US = 90 * 60 * MICROS
_SPAN_MIN_US = 3 * HOUR_S * MICROS
_SPAN_MAX_US = 7 * 24 * HOUR_S * MICROS
# A window of so many seconds up to a span of so many hours.
_STEPS = ((60, 5), (300, 25), (900, 73), (3_600, 24 * 366))


class Span(msgspec.Struct, frozen=True):
    """What stretch of time is drawn, in windows of which width."""

    start_us: int
    end_us: int
    step_s: int


class Row(msgspec.Struct, frozen=True):
    """One row of the table: where the window starts, reports in it (None: nothing could be heard), and the usual."""

    start_us: int
    reports: float | None
    usual: float


class Curve(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the figure shows; paths and positions in a drawing of `WIDTH` by `HEIGHT`."""

    step_s: int
    row_s: int
    top: float
    reports: str
    usual: str
    alarm_at: str
    onset_x: float | None
    alarm_x: float | None
    ticks: tuple[tuple[float, int], ...]
    rows: tuple[Row, ...]

    @property
    def peak(self) -> Row | None:
        """The row with most reports, None where nothing was heard."""
        heard = [row for row in self.rows if row.reports is not None]
        return max(heard, key=lambda row: (row.reports or 0.0, -row.start_us), default=None)


def span_of(onset_us: int, end_us: int) -> Span:
    """Return what to draw of trouble that began at `onset_us` and is looked at until `end_us`.

    >>> span_of(7_200_000_000, 10_800_000_000)
    Span(start_us=0, end_us=10800000000, step_s=60)
    """
    start_us = max(min(onset_us - _BEFORE_US, end_us - _SPAN_MIN_US), end_us - _SPAN_MAX_US)
    hours = (end_us - start_us) / (HOUR_S * MICROS)
    step_s = next(step for step, most in _STEPS if hours <= most)
    step_us = step_s * MICROS
    return Span(start_us // step_us * step_us, -(-end_us // step_us) * step_us, step_s)


def curve_of(series: Series, *, onset_us: int, alarm_us: int | None) -> Curve:
    """Return the figure of a series.

    Args:
        series: counts and what was usual; may be empty.
        onset_us, alarm_us: moments to mark; one outside of the series is left out.
    """
    drawn = [value for value in (*series.counts, *series.expected) if value is not None and math.isfinite(value)]
    top = ceiling(max(drawn, default=1.0))
    alarm_at = [value if value <= top else math.nan for value in series.alarm_at]
    return Curve(
        step_s=series.step_s,
        row_s=series.step_s * _folded(len(series.counts)),
        top=top,
        reports=_area(series.counts, top),
        usual=_line(series.expected, top),
        alarm_at=_line(alarm_at, top),
        onset_x=_x(series, onset_us),
        alarm_x=None if alarm_us is None else _x(series, alarm_us),
        ticks=_ticks(series),
        rows=_rows(series),
    )


def ceiling(value: float) -> float:
    """Return the round number at or above `value` that an axis ends with.

    >>> ceiling(0.4), ceiling(37), ceiling(412), ceiling(20)
    (1.0, 40.0, 500.0, 20.0)
    """
    if value <= 1:
        return 1.0
    unit = 10.0 ** math.floor(math.log10(value))
    return next(step * unit for step in (1, 2, 3, 4, 5, 6, 8, 10) if step * unit >= value)


def _folded(windows: int) -> int:
    return max(1, -(-windows // _ROWS_MAX))


def _rows(series: Series) -> tuple[Row, ...]:
    fold = _folded(len(series.counts))
    rows = []
    for first in range(0, len(series.counts), fold):
        heard = [value for value in series.counts[first : first + fold] if value is not None]
        start_us = series.start_us + first * series.step_s * MICROS
        rows.append(Row(start_us, sum(heard) if heard else None, sum(series.expected[first : first + fold])))
    return tuple(rows)


def _x(series: Series, at_us: int) -> float | None:
    whole_us = len(series.counts) * series.step_s * MICROS
    since_us = at_us - series.start_us
    return round(WIDTH * since_us / whole_us, 1) if 0 <= since_us <= whole_us and whole_us else None


def _y(value: float, top: float) -> float:
    return round(HEIGHT * (1 - min(value, top) / top), 1)


def _area(values: Sequence[float | None], top: float) -> str:
    """Return steps from the ground up, with a gap where nothing could be heard."""
    wide = WIDTH / max(1, len(values))
    parts: list[str] = []
    open_ = False
    for index, value in enumerate(values):
        left = round(index * wide, 1)
        if value is None:
            parts += [f"V{HEIGHT}Z"] if open_ else []
            open_ = False
            continue
        parts.append(f"V{_y(value, top)}" if open_ else f"M{left} {HEIGHT}V{_y(value, top)}")
        parts.append(f"H{round((index + 1) * wide, 1)}")
        open_ = True
    return "".join([*parts, f"V{HEIGHT}Z"] if open_ else parts)


def _line(values: Sequence[float], top: float) -> str:
    """Return a line through the middles of the windows, broken where a value is not finite."""
    wide = WIDTH / max(1, len(values))
    parts: list[str] = []
    pen = "M"
    for index, value in enumerate(values):
        if math.isfinite(value):
            parts.append(f"{pen}{round((index + 0.5) * wide, 1)} {_y(value, top)}")
        pen = "L" if math.isfinite(value) else "M"
    return "".join(parts)


def _ticks(series: Series) -> tuple[tuple[float, int], ...]:
    """Return position and moment of the round times below the drawing, four to seven of them."""
    whole_s = len(series.counts) * series.step_s
    if not whole_s:
        return ()
    apart_s = next((s for s in (900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400) if whole_s / s <= 6), 172_800)
    # All zones of Indonesia are whole hours from UTC, so that a round time there is one in UTC; days are cut at WIB.
    apart_us = apart_s * MICROS
    shift_us = 7 * HOUR_S * MICROS if apart_s > HOUR_S else 0
    first = -(-(series.start_us + shift_us) // apart_us) * apart_us - shift_us
    end_us = series.start_us + whole_s * MICROS
    return tuple((x, at) for at in range(first, end_us, apart_us) if (x := _x(series, at)) is not None)
