"""Closeup: read again the texts behind one finding, for its symptom, service, phrases and voices.

Texts are not kept in memory during a run, so those of a finding are fetched from the archive, up to a bound.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import TypeVar

import msgspec

from pulih.detect.tally import counted
from pulih.model.finding import Phrase, Voice
from pulih.model.reading import Reading, Service, Symptom
from pulih.model.signal import Signal
from pulih.ports import Archive
from pulih.service.understanding import Read

# Texts looked at for one finding; enough for every share to be known within three per cent.
TEXTS_MAX = 1_000
VOICES = 24
PHRASES = 10
# Phrases of these rules say what is wrong; those of questions, moods and times only colour it.
TELLING = ("sym.", "rec.")
# A symptom or service is named when it holds this share of those that name any.
NAMED_SHARE = 0.3
_Named = TypeVar("_Named", bound=str)
_VAGUE = frozenset({"other", "none"})


class Closeup(msgspec.Struct, frozen=True):
    """What the texts of one finding say.

    Attributes:
        symptom, service: what most say, None when nothing stands out.
        symptom_share: share of that symptom among all reports.
        symptoms, regions: reports by symptom and by region named.
        phrases, rules: what was said most and the rules that know it.
        voices: texts that count most, oldest first.
    """

    symptom: Symptom | None
    service: Service | None
    symptom_share: float
    symptoms: dict[Symptom, int]
    regions: dict[str, int]
    phrases: tuple[Phrase, ...]
    rules: tuple[str, ...]
    voices: tuple[Voice, ...]


def look_closely(
    archive: Archive, read: Read, *, concerns: Callable[[Reading], bool], start_us: int, end_us: int
) -> Closeup:
    """Read the texts of [start_us, end_us) that concern a scope.

    Args:
        archive: the kept signals.
        read: reads one signal, as before.
        concerns: whether a reading belongs to the scope.
        start_us, end_us: microseconds since 1970 UTC.
    """
    texts: list[tuple[Signal, Reading, float]] = []
    for signal, weight in archive.between(start_us, end_us, TEXTS_MAX):
        reading = read(signal)
        evidence = counted(reading, weight)
        if evidence > 0 and concerns(reading):
            texts.append((signal, reading, evidence))
    symptoms = Counter(reading.symptom for _, reading, _ in texts if reading.is_report)
    services = Counter(reading.service for _, reading, _ in texts if reading.service)
    regions = Counter(place.code for _, reading, _ in texts for place in reading.places[:1])
    symptom = _leading({one: n for one, n in symptoms.items() if one not in _VAGUE})
    reports = sum(symptoms.values())
    phrases, rules = _phrases([reading for _, reading, _ in texts])
    loudest = sorted(texts, key=lambda text: (-text[2], text[0].at_us, text[0].native_id))[:VOICES]
    return Closeup(
        symptom=symptom,
        service=_leading(dict(services)),
        symptom_share=symptoms[symptom] / reports if symptom else 0.0,
        symptoms=dict(symptoms),
        regions=dict(regions),
        phrases=phrases,
        rules=rules,
        voices=tuple(
            Voice(signal.at_us, signal.text, round(weight, 3))
            for signal, _, weight in sorted(loudest, key=lambda text: (text[0].at_us, text[0].text))
        ),
    )


def _leading(counts: dict[_Named, int]) -> _Named | None:
    if not counts:
        return None
    best = min(counts, key=lambda one: (-counts[one], str(one)))
    return best if counts[best] >= NAMED_SHARE * sum(counts.values()) else None


def _phrases(readings: list[Reading]) -> tuple[tuple[Phrase, ...], tuple[str, ...]]:
    phrases: Counter[str] = Counter()
    rules: Counter[str] = Counter()
    for reading in readings:
        telling = [piece for piece in reading.evidence if piece.rule.startswith(TELLING)]
        phrases.update({" ".join(piece.phrase.lower().split()) for piece in telling})
        rules.update({piece.rule for piece in reading.evidence})
    top = sorted(phrases, key=lambda phrase: (-phrases[phrase], phrase))[:PHRASES]
    ruled = sorted(rules, key=lambda rule: (-rules[rule], rule))[:PHRASES]
    return tuple(Phrase(text, phrases[text]) for text in top), tuple(ruled)
