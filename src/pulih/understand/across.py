"""Across operators: of a call that fails between two, who cannot be reached, and so whose trouble is asserted (U3).

Customers of A who cannot reach B complain, often of A; yet what they assert is that B cannot be reached. Not so when
the text itself says that A reaches nobody, or that others reach B: then it is A's. Who moves from A to B, or sends
quota there, calls nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from pulih.understand.ends import (
    End,
    Way,
    callers_of,
    calls_me,
    ends_of,
    far_ends,
    is_a_pair,
    is_incoming,
    is_word,
    places,
    works_in,
)
from pulih.understand.facts import Found
from pulih.understand.naming import Mention

DESTINATION, ORIGIN = "across.destination.001", "across.origin.001"

CallSymptom = Literal["call_failure", "sms_failure", ""]

_CALLS = frozenset({"call_failure", "sms_failure"})
_CALL_SUBJECTS = frozenset({"call", "sms"})
_WARE_REACH = 2
_CALLING_WAYS: frozenset[Way] = frozenset({"from", "with", "place"})
_NEAREST: tuple[Way, ...] = ("from", "with", "place", "", "number", "object", "to")


class Crossing(msgspec.Struct, frozen=True):
    """Whose trouble a call across operators is.

    Attributes:
        fault: the mention of the operator at fault; None is the writer's own, which the text does not name.
        caller: id of the operator whose customers cannot reach the one at fault; "" where it is their own trouble.
        symptom: how it shows where the words of the trouble do not tell: a call or a text message fails; "" = unknown.
        rule: permanent id of the rule that says so.
        spans: the words that tell the ends, `first` up to, not including, `last`.
    """

    fault: Mention | None
    caller: str
    symptom: CallSymptom
    rule: str
    spans: tuple[tuple[int, int], ...]


def crossing(found: Found) -> Crossing | None:
    """Return whose trouble a call across operators is that fails, or works again; None where there is no such call."""
    mentions = found.mentions
    if not mentions or (len(mentions) == 1 and found.source is None):
        return None
    source = found.source.id if found.source is not None else ""
    if len({source, *(one.operator.id for one in mentions)} - {""}) < 2:
        return None
    if not _speaks_of_calls(found) or _calls_nobody(found):
        return None
    ends = ends_of(found)
    far = far_ends(ends, found)
    beyond = {one.id for one in far}
    near = [one for one in ends if one.id not in beyond]
    if not far:
        return _called_from(near, found, source=source)
    if not near and source in {"", *beyond}:
        return None
    if _is_the_origins(ends, far, found, source=source):
        own = [one for one in near if not _is_third(one, ends, far, source=source, found=found)]
        return _told(min(own, key=_closeness, default=None), ORIGIN, [*own, *far], found=found)
    caller = min(near, key=_closeness).id if near else source
    return _told(far[0], DESTINATION, [*near, *far], found=found, caller=caller)


def _told(end: End | None, rule: str, ends: Sequence[End], *, found: Found, caller: str = "") -> Crossing:
    spans = tuple((one.first, one.mention.last) for one in ends if one.way)
    subjects = {one.sign.name for one in found.marks.subject} & _CALL_SUBJECTS
    called = "call" in subjects or all(one.mention.operator.kind == "mobile" for one in ends)
    symptom: CallSymptom = "sms_failure" if subjects == {"sms"} else "call_failure" if called else ""
    return Crossing(end.mention if end is not None else None, caller, symptom, rule, spans)


def _closeness(end: End) -> tuple[bool, int, int]:
    return end.mention.way == "handle", _NEAREST.index(end.way), end.mention.first


def _speaks_of_calls(found: Found) -> bool:
    """Tell whether calling, texting or reaching is what fails or works again, and not the whole line of somebody."""
    words = found.words
    if not found.standing:
        return found.back is not None and _names_calls(found)
    fails = False
    for one in found.standing:
        subject = one.subject if one.subject is not None and one.subject.clause == one.hit.clause else None
        of_calls = one.symptom in _CALLS or (
            subject is not None and (subject.sign.name in _CALL_SUBJECTS or is_word(words, subject.first, "calling"))
        )
        named = subject is not None and subject.sign.name != "device"
        if not of_calls and (one.hit.sign.whole or named):
            return False
        fails = fails or of_calls or (one.hit.sign.loss and (_names_calls(found) or is_a_pair(found.mentions, words)))
    return fails


def _names_calls(found: Found) -> bool:
    """Tell whether a text has a word for calling, texting or reaching."""
    words = found.words
    if any(one.sign.name in _CALL_SUBJECTS for one in found.marks.subject):
        return True
    return any(is_word(words, at, "calling") or is_word(words, at, "called") for at in places(words))


def _calls_nobody(found: Found) -> bool:
    """Tell whether the brands are ends of a move, a transfer or a comparison, or an operator's desk is called."""
    words = found.words
    clauses = {one.clause for one in found.mentions}
    if any(is_word(words, at, "no_call") for at in places(words) if words.clauses[at] in clauses):
        return True
    desks = [one for one in found.marks.subject if one.sign.name == "care"]
    if any(0 <= one.first - desk.last <= 1 for desk in desks for one in found.mentions):
        return True
    starts = {one.first for one in found.mentions}
    for at in places(words):
        if is_word(words, at, "telling") and (at + 1 in starts or is_word(words, at + 1, "goals")):
            return True
        if is_word(words, at, "wares"):
            behind = at + 1
            while behind - at <= _WARE_REACH and is_word(words, behind, "calling"):
                behind += 1
            if behind in starts or is_word(words, behind, "goals") or is_word(words, behind, "origins"):
                return True
    return False


