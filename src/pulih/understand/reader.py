"""Read one complaint as a good agent would: what fails, how, where, since when, and whose trouble it is.

Requirement U1. Stage 1: phrases with permanent ids, joined with what they are said of, weighed linearly; every verdict
can be traced to letters of the text. Stage 2 adds what was learnt from labelled texts (`learnt`); `decision` decides.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

import msgspec

from pulih.model.reading import Evidence, Group, Reading
from pulih.model.signal import Role
from pulih.understand.across import Crossing, crossing
from pulih.understand.decision import Labels, Undecided, by_rules, decide, groups_of
from pulih.understand.facts import Found, facts_of, standing
from pulih.understand.fault import excused
from pulih.understand.learnt import OPERATOR, PLACE, Learnt, Weights
from pulih.understand.letters import unaccented
from pulih.understand.lexicon import Lexicon, Rule
from pulih.understand.marks import Marks, marks_of
from pulih.understand.matcher import Hit, rule_words
from pulih.understand.naming import Mention, Naming, brand_words, says_nothing, single_brands
from pulih.understand.normal import Normaliser, Words
from pulih.understand.operators import Catalogue, Operator, slug
from pulih.understand.own_name import OwnName
from pulih.understand.phrasebook import Phrasebook
from pulih.understand.places import Sighting
from pulih.understand.recovery import find_recovery
from pulih.understand.score import Scorer
from pulih.understand.speller import Speller
from pulih.understand.spelling import fold_name
from pulih.understand.troubles import find_troubles
from pulih.understand.verdict import named_groups, ruled, suspect, verdict

FindPlaces = Callable[..., Sighting]

# Facts of a trouble that has not come, and signs of one that has.
_NOT_YET = frozenset({"hoped", "unreal"})
_COME = frozenset({
    "now", "keeps", "span", "yesterday", "days", "anyone", "why", "why_again", "effort", "impatient", "recovered",
})  # fmt: skip
# Below this a text is so surely no report that its places are nobody's business.
_PLACES_FROM = 0.04


class Told(msgspec.Struct, frozen=True, gc=False):
    """One text to be read, with what its source says of it; see `Reader.read`."""

    text: str
    operator: str = ""
    place: str = ""
    role: Role = "public"


class Looked(msgspec.Struct, frozen=True, gc=False):
    """What the rules found in a text and say of it, and what it is made of for the learnt weights.

    `call` is a call across operators, or None; `suspected` would be at fault if the text were a report; `names` are
    those of places, `sighted` the same with the ids of their rules. `words` are the canonical words with marks for
    names; where nothing was learnt there are none. `signs` are those that were found, and the facts.
    """

    found: Found
    call: Crossing | None
    suspected: Operator | None
    ruled: Labels
    names: Sequence[str]
    words: list[str]
    signs: set[str]
    sighted: tuple[Evidence, ...] = ()


class Reader:
    """Reads texts; holds the lexicon, the catalogue and what finds places.

    It remembers spellings it has met, which makes it faster and changes nothing. One thread reads with it at a time;
    with learnt weights, two at once disturb what each remembers, and may read wrongly or fail. Give each its own.
    """

    def __init__(
        self,
        *,
        lexicon: Lexicon,
        catalogue: Catalogue,
        find_places: FindPlaces,
        default_operator: str | None = None,
        weights: Weights | None = None,
        phrasebook: Phrasebook | None = None,
    ) -> None:
        """Build the automata.

        Args:
            lexicon: rules, signs, weights, spelling.
            catalogue: operators; `default_operator` is added when it is unknown.
            find_places: `(text, hint=..., footprint=...) -> sighting`, the most probable place first.
            default_operator: operator meant when neither the text nor its source names one.
            weights: what was learnt; without it the rules decide alone.
            phrasebook: that of the lexicon, which readers share to be made faster; else it has one of its own.
        """
        self.catalogue = catalogue.with_operator(default_operator) if default_operator else catalogue
        self._default = self.catalogue.resolve(default_operator) if default_operator else None
        self._find_places = find_places
        self._learnt = Learnt(weights) if weights is not None else None
        asked = self._default if self._default is not None and not self._default.company else None
        own = self._own = OwnName(asked, endings=lexicon.spelling.endings)
        words = rule_words(lexicon) | brand_words(self.catalogue, opaque=asked) | ({own.token} - {""})
        handles = {handle.casefold(): one.id for one in self.catalogue.operators for handle in one.handles}
        speller = Speller(lexicon, words, brands=single_brands(self.catalogue), handles=handles)
        self._digits = frozenset(word for word in words if word.isdigit())
        layers = (phrasebook or Phrasebook(lexicon)).layers(speller, self._digits)
        self._main, self._time, self._group = layers.main, layers.time, layers.group
        codes = layers.codes.copy()
        self._app = next((sign for sign in lexicon.signs if sign.name == "app"), None)
        self._naming = Naming(self.catalogue, speller, lexicon.grammar, own=own, codes=codes)
        self._normaliser = Normaliser(speller, lexicon, own, codes)
        self._scorer = Scorer(lexicon.combinations, bias=lexicon.bias, threshold=lexicon.threshold)
        self._sources: dict[str, Operator] = {}

    def read(self, text: str, *, operator: str = "", place: str = "", role: Role = "public") -> Reading:
        """Return what a text says (docs/labelling.md). Never raises, whatever the text is.

        Args:
            text: as written; its first 4,000 letters are read.
            operator: what the source itself names (id, name, spelling or handle), or "".
            place: what the source itself names, or "".
            role: who speaks, as far as the account tells; only the public reports.
        """
        return self.read_all([Told(text, operator, place, role)])[0]

    def read_all(self, told: Sequence[Told]) -> list[Reading]:
        """Return what `read` does for each of several texts; that many at once, up to some hundred, is faster."""
        looked = [self.look(one.text, operator=one.operator, place=one.place) for one in told]
        if self._learnt is None:
            decided = [by_rules(one.ruled) for one in looked]
        else:
            made = [
                Undecided(
                    one.ruled,
                    (one.words, one.signs),
                    _sold_by(one.suspected),
                    bare=_is_bare(one),
                    unreal=_is_unreal(one),
                )
                for one in looked
            ]
            decided = decide(made, self._learnt)
        return [
            self._reading(one, labels, public=asked.role == "public")
            for asked, one, labels in zip(told, looked, decided, strict=True)
        ]

    def _reading(self, looked: Looked, labels: Labels, *, public: bool) -> Reading:
        found = looked.found
        if not public:
            labels = by_rules(msgspec.structs.replace(looked.ruled, probability=0.0, is_report=False))
        groups: tuple[Group, ...] = ()
        if labels.is_report or labels.recovered:
            groups = groups_of(labels, self.named(found), self._learnt.weights if self._learnt is not None else None)
        if not public or (max(labels.probability, looked.ruled.probability) < _PLACES_FROM and not labels.recovered):
            found.places = ()
        reading = verdict(found, labels, looked.call, looked.suspected, groups=groups, public=public)
        if reading.is_report and not reading.evidence:
            reading = self._with_a_word(reading, looked)
        if reading.places and looked.sighted:
            reading = msgspec.structs.replace(reading, named_at=_as_written(looked.sighted, found.words.text))
        return reading

    def _with_a_word(self, reading: Reading, looked: Looked) -> Reading:
        """Return a report that no rule made with the word that speaks most for it: no verdict is without letters."""
        best = self._learnt.most_telling(looked.words) if self._learnt is not None else -1
        if best < 0:
            return reading
        forms = _nameless_forms(looked.found, looked.names)
        # The stop that begins every line says nothing, and is not among the words.
        at = [at for at, form in enumerate(forms) for _ in form.split()][best + 1]
        phrase = looked.found.words.phrase(at, at + 1)
        return msgspec.structs.replace(reading, evidence=(Evidence(phrase, _LEARNT),)) if phrase else reading

    def named(self, found: Found) -> frozenset[Group]:
        """Return the activities that phrases of a text name, but for what it says works."""
        numbered = not self._digits.isdisjoint(found.words.forms)
        return named_groups(found, self._group.hits(found.words, numbered=numbered))

    def look(self, text: str, *, operator: str = "", place: str = "") -> Looked:
        """Return what the rules find in a text and say of it, before anything is decided; arguments as of `read`."""
        found = self._find(text, self._source(operator))
        facts = facts_of(found)
        probability = self._scorer.probability(found.marks, found.standing, facts)
        names: tuple[str, ...] = ()
        sighted: tuple[Evidence, ...] = ()
        if (
            probability >= _PLACES_FROM
            or found.back is not None
            or (self._learnt is not None and (found.mentions or found.maybe))
        ):
            footprint = _footprint(found.mentions, found.source)
            seen = self._find_places(self._own.nameless(found.words.text), hint=place, footprint=footprint)
            sighted = seen.evidence
            names = tuple(dict.fromkeys(one.phrase for one in sighted))
            longer = [name for name in names if " " in name]
            if longer and any(_in_place(hit, found.words, longer) for hit in found.marks.all()):
                found = self._find(text, found.source, places=longer)
                facts = facts_of(found)
                probability = self._scorer.probability(found.marks, found.standing, facts)
            found.places = seen.places
            # A place of the source stands with every text and says nothing about this one.
            if found.places and not place:
                facts |= {"place"}
                probability = self._scorer.probability(found.marks, found.standing, facts)
        call = crossing(found)
        suspected = self._suspected(found, call)
        is_report = self._scorer.is_report(probability)
        said = ruled(found, call, suspected, probability=probability, is_report=is_report)
        if self._learnt is None:
            return Looked(found, call, suspected, said, names, [], facts, sighted)
        words = " ".join(_nameless_forms(found, names)).split()[1:]
        return Looked(found, call, suspected, said, names, words, facts | found.marks.names, sighted)

    def _suspected(self, found: Found, call: Crossing | None) -> Operator | None:
        """Return the operator that would be at fault; an everyday word may name it where weights know of telecoms."""
        suspected = suspect(found, call)
        if suspected is None and self._learnt is not None and found.maybe and found.source is None:
            return found.maybe[0].operator
        return suspected

    def _find(self, text: str, source: Operator | None, *, places: Sequence[str] = ()) -> Found:
        words = self._normaliser.words(text)
        numbered = not self._digits.isdisjoint(words.forms)
        marks = marks_of((*self._main.hits(words, numbered=numbered), *self._time.hits(words, numbered=numbered)))
        if places:
            marks = marks.without(lambda hit: _in_place(hit, words, places))
        mentions, maybe = self._naming.mentions(words, marks, source.id if source is not None else "")
        if mentions:
            if any(one.last - one.first > 1 for one in mentions):
                marks = marks.without(lambda hit: says_nothing(hit, mentions))
            self._note_apps(marks, mentions)
        troubles = find_troubles(words, marks, mentions, context=source.kind if source is not None else "")
        recovery = find_recovery(words, marks, mentions, troubles=troubles.live, wishes=self._main.wishes)
        stand = standing(troubles, recovery.hit, words)
        return Found(
            words=words,
            marks=marks,
            mentions=mentions,
            maybe=maybe,
            cleared=excused(words, mentions, marks=marks, troubles=stand),
            standing=stand,
            denied=troubles.denied,
            care=troubles.care,
            past=bool(troubles.past),
            back=recovery.hit,
            wished=recovery.wished,
            source=source,
            nameless=self._own.nameless(words.text) if stand else "",
        )

    def _note_apps(self, marks: Marks, mentions: Sequence[Mention]) -> None:
        """Take an operator's app for what is in trouble: "myxl error"."""
        if self._app is None:
            return
        for one in mentions:
            if one.way == "app":
                marks.add(Hit(one.first, one.last, one.clause, one.sentence, self._app, _APP_NAMED))

    def _source(self, name: str) -> Operator | None:
        """Return the operator that a source names, one of its own when the catalogue does not know it."""
        if not name:
            return self._default
        known = self._sources.get(name)
        if known is None:
            known = self.catalogue.resolve(name) or Operator(id=slug(name), name=name)
            if len(self._sources) < _SOURCES_MOST:
                self._sources[name] = known
        return known


