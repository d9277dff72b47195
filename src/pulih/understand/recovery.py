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
_MOCKED_REACH = 3
_LINES = frozenset({"net", "wifi", "signal", "data", "line", "call", "sms", "tv"})
# What may follow at once: an end, a time, or the "but" that says what is still missing.
_AFTER_PLAIN = frozenset({"", ".", ",", "pas", "jam", "barusan", "tadi", "tapi", "cuma"})
_ALL_LOST = frozenset({"no_internet", "no_signal", "intermittent", "other", "los_red"})
_NOT_PLAIN = frozenset({
    "habit", "if", "recommend", "purchase", "mine_fine", "fear", "planned", "operator_says", "news", "joke", "memory",
    "seldom", "once", "keeps", "gloat", "lucky",
})  # fmt: skip
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
        wishes: phrases that make a recovery a wish, a question or a promise ("kapan", "semoga", "belum").
    """
    wished = False
    hits = marks.of("recovery")
    if not hits or marks.names & _OTHER_MATTERS:
        return Recovery(None, wished=False)
    elsewhere = {one.clause for one in marks.of("subject") if one.sign.name in {"power", "device"}}
    named = {one.clause for one in mentions} | {one.clause for one in marks.of("subject") if one.sign.cue}
    pasts = marks.of("past")
    for hit in reversed(hits):
        if hit.clause in elsewhere or (hit.sign.name == "back_weak" and hit.clause not in named):
            continue
        if hit.sign.name == "back_bare" and not _plainly_said(words, hit, marks, mentions, troubles=troubles):
            continue
        if any(one.sign.name == "once" and one.clause == hit.clause and one.first < hit.first for one in pasts):
            continue
        if _wished(words, hit, wishes) or _asked(words, hit) or _mocked(words, hit):
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


def _wished(words: Words, hit: Hit, wishes: frozenset[str]) -> bool:
    """Tell whether a word of wishing stands shortly before: a phrase of several words counts only as a whole."""
    said = "".join(f" {word} " for word in _listed_before(words, hit, _WISH_REACH))
    return any(wish in said for wish in wishes)


def _mocked(words: Words, hit: Hit) -> bool:
    """Tell whether the writer throws the words back: "sudah normal dari mananya", "normal matamu"."""
    last = min(hit.last + _MOCKED_REACH, len(words.starts) - 1)
    return not words.grammar.mockery.isdisjoint(words.line[words.starts[hit.last] : words.starts[last]].split())


def _plainly_said(
    words: Words, hit: Hit, marks: Marks, mentions: Sequence[Mention], *, troubles: Sequence[Trouble]
) -> bool:
    """Tell whether a bare "nyala" or "up" stands right behind what is back: "tsel idup", "sinyal nyala".

    As a habit, as a question and in advice it tells nothing new. Beside a trouble it is the lesser half, unless the
    brand itself is up and something of it lags behind: "X nyala, tapi telepon belum bisa".
    """
    if " ? " in words.line or marks.names & _NOT_PLAIN or words.word(hit.last) not in _AFTER_PLAIN:
        return False
    named = any(one.last == hit.first and one.clause == hit.clause for one in mentions)
    if not troubles:
        lines = (one for one in marks.of("subject") if one.sign.name in _LINES)
        return named or any(one.last == hit.first and one.clause == hit.clause for one in lines)
    behind = all(one.hit.clause > hit.clause and one.symptom not in _ALL_LOST for one in troubles)
    return behind and named


def _words_before(words: Words, hit: Hit, reach: int) -> set[str]:
    return set(_listed_before(words, hit, reach))


def _listed_before(words: Words, hit: Hit, reach: int) -> list[str]:
    first = max(hit.first - reach, 0)
    while first < hit.first and words.sentences[first] != hit.sentence:
        first += 1
    return words.line[words.starts[first] : words.starts[hit.first]].split()


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
    return not words.grammar.again.isdisjoint(said)
