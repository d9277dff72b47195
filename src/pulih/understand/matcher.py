"""Find every phrase of the lexicon in a line of canonical words (Aho and Corasick, 1975).

Of phrases that overlap the leftmost longest wins: "tidak bisa dipakai" is one sign and not three. Layers are looked up
one by one, so that "tidak bisa zoom" does not hide that a meeting is hit, nor "mati lagi" that it is again.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable

import msgspec
from ahocorasick_rs import AhoCorasick, MatchKind

from pulih.understand.lexicon import Grammar, Lexicon, Role, Rule, Sign
from pulih.understand.normal import Words, canonical_phrase
from pulih.understand.phrases import written_out
from pulih.understand.speller import NUMBER, Speller


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
        self, lexicon: Lexicon, speller: Speller, *, roles: Iterable[Role], digits: Iterable[str] = ()
    ) -> None:
        """Build the automaton.

        Args:
            lexicon: the rules.
            speller: brings their phrases to canonical form.
            roles: the layer; only rules whose first sign has one of these roles are looked for.
            digits: numbers that are also names of operators ("3"); they still count as numbers in phrases.
        """
        signs = {sign.name: sign for sign in lexicon.signs}
        numbers = (NUMBER, *digits)
        wanted = frozenset(roles)
        meant: dict[str, Meant] = {}
        wishes: set[str] = set()
        memo: dict[str, str] = {}
        for rule in lexicon.rules:
            if signs[rule.sign].role not in wanted:
                continue
            lines = _lines(rule, speller, lexicon.grammar, memo=memo, numbers=numbers)
            if signs[rule.sign].role == "wish":
                wishes.update(lines)
                continue
            carried: Meant = tuple((signs[name], rule) for name in dict.fromkeys((rule.sign, *rule.also)))
            for line in lines:
                held = meant.get(line)
                meant[line] = carried if held is None else _each_once(held, carried)
        self.wishes = frozenset(wishes)
        self._said = [(line.startswith(" . "), line.endswith((" . ", " ? ")), said) for line, said in meant.items()]
        self._automaton = AhoCorasick(list(meant), matchkind=MatchKind.LeftmostLongest)

    def hits(self, words: Words) -> list[Hit]:
        """Return the phrases found in a text, in text order."""
        found = self._automaton.find_matches_as_indexes(words.line)
        if not found:
            return []
        starts, clauses, sentences = words.starts, words.clauses, words.sentences
        hits: list[Hit] = []
        for which, start, end in found:
            opens, closes, meant = self._said[which]
            # A stop that a phrase asks for at its edge is no part of the evidence.
            first = bisect_right(starts, start) - 1 + opens
            last = bisect_left(starts, end) - closes
            for sign, rule in meant:
                hits.append(Hit(first, last, clauses[first], sentences[first], sign, rule))
        return hits


def _each_once(held: Meant, further: Meant) -> Meant:
    """Return what a phrase of several rules carries: each sign once, by the first rule that says it."""
    names = {sign.name for sign, _ in held}
    return held + tuple((sign, rule) for sign, rule in further if sign.name not in names)


def _lines(
    rule: Rule, speller: Speller, grammar: Grammar, *, memo: dict[str, str], numbers: tuple[str, ...]
) -> list[str]:
    """Return all lines that a rule looks for; a number in them also matches numbers that are names ("3")."""
    lines: list[str] = []
    for phrase in rule.phrases:
        for written in written_out(phrase):
            line = canonical_phrase(written, speller, grammar, memo=memo)
            if not line:
                continue
            if f" {NUMBER} " in line:
                lines.extend(dict.fromkeys(found for number in numbers for found in _numbered(line, number)))
            else:
                lines.append(line)
    return lines


def _numbered(line: str, number: str) -> tuple[str, str, str]:
    """Return a line with all its numbers, the first or the last written as one that is a word too: "2 menit"."""
    any_number, written = f" {NUMBER} ", f" {number} "
    head, _, tail = line.rpartition(any_number)
    return line.replace(any_number, written), line.replace(any_number, written, 1), f"{head}{written}{tail}"
