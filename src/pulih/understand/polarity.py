"""Does a trouble stand, or does the text itself take it back, only suppose it, or remember it?

Negation, fear, "if" and memory reach as far as their clause or sentence and no further.
"""

from __future__ import annotations

from pulih.understand.marks import Marks
from pulih.understand.matcher import Hit
from pulih.understand.normal import Words

_NEGATOR_REACH = 2
_DAMPER_REACH = 6
_HOPE_REACH = 8
_NEVER = frozenset({"never", "seldom"})
_DENIALS = frozenset({"tidak", "not", "no", "jangan"})
_UNREAL = frozenset({"fear", "unreal"})
# How much of a trouble stays that is only asked about before buying.
_ASKED = 0.35


def taken_back(hit: Hit, marks: Marks) -> bool:
    """Tell whether a negator governs the trouble ("ga lemot") or it is itself one of another ("no outage")."""
    if hit.sign.denied and marks.near_before("negator", hit, reach=_NEGATOR_REACH):
        return True
    if any(one.sign.name in _NEVER for one in marks.near_before("negator", hit, reach=0)):
        return True
    if hit.sign.name != "lack":
        return False
    others = (one for one in marks.trouble if one is not hit and one.clause == hit.clause)
    return any(0 <= one.first - hit.last <= 1 for one in others)


def denies(hit: Hit, words: Words) -> bool:
    """Tell whether a phrase of recovery is itself a denied trouble: "ga mati lagi"."""
    return words.word(hit.first) in _DENIALS


def is_hoped_off(first: int, sentence: int, words: Words) -> bool:
    """Tell whether a word of hope stands before a denied trouble that begins at `first`: "semoga X ga mati lagi"."""
    begin = max(first - _HOPE_REACH, 0)
    return any(
        words.sentences[at] == sentence and not words.grammar.hoping.isdisjoint(words.word(at).split())
        for at in range(begin, first)
    )


def is_unreal(hit: Hit, marks: Marks) -> bool:
    """Tell whether a trouble is only feared, begged off or thought of: "jangan sampai mati", "seandainya mati"."""
    return any(one.sign.name in _UNREAL for one in marks.near_before("damper", hit, reach=_DAMPER_REACH))


def sureness(hit: Hit, words: Words, marks: Marks) -> float:
    """Return what part of a weight stays, 0..1, after "kalau", "takut", "katanya" and questions before buying."""
    sure = _ASKED if _asked_before_buying(hit, words, marks) else 1.0
    for damper in marks.near_before("damper", hit, reach=_DAMPER_REACH):
        # "Kalau hujan lemot" tells a habit; "kalau lemot" only supposes one.
        if not any(time.first == damper.first and time.sign.name == "habit" for time in marks.time):
            sure = min(sure, damper.sign.factor)
    return sure


def is_memory(hit: Hit, marks: Marks) -> bool:
    """Tell whether a word of the past governs the trouble and no word of now stands with it."""
    if not marks.past:
        return False
    if any(one.sentence == hit.sentence and one.sign.name == "quit" for one in marks.past):
        return True
    pasts = [one for one in marks.past if one.sign.name == "once"]
    nows = [one for one in marks.time if one.sign.name == "now"]
    if any(now.clause == hit.clause for now in nows):
        return False
    if any(one.sentence == hit.sentence and (one.clause == hit.clause or one.first < hit.first) for one in pasts):
        return True
    # "Pernah pakai X. Sering mati. Sekarang pakai Y": the memory lasts until the writer comes to the present.
    later = [one for one in marks.past if one.sign.name == "now_instead" and one.first > hit.first]
    before = [one for one in pasts if one.first < hit.first]
    if any(one.sentence == hit.sentence for one in later):
        return True
    return bool(later) and any(not any(one.first < now.first < hit.first for now in nows) for one in before)


def _asked_before_buying(hit: Hit, words: Words, marks: Marks) -> bool:
    """Tell whether the trouble is only asked about: "lemot ga?", "sering gangguan ga?"; "down ga?" is asked in need."""
    if words.word(hit.last) != "tidak" or words.word(hit.last + 1) not in words.grammar.question_ends:
        return False
    return not hit.sign.loss or "habit" in marks.names or hit.sign.name == "flap"
