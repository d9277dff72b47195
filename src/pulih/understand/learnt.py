"""Learnt: linear weights of words and of pieces of words, for what no rule knows (stage 2 of requirement U1).

A text is taken as the canonical words that the rules read, with bare marks for operators and places: no name
speaks for or against anything. Pieces of words, words with their neighbours, and the signs that rules found, alone and
in pairs, are hashed into one table of small whole numbers, so that a sum is the same in whatever order it is taken, and
a text is scored the same alone and among others. Among others is faster: numpy is called for many texts at once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from itertools import chain, combinations, pairwise
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
# Room for so many signs at first.
_SIGNS_FIRST = 256
# Rows of the table, text after text, and how many each text has.
_Rows = tuple[NDArray[np.intp], NDArray[np.intp]]


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


class Learnt:
    """The weights, ready to be summed; remembers words and signs it has met, which makes it faster and changes nothing."""

    def __init__(self, weights: Weights) -> None:
        """Take the weights."""
        self.weights = weights
        self._met: dict[str, _Met] = {}
        # The sums of the pieces of words, and in the last column of how many.
        self._pieces = np.zeros((_MEMO_MOST, len(weights.heads) + 1), np.int32)
        self._signs: dict[str, int] = {}
        # The row of each sign, and of each two of them.
        self._sign_rows = np.zeros(_SIGNS_FIRST, np.intp)
        self._pair_rows = np.zeros((_SIGNS_FIRST, _SIGNS_FIRST), np.intp)

    def scores(self, texts: Sequence[Made]) -> Floats:
        """Return what texts say for each label, in log-odds; shape (texts, heads)."""
        parts = [self._scores(texts[at : at + BATCH_TEXTS]) for at in range(0, len(texts), BATCH_TEXTS)]
        return np.concatenate(parts) if parts else np.zeros((0, len(self.weights.heads)))

    def _scores(self, texts: Sequence[Made]) -> Floats:
        lines = [words[:WORDS_MOST] for words, _ in texts]
        self._meet(dict.fromkeys(chain.from_iterable(lines)))
        numbers, near_rows = self._rows_of_words(lines)
        pieces = _sums(self._pieces, *numbers)
        parts = (near_rows, *self._rows_of_signs([signs for _, signs in texts]))
        rows, sizes = (np.concatenate(each) for each in zip(*parts, strict=True))
        averages = _averaged(_sums(self.weights.units, rows, sizes), sizes)
        near, named, paired = np.split(averages, len(parts))
        return (_averaged(pieces[:, :-1], pieces[:, -1]) + near + named + paired) * self.weights.unit

    def most_telling(self, words: Sequence[str]) -> int:
        """Return which of `words`, taken by itself, speaks most for a report; -1 without any but marks."""
        own = [at for at, word in enumerate(words[:WORDS_MOST]) if word not in {OPERATOR, PLACE}]
        return own[int(np.argmax(self.scores([([words[at]], ()) for at in own])[:, 0]))] if own else -1

    def _rows_of_words(self, lines: Sequence[Sequence[str]]) -> tuple[_Rows, _Rows]:
        """Return the numbers of words, and the rows of words and their neighbours."""
        met = self._met
        numbers: list[int] = []
        near: list[int] = []
        ends = [0]
        for words in lines:
            if words:
                number, row, bare, next_to, over_one = zip(*[met[word] for word in words], strict=True)
                numbers += number
                near += row
                near += map(crc32, bare[1:], next_to)
                near += map(crc32, bare[2:], over_one)
            ends.append(len(near))
        return (np.array(numbers, np.intp), _sizes(lines)), (np.array(near, np.intp) % _ROWS, np.diff(ends))

    def _rows_of_signs(self, texts: Sequence[Collection[str]]) -> tuple[_Rows, _Rows]:
        """Return the rows of signs, and those of two signs at a time."""
        known = self._signs
        for sign in chain.from_iterable(texts):
            if sign not in known:
                self._meet_sign(sign)
        # The first in the order of names are paired; of fewer the order does not matter.
        ordered = [signs if len(signs) <= SIGNS_MOST else sorted(signs) for signs in texts]
        numbers = np.array([known[sign] for signs in ordered for sign in signs], dtype=np.intp)
        sizes = _sizes(ordered)
        among = [_pairs_among(min(size, SIGNS_MOST)) for size in sizes.tolist()]
        starts = _starts(sizes).tolist()
        first, second = np.concatenate([pairs + at for pairs, at in zip(among, starts, strict=True)], axis=1)
        paired = self._pair_rows[numbers[first], numbers[second]]
        return (self._sign_rows[numbers], sizes), (paired, np.array([pairs.shape[1] for pairs in among]))

    def _meet_sign(self, sign: str) -> None:
        """Learn by heart the rows of a sign that is new, alone and with each that is known."""
        number = len(self._signs)
        if number == len(self._sign_rows):
            self._sign_rows, self._pair_rows = np.pad(self._sign_rows, (0, number)), np.pad(self._pair_rows, (0, number))
        self._sign_rows[number] = _row(f"n{sign}")
        for other, at in self._signs.items():
            (pair,) = _pairs(sorted((sign, other)))
            self._pair_rows[number, at] = self._pair_rows[at, number] = _row(pair)
        self._signs[sign] = number

    def _meet(self, words: Collection[str]) -> None:
        """Learn by heart those words that are new; a batch of texts has fewer than can be remembered."""
        if len(self._met) + len(words) >= _MEMO_MOST:
            self._met.clear()
        new = [word for word in words if word not in self._met]
        if not new:
            return
        first = len(self._met)
        for number, word in enumerate(new, first):
            next_to, over_one = (crc32(_written(f"{kind}{word} ")) for kind in "bs")
            self._met[word] = _Met(number, _row(f"u{word}"), _written(word), next_to, over_one)
        rows = [rows_of(f"c{word}") for word in new]
        sizes = _sizes(rows)
        known = slice(first, first + len(new))
        self._pieces[known, :-1] = _sums(self.weights.units, np.array([*chain.from_iterable(rows)], np.intp), sizes)
        self._pieces[known, -1] = sizes


@lru_cache(maxsize=SIGNS_MOST + 1)
def _pairs_among(count: int) -> NDArray[np.intp]:
    """Return each two of so many; shape (2, pairs)."""
    return np.array([*combinations(range(count), 2)], dtype=np.intp).reshape(-1, 2).T


def _sizes(parts: Iterable[Collection[object]]) -> NDArray[np.intp]:
    return np.array([len(part) for part in parts], dtype=np.intp)


def _starts(sizes: NDArray[np.intp]) -> NDArray[np.intp]:
    starts: NDArray[np.intp] = np.cumsum(sizes) - sizes
    return starts


def _sums(table: Counts | NDArray[np.int8], rows: NDArray[np.intp], sizes: NDArray[np.intp]) -> Counts:
    """Return the sum of each text's rows; of no rows it is zero."""
    sums = np.zeros((len(sizes), table.shape[1]), np.int32)
    some = np.flatnonzero(sizes)
    if some.size:
        sums[some] = np.add.reduceat(table.take(rows, axis=0), _starts(sizes)[some], axis=0, dtype=np.int32)
    return sums


def _averaged(sums: Counts, sizes: NDArray[np.integer]) -> Floats:
    """Return sums over the root of how many were added; a word too short for a piece has none."""
    averaged: Floats = sums / np.sqrt(np.maximum(sizes, 1))[:, None]
    return averaged
