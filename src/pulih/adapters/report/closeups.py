"""One finding, close up: its small chart with every moment marked, its reason, words, symptoms and voices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from markupsafe import Markup

from pulih.adapters.report.bars import Bar, phrases, symptom_bars
from pulih.adapters.report.charts import Chart, MarkKind, Moment, Period, Size, draw, series_of
from pulih.adapters.report.harmless import isolated, plain, quoted
from pulih.adapters.report.outages import Outage, finding_anchor, numbered, operator, place, region, trouble
from pulih.adapters.report.words import Words
from pulih.model.clock import MICROS
from pulih.model.finding import Finding
from pulih.service.outcome import FindingView

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
    narrowed: Markup
    chart: Chart | None
    times: list[Time]
    why: str
    symptoms: list[Bar]
    places: Markup
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
        narrowed=words.say("finding.narrowed", number=outage.number, place=place(words, outage))
        if finding in outage.wider
        else Markup(""),
        chart=_chart(words, view, number, many),
        times=_times(words, finding),
        why=plain(finding.why if words.language == "en" else finding.mengapa),
        symptoms=symptom_bars(words, view.symptoms)[:_SYMPTOMS_MAX],
        places=_named(words, "finding.places", [(isolated(r.name), r.signals) for r in view.regions[:_PLACES_MAX]]),
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
    return draw(
        words,
        series_of(trace),
        _SIZE_OF_MANY if many > _MANY else _SIZE,
        id=f"chart-{number}",
        title=words.count(
            "finding.title",
            finding.signals,
            reports=words.about(finding.signals),
            usual=words.usual(finding.expected),
            trouble=trouble(words, finding),
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


def _times(words: Words, finding: Finding) -> list[Time]:
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


def _phrases(words: Words, finding: Finding) -> Markup:
    bars = phrases(words, finding.phrases)[:_PHRASES_MAX]
    return _list(words, "finding.phrases", [(Markup("“{}”").format(bar.name), bar.number) for bar in bars])


def _named(words: Words, key: str, rows: Sequence[tuple[Markup, int]]) -> Markup:
    return _list(words, key, [(name, words.number(count)) for name, count in rows if count > 0])


def _list(words: Words, key: str, rows: Sequence[tuple[Markup, str]]) -> Markup:
    if not rows:
        return Markup("")
    items = [words.say("finding.item", name=name, n=number) for name, number in rows]
    field = key.removeprefix("finding.")
    return words.say(key, **{field: Markup(", ").join(items)})


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
