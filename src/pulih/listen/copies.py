"""Copies: recognise a long text whose wording was heard within a day, word for word or changed a little.

Requirement L4. Whoever floods a desk changes a word, adds a sign or another ending. Two texts are of one wording when
they begin with the same words, or share half of all their pairs of neighbouring words: of 4,088 long texts that were
written one by one no two come near that (docs/decisions/0006-weights.md). Which of the wordings so far may be meant is
found by MinHash signatures in bands, and then every pair of words is looked at, so that no estimate decides.

Source: A. Broder, On the resemblance and containment of documents, 1997; P. Indyk and R. Motwani, Approximate nearest
neighbors, 1998. The signatures are those of rensa (Fast Similarity Sketching, S. Dahlgaard and others, 2017).
"""

from __future__ import annotations

from array import array
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from hashlib import blake2b
from itertools import pairwise
from typing import TypeVar

import msgspec
from rensa import RMinHash, RMinHashLSH

from pulih.model.clock import DAY_S, MICROS

# A copied text is recognised by its first words, so that an added "tolong RT" does not make it new.
FIRST_WORDS = 14
# Later words are not looked at, so that a pasted book costs no more than a complaint.
WORDS_MOST = 60
# Shared pairs of words, over all that either text has.
ALIKE = 0.5
# Sixteen bands of three values find a text that shares half with a probability of .88, three quarters with .9998;
# of a campaign the next copy is compared with the same text again.
SIGNATURE, BANDS, SEED = 48, 16, 1
# So many wordings are remembered at least, and twice as many at most.
REMEMBERED = 30_000
_DAY_US = DAY_S * MICROS
_Element = TypeVar("_Element", bound=Hashable)


class _Wording:
    """One wording: its number, its first text with its pairs, when that was heard, and how often it was by now.

    The pairs lie in an array: as a set they take five times the memory, and the collector of garbage walks through it.
    """

    __slots__ = ("first_us", "number", "pairs", "text", "times")

    def __init__(self, number: int, text: str, first_us: int, pairs: frozenset[int]) -> None:
        self.number, self.text, self.first_us, self.times = number, text, first_us, 0
        self.pairs = array("q", pairs)


class _SavedShelf(msgspec.Struct, frozen=True, array_like=True):
    """Numbers of the wordings of one day, and of those by their first words."""

    wordings: list[int]
    by_first_words: list[tuple[int, int]]


class _SavedCopies(msgspec.Struct, frozen=True, array_like=True):
    """Shelves, and each wording: number, text, when it was first heard, how often by now."""

    new: _SavedShelf
    old: _SavedShelf
    wordings: list[tuple[int, str, int, int]]
    day: int
    count: int


