"""The words around a name decide whether it is the writer's place: "di Malang" is, "soto Lamongan" is not.

A verdict is the probability that a name tells where the writer is, before asking which region is meant. Streets,
clubs, dishes, journeys, memories and comparisons are refused; names that are ordinary words too need a cue.
"""

from __future__ import annotations

import msgspec

from pulih.understand.gazetteer import Cues
from pulih.understand.place_index import Entry
from pulih.understand.spelling import Span

# How sure a name is of being the writer's place.
CUED = 0.97
BARE = 0.94
DOUBTFUL_CUED = 0.9
DOUBTFUL_BESIDE = 0.85
# Kept as a possibility: it counts where nothing better stands.
ARRIVING = 0.55
YESTERDAY = 0.55
STREET = 0.5

# How many words may separate a name from its cue: "di daerah perumahan kota X".
BETWEEN_MAX = 3
# How far the talk of how it fares there, of a home, a journey's end, or bygone years may stand from the name.
STATUS_WORDS = 5
DWELLING_WORDS = 4
JOURNEY_WORDS = 4
MEMORY_WORDS = 5
TROUBLE_WORDS = 3

_SENTENCE_END = frozenset(".!?;\n")
_CLAUSE_END = frozenset(".,!?;\n")


class Around(msgspec.Struct, frozen=True, gc=False):
    """The word before a name and its words between, where it stands, and whether a place word was among them."""

    word: str
    at: int
    cued: bool


def soft(gap: str) -> bool:
    """Tell whether a gap between two words leaves them in one sentence; an abbreviation's dot does not end it."""
    return gap in {" ", "", ". "} or _SENTENCE_END.isdisjoint(gap)


def verdict(cues: Cues, span: Span, entry: Entry) -> float:
    """Return how probable it is that a name tells the writer's place; 0 when refused.

    Args:
        cues: the words of the language.
        span: where the name stands, without a level word before it.
        entry: what the name means and how much it needs.
    """
    around = look_back(cues, span)
    after = _word_after(span)
    if around.word in cues.never_before or after in cues.never_after or around.word in cues.travel:
        return 0.0
    if around.word in cues.street:
        regional = any(sense.kind in {"province", "city", "regency"} for sense in entry.senses)
        return 0.0 if regional or entry.need != "nothing" else STREET
    if entry.need != "nothing" and around.word in cues.title:
        return 0.0
    if around.word in cues.toward:
        return ARRIVING if span.word(around.at - 1) in cues.arrived and entry.need == "nothing" else 0.0
    if _elsewhere(cues, span, around):
        return 0.0
    sure = _need_met(cues, span, around, entry.need)
    if sure and span.word(around.at - 1) in cues.yesterday and span.word(around.at - 2) not in cues.origin:
        return min(sure, YESTERDAY)
    return sure


def look_back(cues: Cues, span: Span) -> Around:
    """Return what stands before a name, past words such as "daerah" and "kota" that belong to it."""
    words, gaps = span.line.words, span.line.gaps
    at = span.start - 1
    cued = False
    for _ in range(BETWEEN_MAX):
        if at < span.free or words[at] not in cues.between or not soft(gaps[at + 1]):
            break
        cued = cued or words[at] in cues.at
        at -= 1
    word = words[at] if at >= span.free and soft(gaps[at + 1]) else ""
    return Around(word, at, cued or word in cues.at)


def _word_after(span: Span) -> str:
    ends = span.stop >= len(span.line.words) or not soft(span.line.gaps[span.stop])
    return "" if ends else span.line.words[span.stop]


def _elsewhere(cues: Cues, span: Span, around: Around) -> bool:
    """Tell whether the writer speaks of a journey, another time, or another place to compare with."""
    if around.word in cues.origin:
        ahead = span.line.words[span.stop : span.stop + JOURNEY_WORDS]
        if not cues.toward.isdisjoint(ahead) or not cues.arrived.isdisjoint(ahead):
            return True
    if around.word in cues.compare:
        return True
    if around.word in cues.at:
        last, last_but_one = span.word(around.at - 1), span.word(around.at - 2)
        if last in cues.past or last_but_one in cues.past or last in cues.future or last in cues.compare:
            return True
        if span.word(span.stop) in cues.past_after:
            return True
    return _years_ago(cues, span, around.at)


def _years_ago(cues: Cues, span: Span, at: int) -> bool:
    """Tell whether "tahun lalu" stands near, and not "sejak tahun lalu"."""
    words = span.line.words[max(0, at - MEMORY_WORDS) : span.stop + MEMORY_WORDS]
    if cues.period.isdisjoint(words):
        return False
    pairs = zip(["", *words], words, words[1:], strict=False)
    return any(
        word in cues.period and following in cues.ago and before not in cues.origin for before, word, following in pairs
    )


def _need_met(cues: Cues, span: Span, around: Around, need: str) -> float:
    after = _word_after(span)
    cued = around.cued or after in cues.after
    if need == "nothing":
        return CUED if cued else BARE
    if cued:
        return DOUBTFUL_CUED
    if need == "beside" and (around.word in cues.network or trouble_follows(cues, span)):
        return DOUBTFUL_BESIDE
    return 0.0


def trouble_follows(cues: Cues, span: Span) -> bool:
    """Tell whether a word of trouble comes next, words such as "lagi" and "kok" apart."""
    line = span.line
    for i in range(span.stop, min(span.stop + TROUBLE_WORDS, len(line.words))):
        if not soft(line.gaps[i]):
            return False
        if line.words[i] in cues.trouble:
            return True
        if line.words[i] not in cues.lately:
            return False
    return False


def dwells(cues: Cues, span: Span) -> int:
    """Return what the words before a name say of the writer: 1 it is home, -1 an operator's desk is there.

    The nearest word tells: "CS X ga bantu, rumah saya di Y".
    """
    line = span.line
    for i in range(span.start - 1, max(span.free, span.start - DWELLING_WORDS) - 1, -1):
        if not _CLAUSE_END.isdisjoint(line.gaps[i + 1]):
            return 0
        if line.words[i] in cues.home:
            return 1
        if line.words[i] in cues.desk:
            return -1
    return 0


def fares(cues: Cues, span: Span) -> int:
    """Return how the clause after a name says it goes there: 1 trouble, -1 fine, 0 not said."""
    line = span.line
    for i in range(span.stop, min(span.stop + STATUS_WORDS, len(line.words))):
        if not _CLAUSE_END.isdisjoint(line.gaps[i]):
            return 0
        word = line.words[i]
        if word in cues.trouble:
            return 1
        if word in cues.fine:
            return 1 if span.word(i - 1) in cues.negations else -1
    return 0
