"""Learnt: linear weights of words and of pieces of words, for what no rule knows (stage 2 of requirement U1).

A text is taken as the canonical words that the rules read, with bare marks for operators and places: no name
speaks for or against anything. Pieces of words, words with their neighbours, and the signs that rules found are hashed
into one table of small whole numbers, so that a sum is the same in whatever order it is taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from zlib import crc32

import msgspec
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

OPERATOR, PLACE = "<op>", "<pl>"
BITS = 16
PIECES = (3, 4, 5)
# So many words of a text are looked at; no complaint needs more.
WORDS_MOST = 300
# So many words, pairs and signs are remembered, then all are forgotten at once.
_MEMO_MOST = 100_000


class Weights(msgspec.Struct, frozen=True):
    """What was learnt of each label (`heads`): the table, and how it is joined with what the rules say.

    Attributes:
        heads: names of the labels; a value of a label is "symptom.slow".
        units: whole numbers; shape (2 ** BITS, heads).
        unit: what one of them is worth in log-odds; shape (heads,).
        bias: log-odds of each label before anything is read; shape (heads,).
        trust: log-odds that the word of the rules is worth; shape (heads,).
        threshold: probability from which a label is said; shape (heads,).
    """

    heads: tuple[str, ...]
    units: NDArray[np.int8]
    unit: Floats
    bias: Floats
    trust: Floats
    threshold: Floats


def features(words: Sequence[str], signs: Iterable[str]) -> tuple[list[str], list[str], list[str]]:
    """Return the names of what a text is made of: its words for their pieces, words and neighbours, signs."""
    words = words[:WORDS_MOST]
    near = [
        *(f"u{word}" for word in words),
        *(f"b{first} {second}" for first, second in pairwise(words)),
        *(f"s{first} {third}" for first, third in zip(words, words[2:], strict=False)),
    ]
    return [f"c{word}" for word in words], near, [f"n{sign}" for sign in sorted(signs)]


def rows_of(feature: str) -> list[int]:
    """Return the rows of the table that stand for a feature: one, or one for each piece of a word."""
    if feature[0] != "c":
        return [_row(feature)]
    word = f"<{feature[1:]}>"
    return [_row("c" + word[at : at + size]) for size in PIECES for at in range(len(word) - size + 1)]


def _row(feature: str) -> int:
    return crc32(feature.encode("utf-8", "surrogatepass")) & ((1 << BITS) - 1)


class Learnt:
    """The weights, ready to be summed; remembers words it has met, which makes it faster and changes nothing."""

    def __init__(self, weights: Weights) -> None:
        """Take the weights."""
        self.weights = weights
        self._met: dict[str, int] = {}
        self._sums = np.zeros((_MEMO_MOST, len(weights.heads)), dtype=np.int32)
        self._sizes = np.zeros(_MEMO_MOST)

    def scores(self, words: Sequence[str], signs: Iterable[str]) -> Floats:
        """Return what the words and signs of a text say for each label, in log-odds; shape (heads,).

        Args:
            words: canonical words, names as marks.
            signs: names of the signs and facts that rules found.
        """
        parts = [part for part in features(words, signs) if part]
        if not parts:
            return np.zeros(len(self.weights.heads))
        met = self._rows([feature for part in parts for feature in part])
        starts = np.cumsum([0, *map(len, parts[:-1])])
        sums = np.add.reduceat(self._sums[met], starts, axis=0)
        sizes = np.add.reduceat(self._sizes[met], starts)
        # A word too short for a piece has none.
        result: Floats = (sums / np.sqrt(np.maximum(sizes, 1.0))[:, None]).sum(axis=0) * self.weights.unit
        return result

    def most_telling(self, words: Sequence[str]) -> int:
        """Return which of `words`, taken by itself, speaks most for a report; -1 without any but marks."""
        said = [-np.inf if word in {OPERATOR, PLACE} else self.scores([word], ())[0] for word in words[:WORDS_MOST]]
        best = int(np.argmax(said)) if said else -1
        return best if best >= 0 and np.isfinite(said[best]) else -1

    def _rows(self, asked: Sequence[str]) -> list[int]:
        """Return where each feature is remembered, after learning by heart those that are new."""
        known = self._met
        met = [known.get(feature, -1) for feature in asked]
        if -1 not in met:
            return met
        if len(known) + len(asked) > _MEMO_MOST:
            known.clear()
        for feature in asked:
            if feature not in known:
                rows = rows_of(feature)
                self._sums[len(known)] = self.weights.units[rows].sum(axis=0, dtype=np.int32)
                self._sizes[len(known)] = len(rows)
                known[feature] = len(known)
        return [known[feature] for feature in asked]