class _Shelf:
    """The wordings of one day, by their first words and by their signature."""

    def __init__(self) -> None:
        self.by_first_words: dict[int, _Wording] = {}
        self.wordings: list[_Wording] = []
        self._index = RMinHashLSH(threshold=ALIKE, num_perm=SIGNATURE, num_bands=BANDS)

    def add(self, wording: _Wording, signature: RMinHash) -> None:
        self._index.insert(len(self.wordings), signature)
        self.wordings.append(wording)

    def like(self, signature: RMinHash) -> list[_Wording]:
        return [self.wordings[place] for place in self._index.query(signature)]

    def is_full(self) -> bool:
        return max(len(self.wordings), len(self.by_first_words) // 4) >= REMEMBERED

    def is_older(self, than_us: int) -> bool:
        """Return whether every wording of it was first heard before a moment."""
        known = (*self.wordings, *self.by_first_words.values())
        return all(one.first_us < than_us for one in known)

    def saved(self) -> _SavedShelf:
        return _SavedShelf(
            [one.number for one in self.wordings], [(key, one.number) for key, one in self.by_first_words.items()]
        )

    @classmethod
    def of(cls, saved: _SavedShelf, wordings: Mapping[int, _Wording]) -> _Shelf:
        """Return the shelf that was saved; its index is made anew of the texts."""
        shelf = cls()
        for number in saved.wordings:
            shelf.add(wordings[number], _signature(_pair_list(wordings[number].text)))
        shelf.by_first_words = {key: wordings[number] for key, number in saved.by_first_words}
        return shelf


class Copies:
    """Counts how often each wording was heard; only what came before is looked at."""

    def __init__(self) -> None:
        self._new, self._old = _Shelf(), _Shelf()
        self._day = 0
        self._wordings = 0

    def count(self, words: Sequence[str], at_us: int) -> tuple[int, int]:
        """Count one more text and return the number of its wording, and how many of it were heard with this one.

        Args:
            words: the words of the text, in small letters.
            at_us: when it was said, not before the text that was counted last; a wording is forgotten a day after
                it was first heard.

        >>> copies = Copies()
        >>> copies.count("internet rumah mati total dari pagi tadi di seluruh kampung kami".split(), 0)
        (1, 1)
        >>> copies.count("internet rumah mati total dari sore tadi di seluruh kampung kami".split(), 1)
        (1, 2)
        """
        self._turn(at_us // _DAY_US)
        key = hash_words(words[:FIRST_WORDS])
        wording = self._begun_with(key, at_us) or self._like(words[:WORDS_MOST], at_us)
        self._new.by_first_words[key] = wording
        wording.times += 1
        return wording.number, wording.times

    def forget(self, before_us: int) -> None:
        """Forget the shelves on which every wording was first heard before `before_us`.

        They are forgotten when somebody speaks, too; but nobody may, and then their texts would stay.
        """
        self._new, self._old = (_Shelf() if one.is_older(before_us) else one for one in (self._new, self._old))

    def to_bytes(self) -> bytes:
        """Return all that is remembered, the texts of wordings among it."""
        known = {
            one.number: one
            for shelf in (self._old, self._new)
            for one in (*shelf.wordings, *shelf.by_first_words.values())
        }
        return msgspec.msgpack.encode(
            _SavedCopies(
                self._new.saved(),
                self._old.saved(),
                [(one.number, one.text, one.first_us, one.times) for one in known.values()],
                self._day,
                self._wordings,
            )
        )

    @classmethod
    def from_bytes(cls, state: bytes) -> Copies:
        """Return the copies that `to_bytes` wrote. Raises msgspec.DecodeError when the bytes are none."""
        saved = msgspec.msgpack.decode(state, type=_SavedCopies)
        wordings = {}
        for number, text, first_us, times in saved.wordings:
            wordings[number] = _Wording(number, text, first_us, _hashed(_pair_list(text)))
            wordings[number].times = times
        copies = cls()
        copies._new, copies._old = _Shelf.of(saved.new, wordings), _Shelf.of(saved.old, wordings)
        copies._day, copies._wordings = saved.day, saved.count
        return copies

    def _turn(self, day: int) -> None:
        """Begin a new shelf with each day, or when one is full; the one before the last is forgotten."""
        if day == self._day and not self._new.is_full():
            return
        self._old = self._new if day <= self._day + 1 else _Shelf()
        self._new, self._day = _Shelf(), day

    def _begun_with(self, key: int, at_us: int) -> _Wording | None:
        for shelf in (self._new, self._old):
            wording = shelf.by_first_words.get(key)
            if wording is not None and at_us - wording.first_us <= _DAY_US:
                return wording
        return None

    def _like(self, words: Sequence[str], at_us: int) -> _Wording:
        """Return the wording that shares most with `words`, a new one when none shares enough."""
        pairs = [f"{one} {next_one}" for one, next_one in pairwise(words)]
        signature = _signature(pairs)
        own = _hashed(pairs)
        size = len(own)
        best, share = None, ALIKE
        near = (*self._new.like(signature), *self._old.like(signature))
        # Nearly all share less than ALIKE with it, and a flood brings a dozen of them a text: a sieve before the sum.
        both = own.intersection
        for wording in [one for one in near if (1 + ALIKE) * len(both(one.pairs)) >= ALIKE * (size + len(one.pairs))]:
            alike = likeness(own, wording.pairs)
            if at_us - wording.first_us > _DAY_US:
                continue
            if alike > share or (alike == share and (best is None or wording.number < best.number)):
                best, share = wording, alike
        if best is None:
            self._wordings += 1
            best = _Wording(self._wordings, " ".join(words), at_us, own)
            self._new.add(best, signature)
        return best


def likeness(one: frozenset[_Element], other: Collection[_Element]) -> float:
    """Return which share of all elements of two sets both have (Jaccard), 0..1; `other` names each of its own once.

    >>> likeness(frozenset("abc"), frozenset("bcd"))
    0.5
    """
    both = len(one.intersection(other))
    return both / max(1, len(one) + len(other) - both)


def hash_words(words: Sequence[str]) -> int:
    """Return a stable 64-bit hash of a sequence of words (Python's own hash differs between runs).

    >>> hash_words(["a", "b"]) == hash_words(["a", "b"]) != hash_words(["b", "a"])
    True
    """
    digest = blake2b(" ".join(words).encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest)


def _hashed(pairs: Iterable[str]) -> frozenset[int]:
    """Return pairs by their hash of 64 bits: compared as exactly as their letters for any number of texts there is."""
    return frozenset(map(hash, pairs))


def _pair_list(text: str) -> list[str]:
    return [f"{one} {next_one}" for one, next_one in pairwise(text.split(" "))]


def _signature(pairs: list[str]) -> RMinHash:
    signature = RMinHash(num_perm=SIGNATURE, seed=SEED)
    signature.update(pairs)
    return signature