def _is_bare(looked: Looked) -> bool:
    """Tell whether a text is a few words of a trouble that the rules are sure of, and names nobody."""
    found = looked.found
    last = len(found.words.forms) - 1
    # Short first: this is asked of every text.
    if last > _BARE_WORDS + 1 or looked.ruled.probability < _BARE_SURE or found.mentions or found.maybe or found.source:
        return False
    told = {at for hit in found.marks.all() for at in range(hit.first, hit.last)}
    return len(found.words.text.split()) <= _BARE_WORDS and all(at in told for at in range(1, last))


def _is_unreal(looked: Looked) -> bool:
    """Tell whether a text only hopes, fears or thinks of a trouble, and tells of none that it has."""
    return not _NOT_YET.isdisjoint(looked.signs) and looked.signs.isdisjoint(_COME)


def _sold_by(operator: Operator | None) -> tuple[str, ...]:
    """Return the services that the operator in question sells; none when nobody knows."""
    return operator.services if operator is not None else ()


def _nameless_forms(found: Found, places: Sequence[str]) -> list[str]:
    """Return the canonical forms of a text, with a mark for each operator and place it names, once where it is long."""
    forms = found.words.forms
    marks = {at: OPERATOR for one in found.mentions or found.maybe for at in range(one.first, one.last)}
    if places:
        marks |= dict.fromkeys(_within(places, found.words), PLACE)
    if marks:
        forms = forms.copy()
        for at, mark in marks.items():
            forms[at] = mark if marks.get(at - 1) != mark else ""
    return forms


