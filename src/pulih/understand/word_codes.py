"""A letter for each word that some phrase has: then a text is a short string, and phrases are found in it fast.

Words are whole there, so that a phrase begins and ends where words do, and the place of a letter is that of its word.
"""

from __future__ import annotations

from collections.abc import Iterable

# Stands for every word that no phrase has.
UNKNOWN = " "
_FIRST = ord(UNKNOWN) + 1
# Halves of surrogate pairs are no letters.
_SURROGATES, _AFTER_SURROGATES = 0xD800, 0xE000
# Phrases are written out in letters, with their brackets and bars among them.
_NO_LETTERS = frozenset("()|")


class WordCodes:
    """The letters of words; those of phrases are given before a text is read.

    >>> codes = WordCodes()
    >>> phrase = codes.phrase(["tidak", "bisa"])
    >>> codes.text(["wifi", "tidak", "bisa"]).index(phrase)
    1
    """

    def __init__(self) -> None:
        """Begin without any word."""
        self._codes: dict[str, str] = {}
        self._next = _FIRST

    def copy(self) -> WordCodes:
        """Return the same letters, to which others may be added."""
        other = WordCodes()
        other._codes, other._next = self._codes.copy(), self._next
        return other

    def phrase(self, words: Iterable[str]) -> str:
        """Return the letters of a phrase; each word that is new gets one."""
        known = self._codes
        return "".join([known.get(word) or self._new(word) for word in words])

    def text(self, words: Iterable[str]) -> str:
        """Return the letters of words of a text."""
        return "".join([self._codes.get(word, UNKNOWN) for word in words])

    def _new(self, word: str) -> str:
        while chr(self._next) in _NO_LETTERS:
            self._next += 1
        if self._next == _SURROGATES:
            self._next = _AFTER_SURROGATES
        letter = self._codes[word] = chr(self._next)
        self._next += 1
        return letter