def _called_from(near: Sequence[End], found: Found, *, source: str) -> Crossing | None:
    """Return whose trouble it is that the writer cannot be called from others.

    The writer's own operator is the one whose account is told, or else the one that the source names.
    """
    words = found.words
    asked = [one for one in near if one.mention.way == "handle"]
    own = asked[0].id if asked else source
    callers = [one for one in callers_of(near) if one.id != own]
    if not callers and any(calls_me(words, at) for at in places(words)):
        callers = [one for one in near if one.id != own and not one.works and not one.cleared]
    if not own or not callers or not is_incoming(words) or any(one.id == own for one in near if one not in asked):
        return None
    if any(one.works and one.way in _CALLING_WAYS for one in near):
        return _told(callers[0], ORIGIN, near, found=found)
    return _told(asked[0] if asked else None, DESTINATION, callers, found=found, caller=callers[0].id)


def _is_the_origins(ends: Sequence[End], far: Sequence[End], found: Found, *, source: str) -> bool:
    """Tell whether the text says that the caller reaches nobody, or that the called one is reached by others."""
    if len({one.network for one in far}) > 1 or "reached_otherwise" in found.marks.names:
        return True
    nobody = (hit for hit in found.marks.contrast if hit.sign.name == "reaches_nobody")
    if any(not works_in(hit.clause, found) for hit in nobody):
        return True
    beyond = {one.id for one in far}
    reached = (one for one in ends if one.id in beyond and one.works and one.way not in {"from", "with"})
    if any(not _is_within(one, ends, found) for one in reached):
        return True
    return any(_is_third(one, ends, far, source=source, found=found) for one in ends)


def _is_within(end: End, ends: Sequence[End], found: Found) -> bool:
    """Tell whether an operator only reaches itself: "sesama B bisa", "B to B connects"."""
    clause = end.mention.clause
    twin = any(one is not end and one.id == end.id and one.mention.clause == clause for one in ends)
    return twin or is_word(found.words, end.first - 1, "within")


def _is_third(end: End, ends: Sequence[End], far: Sequence[End], *, source: str, found: Found) -> bool:
    """Tell whether an end is somebody else who reaches the called one: "dari C bisa"."""
    words, beyond = found.words, {one.id for one in far}
    if not end.works or not (end.whose or end.way in _CALLING_WAYS) or end.id in {source, *beyond}:
        return False
    if is_word(words, end.first - 1, "within"):
        return False
    # "Dari A ke C bisa" tells that A reaches another one.
    others = (one for one in ends if one.way in {"to", "object"} and one.mention.clause == end.mention.clause)
    if any(one.id not in beyond for one in others):
        return False
    if source or any(one.id not in {end.id, *beyond} and not one.works for one in ends):
        return True
    # Where nobody else calls, "aku pakai C, lancar" is the writer's own; "dari hp istri yang C bisa" is not.
    before = range(words.clauses.index(end.mention.clause), end.first)
    after = end.mention.first > min((one.hit.first for one in found.standing), default=0)
    return after and not any(is_word(words, at, "me") for at in before)
