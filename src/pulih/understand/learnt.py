"""Learnt: linear weights of words and of pieces of words, for what no rule knows (stage 2 of requirement U1).

A text is taken as the canonical words that the rules read, with bare marks for operators and places: no name
speaks for or against anything. Pieces of words, words with their neighbours and as words of a text that names an
operator or of one that does not, and the signs that rules found, alone and in pairs, are hashed into one table of
small whole numbers, so that a sum is the same in whatever order it is taken, and a text is scored the same alone and
among others. Among others is faster: numpy is called for many texts at once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain, combinations, pairwise
from zlib import crc32

import msgspec
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Counts = NDArray[np.int32]
# What a text is made of: its canonical words, names as marks, and the names of the signs and facts that rules found.
Made = tuple[Sequence[str], Collection[str]]

OPERATOR, PLACE = "<op>", "<pl>"
BITS = 18
PIECES = (3, 4, 5)
# The sign of a text that names an operator. What goes off and on is a line there, elsewhere a lamp or a love; so each
# word counts once more as one of such a text or of another, among its pieces as much as so many of them.
NAMED = "operator"
KINDS, KIND_TIMES = ("w", "o"), 2
# So many words of a text are looked at; no complaint needs more.
WORDS_MOST = 300
# So many signs of a text are paired.
SIGNS_MOST = 40
# So many texts are scored at once, and so many words are remembered, then all are forgotten.
BATCH_TEXTS = 64
_MEMO_MOST = 65_536
_ROWS = 1 << BITS
# Of a hash.
_BYTES = 4
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
    """Return what a text is made of, by names: words for pieces and kind, words and neighbours, signs, their pairs."""
    words = words[:WORDS_MOST]
    near = [
        *(f"u{word}" for word in words),
        *(f"b{first} {second}" for first, second in pairwise(words)),
        *(f"s{first} {third}" for first, third in zip(words, words[2:], strict=False)),
    ]
    named = sorted(signs)
    kind = KINDS[NAMED in named]
    whole = [*(f"c{word}" for word in words), *(f"{kind}{word}" for word in words for _ in range(KIND_TIMES))]
    return whole, near, [f"n{sign}" for sign in named], _pairs(named)


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


class _Remembered:
    """Words that were met: the number of each, and by it what its features are made of.

    Attributes:
        pieces: the sum of the rows of its pieces and of itself in a text of each kind, and in the last column how many
            there are; the words of texts of the first kind, then those of the second.
        row: its own row.
        next_to, over_one: the hashes of a pair, and of a pair over one word, that begins with it.
        end, length: its own hash, and of how many bytes it is.
    """

    def __init__(self, heads: int) -> None:
        """Make room."""
        self.numbers: dict[str, int] = {}
        self.pieces = np.zeros((len(KINDS) * _MEMO_MOST, heads + 1), np.int32)
        self.row, self.end, self.length = (np.zeros(_MEMO_MOST, np.intp) for _ in range(3))
        self.next_to, self.over_one = (np.zeros(_MEMO_MOST, np.intp) for _ in range(2))
        self._shifts = np.zeros((0, _BYTES, 256), np.intp)

    def of(self, lines: Iterable[Sequence[str]]) -> NDArray[np.intp]:
        """Return the numbers of the words of texts, one after the other; KeyError when one of them is new."""
        return np.array([*map(self.numbers.__getitem__, chain.from_iterable(lines))], np.intp)

    def meet(self, words: Collection[str], units: NDArray[np.int8]) -> None:
        """Learn by heart those words that are new; a batch of texts has fewer than can be remembered."""
        if len(self.numbers) + len(words) >= _MEMO_MOST:
            self.numbers.clear()
        new = [word for word in words if word not in self.numbers]
        if not new:
            return
        known = slice(len(self.numbers), len(self.numbers) + len(new))
        self.numbers |= zip(new, range(known.start, known.stop), strict=True)
        bare = [_written(word) for word in new]
        self.row[known] = [_row(f"u{word}") for word in new]
        self.next_to[known] = [crc32(b"b" + word + b" ") for word in bare]
        self.over_one[known] = [crc32(b"s" + word + b" ") for word in bare]
        self.end[known], self.length[known] = [crc32(word) for word in bare], [len(word) for word in bare]
        rows = [rows_of(f"c{word}") for word in new]
        sizes = _sizes(rows)
        pieces = _sums(units, np.array([*chain.from_iterable(rows)], np.intp), sizes)
        for kind, of_kind in zip(KINDS, self.pieces.reshape(len(KINDS), _MEMO_MOST, -1), strict=True):
            own = units[[_row(f"{kind}{word}") for word in new]]
            of_kind[known, :-1] = pieces + KIND_TIMES * own.astype(np.int32)
            of_kind[known, -1] = sizes + KIND_TIMES
        longest = int(self.length[known].max())
        if longest >= len(self._shifts):
            self._shifts = np.array([_shift(length) for length in range(longest + 1)])

    def pair_rows(self, begun: NDArray[np.intp], words: NDArray[np.intp]) -> NDArray[np.intp]:
        """Return the rows of pairs, of which each hash is begun and each second word has a number.

        A hash goes on with a word as it goes on with so many zeros, but for the word's own hash.
        """
        hashes, length = self.end[words], self.length[words]
        for at in range(_BYTES):
            hashes ^= self._shifts[length, at, begun >> 8 * at & 255]
        return hashes % _ROWS


def _shift(length: int) -> NDArray[np.intp]:
    """Return what each byte of a hash becomes when it goes on with so many zeros; shape (bytes of a hash, 256)."""
    zeros = bytes(length)
    nothing = crc32(zeros)
    return np.array([[crc32(zeros, byte << 8 * at) ^ nothing for byte in range(256)] for at in range(_BYTES)], np.intp)


class Learnt:
    """The weights, ready to be summed; remembers words and signs, which makes it faster and changes nothing.

    For one thread at a time: what it remembers would be written by two.
    """

    def __init__(self, weights: Weights) -> None:
        """Take the weights."""
        self.weights = weights
        self._words = _Remembered(len(weights.heads))
        self._signs: dict[str, int] = {}
        # What a word by itself says of a report.
        self._alone: dict[str, float] = {}
        # The row of each sign, and of each two of them.
        self._sign_rows = np.zeros(_SIGNS_FIRST, np.intp)
        self._pair_rows = np.zeros((_SIGNS_FIRST, _SIGNS_FIRST), np.intp)

    def scores(self, texts: Sequence[Made]) -> Floats:
        """Return what texts say for each label, in log-odds; shape (texts, heads)."""
        parts = [self._scores(texts[at : at + BATCH_TEXTS]) for at in range(0, len(texts), BATCH_TEXTS)]
        return np.concatenate(parts) if parts else np.zeros((0, len(self.weights.heads)))

    def _scores(self, texts: Sequence[Made]) -> Floats:
        lines = [words[:WORDS_MOST] for words, _ in texts]
        try:
            numbers = self._words.of(lines)
        except KeyError:
            self._words.meet(dict.fromkeys(chain.from_iterable(lines)), self.weights.units)
            numbers = self._words.of(lines)
        sizes = _sizes(lines)
        kinds = np.array([NAMED in signs for _, signs in texts], np.intp)
        pieces = _sums(self._words.pieces, numbers + np.repeat(kinds * _MEMO_MOST, sizes), sizes)
        parts = (*self._rows_near(numbers, sizes), *self._rows_of_signs([signs for _, signs in texts]))
        rows, counts = (np.concatenate(each) for each in zip(*parts, strict=True))
        counts = counts.reshape(len(parts), -1)
        *near, named, paired = _sums(self.weights.units, rows, counts.ravel()).reshape(*counts.shape, -1)
        return (
            _averaged(pieces[:, :-1], pieces[:, -1])
            + _averaged(np.add.reduce(near), np.add.reduce(counts[:-2]))
            + _averaged(named, counts[-2])
            + _averaged(paired, counts[-1])
        ) * self.weights.unit

    def most_telling(self, words: Sequence[str]) -> int:
        """Return which of `words`, taken by itself, speaks most for a report; -1 without any but marks."""
        own = [at for at, word in enumerate(words[:WORDS_MOST]) if word not in {OPERATOR, PLACE}]
        new = {words[at] for at in own} - self._alone.keys()
        if new:
            if len(self._alone) + len(new) > _MEMO_MOST:
                self._alone.clear()
                new = {words[at] for at in own}
            self._alone |= zip(new, self.scores([([word], ()) for word in new])[:, 0].tolist(), strict=True)
        return max(own, key=lambda at: self._alone[words[at]], default=-1)

    def _rows_near(self, numbers: NDArray[np.intp], sizes: NDArray[np.intp]) -> Iterator[_Rows]:
        """Yield the rows of words, of words with the next one, and with the one after."""
        words = self._words
        yield words.row[numbers], sizes
        text = np.repeat(np.arange(len(sizes)), sizes)
        for apart, begun in ((1, words.next_to), (2, words.over_one)):
            first = np.flatnonzero(text[apart:] == text[:-apart])
            yield words.pair_rows(begun[numbers[first]], numbers[first + apart]), np.maximum(sizes - apart, 0)

    def _rows_of_signs(self, texts: Sequence[Collection[str]]) -> tuple[_Rows, _Rows]:
        """Return the rows of signs, and those of two signs at a time."""
        for sign in frozenset().union(*texts) - self._signs.keys():
            self._meet_sign(sign)
        # The first in the order of names are paired; of fewer the order does not matter.
        ordered = [signs if len(signs) <= SIGNS_MOST else sorted(signs) for signs in texts]
        numbers = np.array([*map(self._signs.__getitem__, chain.from_iterable(ordered))], dtype=np.intp)
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
            self._sign_rows, self._pair_rows = (
                np.pad(self._sign_rows, (0, number)),
                np.pad(self._pair_rows, (0, number)),
            )
        self._sign_rows[number] = _row(f"n{sign}")
        for other, at in self._signs.items():
            (pair,) = _pairs(sorted((sign, other)))
            self._pair_rows[number, at] = self._pair_rows[at, number] = _row(pair)
        self._signs[sign] = number


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
    """Return sums over the root of how many were added; a text may have none."""
    averaged: Floats = sums / np.sqrt(np.maximum(sizes, 1))[:, None]
    return averaged
