"""Weighing: a flood is not an outage; copies and tireless authors count less, but nothing is dropped.

Requirement L4. Real victims write the same short sentence, so a short text keeps its full weight; a long one
that stands there word for word again counts as a quarter, a ninth, a sixteenth, so that any number of copies
count less than two texts. One author counts in full once a
day and ever less after that. A reply to another person counts less than a post of one's own, since one post
draws several. Operators' accounts, bots and press do not count at all. Only what came before is looked at,
and what is older than a day is forgotten.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from hashlib import blake2b
from typing import TypeVar

import msgspec

from pulih.model.clock import DAY_S, MICROS
from pulih.model.signal import Signal

# Up to so many words people write the same by themselves ("internet mati lagi nih woi").
SHORT_WORDS = 7
# A copied text is recognised by its first words, so that an added "tolong RT" does not make it new.
KEY_WORDS = 14
AUTHOR_STEP = 0.4
AUTHOR_FLOOR = 0.05
# Long texts that follow each other within seconds are one person's thread, where no author is known.
THREAD_CHARS = 180
THREAD_GAP_S = 20
THREAD_WEIGHT = 0.25
# Bound on what is remembered; the oldest go first. About 60 MB.
REMEMBERED = 300_000
# A reply is a voice of its own, but drawn by the post before it.
REPLY_WEIGHT = 0.5
# Who turns to the operator's desk ("min", "halo", "mohon ...") replies to nobody.
_REPLY = re.compile(
    r"\s*(?:<user>[\s,.]*)+(?=[^\s,.<])(?!(?:min|mimin|admin|cs|halo|hallo|hai|hi|hello|tolong|mohon|please|dear)\b)",
    re.IGNORECASE,
)
_WORDS = re.compile(r"[^\W\d_]+")
_Key = TypeVar("_Key", int, str)
_MASKS = re.compile(r"<(?:user|url|num|email)>|@\w+|#")


class Weight(msgspec.Struct, frozen=True, gc=False):
    """How much a signal counts, 0..1, and why it is not 1 ("" when it is)."""

    value: float
    reason: str


class Weigher:
    """Weighs signals in the order of their time."""

    def __init__(self) -> None:
        self._copies: OrderedDict[int, tuple[int, int]] = OrderedDict()
        self._authors: OrderedDict[str, tuple[int, int]] = OrderedDict()
        self._long_at_us = -DAY_S * MICROS

    def weigh(self, signal: Signal, *, witness: bool = False) -> Weight:
        """Return the weight of `signal`, given those weighed before it.

        Args:
            signal: the next one in time.
            witness: it names a place of its own, so it is more than an echo of the post it replies to.
        """
        if signal.role != "public":
            return Weight(0.0, signal.role)
        value, reason = (REPLY_WEIGHT, "reply") if not witness and _REPLY.match(signal.text) else (1.0, "")
        words = _WORDS.findall(_MASKS.sub(" ", signal.text.lower()))
        if len(words) > SHORT_WORDS:
            copies = _count(self._copies, hash_words(words[:KEY_WORDS]), signal.at_us)
            if copies > 1:
                # The square, since the sum of halves, thirds and so on grows without bound and raises alarms.
                value, reason = value / copies**2, "copy"
        if not signal.author and len(signal.text) >= THREAD_CHARS:
            if signal.at_us - self._long_at_us <= THREAD_GAP_S * MICROS:
                value, reason = value * THREAD_WEIGHT, reason or "thread"
            self._long_at_us = signal.at_us
        if signal.author:
            nth = _count(self._authors, signal.author, signal.at_us)
            if nth > 1:
                value *= max(AUTHOR_FLOOR, AUTHOR_STEP ** (nth - 1))
                reason = reason or "author"
        return Weight(value, reason)


def hash_words(words: list[str]) -> int:
    """Return a stable 64-bit hash of a sequence of words (Python's own hash differs between runs).

    >>> hash_words(["a", "b"]) == hash_words(["a", "b"]) != hash_words(["b", "a"])
    True
    """
    digest = blake2b(" ".join(words).encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest)


def _count(memory: OrderedDict[_Key, tuple[int, int]], key: _Key, at_us: int) -> int:
    """Count `key` once more and return how often it came within a day of its first."""
    first, times = memory.pop(key, (at_us, 0))
    if at_us - first > DAY_S * MICROS:
        first, times = at_us, 0
    memory[key] = (first, times + 1)
    while len(memory) > REMEMBERED:
        memory.popitem(last=False)
    return times + 1
