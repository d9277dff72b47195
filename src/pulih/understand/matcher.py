"""Find every phrase of the lexicon in canonical words (Aho and Corasick, 1975).

Of phrases that overlap the leftmost longest wins: "tidak bisa dipakai" is one sign and not three. Layers are looked up
one by one, so that "tidak bisa zoom" does not hide that a meeting is hit, nor "mati lagi" that it is again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec
from ahocorasick_rs import AhoCorasick, MatchKind

from pulih.understand.lexicon import Grammar, Lexicon, Role, Rule, Sign
from pulih.understand.normal import Words, canonical_phrase
from pulih.understand.phrases import written_out
from pulih.understand.speller import NUMBER, STOP, Speller
from pulih.understand.word_codes import WordCodes


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
    words: set[str] = set()
    for rule in lexicon.rules:
        for phrase in rule.phrases:
            words.update(phrase.replace("(", " ").replace(")", " ").replace("|", " ").replace("'", "").split())
    return {form for word in words for form in same.get(word, word).split()} - lexicon.spelling.dropped


class Matcher:
    """The phrases of one layer of a lexicon, ready to be looked for."""

    def __init__(
        self,
        lexicon: Lexicon,
        speller: Speller,
        codes: WordCodes,
        *,
        roles: Iterable[Role],
        digits: Iterable[str],
        memo: dict[str, list[str]],
    ) -> None:
        """Build the automaton.

        Args:
            lexicon: the rules.
            speller: brings their phrases to canonical form.
            codes: gives their words letters.
            roles: the layer; only rules whose first sign has one of these roles are looked for.
            digits: numbers that are words of their own ("3", "112"); they still count as numbers in phrases.
            memo: the canonical words of each word of a phrase met before; filled here.
        """
        signs = {sign.name: sign for sign in lexicon.signs}
        self._as_number = {ord(codes.phrase([digit])): codes.phrase([NUMBER]) for digit in digits}
        wanted = frozenset(roles)
        meant: dict[str, Meant] = {}
        wishes: set[str] = set()
        for rule in lexicon.rules:
            if signs[rule.sign].role not in wanted:
                continue
            lines = _lines(rule, speller, lexicon.grammar, memo=memo)
            if signs[rule.sign].role == "wish":
                wishes.update("".join(f" {word} " for word in line) for line in lines)
                continue
            carried: Meant = tuple((signs[name], rule) for name in dict.fromkeys((rule.sign, *rule.also)))
            for phrase in map(codes.phrase, lines):
                held = meant.get(phrase)
                meant[phrase] = carried if held is None else _each_once(held, carried)
        self.wishes = frozenset(wishes)
        stop, question = codes.phrase([STOP]), codes.phrase(["?"])
        self._said = [(line[0] == stop, line[-1] in {stop, question}, said) for line, said in meant.items()]
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
            opens, closes, meant = self._said[which]
            # A stop that a phrase asks for at its edge is no part of the evidence.
            spans.append((places[start] + opens, places[end - 1] + 1 - closes, meant))
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


def _lines(rule: Rule, speller: Speller, grammar: Grammar, *, memo: dict[str, list[str]]) -> list[list[str]]:
    """Return the canonical words of all phrases that a rule looks for."""
    written = (one for phrase in rule.phrases for one in written_out(phrase))
    lines = (canonical_phrase(one, speller, grammar, memo=memo) for one in written)
    return [line for line in lines if line]
