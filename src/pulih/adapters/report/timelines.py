"""The long timelines: each operator's reports against the usual, with its outages shaded and numbered."""

from __future__ import annotations

import math
from collections.abc import Sequence

from markupsafe import Markup

from pulih.adapters.report.charts import Chart, Size, draw, is_long, series_of
from pulih.adapters.report.marks import Period
from pulih.adapters.report.outages import Outage, operator
from pulih.adapters.report.thinning import daily
from pulih.adapters.report.words import Words
from pulih.model.clock import MICROS
from pulih.service.harmless import isolated
from pulih.service.outcome import Trace

SHOWN_TIMELINES = 4
_SIZE = Size(152, 600, 60)
_SIZE_OF_MANY = Size(120, 300, 24)


def timelines(
    words: Words, traces: Sequence[Trace], outages: Sequence[Outage], *, numbered: frozenset[int]
) -> list[Chart]:
    """Return one chart for each trace that has windows; first those whose outages came first.

    Of the outages only those in `numbered` show their number.
    """
    first = {finding.operator: o.number for o in reversed(outages) for finding in (*o.findings, *o.unnamed)}
    drawn = sorted(
        (trace for trace in traces if trace.reports),
        key=lambda t: (first.get(t.operator, len(outages) + 1), not t.operator),
    )
    size = _SIZE_OF_MANY if len(drawn) > SHOWN_TIMELINES else _SIZE
    return [
        _timeline(words, trace, outages, size=size, id=f"timeline-{position}", numbered=numbered)
        for position, trace in enumerate(drawn, start=1)
    ]


def _timeline(
    words: Words, trace: Trace, outages: Sequence[Outage], *, size: Size, id: str, numbered: frozenset[int]
) -> Chart:
    end_us = trace.start_us + len(trace.reports) * trace.step_s * MICROS
    own = [outage for outage in outages if any(f.operator == trace.operator for f in outage.findings)]
    return draw(
        words,
        series_of(trace, alarm=False),
        size,
        id=id,
        title=words.say(
            "timeline.title",
            whose=_whose(words, trace),
            found=_found(words, trace, outages, own=len(own)),
            highest=_highest(words, trace),
        ),
        periods=[
            Period(
                number=str(outage.number) if outage.number in numbered else "",
                start_us=outage.onset_us,
                end_us=end_us if outage.cleared_us is None else outage.cleared_us,
                title=f"{outage.number} {words.day(outage.onset_us)} {words.clock_zone(outage.onset_us)}",
            )
            for outage in own
        ],
    )


def _found(words: Words, trace: Trace, outages: Sequence[Outage], *, own: int) -> Markup:
    if own:
        return words.count("timeline.found", own)
    beside = [o.number for o in outages if any(f.operator == trace.operator for f in o.unnamed)]
    return words.say("timeline.found_beside", number=beside[0]) if beside else words.say("timeline.found_none")


def _highest(words: Words, trace: Trace) -> Markup:
    """Return how many reports the busiest day or window had."""
    if is_long(trace):
        days = daily((trace.reports, trace.expected), start_us=trace.start_us, step_s=trace.step_s, zone=words.zone)
        known = [(value, index) for index, value in enumerate(days.reports) if math.isfinite(value)]
        highest, index = max(known, key=lambda pair: (pair[0], -pair[1]), default=(0.0, 0))
        return words.count(
            "timeline.highest_day", highest, about=words.about(highest), day=words.day(days.start_of(index))
        )
    highest = max((value for value in trace.reports if math.isfinite(value)), default=0.0)
    return words.count("timeline.highest", highest, about=words.about(highest), window=words.window(trace.step_s))


def _whose(words: Words, trace: Trace) -> Markup:
    name = trace.region_name or trace.region
    whose = operator(words, trace.operator_name)
    return Markup("{}, {}").format(whose, isolated(name)) if name else whose