def _within(places: Sequence[str], words: Words) -> Iterator[int]:
    """Yield the words that places are named by; of "Gunung Anyar" the canonical words are those of a new mountain."""
    text = unaccented(words.text)
    spans = words.spans[1:-1]
    begins = [first for first, _ in spans]
    for begin, end in (span for place in places for span in _where(place, text)):
        # Words stand in order, so that each name costs a search and not a look at every word of the text.
        at = bisect_left(begins, begin)
        while at < len(spans) and spans[at][1] <= end:
            at += 1
            yield at


def _as_written(sighted: Sequence[Evidence], text: str) -> tuple[Evidence, ...]:
    """Return the names of places in the letters of the text, each once; of many the first."""
    plain = unaccented(text)
    seen: dict[tuple[str, str], None] = {}
    for one in sighted[:_NAMES_SHOWN]:
        at = next(_where(one.phrase, plain), None)
        if at is not None:
            seen[text[at[0] : at[1]], one.rule] = None
    return tuple(Evidence(phrase, rule) for phrase, rule in seen)


def _where(place: str, text: str) -> Iterator[tuple[int, int]]:
    """Return where a place is named in a text; its name is folded, the text is not."""
    apostrophes = any(sign in text for sign in _APOSTROPHES)
    return (match.span() for match in _written(place, apostrophes=apostrophes).finditer(text))


