"""Across operators: of a call that fails between two, who cannot be reached, and so whose trouble is asserted (U3).

Customers of A who cannot reach B complain, often of A; yet what they assert is that B cannot be reached. Not so when the
text itself says that A reaches nobody, or that others reach B: then it is A's. Who moves from A to B, or sends quota
there, calls nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Literal

import msgspec

from pulih.understand.facts import Found
from pulih.understand.fault import Excuse, in_one_breath
from pulih.understand.naming import Mention
from pulih.understand.normal import Words

DESTINATION, ORIGIN = "across.destination.001", "across.origin.001"

_CALLS = frozenset({"call_failure", "sms_failure"})
_CALL_SUBJECTS = frozenset({"call", "sms"})
# "tsel -> xl".
_ARROW = re.compile(r"\s*(?:[-=–—~]*>+|[→➡➔⇒]\ufe0f?)\s*")
_WARE_REACH = 2

# How a brand is marked as an end of a call: "ke B", "dari A", "nelpon B", "nomor B", "pakai A".
Way = Literal["to", "from", "object", "number", "with", ""]
_NEAREST: tuple[Way, ...] = ("from", "with", "", "number", "object", "to")


class Crossing(msgspec.Struct, frozen=True):
    """Whose trouble a call across operators is.

    Attributes:
        fault: the mention of the operator at fault; None is the writer's own, which the text does not name.
        rule: permanent id of the rule that says so.
        spans: the words that tell the ends, `first` up to, not including, `last`.
    """

    fault: Mention | None
    rule: str
    spans: tuple[tuple[int, int], ...]


class _End(msgspec.Struct, frozen=True):
    """An operator as an end of a call: how and from which word on it is marked, whether calls are said to work there."""

    mention: Mention
    cleared: Excuse
    way: Way
    first: int
    works: bool

    @property
    def id(self) -> str:
        return self.mention.operator.id


def crossing(found: Found) -> Crossing | None:
    """Return whose trouble a call across operators is that fails, or works again; None where there is no such call."""
    source = found.source.id if found.source is not None else ""
    if len({source, *(one.operator.id for one in found.mentions)} - {""}) < 2:
        return None
    if not _speaks_of_calls(found) or _calls_nobody(found):
        return None
    ends = _ends(found)
    far = _far(ends, found)
    beyond = {one.id for one in far}
    near = [one for one in ends if one.id not in beyond]
    if not far:
        return _called_from(near, found, source=source)
    if not near and source in {"", *beyond}:
        return None
    if _is_the_origins(ends, far, found, source=source):
        own = [one for one in near if not _is_third(one, ends, far, source=source, found=found)]
        return _told(min(own, key=_closeness, default=None), ORIGIN, [*own, *far])
    return _told(far[0], DESTINATION, [*near, *far])


def _told(end: _End | None, rule: str, ends: Sequence[_End]) -> Crossing:
    spans = tuple((one.first, one.mention.last) for one in ends if one.way)
    return Crossing(end.mention if end is not None else None, rule, spans)


def _closeness(end: _End) -> tuple[bool, int, int]:
    return end.mention.way == "handle", _NEAREST.index(end.way), end.mention.first


def _speaks_of_calls(found: Found) -> bool:
    """Tell whether calling, texting or reaching is what fails or works again, and not the whole line of somebody."""
    words, across = found.words, found.words.grammar.across
    talk = any(one.sign.name in _CALL_SUBJECTS for one in found.marks.of("subject"))
    talk = talk or any(word in across.calling or word in across.called for word in _said(words))
    if not found.standing:
        return found.back is not None and talk
    fails = False
    for one in found.standing:
        subject = one.subject if one.subject is not None and one.subject.clause == one.hit.clause else None
        of_calls = one.symptom in _CALLS or (
            subject is not None
            and (subject.sign.name in _CALL_SUBJECTS or words.word(subject.first) in across.calling)
        )
        named = subject is not None and subject.sign.name != "device"
        if not of_calls and (one.hit.sign.whole or named):
            return False
        fails = fails or of_calls or (one.hit.sign.loss and (talk or _is_a_pair(found.mentions, words)))
    return fails


def _is_a_pair(mentions: Sequence[Mention], words: Words) -> bool:
    """Tell whether two brands are named as ends and no more: "tsel ke xl", "tsel -> xl"."""
    goals = words.grammar.across.goals
    return any(
        (two.first - one.last == 1 and words.word(one.last) in goals) or _is_arrow(one, two, words)
        for one, two in zip(mentions, mentions[1:], strict=False)
    )


def _is_arrow(one: Mention, two: Mention, words: Words) -> bool:
    between = words.written[words.spans[one.last - 1][1] : words.spans[two.first][0]]
    return _ARROW.fullmatch(between) is not None


def _calls_nobody(found: Found) -> bool:
    """Tell whether the brands are ends of a move, a transfer, a price or a comparison, or it is the desk that is called."""
    words, across = found.words, found.words.grammar.across
    clauses = {one.clause for one in found.mentions}
    if any(words.word(at) in across.no_call for at in _places(words) if words.clauses[at] in clauses):
        return True
    desks = [one for one in found.marks.of("subject") if one.sign.name == "care"]
    if any(0 <= one.first - desk.last <= 1 for desk in desks for one in found.mentions):
        return True
    starts = {one.first for one in found.mentions}
    for at in _places(words):
        if words.word(at) in across.wares:
            behind = at + 1
            while behind - at <= _WARE_REACH and words.word(behind) in across.calling:
                behind += 1
            if behind in starts or words.word(behind) in across.goals | across.origins:
                return True
    return False


def _ends(found: Found) -> list[_End]:
    words = found.words
    ends: list[_End] = []
    for mention, cleared in zip(found.mentions, found.cleared, strict=True):
        way, first = _way(mention, words)
        if ends and not way:
            before = ends[-1]
            if _is_arrow(before.mention, mention, words):
                ends[-1] = msgspec.structs.replace(before, way=before.way or "from")
                way = "to"
            else:
                way = _carried(before, mention, words)
        works = bool(found.standing) and (cleared == "fine" or _works(mention.clause, found))
        ends.append(_End(mention, cleared, way, first, works))
    return ends


def _way(mention: Mention, words: Words) -> tuple[Way, int]:
    """Return how a brand is marked by the words before it, and where these begin: "ke nomor hp istri yang B"."""
    across = words.grammar.across
    at, numbered = mention.first - 1, False
    while words.clauses[at] == mention.clause and words.word(at) in across.linking:
        numbered = numbered or words.word(at) in across.numbers
        at -= 1
    word = words.word(at) if words.clauses[at] == mention.clause else ""
    written = words.phrase(at, at + 1).lower()
    sundanese = "su" in words.tongues and written in across.goals_in_sundanese
    if word in across.goals or written in across.goals_as_written or sundanese:
        return "to", at
    if word in across.origins:
        return "from", at
    if word in across.calling:
        return "object", at
    if word in across.by_way:
        return "with", at
    if word in across.places:
        return "number", at
    return ("number", at + 1) if numbered else ("", mention.first)


def _carried(before: _End, mention: Mention, words: Words) -> Way:
    """Return the mark that a brand shares with the one before it: "ke A sama B", "call A, B or C"."""
    between = words.line[words.starts[before.mention.last] : words.starts[mention.first]].split()
    if before.mention.sentence != mention.sentence or not in_one_breath(between, words):
        return ""
    # "Dari A, B ga bisa ditelpon": a comma alone carries on only what is called.
    return before.way if before.way in {"to", "object"} or (between and between != [","]) else ""


def _far(ends: Sequence[_End], found: Found) -> list[_End]:
    """Return the ends that are said not to be reached; the plainest mark decides which."""
    live = [one for one in ends if not one.cleared and not one.works]
    for way in ("to", "object"):
        marked = [one for one in live if one.way == way]
        if marked:
            return marked
    words, across = found.words, found.words.grammar.across
    callers = {one.id for one in ends if one.way == "from" and not one.works}
    beside = [one for one in live if one.id not in callers and words.word(one.mention.last) not in across.also]
    numbers = [one for one in beside if one.way == "number" and (callers or _is_dialled(one, words))]
    if numbers:
        return numbers
    if callers and _is_incoming(words):
        open_ends = [one for one in beside if one.mention.way != "handle"] or beside
        return open_ends if len(_networks(open_ends)) == 1 else []
    return [one for one in beside if not one.way and _is_called_by(one, ends, words)][:1]


def _is_dialled(end: _End, words: Words) -> bool:
    """Tell whether a number is called in its own clause: "nelpon ibu di nomor B", "nomor B ditelepon"."""
    across, clause = words.grammar.across, end.mention.clause
    said = [(at, words.word(at)) for at in _places(words) if words.clauses[at] == clause]
    return any(word in across.called or (at < end.first and word in across.calling) for at, word in said)


def _is_incoming(words: Words) -> bool:
    across = words.grammar.across
    return any(word in across.called or word in across.incoming for word in _said(words))


def _is_called_by(end: _End, ends: Sequence[_End], words: Words) -> bool:
    """Tell whether a brand is called and another one behind the verb calls: "B ku ga bisa ditelpon teman yang pakai A"."""
    across = words.grammar.across
    verbs = (
        at for at in _places(words)
        if words.word(at) in across.called and words.clauses[at] == end.mention.clause and at >= end.mention.last
    )  # fmt: skip
    verb = next(verbs, -1)
    return verb >= 0 and any(
        one.mention.first > verb
        and one.mention.clause == end.mention.clause
        and one.id != end.id
        and words.word(one.mention.last) not in across.also
        for one in ends
    )


def _called_from(near: Sequence[_End], found: Found, *, source: str) -> Crossing | None:
    """Return whose trouble it is that the writer, whose operator the source names, cannot be called from others."""
    callers = [one for one in near if one.way == "from" and not one.works]
    if not source or not callers or not _is_incoming(found.words) or source in {one.id for one in near}:
        return None
    others = [one for one in near if one.works and one.way in {"from", "with"}]
    return _told(callers[0], ORIGIN, near) if others else _told(None, DESTINATION, callers)


def _is_the_origins(ends: Sequence[_End], far: Sequence[_End], found: Found, *, source: str) -> bool:
    """Tell whether the text says that the caller reaches nobody, or that the called one is reached by others."""
    if len(_networks(far)) > 1 or "reached_otherwise" in found.marks.names:
        return True
    nobody = (one for one in found.marks.of("contrast") if one.sign.name == "reaches_nobody")
    if any(not _works(one.clause, found) for one in nobody):
        return True
    beyond = {one.id for one in far}
    if any(one.id in beyond and one.works and one.way not in {"from", "with"} for one in ends):
        return True
    return any(_is_third(one, ends, far, source=source, found=found) for one in ends)


def _is_third(end: _End, ends: Sequence[_End], far: Sequence[_End], *, source: str, found: Found) -> bool:
    """Tell whether an end is somebody else who reaches the called one: "dari C bisa"."""
    words, beyond = found.words, {one.id for one in far}
    if not end.works or end.way not in {"from", "with"} or end.id in {source, *beyond}:
        return False
    if words.before(end.first) in words.grammar.across.within:
        return False
    # "Dari A ke C bisa": that A reaches another one.
    if any(one.way in {"to", "object"} and one.mention.clause == end.mention.clause and one.id not in beyond
           for one in ends):  # fmt: skip
        return False
    callers = (one for one in ends if one.id not in {end.id, *beyond} and not one.works)
    after = end.mention.first > min((one.hit.first for one in found.standing), default=0)
    return bool(source) or after or any(callers)


def _works(clause: int, found: Found) -> bool:
    """Tell whether a clause says that something works, and no trouble: "dari C bisa", "ke D lancar"."""
    words, across = found.words, found.words.grammar.across
    if any(one.hit.clause == clause for one in found.standing):
        return False
    return any(
        words.clauses[at] == clause
        and words.word(at) in across.working
        and across.not_working.isdisjoint({words.word(at - 2), words.word(at - 1), words.word(at + 1)})
        for at in _places(words)
    )


def _networks(ends: Sequence[_End]) -> set[str]:
    return {one.mention.operator.network or one.id for one in ends}


def _places(words: Words) -> range:
    """Return the positions of the words of a text, without the stops at its edges."""
    return range(1, len(words.starts) - 1)


def _said(words: Words) -> Iterator[str]:
    return (words.word(at) for at in _places(words))
