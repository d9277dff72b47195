"""The finder of places reads which region a short, slangy complaint speaks of, as probabilities over regions.

Most texts name no place and are let go after a few set look-ups. In the others every spelling of the index is looked
for, its surroundings are judged (`place_context`), and what remains is weighed together (`place_choice`).
docs/places.md tells how ambiguity is decided.
"""

from __future__ import annotations

from operator import add

import msgspec

from pulih.model.reading import Evidence, Place
from pulih.understand.gazetteer import Cues, Gazetteer
from pulih.understand.place_choice import DASHES, LIST_WORDS_MAX, Mention, choose
from pulih.understand.place_context import dwells, fares, soft, verdict
from pulih.understand.place_index import Entry, Kind, PlaceIndex, Sense, build_index
from pulih.understand.slips import one_slip_apart
from pulih.understand.spelling import Line, Span, fold, fold_name, is_stretched, line_of, squeeze, words_of

# How far a place field of the report is believed, where the text names none.
EXACT_FIELD = 0.95
FREE_FIELD = 0.6

# Most words of one name, and of one that is looked for with a slip.
NAME_WORDS_MAX = 5
MISSPELT_WORDS_MAX = 3
SHORT_LETTERS = 5
# Of one text so many names are weighed; nobody who lists more tells where they are.
NAMES_MOST = 60


class Sighting(msgspec.Struct, frozen=True, gc=False):
    """The places of a text, most probable first, and the phrases that named them."""

    places: tuple[Place, ...] = ()
    evidence: tuple[Evidence, ...] = ()


NOWHERE = Sighting()


