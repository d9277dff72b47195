"""Whose trouble it is: the operator asserted to fail or just recovered, not one praised, fled to or used as a spare."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pulih.understand.marks import Marks
from pulih.understand.matcher import Hit
from pulih.understand.naming import Mention
from pulih.understand.normal import Words
from pulih.understand.troubles import Trouble

_SIDE_REACH = 4
_FINE_REACH = 3
_AWAITED_REACH = 2
# "None of my calls to X": between the words of failure and the brand.
_REACHED = 1
_OWN_REACH, _BEHIND_REACH = 5, 2
_BRANDS_OF_TWO = 2
_LUCKY, _LUCKY_REACH = frozenset({"untung", "untungnya"}), 4
_REASONS = frozenset({"why", "why_again"})
_ADVICE = frozenset({"recommend", "purchase"})
_ONLY = frozenset({"cuma", "hanya", "only"})
# Excuses of a brand that is said to do well.
_WELL = frozenset({"fine", "praised"})
_FINE_TOPICS = frozenset({"praise", "mine_fine"})


Excuse = Literal["", "side", "likened", "fine", "praised"]


def excused(words: Words, mentions: Sequence[Mention], *, marks: Marks, troubles: Sequence[Trouble]) -> list[Excuse]:
    """Tell of each mention whether the text itself clears it.

    "side": it stands beside the matter ("untung pakai X", "pindah ke X"); "likened": something else is as bad
    ("lemot kayak X"); "fine": it is said to work ("X lancar"); "praised": it is ("X keren").
    """
    fine = marks.fine
    praise = [one for one in marks.topic if one.sign.name == "praise"] if "praise" in marks.names else []
    excuses: list[Excuse] = []
    for one in mentions:
        likeness = _likeness(one, words)
        if likeness == "seems":
            excuses.append("")
        elif likeness and not any(two.hit.clause == one.clause and two.hit.first >= one.last for two in troubles):
            excuses.append("likened")
        elif _is_beside(one, words, mentions, marks=marks, troubles=troubles):
            excuses.append("side")
        elif any(_is_fine(one, said, words, mentions, marks=marks, troubles=troubles) for said in fine):
            excuses.append("fine")
        elif any(_is_fine(one, said, words, mentions, marks=marks, troubles=troubles) for said in praise):
            excuses.append("praised")
        else:
            excuses.append("")
    return excuses


def _is_beside(
    mention: Mention, words: Words, mentions: Sequence[Mention], *, marks: Marks, troubles: Sequence[Trouble]
) -> bool:
    """Tell whether a brand stands beside the matter: it is fled to, used as a spare, or weighed against another."""
    sides = marks.side
    advice = bool(troubles) and not _ADVICE.isdisjoint(marks.names)
    if not (sides or advice):
        return False
    failing = any(one.hit.clause == mention.clause and 0 <= one.hit.first - mention.last <= 1 for one in troubles)
    if not failing and _moved_to(mention, words, marks, troubles=troubles):
        return True
    left = words.before(mention.first) in words.grammar.leaving
    for side in sides:
        if side.clause == mention.clause and 0 <= mention.first - side.last < _SIDE_REACH:
            between = any(side.last <= one.first < mention.first for one in mentions)
            # "Pake data gabisa, X juga": a trouble in between begins a new matter.
            told = failing or any(side.last <= one.hit.first < mention.first for one in troubles)
            told = told or (side.sign.name == "towards" and _moved_before(side, mention, words, troubles=troubles))
            if not between and not left and not (told and side.sign.name != "lucky"):
                return True
    return advice and not (failing or left) and _asked_for_advice(mention, mentions, marks, troubles=troubles)


def _is_fine(
    mention: Mention,
    fine: Hit,
    words: Words,
    mentions: Sequence[Mention],
    *,
    marks: Marks,
    troubles: Sequence[Trouble],
) -> bool:
    """Tell whether a word of well-being is said of a brand: "X lancar", not "X lancar ga?", nor "nunggu X lancar"."""
    if fine.clause != mention.clause or not 0 <= fine.first - mention.last <= _FINE_REACH:
        return False
    another = any(mention.last <= one.first < fine.first for one in mentions)
    before = any(mention.last <= one.hit.first < fine.first for one in troubles)
    past = any(one.clause == fine.clause for one in marks.past)
    asked = words.word(fine.last) in {"tidak", "?"} or words.word(fine.last) in words.grammar.mockery
    granted = fine.sign.name == "usable" and _is_granted(fine, mention, words, troubles)
    said = words.said(max(mention.first - _AWAITED_REACH, 0), mention.first)
    awaited = not words.grammar.awaiting.isdisjoint(said)
    return not (another or before or past or asked or granted or awaited) and not marks.near_before(
        "negator", fine, reach=1
    )


def _is_granted(fine: Hit, mention: Mention, words: Words, troubles: Sequence[Trouble]) -> bool:
    """Tell whether it works only so far, or not at all.

    "X cuma bisa sms", "X hidup tapi tidak bisa dipakai", "tidak satupun nomor X bisa dihubungi".
    """
    if words.word(fine.first - 1) in _ONLY or any(
        one.hit.sign.name == "call_fails" and 0 <= mention.first - one.hit.last <= _REACHED for one in troubles
    ):
        return True
    return words.word(fine.last) in words.grammar.contrasts and any(one.hit.first > fine.last for one in troubles)


def _moved_to(mention: Mention, words: Words, marks: Marks, *, troubles: Sequence[Trouble]) -> bool:
    """Tell whether a move ends at the mention: "pindah dari X ke Y", "X mati mulu, pasang Y saja"."""
    entered = words.before(mention.first) in words.grammar.entering
    for side in marks.side:
        if side.sign.name == "towards" and side.clause == mention.clause and side.first < mention.first and entered:
            return not _moved_before(side, mention, words, troubles=troubles)
    if words.word(mention.last) not in words.grammar.settling or not troubles:
        return False
    ordered = [one for one in marks.topic if one.sign.name == "purchase" and one.last == mention.first]
    return any(all(one.hit.first < order.first for one in troubles) for order in ordered)


def _moved_before(side: Hit, mention: Mention, words: Words, *, troubles: Sequence[Trouble]) -> bool:
    """Tell whether the move is done and the trouble came after it: "baru pindah ke X, mati mulu"."""
    done = any(words.word(at) in words.grammar.done for at in range(side.first - 2, side.last))
    return done and bool(troubles) and all(one.hit.first >= mention.last for one in troubles)


def asks_and_is_fine(words: Words, marks: Marks, troubles: Sequence[Trouble]) -> bool:
    """Tell whether a text asks whether others have a trouble and says that its writer has none.

    "X down? punyaku lancar". The question must come first and hold every trouble; who asks "kenapa" about a trouble
    has one of their own.
    """
    if not marks.fine and _FINE_TOPICS.isdisjoint(marks.names):
        return False
    end = _asked_until(words, marks, troubles)
    if end < 0:
        return False
    if any(one.hit.first > end for one in troubles):
        return False
    if troubles and any(one.sign.name in _REASONS and one.first < end for one in marks.ask):
        return False
    praised = [one for one in marks.topic if one.sign.name == "praise"]
    return any(_own_is_fine(fine, words, marks) for fine in (*marks.fine, *praised) if fine.first > end) or any(
        topic.first > end and topic.sign.name == "mine_fine" for topic in marks.topic
    )


def _asked_until(words: Words, marks: Marks, troubles: Sequence[Trouble]) -> int:
    """Return the word where the question ends, or the clause of hearsay: "X down katanya, punyaku aman"; -1 without."""
    if words.asks:
        return words.forms.index("?")
    said = {one.clause for one in marks.damper if one.sign.name in {"hearsay", "rumour"}}
    if not troubles or any(one.hit.clause not in said for one in troubles):
        return -1
    return max(one.hit.last for one in troubles)


def fine_but_hit(words: Words, marks: Marks, troubles: Sequence[Trouble]) -> bool:
    """Tell whether one thing of the writer's works and another does not: "data aku lancar tapi wifi mati".

    What follows "tapi" is the matter, unless it is somebody else's.
    """
    for fine in marks.topic:
        if fine.sign.name != "mine_fine":
            continue
        for trouble in troubles:
            hit = trouble.hit
            if hit.first < fine.last or hit.clause == fine.clause or hit.sentence != fine.sentence:
                continue
            said = {word for at in range(fine.last, hit.first + 1) for word in words.word(at).split()}
            if not words.grammar.contrasts.isdisjoint(said) and words.grammar.others.isdisjoint(said):
                return True
    return False


def is_spared(words: Words, mentions: Sequence[Mention], troubles: Sequence[Trouble]) -> bool:
    """Tell whether others are hit and the writer is on another brand: "temen sekantor X mati semua, gue pake Y"."""
    if not troubles or len(mentions) < _BRANDS_OF_TWO or len({one.operator.id for one in mentions}) < _BRANDS_OF_TWO:
        return False
    hit = troubles[0].hit
    before = [
        word
        for at in range(hit.first + 1)
        if words.sentences[at] == words.sentences[hit.first]
        for word in words.word(at).split()
    ]
    lucky = any(words.word(at) in _LUCKY for one in mentions for at in range(one.first - _LUCKY_REACH, one.first))
    if words.grammar.pitied.isdisjoint(before) and not lucky:
        return False
    near = min(mentions, key=lambda one: _distance(one, hit))
    return any(one.operator.id != near.operator.id and _is_own(one, words) for one in mentions)


def _is_own(mention: Mention, words: Words) -> bool:
    """Tell whether a brand is said to be the writer's: "gue pake X", "X gue"; "di kos temen X" is not."""
    # A written word can stand for two: "punyaku".
    before = [word for at in range(mention.first - 3, mention.first) for word in words.word(at).split()]
    if not words.grammar.pitied.isdisjoint(before):
        return False
    beside = (*before, *words.word(mention.last).split())
    return not words.grammar.own.isdisjoint(beside) or words.before(mention.first) in words.grammar.leaning


