"""Join each trouble with what is in trouble, and drop those that the text itself takes back.

"wifi mati" is a dead line, "hp mati" an empty battery, "respon cs lambat" bad manners: the same word, another subject.
Negation, memory, "if" and fear take a trouble back or weaken it; none of them reaches across a clause.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from pulih.understand.marks import Marks, gap
from pulih.understand.matcher import Hit
from pulih.understand.naming import Mention
from pulih.understand.normal import Words
from pulih.understand.polarity import is_memory, sureness, taken_back

_AFTER, _NEIGHBOUR, _FAR_WORDS = 3, 12, 12
# How sure it is that a trouble is said of something that its own clause does not name.
_ELSEWHERE, _CONTEXT, _FAR = 0.88, 0.78, 0.6
_BEHIND = 9
# Sites and games are named for many reasons; "kode verifikasi gojek ga masuk" is a text message.
_LOOSE = frozenset({"site", "game"})
_LOOSE_APART = 2
# An app or a site that fails for somebody whom no operator is named by is more often its own fault.
_SITE_ALONE = 0.5
_NO_SERVICE = frozenset({"device", "power", "care"})


class Trouble(msgspec.Struct, frozen=True, gc=False):
    """A trouble that stands: how it shows, what it adds to the log-odds, and of what it is said."""

    hit: Hit
    symptom: str
    weight: float
    subject: Hit | None
    joined: bool


class Troubles(msgspec.Struct, frozen=True, gc=False):
    """What a text says of troubles: those that stand, those remembered, whether any was denied or was bad manners."""

    live: tuple[Trouble, ...]
    past: tuple[Trouble, ...]
    denied: bool
    care: bool


NO_TROUBLES = Troubles((), (), denied=False, care=False)


def find_troubles(words: Words, marks: Marks, mentions: Sequence[Mention], *, context: str) -> Troubles:
    """Return the troubles of a text.

    Args:
        words: the text.
        marks: what was found.
        mentions: the operators named.
        context: kind of the operator that the source names (mobile, fixed, both, unknown), or "".
    """
    hits = marks.trouble
    if not hits:
        return NO_TROUBLES
    live: list[Trouble] = []
    past: list[Trouble] = []
    denied = care = False
    for hit in hits:
        if taken_back(hit, marks):
            denied = True
            continue
        subject, brand, factor = _said_of(hit, words, marks, mentions)
        trouble = _joined(hit, subject, brand, factor=factor, context=context)
        if trouble is None:
            care = care or (subject is not None and subject.sign.name == "care")
            continue
        sure = sureness(hit, words, marks)
        if sure < 1.0:
            trouble = msgspec.structs.replace(trouble, weight=trouble.weight * sure)
        (past if is_memory(hit, marks) else live).append(trouble)
    return Troubles(tuple(live), tuple(past), denied=denied, care=care)


def _said_of(
    hit: Hit, words: Words, marks: Marks, mentions: Sequence[Mention]
) -> tuple[Hit | None, Mention | None, float]:
    """Return the subject or the brand that a trouble is said of, and how sure that is."""
    subjects = marks.subject
    brand = _nearest_brand(hit, mentions)
    best, least, behind = None, 99, False
    for subject in subjects:
        if subject.clause != hit.clause or hit.sign.joins.get(subject.sign.name) == "pass":
            continue
        apart = gap(hit, subject.first, subject.last)
        before = subject.first < hit.first
        if apart > (hit.sign.reach if before else min(hit.sign.reach, _AFTER)):
            continue
        if subject.sign.name in {"device", "power"} and brand and gap(hit, brand.first, brand.last) < apart:
            continue
        through = not before and words.before(subject.first) in words.grammar.through
        # "Trouble with my bill" is the bill's; what "is down with X" went through X.
        through = through and not (hit.sign.name == "faulty" and words.word(hit.last) == "with")
        if subject.sign.name in _LOOSE:
            apart += _LOOSE_APART
        distance = 2 * apart + (0 if before else _BEHIND if through else 1)
        if distance < least:
            best, least, behind = subject, distance, through
    if best is not None and not (behind and brand is not None and brand.clause == hit.clause):
        return best, brand, 1.0
    # "X gagal" says nothing: then it is the service that is told of.
    mute = hit.sign.joins.get("brand") == "void"
    if brand is not None and brand.clause == hit.clause and not (mute and subjects):
        return None, brand, 1.0
    near_only = hit.sign.whole or hit.sign.reach < _AFTER
    return _said_elsewhere(hit, () if near_only else subjects, None if mute and subjects and not near_only else brand)


def _said_elsewhere(
    hit: Hit, subjects: Sequence[Hit], brand: Mention | None
) -> tuple[Hit | None, Mention | None, float]:
    services = [one for one in subjects if one.sign.name not in _NO_SERVICE]
    if services:
        best = min(services, key=lambda one: (gap(hit, one.first, one.last), one.first))
        if brand is None or gap(hit, best.first, best.last) <= gap(hit, brand.first, brand.last):
            return best, brand, _ELSEWHERE if gap(hit, best.first, best.last) > _NEIGHBOUR else 0.95
    far = brand is not None and brand.clause != hit.clause and gap(hit, brand.first, brand.last) > _FAR_WORDS
    return None, brand, _FAR if far else _ELSEWHERE


def _nearest_brand(hit: Hit, mentions: Sequence[Mention]) -> Mention | None:
    if not mentions:
        return None
    return min(mentions, key=lambda one: (one.clause != hit.clause, gap(hit, one.first, one.last), one.first))


def _joined(hit: Hit, subject: Hit | None, brand: Mention | None, *, factor: float, context: str) -> Trouble | None:
    """Return the trouble that the pair makes, or None when it is no service problem."""
    sign = hit.sign
    if subject is not None:
        meaning = sign.joins.get(subject.sign.name)
    elif brand is not None or context:
        kind = brand.operator.kind if brand is not None else context
        meaning = sign.joins.get(f"brand_{kind}", sign.joins.get("brand"))
        factor = factor if brand is not None else _CONTEXT
    elif sign.whole:
        # "no internet" says itself what is in trouble.
        meaning, factor = None, _ELSEWHERE
    else:
        return Trouble(hit, sign.symptom, sign.solo + hit.rule.weight, None, joined=False)
    if subject is not None and subject.sign.name in _LOOSE and brand is None and not context:
        factor *= _SITE_ALONE
    symptom, weight = sign.symptom, sign.weight
    if meaning is not None:
        if meaning in {"void", "care", "pass"}:
            return None
        symptom, _, told = meaning.partition(":")
        weight = float(told) if told else weight
    return Trouble(hit, symptom, weight * factor + hit.rule.weight, subject, joined=True)
