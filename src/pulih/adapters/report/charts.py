"""A chart ready to be drawn: reports against the usual, marks, bands, and its own table."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import msgspec
from markupsafe import Markup

from pulih.adapters.report.marks import Band, Mark, Moment, Period, bands_of, marks_of, rows_of
from pulih.adapters.report.numerals import aligned
from pulih.adapters.report.plot import count_ticks, lined, rooted, rooted_ticks, stepped, time_ticks
from pulih.adapters.report.thinning import Steps, daily, thinned
from pulih.adapters.report.words import Words
from pulih.model.clock import DAY_S
from pulih.service.outcome import Trace

# Whose words the chart speaks: of reports, or of plain counts.
Voice = Literal["chart", "scan"]
# With more steps than this an outline would be wider than what it surrounds.
_DENSE = 200
_ROW_PX = 18
_AXIS_PX = 24
# About the width of a digit of an axis, and what stands between it and the drawing.
_DIGIT_PX = 7
_GUTTER_PX = 8
# From so many days on a history is drawn by days: its hours would be thinner than a line.
_DAYS_MIN = 10
# A day so many times as high as half of the days presses these flat; then the scale goes by the root.
_ROOT_FROM = 10
# A table of days may be so much longer than one of windows: a season fits.
_DAYS_A_ROW = 2


class Series(msgspec.Struct, frozen=True, kw_only=True):
    """What a chart draws: one value a window in each list; `alarm_at` NaN where no line is to be drawn."""

    start_us: int
    step_s: int
    reports: Sequence[float]
    expected: Sequence[float]
    alarm_at: Sequence[float]


def series_of(trace: Trace, *, alarm: bool) -> Series:
    """Return what a chart draws of a trace, with the line from which one window is enough, or without it."""
    return Series(
        start_us=trace.start_us,
        step_s=trace.step_s,
        reports=trace.reports,
        expected=trace.expected,
        alarm_at=trace.alarm_at if alarm else [math.nan] * len(trace.reports),
    )


class Tick(msgspec.Struct, frozen=True):
    """A label beside an axis: per cent across or pixels down, text, anchor, and whether a phone leaves it out."""

    at: float
    text: str
    anchor: str = "start"
    minor: bool = False


class Chart(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the template needs to draw one figure."""

    id: str
    title: Markup
    caption: Markup
    description: Markup
    height: int
    gutter: int
    plot_top: int
    plot_height: int
    dense: bool
    width: float
    area: str
    usual: str
    alarm: str
    levels: list[Tick]
    times: list[Tick]
    bands: list[Band]
    marks: list[Mark]
    key: tuple[tuple[str, Markup], ...]
    head: tuple[Markup, ...]
    rows: list[tuple[str, ...]]
    rows_note: Markup


class Size(msgspec.Struct, frozen=True):
    """How large a chart is and how fine: pixels of the drawn area, most steps and table rows, a brief caption."""

    plot_px: int
    steps: int
    rows: int
    brief: bool = False


def draw(
    words: Words,
    series: Series,
    size: Size,
    *,
    id: str,
    title: Markup,
    periods: Sequence[Period] = (),
    moments: Sequence[Moment] = (),
    voice: Voice = "chart",
) -> Chart:
    """Return the chart of `series` with `periods` shaded and `moments` marked."""
    by_day = voice == "chart" and is_long(series)
    steps = _days(words, series) if by_day else _steps(series, size.steps)
    root = by_day and _is_lopsided(steps)
    levels = rooted_ticks(_highest(steps)) if root else count_ticks(_highest(steps))
    bands = bands_of(steps, periods)
    marks = marks_of(words, steps, moments)
    top = max(1, rows_of(marks)) * _ROW_PX + 8 if marks or bands else 12
    scaled = rooted(steps) if root else steps
    highest = math.sqrt(levels[-1]) if root else levels[-1]
    alarm = lined(scaled.alarm_at, highest)
    ticks = _levels(words, levels, top, size.plot_px, root=root)
    coarse = steps if by_day else _steps(series, size.rows)
    return Chart(
        id=f"{words.language}-{id}",
        title=title,
        caption=_caption(words, steps, _captioned(voice, size, by_day=by_day), root=root),
        description=_description(words, steps, voice),
        height=top + size.plot_px + _AXIS_PX,
        gutter=max(len(tick.text) for tick in ticks) * _DIGIT_PX + _GUTTER_PX,
        plot_top=top,
        plot_height=size.plot_px,
        dense=len(steps.reports) > _DENSE,
        width=round(steps.width, 3),
        area=stepped(scaled.reports, highest, closed=True),
        usual=lined(scaled.expected, highest),
        alarm=alarm,
        levels=ticks,
        times=_times(words, steps),
        bands=bands,
        marks=marks,
        key=_key(words, steps, voice, alarm=bool(alarm), periods=bool(bands)),
        head=_head(words, voice, alarm=bool(alarm)),
        rows=_busiest(words, coarse, size) if by_day else _rows(words, coarse, alarm=bool(alarm)),
        rows_note=_rows_note(words, coarse, size, by_day=by_day),
    )


def is_long(series: Series | Trace) -> bool:
    """Tell whether a series is long enough to be drawn by days."""
    return len(series.reports) * series.step_s >= _DAYS_MIN * DAY_S


def _days(words: Words, series: Series) -> Steps:
    return daily((series.reports, series.expected), start_us=series.start_us, step_s=series.step_s, zone=words.zone)


