"""Decide whether a text says that service is back.

"Back but slow" is back; "back for ten minutes, then dead again" and "they say it is fixed, here it is not" are not.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from pulih.understand.marks import Marks
from pulih.understand.matcher import Hit
from pulih.understand.naming import Mention
from pulih.understand.normal import Words
from pulih.understand.troubles import Trouble

_WISH_REACH = 3
_HEARSAY_REACH = 6
_ASKED_REACH = 2
# What is back or normal in such texts is a sale, a show or a player.
_OTHER_MATTERS = frozenset({"promotion", "machine", "football", "company", "template", "declared_test", "price_list"})
_GONE_AGAIN = frozenset(
    {"dead", "down", "cut", "no_connection", "no_signal", "gone", "faulty", "flap", "red", "cannot"}
)


class Recovery(msgspec.Struct, frozen=True, gc=False):
    """The phrase that says service is back, or None; and whether the text only wishes for it or asks after it."""

    hit: Hit | None
    wished: bool


def find_recovery(
    words: Words, marks: Marks, mentions: Sequence[Mention], *, troubles: Sequence[Trouble], wishes: frozenset[str]
) -> Recovery:
    """Return what a text says of service being back.

    Args:
        words: the text.
        marks: what was found in it.
        mentions: the operators named.
        troubles: those that stand.
        wishes: words that make a recovery a wish, a question or a promise ("kapan", "semoga", "belum").
    """
    wished = False
    hits = marks.of("recovery")
    if not hits or marks.names & _OTHER_MATTERS:
        return Recovery(None, wished=False)
    elsewhere = {one.clause for one in marks.of("subject") if one.sign.name in {"power", "device"}}
    named = {one.clause for one in mentions} | {one.clause for one in marks.of("subject") if one.sign.cue}
    for hit in reversed(hits):
        if hit.clause in elsewhere or (hit.sign.name == "back_weak" and hit.clause not in named):
            continue
        if _words_before(words, hit, _WISH_REACH) & wishes or _asked(words, hit):
            wished = True
            continue
        after = [one for one in troubles if one.hit.first >= hit.last]
        if any(_gone_again(words, one) for one in after):
            continue
        told = _words_before(words, hit, _HEARSAY_REACH) & words.grammar.elsewhere
        if told and not words.grammar.doubts.isdisjoint(words.line[words.starts[hit.last] :].split()):
            # "Admin bilang sudah up, mana buktinya": who doubts it does not have it back.
            wished = True
            continue
        if told and troubles:
            continue
        return Recovery(hit, wished=wished)
    return Recovery(None, wished=wished)


def _words_before(words: Words, hit: Hit, reach: int) -> set[str]:
    first = max(hit.first - reach, 0)
    while first < hit.first and words.sentences[first] != hit.sentence:
        first += 1
    return set(words.line[words.starts[first] : words.starts[hit.first]].split())


def _asked(words: Words, hit: Hit) -> bool:
    """Tell whether a question mark or "belum" follows at once: "udah normal belum?"."""
    last = min(hit.last + _ASKED_REACH, len(words.starts) - 1)
    after = words.line[words.starts[hit.last] : words.starts[last]].split()
    return "?" in after or after[:1] == ["belum"]


def _gone_again(words: Words, trouble: Trouble) -> bool:
    hit = trouble.hit
    if hit.sign.name not in _GONE_AGAIN or trouble.symptom in {"call_failure", "sms_failure"}:
        return False
    last = min(hit.last + 2, len(words.starts) - 1)
    said = words.line[words.starts[max(hit.first - 2, 0)] : words.starts[last]].split()
    return not words.grammar.again.isdisjoint(said) or hit.sign.name == "flap"
