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
from pulih.understand.polarity import denies, is_hoped_off
from pulih.understand.troubles import Trouble

_WISH_REACH = 3
_HEARSAY_REACH = 6
_ASKED_REACH = 2
_QUESTION_REACH = 6
_BEGGED_REACH = 3
_MOCKED_REACH = 3
# A word of change may stand so far before or behind the state it tells of: "udah mulai pada nyala", "nyala juga lu".
_TURNED_BEFORE, _TURNED_AFTER = 3, 2
# In so short a text what is back need not be named in the same clause.
_SHORT_WORDS = 14
_STOPS = frozenset({".", ",", "?"})
_LINES = frozenset({"net", "wifi", "signal", "data", "line", "call", "sms", "tv"})
# What may follow at once: an end, a time, or the "but" that says what is still missing.
_AFTER_PLAIN = frozenset({
    "", ".", ",", "pas", "jam", "barusan", "tadi", "tapi", "cuma", "N", "sebelum", "after", "from", "at", "since",
})  # fmt: skip
_BUT = frozenset({"tapi", "cuma", "but"})
# A green lamp is no lamp of the room; but where the line is dead all the same, nothing is back.
_GREEN = "hijau"
# Lamps and boxes that no room, but a line has.
_LAMPS = frozenset({"los", "pon", "modem", "ont"})
_ELSEWHERE = frozenset({"power", "device"})
_ALL_LOST = frozenset({"no_internet", "no_signal", "intermittent", "other", "los_red"})
_NOT_PLAIN = frozenset({
    "habit", "if", "recommend", "purchase", "mine_fine", "fear", "planned", "operator_says", "news", "joke", "memory",
    "seldom", "once", "keeps", "gloat", "lucky", "expected", "unreal",
})  # fmt: skip
# What works in such texts does so by another way.
_BY_ANOTHER_WAY = frozenset({"vpn_helps", "others_work", "towards", "backup"})
# What is back or normal in such texts is a sale.
_OTHER_MATTERS = frozenset({"promotion", "machine", "template", "declared_test"})
# In such texts it may be a player, a share, a price, a fish or a road, unless a service is named with it.
_MAYBE_OTHER = frozenset({"football", "company", "price_list", "joke", "other_matter"})
_GONE_AGAIN = frozenset(
    {"dead", "down", "cut", "no_connection", "no_signal", "gone", "faulty", "flap", "red", "cannot"}
)


class Recovery(msgspec.Struct, frozen=True, gc=False):
    """The phrase that says service is back, or None; and whether the text only wishes for it or asks after it."""

    hit: Hit | None
    wished: bool


NO_RECOVERY = Recovery(None, wished=False)


class _Text(msgspec.Struct, frozen=True, gc=False):
    """What a recovery is judged by: the text and what was found in it.

    `named` are the clauses that name a service, `elsewhere` those of other things.
    """

    words: Words
    marks: Marks
    mentions: Sequence[Mention]
    troubles: Sequence[Trouble]
    named: frozenset[int]
    elsewhere: frozenset[int]


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
    hits = marks.recovery
    if not hits or marks.names & _OTHER_MATTERS:
        return NO_RECOVERY
    subjects = marks.subject
    named = frozenset({one.clause for one in mentions} | {one.clause for one in subjects if one.sign.cue})
    elsewhere = frozenset(one.clause for one in subjects if one.sign.name in _ELSEWHERE)
    text = _Text(words, marks, mentions, troubles, named, elsewhere)
    wished = False
    # What is said in so many words comes before what a state and a word of change say together; of each the last.
    for hit in sorted(hits, key=lambda one: (one.sign.name == "back_state", -one.first)):
        if not _counts(text, hit):
            continue
        if _wished(words, hit, wishes) or _asked(words, hit) or _mocked(words, hit) or _retracted(text, hit):
            # "Semoga ga mati lagi" hopes that nothing comes; nobody waits for service there.
            hoped = denies(hit, words) and is_hoped_off(hit.first, hit.sentence, words)
            wished = wished or (hit.sign.name != "back_state" and not hoped)
            continue
        if _undone(text, hit):
            continue
        told = _words_before(words, hit, _HEARSAY_REACH) & words.grammar.elsewhere
        if told and not words.grammar.doubts.isdisjoint(words.said(hit.last)):
            # "Admin bilang sudah up, mana buktinya": who doubts it does not have it back.
            wished = True
            continue
        if told and troubles:
            continue
        return Recovery(hit, wished=wished)
    return Recovery(None, wished=wished)


