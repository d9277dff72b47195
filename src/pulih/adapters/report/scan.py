"""The page of `pulih scan`: counts of each series against the usual, with the findings shaded and told."""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec
from markupsafe import Markup

from pulih.adapters.report.charts import Chart, Series, Size, draw
from pulih.adapters.report.head import files_named, zone_named
from pulih.adapters.report.local_time import zone_of
from pulih.adapters.report.marks import Period
from pulih.adapters.report.outages import together
from pulih.adapters.report.page import filled, languages_from
from pulih.adapters.report.texts import Language
from pulih.adapters.report.words import Words, seconds_between
from pulih.model.clock import MICROS
from pulih.service.harmless import isolated

_SHOWN_FINDINGS = 8
_SHOWN_SERIES = 12
_QUIET_SERIES_MAX = 48
_LEFT_OUT: dict[Language, Markup] = {
    "en": Markup("Not drawn are {number} series in which nothing stands out."),
    "id": Markup("{number} deret yang tidak menonjol tidak digambar."),
}
_SIZE = Size(136, 600, 60)
_SIZE_OF_MANY = Size(104, 240, 24)


class ScanMark(msgspec.Struct, frozen=True, kw_only=True):
    """One finding in a series of counts, in microseconds since 1970 UTC; `cleared_us` None while open."""

    onset_us: int
    alarm_us: int
    cleared_us: int | None = None


class ScanSeries(msgspec.Struct, frozen=True, kw_only=True):
    """One scanned series.

    Attributes:
        name: of the scope, as the file writes it.
        start_us: start of the first window.
        step_s: width of a window in seconds.
        counts, expected: one value a window, NaN where missing or not known.
        alarm_at: counts that would raise the alarm in one window alone; empty = not drawn.
        findings: by alarm.
    """

    name: str
    start_us: int
    step_s: int
    counts: Sequence[float]
    expected: Sequence[float]
    alarm_at: Sequence[float] = ()
    findings: tuple[ScanMark, ...] = ()


class ScanLine(msgspec.Struct, frozen=True):
    """One finding in the list."""

    number: int
    sentence: Markup
    target: str
    link: Markup


class ScanView(msgspec.Struct, frozen=True, kw_only=True):
    """What the template shows in one language."""

    words: Words
    over: Markup
    title: Markup
    read: Markup
    lines: list[ScanLine]
    more: list[ScanLine]
    charts: list[Chart]
    more_charts: list[Chart]


def render_scan(
    series: Sequence[ScanSeries], *, zone: str, files: Sequence[str] = (), language: Language = "en"
) -> str:
    """Return the page of a scan as one HTML text.

    Args:
        series: what was scanned, in the order to show.
        zone: name of the time zone to show times in.
        files: names of the files read, without folders.
        language: the one shown first.

    Returns: HTML that fetches nothing and runs no script; equal for equal arguments.
    Raises: RefusedInput when there is no zone of that name.
    """
    return filled("scan.html", [_view(Words(each, zone_of(zone)), series, files) for each in languages_from(language)])


def _view(words: Words, series: Sequence[ScanSeries], files: Sequence[str]) -> ScanView:
    numbers = _numbered(series)
    lines = [
        _line(words, each, mark, number=number, position=index + 1)
        for index, each in enumerate(series)
        for mark, number in zip(each.findings, numbers[index], strict=True)
    ]
    told = _told(series)
    drawn = [_chart(words, series[i], numbers[i], position=i + 1, many=len(told)) for i in told]
    title = words.count("scan.title", len(lines)) if lines else words.say("scan.title_none")
    start_us = min((each.start_us for each in series), default=0)
    zone = zone_named(words, start_us)
    return ScanView(
        words=words,
        over=words.say("page.over_scan"),
        title=words.say("scan.in", title=title, series=words.count("scan.series", len(series))),
        read=_read(words, files, zone) + _left_out(words, sum(len(each.counts) > 0 for each in series) - len(told)),
        lines=lines[:_SHOWN_FINDINGS],
        more=lines[_SHOWN_FINDINGS:],
        charts=drawn[:_SHOWN_SERIES],
        more_charts=drawn[_SHOWN_SERIES:],
    )


def _read(words: Words, files: Sequence[str], zone: str) -> Markup:
    if not files:
        return words.say("scan.read_plain", zone=zone)
    return words.say("scan.read", files=files_named(words, files), zone=zone)


def _told(series: Sequence[ScanSeries]) -> list[int]:
    """Return which series are drawn: each with a finding, and of the others as many as a page can carry."""
    quiet = [i for i, each in enumerate(series) if len(each.counts) and not each.findings]
    left_out = set(quiet[_QUIET_SERIES_MAX:])
    return [i for i, each in enumerate(series) if len(each.counts) and i not in left_out]


def _left_out(words: Words, series: int) -> Markup:
    return Markup(" ") + _LEFT_OUT[words.language].format(number=words.number(series)) if series else Markup("")


def _numbered(series: Sequence[ScanSeries]) -> list[list[int]]:
    """Number the findings through all series, in the order of the list."""
    numbers: list[list[int]] = []
    used = 0
    for each in series:
        numbers.append(list(range(used + 1, used + 1 + len(each.findings))))
        used += len(each.findings)
    return numbers


def _line(words: Words, series: ScanSeries, mark: ScanMark, *, number: int, position: int) -> ScanLine:
    delay_s = seconds_between(mark.onset_us, mark.alarm_us)
    later = words.say("outage.later", span=words.delay(delay_s)) if delay_s >= 30 else Markup("")
    parts = [
        words.say("outage.onset", day=words.day(mark.onset_us), clock=together(words.clock_zone(mark.onset_us))),
        words.say("outage.raised", clock=words.clock_since(mark.alarm_us, mark.onset_us), later=later),
        words.say("outage.open")
        if mark.cleared_us is None
        else words.say("outage.over", clock=words.clock_since(mark.cleared_us, mark.onset_us)),
    ]
    lead = words.say("scan.lead", name=isolated(series.name))
    sentence = lead + Markup(" ") + Markup(", ").join(parts) + Markup(".")
    return ScanLine(number, sentence, f"{words.language}-series-{position}", words.say("scan.look", number=number))


def _chart(words: Words, series: ScanSeries, numbers: Sequence[int], *, position: int, many: int) -> Chart:
    end_us = series.start_us + len(series.counts) * series.step_s * MICROS
    highest = max((value for value in series.counts if math.isfinite(value)), default=0.0)
    fields = {
        "name": isolated(series.name),
        "highest": words.about(highest),
        "window": words.window(series.step_s),
    }
    found = len(series.findings)
    return draw(
        words,
        Series(
            start_us=series.start_us,
            step_s=series.step_s,
            reports=series.counts,
            expected=series.expected,
            alarm_at=series.alarm_at or [math.nan] * len(series.counts),
        ),
        _SIZE_OF_MANY if many > _SHOWN_SERIES else _SIZE,
        id=f"series-{position}",
        title=words.count("scan.chart_title", found, **fields)
        if found
        else words.say("scan.chart_title_none", **fields),
        voice="scan",
        periods=[
            Period(
                number=str(number),
                start_us=mark.onset_us,
                end_us=end_us if mark.cleared_us is None else mark.cleared_us,
                title=f"{number} {words.day(mark.onset_us)} {words.clock_zone(mark.onset_us)}",
            )
            for mark, number in zip(series.findings, numbers, strict=True)
        ],
    )
