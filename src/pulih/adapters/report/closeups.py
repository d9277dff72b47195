"""One finding, close up: its small chart with every moment marked, its reason, words, symptoms and voices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from markupsafe import Markup

from pulih.adapters.report.bars import Bar, few_symptoms, phrases
from pulih.adapters.report.charts import Chart, Size, draw, series_of
from pulih.adapters.report.marks import MarkKind, Moment, Period
from pulih.adapters.report.outages import (
    Outage,
    finding_anchor,
    numbered,
    operator,
    place,
    region,
    standing,
    standing_why,
    trouble,
)
from pulih.adapters.report.words import Words
from pulih.model.clock import MICROS
from pulih.model.finding import Finding
from pulih.service.harmless import isolated, plain, quoted
from pulih.service.outcome import FindingView, Trace

_MANY = 20
_SIZE = Size(112, 160, 40, brief=True)
_SIZE_OF_MANY = Size(112, 96, 12, brief=True)
_PHRASES_MAX = 6
_PLACES_MAX = 5
_SYMPTOMS_MAX = 4


class Time(msgspec.Struct, frozen=True):
    """One moment of a finding: kind, word, and when."""

    kind: MarkKind
    label: Markup
    value: Markup


class Said(msgspec.Struct, frozen=True):
    """One masked text: when, the words, and how much it counts."""

    at: str
    text: Markup
    weight: Markup


class Closeup(msgspec.Struct, frozen=True, kw_only=True):
    """Everything about one finding that the page shows."""

    id: str
    number: str
    heading: Markup
    when: Markup
    narrowed: Markup
    chart: Chart | None
    times: list[Time]
    why: str
    standing: Markup
    standing_why: str
    symptoms: list[Bar]
    places: list[Markup]
    phrases: Markup
    facts: list[tuple[Markup, Markup]]
    voices: list[Said]
    voices_title: Markup


def closeups(words: Words, outage: Outage, views: Mapping[str, FindingView], many: int) -> list[Closeup]:
    """Return the findings of an outage close up, by alarm; `many` is how many the whole page shows."""
    numbers = numbered(outage)
    return [
        _closeup(words, outage, views[finding.id], number=numbers[finding.id], many=many) for finding in outage.findings
    ]


def _closeup(words: Words, outage: Outage, view: FindingView, *, number: str, many: int) -> Closeup:
    finding = view.finding
    voices = finding.voices[: 3 if many > _MANY else 10]
    return Closeup(
        id=finding_anchor(words, number),
        number=number,
        heading=Markup("{}, {}").format(operator(words, finding.operator_name), region(words, finding)),
        when=words.say("finding.when", day=words.day(finding.onset_us), trouble=trouble(words, finding)),
        narrowed=words.say("finding.narrowed", number=outage.number, place=place(words, outage))
        if finding in outage.wider
        else Markup(""),
        chart=_chart(words, view, number, many),
        times=_times(words, finding),
        why=plain(finding.why if words.language == "en" else finding.mengapa),
        standing=standing(words, finding),
        standing_why=standing_why(words, finding),
        symptoms=few_symptoms(words, view.symptoms, most=_SYMPTOMS_MAX),
        places=_places(words, view),
        phrases=_phrases(words, finding),
        facts=_facts(words, finding),
        voices=[_said(words, voice.at_us, voice.text, voice.weight) for voice in voices],
        voices_title=words.count("finding.voices", len(voices)),
    )


def _chart(words: Words, view: FindingView, number: str, many: int) -> Chart | None:
    trace, finding = view.trace, view.finding
    if not trace.reports:
        return None
    end_us = trace.start_us + len(trace.reports) * trace.step_s * MICROS
    moments: list[tuple[MarkKind, int | None]] = [
        ("onset", finding.onset_us),
        ("alarm", finding.alarm_us),
        ("peak", finding.peak_us),
        ("cleared", finding.cleared_us),
    ]
    alone = _one_window_is_enough(trace, finding)
    chart = draw(
        words,
        series_of(trace, alarm=alone),
        _SIZE_OF_MANY if many > _MANY else _SIZE,
        id=f"chart-{number}",
        title=words.count(
            "finding.title",
            finding.signals,
            reports=words.about(finding.signals),
            usual=words.usual(finding.expected),
        ),
        periods=[
            Period(
                number="",
                start_us=finding.onset_us,
                end_us=end_us if finding.cleared_us is None else finding.cleared_us,
                title="",
            )
        ],
        # A moment outside the cut-out would stand at its edge and claim a wrong time.
        moments=[Moment(kind, at) for kind, at in moments if at is not None and trace.start_us <= at <= end_us],
    )
    reason = words.say("chart.alone" if alone else "chart.together")
    return msgspec.structs.replace(chart, caption=Markup("{} {}").format(chart.caption, reason))


def _one_window_is_enough(trace: Trace, finding: Finding) -> bool:
    """Whether the last window before the alarm alone raised it: it reached the line, and holds most reports so far.

    Elsewhere the line would mislead: it would stand above every bar as if there were no reason for an alarm, or, in
    places where hardly anybody ever writes, lie so low that a single report seems to be one.
    """
    first = max(0, (finding.onset_us - trace.start_us) // (trace.step_s * MICROS))
    last = (finding.alarm_us - 1 - trace.start_us) // (trace.step_s * MICROS)
    so_far = trace.reports[first : last + 1]
    if not so_far or last >= len(trace.alarm_at):
        return False
    return so_far[-1] >= max(trace.alarm_at[last], sum(so_far) / 2)


def _times(words: Words, finding: Finding) -> list[Time]:
    if finding.cleared_us is not None and finding.cleared_us <= finding.alarm_us:
        return [*_moments(words, finding)[:3], Time("cleared", words.say("finding.cleared"), _ending(words, finding))]
    return _moments(words, finding)


def _ending(words: Words, finding: Finding) -> Markup:
    """Return that it was ending when the alarm was raised, and when the last report came."""
    if finding.last_us is None:
        return words.say("finding.ending")
    return words.say("finding.ending_last", last=words.moment_since(finding.last_us, finding.onset_us))


def _moments(words: Words, finding: Finding) -> list[Time]:
    unknown = words.say("finding.unknown")
    known: list[tuple[MarkKind, int | None, Markup]] = [
        ("onset", finding.onset_us, unknown),
        ("alarm", finding.alarm_us, unknown),
        ("peak", finding.peak_us, unknown),
        ("cleared", finding.cleared_us, words.say("finding.open")),
    ]
    return [
        Time(kind, words.say(f"finding.{kind}"), absent if at is None else Markup(_when(words, kind, at, finding)))
        for kind, at, absent in known
    ]


def _when(words: Words, kind: MarkKind, at_us: int, finding: Finding) -> str:
    # The date stands once, at the start, and again only where another day has begun.
    return words.moment(at_us) if kind == "onset" else words.moment_since(at_us, finding.onset_us)


def _places(words: Words, view: FindingView) -> list[Markup]:
    """Return the provinces and the places inside them, each with all reports that name it or a part of it."""
    tops = [(isolated(r.name), r.signals) for r in view.regions if not r.parent]
    inside = [(isolated(r.name), r.signals) for r in view.regions if r.parent]
    lists = [_named(words, "finding.places", inside), _named(words, "finding.provinces", tops)]
    return [one for one in lists if one]


def _phrases(words: Words, finding: Finding) -> Markup:
    bars = phrases(words, finding.phrases)[:_PHRASES_MAX]
    return _list(words, "finding.phrases", [(Markup("“{}”").format(bar.name), bar.number) for bar in bars])


def _named(words: Words, key: str, rows: Sequence[tuple[Markup, int]]) -> Markup:
    shown = [(name, words.number(count)) for name, count in rows[:_PLACES_MAX]]
    rest = len(rows) - len(shown)
    return _list(words, key, shown, more=words.count("finding.more_places", rest) if rest else None)


def _list(words: Words, key: str, rows: Sequence[tuple[Markup, str]], more: Markup | None = None) -> Markup:
    if not rows:
        return Markup("")
    items = [words.say("finding.item", name=name, n=number) for name, number in rows]
    return words.say(key, items=Markup(", ").join([*items, *([more] if more else [])]))


def _facts(words: Words, finding: Finding) -> list[tuple[Markup, Markup]]:
    evidence = words.say("finding.evidence_nats", nats=words.number(finding.evidence_nats))
    service = words.name("service", finding.service) if finding.service else words.say("finding.unknown")
    facts = [
        (words.say("finding.service"), Markup("{}").format(service)),
        (words.say("finding.evidence"), evidence),
        (words.say("finding.id"), Markup("<code>{}</code>").format(plain(finding.id))),
    ]
    if finding.rules:
        codes = Markup(" ").join(Markup("<code>{}</code>").format(plain(rule)) for rule in finding.rules)
        facts.append((words.say("finding.rules"), codes))
    return facts


def _said(words: Words, at_us: int, text: str, weight: float) -> Said:
    # Nobody is helped by "counts 0.99"; only what counts clearly less than a whole report says so.
    shown = words.say("finding.weight", weight=words.number(round(weight, 1))) if weight < 0.95 else Markup("")
    return Said(words.moment(at_us), quoted(text, 300), shown)
