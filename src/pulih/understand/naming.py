"""Find the operators that a text names, by name, slang, account or app.

Everyday words that are also brands ("tri", "axis", "three", "xl") count only beside talk of telecoms.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec
from ahocorasick_rs import AhoCorasick, MatchKind

from pulih.understand.lexicon import Grammar, Role
from pulih.understand.marks import Marks, gap
from pulih.understand.matcher import Hit
from pulih.understand.normal import Words, canonical_phrase
from pulih.understand.operators import Catalogue, Operator, parts_of
from pulih.understand.own_name import OwnName
from pulih.understand.phrases import written_out
from pulih.understand.speller import Speller
from pulih.understand.word_codes import WordCodes

_CUE_REACH = 10
_TELLING: tuple[Role, ...] = ("subject", "trouble", "recovery")

# What a spelling of the catalogue may say beside the name: "sinyal xl", "3 mati", "3 kenapa".
_TOLD_IN_NAMES = frozenset({"subject", "trouble", "ask"})
_ASKING = frozenset({"why", "why_again"})
_NOW = frozenset({"now", "span", "keeps", "again", "sudden", "habit", "days"})

Way = Literal["name", "cued", "handle", "app", "shadow"]


class Mention(msgspec.Struct, frozen=True, gc=False):
    """An operator named by words `first` up to, not including, `last`; `proper` if all of them are its name."""

    first: int
    last: int
    clause: int
    sentence: int
    operator: Operator
    way: Way
    proper: bool = False


def brand_words(catalogue: Catalogue, *, opaque: Operator | None = None) -> set[str]:
    """Return the one-word spellings, which the speller must know to mend and to part from other words.

    The words inside an opaque operator's name are none: they are never looked up by themselves.
    """
    spelt = {
        form for one in catalogue.operators if one is not opaque for form in (*one.spellings, *one.cued, *one.apps)
    }
    words = {word for form in spelt for phrase in written_out(form) for word in phrase.split()}
    return words if opaque is None else words | {form for form in opaque.spellings if " " not in form}


def single_brands(catalogue: Catalogue) -> set[str]:
    """Return the spellings that are one word and mean nothing but the brand."""
    return {form for one in catalogue.operators for form in one.spellings if " " not in form and "(" not in form}


class Naming:
    """The names of a catalogue, ready to be looked for."""

    def __init__(
        self, catalogue: Catalogue, speller: Speller, grammar: Grammar, *, own: OwnName, codes: WordCodes
    ) -> None:
        """Build the automaton; of two operators with one spelling the first in the catalogue keeps it."""
        meant: dict[str, tuple[Operator, Way]] = {}
        memo: dict[str, list[str]] = {}
        for one in catalogue.operators:
            ways: tuple[tuple[Way, tuple[str, ...]], ...] = (
                ("name", one.spellings), ("cued", one.cued), ("app", one.apps), ("shadow", one.shadows),
            )  # fmt: skip
            for way, forms in ways:
                for form in forms:
                    for written in written_out(form):
                        phrase = own.opaque_phrase(written)
                        words = canonical_phrase(phrase, speller, grammar, memo=memo)
                        meant.setdefault(" ".join(words), (one, way))
            meant[f"@{one.id}"] = (one, "handle")
        meant.pop("", None)
        self._meant = [(one, way, _is_proper(line, one)) for line, (one, way) in meant.items()]
        self._automaton = AhoCorasick(
            [codes.phrase(line.split()) for line in meant], matchkind=MatchKind.LeftmostLongest
        )

    def mentions(self, words: Words, marks: Marks, context: str) -> tuple[list[Mention], list[Mention]]:
        """Return the operators named, and everyday words that may name one, though nothing speaks of telecoms.

        Each in text order; where there are of the first there are none of the second.

        Args:
            words: the text.
            marks: what else was found; decides whether everyday words are brands here.
            context: id of the operator that the source names, or "".
        """
        found = self._automaton.find_matches_as_indexes(words.codes)
        if not found:
            return [], []
        mentions = []
        for which, start, end in found:
            operator, way, proper = self._meant[which]
            if way != "shadow":
                first = words.places[start]
                last = words.places[end - 1] + 1
                clause, sentence = words.clauses[first], words.sentences[first]
                mentions.append(Mention(first, last, clause, sentence, operator, way, proper))
        if any(one.way == "cued" for one in mentions) and not _speaks_of_telecoms(marks, mentions):
            sure = [one for one in mentions if one.operator.id == context]
            return sure, [] if sure else mentions
        return mentions, []


def _is_proper(line: str, operator: Operator) -> bool:
    """Tell "biz net", a name that is also written as one word, from "wifi telkom", a service and a name."""
    words = tuple(line.split())
    return len(words) > 1 and ("".join(words) in operator.spellings or words == parts_of(operator.name))


def says_nothing(hit: Hit, mentions: Sequence[Mention]) -> bool:
    """Tell whether a phrase is only a part of a name: "net" of "biz net", "pln" of "wifi pln"."""
    return any(
        one.first <= hit.first
        and hit.last <= one.last
        and hit.last - hit.first < one.last - one.first
        and (one.proper or not (hit.sign.role in _TOLD_IN_NAMES and (hit.sign.cue or hit.sign.role != "subject")))
        for one in mentions
    )


def _speaks_of_telecoms(marks: Marks, mentions: Sequence[Mention]) -> bool:
    cued = [one for one in mentions if one.way == "cued"]
    if len(cued) < len(mentions):
        return True
    # "XL koit dari tadi": a loss of no service in particular speaks of telecoms where it is said to go on now.
    dated = any(one.sign.name in _NOW for one in marks.time) or bool(marks.ask)
    hits = [hit for role in _TELLING for hit in marks.of(role) if hit.sign.cue or (dated and hit.sign.loss)]
    # "XL kenapa": who asks after a brand of an everyday name asks because it fails.
    if any(gap(ask, one.first, one.last) <= 1 for ask in marks.ask if ask.sign.name in _ASKING for one in cued):
        return True
    return any(
        _apart(hit.first, hit.last, cued) and gap(hit, one.first, one.last) <= _CUE_REACH
        for hit in hits
        for one in cued
    )


def _apart(first: int, last: int, mentions: Iterable[Mention]) -> bool:
    return all(last <= one.first or first >= one.last for one in mentions)
