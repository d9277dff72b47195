"""Closeup: read again the texts behind one finding, for its symptom, service, phrases and voices.

Texts are not kept in memory during a run, so those of a finding are fetched from the archive; of a large one, a
sample spread evenly over it, whose counts are scaled to the whole.
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
from pulih.ports import Archive, Sample, Wanted
from pulih.service.understanding import Read

# Texts looked at for one finding; enough for every share to be known within about three in a hundred.
TEXTS_MAX = 1_000
# Texts looked at from before the alarm, for the voices.
EARLY_MAX = 200
VOICES = 24
PHRASES = 10
# Phrases of these rules say what is wrong; those of questions, moods and times only colour it.
TELLING = ("sym.", "rec.")
# A symptom or service is named when it holds this share of those that name any.
NAMED_SHARE = 0.3
_Text = tuple[Signal, Reading, float]
_Named = TypeVar("_Named", bound=str)
_VAGUE = frozenset({"other", "none"})


class Closeup(msgspec.Struct, frozen=True):
    """What the texts of one finding say.

    Attributes:
        symptom, service: what most say, None when nothing stands out.
        symptom_share: share of that symptom among all reports.
        symptoms, regions: reports by symptom and by region named; scaled where the texts are a sample.
        phrases, rules: what was said most and the rules that know it.
        voices: texts that count most, oldest first, those before the alarm among them.
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
    archive: Archive, read: Read, wanted: Wanted, *, concerns: Callable[[Reading], bool], alarm_us: int
) -> Closeup:
    """Read the texts that concern a scope.

    Args:
        archive: the kept signals.
        read: reads one signal, as before.
        wanted: time, operators and region of the scope.
        concerns: whether a reading belongs to the scope; the archive's own columns tell that only roughly.
        alarm_us: when it was raised; what was said before that is what people ask for first.
    """

    def telling(sample: Sample) -> list[_Text]:
        readings = [(signal, read(signal), weight) for signal, weight in sample.signals]
        texts = [(signal, reading, counted(reading, weight)) for signal, reading, weight in readings]
        return [text for text in texts if text[2] > 0 and concerns(text[1])]

    sample = archive.sample(wanted, TEXTS_MAX)
    texts = telling(sample)
    scale = sample.total / max(len(sample.signals), 1)
    before = telling(archive.sample(msgspec.structs.replace(wanted, end_us=alarm_us), EARLY_MAX))
    symptoms = Counter(reading.symptom for _, reading, _ in texts if reading.is_report)
    services = Counter(reading.service for _, reading, _ in texts if reading.service)
    regions = Counter(place.code for _, reading, _ in texts for place in reading.places[:1])
    symptom = _leading({one: n for one, n in symptoms.items() if one not in _VAGUE})
    reports = sum(symptoms.values())
    phrases, rules = _phrases([reading for _, reading, _ in texts], scale)
    return Closeup(
        symptom=symptom,
        service=_leading(dict(services)),
        symptom_share=symptoms[symptom] / reports if symptom else 0.0,
        symptoms={one: round(count * scale) for one, count in symptoms.items()},
        regions={one: round(count * scale) for one, count in regions.items()},
        phrases=phrases,
        rules=rules,
        voices=_voices(before, texts),
    )


def _voices(before: list[_Text], texts: list[_Text]) -> tuple[Voice, ...]:
    """Return the texts that count most, oldest first; at least half from before the alarm where there are so many."""
    chosen = {(text[0].source, text[0].native_id): text for text in sorted(before, key=_loudness)[: VOICES // 2]}
    for text in sorted(texts, key=_loudness):
        if len(chosen) < VOICES:
            chosen.setdefault((text[0].source, text[0].native_id), text)
    ordered = sorted(chosen.values(), key=lambda text: (text[0].at_us, text[0].text))
    return tuple(Voice(signal.at_us, signal.text, round(weight, 3)) for signal, _, weight in ordered)


def _loudness(text: _Text) -> tuple[float, int, str]:
    return (-text[2], text[0].at_us, text[0].native_id)


def _leading(counts: dict[_Named, int]) -> _Named | None:
    if not counts:
        return None
    best = min(counts, key=lambda one: (-counts[one], str(one)))
    return best if counts[best] >= NAMED_SHARE * sum(counts.values()) else None


def _phrases(readings: list[Reading], scale: float) -> tuple[tuple[Phrase, ...], tuple[str, ...]]:
    phrases: Counter[str] = Counter()
    rules: Counter[str] = Counter()
    for reading in readings:
        telling = [piece for piece in reading.evidence if piece.rule.startswith(TELLING)]
        phrases.update({" ".join(piece.phrase.lower().split()) for piece in telling})
        rules.update({piece.rule for piece in reading.evidence})
    top = sorted(phrases, key=lambda phrase: (-phrases[phrase], phrase))[:PHRASES]
    ruled = sorted(rules, key=lambda rule: (-rules[rule], rule))[:PHRASES]
    return tuple(Phrase(text, round(phrases[text] * scale)) for text in top), tuple(ruled)