def _counts(text: _Text, hit: Hit) -> bool:
    """Tell whether a phrase speaks of a service at all, and of today."""
    said = _said(text.words, hit)
    green = _green_again(text, said)
    named = hit.clause in text.named or (green and not _LAMPS.isdisjoint(said))
    named = named or not text.words.grammar.services.isdisjoint(said)
    if not named and (hit.clause in text.elsewhere or text.marks.names & _MAYBE_OTHER) and _GREEN not in said:
        return False
    if _remembered(text, hit):
        return False
    if hit.sign.name == "back_weak":
        # A short text that names a service elsewhere, or is said to an operator's agent, speaks of it.
        near = bool(text.named) or "address" in text.marks.names or green
        return named or (near and not text.troubles and len(text.words.forms) - 1 <= _SHORT_WORDS)
    if hit.sign.name == "back_bare":
        return _plainly_said(text, hit)
    return hit.sign.name != "back_state" or (named and _turned(text, hit))


def _remembered(text: _Text, hit: Hit) -> bool:
    """Tell whether it was back in other days: "inget ga pas mati seminggu, pas nyala sekampung tepuk tangan"."""
    pasts = [one for one in text.marks.past if one.sentence == hit.sentence and one.first < hit.first]
    return any(one.sign.name == "recalled" or (one.sign.name == "once" and one.clause == hit.clause) for one in pasts)


def _green_again(text: _Text, said: Sequence[str]) -> bool:
    return _GREEN in said and not text.words.grammar.again.isdisjoint(said)


def _said(words: Words, hit: Hit) -> list[str]:
    return words.said(hit.first, hit.last)


def _turned(text: _Text, hit: Hit) -> bool:
    """Tell whether a state is new: a word of change stands near ("udah agak normal", "pada nyala lagi")."""
    words = text.words
    if words.asks or text.marks.names & (_NOT_PLAIN | _BY_ANOTHER_WAY):
        return False
    if any(one.hit.first >= hit.last and one.symptom in _ALL_LOST for one in text.troubles):
        return False
    first, last = max(hit.first - _TURNED_BEFORE, 0), min(hit.last + _TURNED_AFTER, len(words.forms))
    before = {words.word(at) for at in range(first, hit.first) if words.clauses[at] == hit.clause}
    after = {words.word(at) for at in range(hit.last, last) if words.clauses[at] == hit.clause}
    # Before a state "lagi" says that it lasts, behind it that it is back.
    told = words.grammar.turned & before or (words.grammar.turned | words.grammar.again) & after
    return bool(told) and words.grammar.unturned.isdisjoint(before | after)


def _retracted(text: _Text, hit: Hit) -> bool:
    """Tell whether the writer takes it back: "udah normal. tarik lagi ucapannya"."""
    return any(one.sign.name == "retracted" and one.first >= hit.last for one in text.marks.topic)


def _undone(text: _Text, hit: Hit) -> bool:
    """Tell whether it is gone again, or whether only the lamps are back."""
    after = [one for one in text.troubles if one.hit.first >= hit.last]
    said = _said(text.words, hit)
    if after and _GREEN in said and not _green_again(text, said):
        return True
    return any(_gone_again(text.words, one, since=hit.last) for one in after)


def _wished(words: Words, hit: Hit, wishes: frozenset[str]) -> bool:
    """Tell whether a word of wishing stands shortly before: a phrase of several words counts only as a whole."""
    said = "".join(f" {word} " for word in _listed_before(words, hit, _WISH_REACH))
    return any(wish in said for wish in wishes)