def _own_is_fine(fine: Hit, words: Words, marks: Marks) -> bool:
    """Tell whether a word of well-being is said of the writer: "punyaku lancar", not "punya tetangga lancar"."""
    if words.word(fine.last) == "?" or marks.near_before("negator", fine, reach=2):
        return False
    reach = (*range(max(fine.first - _OWN_REACH, 0), fine.first), *range(fine.last, fine.last + _BEHIND_REACH))
    # A written word can stand for two: "punyaku".
    said = [
        word
        for at in reach
        if at < len(words.clauses) and words.clauses[at] == fine.clause
        for word in words.word(at).split()
    ]
    owned = any(word in words.grammar.own for word in said)
    return owned and words.grammar.others.isdisjoint(said)


def _likeness(mention: Mention, words: Words) -> str:
    """Return "like" for "lemot kayak (sinyal) X", "seems" for "mati kayaknya X", "" for neither."""
    # "Kayak sinyal X" likens to X; "masih kayak pajangan X" only ends with X's name.
    beside = words.before(mention.first) in words.grammar.likened_parts
    at = mention.first - 1
    if beside and words.word(at) not in words.grammar.likening:
        at -= 1
    # "Lemot, ga kayak X" praises X; that is the matter of the side words.
    if words.word(at) not in words.grammar.likening or words.before(at) in words.grammar.unlike:
        return ""
    return "seems" if words.phrase(at, at + 1).lower().endswith("nya") else "like"