def _steps(series: Series, most: int) -> Steps:
    return thinned(
        (series.reports, series.expected, series.alarm_at),
        start_us=series.start_us,
        step_s=series.step_s,
        most=most,
    )


def _is_lopsided(steps: Steps) -> bool:
    known = sorted(value for value in steps.reports if math.isfinite(value))
    return bool(known) and known[-1] >= _ROOT_FROM * max(known[len(known) // 2], 1.0)


def _highest(steps: Steps) -> float:
    """Return what must fit: the reports, and the alarm level unless it would press them flat."""
    reports = max((v for v in [*steps.reports, *steps.expected] if math.isfinite(v)), default=0.0)
    alarm = max((v for v in steps.alarm_at if math.isfinite(v)), default=0.0)
    return max(reports, min(alarm, max(4 * reports, 10.0)), 1.0)


def _levels(words: Words, levels: Sequence[float], top: int, plot_px: int, *, root: bool) -> list[Tick]:
    def share(level: float) -> float:
        return math.sqrt(level / levels[-1]) if root else level / levels[-1]

    return [Tick(top + plot_px * (1 - share(level)), words.number(level)) for level in (0.0, *levels)]


def _times(words: Words, steps: Steps) -> list[Tick]:
    ticks = time_ticks(steps.start_us, steps.end_us, words.zone, words.language)
    crowded = len(ticks) > 4
    return [
        Tick(x, text, _anchor(x), crowded and index % 2 == 1)
        for index, (at_us, text) in enumerate(ticks)
        for x in (round(100 * steps.position(at_us), 2),)
    ]


def _anchor(x: float) -> str:
    if x < 7:
        return "start"
    return "end" if x > 93 else "middle"


def _key(words: Words, steps: Steps, voice: Voice, *, alarm: bool, periods: bool) -> tuple[tuple[str, Markup], ...]:
    window = words.window(steps.window_s)
    entries = [("area", words.say(f"{voice}.key", window=window)), ("usual", words.say("key.usual"))]
    if alarm:
        entries.append(("alarm", words.say("key.alarm")))
    if periods:
        entries.append(("band", words.say(f"{voice}.band")))
    return tuple(entries)


def _captioned(voice: Voice, size: Size, *, by_day: bool) -> str:
    if by_day:
        return f"{voice}.daily"
    return f"{voice}.brief" if size.brief else f"{voice}.caption"


def _caption(words: Words, steps: Steps, key: str, *, root: bool) -> Markup:
    values = {"window": words.window(steps.window_s), "zone": words.zone_name(steps.start_us)}
    thinned_by = {} if steps.step_s == steps.window_s else {"step": words.span(steps.step_s)}
    caption = words.say(f"{key}_thinned" if thinned_by else key, **values, **thinned_by)
    return Markup("{} {}").format(caption, words.say("chart.root")) if root else caption


def _rows_note(words: Words, coarse: Steps, size: Size, *, by_day: bool) -> Markup:
    if by_day:
        shown = words.number(_days_told(size))
        key = "chart.rows_daily" if len(coarse.reports) <= _days_told(size) else "chart.rows_busiest"
        return words.say(key, n=shown, zone=words.zone_name(coarse.start_us))
    return words.say("chart.rows_note", step=words.span(coarse.step_s), window=words.span(coarse.window_s))


def _description(words: Words, steps: Steps, voice: Voice) -> Markup:
    known = [(value, index) for index, value in enumerate(steps.reports) if math.isfinite(value)]
    if not known:
        return words.say(f"{voice}.nothing")
    highest, index = max(known, key=lambda pair: (pair[0], -pair[1]))
    return words.say(
        f"{voice}.description",
        start=words.moment(steps.start_us),
        end=words.moment(steps.end_us),
        highest=words.number(highest),
        at=words.moment(steps.start_of(index)),
        usual=words.usual(steps.expected[index]),
    )


def _head(words: Words, voice: Voice, *, alarm: bool) -> tuple[Markup, ...]:
    keys = ["table.from", f"{voice}.column", "table.usual", *(["table.alarm_at"] if alarm else [])]
    return tuple(words.say(key) for key in keys)


def _days_told(size: Size) -> int:
    return _DAYS_A_ROW * size.rows


def _busiest(words: Words, days: Steps, size: Size) -> list[tuple[str, ...]]:
    """Return a row a day; of a long history those with most reports, in order of time."""
    known = [i for i, value in enumerate(days.reports) if math.isfinite(value)]
    chosen = sorted(sorted(known, key=lambda i: (-days.reports[i], i))[: _days_told(size)])
    shown = msgspec.structs.replace(
        days,
        reports=[days.reports[i] for i in chosen],
        expected=[days.expected[i] for i in chosen],
        starts=tuple(days.starts[i] for i in chosen),
    )
    return _rows(words, shown, alarm=False)


def _rows(words: Words, steps: Steps, *, alarm: bool) -> list[tuple[str, ...]]:
    columns = [steps.reports, steps.expected, *([steps.alarm_at] if alarm else [])]
    starts = [steps.start_of(index) for index in range(len(steps.reports))]
    write = words.short_day if steps.starts else words.moment
    # The year stands in the first row and again where another one begins.
    moments = [
        write(at_us, year=before is None or not words.same_year(before, at_us))
        for before, at_us in zip([None, *starts], starts, strict=False)
    ]
    return list(zip(moments, *(aligned(values, words.language) for values in columns), strict=True))
