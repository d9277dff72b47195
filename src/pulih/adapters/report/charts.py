"""A chart ready to be drawn: reports against the usual with the alarm level, marks, bands, and its own table."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import msgspec
from markupsafe import Markup

from pulih.adapters.report.numerals import aligned
from pulih.adapters.report.plot import count_ticks, lined, stepped, time_ticks
from pulih.adapters.report.thinning import Steps, thinned
from pulih.adapters.report.words import Words
from pulih.service.outcome import Trace

# Whose words the chart speaks: of reports, or of plain counts.
Voice = Literal["chart", "scan"]
MarkKind = Literal["onset", "alarm", "peak", "cleared"]
# With more steps than this an outline would be wider than what it surrounds.
_DENSE = 200
_ROW_PX = 18
_AXIS_PX = 24
_BAND_ROWS = 3
# Numbers of neighbouring bands closer than this share of the width would run into each other on a phone.
_NUMBER_GAP = 5.5


class Series(msgspec.Struct, frozen=True, kw_only=True):
    """What a chart draws: one value a window in each list."""

    start_us: int
    step_s: int
    reports: Sequence[float]
    expected: Sequence[float]
    alarm_at: Sequence[float]


def series_of(trace: Trace) -> Series:
    """Return what a chart draws of a trace: all but whose it is."""
    return Series(
        start_us=trace.start_us,
        step_s=trace.step_s,
        reports=trace.reports,
        expected=trace.expected,
        alarm_at=trace.alarm_at,
    )


class Period(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of time to shade, with the number it goes by and what a pointer shows over it."""

    number: str
    start_us: int
    end_us: int
    title: str


class Moment(msgspec.Struct, frozen=True):
    """A moment to mark by shape and word."""

    kind: MarkKind
    at_us: int


class Tick(msgspec.Struct, frozen=True):
    """A label beside an axis: per cent across or pixels down, text, anchor, and whether a phone leaves it out."""

    at: float
    text: str
    anchor: str = "start"
    minor: bool = False


class Band(msgspec.Struct, frozen=True):
    """A shaded stretch, in per cent of the width; `row` is where its number stands, None for nowhere."""

    x: float
    width: float
    number: str
    row_px: int | None
    title: str


class Mark(msgspec.Struct, frozen=True):
    """A marked moment: per cent across, pixels down of its label, words, and the side the label stands on."""

    kind: MarkKind
    x: float
    y: int
    text: str
    anchor: str


