"""Learnt: linear weights of words and of pieces of words, for what no rule knows (stage 2 of requirement U1).

A text is taken as the canonical words that the rules read, with bare marks for operators and places: no name
speaks for or against anything. Pieces of words, words with their neighbours, and the signs that rules found, alone and
in pairs, are hashed into one table of small whole numbers, so that a sum is the same in whatever order it is taken, and
a text is scored the same alone and among others. Among others is faster: numpy is called for many texts at once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from itertools import combinations, pairwise
from typing import NamedTuple
from zlib import crc32

import msgspec
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Counts = NDArray[np.int32]
# What a text is made of: its canonical words, names as marks, and the names of the signs and facts that rules found.
Made = tuple[Sequence[str], Collection[str]]

OPERATOR, PLACE = "<op>", "<pl>"
BITS = 16
PIECES = (3, 4, 5)
# So many words of a text are looked at; no complaint needs more.
WORDS_MOST = 300
# So many signs of a text are paired.
SIGNS_MOST = 40
# So many texts are scored at once, and so many words are remembered, then all are forgotten.
BATCH_TEXTS = 64
_MEMO_MOST = 65_536
_ROWS = 1 << BITS


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


def features(words: Sequence[str], signs: Iterable[str]) -> tuple[list[str], list[str], list[str], list[str]]:
    """Return the names of what a text is made of: words for their pieces, words and neighbours, signs, their pairs."""
    words = words[:WORDS_MOST]
    near = [
        *(f"u{word}" for word in words),
        *(f"b{first} {second}" for first, second in pairwise(words)),
        *(f"s{first} {third}" for first, third in zip(words, words[2:], strict=False)),
    ]
    named = sorted(signs)
    return [f"c{word}" for word in words], near, [f"n{sign}" for sign in named], _pairs(named)


def _pairs(named: Sequence[str]) -> list[str]:
    """Return two signs at a time: a word of trouble beside a question says something else than either alone."""
    return [f"p{first} {second}" for first, second in combinations(named[:SIGNS_MOST], 2)]


def rows_of(feature: str) -> list[int]:
    """Return the rows of the table that stand for a feature: one, or one for each piece of a word."""
    if feature[0] != "c":
        return [_row(feature)]
    word = f"<{feature[1:]}>"
    return [_row("c" + word[at : at + size]) for size in PIECES for at in range(len(word) - size + 1)]


def _row(feature: str) -> int:
    return crc32(_written(feature)) % _ROWS


@lru_cache(maxsize=4096)
def _sign_row(sign: str) -> int:
    return _row(f"n{sign}")


@lru_cache(maxsize=16_384)
def _pair_rows(signs: frozenset[str]) -> list[int]:
    return [_row(pair) for pair in _pairs(sorted(signs))]


def _written(feature: str) -> bytes:
    return feature.encode("utf-8", "surrogatepass")


class _Met(NamedTuple):
    """A word that is remembered.

    `number` is where the sum of its pieces is kept, `row` its own row; `bare` is the word as it is written, and the
    others are the hashes of a pair, and of a pair over one word, that begins with it.
    """

    number: int
    row: int
    bare: bytes
    next_to: int
    over_one: int


class _Gathered(msgspec.Struct):
    """Rows of one part of several texts, one after the other; every text begins with a row of nothing."""

    nothing: int
    rows: list[int] = []
    starts: list[int] = []

    def begin(self) -> None:
        """Begin a text."""
        self.starts.append(len(self.rows))
        self.rows.append(self.nothing)

    def sizes(self) -> Counts:
        """Return how many rows each text has, those of nothing apart."""
        return np.diff(np.array(self.starts, dtype=np.int32), append=len(self.rows)).astype(np.int32) - 1

    def sums(self, table: Counts | NDArray[np.int8]) -> Counts:
        """Return the sum of each text's rows."""
        added: Counts = np.add.reduceat(table[self.rows], self.starts, axis=0, dtype=np.int32)
        return added


class Learnt:
    """The weights, ready to be summed; remembers words it has met, which makes it faster and changes nothing."""

    def __init__(self, weights: Weights) -> None:
        """Take the weights."""
        self.weights = weights
        heads = len(weights.heads)
        self._units = np.concatenate([weights.units, np.zeros((1, heads), np.int8)])
        self._met: dict[str, _Met] = {}
        # The sums and the numbers of the pieces of words; the first is that of no word.
        self._pieces = np.zeros((_MEMO_MOST, heads), np.int32)
        self._sizes = np.zeros(_MEMO_MOST, np.int32)

    def scores(self, texts: Sequence[Made]) -> Floats:
        """Return what texts say for each label, in log-odds; shape (texts, heads)."""
        parts = [self._scores(texts[at : at + BATCH_TEXTS]) for at in range(0, len(texts), BATCH_TEXTS)]
        return np.concatenate(parts) if parts else np.zeros((0, len(self.weights.heads)))

    def _scores(self, texts: Sequence[Made]) -> Floats:
        self._meet([word for words, _ in texts for word in words[:WORDS_MOST]])
        met, pieces, near = self._met, _Gathered(0), _Gathered(_ROWS)
        named, paired = _Gathered(_ROWS), _Gathered(_ROWS)
        for words, signs in texts:
            for part in (pieces, near, named, paired):
                part.begin()
            if words:
                number, row, bare, next_to, over_one = zip(*[met[word] for word in words[:WORDS_MOST]], strict=True)
                pieces.rows += number
                near.rows += row
                near.rows += [crc32(word, begun) % _ROWS for begun, word in zip(next_to, bare[1:], strict=False)]
                near.rows += [crc32(word, begun) % _ROWS for begun, word in zip(over_one, bare[2:], strict=False)]
            named.rows += map(_sign_row, signs)
            paired.rows += _pair_rows(frozenset(signs))
        return (
            _averaged(pieces.sums(self._pieces), pieces.sums(self._sizes))
            + _averaged(near.sums(self._units), near.sizes())
            + _averaged(named.sums(self._units), named.sizes())
            + _averaged(paired.sums(self._units), paired.sizes())
        ) * self.weights.unit

    def most_telling(self, words: Sequence[str]) -> int:
        """Return which of `words`, taken by itself, speaks most for a report; -1 without any but marks."""
        own = [at for at, word in enumerate(words[:WORDS_MOST]) if word not in {OPERATOR, PLACE}]
        return own[int(np.argmax(self.scores([([words[at]], ()) for at in own])[:, 0]))] if own else -1

    def _meet(self, words: Sequence[str]) -> None:
        """Learn by heart those words that are new; a batch of texts has fewer than can be remembered."""
        if len(self._met) + len(words) >= _MEMO_MOST:
            self._met.clear()
        pieces = _Gathered(_ROWS)
        first = len(self._met) + 1
        for word in words:
            if word not in self._met:
                next_to, over_one = (crc32(_written(f"{kind}{word} ")) for kind in "bs")
                self._met[word] = _Met(len(self._met) + 1, _row(f"u{word}"), _written(word), next_to, over_one)
                pieces.begin()
                pieces.rows += rows_of(f"c{word}")
        if pieces.rows:
            new = slice(first, first + len(pieces.starts))
            self._pieces[new], self._sizes[new] = pieces.sums(self._units), pieces.sizes()


def _averaged(sums: Counts, sizes: Counts) -> Floats:
    """Return sums over the root of how many were added; a word too short for a piece has none."""
    averaged: Floats = sums / np.sqrt(np.maximum(sizes, 1))[:, None]
    return averaged
