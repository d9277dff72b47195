"""The long timelines: each operator's reports against the usual, with its outages shaded and numbered."""

from __future__ import annotations

import math
from collections.abc import Sequence

from markupsafe import Markup

from pulih.adapters.report.charts import Chart, Period, Series, Size, draw
from pulih.adapters.report.harmless import isolated, plain
from pulih.adapters.report.outages import Outage
from pulih.adapters.report.words import Words
from pulih.model.clock import MICROS
from pulih.service.outcome import Trace

SHOWN_TIMELINES = 4
_SIZE = Size(152, 600, 60)


def timelines(
    words: Words, traces: Sequence[Trace], outages: Sequence[Outage], *, numbered: frozenset[int]
) -> list[Chart]:
    """Return one chart for each trace that has windows; of the outages, those in `numbered` show their number."""
    drawn = [trace for trace in traces if trace.reports]
    return [_timeline(words, trace, outages, (n, numbered)) for n, trace in enumerate(drawn, start=1)]


def _timeline(words: Words, trace: Trace, outages: Sequence[Outage], place: tuple[int, frozenset[int]]) -> Chart:
    position, numbered = place
    end_us = trace.start_us + len(trace.reports) * trace.step_s * MICROS
    own = [outage for outage in outages if any(f.operator == trace.operator for f in outage.findings)]
    highest = max((value for value in trace.reports if math.isfinite(value)), default=0.0)
    fields = {"highest": words.about(highest), "window": words.span(trace.step_s), "operator": _whose(trace)}
    title = words.count("timeline.title", len(own), **fields) if own else words.say("timeline.title_none", **fields)
    return draw(
        words,
        Series(
            start_us=trace.start_us,
            step_s=trace.step_s,
            reports=trace.reports,
            expected=trace.expected,
            alarm_at=trace.alarm_at,
        ),
        _SIZE,
        id=f"timeline-{position}",
        title=title,
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


def _whose(trace: Trace) -> Markup:
    name = trace.region_name or trace.region
    operator = isolated(trace.operator_name)
    return Markup("{}, {}").format(operator, isolated(plain(name))) if name else operator
