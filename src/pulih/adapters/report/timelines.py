"""The long timelines: each operator's reports against the usual, with its outages shaded and numbered."""

from __future__ import annotations

import math
from collections.abc import Sequence

from markupsafe import Markup

from pulih.adapters.report.charts import Chart, Period, Size, draw, series_of
from pulih.adapters.report.harmless import isolated
from pulih.adapters.report.outages import Outage, operator
from pulih.adapters.report.words import Words
from pulih.model.clock import MICROS
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
    first = {finding.operator: o.number for o in reversed(outages) for finding in o.findings}
    drawn = sorted((trace for trace in traces if trace.reports), key=lambda t: first.get(t.operator, len(outages) + 1))
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
    highest = max((value for value in trace.reports if math.isfinite(value)), default=0.0)
    fields = {"highest": words.about(highest), "window": words.span(trace.step_s), "operator": _whose(words, trace)}
    title = words.count("timeline.title", len(own), **fields) if own else words.say("timeline.title_none", **fields)
    return draw(
        words,
        series_of(trace),
        size,
        id=id,
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


def _whose(words: Words, trace: Trace) -> Markup:
    name = trace.region_name or trace.region
    whose = operator(words, trace.operator_name)
    return Markup("{}, {}").format(whose, isolated(name)) if name else whose
