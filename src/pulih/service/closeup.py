"""Closeup: count what the texts behind one finding say, and read some of them again for phrases and voices.

Texts are not kept in memory during a run. Every number comes from counting all texts of the finding in the archive;
only which texts are quoted, and which phrases are worth counting, is chosen from a sample spread evenly over it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TypeVar

import msgspec

from pulih.detect.tally import counted
from pulih.model.finding import Phrase, Voice
from pulih.model.reading import Reading, Service, Symptom
from pulih.model.signal import Signal
from pulih.ports.files import Archive, Sample, Wanted
from pulih.service.understanding import Read

# Texts read again for one finding: a phrase that one text in a hundred holds is all but surely among them.
TEXTS_MAX = 1_000
# Texts looked at from before the alarm, for the voices.
EARLY_MAX = 200
VOICES = 24
PHRASES = 10
# Phrases that are counted in all texts, so that the most frequent ones can be told.
CANDIDATES = 3 * PHRASES
# Phrases of these rules say what is wrong; those of questions, moods and times only colour it.
TELLING = ("sym.", "rec.")
# A headline must hold for a reader who picks a report at random: a third of all of them, vague ones included, say so
# (with less, most outages of a network would be named after a minority), and more than one person does.
NAMED_SHARE = 1 / 3
NAMED_MIN = 2
_Text = tuple[Signal, Reading, float]
_Named = TypeVar("_Named", bound=str)
_VAGUE = frozenset({"other", "none", "any"})


class Closeup(msgspec.Struct, frozen=True):
    """What the texts of one finding say.

    Attributes:
        symptom, service: what at least a third of all of them say, None when nothing stands out so far.
        total: how many texts there are.
        last_us: when the last of them was written, None without any.
        symptoms, regions: texts by symptom (they sum to `total`) and by the region they name first.
        phrases, rules: what was said most, with the number of texts that contain it, and the rules that know it.
        voices: texts that count most, oldest first, those before the alarm among them.
    """

    symptom: Symptom | None
    service: Service | None
    total: int
    last_us: int | None
    symptoms: Mapping[Symptom, int]
    regions: Mapping[str, int]
    phrases: tuple[Phrase, ...]
    rules: tuple[str, ...]
    voices: tuple[Voice, ...]


def look_closely(archive: Archive, read: Read, wanted: Wanted, *, alarm_us: int) -> Closeup:
    """Count and read the texts of a scope.

    Args:
        archive: the kept signals.
        read: reads one signal, as before.
        wanted: time, operators and region of the scope.
        alarm_us: when it was raised; what was said before that is what people ask for first.
    """

    def telling(sample: Sample) -> list[_Text]:
        readings = [(signal, read(signal), weight) for signal, weight in sample.signals]
        return [(signal, reading, counted(reading, weight)) for signal, reading, weight in readings]

    texts = telling(archive.sample(wanted, TEXTS_MAX))
    before = telling(archive.sample(msgspec.structs.replace(wanted, end_us=alarm_us), EARLY_MAX))
    readings = [reading for _, reading, _ in texts]
    counts = archive.count(wanted, _candidates(readings))
    return Closeup(
        symptom=leading(counts.symptoms, counts.total),
        service=leading(counts.services, counts.total),
        total=counts.total,
        last_us=counts.last_us,
        symptoms=counts.symptoms,
        regions=counts.regions,
        phrases=most_said(counts.phrases),
        rules=_rules(readings),
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


def leading(counts: Mapping[_Named, int], total: int) -> _Named | None:
    """Return what most of those say who say anything definite, None when that is too small a part of all."""
    definite = {one: count for one, count in counts.items() if one not in _VAGUE}
    if not definite:
        return None
    best = min(definite, key=lambda one: (-definite[one], str(one)))
    return best if definite[best] >= max(NAMED_MIN, NAMED_SHARE * total) else None


def _candidates(readings: list[Reading]) -> list[str]:
    """Return the phrases that tell what is wrong in most of `readings`."""
    said: Counter[str] = Counter()
    for reading in readings:
        telling = [piece for piece in reading.evidence if piece.rule.startswith(TELLING)]
        said.update({" ".join(piece.phrase.lower().split()) for piece in telling})
    return ranked(said)[:CANDIDATES]


def most_said(counts: Mapping[str, int]) -> tuple[Phrase, ...]:
    """Return the phrases that were said most, with how often."""
    return tuple(Phrase(text, counts[text]) for text in ranked(counts)[:PHRASES] if counts[text])


def _rules(readings: list[Reading]) -> tuple[str, ...]:
    rules: Counter[str] = Counter()
    for reading in readings:
        rules.update({piece.rule for piece in reading.evidence})
    return tuple(ranked(rules)[:PHRASES])


def ranked(counts: Mapping[str, int]) -> list[str]:
    """Return what was counted, the most first."""
    return sorted(counts, key=lambda one: (-counts[one], one))
