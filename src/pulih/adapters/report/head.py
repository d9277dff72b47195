"""The top of the page: what was found, what was read, one sentence per outage, and what a reader must know."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from markupsafe import Markup

from pulih.adapters.report.outages import (
    Outage,
    Stretch,
    finding_anchor,
    numbered,
    operators,
    sentence,
    standing,
    standing_why,
)
from pulih.adapters.report.words import Words, seconds_between
from pulih.service.harmless import isolated, plain
from pulih.service.outcome import Outcome

_FILES_NAMED_MAX = 3


class Line(msgspec.Struct, frozen=True):
    """One outage in the list: number, sentence, counts, standing, a note, where its close-up is, what the link says."""

    number: int
    sentence: Markup
    counts: Markup
    standing: Markup
    note: Markup
    target: str
    link: Markup


class Lines(msgspec.Struct, frozen=True):
    """Neighbouring outages of the list; with a title they are folded away behind it."""

    title: Markup
    lines: list[Line]


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """Everything above the first chart.

    `nothing` holds the sentences shown when there is no outage, `left_out` that of outages which are too many.
    """

    over: Markup
    title: Markup
    read: Markup
    simulated: bool
    lists: list[Lines]
    several: bool
    many: bool
    left_out: Markup
    nothing: tuple[Markup, ...]
    notes: list[str]


# With more outages than this their sentences stand closer, so that all of them are seen at once.
_FEW = 4


def head_of(words: Words, outcome: Outcome, told: Sequence[Stretch], *, found: int) -> Head:
    """Return the top of the page for one language; `found` outages there are, of which some are told."""
    number = sum(len(stretch.outages) for stretch in told)
    return Head(
        over=words.say("page.over"),
        title=_title(words, outcome, found),
        read=_read(words, outcome),
        simulated=outcome.simulated,
        lists=[
            Lines(fold_title(words, stretch), [_line(words, outage) for outage in stretch.outages]) for stretch in told
        ],
        several=number > 1,
        many=number > _FEW,
        left_out=words.say("outage.left_out", found=words.number(found), told=words.number(number))
        if found > number
        else Markup(""),
        nothing=() if number else _nothing(words, outcome),
        notes=[plain(english if words.language == "en" else indonesian) for english, indonesian in outcome.notes],
    )


def fold_title(words: Words, stretch: Stretch) -> Markup:
    """Return how many outages are folded away and which, nothing when they are not."""
    if not stretch.folded:
        return Markup("")
    first, last = stretch.outages[0].number, stretch.outages[-1].number
    return words.count("outage.folded", len(stretch.outages), first=first, last=last)


def files_named(words: Words, names: Sequence[str]) -> Markup:
    """Return the first file names, and how many more there are."""
    shown: list[Markup | str] = [isolated(name) for name in names[:_FILES_NAMED_MAX]]
    if len(names) > _FILES_NAMED_MAX:
        shown.append(words.count("page.more_files", len(names) - _FILES_NAMED_MAX))
    return words.listed(shown)


def zone_named(words: Words, at_us: int) -> str:
    """Return the zone as people call it with its official name: "WIB (Asia/Jakarta)"."""
    short = words.zone_name(at_us)
    return short if short == words.zone.key else f"{short} ({words.zone.key})"


def _title(words: Words, outcome: Outcome, number: int) -> Markup:
    if outcome.first_us is None or outcome.last_us is None:
        return words.say("page.title_empty")
    found = words.count("page.title", number) if number else words.say("page.title_none")
    return words.say("page.in", title=found, span=_length(words, outcome.first_us, outcome.last_us))


def _length(words: Words, first_us: int, last_us: int) -> Markup:
    return words.long_span(seconds_between(first_us, last_us))


def _read(words: Words, outcome: Outcome) -> Markup:
    files = files_named(words, outcome.names)
    rows = words.count("page.rows", outcome.counters.heard)
    first_us, last_us = outcome.first_us, outcome.last_us
    if first_us is None or last_us is None:
        return words.say("page.read_nothing", files=files, rows=rows, zone=zone_named(words, 0))
    start, end = words.day(first_us), words.day(last_us)
    key = "page.read_one_day" if start == end else "page.read"
    fields = {"files": files, "rows": rows, "start": start, "zone": zone_named(words, first_us)}
    return words.say(key, **fields, **({} if start == end else {"end": end}))


def _line(words: Words, outage: Outage) -> Line:
    usual = words.usual(sum(f.expected for f in outage.heads))
    reports = words.about(outage.signals)
    if all(f.operator_name for f in outage.heads):
        # In public it is always "reports naming X".
        named = operators(words, outage)
        counts = words.count("outage.counts_named", outage.signals, reports=reports, operator=named, usual=usual)
    else:
        counts = words.count("outage.counts", outage.signals, reports=reports, usual=usual)
    return Line(
        outage.number,
        sentence(words, outage),
        counts,
        _standing(words, outage),
        _unnamed(words, outage),
        finding_anchor(words, numbered(outage)[outage.findings[0].id]),
        words.say("outage.look", number=outage.number),
    )


def _standing(words: Words, outage: Outage) -> Markup:
    """Return how an outage stands; why, where it is no more than suspected: that must not be missed."""
    told = outage.told_by
    label = standing(words, told)
    if told.standing == "likely" or not told.standing_why:
        return label
    return Markup("{} {}").format(label, standing_why(words, told))


def _unnamed(words: Words, outage: Outage) -> Markup:
    """Return the note about reports at the same time that name no operator."""
    if not outage.unnamed:
        return Markup("")
    # Of nested findings the widest holds the others.
    reports = max(f.signals for f in outage.unnamed)
    first_us = min(f.onset_us for f in outage.unnamed)
    return words.count(
        "outage.unnamed",
        reports,
        reports=words.about(reports),
        clock=words.clock_since(first_us, outage.onset_us),
    )


def _nothing(words: Words, outcome: Outcome) -> tuple[Markup, ...]:
    if outcome.first_us is None or outcome.last_us is None:
        return (words.say("outage.empty"), words.say("outage.empty_means"))
    span = _length(words, outcome.first_us, outcome.last_us)
    return (words.say("outage.none", span=span), words.say("outage.none_means"))
