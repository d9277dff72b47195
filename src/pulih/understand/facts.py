"""All that one text was found to hold, and the plain facts of it that combinations of the lexicon ask for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from pulih.model.reading import Place
from pulih.understand.fault import Excuse, asks_and_is_fine, fine_but_hit, is_spared
from pulih.understand.marks import Marks
from pulih.understand.matcher import Hit
from pulih.understand.naming import Mention
from pulih.understand.normal import Words
from pulih.understand.operators import Operator
from pulih.understand.polarity import denies, is_hoped_off, is_unreal, taken_back
from pulih.understand.troubles import Trouble, Troubles

# How much more a symptom tells than its neighbours: "mati total, los merah" is a red lamp, "gangguan, lemot" is slow.
_TELLING = {
    "los_red": 1.2, "destination_unreachable": 0.6, "call_failure": 0.5, "sms_failure": 0.5, "app_failure": 0.5,
    "billing_quota": 0.5, "intermittent": 0.4, "no_signal": 0.3, "other": -0.8,
}  # fmt: skip
_LINES = frozenset({"net", "wifi", "signal", "data", "line", "call", "sms", "tv"})
_SHORT_WORDS = 8
# How far before a trouble "masih" and "tadi" date it.
_STILL_REACH, _OVER_REACH = 2, 8
_LADEN_STRANGERS = 3
# Small words stand small in headlines too; of the others nearly all begin with a capital.
_HEADLINE_LETTERS, _HEADLINE_WORDS, _HEADLINE_SHARE = 4, 5, 0.85


class Found(msgspec.Struct, gc=False):
    """What was found in one text.

    Attributes:
        words, marks, mentions: the text, its signs, the operators it names.
        maybe: everyday words that may name an operator, where nothing the rules know speaks of telecoms.
        cleared: for each mention whether and how the text clears it.
        standing: troubles that stand, the weightiest first.
        denied, care, past: a trouble was taken back; one was said of customer care; one is a memory.
        back, wished: the phrase that says service is back, or None; whether the text only wishes for that.
        source: the operator that the source or the user names, or None.
        nameless: where a trouble stands, the text without the asked operator's name.
        places: found places.
    """

    words: Words
    marks: Marks
    mentions: Sequence[Mention]
    maybe: Sequence[Mention]
    cleared: Sequence[Excuse]
    standing: Sequence[Trouble]
    denied: bool
    care: bool
    past: bool
    back: Hit | None
    wished: bool
    source: Operator | None
    nameless: str
    places: tuple[Place, ...] = ()


def standing(troubles: Troubles, back: Hit | None, words: Words) -> list[Trouble]:
    """Return the troubles that stand, the weightiest first.

    What a text tells before it says that service is back is over, unless "masih" or "still" stands with it; so is what
    it then remembers ("tadi sempet mati") or begs off ("jangan mati lagi").
    """
    live = [one for one in troubles.live if back is None or _outlasts(one.hit, back, words)]
    return sorted(live, key=lambda one: (-one.weight - _TELLING.get(one.symptom, 0.0), one.hit.first))


def _outlasts(hit: Hit, back: Hit, words: Words) -> bool:
    """Tell whether a trouble goes on although service is back."""
    first = max(hit.first - _OVER_REACH, 0)
    near = words.said(max(hit.first - _STILL_REACH, 0), hit.first)
    if not words.grammar.still.isdisjoint(near):
        return True
    before = {words.word(at) for at in range(first, hit.first) if words.clauses[at] == hit.clause}
    since = not (words.grammar.beginning | words.grammar.by_now).isdisjoint(before)
    over = not since and not (words.grammar.over | words.grammar.begged).isdisjoint(before)
    return hit.first >= back.last and not over


def is_headline(text: str) -> bool:
    """Tell whether nearly every word begins with a capital and goes on small: "Layanan XL Terganggu Sejak Pagi".

    >>> is_headline("Gangguan XL di Medan, Ribuan Pelanggan Mengeluh"), is_headline("Xl mati, tolong Min")
    (True, False)
    """
    words = [word for word in text.split() if word[0].isalpha() and len(word) >= _HEADLINE_LETTERS]
    if len(words) < _HEADLINE_WORDS or "\n" in text:
        return False
    capital = sum(word[0].isupper() for word in words)
    shouted = sum(word.isupper() for word in words)
    return capital >= _HEADLINE_SHARE * len(words) and shouted <= len(words) // 2


def facts_of(found: Found) -> set[str]:
    """Return the facts that combinations may name beside signs (docs/lexicon.md lists them)."""
    words = found.words
    facts = set(_of_words(words))
    if found.mentions:
        facts.update(_of_brands(found))
    if found.source is not None:
        facts.add("context")
    if found.denied:
        facts.add("denied")
    if found.care:
        facts.add("care_trouble")
    if found.past:
        facts.add("past_trouble")
    if not found.standing and found.back is None and _is_hoped(found):
        facts.add("hoped")
    if found.back is not None:
        facts.add("recovered")
    if found.wished:
        facts.add("wished_back")
    if not _LINES.isdisjoint(found.marks.names):
        facts.add("net_subject")
    if found.places:
        facts.add("place")
    if asks_and_is_fine(words, found.marks, found.standing):
        facts.add("asked_fine")
    # The rest is asked for beside a trouble only; most texts have none.
    if found.standing:
        facts.update(_of_trouble(found))
    return facts


def _is_hoped(found: Found) -> bool:
    """Tell whether the text only hopes that no trouble comes."""
    words = found.words
    denials = [one for one in found.marks.trouble if taken_back(one, found.marks)]
    denials += [one for one in found.marks.recovery if denies(one, words)]
    return any(is_hoped_off(one.first, one.sentence, words) for one in denials)


def _of_words(words: Words) -> Iterator[str]:
    if words.asks:
        yield "question"
    if len(words.forms) - 1 <= _SHORT_WORDS:
        yield "short"
    if words.strangers >= _LADEN_STRANGERS:
        yield "laden"


def _of_brands(found: Found) -> Iterator[str]:
    yield "operator"
    if any(one.way == "handle" for one in found.mentions):
        yield "handle"
    if all(found.cleared):
        yield "all_cleared"
        if all(clear == "likened" for clear in found.cleared):
            yield "all_likened"


def _of_trouble(found: Found) -> Iterator[str]:
    words, first = found.words, found.standing[0]
    yield "trouble"
    if first.joined:
        yield "joined_trouble"
    if found.marks.damper and all(is_unreal(one.hit, found.marks) for one in found.standing):
        yield "unreal"
    if first.hit.sign.loss:
        yield "loss_trouble"
    if not words.grammar.own.isdisjoint(words.said(0)):
        yield "own"
    if is_headline(found.nameless):
        yield "headline"
    if is_spared(words, found.mentions, found.standing):
        yield "spared"
    if fine_but_hit(words, found.marks, found.standing):
        yield "fine_but"
