"""What became of the rows: refused and why, counters that balance, what the texts were about, and the settings."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from markupsafe import Markup

from pulih.adapters.files.reasons import REASONS
from pulih.adapters.report.bars import Bar, talk_bars
from pulih.adapters.report.head import zone_named
from pulih.adapters.report.words import Words
from pulih.ports.files import COLUMN_FIELDS, Chosen
from pulih.service.harmless import isolated, plain, quoted, shortened
from pulih.service.outcome import Counters, Outcome, TalkCount

_SAMPLES_MAX = 20

Row = tuple[Markup, Markup]


class Refusals(msgspec.Struct, frozen=True):
    """The sentence, the reasons with their counts, and sample rows (file, row, reason, excerpt)."""

    sentence: Markup
    reasons: list[tuple[Markup, str]]
    samples: list[tuple[Markup, str, Markup, Markup]]


class Count(msgspec.Struct, frozen=True):
    """The heading, the sentence, the parts of all rows, and the parts of the counted ones."""

    heading: Markup
    sentence: Markup
    parts: list[tuple[Markup, str]]
    counted: list[tuple[Markup, str]]


class Talks(msgspec.Struct, frozen=True):
    """What the texts were about: the sentence and the bars."""

    sentence: Markup
    bars: list[Bar]


class Asked(msgspec.Struct, frozen=True):
    """The settings as rows, and how to read the page."""

    rows: list[Row]
    reading: list[Markup]


def refusals(words: Words, outcome: Outcome) -> Refusals:
    """Return what was refused and why."""
    total = outcome.counters.refused
    if not total and not outcome.refused:
        return Refusals(words.say("refused.none"), [], [])
    reasons = sorted(outcome.refused, key=lambda row: (-row[1], row[0]))
    return Refusals(
        words.count("refused.sentence", total),
        [(_reason(words, reason), words.number(count)) for reason, count in reasons],
        [
            (isolated(row.file), words.number(row.row), _reason(words, row.reason), quoted(row.excerpt, 120))
            for row in outcome.refused_samples[:_SAMPLES_MAX]
        ],
    )


def count_of(words: Words, counters: Counters) -> Count:
    """Return the counters, with the sentence that shows that they balance."""
    fields = ("counted", "refused", "repeated", "late")
    values = {field: getattr(counters, field) for field in fields}
    written = {field: words.number(value) for field, value in values.items()}
    balanced = sum(values.values()) == counters.heard
    heard = words.number(counters.heard)
    details = ("acute", "recovered", "near_duplicates", "operator_posts")
    reports = [
        (words.say("count.reports"), words.number(counters.reports + counters.unsure)),
        (words.say("count.unsure"), words.number(counters.unsure)),
    ]
    return Count(
        words.say("count.heading" if balanced else "count.heading_off"),
        words.say("count.sentence", heard=heard, **written)
        if balanced
        else words.say("count.off", heard=heard, sum=words.number(sum(values.values()))),
        [(words.say("count.heard"), heard), *((words.say(f"count.{f}"), written[f]) for f in fields)],
        [*reports, *((words.say(f"count.{f}"), words.number(getattr(counters, f))) for f in details)],
    )


def talks_of(words: Words, counts: Sequence[TalkCount]) -> Talks:
    """Return what the texts were about, in one sentence and as bars."""
    total = sum(c.signals for c in counts)
    if not total:
        return Talks(words.say("talk.none"), [])
    reports = sum(c.reports for c in counts)
    others = sorted(
        ((c.talk, c.signals - c.reports) for c in counts if c.signals > c.reports), key=lambda one: (-one[1], one[0])
    )
    bars = talk_bars(words, counts)
    if not others:
        return Talks(words.count("talk.sentence_all", total), bars)
    rest = words.listed(
        [words.say("talk.item", name=_talk_of(words, talk), n=words.number(count)) for talk, count in others]
    )
    numbers = {"all": words.number(total), "reports": words.number(reports), "others": words.number(total - reports)}
    return Talks(words.say("talk.sentence", **numbers, rest=rest), bars)


def _talk_of(words: Words, talk: str) -> str:
    # Beside the reports, trouble is what somebody has heard of, remembers or asks about.
    return words.name("talk", "trouble_aside" if talk == "trouble" else talk)


def asked(words: Words, outcome: Outcome) -> Asked:
    """Return the settings and how to read the page."""
    settings = outcome.settings
    rate = settings.false_alarms_per_week
    operator = isolated(_operator_name(outcome)) if settings.operator else words.say("settings.operator_all")
    rows: list[Row] = [
        (words.say("settings.operator"), operator),
        (words.say("settings.bin"), words.span(settings.bin_s)),
        (words.say("settings.false_alarms"), words.say("settings.false_alarms_value", n=words.number(rate))),
        (words.say("settings.zone"), Markup("{}").format(zone_named(words, outcome.first_us or 0))),
    ]
    if settings.holidays:
        rows.append((words.say("settings.holidays"), isolated(settings.holidays)))
    for name, chosen in zip(outcome.names, outcome.chosen, strict=False):
        rows += [
            (words.say("settings.file"), isolated(name)),
            (words.say("settings.format"), _format(words, chosen.format)),
            (words.say("settings.columns"), _columns(words, chosen)),
        ]
    rows += [
        (words.say("settings.version"), isolated(settings.version)),
        (words.say("settings.digest"), Markup("<code>{}</code>").format(shortened(outcome.digest, 24))),
    ]
    return Asked(
        rows, [*_rate(words, rate), *(words.say(f"read.{k}") for k in ("causal", "over", "standing", "evidence"))]
    )


def _format(words: Words, name: str) -> Markup:
    """Return how a file is written, such as "CSV (koma)"; a kind without a translation keeps its name."""
    kind, _, separator = name.partition(" (")
    kind = words.name("format", kind) if f"format.{kind}" in words.texts else kind
    if not separator:
        return Markup("{}").format(kind)
    return Markup("{} ({})").format(kind, words.name("format", separator.rstrip(")")))


def _operator_name(outcome: Outcome) -> str:
    """Return the operator asked for as people write it, or its id where nothing was counted for it."""
    asked_for = outcome.settings.operator or ""
    return next((one.operator_name for one in outcome.traces if one.operator == asked_for), asked_for)


def _rate(words: Words, rate: float) -> list[Markup]:
    key = "read.rare" if rate < 1 else "read.often"
    weeks = {"weeks": words.about(round(1 / rate))} if 0 < rate < 1 else {}
    knob = [words.say(key, n=words.number(rate), **weeks)] if rate > 0 else []
    return [words.say("read.reports"), words.say("read.named"), *knob]


def _columns(words: Words, chosen: Chosen) -> Markup:
    parts = [
        words.say(
            "settings.guessed" if field in chosen.guessed else "settings.told",
            name=words.say(f"settings.column.{field}"),
            column=isolated(column),
        )
        for field in COLUMN_FIELDS
        if (column := getattr(chosen, field))
    ]
    return Markup("<br>").join(parts)


def _reason(words: Words, reason: str) -> Markup:
    if words.language == "id" and reason in REASONS:
        return Markup("{}").format(REASONS[reason])
    # A reason without a translation stands in the language of whoever wrote it.
    return Markup('<bdi lang="en">{}</bdi>').format(plain(reason))