class PlaceFinder:
    """Finds places in texts with one gazetteer; holds nothing that changes."""

    __slots__ = ("_cues", "_gazetteer", "_index")

    def __init__(self, gazetteer: Gazetteer, index: PlaceIndex | None = None) -> None:
        """Take the index of all spellings of a gazetteer, and build it where none is given."""
        self._gazetteer = gazetteer
        self._cues = gazetteer.cues
        self._index = build_index(gazetteer) if index is None else index

    def find(self, text: str, *, hint: str = "", footprint: frozenset[str] | None = None) -> tuple[Place, ...]:
        """Return the regions that a text speaks of, most probable first; empty when it names none.

        Args:
            text: what somebody wrote.
            hint: the report's own place field: a code, a name, or free words; used where the text says less.
            footprint: codes of the regions an operator serves; decides between meanings, refuses none.

        Returns: places whose probabilities sum to at most 1.
        """
        return self.look(text, hint=hint, footprint=footprint).places

    def look(self, text: str, *, hint: str = "", footprint: frozenset[str] | None = None) -> Sighting:
        """Return what `find` does, with the phrases and rule ids that led to it."""
        mentions = self._mentions(text)
        if not mentions and not hint:
            return NOWHERE
        hinted = self._hinted(hint, footprint) if hint else ()
        if not mentions:
            return Sighting(hinted)
        places = choose(self._gazetteer, mentions, hinted=hinted, footprint=footprint)
        evidence = tuple(Evidence(mention.phrase, mention.rule) for mention in mentions) if places else ()
        return Sighting(places, evidence)

    def _hinted(self, hint: str, footprint: frozenset[str] | None) -> tuple[Place, ...]:
        code = self._gazetteer.find_code(hint)
        if code and (_undotted(hint) == _undotted(code) or fold_name(hint) == fold_name(self._gazetteer.name(code))):
            return (Place(code, self._gazetteer.name(code), EXACT_FIELD),)
        mentions = self._mentions(hint) or self._field_name(hint)
        places = choose(self._gazetteer, mentions, hinted=(), footprint=footprint)
        return tuple(Place(place.code, place.name, round(place.p * FREE_FIELD, 4)) for place in places)

    def _field_name(self, hint: str) -> list[Mention]:
        """A place field that holds nothing but a name needs no cue."""
        name = fold_name(hint)
        entry = self._index.names.get(name)
        return [Mention(name, entry.rule, entry.senses, 1.0)] if entry and entry.senses else []

    def _mentions(self, text: str) -> list[Mention]:
        folded = fold(text)
        words = words_of(folded)
        index = self._index
        if not (
            not index.alone.isdisjoint(words)
            or (not index.heads.isdisjoint(words) and not index.pairs.isdisjoint(map(add, words, words[1:])))
            or not index.steady.isdisjoint(words)
            or (is_stretched(folded) and not index.squeezed.keys().isdisjoint(map(squeeze, words)))
        ):
            return []
        return self._scan(line_of(folded), stretched=is_stretched(folded))

    def _scan(self, line: Line, *, stretched: bool) -> list[Mention]:
        mentions: list[Mention] = []
        passed = 0
        refused_until = -1
        for i in self._beginnings(line, stretched=stretched):
            if i < passed:
                continue
            if len(mentions) == NAMES_MOST:
                break
            found = self._spelling_at(line, i)
            if found is None:
                continue
            start, stop, entry = found
            span = Span(line, start, stop, passed)
            passed = stop
            sure = verdict(self._cues, span, entry) if entry.senses else 0.0
            if start == refused_until and line.gaps[start].strip() in DASHES:
                sure = 0.0
            if sure:
                mentions.append(_mention(self._cues, span, entry, sure))
            else:
                refused_until = stop
        return mentions

    def _beginnings(self, line: Line, *, stretched: bool) -> list[int]:
        """Return where a spelling may begin, in text order; a name with a slip up to two words before a steady one."""
        index = self._index
        may = {i for i, word in enumerate(line.words) if word in index.lengths or word in index.labels}
        if not index.steady.isdisjoint(line.words):
            steady = [i for i, word in enumerate(line.words) if word in index.steady]
            may |= {max(i - before, 0) for i in steady for before in range(MISSPELT_WORDS_MAX)}
        if stretched:
            may |= {i for i, word in enumerate(line.words) if is_stretched(word)}
        return sorted(may)

    def _spelling_at(self, line: Line, i: int) -> tuple[int, int, Entry] | None:
        """Return the longest spelling that begins at a word: where its name starts and stops, and its entry."""
        word = line.words[i]
        index = self._index
        for length in index.lengths.get(word, ()):
            if length > 1 and (entry := index.names.get(_phrase(line, i, length))) is not None:
                return i, i + length, entry
        misspelt = self._misspelt(line, i)
        if misspelt is not None:
            return misspelt
        if word in index.names and word not in index.labels:
            return i, i + 1, index.names[word]
        labelled = self._labelled(line, i, index.labels[word]) if word in index.labels else None
        return labelled or self._stretched(line, i)

    def _misspelt(self, line: Line, i: int) -> tuple[int, int, Entry] | None:
        """Return the region whose name of several words stands here with a slip in one of them: "bandar lamung"."""
        index = self._index
        if index.steady.isdisjoint(line.words[i : i + MISSPELT_WORDS_MAX]):
            return None
        for length in range(MISSPELT_WORDS_MAX, 1, -1):
            written = _phrase(line, i, length).split()
            for at, word in enumerate(written):
                if word in index.common or (length == 2 and written[1 - at] not in index.steady):
                    continue
                for target, name in index.misspelt.get((*written[:at], "", *written[at + 1 :]), ()):
                    # In a short word one letter changed is too often another word: "berat" for "barat".
                    changed = len(word) == len(target) <= SHORT_LETTERS
                    if not changed and one_slip_apart(word, target):
                        return i, i + length, index.names[name]
        return None

    def _labelled(self, line: Line, i: int, kind: Kind) -> tuple[int, int, Entry] | None:
        """Return the name after a level word, with only those meanings that are of the level."""
        for length in range(min(NAME_WORDS_MAX, len(line.words) - i - 1), 0, -1):
            name = _phrase(line, i + 1, length)
            if not name or not soft(line.gaps[i + 1]):
                continue
            for entries in (self._index.names, self._index.labelled):
                entry = entries.get(name)
                senses = self._of_level(entry, kind) if entry else ()
                if entry and senses:
                    return i + 1, i + 1 + length, Entry(senses, "nothing", entry.rule)
                if entry and entry.senses and length > 1:
                    return None
            if kind == "village" and name in self._index.villages:
                code = self._index.villages[name]
                rule = f"place.village.{name.replace(' ', '-')}.{code}"
                return i + 1, i + 1 + length, Entry((Sense(code, 1.0, "village"),), "nothing", rule)
        return None

    def _of_level(self, entry: Entry, kind: Kind) -> tuple[Sense, ...]:
        """Return the meanings that a level word leaves; after "kab" a city's nickname is its regency's."""
        exact = tuple(sense for sense in entry.senses if sense.kind == kind)
        if exact or kind not in {"city", "regency"}:
            return exact
        named = [sense for sense in entry.senses if sense.kind == "alias"]
        twins = [self._gazetteer.twin(sense.code, city=kind == "city") for sense in named]
        return tuple(Sense(twin or sense.code, sense.weight, kind) for sense, twin in zip(named, twins, strict=True))

    def _stretched(self, line: Line, i: int) -> tuple[int, int, Entry] | None:
        """Return a name with letters drawn out: "jogjaaa"."""
        word = line.words[i]
        if word in self._index.lengths or not is_stretched(word):
            return None
        name = self._index.squeezed.get(squeeze(word))
        return (i, i + 1, self._index.names[name]) if name is not None else None


def _undotted(code: str) -> str:
    """Return a code as fields hold it that leave its dot out: "3174"."""
    return code.strip().replace(".", "")


def _phrase(line: Line, i: int, length: int) -> str:
    """Return the words as a phrase, "" where they reach past the text or a sentence ends between them."""
    if length == 1:
        return line.words[i]
    if i + length > len(line.words):
        return ""
    for gap in line.gaps[i + 1 : i + length]:
        if gap != " " and ("," in gap or not soft(gap)):
            return ""
    return " ".join(line.words[i : i + length])


def _mention(cues: Cues, span: Span, entry: Entry, sure: float) -> Mention:
    words = span.line.words
    return Mention(
        phrase=" ".join(words[span.start : span.stop]),
        rule=entry.rule,
        senses=entry.senses,
        sure=sure,
        status=fares(cues, span),
        dwelling=dwells(cues, span),
        start=span.start,
        stop=span.stop,
        gap=span.line.gaps[span.start],
        before=tuple(words[max(0, span.start - LIST_WORDS_MAX) : span.start]),
    )
