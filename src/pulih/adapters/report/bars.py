"""Counts as rows of a table with a bar in each: symptoms, regions, kinds of talk, phrases."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from markupsafe import Markup

from pulih.adapters.report.words import Words
from pulih.model.finding import Phrase
from pulih.service.harmless import isolated, quoted
from pulih.service.outcome import FindingView, RegionCount, SymptomCount, TalkCount


class Bar(msgspec.Struct, frozen=True, kw_only=True):
    """One row: name, number, the part of it inside findings, and both as per cent of the longest bar."""

    name: Markup
    number: str
    part: str
    share: float
    part_share: float


# What says nothing definite stands below what does, however frequent.
_LAST = {"other": 1, "none": 2}


def symptom_bars(words: Words, counts: Sequence[SymptomCount]) -> list[Bar]:
    """Return symptoms, most frequent first, then those that tell no symptom; they sum to all reports."""
    return _bars(words, [_symptom_row(words, c) for c in _symptoms(counts)])


def few_symptoms(words: Words, counts: Sequence[SymptomCount], *, most: int) -> list[Bar]:
    """Return the `most` frequent symptoms and all others in one row, so that they still sum to all reports."""
    told = _symptoms(counts)
    if len(told) <= most + 1:
        return symptom_bars(words, counts)
    shown = sorted(told, key=lambda c: (-c.signals, c.symptom))[:most]
    rest = [c for c in told if c not in shown]
    name = words.count("finding.more_symptoms", len(rest))
    row = (name, sum(c.signals for c in rest), sum(c.in_findings for c in rest))
    return _bars(words, [*(_symptom_row(words, c) for c in _symptoms(shown)), row])


def _symptoms(counts: Sequence[SymptomCount]) -> list[SymptomCount]:
    told = [c for c in counts if c.signals > 0]
    return sorted(told, key=lambda c: (_LAST.get(c.symptom, 0), -c.signals, c.symptom))


def _symptom_row(words: Words, count: SymptomCount) -> tuple[Markup, int, int]:
    return Markup("{}").format(words.name("symptom", count.symptom)), count.signals, count.in_findings


def symptoms_title(words: Words, counts: Sequence[SymptomCount]) -> Markup:
    """Return the sentence above the symptoms: what is described most, "other" only where nothing else is."""
    told = [c for c in _symptoms(counts) if c.symptom != "none"]
    if not told:
        return words.say("scope.symptoms_none")
    most = told[0]
    return words.say("scope.symptoms_title", symptom=words.name("symptom", most.symptom))


def region_bars(words: Words, counts: Sequence[RegionCount]) -> list[Bar]:
    """Return regions, most named first."""
    return bars(words, [(isolated(c.name or c.code), c.signals, c.in_findings) for c in counts if c.signals > 0])


def talk_bars(words: Words, counts: Sequence[TalkCount]) -> list[Bar]:
    """Return kinds of talk, most frequent first; the part is what counts as a report."""
    rows = [(Markup("{}").format(words.name("talk", c.talk)), c.signals, c.reports) for c in counts if c.signals > 0]
    return bars(words, rows)


def phrase_bars(words: Words, views: Sequence[FindingView]) -> list[Bar]:
    """Return the phrases behind all findings, most frequent first.

    A report may stand behind a wide finding and the narrow one inside it, so that of each outage only the
    largest number counts.
    """
    largest: dict[tuple[str, str], int] = {}
    for view in views:
        for phrase in view.finding.phrases:
            key = (view.finding.incident or view.finding.id, phrase.text)
            largest[key] = max(largest.get(key, 0), phrase.signals)
    total: dict[str, int] = {}
    for (_, text), signals in largest.items():
        total[text] = total.get(text, 0) + signals
    return phrases(words, tuple(Phrase(text, signals) for text, signals in total.items()))


def phrases(words: Words, said: Sequence[Phrase]) -> list[Bar]:
    """Return phrases, most frequent first."""
    return bars(words, [(quoted(phrase.text, 80), phrase.signals, 0) for phrase in said])


def bars(words: Words, rows: Sequence[tuple[Markup, int, int]]) -> list[Bar]:
    """Return (name, number, part) rows as bars, longest first."""
    return _bars(words, sorted(rows, key=lambda row: (-row[1], row[0])))


def _bars(words: Words, ordered: Sequence[tuple[Markup, int, int]]) -> list[Bar]:
    longest = max((number for _, number, _ in ordered), default=1) or 1
    return [
        Bar(
            name=name,
            number=words.number(number),
            part=words.number(part),
            share=round(100 * number / longest, 1),
            part_share=round(100 * min(part, number) / longest, 1),
        )
        for name, number, part in ordered
    ]