def _mocked(words: Words, hit: Hit) -> bool:
    """Tell whether the writer throws the words back: "sudah normal dari mananya", "normal matamu"."""
    return not words.grammar.mockery.isdisjoint(words.said(hit.last, hit.last + _MOCKED_REACH))


def _plainly_said(text: _Text, hit: Hit) -> bool:
    """Tell whether a bare "nyala" or "up" stands right behind what is back: "tsel idup", "sinyal nyala".

    As a habit, as a question and in advice it tells nothing new. Beside a trouble it is the lesser half, unless the
    brand itself is up and something of it lags behind: "X nyala, tapi telepon belum bisa".
    """
    words, troubles = text.words, text.troubles
    if words.asks or text.marks.names & _NOT_PLAIN or not _ends_plainly(words, hit):
        return False
    lines = [one for one in text.marks.subject if one.sign.name in _LINES and one.clause == hit.clause]
    named = any(one.last == hit.first and one.clause == hit.clause for one in text.mentions)
    # "Hidup wifinya, ping 400": a clause may begin with the state.
    led = words.word(hit.first - 1) in {".", ","} and any(one.first == hit.last for one in lines)
    if not troubles:
        return named or led or any(one.last == hit.first for one in lines)
    but = words.word(hit.last) in _BUT
    behind = all(
        one.hit.clause > hit.clause
        and (one.symptom not in _ALL_LOST or (but and one.symptom == "intermittent") or _is_tv(one))
        for one in troubles
    )
    return behind and (named or led or any(one.last == hit.first for one in lines))


def _is_tv(trouble: Trouble) -> bool:
    return trouble.subject is not None and trouble.subject.sign.name == "tv"


def _ends_plainly(words: Words, hit: Hit) -> bool:
    """Tell whether the clause ends here, or after one word that no rule knows ("nyala cuyyy", "idup bosku")."""
    if words.word(hit.last) in _AFTER_PLAIN or words.word(hit.last) in words.grammar.services:
        return True
    return words.clauses[hit.last] != words.clauses[hit.last + 1] and words.word(hit.last) in words.grammar.vocatives


def _words_before(words: Words, hit: Hit, reach: int) -> set[str]:
    return set(_listed_before(words, hit, reach))


def _listed_before(words: Words, hit: Hit, reach: int) -> list[str]:
    first = max(hit.first - reach, 0)
    while first < hit.first and words.sentences[first] != hit.sentence:
        first += 1
    return words.said(first, hit.first)


def _asked(words: Words, hit: Hit) -> bool:
    """Tell whether it is asked or still to come: "udah normal belum", "udah nyala di sana?", "normal setelahnya"."""
    end = hit.last
    while end < len(words.forms) and words.clauses[end] == hit.clause:
        end += 1
    after = words.said(hit.last, end + 1)
    asks, told = after[-1:] == ["?"], [word for word in after if word not in _STOPS]
    if "?" in after[:_ASKED_REACH] or told[:1] == ["belum"] or not words.grammar.asking.isdisjoint(told):
        return True
    if len(told) == 1 and told[0] in words.grammar.to_come:
        return True
    glad = not words.grammar.glad.isdisjoint([*_listed_before(words, hit, _ASKED_REACH), *_said(words, hit)])
    return not glad and len(told) <= _QUESTION_REACH and (asks or told[-1:] == ["belum"])


def _gone_again(words: Words, trouble: Trouble, *, since: int) -> bool:
    hit = trouble.hit
    if hit.sign.name not in _GONE_AGAIN or trouble.symptom in {"call_failure", "sms_failure"}:
        return False
    said = words.said(max(hit.first - 2, since), hit.last + 2)
    between = words.said(since, hit.first)
    if not words.grammar.begged.isdisjoint(between[-_BEGGED_REACH:]):
        return False
    return not words.grammar.again.isdisjoint(said) or not words.grammar.relapse.isdisjoint(between)