@lru_cache(maxsize=4096)
def _written(place: str, *, apostrophes: bool) -> re.Pattern[str]:
    """Return a pattern of a folded name; one that lets apostrophes stand between any letters is slow to make."""
    between = f"[{_APOSTROPHES}]?" if apostrophes else ""
    words = (between.join(map(re.escape, word)) for word in place.split())
    return re.compile(r"(?<!\w)" + r"[\W_]{1,3}".join(words) + r"(?!\w)", re.IGNORECASE)


_SOURCES_MOST = 10_000
_NAMES_SHOWN = 6
# So few words say nothing besides a trouble; a trouble alone, without anything against it, has .83 to .9 by the rules.
_BARE_WORDS, _BARE_SURE = 3, 0.8
_APOSTROPHES = "'’`"
# The id of the rule where no rule, but a learnt weight, led to a verdict.
_LEARNT = "learnt.word"
_APP_NAMED = Rule("subj.app.catalogue", "app", ())


def _in_place(hit: Hit, words: Words, places: Sequence[str]) -> bool:
    """Tell whether a phrase is only a part of a place's name: "kuis" of "Batang Kuis"."""
    said = words.phrase(hit.first, hit.last).casefold()
    for place in places:
        if said in place and said != place and f" {said} " in f" {place} ":
            reach = place.count(" ")
            first, last = max(hit.first - reach, 1), min(hit.last + reach, len(words.forms))
            if place in fold_name(words.phrase(first, last)):
                return True
    return False


def _footprint(mentions: Sequence[Mention], source: Operator | None) -> frozenset[str] | None:
    """Return where the operator in question sells, or None when it sells everywhere or nobody knows."""
    named = mentions[0].operator if mentions else source
    return frozenset(named.footprint) if named is not None and named.footprint else None