def _asked_for_advice(
    mention: Mention, mentions: Sequence[Mention], marks: Marks, *, troubles: Sequence[Trouble]
) -> bool:
    """Tell whether the mention stands in a clause that only weighs providers: "X atau Y bagusan mana"."""
    advice = any(one.clause == mention.clause and one.sign.name in _ADVICE for one in marks.topic)
    rivals = any(one.clause == mention.clause and one.operator.id != mention.operator.id for one in mentions)
    return advice and rivals and bool(troubles) and not any(one.hit.clause == mention.clause for one in troubles)


def at_fault(
    anchors: Sequence[Hit], mentions: Sequence[Mention], cleared: Sequence[Excuse], words: Words
) -> list[Mention]:
    """Return the mentions that a trouble, a recovery or a question is said of, the one at fault first.

    Args:
        anchors: the phrases that assert something, the weightiest first.
        mentions: operators named, in text order.
        cleared: for each mention whether and how the text clears it.
        words: the text, to see which brands are named in one breath.

    Brands named in one breath ("telkomsel sama biznet down") share it; the first of them comes first.
    """
    open_mentions = [one for one, clear in zip(mentions, cleared, strict=True) if not clear]
    if not open_mentions:
        # The only brand named can be called good and bad in one text; then the trouble is its own. Praise before a loss
        # is mockery, wherever the loss stands: "X keren ya, hari ini ga ada internet".
        same = {one.operator.id for one in mentions}
        near = [
            one
            for one, clear in zip(mentions, cleared, strict=True)
            if (clear == "praised" and any(anchor.sign.loss and anchor.first > one.first for anchor in anchors))
            or (clear in _WELL and any(one.clause == anchor.clause for anchor in anchors))
        ]
        return near[:1] if len(same) == 1 else []
    best = min(open_mentions, key=lambda one: _distance(one, anchors[0])) if anchors else open_mentions[0]
    return _in_breath_with(best, open_mentions, words)


def _distance(mention: Mention, anchor: Hit) -> tuple[int, int, int]:
    """Order: the anchor's own clause, then its sentence, then elsewhere; before it rather than behind; the nearest."""
    if mention.clause == anchor.clause:
        room = 0
    elif mention.sentence == anchor.sentence:
        room = 1 if mention.first < anchor.first else 2
    else:
        room = 3
    before = mention.first < anchor.first
    apart = anchor.first - mention.last if before else mention.first - anchor.last
    account = 1 if mention.way == "handle" and room else 0
    return room + account, 2 * abs(apart) + (0 if before else 1), mention.first


def _in_breath_with(best: Mention, mentions: Sequence[Mention], words: Words) -> list[Mention]:
    """Return the first mention named in one breath with `best`, and those that a word joins to it: "X dan Y"."""
    first = mentions.index(best)
    while first > 0 and _is_one_breath(mentions[first - 1], mentions[first], words):
        first -= 1
    last = first
    # Accounts side by side are whom a post answers; only a word between two names tells of both.
    while last + 1 < len(mentions) and _is_one_breath(mentions[last], mentions[last + 1], words, joined=True):
        last += 1
    return list(mentions[first : last + 1])


def _is_one_breath(one: Mention, two: Mention, words: Words, *, joined: bool = False) -> bool:
    between = words.said(one.last, two.first)
    if one.sentence != two.sentence or (joined and not between) or (one.way == "handle" and two.way != "handle"):
        return False
    return in_one_breath(between, words)


def in_one_breath(between: Sequence[str], words: Words) -> bool:
    """Tell whether words between two brands only join them: "X dan Y", "X sama jaringan Y"."""
    joining = words.grammar.joining
    return len(between) <= 2 and (not between or between[0] in joining)