class Chart(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the template needs to draw one figure."""

    id: str
    title: Markup
    caption: Markup
    description: Markup
    height: int
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
    steps = _steps(series, size.steps)
    levels = count_ticks(_highest(steps))
    bands = _bands(steps, periods)
    marks = _marks(words, steps, moments)
    label_rows = len(marks) or 1 + max((b.row_px or 0 for b in bands), default=0) // _ROW_PX
    top = label_rows * _ROW_PX + 8 if marks or bands else 12
    alarm = lined(steps.alarm_at, levels[-1])
    coarse = _steps(series, size.rows)
    return Chart(
        id=f"{words.language}-{id}",
        title=title,
        caption=_caption(words, steps, f"{voice}.brief" if size.brief else f"{voice}.caption"),
        description=_description(words, steps, voice),
        height=top + size.plot_px + _AXIS_PX,
        plot_top=top,
        plot_height=size.plot_px,
        dense=len(steps.reports) > _DENSE,
        width=round(steps.width, 3),
        area=stepped(steps.reports, levels[-1], closed=True),
        usual=lined(steps.expected, levels[-1]),
        alarm=alarm,
        levels=_levels(words, levels, top, size.plot_px),
        times=_times(words, steps),
        bands=bands,
        marks=marks,
        key=_key(words, steps, voice, alarm=bool(alarm), periods=bool(bands)),
        head=_head(words, voice, alarm=bool(alarm)),
        rows=_rows(words, coarse, alarm=bool(alarm)),
        rows_note=words.say("chart.rows_note", step=words.span(coarse.step_s), window=words.span(series.step_s)),
    )


def _steps(series: Series, most: int) -> Steps:
    return thinned(
        (series.reports, series.expected, series.alarm_at),
        start_us=series.start_us,
        step_s=series.step_s,
        most=most,
    )


def _highest(steps: Steps) -> float:
    """Return what must fit: the reports, and the alarm level unless it would press them flat."""
    reports = max((v for v in [*steps.reports, *steps.expected] if math.isfinite(v)), default=0.0)
    alarm = max((v for v in steps.alarm_at if math.isfinite(v)), default=0.0)
    return max(reports, min(alarm, max(4 * reports, 10.0)), 1.0)


def _levels(words: Words, levels: Sequence[float], top: int, plot_px: int) -> list[Tick]:
    return [Tick(top + plot_px * (1 - level / levels[-1]), words.number(level)) for level in levels]


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


def _bands(steps: Steps, periods: Sequence[Period]) -> list[Band]:
    bands: list[Band] = []
    last_x = [-100.0] * _BAND_ROWS
    for period in sorted(periods, key=lambda p: p.start_us):
        x = 100 * steps.position(period.start_us)
        # A stretch of an hour in a year would be too thin to see.
        width = max(0.4, 100 * steps.position(period.end_us) - x)
        free = (r for r in range(_BAND_ROWS) if x - last_x[r] >= _NUMBER_GAP)
        row = next(free, None) if period.number else None
        if row is not None:
            last_x[row] = x
        row_px = None if row is None else row * _ROW_PX
        bands.append(Band(round(min(x, 99.6), 2), round(width, 2), period.number, row_px, period.title))
    return bands


def _marks(words: Words, steps: Steps, moments: Sequence[Moment]) -> list[Mark]:
    """Stagger the labels: each stands a row below the one before it, so that near moments do not collide."""
    ordered = sorted(moments, key=lambda m: m.at_us)
    placed = [(m, round(100 * steps.position(m.at_us), 2)) for m in ordered]
    mirrored = bool(placed) and placed[0][1] > 60
    marks: list[Mark] = []
    for row, (moment, x) in enumerate(placed):
        y = (len(placed) - 1 - row if mirrored else row) * _ROW_PX + 14
        text = str(words.say(f"mark.{moment.kind}", clock=words.clock(moment.at_us)))
        marks.append(Mark(moment.kind, x, y, text, "end" if mirrored or x > 70 else "start"))
    return marks


def _key(words: Words, steps: Steps, voice: Voice, *, alarm: bool, periods: bool) -> tuple[tuple[str, Markup], ...]:
    window = words.span(steps.window_s)
    entries = [("area", words.say(f"{voice}.key", window=window)), ("usual", words.say("key.usual"))]
    if alarm:
        entries.append(("alarm", words.say("key.alarm")))
    if periods:
        entries.append(("band", words.say(f"{voice}.band")))
    return tuple(entries)


def _caption(words: Words, steps: Steps, key: str) -> Markup:
    window = words.span(steps.window_s)
    zone = words.zone_name(steps.start_us)
    if steps.step_s == steps.window_s:
        return words.say(key, window=window, zone=zone)
    return words.say(f"{key}_thinned", window=window, zone=zone, step=words.span(steps.step_s))


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
        usual=words.number(steps.expected[index]),
    )


def _head(words: Words, voice: Voice, *, alarm: bool) -> tuple[Markup, ...]:
    keys = ["table.from", f"{voice}.column", "table.usual", *(["table.alarm_at"] if alarm else [])]
    return tuple(words.say(key) for key in keys)


def _rows(words: Words, steps: Steps, *, alarm: bool) -> list[tuple[str, ...]]:
    columns = [steps.reports, steps.expected, *([steps.alarm_at] if alarm else [])]
    starts = [steps.start_of(index) for index in range(len(steps.reports))]
    # The year stands in the first row and again where another one begins.
    moments = [
        words.moment(at_us, year=before is None or not words.same_year(before, at_us))
        for before, at_us in zip([None, *starts], starts, strict=False)
    ]
    return list(zip(moments, *(aligned(values, words.language) for values in columns), strict=True))
