"""Find every phrase of the lexicon in canonical words (Aho and Corasick, 1975).

Of phrases that overlap the leftmost longest wins: "tidak bisa dipakai" is one sign and not three. Layers are looked up
one by one, so that "tidak bisa zoom" does not hide that a meeting is hit, nor "mati lagi" that it is again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec
from ahocorasick_rs import AhoCorasick, MatchKind

from pulih.understand.lettering import Lettering
from pulih.understand.lexicon import Lexicon, Role, Rule, Sign
from pulih.understand.normal import Words
from pulih.understand.speller import NUMBER, STOP


class Hit(msgspec.Struct, frozen=True, gc=False):
    """A phrase found: words `first` up to, not including, `last`; what it says and the rule that knows it."""

    first: int
    last: int
    clause: int
    sentence: int
    sign: Sign
    rule: Rule


# What a phrase carries: signs, each with the rule that says it.
Meant = tuple[tuple[Sign, Rule], ...]
# A phrase found: words `first` up to, not including, `last`, and what it carries.
_Span = tuple[int, int, Meant]


def rule_words(lexicon: Lexicon) -> set[str]:
    """Return every word that the rules use, in the spelling of the slang map.

    A word that the map spells otherwise is left out: the map's own form stands for it.
    """
    same = lexicon.spelling.same
    return {
        form for word in set(words_written(lexicon)) for form in same.get(word, word).split()
    } - lexicon.spelling.dropped


def words_written(lexicon: Lexicon) -> list[str]:
    """Return the words of all rules as they are written, each as often as it is."""
    phrases = " ".join(phrase for rule in lexicon.rules for phrase in rule.phrases)
    return phrases.replace("(", " ").replace(")", " ").replace("|", " ").replace("'", "").split()


class Matcher:
    """The phrases of one layer of a lexicon, ready to be looked for."""

    def __init__(self, lexicon: Lexicon, lettering: Lettering, *, roles: Iterable[Role], digits: Iterable[str]) -> None:
        """Build the automaton.

        Args:
            lexicon: the rules.
            lettering: puts their phrases into letters.
            roles: the layer; only rules whose first sign has one of these roles are looked for.
            digits: numbers that are words of their own ("3", "112"); they still count as numbers in phrases.
        """
        signs = {sign.name: sign for sign in lexicon.signs}
        codes = lettering.codes
        self._as_number = {ord(codes.phrase([digit])): codes.phrase([NUMBER]) for digit in digits}
        wanted = frozenset(roles)
        meant: dict[str, Meant] = {}
        wishes: set[str] = set()
        for rule in lexicon.rules:
            if signs[rule.sign].role not in wanted:
                continue
            if signs[rule.sign].role == "wish":
                wishes.update("".join(f" {word} " for word in line) for line in lettering.words(rule.phrases))
                continue
            carried: Meant = tuple((signs[name], rule) for name in dict.fromkeys((rule.sign, *rule.also)))
            said = dict.fromkeys(lettering.lines(rule.phrases), carried)
            said |= {line: _each_once(meant[line], carried) for line in meant.keys() & said.keys()}
            meant |= said
        self.wishes = frozenset(wishes)
        self._stop = codes.phrase([STOP])
        self._ends = frozenset((self._stop, codes.phrase(["?"])))
        self._meant = tuple(meant.values())
        self._automaton = AhoCorasick(meant, matchkind=MatchKind.LeftmostLongest)

    def hits(self, words: Words, *, numbered: bool) -> list[Hit]:
        """Return the phrases found in a text, in text order; `numbered` where a word of it is one of the digits."""
        found = self._spans(words.codes, words.places)
        if numbered:
            found = self._numbered(words, found)
        clauses, sentences = words.clauses, words.sentences
        return [
            Hit(first, last, clauses[first], sentences[first], sign, rule)
            for first, last, meant in found
            for sign, rule in meant
        ]

    def _spans(self, codes: str, places: Sequence[int]) -> list[_Span]:
        spans: list[_Span] = []
        for which, start, end in self._automaton.find_matches_as_indexes(codes):
            # A stop that a phrase asks for at its edge is no part of the evidence.
            first = places[start] + (codes[start] == self._stop)
            last = places[end - 1] + 1 - (codes[end - 1] in self._ends)
            spans.append((first, last, self._meant[which]))
        return spans

    def _numbered(self, words: Words, named: list[_Span]) -> list[_Span]:
        """Return what is found where "3" may be a name or a number: of both ways to read it the leftmost longest."""
        counted = self._spans(words.codes.translate(self._as_number), words.places)
        kept: list[_Span] = []
        ends = {False: 0, True: 0}
        ways = [(span, False) for span in named] + [(span, True) for span in counted]
        for (first, last, meant), way in sorted(ways, key=lambda one: (one[0][0], -one[0][1])):
            if kept and kept[-1][:2] == (first, last):
                kept[-1] = (first, last, _each_once(kept[-1][2], meant))
            elif first >= ends[not way]:
                kept.append((first, last, meant))
                ends[way] = last
        return kept


def _each_once(held: Meant, further: Meant) -> Meant:
    """Return what a phrase of several rules carries: each sign once, by the first rule that says it."""
    names = {sign.name for sign, _ in held}
    return held + tuple((sign, rule) for sign, rule in further if sign.name not in names)
