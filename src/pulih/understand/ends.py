"""Ends: how a text marks the operators it names as the ends of a call: who calls, whom, and where it works.

"Nelpon ke B dari A", "B ku ga bisa ditelpon teman yang pakai A", "tsel -> xl": the marks are small words before the
name (data/lexicon/across.toml); a brand without one may share that of the brand before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Literal

import msgspec

from pulih.understand.facts import Found
from pulih.understand.fault import Excuse, in_one_breath
from pulih.understand.naming import Mention
from pulih.understand.normal import Words

# An arrow between two names.
_ARROW = re.compile(r"\s*(?:[-=–—~]*>+|[→➡➔⇒]\ufe0f?)\s*")
_ME_REACH = 3
# "My friends on A can't reach": from the brand to the verb.
_VAIN_REACH = 4

# "Ke B", "dari A", "nelpon B", "nomor B", "di B", "pakai A".
Way = Literal["to", "from", "object", "number", "place", "with", ""]


class End(msgspec.Struct, frozen=True):
    """An operator as an end of a call.

    Attributes:
        mention, cleared: where it is named, and how the text clears it.
        way, first: how it is marked, and from which word on.
        whose: whether somebody is named who has it: "hp adik yang B".
        works: whether its clause says that something works and no trouble.
    """

    mention: Mention
    cleared: Excuse
    way: Way
    first: int
    whose: bool
    works: bool

    @property
    def id(self) -> str:
        """Return the id of the operator."""
        return self.mention.operator.id

    @property
    def network(self) -> str:
        """Return the id of the network that carries it."""
        return self.mention.operator.network or self.id


def ends_of(found: Found) -> list[End]:
    """Return every operator named as an end, in text order."""
    words = found.words
    ends: list[End] = []
    for mention, cleared in zip(found.mentions, found.cleared, strict=True):
        way, first, whose = _way(mention, words)
        if ends and not way:
            before = ends[-1]
            if is_arrow(before.mention, mention, words):
                ends[-1] = msgspec.structs.replace(before, way=before.way or "from")
                way = "to"
            else:
                way = _carried(before, mention, words)
        works = bool(found.standing) and (cleared in {"fine", "praised"} or works_in(mention.clause, found))
        ends.append(End(mention, cleared, way, first, whose, works))
    return ends


def far_ends(ends: Sequence[End], found: Found) -> list[End]:
    """Return the ends that are said not to be reached; the plainest mark decides which."""
    words = found.words
    live = [one for one in ends if not one.works and (not one.cleared or _is_their_phone(one, found))]
    for way in ("to", "object"):
        marked = [one for one in live if one.way == way]
        if marked:
            return marked
    callers = {one.id for one in callers_of(ends)}
    beside = [one for one in live if one.id not in callers and not is_word(words, one.mention.last, "also")]
    texted = any(one.sign.name == "sms" for one in found.marks.subject)
    numbers = [
        one
        for one in beside
        if one.way in {"number", "place"}
        and (callers or texted or _is_dialled(one, words))
        and not _calls_in_vain(one, words)
    ]
    if numbers:
        return numbers
    if callers:
        if is_incoming(words):
            unasked = [one for one in beside if one.mention.way != "handle"] or beside
        else:
            # "Yang pakai B ke mana, nelpon dari A ga bisa": whom it is about comes first.
            begin = min(one.first for one in ends if one.id in callers)
            unasked = [one for one in beside if one.mention.last <= begin]
        return unasked if len({one.network for one in unasked}) == 1 else []
    return [one for one in beside if one.way in {"", "number", "place"} and _is_called_by(one, ends, words)][:1]


def callers_of(ends: Sequence[End]) -> list[End]:
    """Return the ends that calls are said to come from, in vain."""
    return [one for one in ends if one.way == "from" and not one.works]


def is_incoming(words: Words) -> bool:
    """Tell whether a text speaks of being called: "ditelpon", "telepon masuk", "ga bisa nelpon gue"."""
    if any(is_word(words, at, "called") or is_word(words, at, "incoming") for at in places(words)):
        return True
    return any(calls_me(words, at) for at in places(words))


def calls_me(words: Words, at: int) -> bool:
    """Tell whether a calling verb stands at a place and the writer right behind it: "hubungi nomor saya"."""
    if not is_word(words, at, "calling") or is_word(words, at - 1, "me"):
        return False
    for behind in range(at + 1, at + _ME_REACH):
        if is_word(words, behind, "me"):
            return True
        if not is_word(words, behind, "numbers"):
            return False
    return False


def is_a_pair(mentions: Sequence[Mention], words: Words) -> bool:
    """Tell whether two brands stand as ends and nothing between: "tsel ke xl", "tsel -> xl"."""
    return any(
        (two.first - one.last == 1 and is_word(words, one.last, "goals")) or is_arrow(one, two, words)
        for one, two in pairwise(mentions)
    )


def is_arrow(one: Mention, two: Mention, words: Words) -> bool:
    """Tell whether only an arrow stands between two mentions."""
    between = words.written[words.spans[one.last - 1][1] : words.spans[two.first][0]]
    return _ARROW.fullmatch(between) is not None


def works_in(clause: int, found: Found) -> bool:
    """Tell whether a clause says that something works, and no trouble: "dari C bisa", "ke D lancar"."""
    words = found.words
    if any(one.hit.clause == clause for one in found.standing) or _is_asked(clause, words):
        return False
    for at in places(words):
        if words.clauses[at] == clause:
            denied = any(is_word(words, beside, "not_working") for beside in (at - 2, at - 1))
            asked = is_word(words, at + 1, "not_working")
            if (is_word(words, at, "working") and not (denied or asked)) or (denied and is_word(words, at, "trouble")):
                return True
    return False


def _is_asked(clause: int, words: Words) -> bool:
    """Tell whether a clause ends in a question: "can B users reach each other?" grants nothing."""
    if not words.asks:
        return False
    marks = (at for at, form in enumerate(words.forms) if form == "?")
    return any(clause in {words.clauses[at], words.clauses[at - 1]} for at in marks)


def is_word(words: Words, at: int, kind: str) -> bool:
    """Tell whether the word at a place is in a list of data/lexicon/across.toml."""
    listed: frozenset[str] = getattr(words.grammar.across, kind)
    # A written word can stand for several: "punyaku".
    return not listed.isdisjoint(words.word(at).split())


def places(words: Words) -> range:
    """Return the positions of the words of a text, without the stops at its edges."""
    return range(1, len(words.forms))


def _way(mention: Mention, words: Words) -> tuple[Way, int, bool]:
    """Return how a brand is marked by the words before it, where these begin, and whether they name a person.

    "Ke nomor hp istri yang B" is marked by "ke".
    """
    at, clause, numbered, whose = mention.first - 1, mention.clause, False, False
    if words.phrase(at, at + 1).startswith("("):
        # "Hp istri (xl)".
        at -= 1
        clause = words.clauses[at]
    while words.clauses[at] == clause and (is_word(words, at, "linking") or is_word(words, at, "people")):
        numbered = numbered or is_word(words, at, "numbers")
        whose = whose or is_word(words, at, "people")
        at -= 1
    if words.clauses[at] == clause:
        marked = _mark(at, words)
        if marked:
            return marked, at, whose
    return ("number", at + 1, whose) if numbered else ("", mention.first, whose)


def _mark(at: int, words: Words) -> Way:
    across, written = words.grammar.across, words.phrase(at, at + 1).lower()
    sundanese = "su" in words.tongues and written in across.goals_in_sundanese
    if is_word(words, at, "goals") or written in across.goals_as_written or sundanese:
        return "to"
    if is_word(words, at, "origins") or (is_word(words, at, "agents") and is_word(words, at - 1, "called")):
        return "from"
    if is_word(words, at, "calling"):
        # "Dari telepon A" is called from; "nelpon A" is called.
        before = at - 1 if words.clauses[at - 1] == words.clauses[at] else at
        return "to" if is_word(words, before, "goals") else "from" if is_word(words, before, "origins") else "object"
    return "with" if is_word(words, at, "by_way") else "place" if is_word(words, at, "places") else ""


def _carried(before: End, mention: Mention, words: Words) -> Way:
    """Return the mark that a brand shares with the one before it: "ke A sama B", "call A, B or C"."""
    between = words.said(before.mention.last, mention.first)
    if before.mention.sentence != mention.sentence or not in_one_breath(between, words):
        return ""
    if before.way in {"to", "object"}:
        # "A ke B, A ke C": what has an end behind it begins a new pair.
        return "" if is_word(words, mention.last, "goals") else before.way
    # "Dari A, B ga bisa ditelpon": a comma alone carries on only what is called.
    return before.way if between and between != [","] else ""


def _is_their_phone(end: End, found: Found) -> bool:
    """Tell whether a brand was only taken for a spare because of a phone: "ga nyampe ke hp B"."""
    spares = (one for one in found.marks.side if one.sign.name == "backup")
    return end.cleared == "side" and end.way == "to" and any(one.first == end.first for one in spares)


def _is_dialled(end: End, words: Words) -> bool:
    """Tell whether a number is called: "nelpon ibu di nomor B", "nomor B ditelepon", "kode dikirim ke nomor B"."""
    before = (at for at in places(words) if words.clauses[at] == end.mention.clause and at < end.first)
    if any(is_word(words, at, "calling") for at in before):
        return True
    return any(is_word(words, at, "called") for at in places(words))


def _calls_in_vain(end: End, words: Words) -> bool:
    """Tell whether who has a brand is said to reach nobody: "my friends on A can't reach her"."""
    last, clause = end.mention.last, end.mention.clause
    behind = [at for at in range(last, min(last + _VAIN_REACH, len(words.forms))) if words.clauses[at] == clause]
    denied = next((at for at in behind if is_word(words, at, "not_working")), -1)
    return denied >= 0 and any(is_word(words, at, "calling") for at in behind if at > denied)


def _is_called_by(end: End, ends: Sequence[End], words: Words) -> bool:
    """Tell whether a brand is called and one behind the verb calls: "B ku ga bisa ditelpon teman yang pakai A"."""
    verb = next(_called_behind(end.mention, words), -1)
    return verb >= 0 and any(
        one.mention.first > verb
        and one.mention.clause == end.mention.clause
        and one.id != end.id
        and not is_word(words, one.mention.last, "also")
        for one in ends
    )


def _called_behind(mention: Mention, words: Words) -> Iterator[int]:
    for at in range(mention.last, len(words.forms)):
        if words.clauses[at] == mention.clause and is_word(words, at, "called"):
            yield at
